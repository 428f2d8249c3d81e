"""You said, we did: what may be written down, and what is measured afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt

from service.domain.errors import BadInput
from service.domain.estimates import CLEAR, Estimate
from service.domain.figures import Figure
from service.domain.periods import months_before
from service.domain.pseudonyms import MARKS, pseudonymise
from service.domain.submission import check_text
from service.domain.taxonomy import FAMILIES, categories

STATES: Mapping[str, str] = {
    "planned": "Prévu", "under_way": "En cours", "done": "Fait", "dropped": "Abandonné",
}  # fmt: skip
LONGEST: Mapping[str, int] = {"said": 500, "decided": 500, "owner": 120}  # characters
MONTHS = 3  # on each side, to measure what a decision changed
_LATEST = timedelta(days=366)  # ahead of today
_EARLIEST = date(2020, 1, 1)
TAKEN_BACK = "retiré"  # what is read in the place of words that should not have been written


class Verdict(StrEnum):
    """What a measure says."""

    LESS = "less"
    MORE = "more"
    WITHIN_MARGIN = "within_margin"


@dataclass(frozen=True)
class Effect:
    """Households a month, after and before, and the margin of their gap: noise and chance, three deviations."""

    after: float
    before: float
    margin: float
    verdict: Verdict
    is_year_before: bool  # the same months a year before, or the three before


def check_words(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is said, decided and who answers for it, without spaces around.

    Raises
    ------
    BadInput
        `blank`, `too_long`, `unstorable`, or `names_somebody` where anything stands that a learned text may not hold.

    """
    kept = {name: values[name].strip() for name in LONGEST}
    for name, words in kept.items():
        check_text(words, name, LONGEST[name])
        if any(mark in pseudonymise(words) for mark in MARKS):
            raise BadInput("names_somebody", name)
    return kept


def check_subject(code: str) -> str:
    """Return the code of a theme or a subject; BadInput when there is none."""
    if code not in FAMILIES and code not in categories():
        raise BadInput("unknown_value", "subject")
    return code


def check_days(decided_on: date, measured_from: date | None, today: date) -> None:
    """Refuse days that nobody means: BadInput `not_a_day`, or `before_decision` on the month of the measure."""
    if not _EARLIEST <= decided_on <= today + _LATEST:
        raise BadInput("not_a_day", "decided_on")
    if measured_from and not _EARLIEST <= measured_from <= today + _LATEST:
        raise BadInput("not_a_month", "measured_from")
    if measured_from and measured_from < decided_on.replace(day=1):
        raise BadInput("before_decision", "measured_from")


def months_after(first: date) -> list[date]:
    """Return the months in which the effect is looked for."""
    return [months_before(first, -ahead) for ahead in range(MONTHS)]


def months_compared(first: date, *, is_year_before: bool) -> list[date]:
    """Return the months the effect is compared with."""
    back = [months_before(first, behind) for behind in range(MONTHS, 0, -1)]
    return [months_before(month, 12) for month in months_after(first)] if is_year_before else back


def effect_of(after: Sequence[Figure], before: Sequence[Figure], *, is_year_before: bool) -> Effect | None:
    """Compare two runs of months; None when one of them is too small to say."""
    now, then = _mean(after), _mean(before)
    if now is None or then is None:
        return None
    margin = CLEAR * sqrt(now.deviation**2 + then.deviation**2 + now.chance**2 + then.chance**2)
    gap = now.value - then.value
    verdict = Verdict.WITHIN_MARGIN if abs(gap) <= margin else Verdict.MORE if gap > 0 else Verdict.LESS
    return Effect(now.value, then.value, margin, verdict, is_year_before)


def _mean(figures: Sequence[Figure]) -> Estimate | None:
    if not all(one.is_shown for one in figures):
        return None
    count, whole = len(figures), sum(one.noisy for one in figures)
    return Estimate(whole / count, sqrt(sum(one.sigma**2 for one in figures)) / count, sqrt(whole) / count)
