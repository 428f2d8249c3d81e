"""A lost link: the same page whatever exists, and the answer to the address alone."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql

from service.adapters.clock import SetClock
from service.domain.link_requests import address_of
from service.journey.news import links
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.news import LinkRequest
from service.settings import Settings
from service.tenant.asking_limits import LINKS_PER_ADDRESS
from tests.following import Follower, as_read
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

EMAIL = "petit@poste.example"
ADDRESS = "/amont/lien-perdu"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


def ask(client: FlaskClient, typed: str, query: str = "") -> int:
    return client.post(ADDRESS + query, data={"adresse": typed}).status_code


def answer(app: Flask, ports: Ports, member: MemberWorld) -> list[Delivery]:
    """Play the clock and the worker; return the letters."""
    with app.app_context():
        links.answer_due(ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            return list(session.scalars(select(Delivery).where(Delivery.purpose == "links")))


def mails(settings: Settings) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(settings.mail_dir.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body
        found.append((str(mail["to"]), str(mail["subject"]), body.get_content()))
    return [one for one in found if "liens" in one[1] or "links" in one[1]]


def test_the_same_page_is_shown_whatever_exists(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports
) -> None:
    Follower(app, member, ports, email=EMAIL)
    pages = set()
    for typed in (EMAIL, "inconnue@poste.example", "06 12 34 56 78"):
        sent = client.post(ADDRESS, data={"adresse": typed})
        assert sent.status_code == 303
        pages.add((sent.location, client.get(sent.location).text))
    assert len(pages) == 1
    with app.app_context(), member_transaction(member.id) as session:
        kept = session.scalars(select(LinkRequest)).all()
        assert len(kept) == 3
        assert all("@" not in one.sealed_address and "34" not in one.sealed_address[:8] for one in kept)


def test_the_links_go_to_the_address_alone_and_without_a_name(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, settings: Settings
) -> None:
    mine = [Follower(app, member, ports, email=EMAIL, name="Mme Petit") for _ in range(2)]
    theirs = Follower(app, member, ports, email="autre@poste.example")
    assert ask(client, " Petit@Poste.Example ") == 303
    assert len(answer(app, ports, member)) == 1
    ((to, subject, text),) = mails(settings)
    assert (to, subject) == (EMAIL, "Les liens de vos demandes")
    for one in mine:
        assert f"http://localhost{one.url}" in text
    assert theirs.token not in text
    assert "Petit" not in text.replace(EMAIL, "")
    assert "radiateur" not in text


def test_an_unknown_address_gets_nothing(app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports) -> None:
    Follower(app, member, ports, email=EMAIL)
    ask(client, "inconnue@poste.example")
    assert answer(app, ports, member) == []


def test_another_members_complaints_are_not_told(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    Follower(app, world.second, ports, email=EMAIL)
    ask(client, EMAIL)
    assert answer(app, ports, world.first) == []
    assert answer(app, ports, world.second) == []


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "+33 6.12.34.56.78", "0033612345678"])
def test_a_text_message_goes_to_the_number_however_it_is_typed(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, settings: Settings, typed: str
) -> None:
    tenant = Follower(app, member, ports, phone="06.12.34.56.78", name="Mme Petit")
    ask(client, typed)
    (sent,) = answer(app, ports, member)
    (message,) = (json.loads(path.read_text()) for path in settings.sms_dir.glob(f"{sent.id}.json"))
    assert message["to"] == "+33612345678"
    assert tenant.url in message["text"]
    assert "Petit" not in message["text"]


def test_one_letter_an_hour_for_one_address(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    Follower(app, member, ports, email=EMAIL)
    for _ in range(2):
        ask(client, EMAIL)
    assert len(answer(app, ports, member)) == 1
    assert len(answer(app, ports, member)) == 1
    clock.forward(timedelta(hours=1))
    ask(client, EMAIL)
    assert len(answer(app, ports, member)) == 2


def test_at_most_ten_of_the_last_twelve_months(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports
) -> None:
    tenants = [Follower(app, member, ports, email=EMAIL) for _ in range(3)]
    with app.app_context(), member_transaction(member.id) as session:
        old = update(Complaint).where(Complaint.id == tenants[0].id)
        session.execute(old.values(submitted_at=ports.clock.now() - timedelta(days=366)))
    ask(client, EMAIL)
    (letter,) = answer(app, ports, member)
    assert {UUID(one) for one in letter.data["complaints"]} == {one.id for one in tenants[1:]}
    assert links.MOST == 10


def test_the_letter_is_in_the_language_of_the_page(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports
) -> None:
    Follower(app, member, ports, email=EMAIL)
    ask(client, EMAIL, "?langue=ar")
    (letter,) = answer(app, ports, member)
    assert letter.data["language"] == "ar"


def test_what_is_no_address_is_named_and_stays(client: FlaskClient, world: World) -> None:
    assert world
    for typed in ("", "petit", "petit@", "12", "a@b", "x" * 300 + "@poste.example", "a\r\nbcc: b@poste.example"):
        refused = client.post(ADDRESS, data={"adresse": typed})
        assert refused.status_code == 422, typed
        assert 'href="#adresse"' in refused.text


def test_who_asks_too_often_waits_whether_or_not_it_is_known(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    Follower(app, member, ports, email=EMAIL)
    for typed in (EMAIL, "inconnue@poste.example"):
        codes = [ask(client, typed) for _ in range(LINKS_PER_ADDRESS + 1)]
        assert codes == [303] * LINKS_PER_ADDRESS + [429]
    waiting = client.post(ADDRESS, data={"adresse": EMAIL})
    assert "réessayez dans dix minutes" in as_read(waiting)
    assert re.search(r"Retry-After: \d+", str(waiting.headers))
    clock.forward(timedelta(minutes=11))
    assert ask(client, EMAIL) == 303


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("A@B.fr", "a@b.fr"), ("06 12 34 56 78", "+33612345678"), ("+32 470 12 34 56", "+32470123456"),
        ("a@b", None), ("a b@c.fr", None), ("a@b.fr, c@d.fr", None), ("\u0000@b.fr", None), ("112", None),
    ],
)  # fmt: skip
def test_addresses_are_read_the_way_they_are_kept(typed: str, read: str | None) -> None:
    assert address_of(typed) == read


def test_a_request_that_cannot_be_opened_holds_up_no_other(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports
) -> None:
    Follower(app, member, ports, email=EMAIL)
    ask(client, "autre@poste.example")
    with app.app_context(), member_transaction(member.id) as session:
        session.execute(update(LinkRequest).values(sealed_address="sealed with a key that is gone"))
    ask(client, EMAIL)
    assert len(answer(app, ports, member)) == 1
    with app.app_context(), member_transaction(member.id) as session:
        assert all(one.done_at for one in session.scalars(select(LinkRequest)))


def test_answered_requests_are_forgotten_after_a_day(
    app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    ask(client, EMAIL)
    answer(app, ports, member)
    for later, left in ((timedelta(hours=23), 1), (timedelta(hours=2), 0)):
        clock.forward(later)
        with app.app_context():
            links.prune(member.id, ports)
            with member_transaction(member.id) as session:
                assert len(session.scalars(select(LinkRequest)).all()) == left


@pytest.mark.parametrize("address", ["+33612345678", EMAIL])
def test_an_address_is_found_without_reading_every_complaint(app: Flask, member: MemberWorld, address: str) -> None:
    looked_for = select(Complaint.id).where(links.is_of(address))
    with app.app_context(), member_transaction(member.id) as session:
        session.execute(text("set local enable_seqscan = off"))
        written = looked_for.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"explain {written}")))
    # Row-level security lets an index serve a plain column, and no function of one.
    assert re.search(r"(phone|email)_key", plan), plan
    assert not re.search(r"regexp_replace|lower", plan), plan
