"""The lines of the members that agree to be shown by name, in the order of the alphabet; nothing of the others."""

from service.domain.figures import Figure
from service.domain.taxonomy import FAMILIES
from service.journey.dates import month_in_words
from service.journey.numbers import whole
from service.journey.trends.published import Published
from service.network.cuts import for_readers
from service.network.lines import lines_of
from service.network.sheet import NOT_SHOWN, Section, Table
from service.network.timeline import errata_of

_INTRO = (
    "Ces bailleurs acceptent que leur ligne soit montrée sous leur nom. Une ligne n'est montrée que si tous "
    "l'acceptent, ou si trois au moins ne l'acceptent pas."
)
_NOTE = (
    "Foyers ayant écrit, comptés une fois par thème, avec une part de hasard. Les thèmes et les mois ne s'additionnent "
    "pas. « n.s. » : non significatif, jamais zéro."
)


def make_member_rows(published: Published) -> Section | None:
    """Return the part of the page that names members, with the lines of the files; None while none may be shown."""
    month = published.months[-1] if published.months else None
    cut = next((one for one in for_readers(published, ["MF"]) if one.period == month), None)
    if cut is None or not cut.named:
        return None
    figures = {(line.place, line.part): line.figure for line in lines_of(published, cut)}
    dwellings = published.dwellings("MF", cut.period)
    table = Table(
        slug="bailleurs-themes",
        caption=f"Foyers ayant écrit, par bailleur et par thème, en {month_in_words(cut.period)}",
        heads=("Bailleur", "Logements", *FAMILIES.values()),
        rows=tuple(
            (cut.named[slug], whole(dwellings[slug]), *(_cell(figures[slug, family]) for family in FAMILIES))
            for slug in sorted(cut.named, key=cut.named.__getitem__)
        ),
        note=_NOTE,
    )
    return Section("bailleurs", "Par bailleur", _INTRO, tables=(table,), errata=errata_of(published, "MF", "AF"))


def _cell(figure: Figure) -> str:
    return NOT_SHOWN if figure.value is None else f"{whole(figure.value)} ± {figure.margin}"
