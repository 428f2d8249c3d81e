from datetime import UTC, date, datetime, time

import pytest

from service.adapters.clock import FrenchCalendar
from service.domain.deadlines import (
    Clock,
    Line,
    Target,
    Unit,
    in_words,
    is_vital,
    network_lines,
    promised_answer_by,
    read_targets,
    targets_for,
    tighten,
    urgency_heard,
    usual_promise,
    write_targets,
)
from service.domain.taxonomy import categories, urgencies
from service.domain.working_time import NeverOpen, WorkingTime

CALENDAR = FrenchCalendar()
OFFICE = WorkingTime(CALENDAR.is_holiday)
WINTER = date(2026, 11, 25)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), OFFICE.zone)


def own(clock: Clock, amount: int, unit: str = "working_days", **conditions: str) -> Line:
    return Line(clock, Target(amount, Unit(unit)), **conditions)


@pytest.mark.parametrize(
    ("received", "urgency", "expected"),
    [
        (date(2026, 11, 25), "danger", date(2026, 11, 25)),
        (date(2026, 11, 28), "danger", date(2026, 11, 28)),  # a Saturday: danger does not wait
        (date(2026, 11, 25), "urgent", date(2026, 11, 26)),
        (date(2026, 11, 27), "urgent", date(2026, 11, 30)),  # over a week-end
        (date(2026, 11, 25), "normal", date(2026, 12, 2)),
        (date(2026, 12, 24), "urgent", date(2026, 12, 28)),  # over Christmas and a week-end
        (date(2026, 5, 7), "urgent", date(2026, 5, 11)),  # 8 May
        (date(2026, 5, 13), "urgent", date(2026, 5, 15)),  # Ascension Day
    ],
)
def test_the_promise_counts_working_days(received: date, urgency: str, expected: date) -> None:
    assert usual_promise(noon(received), "serrurerie", urgency, CALENDAR.is_holiday) == expected


def test_a_lost_essential_service_is_promised_in_hours_even_before_a_week_end() -> None:
    friday = noon(date(2026, 11, 27))
    assert usual_promise(friday, "chauffage", "urgent", CALENDAR.is_holiday) == date(2026, 11, 28)


def test_a_danger_late_at_night_is_promised_for_the_next_morning() -> None:
    at = datetime(2026, 11, 25, 23, 0, tzinfo=OFFICE.zone)
    assert usual_promise(at, "gaz_co", "danger", CALENDAR.is_holiday) == date(2026, 11, 26)


def test_hours_run_through_a_change_of_clocks() -> None:
    before = datetime(2026, 10, 24, 22, 0, tzinfo=OFFICE.zone)  # clocks go back on Sunday 25 October at three
    due = Target(24, Unit.HOURS).due(before, OFFICE)
    assert due == datetime(2026, 10, 25, 20, 0, tzinfo=UTC)
    assert due.astimezone(OFFICE.zone).hour == 21


def test_a_delay_in_working_days_ends_when_the_offices_close() -> None:
    office = WorkingTime(CALENDAR.is_holiday, time(9), time(16, 45))
    assert Target(2, Unit.WORKING_DAYS).due(noon(date(2026, 7, 10)), office) == datetime(
        2026, 7, 15, 14, 45, tzinfo=UTC
    )


def test_what_is_due_is_an_instant_in_utc() -> None:
    for target in (Target(2, Unit.WORKING_DAYS), Target(2, Unit.HOURS)):
        assert target.due(noon(WINTER), OFFICE).tzinfo is UTC


def test_closure_days_put_a_delay_off() -> None:
    closed = WorkingTime(lambda day: day == date(2026, 11, 26) or CALENDAR.is_holiday(day))
    targets = targets_for("serrurerie", "urgent")
    assert promised_answer_by(noon(date(2026, 11, 25)), targets, closed) == date(2026, 11, 27)


def test_alsace_and_moselle_have_two_holidays_more() -> None:
    alsace = WorkingTime(lambda day: CALENDAR.is_holiday(day, "alsace_moselle"))
    thursday = noon(date(2027, 3, 25))  # before Good Friday and Easter Monday
    assert promised_answer_by(thursday, targets_for(None, "urgent"), OFFICE) == date(2027, 3, 26)
    assert promised_answer_by(thursday, targets_for(None, "urgent"), alsace) == date(2027, 3, 30)


def test_every_subject_and_urgency_has_a_delay_for_every_clock() -> None:
    for category in (None, *categories()):
        for urgency in (None, *urgencies()):
            assert set(targets_for(category, urgency)) == set(Clock)


