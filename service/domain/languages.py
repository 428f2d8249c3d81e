"""The languages of the tenants' pages and mails. The message itself may be in any language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """A language: `code` as kept with a complaint, `tag` as HTML wants it, `name` in the language itself."""

    code: str
    tag: str
    locale: str  # of Babel: dates, numbers, plurals
    name: str
    direction: str = "ltr"


FRENCH = Tongue("fr", "fr", "fr", "Français")
LANGUAGES = (
    FRENCH,
    Tongue("fr-falc", "fr", "fr", "Facile à lire"),
    Tongue("en", "en", "en_GB", "English"),
    Tongue("ar", "ar", "ar", "العربية", "rtl"),
    Tongue("tr", "tr", "tr", "Türkçe"),
    Tongue("uk", "uk", "uk", "Українська"),
    Tongue("pt", "pt", "pt_PT", "Português"),
)
_BY_CODE = {tongue.code: tongue for tongue in LANGUAGES}


def N_(message: str) -> str:  # noqa: N802  The name that gettext tools look for.
    """Mark a sentence of a table for translation; it is translated where it is shown."""
    return message


def tongue_of(code: str | None) -> Tongue:
    """Return the language of a code such as `en` or `pt-BR`; French for one we do not speak."""
    wanted = (code or "").lower()
    return _BY_CODE.get(wanted) or _BY_CODE.get(wanted.partition("-")[0]) or FRENCH


def is_spoken(code: str | None) -> bool:
    """Say whether our pages exist in this very language."""
    return (code or "").lower() in _BY_CODE
