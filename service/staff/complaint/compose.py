"""The card in which people write: to whom is chosen before the first word, and the words may come from a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.mending import fates
from service.domain.plain_words import Hint, hints
from service.domain.status import EventKind, Status, is_allowed
from service.domain.templates import Template, Use, fill, left_open
from service.journey import reading
from service.journey.closing import reviewers
from service.journey.handling import commitments, obstacles, partner_words
from service.journey.handling.handling import staff_member
from service.journey.handling.obstacles import Words
from service.journey.news import templates
from service.journey.reading import Sheet
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff.request_context import now


@dataclass(frozen=True)
class Pane:
    """One thing that may be written: to whom, in which field, with which templates; `leaves` says it goes outside."""

    code: str
    audience: str  # tenant, partner or internal
    label: str
    field: str
    use: Use | None
    kind: EventKind


ANSWER = Pane("reponse", "tenant", "Répondre", "text", Use.ANSWER, EventKind.ANSWERED)
QUESTION = Pane("question", "tenant", "Poser une question", "question", Use.QUESTION, EventKind.ASKED)
CLOSING = Pane("fin", "tenant", "Terminer", "sentence", Use.CLOSING, EventKind.CLOSED)
PARTNER = Pane("partenaire", "partner", "Écrire au partenaire", "partner_text", Use.PARTNER, EventKind.PARTNER_WRITTEN)
NOTE = Pane("note", "internal", "Note interne", "internal_note", None, EventKind.NOTED)
PANES = {pane.code: pane for pane in (ANSWER, QUESTION, CLOSING, PARTNER, NOTE)}
_TO_TENANT = (ANSWER, QUESTION, CLOSING)

HINTS = {
    "long_sentence": "Une phrase est longue : « {about} ». Coupez-la en deux.",
    "jargon": "« {about} » : écrivez plutôt « {instead} ».",
    "long_text": "Le message est long : {about} mots. Gardez l'essentiel.",
    "no_you": "Rien ne s'adresse au locataire. Dites « vous ».",
    "no_day": "Aucun jour n'est dit. Que se passe-t-il ensuite, et quand ?",
    "shouted": "« {about} » : les capitales se lisent comme un cri.",
}


@dataclass(frozen=True)
class Choice:
    """One template as the list shows it, its braces filled where something is known."""

    key: str
    name: str
    words: str


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/compose.html` shows."""
    staff = staff_member(session, g.staff.id)
    is_kept_off = reviewers.is_kept_off(session, sheet.complaint, staff)
    open_panes = _open_panes(sheet, is_kept_off=is_kept_off)
    pane = _pane(open_panes)
    choices = {one.code: _choices(session, sheet, staff, one) for one in open_panes}
    author = reviewers.contested(session, sheet.complaint) if is_kept_off else None
    promises = commitments.of_complaint(session, sheet.complaint.id)
    return {
        "panes": open_panes,
        "pane": pane,
        "choices": choices,
        "words": _words(session, sheet, staff, pane),
        "is_kept_off": is_kept_off,
        "others": reviewers.others(session, author) if is_kept_off else [],
        "promises": [one for one in promises if not one.kept_at and not one.dropped_at],
        "is_past": sheet.complaint.status == Status.CLOSED,
        "kept_back": _kept_back(sheet, open_panes),
    }


def _open_panes(sheet: Sheet, *, is_kept_off: bool) -> list[Pane]:
    status = Status(sheet.complaint.status)
    found = [] if is_kept_off else [pane for pane in _TO_TENANT if is_allowed(status, pane.kind)]
    if sheet.organisation and sheet.organisation.email and is_allowed(status, PARTNER.kind):
        found.append(PARTNER)
    return [*found, NOTE]


def _pane(open_panes: Sequence[Pane]) -> Pane:
    """Return the pane asked for, or written in, when it is open; else the first: what is most often written."""
    asked = PANES.get(request.values.get("ecrire", ""))
    asked = asked or next((pane for pane in PANES.values() if pane.field in request.form), None)
    if asked and asked not in open_panes and request.form:
        return NOTE  # They can no longer be sent, and are not lost.
    return asked if asked and asked in open_panes else open_panes[0]


