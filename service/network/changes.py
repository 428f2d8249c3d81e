"""What changed, in three sentences that may be read aloud. Only what stands clear of noise and chance is said."""

from collections.abc import Callable, Mapping
from datetime import date

from service.domain.estimates import CLEAR, Estimate, clearness
from service.domain.taxonomy import category_label
from service.journey.dates import in_month, month_in_words, quarter_in_words
from service.journey.numbers import whole
from service.journey.trends.published import Published
from service.network.answers import answers_of, changed_desks, satisfied
from service.network.comparing import Gap, compare, reference_of, subject_gaps, writers
from service.network.figures import near, of_quarter, percent
from service.network.sheet import Section
from service.network.timeline import errata_of, last_of, same_last_year

_NAMED = 2  # subjects beside the clearest one: more would not be heard

# what was measured, as it is said after a share -> where it is read
_MEASURES: Mapping[str, Callable[[Published, date], Estimate | None]] = {
    "des premières réponses sont venues à temps": lambda published, quarter: answers_of(published, quarter, "answer"),
    "des réponses complètes sont venues à temps": lambda published, quarter: answers_of(published, quarter, "full"),
    "des sujets signalés ont changé de service": changed_desks,
    "des notes données vont de 7 à 10": satisfied,
}


def make_changes(published: Published, month: date) -> Section:
    """Return the three sentences: how many wrote, about what, and how they were served."""
    return Section(
        slug="change",
        title="Ce qui a changé",
        sentences=(_writing(published, month), _subjects(published, month), _service(published)),
        errata=errata_of(published, "C1", "MODEL"),
    )


def _writing(published: Published, month: date) -> str:
    now, name = writers(published, month), month_in_words(month)
    if now is None or not now.is_shown:
        return f"En {name}, le nombre de foyers qui ont écrit n'est pas assez sûr pour être dit."
    said = f"En {name}, {whole(now.noisy)} foyers ont écrit à leur bailleur, à {whole(now.margin)} près"
    then = reference_of(published, "MODEL", month)
    before = writers(published, then) if then else None
    gap = compare("", now, before) if before else None
    if then is None or gap is None:
        return f"{said}. Il n'y a pas encore de mois auquel le comparer."
    season = _season(month, then)
    if not gap.is_clear:
        return f"{said}. C'est à peu près autant qu'en {month_in_words(then)}{season}."
    part = percent(abs(gap.now.noisy / gap.before.noisy - 1))
    return f"{said}. C'est {part} de {'plus' if gap.z > 0 else 'moins'} qu'en {month_in_words(then)}{season}."


def _season(month: date, then: date) -> str:
    return "" if then.month == month.month else ", sans tenir compte de la saison"


def _subjects(published: Published, month: date) -> str:
    then = reference_of(published, "C1", month)
    if then is None:
        return "Les sujets n'ont pas encore de mois auquel les comparer : le premier mois sert de point de départ."
    season = _season(month, then)
    clear = sorted((one for one in subject_gaps(published, month) if one.is_clear), key=lambda one: -abs(one.z))
    if not clear:
        calm = f"Aucun sujet ne se détache nettement {in_month(then)}{season}"
        return f"{calm} : les écarts sont de ceux que le hasard fait."
    first, *others = clear
    said = (
        f"Ce qui change le plus : «\u00a0{category_label(first.name)}\u00a0», {whole(first.now.noisy)} foyers, à "
        f"{whole(first.now.margin)} près, contre {whole(first.before.noisy)} en {month_in_words(then)}{season}."
    )
    return f"{said}{_others(others)}"


def _others(gaps: list[Gap]) -> str:
    if not gaps:
        return " Aucun autre sujet ne se détache nettement."
    named = [f"«\u00a0{category_label(one.name)}\u00a0» ({one.way})" for one in gaps[:_NAMED]]
    left = len(gaps) - len(named)
    more = f", et {left} autre{'s' if left > 1 else ''}, à lire plus bas" if left else ""
    return f" Se détache{'nt' if len(gaps) > 1 else ''} aussi : {' et '.join(named)}{more}."


def _service(published: Published) -> str:
    """Return the clearest change of the last quarter in what tenants lived through, or that there was none."""
    quarter = last_of(published, "PROMISE") or last_of(published, "SATIS")
    if quarter is None:
        return "Le premier trimestre complet dira comment les réponses sont tenues et ce que les locataires en pensent."
    name, then = quarter_in_words(quarter), same_last_year(published, "PROMISE", quarter)
    found = [
        (words, now, measure(published, then) if then else None)
        for words, measure in _MEASURES.items()
        if (now := measure(published, quarter))
    ]
    if not found:
        return f"Au {name}, les réponses sont trop peu nombreuses pour dire comment elles sont tenues."
    compared = [(abs(clearness(now, before)), words, now, before) for words, now, before in found if before]
    clearest = max(compared, key=lambda one: one[0], default=None)
    if then and clearest and clearest[0] > CLEAR:
        _, words, now, before = clearest
        return (
            f"Au {name}, {percent(now.value)} {words}, {near(now)}. "
            f"C'était {percent(before.value)} au {quarter_in_words(then)}."
        )
    words, now, _ = found[0]
    said = f"Au {name}, {percent(now.value)} {words}, {near(now)}."
    if not then or not compared:
        return f"{said} L'année d'avant n'est pas publiée : il n'y a pas de comparaison."
    return f"{said} Ni les réponses ni la satisfaction ne s'écartent nettement {of_quarter(then)}."
