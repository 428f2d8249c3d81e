"""Every figure of steering opens a list that counts the same, whatever it is narrowed to and whoever looks."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.domain.steering import Narrowing, Period, write_narrowing
from service.journey.administration import retention
from service.journey.clocks import clocks
from service.journey.inbox.lists import Filters, conditions
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.steering import steering
from service.journey.steering.steering_measures import MEASURES
from service.journey.steering.steering_tables import Cell, Sheet
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.conftest import NOON
from tests.following import Follower
from tests.passing import at_supplier
from tests.steering_load import load_history
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

MANY = 700
YEAR = Period(date(2025, 11, 26), date(2026, 11, 25))
MONTH = Period(date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture
def loaded(app: Flask, settings: Settings, world: World) -> Iterator[MemberWorld]:
    """A member with two years behind it, the other one too, and the application at hand."""
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        load_history(connection, world.first, MANY, NOON.isoformat())
    engine.dispose()
    with app.app_context():
        yield world.first


def cells(sheet: Sheet) -> list[Cell]:
    tiles = [cell for tile in sheet.tiles for cell in (tile.now, tile.before, tile.year_before)]
    return [*tiles, *(cell for table in sheet.tables for line in table.lines for cell in line.cells)]


def listed(session: Session, cell: Cell) -> int:
    assert cell.cut
    measure, narrowing, period = cell.cut
    filters = Filters(cut=measure, cut_key=write_narrowing(narrowing), since=period.since, until=period.until)
    query = select(func.count()).select_from(Complaint).where(*conditions(session, filters, NOON))
    return session.scalar(query) or 0


def sheet_of(session: Session, member: MemberWorld, tab: str, period: Period, narrowing: Narrowing) -> Sheet:
    return steering.sheet(session, member.id, tab, (period, narrowing), NOON)


@pytest.mark.parametrize("tab", steering.TABS)
def test_every_figure_opens_a_list_that_counts_the_same(loaded: MemberWorld, tab: str) -> None:
    technical = str(loaded.teams["technical"])
    seen, measures = 0, set()
    for period, narrowing in (
        (YEAR, {}), (MONTH, {}), (YEAR, {"equipe": technical}), (YEAR, {"theme": "logement", "urgence": "normal"}),
    ):  # fmt: skip
        with member_transaction(loaded.id) as session:
            for cell in cells(sheet_of(session, loaded, tab, period, narrowing)):
                if cell.cut:
                    assert cell.value == listed(session, cell), cell.cut
                    seen += bool(cell.value)
                    measures.add(cell.cut.measure)
    assert seen > 5, f"nothing was counted in {tab}"
    assert measures <= MEASURES.keys()


def test_every_measure_stands_on_a_page_and_counts_something(loaded: MemberWorld) -> None:
    found: dict[str, int] = {}
    for tab in steering.TABS:
        with member_transaction(loaded.id) as session:
            for cell in cells(sheet_of(session, loaded, tab, YEAR, {})):
                if cell.cut and isinstance(cell.value, int):
                    found[cell.cut.measure] = max(found.get(cell.cut.measure, 0), cell.value)
    assert MEASURES.keys() - found.keys() == {"liees"}  # there is no incident here
    assert not [name for name, count in found.items() if not count]


def test_who_is_not_named_counts_no_sensitive_complaint_and_lists_none(loaded: MemberWorld) -> None:
    totals = {}
    for who in (None, loaded.agent_id, loaded.supervisor_id):
        with looking_as(who), member_transaction(loaded.id) as session:
            for tab in ("volumes", "prestataires", "satisfaction"):
                sheet = sheet_of(session, loaded, tab, YEAR, {})
                for cell in cells(sheet):
                    assert cell.cut is None or cell.value == listed(session, cell), (who, cell.cut)
                totals[who, tab] = sum(cell.value for cell in cells(sheet) if isinstance(cell.value, int))
    for tab in ("volumes", "prestataires", "satisfaction"):
        assert totals[loaded.agent_id, tab] < totals[None, tab] == totals[loaded.supervisor_id, tab]


def test_another_member_counts_nothing_of_it(loaded: MemberWorld, world: World) -> None:
    assert loaded
    for tab in steering.TABS:
        with member_transaction(world.second.id) as session:
            assert not any(cell.value for cell in cells(sheet_of(session, world.second, tab, YEAR, {})) if cell.cut), (
                tab
            )


def test_no_figure_is_by_person() -> None:
    folder = Path(steering.__file__).parent
    for path in folder.glob("steering*.py"):
        assert not re.search(r"assignee|staff_id|Staff\b|actor", path.read_text(encoding="utf-8")), path.name


def test_what_happens_to_a_complaint_is_counted(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    tenant.closed()
    complaint = tenant.complaint()
    assert complaint.answer_done_at == complaint.full_done_at == clock.now()
    assert (complaint.answer_days, complaint.reopenings) == (0, 0)
    assert complaint.first_category == complaint.category
    assert complaint.first_team_id == complaint.team_id
    tenant.post("avis", score="3", rouvrir="1", comment="Encore froid")
    assert tenant.complaint().reopenings == 1
    assert tenant.complaint().answer_done_at == complaint.answer_done_at


def test_why_a_team_refused_is_counted_and_outlives_the_words(
    app: Flask, world: World, ports: Ports, clock: SetClock
) -> None:
    first, month = world.first, Period(date(2026, 11, 1), date(2026, 11, 30))
    tenant = Follower(app, first, ports)
    with app.app_context():
        transfers.refuse(
            first.id, tenant.id, first.agent_id, to=transfers.TransferTarget(first.teams["tenancy"]),
            reason="out_of_area", words="", seen=tenant.events("routed")[-1].id, ports=ports,
        )  # fmt: skip

    def figures() -> list[list[object]]:
        with app.app_context(), member_transaction(first.id) as session:
            sheet = sheet_of(session, first, "orientation", month, {})
            reasons = next(one for one in sheet.tables if one.name == "raisons")
            return [[line.head, *(cell.value for cell in line.cells)] for line in reasons.lines]

    before = figures()
    assert [line[1:] for line in before] == [[1]]
    tenant.delivered()
    tenant.closed()
    tenant.delivered()
    clock.forward(timedelta(days=3 * 366))
    with app.app_context():
        assert retention.run(first.id, ports) == 1
    assert figures() == before


def test_a_hand_over_is_on_the_scorecard(app: Flask, world: World, ports: Ports) -> None:
    case = at_supplier(app, world.first, ports)
    assert case
    with app.app_context(), member_transaction(world.first.id) as session:
        (table,) = sheet_of(session, world.first, "prestataires", MONTH_NOW, {}).tables
        assert [(line.head, line.cells[0].value) for line in table.lines] == [("Chaleur Picarde", 1)]
        assert table.lines[0].cells[4].value == "trop peu pour juger"


MONTH_NOW = Period(date(2026, 11, 1), date(2026, 11, 25))


def test_older_complaints_are_filled_in_by_the_clock(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    before = tenant.complaint()
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update complaints set answer_due_at = null, answer_days = null, first_team_id = null"))
    engine.dispose()
    with app.app_context():
        clocks.resume_due(world.first.id, ports)
    after = tenant.complaint()
    for name in ("answer_due_at", "answer_done_at", "answer_days", "first_team_id", "first_category"):
        assert getattr(after, name) == getattr(before, name) is not None, name
