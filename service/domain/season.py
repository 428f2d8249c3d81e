"""The season a message was written in: the same words weigh more when it freezes."""

from datetime import date

COLD_FROM, COLD_UNTIL = (10, 15), (4, 15)  # month and day, both within the season: when collective heating runs


def is_cold_season(day: date) -> bool:
    """Say whether homes are heated on that day, from 15 October to 15 April."""
    return (day.month, day.day) >= COLD_FROM or (day.month, day.day) <= COLD_UNTIL
