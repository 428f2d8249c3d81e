"""How the text model does: which readings a person checks by lot, what a week was, and when to raise the alarm."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import sqrt
from statistics import fmean, stdev
from uuid import UUID

ONE_IN = 20  # readings drawn to be checked by a person
BEFORE = 8  # weeks a week is compared with
DEVIATIONS = 3  # beyond which a week differs from those before more than chance explains
FEWEST_AUDITS = 50
LEAST_PRECISION = 0.92  # that the audit must make certain
MIN_MESSAGES = 11  # of a line that is kept: fewer tell nothing of a model, and something of few households
LEAST_ANSWERED = 0.8  # of what was drawn in a week, for the week to count: what is wrong is corrected unasked
SETTLED = timedelta(days=7)  # after a message, in which a correction counts: as long for every week
_SETTLING = 6  # weeks in which what was drawn is still answered
_FLOOR = 0.002  # deviation of a mean, at the least: eight weeks alike by chance are no rule
_Z = 1.959964  # of 95 %, two-sided
_WEEK = timedelta(days=7)


def is_drawn(complaint_id: UUID) -> bool:
    """Say whether the reading of a complaint is to be checked: one in twenty, always the same ones."""
    return int.from_bytes(hashlib.sha256(complaint_id.bytes).digest()[:8], "big") % ONE_IN == 0


def monday_of(day: date) -> date:
    """Return the Monday of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def next_week(week: date) -> date:
    """Return the Monday after."""
    return week + _WEEK


def weeks_to_sum(today: date, latest: date | None, kept: int) -> tuple[date, date]:
    """Return the first week to sum up and the one after the last finished one.

    The latest ones are summed up again, for people still have their word; what was missed is caught up, up to `kept`
    weeks back.
    """
    end = monday_of(today)
    first = end - _WEEK * _SETTLING
    return (end - _WEEK * kept if latest is None else min(first, max(next_week(latest), end - _WEEK * kept))), end


@dataclass(frozen=True)
class Week:
    """What one version did in one week, in the whole network. Means and shares are from 0 to 1."""

    week: date  # the Monday
    model_version: str
    messages: int
    abstained: int
    confidence: float
    unknown_share: float | None
    overridden: int  # within seven days of the message
    drawn: int
    audited: int
    audited_right: int

    @property
    def sorted_by_model(self) -> int:
        """How many messages it did not leave to a person."""
        return self.messages - self.abstained

    @property
    def override_rate(self) -> float | None:
        """Of what the model sorted, what a person sorted otherwise; None when it sorted nothing."""
        return self.overridden / self.sorted_by_model if self.sorted_by_model else None


@dataclass(frozen=True)
class Alarm:
    """Something to look at: `about` is unknown_share, confidence, override_rate or precision.

    `found` is compared with `expected`: the mean of the weeks before, or the least precision; `changed` says that the
    model itself changed in the weeks compared.
    """

    about: str
    found: float
    expected: float
    changed: bool = False


def merge(weeks: Sequence[Week]) -> list[Week]:
    """Return one line a week, whatever the versions: counts added, means weighted; the version is the busiest one."""
    ordered = sorted(weeks, key=lambda one: one.week)
    return [_merged(list(lines)) for _, lines in groupby(ordered, key=lambda one: one.week)]


def _merged(lines: list[Week]) -> Week:
    known = [one for one in lines if one.unknown_share is not None]
    return Week(
        week=lines[0].week,
        model_version=max(lines, key=lambda one: one.messages).model_version,
        messages=sum(one.messages for one in lines),
        abstained=sum(one.abstained for one in lines),
        confidence=fmean([one.confidence for one in lines], [one.messages for one in lines]),
        unknown_share=fmean([one.unknown_share or 0.0 for one in known], [one.messages for one in known])
        if known
        else None,
        overridden=sum(one.overridden for one in lines),
        drawn=sum(one.drawn for one in lines),
        audited=sum(one.audited for one in lines),
        audited_right=sum(one.audited_right for one in lines),
    )


def alarms(weeks: Sequence[Week]) -> list[Alarm]:
    """Return what is out of the ordinary in the latest week, and what the audit no longer makes certain.

    Corrections are judged in the week before: in the latest one, not everybody had seven days to correct.
    """
    merged = merge(weeks)
    if not merged:
        return []
    found = (
        _drift("unknown_share", merged),
        _drift("confidence", merged),
        _drift("override_rate", merged[:-1]),
        _audit(weeks, merged[-1].model_version),
    )
    return [alarm for alarm in found if alarm]


def _drift(about: str, weeks: Sequence[Week]) -> Alarm | None:
    """Compare the last week with the eight before it; None when one of them is missing."""
    compared = weeks[-BEFORE - 1 :]
    values: list[float | None] = [getattr(one, about) for one in compared]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(known) <= BEFORE:
        return None
    before, last = known[:-1], known[-1]
    expected = fmean(before)
    floor = _binomial_error(expected, compared[-1].sorted_by_model) if about == "override_rate" else _FLOOR
    is_far = abs(last - expected) > DEVIATIONS * max(stdev(before), floor)
    return Alarm(about, last, expected, len({one.model_version for one in compared}) > 1) if is_far else None


def _binomial_error(share: float, total: int) -> float:
    """Return how far chance alone takes the share of a total; one case is always within it, near none and near all."""
    edge = 1 / (total + 1)
    likely = min(max(share, edge), 1 - edge)
    return sqrt(likely * (1 - likely) / total)


def _audit(weeks: Sequence[Week], version: str) -> Alarm | None:
    """Judge the version in use by all that was checked of it."""
    found = audits_of(weeks, version)
    if found.judged < FEWEST_AUDITS:
        return None
    certain = lower_bound(found.right, found.judged)
    return Alarm("precision", certain, LEAST_PRECISION) if certain < LEAST_PRECISION else None


@dataclass(frozen=True)
class Audits:
    """What the draw says of one version: `judged` are those answered in weeks where most were, `right` among them."""

    drawn: int
    answered: int
    judged: int
    right: int


def audits_of(weeks: Sequence[Week], version: str) -> Audits:
    """Return what was drawn, answered and right of a version; a week where most still wait is not judged."""
    lines = [one for one in weeks if one.model_version == version]
    judged = [one for one in lines if one.audited >= LEAST_ANSWERED * one.drawn]
    return Audits(
        drawn=sum(one.drawn for one in lines),
        answered=sum(one.audited for one in lines),
        judged=sum(one.audited for one in judged),
        right=sum(one.audited_right for one in judged),
    )


def lower_bound(right: int, total: int) -> float:
    """Return the lower end of Wilson's 95 % interval for a share; zero without any."""
    if not total:
        return 0.0
    share, square = right / total, _Z * _Z
    spread = _Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, (share + square / (2 * total) - spread) / (1 + square / total))