def test_the_network_s_table_speaks_of_known_subjects_and_urgencies() -> None:
    assert {line.category for line in network_lines()} <= {None, *categories()}
    assert {line.urgency for line in network_lines()} <= {None, *urgencies()}


@pytest.mark.parametrize(
    ("lines", "category", "urgency", "expected"),
    [
        ([], "loyer", "normal", 5),
        ([own(Clock.FIRST_ANSWER, 3)], "loyer", "normal", 3),  # a member's line wins over an equal one
        ([own(Clock.FIRST_ANSWER, 3)], "loyer", "urgent", 1),  # and not over a more precise one
        ([own(Clock.FIRST_ANSWER, 3), own(Clock.FIRST_ANSWER, 10, category="loyer")], "loyer", "normal", 10),
        ([own(Clock.FIRST_ANSWER, 10, category="loyer")], "charges", "normal", 5),
        ([own(Clock.FIRST_ANSWER, 10, category="loyer")], "loyer", "urgent", 10),  # the subject, then the urgency
        ([own(Clock.FIRST_ANSWER, 10, category="gaz_co")], "gaz_co", "danger", 4),  # a danger is never meant by it
        ([own(Clock.FIRST_ANSWER, 2, "hours", urgency="danger")], "gaz_co", "danger", 2),
        ([own(Clock.READ, 1)], "loyer", "normal", 5),  # another clock
    ],
)
def test_the_most_precise_line_decides(lines: list[Line], category: str, urgency: str, expected: int) -> None:
    assert targets_for(category, urgency, lines)[Clock.FIRST_ANSWER].amount == expected


@pytest.mark.parametrize(
    ("category", "urgency", "types", "day", "expected"),
    [
        ("loyer", "danger", [], WINTER, True),
        ("chauffage", "urgent", [], WINTER, True),
        ("chauffage", "urgent", [], date(2026, 7, 1), False),
        ("chauffage", "normal", [], WINTER, False),
        ("eau_chaude", "urgent", [], date(2026, 7, 1), True),
        ("electricite", "urgent", [], WINTER, True),
        ("plomberie", "urgent", [], WINTER, True),
        ("gaz_co", "urgent", [], WINTER, True),
        ("ascenseur", "urgent", [], WINTER, False),
        ("ascenseur", "urgent", ["trapped"], WINTER, True),
        (None, None, [], WINTER, False),
    ],
)
def test_what_a_home_cannot_do_without_never_waits(
    category: str | None, urgency: str | None, types: list[str], day: date, expected: bool
) -> None:
    assert is_vital(category, urgency, types, day) is expected


def test_a_danger_to_check_is_looked_at_like_an_urgency() -> None:
    assert [urgency_heard(one, "check") for one in (None, "faible", "normal", "urgent", "danger")] == [
        "urgent", "urgent", "urgent", "urgent", "danger",
    ]  # fmt: skip
    assert [urgency_heard(one, "none") for one in (None, "faible", "danger")] == ["normal", "faible", "danger"]


def test_a_promise_is_never_put_back() -> None:
    early, late = date(2026, 11, 26), date(2026, 12, 2)
    assert tighten(early, late) == tighten(late, early) == early


def test_delays_kept_in_an_event_are_read_back() -> None:
    targets = targets_for("chauffage", "urgent")
    assert read_targets({"targets": write_targets(targets)}) == targets


def test_delays_are_said_in_plain_words() -> None:
    assert in_words(targets_for("serrurerie", "urgent")) == (
        "lecture par une personne : 2 jours ouvrés, première réponse : 1 jour ouvré, "
        "réponse complète : 10 jours ouvrés, réponse de l'organisme : 24 heures."
    )


def test_working_time_knows_when_somebody_is_at_the_office() -> None:
    at = {hour: datetime(2026, 11, 25, *hour, tzinfo=OFFICE.zone) for hour in ((8, 29), (8, 30), (17, 29), (17, 30))}
    assert [OFFICE.is_open(one) for one in at.values()] == [False, True, True, False]
    assert not OFFICE.is_open(datetime(2026, 12, 25, 10, 0, tzinfo=OFFICE.zone))
    assert not OFFICE.is_open(datetime(2026, 11, 28, 10, 0, tzinfo=OFFICE.zone))


def test_counting_days_forth_and_back_agree() -> None:
    day = date(2026, 4, 1)
    for count in range(60):
        assert OFFICE.between(day, OFFICE.after(day, count)) == count
    assert OFFICE.between(day, day) == OFFICE.between(day, date(2026, 3, 1)) == 0


def test_an_office_that_never_opens_is_a_mistake() -> None:
    with pytest.raises(NeverOpen):
        WorkingTime(lambda _: True).after(date(2026, 1, 1), 1)
