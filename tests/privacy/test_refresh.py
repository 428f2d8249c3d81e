"""A4: asking a thousand times, starting again, racing, being killed and restored: nothing is ever drawn twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.adapters.archive import FileArchive
from service.app import create_app
from service.domain.loss import faults_of_ledger
from service.domain.products import PRODUCTS
from service.domain.release_order import ArchiveClosed, ArchiveDamaged, NotInOrder, NotTheSameChain
from service.domain.snapshots import Snapshot, Weight, faults_of_chain, written
from service.embedded.postgres import EmbeddedPostgres
from service.journey.ports import Ports
from service.journey.transactions import name_member, release_transaction
from service.journey.trends import trends
from service.journey.trends.press import Press
from service.journey.trends.reinstating import faults_of_archive
from service.journey.trends.snapshots import read_charges, read_snapshots
from service.journey.trends.trends import release
from service.models.database import db
from service.models.member import Member
from service.models.trends import Contribution
from service.press import make_press
from service.settings import Settings
from tests.privacy.conftest import Report
from tests.privacy.laboratory import Laboratory
from tests.privacy.membership import NOISE, real
from tests.town import Message, Town
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.privacy]

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@dataclass
class CountingNoise:
    """The real noise, and how often it was asked; `at` is called before one of its draws."""

    draws: int = 0
    at: int = -1

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        self.draws += 1
        drawn = NOISE.draw(counts, sigma, cells, rho)
        if self.draws == self.at:  # the server goes away between the charge and the commit
            db.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        return drawn


@pytest.fixture
def laboratory(postgres: EmbeddedPostgres, settings: Settings, ports: Ports, world: World) -> Laboratory:
    return Laboratory(postgres, settings, ports, world.first.id)


@pytest.fixture
def noise() -> CountingNoise:
    return CountingNoise()


@pytest.fixture
def press(settings: Settings, noise: CountingNoise) -> Press:
    return replace(make_press(settings), noise=noise)


@pytest.fixture
def town(laboratory: Laboratory) -> Town:
    town = laboratory.town()
    (homes,) = town.residences([40], "urbain")
    town.write(
        Message(uuid4(), home, datetime(2026, month, 10, 9, tzinfo=UTC), subject)
        for month in (9, 10)
        for home in homes
        for subject in ("chauffage", "ascenseur")
    )
    return town


def bytes_published() -> list[str]:
    return [written(one) for one in read_snapshots()]


def assert_drawn_once(noise: CountingNoise) -> None:
    published, charges = read_snapshots(), read_charges()
    assert faults_of_chain(published) == []
    assert faults_of_ledger(published, charges) == []
    assert noise.draws == len(published) == len(charges) > 0


def test_a_thousand_looks_see_the_same_bytes(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports, report: Report, full: bool
) -> None:
    assert town
    looks = 1000 if full else 50
    with laboratory.copy():
        assert release(OCTOBER, ports, press)
        seen = {tuple(bytes_published()) for _ in range(looks)}
        for _ in range(5):
            assert not release(OCTOBER, ports, press)
            assert trends.release_due(ports, press) == []
        assert seen == {tuple(bytes_published())}
        assert_drawn_once(noise)
    report(
        "A4", "un seul tirage par tableau",
        f"{looks} lectures identiques ; relances, courses, arrêts, restaurations sans autre tirage",
        caught=averaging_of_refreshes(),
    )  # fmt: skip


def averaging_of_refreshes() -> str:
    """The seeded fault: a table drawn anew at each of 365 looks, of which the average is the truth."""
    truth, product = np.arange(40), PRODUCTS["C1"]
    looks = [real(truth.tolist(), product.sigma, product.most, product.rho) for _ in range(365)]
    exact = float((np.mean(looks, axis=0).round() == truth).mean())
    once = float((np.array(looks[0]) == truth).mean())
    assert exact > 0.5 > once
    return f"nouveau tirage à chaque lecture, {exact:.0%} des cases retrouvées"


def test_a_new_process_publishes_nothing_again(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        assert release(OCTOBER, ports, press)
        before = bytes_published()
        uri = current_app.config["SQLALCHEMY_DATABASE_URI"]
        again = create_app(replace(laboratory.settings, database_url=uri), ports)
        with again.app_context():
            assert not release(OCTOBER, ports, press)
            assert bytes_published() == before
            db.session.remove()
            db.engine.dispose()
        assert_drawn_once(noise)


def test_two_releases_that_race_draw_once(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy(), ThreadPoolExecutor(4) as several:
        app = current_app._get_current_object()  # type: ignore[attr-defined]

        def run(month: date) -> bool:
            with app.app_context():
                return release(month, ports, press)

        assert sorted(several.map(run, [OCTOBER] * 4)) == [False, False, False, True]
        assert_drawn_once(noise)


def test_a_release_that_is_killed_leaves_nothing_and_is_done_again(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        for at in (1, 6, 11):  # the first table, one in the middle, the last
            with pytest.raises(DBAPIError):
                release(OCTOBER, ports, replace(press, noise=CountingNoise(at=at)))
            assert read_snapshots() == []
            assert read_charges() == []
        assert release(OCTOBER, ports, press)
        assert noise.draws == 11
        assert_drawn_once(noise)


class BrokenArchive(FileArchive):
    """Fails once everything is written: as if the process was killed before the commit."""

    def keep(self, month: date, snapshots: Sequence[Snapshot], weights: Sequence[Weight]) -> None:
        super().keep(month, snapshots, weights)
        raise OSError


def test_what_was_drawn_and_not_committed_is_put_back_and_not_drawn_again(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        with pytest.raises(OSError):  # noqa: PT011  It has no words.
            release(OCTOBER, ports, replace(press, archive=BrokenArchive(laboratory.settings.releases_dir)))
        assert read_snapshots() == []
        assert release(OCTOBER, ports, press)
        assert read_snapshots() == press.archive.read(OCTOBER)
        assert_drawn_once(noise)


def weighed() -> list[tuple[object, ...]]:
    with release_transaction() as session:
        name_member(session, session.scalars(select(Member.id).where(Member.slug == "amont")).one())
        rows = session.execute(
            select(Contribution.product, Contribution.period, Contribution.household, Contribution.cells)
        ).all()
    return sorted(tuple(row) for row in rows)


def test_a_restored_database_gets_back_what_was_drawn(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    """Also what households weighed, although the messages of the days before the restoration are lost."""
    assert town
    with laboratory.copy():
        for month in (SEPTEMBER, OCTOBER):
            assert release(month, ports, press)
        before, weights = bytes_published(), weighed()
        assert faults_of_archive(read_snapshots(), press) == []
    assert weights
    for _ in range(2):
        with laboratory.copy() as restored:
            restored.execute("delete from complaints where submitted_at > %s", datetime(2026, 10, 1, tzinfo=UTC))
            assert faults_of_archive([], press)
            assert trends.release_due(ports, press) == [SEPTEMBER, OCTOBER]
            assert bytes_published() == before
            assert weighed() == weights
            assert_drawn_once(noise)
            assert faults_of_archive(read_snapshots(), press) == []


def test_a_month_of_the_archive_is_never_passed_over(
    laboratory: Laboratory, town: Town, noise: CountingNoise, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        assert release(SEPTEMBER, ports, press)
    with laboratory.copy():
        with pytest.raises(NotInOrder, match="flask trends release 2026-09"):
            release(OCTOBER, ports, press)
        assert release(SEPTEMBER, ports, press)
        assert release(OCTOBER, ports, press)
        assert_drawn_once(noise)


def test_a_lost_archive_is_written_again_from_the_database(
    laboratory: Laboratory, town: Town, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        assert release(SEPTEMBER, ports, press)
        for file in laboratory.settings.releases_dir.iterdir():
            file.unlink()
        assert release(OCTOBER, ports, press)
        assert press.archive.months() == [SEPTEMBER, OCTOBER]
        assert faults_of_archive(read_snapshots(), press) == []


SPOIL: dict[str, Callable[[str], str]] = {
    "cut": lambda content: "".join(content.splitlines(keepends=True)[:5]),
    "cut in a line": lambda content: content[: len(content) // 2],
    "empty": lambda _: "",
    "changed": lambda content: content.replace('"values":[', '"values":[4,', 1),
    "a line less": lambda content: "".join(content.splitlines(keepends=True)[1:]),
}


def test_a_damaged_archive_is_refused_and_nothing_is_drawn(
    laboratory: Laboratory, town: Town, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        assert release(OCTOBER, ports, press)
        published = read_snapshots()
    file = laboratory.settings.releases_dir / "2026-10.jsonl"
    whole = file.read_text(encoding="utf-8")
    with laboratory.copy():
        for name, spoil in SPOIL.items():
            assert spoil(whole) != whole, name
            file.write_text(spoil(whole), encoding="utf-8")
            with pytest.raises(ArchiveDamaged, match="sauvegarde"):
                release(OCTOBER, ports, press)
            assert faults_of_archive(published, press), name
        assert read_snapshots() == []


def test_an_archive_that_somebody_rewrote_is_refused(
    laboratory: Laboratory, town: Town, press: Press, ports: Ports
) -> None:
    """Its last line fits, but not the digests of the tables; or the tables are those of another place in the chain."""
    assert town
    with laboratory.copy():
        assert release(OCTOBER, ports, press)
        published = read_snapshots()
    folder = laboratory.settings.releases_dir
    for tables in ([replace(published[0], values=published[1].values), *published[1:]], published[1:]):
        (folder / "2026-10.jsonl").unlink()
        press.archive.keep(OCTOBER, tables, press.archive.weights(OCTOBER) or [])
        with laboratory.copy(), pytest.raises(NotTheSameChain):
            release(OCTOBER, ports, press)


def test_without_what_households_weighed_nothing_is_put_back(
    laboratory: Laboratory, town: Town, press: Press, ports: Ports
) -> None:
    assert town
    with laboratory.copy():
        assert release(OCTOBER, ports, press)
    (laboratory.settings.releases_dir / "2026-10.weights").unlink()
    with laboratory.copy():
        with pytest.raises(ArchiveDamaged, match=r"2026-10\.weights"):
            release(OCTOBER, ports, press)
        assert read_snapshots() == []


def test_what_cannot_be_archived_is_not_published(
    laboratory: Laboratory, town: Town, press: Press, ports: Ports, tmp_path: Path
) -> None:
    assert town
    (tmp_path / "full").write_text("a file where a folder should be")
    with laboratory.copy():
        with pytest.raises(ArchiveClosed, match="RELEASES_DIR"):
            release(OCTOBER, ports, replace(press, archive=FileArchive(tmp_path / "full")))
        assert read_snapshots() == []
        assert read_charges() == []