def _kept_back(sheet: Sheet, open_panes: Sequence[Pane]) -> dict[int, str]:
    """Return the panes in which messages that were kept back may be taken up again, by their events."""
    of_kind: dict[str, str] = {pane.kind: pane.code for pane in open_panes}
    kept = {event_id for event_id, fate in fates(sheet.events).items() if fate.is_withheld}
    return {one.id: of_kind[one.kind] for one in sheet.events if one.id in kept and one.kind in of_kind}


def _choices(session: Session, sheet: Sheet, staff: Staff, pane: Pane) -> list[tuple[str, list[Choice]]]:
    """Return the templates of a pane in groups: those that fit the complaint, then the others."""
    if pane.use is None:
        return []
    facts = templates.facts_of(session, sheet, staff, pane.use, now())
    fitting = templates.for_complaint(session, sheet, pane.use, now())
    groups = (
        ("Pour cette demande", fitting),
        ("Autres modèles", [one for one in templates.all_of(session, pane.use) if one not in fitting]),
    )
    return [(label, [_choice(one, facts) for one in found]) for label, found in groups if found]


def _choice(template: Template, facts: Mapping[str, str]) -> Choice:
    own = " (le vôtre)" if template.is_own else ""
    return Choice(template.key, f"{template.name}{own}", fill(template.body, facts))


def _words(session: Session, sheet: Sheet, staff: Staff, pane: Pane) -> str:
    """Return what stands in the box: what was typed, was kept back before, or the template that was chosen."""
    typed = request.form.get(pane.field)
    if typed is None and pane == NOTE:
        typed = next((request.form[one.field] for one in PANES.values() if request.form.get(one.field)), None)
    if typed is None and (taken := _taken_up(sheet, pane)):
        return taken
    key = request.args.get("modele", "")
    template = templates.find(session, key) if typed is None and key else None
    if template is None or template.use != pane.use:
        return typed or ""
    return fill(template.body, templates.facts_of(session, sheet, staff, template.use, now()))


def _taken_up(sheet: Sheet, pane: Pane) -> str:
    """Return the words of the message that was kept back and is asked for again."""
    asked = request.args.get("reprendre", "")
    kept = next((event for event in sheet.events if str(event.id) == asked and event.kind == pane.kind), None)
    fate = fates(sheet.events).get(kept.id) if kept else None
    return fate.last_words if fate and fate.is_withheld else ""


def ready(complaint_id: UUID, pane: Pane, text: str, seen: int) -> str:
    """Return the words with what is known in the place of their braces, unless something stands in their way.

    Raises
    ------
    NotFound
        When the member has no such complaint.
    NotAllowed
        `written_meanwhile`: the person looks at what is new, and sends again. Otherwise as `obstacles.check`.

    """
    with member_transaction(g.staff.member_id) as session:
        sheet, staff = reading.sheet(session, complaint_id), staff_member(session, g.staff.id)
        if pane.use and left_open(text):
            text = fill(text, templates.facts_of(session, sheet, staff, pane.use, now()))
        words = Words(staff.name, pane.kind, text, pane.field, seen)
        status, again = Status(sheet.complaint.status), request.form.get("again", "")
        obstacles.check(status, sheet.events, words, now(), again=again)
        # A note goes nowhere: what others wrote changes nothing of it.
        if pane != NOTE and seen and partner_words.written_since(session, complaint_id, seen, staff.name, text):
            raise NotAllowed("written_meanwhile", pane.field)
    return text


def hints_of(pane: Pane, text: str) -> list[str]:
    """Return what could be plainer in words for a tenant, in sentences."""
    if pane.audience != "tenant":
        return []
    return sentences_of(hints(text, asks_for_a_day=pane == ANSWER))


def sentences_of(found: Sequence[Hint]) -> list[str]:
    """Return hints in words."""
    return [HINTS[hint.code].format(about=hint.about, instead=hint.instead) for hint in found]
