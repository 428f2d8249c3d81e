"""What is drawn, what weeks are summed up, and when the alarm is raised."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from service.domain.quality import (
    Alarm,
    Week,
    alarms,
    audits_of,
    is_drawn,
    lower_bound,
    merge,
    monday_of,
    weeks_to_sum,
)

MONDAY = date(2026, 11, 16)
CALM = Week(MONDAY, "one", 100, 10, 0.8, 0.05, 9, 0, 0, 0)


def weeks(count: int, **last: object) -> list[Week]:
    """Return weeks that sway a little, the last one changed."""
    told = [
        replace(
            CALM,
            week=MONDAY - timedelta(weeks=count - 1 - place),
            confidence=0.8 + 0.01 * (place % 3 - 1),
            unknown_share=0.05 + 0.005 * (place % 3 - 1),
            overridden=9 + place % 3 - 1,
        )
        for place in range(count)
    ]
    return [*told[:-1], replace(told[-1], **last)]  # type: ignore[arg-type]


def test_one_in_twenty_is_drawn_and_always_the_same() -> None:
    random = Random(7)
    ids = [UUID(int=random.getrandbits(128), version=4) for _ in range(20_000)]
    drawn = [one for one in ids if is_drawn(one)]
    assert 900 < len(drawn) < 1100
    assert all(is_drawn(UUID(str(one))) for one in drawn)


@pytest.mark.parametrize(
    ("day", "monday"), [(date(2026, 11, 16), 16), (date(2026, 11, 22), 16), (date(2026, 11, 23), 23)]
)
def test_a_week_begins_on_monday(day: date, monday: int) -> None:
    assert monday_of(day) == date(2026, 11, monday)


@pytest.mark.parametrize(
    ("latest", "first"),
    [
        (None, MONDAY - timedelta(weeks=33)),  # nothing yet: as far back as is kept
        (MONDAY, date(2026, 10, 12)),  # the last six again: corrections still come in
        (MONDAY - timedelta(weeks=1), date(2026, 10, 12)),
        (MONDAY - timedelta(weeks=10), MONDAY - timedelta(weeks=9)),  # the clock stood still: what was missed
        (date(2024, 1, 1), MONDAY - timedelta(weeks=33)),
    ],
)
def test_weeks_are_summed_up_again_and_those_missed_caught_up(latest: date | None, first: date) -> None:
    for today in (date(2026, 11, 23), date(2026, 11, 29)):  # the week of today is not over
        assert weeks_to_sum(today, latest, 34) == (first, date(2026, 11, 23))


def test_versions_of_one_week_are_put_together_by_their_weight() -> None:
    one = replace(
        CALM, messages=30, abstained=0, confidence=0.9, unknown_share=None, drawn=4, audited=2, audited_right=1
    )
    other = replace(CALM, model_version="two", messages=90, confidence=0.5, drawn=3, audited=3, audited_right=3)
    (both,) = merge([one, other])
    assert (both.messages, both.abstained, both.drawn, both.audited, both.audited_right) == (120, 10, 7, 5, 4)
    assert both.confidence == pytest.approx(0.6)
    assert both.unknown_share == pytest.approx(0.05)  # of the messages it was measured on
    assert both.model_version == "two"


def test_a_week_of_the_usual_sort_raises_nothing() -> None:
    assert alarms(weeks(9)) == []
    assert alarms([]) == []


@pytest.mark.parametrize(
    ("about", "last"),
    [
        ("unknown_share", {"unknown_share": 0.09}),
        ("unknown_share", {"unknown_share": 0.01}),
        ("confidence", {"confidence": 0.7}),
        ("confidence", {"confidence": 0.9}),
    ],
)
def test_what_is_far_from_the_eight_weeks_before_raises_the_alarm(about: str, last: dict[str, float]) -> None:
    (alarm,) = alarms(weeks(9, **last))
    assert alarm.about == about
    assert not alarm.changed
    assert alarms(weeks(8, **last)) == []  # seven before: too few to say


def corrected(*overridden: int, messages: int = 100) -> list[str]:
    """Return what is alarming in weeks of so many corrections, and a last one that nobody had the time to correct."""
    told = [
        replace(CALM, week=MONDAY + timedelta(weeks=place), messages=messages, overridden=count)
        for place, count in enumerate((*overridden, 0))
    ]
    return [alarm.about for alarm in alarms(told)]


def test_corrections_are_judged_in_the_last_week_that_had_its_seven_days() -> None:
    assert corrected(*[9] * 9) == []  # the last week has none yet, and that says nothing
    assert corrected(9, 10, 8, 9, 10, 8, 9, 10, 20) == ["override_rate"]
    assert corrected(9, 10, 8, 9, 10, 8, 9, 10) == []  # seven before: too few to say
    assert corrected(10, 8, 9, 10, 8, 9, 10, 20) == []
    (alarm,) = alarms(
        [
            replace(CALM, week=MONDAY + timedelta(weeks=place), overridden=count, model_version=version)
            for place, (count, version) in enumerate([*[(9, "one")] * 8, (30, "one"), (0, "two")])
        ]
    )
    assert (alarm.found, alarm.expected, alarm.changed) == (pytest.approx(1 / 3), pytest.approx(0.1), False)


@pytest.mark.parametrize("messages", [11, 12, 20, 100, 5000])
def test_one_correction_never_raises_the_alarm(messages: int) -> None:
    assert corrected(*[0] * 8, 1, messages=messages) == []
    assert corrected(*[1] * 8, 0, messages=messages) == []


def test_what_the_size_of_the_week_explains_is_no_alarm() -> None:
    assert corrected(*[9] * 8, 17) == []  # 0.0889 above, for an error of three times 0.0316
    assert corrected(*[9] * 8, 18) == ["override_rate"]  # 0.1 above


def test_figures_that_hardly_moved_leave_a_little_room() -> None:
    still = [replace(one, confidence=0.8, unknown_share=0.05, overridden=9) for one in weeks(9)]
    for about, usual in (("confidence", 0.8), ("unknown_share", 0.05)):
        near = replace(still[-1], **{about: usual + 0.0059})  # type: ignore[arg-type]
        far = replace(still[-1], **{about: usual + 0.0061})  # type: ignore[arg-type]
        assert alarms([*still[:-1], near]) == []
        assert [alarm.about for alarm in alarms([*still[:-1], far])] == [about]


def test_three_deviations_are_the_limit() -> None:
    before = [0.04, 0.06] * 4  # mean 0.05, deviation 0.0107
    told = [replace(one, unknown_share=share) for one, share in zip(weeks(9), [*before, 0.0], strict=True)]
    assert alarms([*told[:-1], replace(told[-1], unknown_share=0.0820)]) == []
    assert alarms([*told[:-1], replace(told[-1], unknown_share=0.0822)]) != []


def test_only_the_eight_weeks_before_count() -> None:
    told = weeks(12)
    wild = [replace(one, unknown_share=0.9) for one in told[:3]]
    assert [alarm.about for alarm in alarms([*wild, *told[3:-1], replace(told[-1], unknown_share=0.2)])] == [
        "unknown_share"
    ]


def test_a_week_without_the_figure_is_no_base_to_compare_with() -> None:
    told = weeks(9, unknown_share=0.5)
    assert alarms([replace(told[0], unknown_share=None), *told[1:]]) == []
    nothing_sorted = replace(told[-1], unknown_share=0.05, abstained=100, overridden=0)
    assert alarms([*told[:-1], nothing_sorted]) == []


def test_figures_that_never_move_are_not_an_alarm_when_they_still_do_not() -> None:
    still = [replace(one, confidence=0.1 + 0.2, unknown_share=0.3, overridden=9) for one in weeks(9)]
    assert alarms([*still[:-1], replace(still[-1], confidence=0.3)]) == []


def test_an_alarm_says_when_the_model_itself_changed() -> None:
    told = weeks(9, confidence=0.5)
    (alarm,) = alarms([*told[:-1], replace(told[-1], model_version="two")])
    assert alarm.changed


def test_the_audit_must_make_the_precision_certain() -> None:
    def audited(right: int, total: int) -> list[Alarm]:
        return alarms([replace(CALM, drawn=total, audited=total, audited_right=right)])

    assert audited(49, 49) == audited(40, 49) == []  # too few
    assert audited(50, 50) == []
    assert [alarm.about for alarm in audited(49, 50)] == ["precision"]
    assert audited(190, 200) != []
    assert audited(192, 200) == []


def test_only_the_version_in_use_is_judged() -> None:
    old = replace(CALM, week=MONDAY - timedelta(weeks=1), model_version="old", drawn=60, audited=60, audited_right=30)
    assert alarms([old, CALM]) == []
    found = audits_of([old, replace(CALM, drawn=3, audited=3, audited_right=2)], "one")
    assert (found.drawn, found.answered, found.judged, found.right) == (3, 3, 3, 2)


def test_a_week_where_most_drawn_readings_wait_says_nothing_of_precision() -> None:
    """What is wrong is corrected unasked; what is right counts only once somebody confirms it."""
    biased = replace(CALM, drawn=100, audited=79, audited_right=50)
    assert alarms([biased]) == []
    answered = replace(CALM, week=MONDAY - timedelta(weeks=1), drawn=100, audited=80, audited_right=80)
    found = audits_of([answered, biased], "one")
    assert (found.drawn, found.answered, found.judged, found.right) == (200, 159, 80, 80)
    assert alarms([answered, biased]) == []
    assert [one.about for one in alarms([replace(answered, audited_right=60), biased])] == ["precision"]


@pytest.mark.parametrize(
    ("right", "total", "bound"), [(0, 0, 0.0), (0, 10, 0.0), (50, 50, 0.9287), (95, 100, 0.8882), (45, 50, 0.7864)]
)
def test_the_lower_bound_is_wilsons(right: int, total: int, bound: float) -> None:
    assert lower_bound(right, total) == pytest.approx(bound, abs=1e-4)
