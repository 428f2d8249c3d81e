"""Clocks by example, then by properties over random histories: seeded, so that a failure comes back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from service.adapters.clock import FrenchCalendar
from service.domain.clocks import Clocks, ClockState, read_clocks
from service.domain.cycle import HEARD
from service.domain.deadlines import LONGEST_PAUSE, Clock, targets_for, write_targets
from service.domain.runs import Happening
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime

OFFICE = WorkingTime(FrenchCalendar().is_holiday)
PARIS = OFFICE.zone
START = datetime(2026, 11, 25, 12, 0, tzinfo=PARIS)  # a Wednesday
NORMAL, URGENT, DANGER = (targets_for("serrurerie", urgency) for urgency in ("normal", "urgent", "danger"))
HISTORIES = 300


def at(day: int, hour: int = 12, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=PARIS)


def event(kind: EventKind, when: datetime, actor: str = "Ana Vidal", **data: Any) -> Happening:
    return Happening(kind, when, actor, data)


def sent() -> Happening:
    return event(EventKind.SUBMITTED, START, "tenant")


def targets_set(when: datetime, targets: Any = NORMAL, *, vital: bool = False) -> Happening:
    return event(EventKind.TARGETS_SET, when, "rules", targets=write_targets(targets), is_vital=vital)


def asked(when: datetime) -> Happening:
    return event(EventKind.ASKED, when, text="?")


def wrote(when: datetime) -> Happening:
    return event(EventKind.TENANT_WROTE, when, "tenant", text="Oui")


def answered(when: datetime) -> Happening:
    return event(EventKind.ANSWERED, when, text="Voici")


def read(*history: Happening, now: datetime = START) -> Clocks:
    return read_clocks(history, NORMAL, OFFICE, now)


def state(clocks: Clocks, clock: Clock) -> ClockState:
    return next(one for one in clocks.states if one.clock == clock)


def due_day(clocks: Clocks, clock: Clock) -> date | None:
    due = state(clocks, clock).due_at
    return due.astimezone(PARIS).date() if due else None


def test_a_message_is_read_within_two_days_and_answered_within_five() -> None:
    clocks = read(sent())
    assert due_day(clocks, Clock.READ) == date(2026, 11, 27)
    assert due_day(clocks, Clock.FIRST_ANSWER) == clocks.promised == date(2026, 12, 2)
    assert clocks.next
    assert clocks.next.clock == Clock.READ
    assert clocks.next.due_at == at(27, 17, 11) + timedelta(minutes=30)


@pytest.mark.parametrize("kind", [EventKind.ASSIGNED, EventKind.CONFIRMED, EventKind.ACKNOWLEDGED, EventKind.ASKED])
def test_a_person_s_hand_stops_the_reading_clock_and_a_machine_s_does_not(kind: EventKind) -> None:
    by_person = read(sent(), event(kind, at(26, month=11), to="Ana Vidal", text="?"))
    assert state(by_person, Clock.READ).stopped_at == at(26, month=11)
    by_machine = read(sent(), event(kind, at(26, month=11), "system", to="Ana Vidal", text="?"))
    assert state(by_machine, Clock.READ).stopped_at is None


def test_the_full_answer_runs_from_the_first_one_until_the_end() -> None:
    first = read(sent(), answered(at(1)), answered(at(3)))
    assert state(first, Clock.FIRST_ANSWER).stopped_at == at(1)
    assert due_day(first, Clock.FULL_ANSWER) == date(2026, 12, 15)
    over = read(sent(), answered(at(1)), event(EventKind.CLOSED, at(4)))
    assert over.next is None
    assert {one.stopped_at is None for one in over.states} == {False}


def test_an_outside_organisation_has_two_days_to_accept() -> None:
    given = event(EventKind.ROUTED, START, "rules", team="Service technique", organisation="Chaleur Picarde")
    clocks = read(sent(), given)
    assert due_day(clocks, Clock.HANDOVER) == date(2026, 11, 27)
    for kind in (EventKind.ACCEPTED, EventKind.REFUSED, EventKind.PLANNED, EventKind.WORK_DONE):
        answer = event(kind, at(26, month=11), "Chaleur Picarde", organisation="Chaleur Picarde")
        assert state(read(sent(), given, answer), Clock.HANDOVER).stopped_at == at(26, month=11)
    taken_back = event(EventKind.TRANSFERRED, at(26, month=11), team="Agence", organisation=None)
    assert state(read(sent(), given, taken_back), Clock.HANDOVER).stopped_at == at(26, month=11)


def test_a_note_stops_the_organisation_s_clock_only_when_it_came_by_mail() -> None:
    given = event(EventKind.ROUTED, START, "rules", team="Service technique", organisation="Chaleur Picarde")
    typed = event(EventKind.NOTED, at(26, month=11), text="Rappeler")
    assert state(read(sent(), given, typed), Clock.HANDOVER).stopped_at is None
    mail = event(EventKind.NOTED, at(26, month=11), text="Reçu", by_mail=True)
    assert state(read(sent(), given, mail), Clock.HANDOVER).stopped_at


def test_a_question_pauses_what_may_wait_and_the_answer_resumes_it() -> None:
    waiting = read(sent(), asked(at(26, month=11)), now=at(3))
    assert waiting.is_paused
    assert waiting.next is None
    assert waiting.paused_since == at(26, month=11)
    assert due_day(waiting, Clock.FIRST_ANSWER) is None
    resumed = read(sent(), asked(at(26, month=11)), wrote(at(1)), now=at(3))
    assert not resumed.is_paused
    # Asked on Thursday, answered on Tuesday: Friday, Monday and Tuesday waited.
    assert due_day(resumed, Clock.FIRST_ANSWER) == date(2026, 12, 7)
    assert resumed.promised == date(2026, 12, 2)  # what was promised stays beside


def test_the_answer_of_a_person_ends_the_pause_too() -> None:
    clocks = read(sent(), asked(at(26, month=11)), answered(at(1)), now=at(3))
    assert not clocks.is_paused
    assert due_day(clocks, Clock.FULL_ANSWER) == date(2026, 12, 15)  # the pause was before it began


def test_a_pause_ends_by_itself_after_twenty_working_days_in_all() -> None:
    asked_at = at(26, month=11)
    resumes = OFFICE.end_of(OFFICE.after(date(2026, 11, 26), LONGEST_PAUSE))
    before, after = resumes - timedelta(minutes=1), resumes + timedelta(minutes=1)
    assert read(sent(), asked(asked_at), now=before).resumes_at == resumes
    assert read(sent(), asked(asked_at), now=before).is_paused
    clocks = read(sent(), asked(asked_at), now=after)
    assert not clocks.is_paused
    assert due_day(clocks, Clock.FIRST_ANSWER) == OFFICE.after(date(2026, 12, 2), LONGEST_PAUSE)
    # Asking again gives no more time.
    again = read(sent(), asked(asked_at), asked(after), now=after + timedelta(days=30))
    assert not again.can_pause
    assert due_day(again, Clock.FIRST_ANSWER) == due_day(clocks, Clock.FIRST_ANSWER)


def test_a_late_word_of_the_tenant_does_not_lengthen_a_pause_that_was_over() -> None:
    late = read(sent(), asked(at(26, month=11)), wrote(datetime(2027, 3, 1, 12, tzinfo=PARIS)))
    assert due_day(late, Clock.FIRST_ANSWER) == OFFICE.after(date(2026, 12, 2), LONGEST_PAUSE)


@pytest.mark.parametrize("targets", [DANGER, URGENT])
def test_what_is_vital_never_pauses_and_is_never_extended(targets: Any) -> None:
    clocks = read(sent(), targets_set(START, targets, vital=True), asked(at(25, 13, 11)), now=at(25, 14, 11))
    assert not clocks.is_paused
    assert not clocks.can_pause
    extended = event(EventKind.EXTENDED, at(26, month=11), days=10, until="2026-12-20", reason="Pièces")
    late = read(sent(), targets_set(START, targets, vital=True), answered(at(25, 13, 11)), extended)
    assert not late.can_extend
    assert state(late, Clock.FULL_ANSWER).extension == 0


def test_a_danger_told_during_a_pause_ends_it() -> None:
    raised = event(EventKind.DANGER_RAISED, at(27, month=11), "model", types=["gas"])
    clocks = read(
        sent(), targets_set(START), asked(at(26, month=11)), raised, targets_set(at(27, month=11), DANGER, vital=True)
    )
    assert not clocks.is_paused
    assert state(clocks, Clock.FIRST_ANSWER).due_at == at(27, 16, 11)


def test_what_becomes_vital_waits_no_longer() -> None:
    corrected = targets_set(at(27, month=11), URGENT, vital=True)
    clocks = read(sent(), targets_set(START), asked(at(26, month=11)), corrected, now=at(30, month=11))
    assert not clocks.is_paused
    assert due_day(clocks, Clock.FIRST_ANSWER) == date(2026, 11, 30)


def test_what_waited_before_a_tighter_delay_was_known_is_not_added_to_it() -> None:
    corrected = targets_set(at(30, month=11), URGENT)
    clocks = read(sent(), targets_set(START), asked(at(26, month=11)), corrected, wrote(at(1)), now=at(1))
    assert due_day(clocks, Clock.FIRST_ANSWER) == date(2026, 12, 2)  # Tuesday, and the one day waited since Monday


def test_an_organisation_s_delay_does_not_wait_for_the_tenant() -> None:
    given = event(EventKind.ROUTED, START, "rules", team="Service technique", organisation="Chaleur Picarde")
    waiting = read(sent(), given, asked(at(26, month=11)), now=at(30, month=11))
    assert due_day(waiting, Clock.HANDOVER) == date(2026, 11, 27)
    resumed = read(sent(), given, asked(at(26, month=11)), wrote(at(30, month=11)), now=at(30, month=11))
    assert due_day(resumed, Clock.HANDOVER) == date(2026, 11, 27)


def test_one_extension_of_ten_days_at_the_most_of_the_full_answer_only() -> None:
    before = event(EventKind.EXTENDED, at(26, month=11), days=5, until="2026-12-09", reason="Pièces")
    assert due_day(read(sent(), before), Clock.FIRST_ANSWER) == date(2026, 12, 2)
    once = event(EventKind.EXTENDED, at(2), days=40, until="2026-12-29", reason="Pièces")
    twice = event(EventKind.EXTENDED, at(3), days=5, until="2026-12-31", reason="Encore")
    clocks = read(sent(), answered(at(1)), once, twice)
    assert due_day(clocks, Clock.FULL_ANSWER) == OFFICE.after(date(2026, 12, 15), 10)
    assert not clocks.can_extend
    assert read(sent(), answered(at(1))).can_extend


def test_first_delays_count_from_the_message_and_later_tighter_ones_from_when_they_were_known() -> None:
    at_once = read(sent(), targets_set(START + timedelta(hours=3), DANGER, vital=True))
    assert state(at_once, Clock.FIRST_ANSWER).due_at == START + timedelta(hours=4)
    later = read(sent(), targets_set(START), targets_set(at(27, month=11), DANGER, vital=True))
    assert state(later, Clock.FIRST_ANSWER).due_at == at(27, 16, 11)
    assert later.promised == date(2026, 11, 27)
    too_late = read(sent(), targets_set(START), targets_set(at(9), URGENT))
    assert due_day(too_late, Clock.FIRST_ANSWER) == date(2026, 12, 2)  # never put back by being more urgent


def test_looser_delays_put_off_what_is_due_and_not_what_was_promised() -> None:
    clocks = read(sent(), targets_set(START, URGENT), targets_set(at(25, 14, 11), NORMAL))
    assert due_day(clocks, Clock.FIRST_ANSWER) == date(2026, 12, 2)
    assert clocks.promised == date(2026, 11, 26)


def test_reopening_begins_another_wait() -> None:
    history = (sent(), targets_set(START), answered(at(1)), event(EventKind.CLOSED, at(4)))
    reopened = event(EventKind.REOPENED, at(14), "tenant", text="Toujours cassé")
    clocks = read(*history, wrote(at(5)), reopened)
    assert due_day(clocks, Clock.FIRST_ANSWER) == clocks.promised == date(2026, 12, 21)
    assert clocks.can_pause
    assert {one.since for one in clocks.states} == {at(14)}


def test_a_finished_clock_says_whether_it_was_late() -> None:
    late = read(sent(), answered(at(3)), now=at(10))
    assert state(late, Clock.FIRST_ANSWER).is_late
    in_time = read(sent(), answered(at(2)), now=at(10))
    assert not state(in_time, Clock.FIRST_ANSWER).is_late


# --- properties -----------------------------------------------------------------------------------------------------

KINDS = (
    EventKind.ASKED, EventKind.TENANT_WROTE, EventKind.ANSWERED, EventKind.ASSIGNED, EventKind.TARGETS_SET,
    EventKind.EXTENDED, EventKind.CLOSED, EventKind.REOPENED, EventKind.ROUTED, EventKind.ACCEPTED, EventKind.NOTED,
)  # fmt: skip


def on_many_seeds(check: Callable[[Random], None]) -> Callable[[], None]:
    """Check with three hundred streams of chance, and say the seed of the one that fails."""

    def test() -> None:
        for seed in range(HISTORIES):
            try:
                check(Random(seed))
            except AssertionError as failure:
                raise AssertionError(f"seed {seed}") from failure

    return test


def random_history(random: Random) -> list[Happening]:
    """Return a history of up to fourteen events over some three months."""
    when, history = START, [sent()]
    for _ in range(random.randrange(14)):
        when += timedelta(minutes=random.randrange(1, 60 * 24 * 12))
        kind = random.choice(KINDS)
        if kind == EventKind.TARGETS_SET:
            urgency = random.choice(("normal", "urgent", "danger"))
            history.append(targets_set(when, targets_for("serrurerie", urgency), vital=urgency == "danger"))
        else:
            data = {"days": random.randrange(1, 12), "organisation": random.choice(("Chaleur Picarde", None))}
            history.append(event(kind, when, random.choice(("Ana Vidal", "tenant", "system")), **data))
    return history


@on_many_seeds
def test_a_first_answer_is_never_due_before_the_day_promised(random: Random) -> None:
    history = random_history(random)
    for length in range(1, len(history) + 1):
        clocks = read(*history[:length], now=history[length - 1].at)
        day = due_day(clocks, Clock.FIRST_ANSWER)
        assert day is None or day >= clocks.promised


@on_many_seeds
def test_what_is_not_heard_changes_nothing(random: Random) -> None:
    history = random_history(random)
    now = history[-1].at
    deaf = [kind for kind in EventKind if kind not in HEARD]
    noisy = [history[0]]
    for one in history[1:]:
        noisy += [event(random.choice(deaf), one.at, "system"), one]
    assert read(*noisy, now=now) == read(*history, now=now)


@on_many_seeds
def test_a_pause_of_n_working_days_moves_what_is_due_by_n_working_days(random: Random) -> None:
    asked_at = START + timedelta(minutes=random.randrange(1, 60 * 24 * 20))
    wrote_at = asked_at + timedelta(minutes=random.randrange(1, 60 * 24 * 20))
    waited = OFFICE.between(asked_at.date(), wrote_at.date())
    assert waited <= LONGEST_PAUSE
    before, after = read(sent()), read(sent(), asked(asked_at), wrote(wrote_at))
    usual, moved = due_day(before, Clock.FIRST_ANSWER), due_day(after, Clock.FIRST_ANSWER)
    assert usual
    assert moved == OFFICE.after(usual, waited)


@on_many_seeds
def test_pauses_never_last_more_than_twenty_working_days_in_all(random: Random) -> None:
    when, history = START, [sent()]
    for _ in range(12):
        when += timedelta(hours=random.randrange(1, 24 * 12))
        history.append(random.choice((asked, wrote))(when))
    day = due_day(read(*history, now=when + timedelta(days=90)), Clock.FIRST_ANSWER)
    assert day
    assert OFFICE.between(date(2026, 12, 2), day) <= LONGEST_PAUSE


@on_many_seeds
def test_time_passing_only_ends_pauses(random: Random) -> None:
    history = random_history(random)
    now = history[-1].at
    first, later = read(*history, now=now), read(*history, now=now + timedelta(days=120))
    assert not later.is_paused
    if not first.is_paused:
        assert [one.due_at for one in first.states] == [one.due_at for one in later.states]
