"""What is counted and what is not, that a month is published once, and what a release refuses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import Mock
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from service.adapters.clock import SetClock
from service.domain.loss import BudgetSpent
from service.domain.periods import months_before, next_month, periods_closed_by
from service.domain.products import PRODUCTS
from service.domain.release_order import NoMember, NotInOrder, NotYetClosed, OtherSecret, ReleaseRefused
from service.domain.snapshots import faults_of_chain
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, name_member, release_transaction
from service.journey.trends import trends
from service.journey.trends.bounding import bounded_table, exact_table, secret_of
from service.journey.trends.press import Press
from service.journey.trends.snapshots import read_charges, read_snapshots
from service.models.trends import Contribution, OwnFigures, TrendCharge
from service.press import make_press
from service.settings import Settings
from tests.town import Message, Town
from tests.world import World

pytestmark = pytest.mark.services

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
MID_OCTOBER = datetime(2026, 10, 15, 9, tzinfo=UTC)
HOME = UUID(int=0)  # stands for a dwelling of the test's


@pytest.fixture
def town(app: Flask, settings: Settings, world: World) -> Iterator[Town]:
    with app.app_context():
        yield Town(settings.database_owner_url, world.first.id)


@pytest.fixture
def press(settings: Settings) -> Press:
    return make_press(settings)


def counted(town: Town, code: str, period: date = OCTOBER) -> dict[str, int]:
    """Return the bounded table of the first member, and leave nothing behind."""
    with release_transaction() as session:
        name_member(session, town.member_id)
        secret = secret_of("s", town.member_id)
        table = bounded_table(session, town.member_id, PRODUCTS[code], period, {"urbain": "urbain"}, secret)
        session.rollback()
        return table


def written(home: UUID | None, category: str | None = "chauffage", at: datetime = MID_OCTOBER) -> Message:
    return Message(uuid4(), home, at, category)


def test_a_month_is_published_once(town: Town, ports: Ports, press: Press) -> None:
    (homes,) = town.residences([40])
    town.write(written(home) for home in homes)
    assert trends.release(OCTOBER, ports, press)
    assert not trends.release(OCTOBER, ports, press)
    published = read_snapshots()
    assert faults_of_chain(published) == []
    assert len(published) == len(read_charges())
    (subjects,) = read_snapshots("C1")
    assert abs(subjects.figures()["chauffage"] - 40) < 6 * subjects.sigma
    assert press.archive.read(OCTOBER) == published


def test_a_household_counts_once_a_subject_however_often_it_writes(town: Town) -> None:
    (homes,) = town.residences([30])
    town.write(written(home) for home in homes[:2] for _ in range(5))
    assert counted(town, "C1") == {"chauffage": 2}
    assert counted(town, "AF") == {"urbain|logement": 2}


@pytest.mark.parametrize(
    "message",
    [
        Message(uuid4(), None, MID_OCTOBER),
        Message(uuid4(), HOME, MID_OCTOBER, None),
        Message(uuid4(), HOME, MID_OCTOBER, abstained=True),
        Message(uuid4(), HOME, datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC)),  # a second before October in Paris
        Message(uuid4(), HOME, datetime(2026, 10, 31, 23, 0, 0, tzinfo=UTC)),  # November in Paris
    ],
    ids=["no dwelling", "no subject", "nobody was sure", "the month before", "the month after"],
)
def test_what_is_no_household_or_not_sure_or_not_of_the_month_is_not_counted(town: Town, message: Message) -> None:
    (homes,) = town.residences([30])
    town.write([replace(message, dwelling=homes[0] if message.dwelling else None)])
    assert counted(town, "C1") == {}


def test_the_first_and_the_last_instant_of_a_month_in_paris_are_counted(town: Town) -> None:
    (homes,) = town.residences([30])
    town.write([
        written(homes[0], at=datetime(2026, 9, 30, 22, 0, tzinfo=UTC)),
        written(homes[1], at=datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)),
    ])  # fmt: skip
    assert counted(town, "C1") == {"chauffage": 2}


def test_a_household_that_objects_is_left_out_of_every_product(town: Town) -> None:
    (homes,) = town.residences([30])
    full = Message(
        uuid4(), homes[0], MID_OCTOBER, hops=1, first_category="loyer", answer_due_at=MID_OCTOBER,
        full_due_at=MID_OCTOBER, full_done_at=MID_OCTOBER.replace(day=20), full_days=5, score=4, terms=("cafards",),
    )  # fmt: skip
    town.write([full])
    weeks, quarter = date(2026, 10, 12), OCTOBER
    periods = {code: weeks if one.length == "week" else quarter for code, one in PRODUCTS.items()}
    assert all(counted(town, code, period) for code, period in periods.items())
    town.execute(
        "insert into trend_objections (id, member_id, dwelling_id, at) values (gen_random_uuid(), %s, %s, now())",
        town.member_id, homes[0],
    )  # fmt: skip
    assert not any(counted(town, code, period) for code, period in periods.items())


def test_the_note_of_a_household_is_its_last_one(town: Town) -> None:
    (homes,) = town.residences([30])
    town.write([
        replace(written(homes[0], at=MID_OCTOBER.replace(day=day)), score=score) for day, score in ((3, 2), (20, 9))
    ])  # fmt: skip
    assert counted(town, "SATIS") == {"9": 1}


def test_a_member_keeps_its_own_exact_figures_and_no_other(
    town: Town, ports: Ports, press: Press, world: World
) -> None:
    (homes,) = town.residences([30])
    town.write(written(home) for home in homes[:7])
    assert trends.release(OCTOBER, ports, press)
    with member_transaction(world.first.id) as session:
        own = {row.product: row.figures for row in session.scalars(select(OwnFigures))}
    assert own["MF"] == {"logement": 7}
    assert own.keys() == {code for code, one in PRODUCTS.items() if one.is_kept_exact and one.length == "month"}
    with member_transaction(world.second.id) as session:
        rows = session.scalars(select(OwnFigures)).all()
        assert {row.member_id for row in rows} == {world.second.id}
        assert not any(row.figures for row in rows)


def test_what_is_put_back_keeps_no_own_figures_of_another_day(
    town: Town, ports: Ports, press: Press, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted anew beside figures drawn before, a member's own would contradict them."""
    (homes,) = town.residences([40])
    town.write(written(home) for home in homes)
    with monkeypatch.context() as patch:
        patch.setattr(trends, "_prune", Mock(side_effect=RuntimeError("cut")))
        with pytest.raises(RuntimeError, match="cut"):
            trends.release(OCTOBER, ports, press)
    town.execute("delete from complaints where dwelling_id = any(%s)", homes[:30])
    assert trends.release(OCTOBER, ports, press)
    assert read_snapshots("C1")
    with member_transaction(world.first.id) as session:
        assert session.scalars(select(OwnFigures)).all() == []


