"""What is counted, what is hidden, and that a published month never changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.adapters.clock import SetClock
from service.domain.taxonomy import FAMILIES
from service.journey import trends
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, shared_transaction
from service.journey.trends import MonthOfTrends
from service.models.complaint import Complaint
from service.models.feedback import Feedback
from service.models.patrimoine import Dwelling, Residence
from service.models.trends import TrendCell, TrendRelease
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

OCTOBER = date(2026, 10, 1)
MID_OCTOBER = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Town:
    """A member's dwellings, and what is written and scored from them."""

    member: MemberWorld

    def build(self, how_many: int) -> list[UUID]:
        with member_transaction(self.member.id) as session:
            residence = session.scalars(select(Residence)).first()
            assert residence
            made = [uuid4() for _ in range(how_many)]
            session.add_all(
                Dwelling(
                    id=one, member_id=self.member.id, reference=f"plus-{next(_numbers)}", residence_id=residence.id,
                    address_line="1 rue Neuve", address_key="1 rue neuve 80000",
                )
                for one in made
            )  # fmt: skip
        return made

    def write(self, dwelling: UUID | None, category: str | None = "chauffage", at: datetime = MID_OCTOBER) -> UUID:
        complaint_id, number = uuid4(), next(_numbers)
        with member_transaction(self.member.id) as session:
            session.add(
                Complaint(
                    id=complaint_id, member_id=self.member.id, reference=f"REF-{number}", tracking_token=f"t-{number}",
                    status="classified", submitted_at=at, text="Un message", channel="extranet", place_given={},
                    preferred_channel="email", language="fr", dwelling_id=dwelling, category=category,
                    promised_answer_by=at.date(),
                )
            )  # fmt: skip
        return complaint_id

    def score(self, complaint_id: UUID, score: int, at: datetime = MID_OCTOBER) -> None:
        with member_transaction(self.member.id) as session:
            session.add(Feedback(member_id=self.member.id, complaint_id=complaint_id, score=score, at=at))


@pytest.fixture
def town(app: Flask, world: World) -> Iterator[Town]:
    with app.app_context():
        yield Town(world.first)


@pytest.fixture
def other_town(world: World) -> Town:
    return Town(world.second)


def october() -> MonthOfTrends:
    (month,) = trends.read_trends()
    assert month.month == OCTOBER
    return month


def test_ten_dwellings_are_hidden_and_eleven_are_shown(town: Town, ports: Ports) -> None:
    for number, dwelling in enumerate(town.build(11)):
        town.write(dwelling, "chauffage")
        if number < 10:
            town.write(dwelling, "ascenseur")
    assert trends.publish(OCTOBER, ports)
    assert october().families == dict.fromkeys(FAMILIES) | {"logement": 11}


@pytest.mark.parametrize(("category", "abstained"), [("chauffage", True), ("autre", False)])
def test_what_nobody_was_sure_of_is_not_counted(town: Town, ports: Ports, category: str, *, abstained: bool) -> None:
    for dwelling in town.build(12):
        complaint_id = town.write(dwelling, category)
        with member_transaction(town.member.id) as session:
            session.get_one(Complaint, complaint_id).abstained = abstained
    assert trends.publish(OCTOBER, ports)
    assert october().families == dict.fromkeys(FAMILIES)


def test_a_dwelling_that_writes_ten_times_counts_once(town: Town, ports: Ports) -> None:
    dwellings = town.build(11)
    for dwelling in dwellings[:10]:
        for category in ("chauffage", "eau_chaude", "chauffage"):  # one family
            town.write(dwelling, category)
    trends.publish(OCTOBER, ports)
    assert october().families["logement"] is None


def test_a_dwelling_counts_in_each_family_it_wrote_about(town: Town, ports: Ports) -> None:
    for dwelling in town.build(12):
        town.write(dwelling, "chauffage")
        town.write(dwelling, "loyer")
    trends.publish(OCTOBER, ports)
    assert october().families == dict.fromkeys(FAMILIES) | {"logement": 12, "gestion": 12}


def test_members_are_added_up_before_small_figures_are_hidden(town: Town, other_town: Town, ports: Ports) -> None:
    for one, how_many in ((town, 6), (other_town, 5)):
        for dwelling in one.build(how_many):
            one.write(dwelling)
    trends.publish(OCTOBER, ports)
    assert october().families["logement"] == 11
    assert october().stock == 800  # 400 each


