"""How long each clock may run: the network's delays, the members' own lines, and the first promise to the tenant."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.season import is_cold_season
from service.domain.working_time import WorkingTime

_DATA = Path(__file__).parent / "data"


class Clock(StrEnum):
    """What is waited for."""

    READ = "read"  # a person has confirmed where it goes
    FIRST_ANSWER = "first_answer"  # a person has answered
    FULL_ANSWER = "full_answer"  # it is over
    HANDOVER = "handover"  # the outside organisation has accepted or refused


class Unit(StrEnum):
    """What a delay is counted in."""

    HOURS = "hours"  # of the clock: nights and holidays count
    WORKING_DAYS = "working_days"  # of the member


PAUSABLE = frozenset({Clock.FIRST_ANSWER, Clock.FULL_ANSWER})  # may wait for the tenant
EXTENDABLE = Clock.FULL_ANSWER  # once, with a reason
LONGEST_PAUSE = 20  # working days in all, then the clock runs again by itself
LONGEST_EXTENSION = 10  # working days
LONGEST_TARGET = {Unit.HOURS: 24 * 31, Unit.WORKING_DAYS: 120}
LABELS = {
    Clock.READ: "lecture par une personne",
    Clock.FIRST_ANSWER: "première réponse",
    Clock.FULL_ANSWER: "réponse complète",
    Clock.HANDOVER: "réponse de l'organisme",
}

# Without these a home cannot be lived in. Heating counts while it is cold, a lift when somebody is stuck in it.
_VITAL = frozenset({"eau_chaude", "plomberie", "electricite", "gaz_co"})


@dataclass(frozen=True)
class Target:
    """One delay."""

    amount: int
    unit: Unit

    def due(self, since: datetime, time: WorkingTime, *, added: int = 0, waited: timedelta = timedelta()) -> datetime:
        """Return the instant, in UTC, at which the delay is over.

        `added` working days (pauses, an extension) lengthen a delay in working days, `waited` one in hours. A delay in
        working days ends when the offices close.
        """
        if self.unit == Unit.HOURS:
            return since.astimezone(UTC) + timedelta(hours=self.amount) + waited
        return time.end_of(time.after(time.day_of(since), self.amount + added))

    @property
    def words(self) -> str:
        """The delay as people say it."""
        mark = "s" if self.amount > 1 else ""
        return f"{self.amount} " + (f"heure{mark}" if self.unit == Unit.HOURS else f"jour{mark} ouvré{mark}")


Targets = Mapping[Clock, Target]


@dataclass(frozen=True)
class Line:
    """One line of a table of delays; a condition left at None fits everything."""

    clock: Clock
    target: Target
    category: str | None = None
    urgency: str | None = None


@cache
def network_lines() -> tuple[Line, ...]:
    """Return the network's table."""
    with (_DATA / "targets.toml").open("rb") as file:
        rows = tomllib.load(file)["target"]
    return tuple(
        Line(Clock(row["clock"]), Target(row["amount"], Unit(row["unit"])), category, row.get("urgency"))
        for row in rows
        for category in row.get("categories", [None])
    )


def targets_for(category: str | None, urgency: str | None, own: Iterable[Line] = ()) -> dict[Clock, Target]:
    """Return the delay of every clock. The most precise line decides; a member's line wins over an equal one.

    A danger listens to the lines that name it, where there are some: a delay set for a category in general says
    nothing of an emergency.
    """
    lines = [*network_lines(), *own]
    return {clock: _choose([line for line in lines if line.clock == clock], category, urgency) for clock in Clock}


def _choose(lines: list[Line], category: str | None, urgency: str | None) -> Target:
    fitting = [line for line in lines if line.category in (None, category) and line.urgency in (None, urgency)]
    if urgency == "danger":
        fitting = [line for line in fitting if line.urgency == "danger"] or fitting
    # `max` keeps the first of equals: members' lines, which come last, are looked at first.
    return max(reversed(fitting), key=lambda line: (line.category is not None, line.urgency is not None)).target


def urgency_heard(urgency: str | None, danger: str) -> str:
    """Return the urgency that delays go by: a danger to check is looked at soon, whatever it turns out to be."""
    if danger == "check" and urgency in (None, "normal", "faible"):
        return "urgent"
    return urgency or "normal"


def is_vital(category: str | None, urgency: str | None, danger_types: Iterable[str], day: date) -> bool:
    """Say whether clocks never pause nor are put back: a danger, or an essential service that is lost."""
    if urgency == "danger":
        return True
    if urgency != "urgent":
        return False
    is_cold = category == "chauffage" and is_cold_season(day)
    return category in _VITAL or is_cold or (category == "ascenseur" and "trapped" in danger_types)


def in_words(targets: Targets) -> str:
    """Return the delays in one sentence."""
    return ", ".join(f"{LABELS[clock]} : {targets[clock].words}" for clock in Clock) + "."


def promised_answer_by(received_at: datetime, targets: Targets, time: WorkingTime) -> date:
    """Return the day by which a person will have answered."""
    return time.day_of(targets[Clock.FIRST_ANSWER].due(received_at, time))


def usual_promise(
    received_at: datetime, category: str | None, urgency: str, is_holiday: Callable[[date], bool]
) -> date:
    """Return the promise of a member that has set nothing of its own."""
    return promised_answer_by(received_at, targets_for(category, urgency), WorkingTime(is_holiday))


def tighten(promised: date, candidate: date) -> date:
    """Return the earlier date: a promise already made to a tenant is never put back."""
    return min(promised, candidate)


def write_targets(targets: Targets) -> dict[str, Any]:
    """Return delays as an event keeps them."""
    return {clock: [target.amount, target.unit.value] for clock, target in targets.items()}


def read_targets(data: Mapping[str, Any]) -> dict[Clock, Target]:
    """Return the delays an event keeps."""
    kept: Mapping[str, Any] = data["targets"]
    return {Clock(clock): Target(int(amount), Unit(unit)) for clock, (amount, unit) in kept.items()}
