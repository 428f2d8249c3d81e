"""Time, holidays and chance, real and for tests."""

import secrets
from datetime import UTC, date, datetime, timedelta

import holidays


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant it was put at."""
        return self.at

    def forward(self, step: timedelta) -> None:
        """Move the clock."""
        self.at += step


class FrenchCalendar:
    """Public holidays of metropolitan France, and those that Alsace and Moselle have besides."""

    def __init__(self) -> None:
        self._zones = {
            "metropole": holidays.country_holidays("FR"),
            "alsace_moselle": holidays.country_holidays("FR", subdiv="6AE"),
        }

    def is_holiday(self, day: date, zone: str = "metropole") -> bool:
        """Say whether the day is a public holiday in the zone."""
        return day in self._zones[zone]


class SystemRandom:
    """The operating system's source of randomness."""

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to bound - 1."""
        return secrets.randbelow(bound)

    def token(self) -> str:
        """Return 128 random bits as 22 signs."""
        return secrets.token_urlsafe(16)
