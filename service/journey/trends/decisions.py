"""You said, we did: what the group decided beside a theme, who answers for it, and what the figures say afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.decisions import (
    LONGEST,
    STATES,
    TAKEN_BACK,
    Effect,
    Verdict,
    check_days,
    check_subject,
    check_words,
    effect_of,
    months_after,
    months_compared,
)
from service.domain.errors import BadInput, NotFound
from service.domain.figures import Figure
from service.domain.taxonomy import FAMILIES, category_label
from service.journey.administration import audit
from service.journey.administration.audit import Actor
from service.journey.numbers import whole
from service.journey.people.accounts import Reader
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import network_transaction, shared_transaction
from service.journey.trends.published import Published
from service.models.trends import Decision

_LOG = "Vous avez dit, nous avons fait"
NOT_ASKED = "Aucun effet n'est attendu dans les chiffres."
NOT_YET = "Pas encore mesurable : il faut trois mois publiés avant, et trois après."
RETIRED = "Non mesurable : un mois a été retiré."
TOO_OLD = "Plus mesurable ici : ces mois ne sont plus montrés."
TOO_SMALL = "Non significatif : trop peu de foyers pour mesurer un effet."
_CAUSES = "Ce n'est pas une preuve : la saison ou autre chose a pu jouer."


@dataclass(frozen=True)
class Typed:
    """What a reader writes."""

    subject: str
    said: str
    decided: str
    owner: str
    decided_on: date
    state: str
    measured_from: date | None


@dataclass(frozen=True)
class DecisionLine:
    """One decision as people read it."""

    id: UUID
    subject: str  # a category or a family
    label: str
    said: str
    decided: str
    owner: str
    decided_on: date
    state: str
    state_label: str
    measured_from: date | None
    effect: str


def write(typed: Typed, reader: Reader, ports: Ports) -> None:
    """Write down a decision; the same words of the same day are written once.

    Raises
    ------
    BadInput
        With the field that is wrong.

    """
    values = _checked(typed, ports)
    with shared_transaction() as session:
        known = select(Decision.id).where(
            *(getattr(Decision, name) == values[name] for name in ("subject", "said", "decided", "decided_on"))
        )
        if session.scalars(known).first():
            return
        now = ports.clock.now()
        session.add(Decision(**values, written_by=reader.name, at=now))
        audit.write(session, None, _actor(reader), "created", _about(typed.subject), at=now, after=_logged(values))


def change(decision_id: UUID, state: str, measured_from: date | None, reader: Reader, ports: Ports) -> None:
    """Say how far a decision is, and from when its effect is looked for.

    Raises
    ------
    NotFound, BadInput
        When there is no such decision, or with the field that is wrong.

    """
    _check_state(state)
    with shared_transaction() as session:
        decision = session.get(Decision, decision_id, with_for_update=True)
        if decision is None:
            raise NotFound("decision")
        now = ports.clock.now()
        check_days(decision.decided_on, measured_from, now.astimezone(PARIS).date())
        before = _logged({"state": decision.state, "measured_from": decision.measured_from})
        decision.state, decision.measured_from = state, measured_from
        after = _logged({"state": state, "measured_from": measured_from})
        audit.write_change(session, None, _actor(reader), _about(decision.subject), before, after, at=now)


def take_back(decision_id: UUID, reader: Reader, ports: Ports) -> None:
    """Blank the words of a decision for good, and drop it; twice is once.

    Raises
    ------
    NotFound
        When there is no such decision.

    """
    with shared_transaction() as session:
        decision = session.get(Decision, decision_id, with_for_update=True)
        if decision is None:
            raise NotFound("decision")
        if is_taken_back(decision):
            return
        decision.said = decision.decided = decision.owner = TAKEN_BACK
        decision.state, decision.measured_from = "dropped", None
        audit.write(
            session, None, _actor(reader), "removed", _about(decision.subject), at=ports.clock.now(),
            before={"words": list(LONGEST)},
        )  # fmt: skip


def is_taken_back(one: Decision | DecisionLine) -> bool:
    """Say whether the words of a decision were blanked."""
    return {one.said, one.decided, one.owner} == {TAKEN_BACK}


def _checked(typed: Typed, ports: Ports) -> dict[str, object]:
    values = asdict(typed) | check_words({name: getattr(typed, name) for name in ("said", "decided", "owner")})
    check_subject(typed.subject)
    _check_state(typed.state)
    check_days(typed.decided_on, typed.measured_from, ports.clock.now().astimezone(PARIS).date())
    return values


def _check_state(state: str) -> None:
    if state not in STATES:
        raise BadInput("unknown_value", "state")


def _actor(reader: Reader) -> Actor:
    return Actor(reader.name, reader.id)


def _about(subject: str) -> str:
    """Return what the log names a decision by: it is kept for good, so that it holds none of the words."""
    return f"{_LOG} : {label_of(subject)}"


def _logged(values: Mapping[str, object]) -> dict[str, object]:
    plain = {name: value for name, value in values.items() if name not in LONGEST}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}


def read_decisions(published: Published) -> list[DecisionLine]:
    """Return all decisions, the latest first, each with what the published figures say of its effect."""
    with network_transaction() as session:
        return [_line(one, published) for one in _all(session)]


def _all(session: Session) -> Sequence[Decision]:
    return session.scalars(select(Decision).order_by(Decision.decided_on.desc(), Decision.at.desc())).all()


def _line(one: Decision, published: Published) -> DecisionLine:
    return DecisionLine(
        one.id, one.subject, label_of(one.subject), one.said, one.decided, one.owner, one.decided_on, one.state,
        STATES[one.state], one.measured_from, effect_in_words(one.subject, one.measured_from, published),
    )  # fmt: skip


def label_of(subject: str) -> str:
    """Return the name of a theme or a subject."""
    return FAMILIES.get(subject) or category_label(subject)


def effect_in_words(subject: str, first: date | None, published: Published) -> str:
    """Return what the figures of a theme or subject say from a month on."""
    if first is None:
        return NOT_ASKED
    found = measured(subject, first, published)
    if isinstance(found, Effect):
        return _in_words(found)
    return found


def measured(subject: str, first: date, published: Published) -> Effect | str:
    """Return the effect of a decision, or the words that say why there is none."""
    after, months, is_retired = months_after(first), published.months, False
    products = ("MF", "AF") if subject in FAMILIES else ("C1",)
    retired = {one.period for one in published.errata if one.is_withdrawn and one.product in products}
    if months and first < months[0]:
        return TOO_OLD
    for is_year_before in (True, False):
        before = months_compared(first, is_year_before=is_year_before)
        if set(after) | set(before) <= set(months) | retired:
            now, then = (_figures(subject, run, published) for run in (after, before))
            if now is None or then is None:
                is_retired = True
                continue
            return effect_of(now, then, is_year_before=is_year_before) or TOO_SMALL
    return RETIRED if is_retired else NOT_YET


def _figures(subject: str, months: Sequence[date], published: Published) -> list[Figure] | None:
    tables = [published.families(one)[2] if subject in FAMILIES else published.table("C1", one) for one in months]
    return [table[subject] for table in tables] if all(subject in table for table in tables) else None


def _in_words(found: Effect) -> str:
    against = "les mêmes mois un an avant" if found.is_year_before else "les trois mois d'avant"
    said = (
        f"{whole(found.after)} foyers par mois sur trois mois, contre {whole(found.before)} {against} "
        f"(seuil {whole(found.margin)})"
    )
    if found.verdict == Verdict.WITHIN_MARGIN:
        return f"{said} : l'écart ne dépasse pas le seuil."
    return f"{said} : {'en hausse' if found.verdict == Verdict.MORE else 'en baisse'}. {_CAUSES}"
