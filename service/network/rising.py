"""Words of the public list that rise in the network."""

from collections.abc import Mapping
from datetime import date

from service.domain.emerging import LEAST_HOUSEHOLDS, LEAST_MONTHS, emerging
from service.domain.watch_list import watched_words
from service.journey.dates import month_in_words
from service.journey.numbers import whole
from service.journey.trends.published import Published
from service.network.sheet import Section, Table
from service.network.timeline import calendar, errata_of, last_of

_INTRO = (
    "Les mots d'une liste publique, connue avant le début du mois. On compte les foyers dont un message contient le "
    f"mot. Un mot est montré à partir de {LEAST_HOUSEHOLDS} foyers, s'il monte nettement. Aucun message n'est montré."
)


def make_rising(published: Published, labels: Mapping[str, str]) -> Section | None:
    """Return the words that rise in the latest month; `labels` says how those the group added are written."""
    month = last_of(published, "TERMS")
    if month is None:
        return None
    rises = emerging([published.table("TERMS", one) for one in calendar(published, "TERMS")])
    names = {one.term: one.label for one in watched_words()} | dict(labels)
    return Section(
        slug="mots",
        title="Les mots qui montent",
        intro=_INTRO,
        sentences=() if rises else (_calm(published, month),),
        tables=(
            Table(
                slug="mots",
                caption=f"Mots qui montent en {month_in_words(month)}, du plus net au moins net",
                heads=("Mot", "Foyers", "D'ordinaire"),
                rows=tuple(
                    (names.get(one.term, one.term), f"{whole(one.value)} ± {whole(one.margin)}", whole(one.usual))
                    for one in rises
                ),
                note="Un mot qui monte n'est pas une explication : regardez le sujet avec les équipes.",
            ),
        )
        if rises
        else (),
        errata=errata_of(published, "TERMS"),
    )


def _calm(published: Published, month: date) -> str:
    if len(published.periods("TERMS")) <= LEAST_MONTHS:
        return f"Il faut {LEAST_MONTHS} mois publiés avant de pouvoir dire qu'un mot monte."
    return f"Aucun mot de la liste ne monte nettement en {month_in_words(month)}."
