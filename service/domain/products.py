"""What is published to the network, whole: nothing else crosses a member's border.

Each product is a table of whole numbers over keys that are known beforehand, one table a period. A household (what was
ever written about one dwelling) moves at most `most` cells by one in a period, and `cap` cells in any twelve months.
`share` is the part of the yearly loss that a product may spend: sigma = sqrt(cap / (2 * RHO_YEAR * share)), for the
discrete Gaussian in zero-concentrated differential privacy (Canonne, Kamath, Steinke 2020).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from service.domain.taxonomy import FAMILIES, categories

RHO_YEAR = 0.40  # all products together, any twelve months
DELTA = 1e-6
SMALL_RESIDENCE = 20  # dwellings: below, each of its cells counts SMALL_MOST households at most
SMALL_MOST = 3
DELAY_BINS = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90)  # days; each begins a bin, the last has no end
SOON = 10  # days: a complete answer within is a quick one; it begins a bin
SCORES = tuple(range(11))
PROMISES = ("answer", "full")  # the first answer, the complete one
KEPT = ("kept", "broken")
CAUSES = ("passed", "authority", "supplier", "extended", "team")  # of a late answer, the first that holds
OUTCOMES = ("kept", "corrected", "person")  # of the text model's reading
MOST_TERMS = 450


@dataclass(frozen=True)
class Product:
    """One table: how often it is published, over what it is split, how far one household may weigh in it."""

    code: str
    label: str
    length: str  # of its periods: month, quarter, week
    split: str  # network: members are added up; member or area: the first part of each key
    most: int  # cells of a household in one period
    cap: int  # cells of a household in any twelve months
    share: float  # of RHO_YEAR
    is_kept_exact: bool = False  # each member keeps its own exact figures, for itself

    @property
    def sigma(self) -> float:
        """The scale of the noise, in households."""
        return sqrt(self.cap / (2 * RHO_YEAR * self.share))

    @property
    def rho(self) -> float:
        """What one period spends: the loss of a household that moves `most` cells."""
        return self.most / (2 * self.sigma**2)


# The shares were set on the standard network (`make bench PART=trends`: 95,000 dwellings, 8,072 complaints a month, 40
# subjects). Median error where ten households or more wrote, with figures made to agree, and what the bounds leave out:
#   C1 4.5 %, 1.2 %   MF 4.7 %, 1.2 %   AF 4.5 %, 1.2 %   Q2 8.6 %, 1.4 %   Q3 7.5 %, 1.4 %   WK 5.5 %, 1.3 %
#   network x family, month: 1.9 %   median delay: 0.3 day   share within ten days: 2 points   mean note: 0.11 of 10
#   BOUNCE 21 % (half of the subjects are shown)   share of the network, in points: PROMISE 0.2, LATE 0.6, MODEL 0.8
PRODUCTS: Mapping[str, Product] = {
    product.code: product
    for product in (
        Product("C1", "Sujets, par mois", "month", "network", 3, 9, 0.193),
        Product("MF", "Thèmes par bailleur, par mois", "month", "member", 3, 8, 0.172, is_kept_exact=True),
        Product("AF", "Thèmes par type de territoire, par mois", "month", "area", 3, 8, 0.083),
        Product("Q2", "Sujets par bailleur, par trimestre", "quarter", "member", 4, 8, 0.148, is_kept_exact=True),
        Product("Q3", "Sujets par type de territoire, par trimestre", "quarter", "area", 4, 8, 0.080),
        Product("WK", "Thèmes, par semaine", "week", "network", 2, 10, 0.062),
        Product("DELAY_FAM", "Délais par thème, par mois", "month", "network", 3, 8, 0.050),
        Product("DELAY_MEM", "Délais par bailleur, par mois", "month", "member", 1, 6, 0.037, is_kept_exact=True),
        Product("SATIS", "Notes par bailleur, par trimestre", "quarter", "member", 1, 3, 0.030, is_kept_exact=True),
        Product("TERMS", "Mots surveillés, par mois", "month", "network", 2, 4, 0.109),
        Product("BOUNCE", "Demandes qui ont changé de service, par trimestre", "quarter", "network", 1, 3, 0.018),
        Product("PROMISE", "Promesses tenues, par trimestre", "quarter", "network", 2, 6, 0.006, is_kept_exact=True),
        Product("LATE", "D'où viennent les retards, par trimestre", "quarter", "network", 1, 3, 0.006),
        Product("MODEL", "Lecture des messages par le programme, par mois", "month", "network", 1, 6, 0.006),
    )
}


def parts_of(product: Product, terms: Sequence[str]) -> list[str]:
    """Return the keys of a product within one member or area, in their fixed order; `terms` is the public list."""
    families, subjects = list(FAMILIES), list(categories())
    return {
        "C1": subjects, "MF": families, "AF": families, "Q2": subjects, "Q3": subjects, "WK": families,
        "DELAY_FAM": [f"{family}|{days}" for family in families for days in DELAY_BINS],
        "DELAY_MEM": [str(days) for days in DELAY_BINS],
        "SATIS": [str(score) for score in SCORES],
        "TERMS": list(terms),
        "BOUNCE": subjects,
        "PROMISE": [f"{family}|{promise}|{kept}" for family in families for promise in PROMISES for kept in KEPT],
        "LATE": [f"{family}|{cause}" for family in families for cause in CAUSES],
        "MODEL": list(OUTCOMES),
    }[product.code]  # fmt: skip


def keys_of(product: Product, members: Sequence[str], areas: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Return all keys of a product, known before anything is counted: slugs of members, areas, the public terms."""
    parts = parts_of(product, terms)
    if product.split == "network":
        return parts
    return [f"{one}|{part}" for one in (members if product.split == "member" else areas) for part in parts]
