"""What really happened in the standard network: households counted one by one, without SQL, bounds or noise."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from service.domain.periods import end_of, months_before
from service.domain.products import Product
from service.domain.taxonomy import FAMILIES
from tests.standard_network import AREAS, MEMBERS, Ints, Standard, family_numbers, subjects

Tables = Mapping[date, Mapping[str, int]]
_SUBJECTS = ("C1", "Q2", "Q3")
_QUARTER = 3


def exact_tables(network: Standard, product: Product) -> Tables:
    """Return the distinct households by key of each whole period of a product of subjects or families."""
    messages = network.messages
    by_subject = product.code in _SUBJECTS
    names = subjects() if by_subject else list(FAMILIES)
    part = messages.category if by_subject else family_numbers()[messages.category]
    groups, group = _groups(network, product)
    periods = whole_periods(network, product.length)
    period = _period_of(network, periods, product.length)[messages.day]
    cell = (period * len(groups) + group) * len(names) + part
    home = np.unique(cell[period >= 0] * len(network.stock.residence) + messages.dwelling[period >= 0])
    counts = np.bincount(
        home // len(network.stock.residence), minlength=len(periods) * len(groups) * len(names)
    ).reshape(len(periods), -1)  # fmt: skip
    keys = [f"{one}|{name}" if one else name for one in groups for name in names]
    return {start: dict(zip(keys, row.tolist(), strict=True)) for start, row in zip(periods, counts, strict=True)}


def members_of(network: Standard) -> Ints:
    """Return the member each message was sent to."""
    return network.stock.member[network.stock.residence[network.messages.dwelling]]


def days_of_month(network: Standard, month: date) -> slice:
    """Return the days of a month, counted from the start."""
    return slice((month - network.start).days, (end_of(month, "month") - network.start).days)


def whole_periods(network: Standard, length: str) -> list[date]:
    """Return the first days of the periods that lie within the history."""
    end = months_before(network.start, -network.months)
    day, found = network.start, []
    while end_of(day, length) <= end:
        is_first = {"month": day.day == 1, "week": day.weekday() == 0}.get(
            length, day.day == 1 and day.month % _QUARTER == 1
        )
        if is_first:
            found.append(day)
        day += timedelta(days=1)
    return found


def _groups(network: Standard, product: Product) -> tuple[list[str], Ints]:
    if product.split == "member":
        return list(MEMBERS), members_of(network)
    if product.split == "area":
        return list(AREAS), network.stock.area[network.stock.residence[network.messages.dwelling]]
    return [""], np.zeros(len(network.messages.dwelling), dtype=int)


def _period_of(network: Standard, periods: list[date], length: str) -> Ints:
    """Return the place of the period that each day lies in; -1 for none."""
    found = np.full((months_before(network.start, -network.months) - network.start).days, -1)
    for place, start in enumerate(periods):
        found[(start - network.start).days : (end_of(start, length) - network.start).days] = place
    return found
