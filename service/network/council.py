"""What tenants' councils are handed: few figures, plain words, the whole network and nobody in particular."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from service.bars import Length, draw_bars
from service.charts import Scale
from service.domain.estimates import Estimate, rate
from service.domain.taxonomy import FAMILIES, category_label
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.trends.decisions import DecisionLine
from service.journey.trends.published import Published
from service.network.answers import answers_of, satisfied
from service.network.dictionary import AMONG
from service.network.figures import count, nice_top, percent, points, rate_or_not
from service.network.sheet import NOT_SHOWN, Picture, Section, Table, Tile
from service.network.timeline import errata_of, last_of, same_last_year

_SUBJECTS, _DECISIONS = 8, 4
_SAYS_NOTHING = "autre"  # of the subjects
_QUESTIONS = (
    "Quels sujets reviennent le plus chez nous ? Est-ce comme dans le réseau ?",
    "Combien de réponses arrivent à temps ? Que faites-vous quand une réponse est en retard ?",
    "Quand une demande change de service, qui prévient le locataire ?",
    "Quels travaux sont prévus sur les sujets qui reviennent ?",
    "Que faites-vous des notes et des avis des locataires ?",
)
_ORIGIN = (
    "Les locataires écrivent à leur bailleur. Un programme compte les foyers qui ont écrit, sujet par sujet.",
    "Une personne peut toujours corriger le programme.",
    "On ne compte que les foyers qui écrivent. Un sujet peu cité peut rester un vrai problème.",
    "Un foyer compte une fois par mois et par sujet, même s'il écrit dix fois. N'ajoutez ni les mois ni les sujets.",
    "Un petit écart tiré au hasard est ajouté à chaque nombre. Personne ne peut savoir si un foyer donné a écrit.",
    "« n.s. » veut dire : trop petit pour être montré. Ce n'est pas zéro.",
    "Aucun texte de locataire ne sort de chez son bailleur. On ne montre aucun nom, aucune adresse.",
)


def make_council(published: Published, decisions: Sequence[DecisionLine]) -> list[Section]:
    """Return the parts of the pack, from what was published; none before the first month."""
    if not published.months:
        return []
    month = published.months[-1]
    return [
        _written(published, month),
        _answered(published),
        _done(decisions),
        Section(
            "demander",
            "Ce que vous pouvez demander à votre bailleur",
            "Ces chiffres sont ceux du réseau entier. Votre bailleur connaît les siens.",
            sentences=_QUESTIONS,
        ),
        Section("origine", "D'où viennent ces chiffres", sentences=_ORIGIN),
    ]


def _written(published: Published, month: date) -> Section:
    whole = published.families(month)[2]
    stock = sum(published.dwellings("MF", month).values())
    rates = {family: rate(figure, stock) for family, figure in whole.items()}
    shown = sorted(((one, family) for family, one in rates.items() if one), key=lambda pair: -pair[0].value)
    first = [f"Sur 1 000 logements, {_about(one)} écrit sur « {FAMILIES[family]} »." for one, family in shown[:3]]
    return Section(
        "ecrit",
        f"Ce que les locataires ont écrit en {month_in_words(month)}",
        sentences=tuple(first) or ("Pas de chiffre à montrer par thème ce mois-ci.",),
        pictures=(_picture(rates),) if shown else (),
        tables=(_subjects(published, month),),
        errata=errata_of(published, "MF", "AF", "C1"),
    )


def _about(one: Estimate) -> str:
    households = max(1, round(one.value))
    return f"environ {households} {'a' if households == 1 else 'ont'}"


def _picture(rates: Mapping[str, Estimate | None]) -> Picture:
    ordered = sorted(rates.items(), key=lambda pair: -(pair[1].value if pair[1] else -1))
    lengths = [
        Length(FAMILIES[family], None if one is None else Decimal(str(one.value)), rate_or_not(one))
        for family, one in ordered
    ]
    top = Scale(nice_top(max(one.value for one in rates.values() if one)))
    reading = f"Le thème sur lequel on écrit le plus : {FAMILIES[ordered[0][0]]}."
    return Picture("conseil-themes", "Foyers qui ont écrit, pour 1 000 logements", draw_bars(lengths, top), reading)


def _subjects(published: Published, month: date) -> Table:
    now, then = published.table("C1", month), same_last_year(published, "C1", month)
    before = published.table("C1", then) if then else {}
    ordered = sorted(
        (code for code, one in now.items() if one.is_shown and code != _SAYS_NOTHING), key=lambda code: -now[code].noisy
    )
    margin = next(iter(now.values())).margin if now else 0
    return Table(
        "conseil-sujets",
        f"Les {_SUBJECTS} sujets sur lesquels on écrit le plus",
        ("Sujet", "Foyers", "Un an avant"),
        tuple(
            (category_label(code), count(now[code]), count(before.get(code)) if before else "pas publié")
            for code in ordered[:_SUBJECTS]
        ),
        f"Chaque nombre est juste à {margin} foyers près, 95 fois sur 100.",
    )


def _answered(published: Published) -> Section:
    return Section(
        "reponses",
        "Comment les bailleurs ont répondu",
        f"À temps veut dire : au plus tard le jour promis. La réponse complète est comptée {AMONG}.",
        tiles=tuple(_tiles(published)),
        errata=errata_of(published, "PROMISE", "SATIS"),
    )


def _tiles(published: Published) -> Iterator[Tile]:
    quarter = last_of(published, "PROMISE")
    for promise, label in (("answer", "Premières réponses à temps"), ("full", "Réponses complètes à temps")):
        yield _tile(label, answers_of(published, quarter, promise) if quarter else None, quarter)
    quarter = last_of(published, "SATIS")
    found = satisfied(published, quarter) if quarter else None
    yield _tile("Locataires satisfaits, qui notent de 7 à 10", found, quarter)


def _tile(label: str, found: Estimate | None, quarter: date | None) -> Tile:
    if found is None or quarter is None:
        return Tile(label, NOT_SHOWN, detail="Pas encore de chiffre à montrer.")
    return Tile(label, percent(found.value), detail=f"À {_near(found)} près, {quarter_in_words(quarter)}.")


def _near(found: Estimate) -> str:
    said = points(found)
    return f"{said} point{'' if said == '1' else 's'}"


def _done(decisions: Sequence[DecisionLine]) -> Section:
    rows = tuple((one.said, f"{one.decided} ({one.state_label.lower()})", one.effect) for one in decisions[:_DECISIONS])
    heads = ("Vous avez dit", "Nous avons fait", "Ce qui a changé")
    return Section(
        "fait",
        "Vous avez dit, nous avons fait",
        "" if rows else "Le groupe esprit client n'a encore rien écrit ici.",
        tables=(Table("conseil-decisions", "Ce que les bailleurs ont décidé", heads, rows),) if rows else (),
    )
