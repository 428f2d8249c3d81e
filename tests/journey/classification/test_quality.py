"""What a finished week of the text model was: summed up over all members, again and again the same."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service.adapters.clock import SetClock
from service.domain.quality import MIN_MESSAGES, Week
from service.journey.classification import classification, quality
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, network_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.quality import ModelWeek
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

TODAY = date(2026, 11, 25)  # a Wednesday
LAST = date(2026, 11, 16)  # the Monday of the week before
IN_LAST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # five days before people have their word
_numbers = count(1)


class Model:
    """What the text model said of one member's messages, and what people then said."""

    def __init__(self, member: MemberWorld, ports: Ports) -> None:
        self.member, self.ports = member, ports

    def read(  # What a reading is made of.
        self,
        at: datetime = IN_LAST,
        *,
        version: str | None = "one",
        abstained: bool = False,
        confidence: float | None = 0.8,
        unknown: float | None = 0.1,
        drawn: bool = False,
    ) -> UUID:
        complaint_id, number = uuid4(), next(_numbers)
        with member_transaction(self.member.id) as session:
            session.add(
                Complaint(
                    id=complaint_id, member_id=self.member.id, reference=f"REF-{number}", tracking_token=f"t-{number}",
                    status="classified", submitted_at=at, text="Un message", channel="extranet", place_given={},
                    preferred_channel="email", language="fr", category="chauffage", urgency="normal",
                    promised_answer_by=at.date(), abstained=abstained, unknown_share=unknown, audit_due=drawn,
                    model_version=version,
                )
            )  # fmt: skip
            session.flush()
            data = {"category": "chauffage", "urgency": "normal", "confidence": confidence, "abstained": abstained}
            session.add(
                Event(
                    member_id=self.member.id, complaint_id=complaint_id, kind="classified", audience="internal",
                    actor="model", at=at, data=data | {"model_version": version},
                )
            )  # fmt: skip
        return complaint_id

    def fill(self, at: datetime = IN_LAST, how_many: int = MIN_MESSAGES, *, version: str = "one") -> None:
        for _ in range(how_many):
            self.read(at, version=version)

    def correct(self, complaint_id: UUID, category: str = "loyer") -> None:
        classification.correct(
            self.member.id, complaint_id, self.member.agent_id, category=category, urgency="normal", reason="Vu",
            ports=self.ports,
        )  # fmt: skip

    def confirm(self, complaint_id: UUID) -> None:
        classification.confirm(self.member.id, complaint_id, self.member.agent_id, self.ports)


@pytest.fixture
def first(app: Flask, world: World, ports: Ports) -> Iterator[Model]:
    with app.app_context():
        yield Model(world.first, ports)


@pytest.fixture
def second(world: World, ports: Ports) -> Model:
    return Model(world.second, ports)


def test_a_week_is_summed_up_over_all_members(first: Model, second: Model) -> None:
    first.fill()
    second.fill(how_many=5)
    first.read(confidence=0.2, unknown=0.5, abstained=True)
    second.correct(second.read(confidence=0.4, unknown=0.3))
    assert quality.sum_up_due(TODAY) == [LAST]
    (week,) = quality.read_weeks()
    assert replace(week, confidence=0, unknown_share=0) == Week(LAST, "one", 18, 1, 0, 0, 1, 0, 0, 0)
    assert week.confidence == pytest.approx((16 * 0.8 + 0.2 + 0.4) / 18)
    assert week.unknown_share == pytest.approx((16 * 0.1 + 0.5 + 0.3) / 18)


def test_twice_is_as_good_as_once_and_late_corrections_count(first: Model) -> None:
    first.fill()
    late = first.read()
    for _ in range(2):
        quality.sum_up_due(TODAY)
    before = quality.read_weeks()
    assert [week.overridden for week in before] == [0]
    first.correct(late)
    quality.sum_up_due(TODAY + timedelta(days=30))
    after = quality.read_weeks()
    assert [week.overridden for week in after] == [1]
    assert [replace(week, overridden=0) for week in after] == before


def test_two_clocks_at_once_write_one_line(app: Flask, first: Model) -> None:
    first.fill()

    def sum_up(_: int) -> list[date]:
        with app.app_context():
            return quality.sum_up_due(TODAY)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sum_up, range(4))) == [[LAST]] * 4
    assert len(quality.read_weeks()) == 1


def test_what_a_person_gave_to_a_message_the_model_left_is_no_correction(first: Model) -> None:
    first.fill()
    first.correct(first.read(abstained=True))
    quality.sum_up_due(TODAY)
    (week,) = quality.read_weeks()
    assert (week.abstained, week.overridden) == (1, 0)  # its abstention is still counted once a person sorted it


def test_a_category_that_is_confirmed_or_given_back_is_no_correction(first: Model) -> None:
    first.fill()
    confirmed, back = first.read(), first.read()
    first.confirm(confirmed)
    first.correct(back)
    first.correct(back, "chauffage")
    quality.sum_up_due(TODAY)
    assert [week.overridden for week in quality.read_weeks()] == [0]


