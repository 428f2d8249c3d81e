"""Where requests go astray: which subjects change desks, where late answers come from, which promises are not kept."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from service.bars import Length, draw_bars
from service.charts import Scale
from service.domain.estimates import Estimate, part_of, share, total
from service.domain.figures import Figure
from service.domain.products import CAUSES
from service.domain.taxonomy import FAMILIES, categories
from service.journey.dates import quarter_in_words
from service.journey.trends.published import Published
from service.network.answers import answers_of
from service.network.dictionary import AMONG
from service.network.figures import count, count_and_margin, percent, share_and_margin
from service.network.sheet import NOT_SHOWN, Picture, Section, Table
from service.network.timeline import errata_of, last_of

_HUNDRED = Scale(Decimal(100), "\u202f%")
CAUSE_LABELS: Mapping[str, str] = {
    "passed": "Passée d'un service à un autre",
    "authority": "Chez un organisme public",
    "supplier": "Chez un prestataire",
    "extended": "Délai prolongé",
    "team": "Dans l'équipe du bailleur",
}


def make_crossings(published: Published) -> list[Section]:
    """Return the three views of the last published quarter; those that are not published are left out."""
    made = (_desks(published), _causes(published), _promises(published))
    return [one for one in made if one]


def _desks(published: Published) -> Section | None:
    quarter = last_of(published, "BOUNCE")
    changed, written = (published.table("BOUNCE", quarter), published.subjects(quarter)[2]) if quarter else ({}, {})
    if not quarter or not changed or not written:
        return None
    by_family = {
        family: part_of(*(total(table[code] for code, one in categories().items() if one.family == family)
                          for table in (changed, written)))
        for family in FAMILIES
    }  # fmt: skip
    seen = {code: one for code in categories() if (one := part_of(changed[code], written[code]))}
    left = len(categories()) - len(seen)
    return Section(
        slug="detours",
        title="Ce qui change de service",
        intro=(
            "Foyers dont une demande est passée d'une équipe à une autre après son arrivée, pour cent sujets signalés. "
            "Un détour n'est pas une faute : il dit où le chemin n'est pas le bon du premier coup."
        ),
        pictures=(
            _bars("detours", f"Demandes qui ont changé de service, {quarter_in_words(quarter)}", by_family, "thème"),
        ),
        tables=(
            Table(
                slug="detours",
                caption=f"Demandes qui ont changé de service, par sujet, {quarter_in_words(quarter)}",
                heads=("Sujet", "Foyers", "Part des sujets signalés"),
                rows=tuple(
                    (categories()[code].label, count_and_margin(changed[code]), share_and_margin(one))
                    for code, one in seen.items()
                ),
                note=f"{left} sujets ne sont pas dans le tableau : trop peu de foyers." if left else "",
            ),
        ),
        errata=errata_of(published, "BOUNCE", "Q2", "Q3"),
    )


def _causes(published: Published) -> Section | None:
    quarter = last_of(published, "LATE")
    table = published.table("LATE", quarter) if quarter else {}
    if not quarter or not table:
        return None
    causes = {cause: total(table[f"{family}|{cause}"] for family in FAMILIES) for cause in CAUSES}
    shares = {
        cause: share(one, total(other for name, other in causes.items() if name != cause))
        for cause, one in causes.items()
    }
    return Section(
        slug="retards",
        title="D'où viennent les retards",
        intro=(
            "Foyers dont la réponse complète est venue après le jour dû, selon ce qui s'est passé. Quand plusieurs "
            f"raisons se suivent, la première de la liste compte seule. On compte {AMONG}. Ce n'est "
            "pas une faute attribuée."
        ),
        pictures=(
            _bars("retards", f"Réponses en retard, {quarter_in_words(quarter)}", shares, "raison", CAUSE_LABELS),
        ),
        tables=(
            Table(
                slug="retards",
                caption=f"Foyers dont la réponse complète était en retard, {quarter_in_words(quarter)}",
                heads=("Raison", "Réseau", "Part", *FAMILIES.values()),
                rows=tuple(_cause_row(table, cause, causes[cause], shares[cause]) for cause in CAUSES),
                note=f"Par thème, chaque nombre est à {next(iter(table.values())).margin} foyers près.",
            ),
        ),
        errata=errata_of(published, "LATE"),
    )


def _cause_row(table: Mapping[str, Figure], cause: str, whole: Figure, part: Estimate | None) -> tuple[str, ...]:
    by_family = (count(table[f"{family}|{cause}"]) for family in FAMILIES)
    return (CAUSE_LABELS[cause], count_and_margin(whole), share_and_margin(part), *by_family)


def _promises(published: Published) -> Section | None:
    quarter = last_of(published, "PROMISE")
    if not quarter:
        return None
    full = {family: answers_of(published, quarter, "full", (family,)) for family in FAMILIES}
    return Section(
        slug="promesses",
        title="Les promesses tenues",
        intro=(
            "Le jour promis est celui qui a été dit au locataire : première réponse, puis réponse complète. La réponse "
            f"complète est comptée {AMONG}."
        ),
        pictures=(_bars("promesses", f"Réponses complètes à temps, {quarter_in_words(quarter)}", full, "thème"),),
        tables=(
            Table(
                slug="promesses",
                caption=f"Part des réponses comptées qui sont venues à temps, {quarter_in_words(quarter)}",
                heads=("Thème", "Première réponse", "Réponse complète"),
                rows=(
                    _promise_row(published, quarter, "Réseau, tous thèmes", tuple(FAMILIES)),
                    *(_promise_row(published, quarter, label, (family,)) for family, label in FAMILIES.items()),
                ),
            ),
        ),
        errata=errata_of(published, "PROMISE"),
    )


def _promise_row(published: Published, quarter: date, label: str, families: tuple[str, ...]) -> tuple[str, ...]:
    return (label, *(share_and_margin(answers_of(published, quarter, one, families)) for one in ("answer", "full")))


def _bars(
    slug: str, title: str, shares: Mapping[str, Estimate | None], what: str, labels: Mapping[str, str] = FAMILIES
) -> Picture:
    lengths = [
        Length(labels[code], Decimal(str(one.value * 100)), percent(one.value), Decimal(str(one.margin * 100)))
        if one
        else Length(labels[code], None, NOT_SHOWN)
        for code, one in shares.items()
    ]
    seen = [(one.value, code) for code, one in shares.items() if one]
    if not seen:
        return Picture(slug, title, draw_bars(lengths, _HUNDRED), f"Aucun {what} n'est assez net pour être montré.")
    (low, least), (high, most) = min(seen), max(seen)
    reading = f"De {percent(low)} («\u00a0{labels[least]}\u00a0») à {percent(high)} («\u00a0{labels[most]}\u00a0»)."
    return Picture(slug, title, draw_bars(lengths, _HUNDRED), f"{reading} Le trait noir est la marge.")
