"""The periods that figures are published for: months, the quarters they end, the weeks that end in them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PUBLISH_FROM_DAY = 5  # of the following month: five days for late entries
_PARIS = ZoneInfo("Europe/Paris")
_QUARTER = 3  # months
_WEEK = timedelta(days=7)
_YEAR_OF_WEEKS = 53 * _WEEK


def month_start(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(month: date) -> date:
    """Return the first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def months_before(month: date, count: int) -> date:
    """Return the first day of the month so many months before."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def last_publishable_month(today: date) -> date:
    """Return the latest month that is over and has had its five days for late entries."""
    month = previous_month(today)
    return month if today.day >= PUBLISH_FROM_DAY else previous_month(month)


def periods_closed_by(month: date, length: str) -> list[date]:
    """Return the first days of the periods published with a month: itself, its quarter, or the weeks that end in it.

    `length` is month, quarter or week; a week begins on Monday.
    """
    if length == "month":
        return [month]
    if length == "quarter":
        return [months_before(month, _QUARTER - 1)] if month.month % _QUARTER == 0 else []
    monday = month - timedelta(days=month.weekday())
    weeks = []
    while monday + _WEEK <= next_month(month):
        if monday + _WEEK > month:
            weeks.append(monday)
        monday += _WEEK
    return weeks


def end_of(period: date, length: str) -> date:
    """Return the day after the last one of a period."""
    if length == "week":
        return period + _WEEK
    return months_before(period, -_QUARTER if length == "quarter" else -1)


def closing_month(period: date, length: str) -> date:
    """Return the month that a period is published with: the one it ends in."""
    return month_start(end_of(period, length) - timedelta(days=1))


def year_before(period: date, length: str) -> date:
    """Return the start of the twelve months that end with a period: what begins after it lies within.

    Twelve months may publish 53 weeks: as many are counted, whatever the year.
    """
    return period - _YEAR_OF_WEEKS if length == "week" else months_before(period, 12)


def instants_of(period: date, length: str) -> tuple[datetime, datetime]:
    """Return the first instant of a period in Paris, and the first one after it."""
    return (
        datetime.combine(period, time(), _PARIS),
        datetime.combine(end_of(period, length), time(), _PARIS),
    )
