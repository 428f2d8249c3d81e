"""The page of one complaint: what each of its parts reads, and what all of them share."""

from collections.abc import Mapping
from uuid import UUID

from flask import g, render_template, request

from service.domain.closing import CHOICES, MAX_LESSON, OUTCOMES, REMEDIES
from service.domain.errors import Refusal
from service.domain.grammar import telling
from service.domain.safety import advice_for
from service.domain.status import EventKind, Status, is_allowed
from service.domain.submission import MAX_REASON
from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.journey import reading
from service.journey.handling.obstacles import SaidAlready
from service.journey.letters.mediation import mediation_of
from service.journey.transactions import member_transaction
from service.models.complaint import Event
from service.staff import opinions, refusals, wording
from service.staff.complaint import (
    clocks,
    commitments,
    complaint_head,
    compose,
    contested,
    files,
    incidents,
    mending,
    neighbourhood,
    news,
    objection,
    place,
    rules,
    secrecy,
    subject,
    transfers,
    views,
)
from service.staff.complaint.highlight import mark_words
from service.staff.complaint.timeline import chosen, entries
from service.staff.inbox import presence
from service.staff.request_context import today

# Each is a template of staff/panels, which reads its part of `panels`.
PANELS = {
    "head": complaint_head.panel,
    "compose": compose.panel,
    "subject": subject.panel,
    "rules": rules.panel,
    "transfers": transfers.panel,
    "clocks": clocks.panel,
    "commitments": commitments.panel,
    "around": neighbourhood.panel,
    "tenant": contested.panel,
    "files": files.panel,
    "incidents": incidents.panel,
    "mending": mending.panel,
    "news": news.panel,
    "objection": objection.panel,
    "opinion": opinions.panel,
    "place": place.panel,
    "presence": presence.panel,
    "secrecy": secrecy.panel,
    "views": views.panel,
}
MEANWHILE = "written_meanwhile"  # somebody wrote since the page was shown: what is new is marked on it


def page_of(complaint_id: UUID, refusal: Refusal | None = None, *, preview: Mapping[str, object] | None = None) -> str:
    """Return the page as it stands, with what was typed and what was refused of it; that one looked is written down.

    A complaint that does not exist here is refused a second time, and ends as a 404.
    """
    views.look(complaint_id)
    with member_transaction(g.staff.member_id) as session:
        sheet = reading.sheet(session, complaint_id)
        colleagues = reading.colleagues(session)
        panels = {name: panel(session, sheet) for name, panel in PANELS.items()}
    complaint, last = sheet.complaint, sheet.events[-1].id
    weighed = telling(complaint.words)
    before = _seen_before()
    is_meanwhile = refusal is not None and refusal.code == MEANWHILE
    return render_template(
        "staff/complaint.html",
        sheet=sheet,
        panels=panels,
        complaint=complaint,
        timeline=chosen(entries(sheet.events, fresh_after=before if is_meanwhile else None), request.args.get("fil")),
        thread=request.args.get("fil", ""),
        # Whoever sends again after looking at what is new has seen it; a double click keeps its first page.
        seen=before if before and not is_meanwhile else last,
        decided=_last(sheet, EventKind.CLASSIFIED, EventKind.CORRECTED, EventKind.CONFIRMED),
        weighed=weighed,
        pieces=mark_words(complaint.text, weighed),
        hesitation=wording.hesitation(complaint),
        failed=_last(sheet, EventKind.DELIVERY_FAILED),
        # The last line speaks to whoever reads the page; a colleague on the phone says the others.
        advice=advice_for(complaint.danger_types)[:-1] or advice_for([]),
        colleagues=colleagues,
        allowed={kind.value for kind in EventKind if is_allowed(Status(complaint.status), kind)},
        typed=request.form,
        errors={refusal.field or "": refusals.in_french(refusal)} if refusal else {},
        preview=preview,
        again=refusal.event_id if isinstance(refusal, SaidAlready) else None,
        today=today(),
        families=FAMILIES,
        categories=categories().values(),
        urgencies=urgencies().values(),
        outcomes=OUTCOMES,
        choices=CHOICES,
        remedies=REMEDIES,
        max_lesson=MAX_LESSON,
        mediation=mediation_of(sheet.member),
        max_reason=MAX_REASON,
    )


def _seen_before() -> int | None:
    """Return the last event of the page the form stood on, when a form was sent from one."""
    sign = request.form.get("seen", "")
    return int(sign) if sign.isascii() and sign.isdecimal() and len(sign) < len(str(2**63)) else None


def _last(sheet: reading.Sheet, *kinds: EventKind) -> Event | None:
    """Return the latest event of these kinds: who decided of the subject, who a failed delivery was given to."""
    return next((event for event in reversed(sheet.events) if event.kind in kinds), None)