def test_own_figures_are_without_the_bounds(town: Town) -> None:
    (homes,) = town.residences([5])  # a small residence
    town.write(written(home, one) for home in homes for one in ("chauffage", "loyer", "bruit", "ascenseur"))
    with release_transaction() as session:
        name_member(session, town.member_id)
        assert exact_table(session, PRODUCTS["C1"], OCTOBER)["loyer"] == 5
    assert sum(counted(town, "C1").values()) <= 12


def test_late_changed_and_erased_messages_never_reopen_a_month(town: Town, ports: Ports, press: Press) -> None:
    (homes,) = town.residences([30])
    town.write(written(home) for home in homes)
    assert trends.release(OCTOBER, ports, press)
    before = read_snapshots()
    town.write([written(homes[0], "loyer", MID_OCTOBER)])
    town.execute("update complaints set category = 'bruit' where dwelling_id = %s", homes[1])
    town.execute("delete from complaints where dwelling_id = %s", homes[2])
    assert not trends.release(OCTOBER, ports, press)
    assert trends.release_due(ports, press) == []
    assert read_snapshots() == before


@pytest.mark.parametrize("table", ["trend_snapshots", "trend_charges"])
@pytest.mark.parametrize("act", ["update {} set rho = 0", "delete from {}", "truncate {} cascade"])
def test_not_even_the_owner_changes_what_is_published(
    town: Town, ports: Ports, press: Press, table: str, act: str
) -> None:
    assert trends.release(OCTOBER, ports, press)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never changed"):
        town.execute(act.format(table))


