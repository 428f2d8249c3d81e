"""What a member reads of where it stands, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.feedback import SATISFIED_FROM
from service.domain.products import SOON
from service.domain.standing import Place
from service.domain.taxonomy import FAMILIES, category_label
from service.journey.classification.classification import BY_ITSELF
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.trends.own_standing import Line, Ratio, Standing
from service.staff.network.network_charts import Strip, highest, strip, tenths

RESERVED = "réservé"
UNKNOWN = "–"
PLACES = {
    Place.BELOW: "Vous êtes au-dessous du milieu du réseau.",
    Place.WITHIN: "Vous êtes dans le milieu du réseau.",
    Place.NEAR: "Vous êtes proche du milieu du réseau : l'écart ne dépasse pas la marge.",
    Place.ABOVE: "Vous êtes au-dessus du milieu du réseau.",
}
NO_MIDDLE = "Le milieu du réseau n'est pas montré."
UNCLEAR = "Trop peu de foyers pour le dire."
RATIOS = {
    "soon": f"Foyers dont la réponse complète est venue en moins de {SOON} jours ouvrés",
    "satisfied": f"Foyers satisfaits : note de {SATISFIED_FROM} à 10",
    "answer": "Premières réponses données dans le délai promis",
    "full": "Réponses complètes données dans le délai promis",
}


@dataclass(frozen=True)
class Row:
    """One theme or subject as people read it."""

    label: str
    households: str
    own: str
    network: str
    margin: str
    median: str
    low: str
    high: str
    sentence: str
    strip: Strip

    @property
    def middle(self) -> str:
        """The middle of the network in one cell."""
        return "n.s." if self.low == self.high == "n.s." else f"{self.low} à {self.high}"


@dataclass(frozen=True)
class Share:
    """A share of the member beside the network's, as people read it."""

    label: str
    period: str
    own: str
    detail: str
    network: str


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Return the lines of one table, on one scale."""
    top = highest(lines)
    return [_row(line, top) for line in lines]


def _row(line: Line, top: float) -> Row:
    middle, is_reserved = line.middle, line.code == BY_ITSELF
    drawn = strip(line, top)
    return Row(
        label=FAMILIES.get(line.code) or category_label(line.code),
        households=RESERVED if is_reserved else UNKNOWN if line.households is None else str(line.households),
        own=RESERVED if is_reserved else UNKNOWN if line.own is None else tenths(line.own),
        network=tenths(line.network.value if line.network else None),
        margin=tenths(line.network.margin if line.network else None),
        median=tenths(middle.median if middle else None),
        low=tenths(middle.low if middle else None),
        high=tenths(middle.high if middle else None),
        sentence="" if is_reserved else sentence(line),
        strip=Strip(drawn.band, drawn.median, None) if is_reserved else drawn,
    )


def months_of(months: Sequence[date], lines: Sequence[Line]) -> list[tuple[str, str, str]]:
    """Return the table behind a curve: the month, the member's rate, the middle of the network."""
    rows = [_row(line, 1) for line in lines]
    return [(month_in_words(month), row.own, row.middle) for month, row in zip(months, rows, strict=True)]


def sentence(line: Line) -> str:
    """Return in one sentence where the member stands."""
    if line.own is None:
        return ""
    if line.middle is None:
        return NO_MIDDLE
    return PLACES[line.place] if line.place else UNCLEAR


def summary(lines: Sequence[Line]) -> str:
    """Return in one sentence in which themes the member stands clear of the middle."""
    above = [FAMILIES[line.code] for line in lines if line.place == Place.ABOVE]
    below = [FAMILIES[line.code] for line in lines if line.place == Place.BELOW]
    said = [f"au-dessus pour {_listed(above)}"] * bool(above) + [f"au-dessous pour {_listed(below)}"] * bool(below)
    if said:
        return f"Vous êtes nettement {', et '.join(said)}. Pour le reste, rien ne vous distingue du milieu du réseau."
    if any(line.place for line in lines):
        return "Aucun de vos thèmes ne sort nettement du milieu du réseau."
    return "Rien ne permet encore de vous situer dans le réseau."


def _listed(names: Sequence[str]) -> str:
    quoted = [f"« {name} »" for name in names]
    return " et ".join([", ".join(quoted[:-1])] * bool(quoted[1:]) + quoted[-1:])


def shares_of(found: Standing) -> list[Share]:
    """Return the shares of the page: delays of the month, notes and promises of the quarter."""
    return [_share(one, period, is_quarter=product != "DELAY_MEM") for product, period, one in found.ratios]


def _share(one: Ratio, period: date, *, is_quarter: bool) -> Share:
    network = one.network
    return Share(
        RATIOS[one.code],
        (quarter_in_words if is_quarter else month_in_words)(period),
        UNKNOWN if one.own is None else _per_cent(one.own),
        f"{one.part} sur {one.whole}" if one.whole else "Personne à compter",
        f"{_per_cent(network.value)}, à {_points(network.margin)} près" if network else "n.s.",
    )


def _per_cent(share: float) -> str:
    return f"{share * 100:.0f}\u202f%"


def _points(margin: float) -> str:
    points = max(1, round(margin * 100))
    return f"{points} point{'s' if points > 1 else ''}"