def test_a_message_without_a_known_dwelling_or_a_category_is_not_counted(town: Town, ports: Ports) -> None:
    dwellings = town.build(11)
    for dwelling in dwellings[:10]:
        town.write(dwelling)
    for _ in range(5):
        town.write(None)
    town.write(dwellings[10], None)
    trends.publish(OCTOBER, ports)
    assert october().families["logement"] is None


@pytest.mark.parametrize(
    ("at", "is_october"),
    [
        (datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Paris, summer time
        (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), True),  # midnight
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), True),  # 23:59:59, winter time
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_a_month_begins_and_ends_at_midnight_in_paris(
    town: Town, ports: Ports, at: datetime, *, is_october: bool
) -> None:
    for dwelling in town.build(11):
        complaint_id = town.write(dwelling, at=at)
        town.score(complaint_id, 8, at)
    trends.publish(OCTOBER, ports)
    assert (october().families["logement"], october().answers) == ((11, 11) if is_october else (None, None))


def test_a_published_month_is_not_changed_by_what_comes_later(town: Town, ports: Ports) -> None:
    dwellings = town.build(20)
    for dwelling in dwellings[:11]:
        town.score(town.write(dwelling), 9)
    assert trends.publish(OCTOBER, ports)
    before = october()
    for dwelling in dwellings[11:]:
        town.score(town.write(dwelling), 1)
        town.write(dwelling, "ascenseur")
    assert not trends.publish(OCTOBER, ports)
    assert october() == before


def test_two_publishing_at_once_give_one_release(
    app: Flask, town: Town, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    for dwelling in town.build(11):
        town.write(dwelling)
    together, counting = Barrier(2, timeout=20), trends._count

    def wait_then_count(member_id: UUID, month: date) -> dict[str, int]:
        if member_id == town.member.id:
            together.wait()  # Both have found the month free.
        return counting(member_id, month)

    def publish(_: int) -> bool:
        with app.app_context():
            return trends.publish(OCTOBER, ports)

    monkeypatch.setattr(trends, "_count", wait_then_count)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, range(2))) == [False, True]
    with shared_transaction() as session:
        assert session.scalar(select(func.count()).select_from(TrendRelease)) == 1
        assert session.scalar(select(func.count()).select_from(TrendCell)) == len(FAMILIES)


def test_satisfaction_is_one_score_a_dwelling_the_latest(town: Town, ports: Ports) -> None:
    dwellings = town.build(30)
    for number, dwelling in enumerate(dwellings):
        town.score(town.write(dwelling), 7 if number < 18 else 6)
    # The first dwelling changes its mind within the month: it still counts once, as not satisfied.
    town.score(town.write(dwellings[0]), 2, MID_OCTOBER.replace(day=20))
    trends.publish(OCTOBER, ports)
    assert (october().answers, october().satisfied) == (30, 17)


def test_when_nearly_all_are_satisfied_the_few_who_are_not_stay_hidden(town: Town, ports: Ports) -> None:
    for number, dwelling in enumerate(town.build(30)):
        town.score(town.write(dwelling), 3 if number < 10 else 9)
    trends.publish(OCTOBER, ports)
    assert (october().answers, october().satisfied) == (30, None)


def test_satisfaction_of_ten_dwellings_is_hidden(town: Town, ports: Ports) -> None:
    for dwelling in town.build(10):
        town.score(town.write(dwelling), 9)
        town.score(town.write(dwelling), 8)
    trends.publish(OCTOBER, ports)
    assert (october().answers, october().satisfied) == (None, None)


def test_months_that_are_due_are_published_in_order_and_once(town: Town, ports: Ports, clock: SetClock) -> None:
    assert town
    clock.at = datetime(2026, 9, 5, 9, 0, tzinfo=UTC)
    assert trends.publish_due(ports) == [date(2026, 8, 1)]
    clock.at = datetime(2026, 11, 4, 22, 59, tzinfo=UTC)  # still the fourth in Paris
    assert trends.publish_due(ports) == [date(2026, 9, 1)]
    clock.at = datetime(2026, 11, 4, 23, 0, tzinfo=UTC)  # the fifth
    assert trends.publish_due(ports) == [OCTOBER]
    assert trends.publish_due(ports) == []
    assert [month.month for month in trends.read_trends()] == [date(2026, 8, 1), date(2026, 9, 1), OCTOBER]
