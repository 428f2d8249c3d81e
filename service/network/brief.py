"""The month and the quarter in six figures, each with what it is made of, its margin, and the year before."""

from datetime import date

from service.domain.estimates import Estimate, Span, rate, total
from service.domain.feedback import SATISFIED_FROM
from service.domain.taxonomy import FAMILIES
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.numbers import whole
from service.journey.trends.published import Published
from service.network.answers import answers_of, changed_desks, days_of, kept_and_broken, notes_of, reached_by, satisfied
from service.network.comparing import writers
from service.network.dictionary import AMONG
from service.network.figures import count, days, in_days, margin, near, percent, rate_or_not, span
from service.network.sheet import NOT_SHOWN, Section, Tile
from service.network.timeline import errata_of, last_of, same_last_year, stock_of

_ALL = tuple(FAMILIES)
_TOO_FEW = "trop peu de foyers pour le dire."
_PROMISE_HELP = {
    "answer": "À temps : au plus tard le jour promis. Un foyer compte une fois par thème.",
    "full": f"À temps : au plus tard le jour promis, {AMONG}. Un foyer compte une fois par thème.",
}
_AWAITED = "Pas encore de trimestre publié."


def make_brief(published: Published, month: date) -> Section:
    """Return the tiles of a month and of the last quarter that is published."""
    return Section(
        slug="bref",
        title="L'essentiel en six chiffres",
        intro=(
            "Un foyer est un logement d'où l'on a écrit : dix messages du même logement font un foyer. "
            "La marge vient du petit écart tiré au hasard qui protège les foyers."
        ),
        tiles=(
            _writing(published, month),
            _promise(published, "answer", "Premières réponses à temps"),
            _promise(published, "full", "Réponses complètes à temps"),
            _desks(published),
            _notes(published),
            _delay(published),
        ),
        errata=errata_of(published, "MODEL", "PROMISE", "BOUNCE", "Q2", "Q3", "SATIS", "DELAY_FAM"),
    )


def _writing(published: Published, month: date) -> Tile:
    figure, stock, then = (
        writers(published, month),
        stock_of(published, "MODEL", month),
        same_last_year(published, "MODEL", month),
    )
    found = rate(figure, stock) if figure else None
    before = writers(published, then) if then else None
    known = rate(before, stock_of(published, "MODEL", then)) if before and then else None
    return Tile(
        label="Foyers ayant écrit",
        value=rate_or_not(found),
        unit="pour 1\u202f000 logements",
        detail=(
            f"{month_in_words(month).capitalize()} : {whole(figure.noisy)} foyers sur {whole(stock)} logements, à "
            f"{margin(found.margin)} près pour 1\u202f000."
            if figure and found
            else f"{month_in_words(month).capitalize()} : {_TOO_FEW}"
        ),
        before=_before("month", then, rate_or_not(known)),
        help="Chaque foyer est compté une fois, quels que soient ses sujets.",
    )


def _promise(published: Published, promise: str, label: str) -> Tile:
    quarter = last_of(published, "PROMISE")
    if quarter is None:
        return _awaited(label)
    kept, broken = kept_and_broken(published, quarter, promise, _ALL)
    found, then = answers_of(published, quarter, promise), same_last_year(published, "PROMISE", quarter)
    return _share(
        label,
        found,
        f"{quarter_in_words(quarter).capitalize()} : {count(kept)} réponses comptées sur "
        f"{count(total((kept, broken)))}",
        _before("quarter", then, _percent(answers_of(published, then, promise) if then else None)),
        _PROMISE_HELP[promise],
    )


def _desks(published: Published) -> Tile:
    label, quarter = "Demandes qui ont changé de service", last_of(published, "BOUNCE")
    if quarter is None:
        return _awaited(label)
    changed, written = (
        total(published.table("BOUNCE", quarter).values()),
        total(published.subjects(quarter)[2].values()),
    )
    then = same_last_year(published, "BOUNCE", quarter)
    return _share(
        label,
        changed_desks(published, quarter),
        f"{quarter_in_words(quarter).capitalize()} : {count(changed)} foyers, pour {count(written)} sujets signalés",
        _before("quarter", then, _percent(changed_desks(published, then) if then else None)),
        "Un foyer compte une fois par trimestre, même si plusieurs de ses demandes ont changé de service.",
    )


def _notes(published: Published) -> Tile:
    label, quarter = "Notes de 7 à 10", last_of(published, "SATIS")
    if quarter is None:
        return _awaited(label)
    notes, then = notes_of(published, quarter), same_last_year(published, "SATIS", quarter)
    return _share(
        label,
        satisfied(published, quarter),
        f"{quarter_in_words(quarter).capitalize()} : {count(total(notes[SATISFIED_FROM:]))} foyers sur "
        f"{count(total(notes))}",
        _before("quarter", then, _percent(satisfied(published, then) if then else None)),
        "La note, de 0 à 10, est donnée après la fin d'une demande par les foyers qui ont bien voulu répondre.",
    )


def _delay(published: Published) -> Tile:
    label, month = "Délai de la réponse complète", last_of(published, "DELAY_FAM")
    if month is None:
        return Tile(label, NOT_SHOWN)
    found, then = reached_by(published, month, 0.5), same_last_year(published, "DELAY_FAM", month)
    before = reached_by(published, then, 0.5) if then else None
    answered = total(days_of(published, month))
    return Tile(
        label=label,
        value=days(found.value) if found else NOT_SHOWN,
        unit="jours ouvrés, au milieu",
        detail=f"{month_in_words(month).capitalize()} : {count(answered)} foyers{_between(found)}",
        before=_before("month", then, span(before)),
        help="La moitié des foyers a attendu moins, l'autre moitié plus.",
    )


def _between(found: Span | None) -> str:
    return f", entre {days(found.least)} et {in_days(found.most)}." if found else "."


def _share(label: str, found: Estimate | None, made_of: str, before: str, help_: str) -> Tile:
    return Tile(
        label=label,
        value=_percent(found),
        detail=f"{made_of}, {near(found)}." if found else f"{made_of.partition(' :')[0]} : {_TOO_FEW}",
        before=before,
        help=help_,
    )


def _awaited(label: str) -> Tile:
    return Tile(label, NOT_SHOWN, detail=_AWAITED)


def _percent(found: Estimate | None) -> str:
    return NOT_SHOWN if found is None else percent(found.value)


def _before(length: str, then: date | None, value: str) -> str:
    if then is None:
        return "Un an avant : non publié."
    return (
        f"{(month_in_words if length == 'month' else quarter_in_words)(then).capitalize()} : {value.removesuffix('.')}."
    )
