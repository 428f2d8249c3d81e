"""The languages that tenants read: their sentences from gettext catalogues, their dates, numbers and plurals.

The source language is French: a sentence without a translation is said in French rather than not at all. The
easy-to-read French (FALC) is a language like the others, with dates in French.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from service.domain.languages import LANGUAGES, Tongue, tongue_of
from service.journey.dates import PARIS, in_words, moment_in_words

CATALOGUES = Path(__file__).parent.parent / "translations"  # one .po for each language


class Source(NullTranslations):
    """The French that the sentences are written in, with its plural: « 0 photo », « 1 photo », « 2 photos »."""

    def ngettext(self, one: str, many: str, number: float) -> str:
        """Return the form that goes with a number."""
        return one if abs(number) < 2 else many  # noqa: PLR2004  The plural of French begins at two.


@dataclass(frozen=True)
class Language:
    """One language with its catalogue."""

    tongue: Tongue
    catalogue: NullTranslations

    @property
    def code(self) -> str:
        """The code kept with a complaint, such as `ar` or `fr-falc`."""
        return self.tongue.code

    @property
    def is_french(self) -> bool:
        """Whether dates and the words of the staff need no other language."""
        return self.tongue.locale == "fr"

    def gettext(self, message: str, **values: object) -> str:
        """Return a sentence with `%(name)s` filled in."""
        said: str = self.catalogue.gettext(message)
        return said % values if values else said

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form that goes with a number, which `%(num)s` stands for."""
        said: str = self.catalogue.ngettext(one, many, number)
        return said % {"num": self.number(number), **values}

    def day(self, value: date) -> str:
        """Return a date in words, with its week day."""
        if self.is_french:
            return in_words(value)
        return format_date(value, "full", locale=self.tongue.locale)

    def moment(self, at: datetime) -> str:
        """Return an instant in words, on the clocks of France."""
        if self.is_french:
            return moment_in_words(at)
        there = at.astimezone(PARIS)
        hour = format_time(there.time(), "short", locale=self.tongue.locale)
        return self.gettext("%(day)s à %(hour)s", day=self.day(there.date()), hour=hour)

    def number(self, value: float) -> str:
        """Return a number as this language writes it."""
        return str(format_decimal(value, locale=self.tongue.locale))


@cache
def language(code: str | None) -> Language:
    """Return a language by its code; French when we have no catalogue for it."""
    tongue = tongue_of(code)
    return Language(tongue, _catalogue(tongue))


def languages() -> list[Language]:
    """Return every language, French first."""
    return [language(tongue.code) for tongue in LANGUAGES]


def _catalogue(tongue: Tongue) -> NullTranslations:
    """Read the catalogue of a language. It is compiled in memory: no second copy of it can grow old."""
    path = CATALOGUES / f"{tongue.code}.po"
    if not path.exists():
        return Source()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=Locale.parse(tongue.locale))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    spoken = Translations(compiled)
    spoken.add_fallback(Source())
    return spoken
