"""What changed, in sentences that may be read aloud. Nothing is said that stands on a hidden figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from service.domain.taxonomy import FAMILIES
from service.domain.trends import previous_month
from service.journey.trends import MonthOfTrends
from service.network.figures import hundredths, month_in_words, percent, rate, share, whole

# A gap of two standard deviations or less is one that chance alone often makes.
_DEVIATIONS = 2
BY_CHANCE = " Un écart aussi petit peut tenir au hasard."


@dataclass(frozen=True)
class Move:
    """A family seen in two months: its distinct dwellings and the stock, before and after."""

    family: str
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def size(self) -> Fraction:
        """How far the rate went, up or down, not rounded."""
        return abs(Fraction(*self.after) - Fraction(*self.before))

    @property
    def may_be_chance(self) -> bool:
        """Whether two months of the same true rate would often differ as much."""
        before, after = self.before[0], self.after[0]
        return abs(after - before) <= _DEVIATIONS * sqrt(after + before)


def year_before(months: Sequence[MonthOfTrends]) -> MonthOfTrends | None:
    """Return the same month as the latest, one year before, when it is published."""
    latest = months[-1].month
    return next((one for one in months if one.month == latest.replace(year=latest.year - 1)), None)


def reference_of(months: Sequence[MonthOfTrends]) -> MonthOfTrends | None:
    """Return what the latest month is compared with: the same month a year before, or else the month before."""
    before = previous_month(months[-1].month)
    return year_before(months) or next((one for one in months if one.month == before), None)


def what_changed(months: Sequence[MonthOfTrends]) -> list[str]:
    """Return two or three sentences on the latest month."""
    latest, reference = months[-1], reference_of(months)
    if reference is None:
        name = month_in_words(latest.month)
        first = (
            f"En {name}, les thèmes n'ont pas encore de point de comparaison : ni le mois d'avant, "
            "ni le même mois un an plus tôt ne sont publiés."
        )
        return [first, satisfaction_sentence(months)]
    sentences = [_theme_sentence(latest, reference)]
    if year_before(months) is None:
        same = month_in_words(latest.month.replace(year=latest.month.year - 1))
        sentences.append(
            f"Comme {same} n'est pas publié, la comparaison se fait avec le mois d'avant : "
            "une part de l'écart peut venir de la saison."
        )
    return [*sentences, satisfaction_sentence(months)]


def largest_move(latest: MonthOfTrends, reference: MonthOfTrends) -> Move | None:
    """Return the family whose rate changed most, of those seen in both months; None when there is none."""
    return max(_moves(latest, reference), key=lambda move: move.size, default=None)


def _moves(latest: MonthOfTrends, reference: MonthOfTrends) -> list[Move]:
    seen = []
    for family in FAMILIES:
        before, after = reference.families.get(family), latest.families.get(family)
        if before is not None and after is not None and reference.stock and latest.stock:
            seen.append(Move(family, (before, reference.stock), (after, latest.stock)))
    return seen


def _theme_sentence(latest: MonthOfTrends, reference: MonthOfTrends) -> str:
    name, then = month_in_words(latest.month), month_in_words(reference.month)
    move = largest_move(latest, reference)
    if move is None:
        return f"En {name}, aucun thème ne peut être comparé à {then} : trop peu de logements ont écrit."
    named, after, before = _name(move, len(_moves(latest, reference))), rate(*move.after), rate(*move.before)
    if after == before:
        return f"En {name}, aucun thème visible aux deux dates n'a changé par rapport à {then}."
    return (
        f"En {name}, {named} : {hundredths(after)} pour 1\u202f000 logements, contre {hundredths(before)} en {then}, "
        f"soit {hundredths(abs(after - before))} de {'plus' if after > before else 'moins'} "
        f"({whole(move.after[0])} logements concernés, contre {whole(move.before[0])})."
        f"{BY_CHANCE if move.may_be_chance else ''}"
    )


def _name(move: Move, seen: int) -> str:
    """Name the family that changed most, and say among how many when some are hidden in one of the two months."""
    label = f"«\u00a0{FAMILIES[move.family]}\u00a0»"
    if seen == 1:
        return f"un seul thème sur {len(FAMILIES)} est visible aux deux dates, {label}"
    if seen < len(FAMILIES):
        return f"parmi les {seen} thèmes sur {len(FAMILIES)} visibles aux deux dates, {label} a le plus changé"
    return f"le thème qui a le plus changé est {label}"


def satisfaction_sentence(months: Sequence[MonthOfTrends]) -> str:
    """Return the satisfaction of the latest month, beside the same month a year before when it is published."""
    latest, then = months[-1], year_before(months)
    now = share(latest.satisfied, latest.answers)
    if now is None:
        return "Côté satisfaction, le chiffre est masqué : trop peu de logements ont répondu."
    said = (
        f"Côté satisfaction, {percent(now)} des logements qui ont répondu sont satisfaits "
        f"({whole(latest.satisfied or 0)} notes de 7 à 10 sur {whole(latest.answers or 0)} réponses)"
    )
    if then is None:
        return f"{said}. Il n'y a pas de point de comparaison : le même mois un an plus tôt n'est pas publié."
    before = share(then.satisfied, then.answers)
    if before is None:
        return f"{said}. Il n'y a pas de point de comparaison : le chiffre est masqué en {month_in_words(then.month)}."
    gap = now - before
    if not gap:
        return f"{said}, comme en {month_in_words(then.month)}."
    points = f"{whole(abs(gap))} point{'s' if abs(gap) > 1 else ''} de {'plus' if gap > 0 else 'moins'}"
    return (
        f"{said}, contre {percent(before)} en {month_in_words(then.month)}, soit {points}."
        f"{BY_CHANCE if _shares_may_be_chance(latest, then) else ''}"
    )


def _shares_may_be_chance(latest: MonthOfTrends, then: MonthOfTrends) -> bool:
    """Compare two shares as two samples of one population."""
    answers, satisfied = (latest.answers or 0, then.answers or 0), (latest.satisfied or 0, then.satisfied or 0)
    common = sum(satisfied) / sum(answers)
    deviation = sqrt(common * (1 - common) * (1 / answers[0] + 1 / answers[1]))
    return abs(satisfied[0] / answers[0] - satisfied[1] / answers[1]) <= _DEVIATIONS * deviation