def test_what_households_weighed_is_forgotten_after_thirteen_months(
    town: Town, ports: Ports, press: Press, clock: SetClock, settings: Settings
) -> None:
    (homes,) = town.residences([30])
    town.write(written(home) for home in homes)
    assert trends.release(OCTOBER, ports, press)
    clock.at = datetime(2028, 2, 6, tzinfo=UTC)

    def kept() -> int:
        with release_transaction() as session:
            name_member(session, town.member_id)
            return session.scalar(select(func.count()).select_from(Contribution)) or 0

    assert kept()
    assert trends.release(date(2027, 11, 1), ports, press)
    assert kept()
    assert (settings.releases_dir / "2026-10.weights").exists()
    assert trends.release(date(2027, 12, 1), ports, press)
    assert kept() == 0
    assert not (settings.releases_dir / "2026-10.weights").exists()
    assert press.archive.read(OCTOBER)


def test_a_household_that_wrote_a_lot_is_held_back_for_a_year(
    town: Town, ports: Ports, press: Press, clock: SetClock
) -> None:
    """As many subjects a month as may be, up to the cap, and then nothing until twelve months have passed."""
    (homes,) = town.residences([30])
    months = [months_before(OCTOBER, back) for back in range(13, -1, -1)]
    town.write(
        written(homes[0], one, datetime(month.year, month.month, 10, tzinfo=UTC))
        for month in months
        for one in ("chauffage", "loyer", "bruit", "ascenseur")
    )
    for month in months:
        assert trends.release(month, ports, press)
    with release_transaction() as session:
        name_member(session, town.member_id)
        rows = session.execute(
            select(Contribution.period, Contribution.cells).where(Contribution.product == "C1").order_by("period")
        ).all()
    product, weighed = PRODUCTS["C1"], dict.fromkeys(months, 0)
    for place, month in enumerate(months):
        before = sum(weighed[one] for one in months[max(0, place - 11) : place])
        weighed[month] = min(product.most, product.cap - before)
    assert {row.period: row.cells for row in rows} == {month: cells for month, cells in weighed.items() if cells}
    assert 0 in weighed.values()
    assert clock.now().year == 2026


