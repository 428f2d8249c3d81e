"""The search: half a name, a place, a reference; narrowed in a press; of one's own member only, and written down."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.journey.inbox import pages
from service.journey.inbox.lists import Filters, conditions
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction, name_member
from service.models.complaint import Complaint
from service.models.oversight import Confidant, Search
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import at_desk, submit
from tests.faces.test_staff_inbox import COLD, LIFT, listed
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    assert world
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


def searches(app: Flask, member: MemberWorld) -> list[tuple[str, int]]:
    with app.app_context(), member_transaction(member.id) as session:
        return [(one.words, one.found) for one in session.scalars(select(Search).order_by(Search.at, Search.words))]


def found_by(app: Flask, member: MemberWorld, words: str, ports: Ports, staff_id: UUID | None = None) -> set[str]:
    with app.app_context(), looking_as(staff_id), member_transaction(member.id) as session:
        page = pages.page(session, Filters(words=words), ports.clock.now(), is_counted=True)
        assert page.total == len(page.complaints)
        return {one.reference for one in page.complaints}


@pytest.mark.parametrize(
    "words",
    [
        "mart", "MARTÍN", "hélène martin", "helene", "Martin ascenseur", "ascenseurs", "bruits", "tilleuls",
        "allee des tilleuls", "amiens martin", "amont-0001", "06 12 34 56 78", "+33 6 12 34 56 78",
        "Helene.Martin@Poste.example", "BAIL-77",
    ],
)  # fmt: skip
def test_a_complaint_is_found_by_what_one_knows_of_it(
    app: Flask, client: FlaskClient, world: World, ports: Ports, words: str
) -> None:
    sent = submit(
        client, world.first, LIFT, name="Hélène Martin", phone="06.12.34.56.78", reference="BAIL-77",
        email="helene.martin@poste.example",
    )  # fmt: skip
    other = {"reference": world.first.individual}
    body = {"text": "Le loyer a augmenté", "dwelling": other, "tenant": {"name": "Paul Durand"}}
    assert client.post("/api/v1/complaints", json=body, headers=world.first.bearer).status_code == 201
    assert found_by(app, world.first, words, ports) == {sent["reference"]}


def test_a_reference_is_found_as_it_is_typed_and_by_its_half(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    sent = submit(client, world.first, COLD)["reference"]
    for typed in (sent, sent.lower().replace("-", " "), sent[:4].lower()):
        assert sent in found_by(app, world.first, typed, ports), typed


@pytest.mark.parametrize(
    "words", ["introuvable", "martin loyer", "le la de", "'", "& | !", "()", "zz:*", "%", "<script>"]
)
def test_what_nobody_wrote_finds_nothing_and_breaks_nothing(
    app: Flask, client: FlaskClient, world: World, ports: Ports, words: str
) -> None:
    submit(client, world.first, LIFT, name="Hélène Martin")
    assert found_by(app, world.first, words, ports) == set()


def test_last_months_lift_is_found_from_half_a_surname_in_three_presses(
    app: Flask, client: FlaskClient, world: World, clock: SetClock
) -> None:
    old = submit(client, world.first, LIFT, name="Jeanne Martineau")
    clock.forward(timedelta(days=20))  # the 15th of December
    new = submit(client, world.first, LIFT, name="Ali Martin")
    cold = submit(client, world.first, COLD, name="Lou Martin")
    desk = at_desk(app, world.first)
    page = desk.read("/equipe/?cherche=mart")
    assert set(listed(page)) == {old["reference"], new["reference"], cold["reference"]}
    page = desk.read(_facet(page, "Ascenseur"))
    assert set(listed(page)) == {old["reference"], new["reference"]}
    page = desk.read(_facet(page, "le mois dernier"))
    assert listed(page) == [old["reference"]]
    assert "Recherche : « mart »" in page


def _facet(page: str, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)"><span class="sr">Ne garder que </span>{words}', page)
    assert found, words
    return found[1].replace("&amp;", "&")


def test_nothing_of_another_member_is_found(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    sent = submit(client, world.second, LIFT, name="Hélène Martin", phone="0612345678", email="h@poste.example")
    for words in ("martin", sent["reference"], sent["reference"][:4], "0612345678", "h@poste.example", "ascenseur"):
        assert found_by(app, world.first, words, ports) == set(), words
    assert "Aucune demande ici" in at_desk(app, world.first).read("/equipe/?cherche=martin")


def test_a_reserved_complaint_is_found_by_those_named_only(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    sent = submit(client, member, LIFT, name="Hélène Martin")
    with app.app_context(), member_transaction(member.id) as session:
        session.execute(update(Complaint).values(is_marked=True))
    agent, supervisor = member.agent_id, member.supervisor_id
    assert found_by(app, member, "martin", ports, agent) == set()
    # Where nobody is named, those who supervise see it. A name given at another member changes nothing here.
    with app.app_context(), member_transaction(world.second.id) as session:
        session.get_one(Staff, world.second.agent_id).is_named = True
    assert found_by(app, member, "martin", ports, supervisor) == {sent["reference"]}
    with app.app_context(), member_transaction(member.id) as session:
        session.add(
            Confidant(
                member_id=member.id, complaint_id=UUID(sent["id"]), staff_id=agent, named_by="x",
                named_at=ports.clock.now(),
            )
        )  # fmt: skip
    assert found_by(app, member, "martin", ports, agent) == {sent["reference"]}
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, agent).is_named = True
    assert found_by(app, member, "martin", ports, supervisor) == set()


def test_the_search_itself_holds_to_the_member_and_to_its_columns(app: Flask, world: World, engine: Engine) -> None:
    asked = "select count(*) from seve_search(array['ascenseur'], cast(:wanted as jsonb), null, null, null, null, 10)"
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalar(text(asked), {"wanted": "{}"}) == 0
        with pytest.raises(Exception, match="not a column"), session.begin_nested():
            session.execute(text(asked), {"wanted": '{"text": ["x"]}'})
        hostile = '{"status": ["x\') or true --", "x}\\"\'"]}'
        assert session.scalar(text(asked), {"wanted": hostile}) == 0
    with engine.connect() as connection:  # no member is named: nothing is found
        assert connection.scalar(text(asked), {"wanted": "{}"}) == 0


def test_a_search_is_written_down_once_however_it_is_paged_and_narrowed(
    app: Flask, client: FlaskClient, world: World
) -> None:
    submit(client, world.first, LIFT, name="Hélène Martin")
    desk = at_desk(app, world.first)
    desk.client.head("/equipe/?cherche=martin")
    assert searches(app, world.first) == []
    for address in ("cherche=martin", "cherche=martin&categorie=ascenseur", "cherche=martin"):
        desk.read(f"/equipe/?{address}")
    assert searches(app, world.first) == [("martin", 1)]
    desk.read("/equipe/?cherche=durand")
    desk.read("/equipe/?vue=toutes")
    assert sorted(searches(app, world.first)) == [("durand", 0), ("martin", 1)]


def test_a_page_asks_few_questions_whatever_its_length(app: Flask, client: FlaskClient, world: World) -> None:
    desk, asked = at_desk(app, world.first), []
    with app.app_context():
        event.listen(Engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for _ in range(2):
        for _ in range(4):
            submit(client, world.first, LIFT, name="Hélène Martin")
        for address in ("vue=toutes", "cherche=martin"):
            desk.read(f"/equipe/?{address}")  # the search is written down
            asked.clear()
            desk.read(f"/equipe/?{address}")
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 23


def test_each_list_is_served_by_its_index(engine: Engine, world: World, ports: Ports) -> None:
    """The condition of a list and that of its index are the same words: otherwise the whole table is read."""
    served = {
        "to_sort": "sorting", "danger": "danger", "to_check": "suspected", "waiting": "waiting", "outside": "outside",
        "contested": "contested", "review": "review", "audit": "audit", "collective": "collective",
        "unsolved": "unsolved", "late": "due", "due_today": "due", "quiet": "quiet",
    }  # fmt: skip
    missed = []
    with Session(engine) as session:
        name_member(session, world.first.id)
        session.execute(text("set local enable_seqscan = off"))
        names = session.scalars(text("select indexname from pg_indexes where indexname like 'ix_complaints_%'")).all()
        for view, name in served.items():
            with session.begin_nested() as alone:
                for other in names:
                    if other != f"ix_complaints_{name}":
                        session.execute(text(f"drop index {other}"))
                if f"ix_complaints_{name}" not in _plan(session, Filters(view=view), ports.clock.now()):
                    missed.append(view)
                alone.rollback()
    assert not missed


def _plan(session: Session, filters: Filters, now: datetime) -> str:
    query = select(Complaint.id).where(*conditions(session, filters, now))
    statement = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    return "\n".join(session.scalars(text(f"explain {statement}")))
