"""Erasing what is long over: everything that names somebody, nothing else, never too much at once."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from service.adapters.clock import SetClock
from service.domain.errors import Erased, NotAllowed
from service.domain.retention import Line, is_sooner, months_for, most_in_a_day
from service.domain.status import EventKind
from service.journey import reading
from service.journey.administration import four_eyes, holds, retention, retention_table
from service.journey.administration.proposals import KINDS
from service.journey.clocks import clocks
from service.journey.events import record
from service.journey.handling import own_data
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.database import Base
from service.models.oversight import Proposal
from service.models.upkeep import Erasure, RetentionRule
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.people import hire
from tests.world import World

YEARS = timedelta(days=3 * 366)
SECRETS = ("violette", "Perdrix", "josiane@poste.example", "06 12 34 56 78", "pompe mauve")


def test_the_most_precise_line_decides() -> None:
    lines = [Line(24), Line(12, outcome="solved"), Line(60, "loyer"), Line(6, "loyer", "solved")]
    assert months_for("loyer", "solved", lines) == 6
    assert months_for("loyer", "refused", lines) == 60
    assert months_for("chauffage", "solved", lines) == 12
    assert months_for("chauffage", None, lines) == 24
    assert months_for("chauffage", None, []) == 36


def test_erasing_sooner_is_told_from_keeping_longer() -> None:
    assert is_sooner(Line(24), [])
    assert not is_sooner(Line(48), [])
    assert is_sooner(Line(47, "loyer"), [Line(48)])
    assert not is_sooner(Line(49, "loyer"), [Line(48)])
    assert is_sooner(Line(36, "chauffage"), [Line(120, outcome="solved")])
    assert is_sooner(Line(47), [Line(12, "loyer"), Line(48)])
    assert not is_sooner(Line(36), [Line(120, outcome="solved"), Line(12, "loyer")])


def test_a_day_allows_a_share_of_what_is_over_and_a_few_hundred_at_least() -> None:
    assert most_in_a_day(10) == 500
    assert most_in_a_day(100_000) == 2_000


@pytest.fixture
def ended(app: Flask, world: World, ports: Ports) -> Follower:
    """A complaint with a name, an answer and an end, closed today."""
    tenant = Follower(
        app, world.first, ports, "Le radiateur de la chambre violette reste froid", tenant_name="Josiane Perdrix",
        email="josiane@poste.example", phone="06 12 34 56 78",
    )  # fmt: skip
    tenant.answered("Nous changeons la pompe mauve, Madame Perdrix.")
    tenant.closed(sentence="La pompe mauve est changée.")
    tenant.delivered()
    return tenant


def dump(settings: Settings) -> str:
    """Return every row of every table, as text."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        rows = [
            row
            for table in Base.metadata.tables
            for row in connection.scalars(text(f"select coalesce(t::text, '') from \"{table}\" t"))
        ]
    engine.dispose()
    return "\n".join(rows)


@pytest.mark.services
def test_nothing_that_names_somebody_is_left(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings, ended: Follower
) -> None:
    before = dump(settings)
    assert all(secret in before for secret in SECRETS[:3])
    assert "pompe mauve" in before
    clock.forward(YEARS)
    with app.app_context():
        assert retention.run(world.first.id, ports) == 1
        assert retention.run(world.first.id, ports) == 0
    left = dump(settings)
    assert [secret for secret in (*SECRETS, ended.token) if secret in left] == []


@pytest.mark.services
def test_what_figures_are_made_of_is_left(
    app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower
) -> None:
    before = ended.complaint()
    kinds = ended.kinds()
    clock.forward(YEARS)
    with app.app_context():
        retention.run(world.first.id, ports)
        after = ended.complaint()
        for name in (
            "reference",
            "category",
            "outcome",
            "submitted_at",
            "closed_at",
            "first_answered_at",
            "residence_id",
        ):
            assert getattr(after, name) == getattr(before, name), name
        assert clocks.recompute(world.first.id, ports, write=False) == []
        with member_transaction(world.first.id) as session:
            row = session.scalars(select(Erasure)).one()
            assert (row.reference, row.why, row.counts["events"] > 3) == (before.reference, "retention", True)
    assert ended.kinds() == [*kinds, "erased"]


@pytest.mark.services
def test_every_door_to_it_is_shut(app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower) -> None:
    clock.forward(YEARS)
    with app.app_context():
        retention.run(world.first.id, ports)
        with member_transaction(world.first.id) as session, pytest.raises(Erased):
            reading.sheet(session, ended.id)
        with pytest.raises(Erased):
            own_data.gather(world.first.id, ended.id, ports)
    assert ended.client.get(ended.url).status_code == 404
    api = app.test_client().get(f"/api/v1/complaints/{ended.id}", headers=world.first.bearer)
    assert api.status_code == 404


@pytest.mark.services
def test_what_is_open_young_or_held_stays(
    app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower
) -> None:
    running = Follower(app, world.first, ports, "Le robinet de la cuisine fuit")
    held = Follower(app, world.first, ports, "La porte du hall est cassée")
    held.closed()
    with app.app_context():
        assert retention.run(world.first.id, ports) == 0
        holds.hold(world.first.id, world.first.supervisor_id, held.complaint().reference, "Un procès", ports)
        clock.forward(YEARS)
        with member_transaction(world.first.id) as session:
            due = retention.due(session, retention.lines_of(session), clock.now())
            assert (due.count, due.over, due.held) == (1, 2, 1)
        assert retention.run(world.first.id, ports) == 1
        assert running.complaint().erased_at is None
        assert held.complaint().erased_at is None
        assert ended.complaint().erased_at