def test_nothing_of_the_counts_is_logged(
    town: Town, ports: Ports, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    (homes,) = town.residences([97])
    town.write(replace(written(home), words="Zanzibar fuit") for home in homes)
    with caplog.at_level("DEBUG"):
        assert trends.release(OCTOBER, ports, press)
    said = caplog.text
    assert "97" not in said.replace("2097", "")
    assert "Zanzibar" not in said
    assert str(homes[0]) not in said


def test_a_month_that_is_not_over_is_refused(town: Town, ports: Ports, press: Press, clock: SetClock) -> None:
    assert town
    with pytest.raises(NotYetClosed):
        trends.release(date(2026, 11, 1), ports, press)
    clock.at = datetime(2026, 11, 4, 22, 59, tzinfo=UTC)  # the fourth in Paris, for a minute
    with pytest.raises(NotYetClosed):
        trends.release(OCTOBER, ports, press)
    assert OCTOBER not in trends.release_due(ports, press)
    clock.at = datetime(2026, 11, 4, 23, 0, tzinfo=UTC)
    assert trends.release_due(ports, press) == [OCTOBER]


def test_a_month_before_the_last_one_is_refused(town: Town, ports: Ports, press: Press) -> None:
    assert town
    assert trends.release(OCTOBER, ports, press)
    with pytest.raises(NotInOrder):
        trends.release(SEPTEMBER, ports, press)


def test_a_month_is_the_same_by_any_of_its_days(town: Town, ports: Ports, press: Press) -> None:
    assert town
    assert trends.release(date(2026, 10, 17), ports, press)
    assert [one.period for one in read_snapshots("C1")] == [OCTOBER]


def charge_months(months: list[date]) -> None:
    """Write in the ledger what some months would have cost."""
    with release_transaction() as session:
        session.add_all(
            TrendCharge(
                product=product.code, period=period, at=MID_OCTOBER, sigma=product.sigma, most=product.most,
                cap=product.cap, rho=product.rho,
            )
            for product in PRODUCTS.values()
            for month in months
            for period in periods_closed_by(month, product.length)
        )  # fmt: skip


def test_a_part_that_grew_since_the_last_month_is_refused_before_anything_is_drawn(
    town: Town, ports: Ports, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert town
    charge_months([months_before(SEPTEMBER, back) for back in range(11, 0, -1)])
    assert trends.release(SEPTEMBER, ports, press)
    count = len(read_charges())
    wider, narrower = PRODUCTS["C1"], PRODUCTS["Q2"]
    with monkeypatch.context() as patch:
        patch.setitem(PRODUCTS, "C1", replace(wider, share=wider.share + 0.02))  # type: ignore[arg-type]
        with pytest.raises(BudgetSpent, match="somme des parts"):
            trends.release_due(ports, press)
        patch.setitem(PRODUCTS, "Q2", replace(narrower, share=narrower.share - 0.02))  # type: ignore[arg-type]
        with pytest.raises(BudgetSpent, match="en cours d'année"):
            trends.release_due(ports, press)
        assert len(read_charges()) == count
    assert trends.release_due(ports, press) == [OCTOBER]


def test_another_secret_is_refused_until_a_year_has_passed(
    town: Town, ports: Ports, press: Press, settings: Settings, clock: SetClock
) -> None:
    assert town
    assert trends.release(SEPTEMBER, ports, press)
    other = make_press(replace(settings, secret_key="turned"))
    with pytest.raises(OtherSecret, match="TRENDS_SECRET"):
        trends.release(OCTOBER, ports, other)
    same = make_press(replace(settings, secret_key="turned", trends_secret=f"trends|{settings.secret_key}"))
    assert trends.release(OCTOBER, ports, same)
    clock.at = datetime(2028, 2, 6, tzinfo=UTC)
    assert trends.release(date(2027, 12, 1), ports, other)


def test_a_network_without_a_member_publishes_nothing(
    town: Town, ports: Ports, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert town
    monkeypatch.setattr(trends, "_members", dict)
    with pytest.raises(NoMember):
        trends.release(OCTOBER, ports, press)
    assert trends.release_due(ports, press) == []


def test_areas_keep_their_keys_within_a_year(town: Town, ports: Ports, press: Press, clock: SetClock) -> None:
    """The stock of October would merge them in another way; the first month of the next year does."""
    assert town
    assert trends.release(SEPTEMBER, ports, press)
    town.execute("update trend_objections set at = at")  # nothing that is published
    before = read_snapshots("AF")[-1]
    town.residences([500], "rural")
    assert trends.release(OCTOBER, ports, press)
    after = read_snapshots("AF")[-1]
    assert after.keys == before.keys
    assert after.stock["merged"] == before.stock["merged"]
    assert sum(after.stock["areas"].values()) == sum(before.stock["areas"].values()) + 500
    assert clock.now().month == next_month(OCTOBER).month


def test_a_renamed_member_has_its_line_under_its_new_name(town: Town, ports: Ports, press: Press) -> None:
    assert trends.release(SEPTEMBER, ports, press)
    town.execute("update members set slug = 'amont-et-aval' where id = %s", town.member_id)
    assert trends.release(OCTOBER, ports, press)
    old, new = ({key.partition("|")[0] for key in one.keys} for one in read_snapshots("MF"))
    assert old == {"amont", "aval"}
    assert new == {"amont-et-aval", "aval"}


COMMANDS: dict[str, tuple[list[str], str]] = {
    "verify": (["trends", "verify"], "gardé à part"),
    "ledger": (["trends", "ledger", "--check", "--max-rho", "0.40"], "Promis : 0.40"),
    "list": (["trends", "list"], "C1"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_prove_what_is_published(town: Town, ports: Ports, press: Press, app: Flask, name: str) -> None:
    assert town
    assert trends.release(OCTOBER, ports, press)
    words, said = COMMANDS[name]
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    assert said in result.output


SPOIL: dict[str, tuple[Callable[[Town, Path], object], str]] = {
    "value": (lambda town, _: spoil(town, "update trend_snapshots set values[1] = values[1] + 1"), "ce qui a été tiré"),
    "charge": (lambda town, _: spoil(town, "update trend_charges set sigma = 2 * sigma"), "registre ne dit pas"),
    "last": (
        lambda town, _: spoil(town, "delete from trend_snapshots where number = 11"),
        "inscrit au registre sans être tiré",
    ),
    "archive": (lambda _, folder: (folder / "2026-10.jsonl").write_text("rien"), "coupé ou changé"),
    "no archive": (lambda _, folder: (folder / "2026-10.jsonl").unlink(), "l'archive ne le tient pas"),
}  # fmt: skip


def spoil(town: Town, statement: str) -> None:
    """Do what only the server's own superuser could: change what is published behind its triggers."""
    for table in ("trend_snapshots", "trend_charges"):
        town.execute(f"alter table {table} disable trigger never_changed")
    assert town.execute(statement)


@pytest.mark.parametrize("name", SPOIL)
def test_whatever_was_changed_behind_the_triggers_is_found(
    town: Town, ports: Ports, press: Press, app: Flask, settings: Settings, name: str
) -> None:
    assert trends.release(OCTOBER, ports, press)
    change, said = SPOIL[name]
    change(town, settings.releases_dir)
    result = app.test_cli_runner().invoke(args=["trends", "verify"])
    assert result.exit_code == 1
    assert said in result.output


def test_a_month_is_left_out_only_when_it_is_said(town: Town, app: Flask, ports: Ports, press: Press) -> None:
    assert town
    assert trends.release(date(2026, 8, 1), ports, press)
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["trends", "release", "2026-10"])
    assert refused.exit_code == 1
    assert "--skip" in refused.output
    assert runner.invoke(args=["trends", "release", "2026-10", "--skip"]).exit_code == 0
    assert issubclass(NotInOrder, ReleaseRefused)


def test_a_reopening_after_a_late_answer_is_not_why_it_was_late(town: Town) -> None:
    """The delay that is judged is the one before the reopening: the tenant had no part in it."""
    (homes,) = town.residences([30])
    late = replace(written(homes[0]), full_due_at=MID_OCTOBER, full_done_at=MID_OCTOBER.replace(day=20), reopenings=1)
    town.write([late])
    assert counted(town, "LATE") == {"logement|team": 1}


def test_whoever_writes_is_counted_once_read_or_not(town: Town) -> None:
    (homes,) = town.residences([60])
    town.write(replace(written(home), first_category="chauffage") for home in homes[:30])
    town.write(written(home, None) for home in homes[30:40])
    town.write(replace(written(home), first_category="chauffage", abstained=True) for home in homes[40:])
    assert counted(town, "MODEL") == {"kept": 30, "person": 30}


@pytest.mark.parametrize(("closed_on", "households"), [("2026-11-02", 60), ("2026-10-20", 60), ("2026-09-30", 3)])
def test_a_residence_is_as_large_as_it_was_in_the_period(town: Town, closed_on: str, households: int) -> None:
    (homes,) = town.residences([60])
    town.write(written(home) for home in homes)
    town.execute("update dwellings set closed_on = %s where id = any(%s)", closed_on, homes[:45])
    assert counted(town, "C1") == {"chauffage": households}
