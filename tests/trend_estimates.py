"""How far delays, notes and shares worked out from published figures are from the truth."""

from collections.abc import Callable, Iterable
from datetime import date
from statistics import median

import numpy as np
import numpy.typing as npt

from service.domain.estimates import mean, quantile, share, total
from service.domain.figures import Figure
from service.domain.periods import months_before
from service.domain.products import DELAY_BINS, SCORES
from service.domain.taxonomy import FAMILIES
from service.journey.trends.published import Published
from tests.standard_network import MEMBERS, Ints, Standard, family_numbers
from tests.standard_truth import days_of_month, members_of
from tests.trend_utility import Cells, Goal, Table

Flags = npt.NDArray[np.bool_]
_TARGET_DAYS = 10  # a bound of the bins
_LONGEST = 400  # days


def delays_and_scores(network: Standard, draws: list[Published]) -> list[Goal]:
    """Return the goals about delays and satisfaction."""
    families = family_numbers()[network.messages.category]
    members = members_of(network)
    days: list[float] = []
    shares: list[float] = []
    for code, names, group in (("DELAY_FAM", list(FAMILIES), families), ("DELAY_MEM", list(MEMBERS), members)):
        for one in draws:
            for month in one.periods(code):
                rows = one.rows(code, month)
                for place, name in enumerate(names):
                    true = _days_answered(network, month, group == place)
                    figures = [rows[name][str(bin_)] for bin_ in DELAY_BINS]
                    found = quantile(DELAY_BINS, figures, 0.5)
                    if found:
                        days.append(abs(found.value - _median(true)))
                    below = total(figures[: DELAY_BINS.index(_TARGET_DAYS)])
                    within = share(below, total(figures[DELAY_BINS.index(_TARGET_DAYS) :]))
                    if within:
                        shares.append(100 * abs(within.value - float(np.mean(true < _TARGET_DAYS))))
    return [
        Goal("DELAY: median by family or member, median error (days)", median(days), 0.5),
        Goal("DELAY: share within ten days, median error", median(shares), 2.5, unit=" pt"),
        Goal("SATIS: mean of a member's quarter, median error (0 to 10)", _score_error(network, draws), 0.125),
    ]


def _median(days: Ints) -> float:
    """Return the median of whole days spread over their own length, as that of bins is."""
    counts = np.bincount(days, minlength=_LONGEST)
    found = quantile(range(_LONGEST), [Figure(float(count), 0.0) for count in counts], 0.5)
    assert found
    return found.value


def _days_answered(network: Standard, month: date, is_one: Flags) -> Ints:
    when, messages = days_of_month(network, month), network.messages
    found: Ints = messages.days[is_one & (messages.done_day >= when.start) & (messages.done_day < when.stop)]
    return found


def _score_error(network: Standard, draws: list[Published]) -> float:
    messages, members = network.messages, members_of(network)
    found = []
    for one in draws:
        for quarter in one.periods("SATIS"):
            begin = (quarter - network.start).days
            end = (months_before(quarter, -3) - network.start).days
            given = (messages.score >= 0) & (messages.done_day >= begin) & (messages.done_day < end)
            for place, slug in enumerate(MEMBERS):
                rows = one.rows("SATIS", quarter)[slug]
                said = mean(SCORES, [rows[str(score)] for score in SCORES])
                if said:
                    found.append(abs(said.value - float(messages.score[given & (members == place)].mean())))
    return median(found)


def small_products(tables: Iterable[Table], draws: list[Published]) -> list[Goal]:
    """Return how near the small products are to their bounded tables: what they are good for."""
    exact = {(one.product, one.period): dict(zip(one.keys, counts, strict=True)) for one, counts in tables}

    def cells(code: str) -> Cells:
        found = Cells()
        for one in draws:
            for period in one.periods(code):
                found.add(one.table(code, period), exact[code, period])
        return found

    def shares(code: str, part: Callable[[str], bool], whole: Callable[[str], bool]) -> float:
        """Return the median error, in points, of the part of the keys in the whole ones, network-wide."""
        found = []
        for one in draws:
            for period in one.periods(code):
                table, true = one.table(code, period), exact[code, period]
                said = [sum(table[key].noisy for key in table if test(key)) for test in (part, whole)]
                meant = [sum(true[key] for key in table if test(key)) for test in (part, whole)]
                found.append(abs(said[0] / said[1] - meant[0] / meant[1]))
        return 100 * median(found)

    return [
        Goal("BOUNCE: subjects that changed desk, quarter, median error", cells("BOUNCE").error, 25, unit=" %"),
        Goal("BOUNCE: shown", cells("BOUNCE").shown(), 50, is_least=True, unit=" %"),
        Goal("PROMISE: share of full answers in time, median error",
             shares("PROMISE", lambda key: key.endswith("full|kept"), lambda key: "|full|" in key), 1.0, unit=" pt"),
        Goal("LATE: share of one cause, median error",
             shares("LATE", lambda key: key.endswith("|supplier"), lambda _: True), 3.0, unit=" pt"),
        Goal("MODEL: share corrected by people, median error",
             shares("MODEL", lambda key: key == "corrected", lambda _: True), 1.5, unit=" pt"),
    ]  # fmt: skip