@pytest.mark.services
def test_another_members_complaints_are_its_own_to_erase(
    app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower
) -> None:
    clock.forward(YEARS)
    with app.app_context():
        assert retention.run(world.second.id, ports) == 0
        with member_transaction(world.second.id) as session:
            found = session.scalar(text("select seve_erase(:id, now())"), {"id": ended.id})
            assert found is None
    assert ended.complaint().erased_at is None


@pytest.mark.services
def test_a_shorter_time_takes_two_people_and_a_longer_one_does_not(app: Flask, world: World, ports: Ports) -> None:
    first = world.first
    with app.app_context():
        assert not retention_table.save_line(first.id, first.supervisor_id, Line(60, "loyer"), "", ports)
        assert retention_table.save_line(first.id, first.supervisor_id, Line(6), "Le délégué le demande", ports)
        with member_transaction(first.id) as session:
            assert [(row.months, row.category) for row in session.scalars(select(RetentionRule))] == [(60, "loyer")]
            proposal = session.scalars(select(Proposal)).one()
            with pytest.raises(four_eyes.SecondPersonMissing):
                four_eyes.agree(session, proposal.id, first.supervisor_id, KINDS, ports)
        other = second_supervisor(app, world)
        with member_transaction(first.id) as session:
            four_eyes.agree(session, proposal.id, other, KINDS, ports)
        with member_transaction(first.id) as session:
            assert (Line(6) in retention.lines_of(session), len(retention.lines_of(session))) == (True, 2)
            with pytest.raises(NotAllowed):
                four_eyes.agree(session, proposal.id, other, KINDS, ports)


def second_supervisor(app: Flask, world: World) -> UUID:
    return hire(app, world.first, "supervisor", name="Zoé Marin")


@pytest.mark.services
def test_too_much_at_once_stops_until_two_people_agree(
    app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.first
    other = Follower(app, first, ports, "Le robinet de la cuisine fuit")
    other.closed()
    clock.forward(YEARS)
    monkeypatch.setattr(retention, "most_in_a_day", lambda _over: 1)
    with app.app_context():
        assert retention.run(first.id, ports) == 0
        retention_table.ask_to_go_on(first.id, first.supervisor_id, "La table est juste", ports)
        assert retention.run(first.id, ports) == 0
        with member_transaction(first.id) as session:
            proposal = session.scalars(select(Proposal)).one()
        with member_transaction(first.id) as session:
            four_eyes.agree(session, proposal.id, second_supervisor(app, world), KINDS, ports)
        more = Follower(app, first, ports, "La porte du hall est cassée")
        more.closed()
        with member_transaction(first.id) as session:
            session.get_one(Complaint, more.id).closed_at = clock.now() - 2 * YEARS
        assert retention.run(first.id, ports) == 2
        assert retention.run(first.id, ports) == 0
        clock.forward(retention.AGREED_FOR)
        assert retention.run(first.id, ports) == 1
    assert ended.complaint().erased_at


@pytest.mark.services
def test_a_tenant_who_asks_is_erased_once_two_people_agree(
    app: Flask, world: World, ports: Ports, ended: Follower
) -> None:
    first, reference = world.first, ended.complaint().reference
    with app.app_context():
        retention_table.ask_to_erase(first.id, first.supervisor_id, reference, "Par lettre", ports)
        assert ended.complaint().erased_at is None
        with member_transaction(first.id) as session:
            proposal = session.scalars(select(Proposal)).one()
        with member_transaction(first.id) as session:
            four_eyes.agree(session, proposal.id, second_supervisor(app, world), KINDS, ports)
        with member_transaction(first.id) as session:
            assert session.get_one(Complaint, ended.id).erased_at
            assert session.scalars(select(Erasure.why)).one() == "asked"
        with pytest.raises(NotAllowed):
            retention_table.ask_to_erase(first.id, first.supervisor_id, reference, "Encore", ports)


@pytest.mark.services
def test_nothing_happens_any_more_to_what_is_erased(
    app: Flask, world: World, ports: Ports, clock: SetClock, ended: Follower
) -> None:
    clock.forward(YEARS)
    with app.app_context():
        retention.run(world.first.id, ports)
        with member_transaction(world.first.id) as session, pytest.raises(Erased):
            record(session, session.get_one(Complaint, ended.id), EventKind.NOTED, at=clock.now(), actor="Ana Vidal")
    assert (ended.complaint().status, ended.kinds()[-1]) == ("closed", "erased")


@pytest.mark.services
def test_what_the_tenant_was_not_told_yet_is_not_erased(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings
) -> None:
    first = world.first
    wait_to_mend(settings, first)
    tenant = Follower(app, first, ports, email="josiane@poste.example")
    tenant.closed()
    reference = tenant.complaint().reference
    with app.app_context():
        with pytest.raises(NotAllowed, match="not_erasable"):
            retention_table.ask_to_erase(first.id, first.supervisor_id, reference, "Par lettre", ports)
        clock.forward(timedelta(hours=1))
        tenant.delivered()
        retention_table.ask_to_erase(first.id, first.supervisor_id, reference, "Par lettre", ports)


@pytest.mark.services
def test_the_application_itself_can_change_no_event(app: Flask, world: World) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with app.app_context(), denied, member_transaction(world.first.id) as session:
        session.execute(text("update events set data = '{}'"))
