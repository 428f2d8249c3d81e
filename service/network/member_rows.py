"""The lines of the members that agree to be shown by name, in the order of the alphabet; nothing of the others."""

from datetime import date

from service.domain.figures import Figure
from service.domain.naming import NAMED, Consent, named
from service.domain.taxonomy import FAMILIES
from service.journey.consents import member_names, read_consents
from service.journey.published import Published
from service.network.figures import month_in_words
from service.network.sheet import NOT_SHOWN, Section, Table

_INTRO = (
    "Ces bailleurs acceptent que leur ligne soit montrée sous leur nom. Une ligne n'est montrée que si tous "
    "l'acceptent, ou si trois au moins ne l'acceptent pas."
)
_NOTE = (
    "Foyers ayant écrit, comptés une fois par thème, avec une part de hasard. Les thèmes et les mois ne s'additionnent "
    "pas. « n.s. » : non significatif, jamais zéro."
)


def make_member_rows(published: Published) -> Section | None:
    """Return the part of the page that names members; None while no line may be shown."""
    if not published.months:
        return None
    month, consents = published.months[-1], read_consents()
    shown = _shown(consents, published, month)
    if not shown:
        return None
    rows, names, dwellings = published.rows("MF", month), member_names(), published.dwellings("MF", month)
    table = Table(
        slug="bailleurs-themes",
        caption=f"Foyers ayant écrit, par bailleur et par thème, en {month_in_words(month)}",
        heads=("Bailleur", "Logements", *FAMILIES.values()),
        rows=tuple(
            (names[slug], _whole(dwellings[slug]), *(_cell(rows[slug][family]) for family in FAMILIES))
            for slug in sorted(shown, key=names.__getitem__)
        ),
        note=_NOTE,
    )
    return Section("bailleurs", "Par bailleur", _INTRO, tables=(table,))


def _shown(consents: list[Consent], published: Published, month: date) -> frozenset[str]:
    """Return whose line may be shown in a month whose table is not withdrawn."""
    if month not in published.periods("MF"):
        return frozenset()
    return named(consents, NAMED["MF"], month, published.dwellings("MF", month))


def _cell(figure: Figure) -> str:
    return NOT_SHOWN if figure.value is None else f"{_whole(figure.value)} ± {figure.margin}"


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")