def test_an_audit_counts_once_it_is_answered_right_or_wrong(first: Model) -> None:
    first.fill()
    right, wrong, waiting = (first.read(drawn=True) for _ in range(3))
    first.confirm(right)
    first.correct(wrong)
    first.confirm(first.read())  # a confirmation nobody drew
    quality.sum_up_due(TODAY)
    (week,) = quality.read_weeks()
    assert waiting
    assert (week.drawn, week.audited, week.audited_right) == (3, 2, 1)


def test_only_what_is_corrected_within_seven_days_is_counted_so_that_weeks_compare(
    first: Model, clock: SetClock
) -> None:
    first.fill()
    in_time, again, late, later = (first.read() for _ in range(4))
    clock.at = IN_LAST + timedelta(days=7, seconds=-1)
    first.correct(in_time)
    first.correct(again, "bruit")
    clock.at = IN_LAST + timedelta(days=7)
    first.correct(late)
    first.correct(later)
    first.correct(again, "chauffage")
    for days in (0, 30):
        quality.sum_up_due(TODAY + timedelta(days=days))
        assert [week.overridden for week in quality.read_weeks()] == [2]


def test_each_version_has_its_line(first: Model) -> None:
    first.fill()
    first.fill(version="two", how_many=12)
    quality.sum_up_due(TODAY)
    assert [(week.model_version, week.messages) for week in quality.read_weeks()] == [("one", 11), ("two", 12)]


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(2026, 11, 15, 22, 59, 59, tzinfo=UTC), date(2026, 11, 9)),  # Sunday, a second to midnight in Paris
        (datetime(2026, 11, 15, 23, 0, tzinfo=UTC), LAST),
        (datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC), LAST),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), None),  # the week that is not over
        (datetime(2026, 10, 18, 21, 59, 59, tzinfo=UTC), date(2026, 10, 12)),  # summer time
        (datetime(2026, 10, 18, 22, 0, tzinfo=UTC), date(2026, 10, 19)),
    ],
)
def test_a_week_begins_and_ends_at_midnight_in_paris(first: Model, at: datetime, week: date | None) -> None:
    first.fill(at)
    assert quality.sum_up_due(TODAY) == ([week] if week else [])


def test_a_week_of_few_messages_is_not_kept(first: Model) -> None:
    first.fill(how_many=MIN_MESSAGES - 1)
    assert quality.sum_up_due(TODAY) == []
    assert quality.read_weeks() == []
    first.read()
    assert quality.sum_up_due(TODAY) == [LAST]


def test_what_no_model_read_is_not_counted(first: Model) -> None:
    first.fill()
    first.read(version=None, confidence=None)  # a danger the lexicon heard while the model was down
    quality.sum_up_due(TODAY)
    assert [week.messages for week in quality.read_weeks()] == [MIN_MESSAGES]


def test_what_was_not_measured_is_not_zero(first: Model) -> None:
    for _ in range(MIN_MESSAGES):
        first.read(unknown=None)
    quality.sum_up_due(TODAY)
    (week,) = quality.read_weeks()
    assert week.unknown_share is None


def test_weeks_long_past_are_caught_up_the_first_time_and_then_left_alone(first: Model) -> None:
    old = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
    first.fill(old)
    assert quality.sum_up_due(TODAY) == [date(2026, 6, 1)]
    first.fill()
    first.fill(datetime(2026, 7, 8, 9, 0, tzinfo=UTC))
    assert quality.sum_up_due(TODAY) == [date(2026, 7, 6), LAST]  # the clock stood still: it catches up
    first.fill(old)
    quality.sum_up_due(TODAY)
    assert [week.messages for week in quality.read_weeks()] == [11, 11, 11]


def test_only_what_is_shown_or_compared_is_read(first: Model) -> None:
    assert first
    with shared_transaction() as session:
        for weeks in range(40):
            session.add(
                ModelWeek(
                    week=LAST - timedelta(weeks=weeks), model_version="one", messages=20, abstained=0, confidence=0.8,
                    unknown_share=0.1, overridden=0, drawn=0, audited=0, audited_right=0,
                )
            )  # fmt: skip
    read = quality.read_weeks()
    assert len(read) == 34
    assert read[-1].week == LAST


def test_weeks_are_read_in_the_role_of_the_network(first: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    first.fill()
    quality.sum_up_due(TODAY)
    monkeypatch.delattr(quality, "shared_transaction")
    monkeypatch.delattr(quality, "member_transaction")
    assert [week.messages for week in quality.read_weeks()] == [MIN_MESSAGES]


def test_the_network_reads_weeks_and_writes_none(first: Model) -> None:
    first.fill()
    quality.sum_up_due(TODAY)
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, network_transaction() as session:
        session.execute(text("update model_weeks set messages = 0"))
    with pytest.raises(ProgrammingError, match="permission denied"), shared_transaction() as session:
        session.execute(text("delete from model_weeks"))
