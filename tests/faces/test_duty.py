"""The page a call leads to: signed, changed by a button only, and silent about whom it was not made for."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.danger import duty, paging
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.routing import referrals
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact
from service.models.delivery import Delivery
from service.settings import Settings
from tests.faces.test_staff import as_read, submit
from tests.work import correct, kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

GAS = "Il y a une odeur de gaz dans la cuisine"
TENANT = {"name": "Mme Petit", "phone": "06 39 98 00 00"}


class Called:
    """Somebody whom a danger of the first member called, with the link they received."""

    def __init__(self, app: Flask, client: FlaskClient, member: MemberWorld, settings: Settings) -> None:
        self.app, self.client, self.member, self.settings = app, client, member, settings
        self.ports: Ports = app.extensions["seve"].ports
        self.id = UUID(submit(client, member, GAS, **TENANT)["id"])

    def work(self) -> None:
        with self.app.app_context():
            work_off(self.member, self.ports)

    @property
    def link(self) -> str:
        """The address in the mail, without the host."""
        for path in Path(self.settings.mail_dir).glob("*.eml"):
            body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
            if found := re.search(r"http://localhost(/astreinte/\S+)", body):
                return found[1]
        raise AssertionError("no call was sent")

    def get(self) -> TestResponse:
        return self.client.get(self.link)

    def take(self, name: str = "Paul Roy") -> TestResponse:
        return self.client.post(self.link, data={"name": name})

    def acknowledgements(self) -> int:
        with self.app.app_context():
            return kinds(self.member, self.id).count("acknowledged")


@pytest.fixture
def called(app: Flask, client: FlaskClient, world: World, settings: Settings) -> Called:
    found = Called(app, client, world.first, settings)
    found.work()
    return found


def test_looking_changes_nothing_and_shows_only_where(called: Called) -> None:
    for _ in range(2):
        page = as_read(called.get())
        assert called.get().status_code == 200
    for words in ("Danger", "Personne ne s'en occupe encore", "3 allée des Tilleuls, 80000 Amiens", "Je m'en occupe"):
        assert words in page.replace("&#39;", "'"), words
    assert "Petit" not in page
    assert "odeur de gaz" not in page
    assert called.acknowledgements() == 0


def test_the_button_keeps_the_name_stops_the_calls_and_shows_what_to_do(called: Called) -> None:
    answer = called.take()
    assert (answer.status_code, answer.location) == (303, called.link)
    page = as_read(called.get()).replace("&#39;", "'")
    for words in ("Paul Roy (astreinte) s'en occupe", "Mme Petit", "tel:0639980000", "odeur de gaz", "Odeur de gaz"):
        assert words in page, words
    assert "Je m'en occupe" not in page
    called.ports.clock.forward(timedelta(minutes=5))
    called.work()
    with called.app.app_context():
        assert kinds(called.member, called.id).count("paged") == 1


def test_the_first_word_counts_and_the_second_is_told_who_has_it(called: Called) -> None:
    called.take("Paul Roy")
    assert called.take("Inès Faure").status_code == 303
    assert called.acknowledgements() == 1
    assert "Paul Roy (astreinte) s'en occupe" in as_read(called.get()).replace("&#39;", "'")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_without_a_name_nothing_is_kept_and_the_field_says_so(called: Called, name: str) -> None:
    answer = called.take(name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'id="name-error"' in answer.text
    assert called.acknowledgements() == 0


def test_the_name_of_a_person_is_filled_in_and_a_team_s_is_not(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    team = Called(app, client, world.first, settings)
    team.work()
    assert 'name="name" required maxlength="80" autocomplete="name" value=""' in team.get().text
    with app.app_context(), member_transaction(world.second.id) as session:
        session.add(
            OnCallContact(member_id=world.second.id, level=1, name="<b>Zoé</b>", email="zoe@aval.example", phone=None)
        )
    person = Called(app, client, world.second, replace(settings))
    for path in Path(settings.mail_dir).glob("*.eml"):
        path.unlink()
    person.work()
    assert 'value="&lt;b&gt;Zoé&lt;/b&gt;"' in person.get().text


def test_a_name_typed_is_shown_harmlessly(called: Called) -> None:
    called.take("<script>alert(1)</script>")
    assert "<script>alert" not in called.get().text


def test_a_danger_set_aside_shows_nothing_of_the_tenant_any_more(called: Called) -> None:
    with called.app.app_context():
        correct(called.member, called.id, called.ports, urgency="normal")
    page = as_read(called.get()).replace("&#39;", "'")
    assert "Il n'y a plus rien à faire" in page
    assert "Petit" not in page
    assert called.take().status_code == 303
    assert called.acknowledgements() == 0


def test_a_link_closes_three_days_after_somebody_took_it_and_never_before(called: Called, clock: SetClock) -> None:
    clock.forward(timedelta(days=9))
    assert called.get().status_code == 200
    called.take()
    clock.forward(timedelta(days=3, minutes=1))
    page = called.get()
    assert page.status_code == 410
    assert "Petit" not in page.text
    assert "Tilleuls" not in page.text


def _flipped(link: str) -> str:
    at = len("/astreinte/") + 5
    return link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]


def test_links_we_did_not_sign_reveal_nothing(called: Called, world: World) -> None:
    with called.app.app_context():
        with member_transaction(called.member.id) as session:
            row = session.scalars(select(Delivery).where(Delivery.purpose == "page")).first()
        page = paging_page(called)
    member, other, contact = called.member.id.hex, world.second.id.hex, row.data["contact"]

    def signed(key: str, salt: str, *parts: str) -> str:
        return "/astreinte/" + str(URLSafeSerializer(key, salt=salt).dumps(list(parts)))

    key, salt = called.settings.secret_key, "seve.duty"
    wrong = [
        _flipped(called.link), called.link[:-3], "/astreinte/x",
        signed("another key", salt, member, page.hex, contact),
        signed(key, "another salt", member, page.hex, contact),
        signed(key, salt, other, page.hex, contact),  # another member's
        signed(key, salt, member, uuid4().hex, contact),
    ]  # fmt: skip
    assert called.client.get(signed(key, salt, member, page.hex, contact)).status_code == 200
    for link in wrong:
        for answer in (called.client.get(link), called.client.post(link, data={"name": "Paul Roy"})):
            assert answer.status_code == 404, link
            assert "Tilleuls" not in answer.text
            assert "Amont" not in answer.text
    assert called.acknowledgements() == 0


def paging_page(called: Called) -> UUID:
    with member_transaction(called.member.id) as session:
        found = paging.last_page(session, called.id)
        assert found
        return found.id


def test_a_contact_removed_meanwhile_may_still_answer(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        session.add(OnCallContact(member_id=world.first.id, level=1, name="Zoé", email="zoe@amont.example", phone=None))
    called = Called(app, client, world.first, settings)
    called.work()
    with app.app_context(), member_transaction(world.first.id) as session:
        session.delete(session.scalars(select(OnCallContact)).one())
    assert called.get().status_code == 200
    assert called.take().status_code == 303
    assert called.acknowledgements() == 1


def test_the_page_is_kept_by_no_cache_and_by_no_search_engine(called: Called) -> None:
    answer = called.get()
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex"' in answer.text
    assert duty.read_pass(called.link.rpartition("/")[2], called.ports)


def test_an_old_link_leads_to_the_danger_that_is_being_called_now(called: Called, clock: SetClock) -> None:
    link = called.link
    called.take("Paul Roy")
    clock.forward(timedelta(hours=2))
    with called.app.app_context():
        handling.add_from_tenant(called.member.id, called.id, "Encore une odeur de gaz, plus forte", called.ports)
    called.work()
    page = as_read(called.client.get(link)).replace("&#39;", "'")
    assert "Personne ne s'en occupe encore" in page
    assert "Les appels sont arrêtés" not in page
    called.client.post(link, data={"name": "Inès Faure"})
    assert called.acknowledgements() == 2
    assert "Inès Faure (astreinte) s'en occupe" in as_read(called.client.get(link)).replace("&#39;", "'")


def test_a_link_says_that_another_landlord_has_it_now(called: Called, world: World) -> None:
    with called.app.app_context():
        referrals.pass_on(
            called.member.id, called.id, called.member.agent_id, to_member_id=world.second.id, reason="owner",
            words="", seen=2**60, ports=called.ports,
        )  # fmt: skip
    page = as_read(called.get()).replace("&#39;", "'")
    assert "passée à un autre bailleur, qui appelle ses équipes d'astreinte" in page
    assert "Petit" not in page
