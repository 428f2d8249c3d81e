from datetime import date

import holidays
import pytest

from service.adapters.clock import FrenchCalendar

CALENDAR = FrenchCalendar()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 25), "Noël"), (date(2027, 1, 1), "Jour de l'an"), (date(2027, 3, 29), "Lundi de Pâques"),
        (date(2027, 5, 1), "Fête du travail"), (date(2027, 5, 6), "Ascension"), (date(2027, 5, 8), "8 mai"),
        (date(2027, 5, 17), "Lundi de Pentecôte"), (date(2027, 7, 14), "14 juillet"), (date(2027, 8, 15), "Assomption"),
        (date(2027, 11, 1), "Toussaint"), (date(2027, 11, 11), "11 novembre"),
    ],
)  # fmt: skip
def test_the_eleven_holidays_are_known_in_every_zone(day: date, name: str) -> None:
    assert CALENDAR.is_holiday(day), name
    assert CALENDAR.is_holiday(day, "alsace_moselle"), name


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 12, 26), date(2027, 3, 26), date(2027, 12, 26)])
def test_good_friday_and_saint_stephen_are_holidays_in_alsace_and_moselle_only(day: date) -> None:
    assert CALENDAR.is_holiday(day, "alsace_moselle")
    assert not CALENDAR.is_holiday(day)


def test_alsace_and_moselle_have_the_same_holidays() -> None:
    years = range(2020, 2040)
    alsace, moselle = (holidays.country_holidays("FR", subdiv=code, years=years) for code in ("6AE", "57"))
    assert set(alsace) == set(moselle)
    assert holidays.country_holidays("FR").subdivisions_aliases["Alsace"] == "6AE"
