"""One complaint: everything known of it, and the five things a person may do."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.closing import CHOICES, MEDIATION, OUTCOMES
from service.domain.errors import BadInput, Refusal
from service.domain.safety import advice_for
from service.domain.status import EventKind, Status, is_allowed
from service.domain.submission import MAX_REASON
from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.journey import classification, closing, handling, reading, steps
from service.journey.transactions import member_transaction
from service.models.complaint import Event
from service.staff import (
    clocks,
    contested,
    files,
    incidents,
    mending,
    news,
    opinions,
    refusals,
    rules,
    transfers,
    wording,
)
from service.staff.highlight import mark_words
from service.staff.request_context import ports, today
from service.staff.timeline import entries

# Each is a template of staff/panels, which reads its part of `panels`.
PANELS = {
    "rules": rules.panel,
    "transfers": transfers.panel,
    "clocks": clocks.panel,
    "tenant": contested.panel,
    "files": files.panel,
    "incidents": incidents.panel,
    "mending": mending.panel,
    "news": news.panel,
    "opinion": opinions.panel,
}


def show(complaint_id: UUID) -> str:
    """Show the complaint."""
    return _page(complaint_id)


def correct(complaint_id: UUID) -> ResponseReturnValue:
    """Take the person's word for the subject and the urgency; the complaint is routed again."""

    def use_case() -> None:
        classification.correct(
            g.staff.member_id, complaint_id, g.staff.id,
            category=typed("category"), urgency=typed("urgency"), reason=typed("reason").strip(), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, use_case, "Le sujet est enregistré. La demande a été orientée de nouveau.")


def confirm(complaint_id: UUID) -> ResponseReturnValue:
    """Take the person's word that the subject is right; nothing else changes."""

    def use_case() -> None:
        classification.confirm(g.staff.member_id, complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "C'est noté : le sujet est vérifié.")


def assign(complaint_id: UUID) -> ResponseReturnValue:
    """Give the complaint to a colleague, or take it."""

    def use_case() -> None:
        handling.assign(g.staff.member_id, complaint_id, g.staff.id, _assignee(), ports())

    return act(complaint_id, use_case, "La demande est attribuée.")


def answer(complaint_id: UUID) -> ResponseReturnValue:
    """Answer the tenant, once for each form shown."""

    def use_case() -> None:
        text = typed("text")
        handling.answer(
            g.staff.member_id, complaint_id, g.staff.id, text=text, seen=seen(), ports=ports(), at_once=at_once()
        )

    return act(complaint_id, use_case, "Votre réponse est enregistrée et part au locataire.")


def close(complaint_id: UUID) -> ResponseReturnValue:
    """Close the complaint with an outcome and a sentence."""

    def use_case() -> None:
        sentence = typed("sentence")
        closing.close(
            g.staff.member_id, complaint_id, g.staff.id,
            outcome=typed("outcome"), sentence=sentence, ports=ports(), at_once=at_once(),
        )  # fmt: skip

    return act(complaint_id, use_case, "La demande est terminée. Le locataire peut la rouvrir.")


def act(complaint_id: UUID, use_case: Callable[[], None], success: str) -> ResponseReturnValue:
    """Do what was asked and show the complaint anew, or show the form again with what was typed.

    A complaint that does not exist here is refused a second time by its page, and ends as a 404.
    """
    try:
        use_case()
    except Refusal as refusal:
        return _page(complaint_id, {refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    steps.follow(g.staff.member_id, complaint_id, ports())
    flash(success)
    return redirect(url_for("staff.show", complaint_id=complaint_id), 303)


def _page(complaint_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        sheet = reading.sheet(session, complaint_id)
        colleagues = reading.colleagues(session)
        panels = {name: panel(session, sheet) for name, panel in PANELS.items()}
    complaint = sheet.complaint
    allowed = {kind.value for kind in EventKind if is_allowed(Status(complaint.status), kind)}
    return render_template(
        "staff/complaint.html",
        sheet=sheet,
        panels=panels,
        complaint=complaint,
        timeline=entries(list(sheet.events)),
        seen=sheet.events[-1].id,
        decided=_last(sheet, EventKind.CLASSIFIED, EventKind.CORRECTED, EventKind.CONFIRMED),
        pieces=mark_words(complaint.text, complaint.words),
        hesitation=wording.hesitation(complaint),
        failed=_last(sheet, EventKind.DELIVERY_FAILED),
        # The last line speaks to whoever reads the page; a colleague on the phone says the others.
        advice=advice_for(complaint.danger_types)[:-1] or advice_for([]),
        colleagues=colleagues,
        allowed=allowed,
        typed=request.form,
        errors=errors or {},
        today=today(),
        families=FAMILIES,
        categories=categories().values(),
        urgencies=urgencies().values(),
        outcomes=OUTCOMES,
        choices=CHOICES,
        mediation=MEDIATION,
        max_reason=MAX_REASON,
    )


def _last(sheet: reading.Sheet, *kinds: EventKind) -> Event | None:
    """Return the latest event of these kinds: who decided of the subject, who a failed delivery was given to."""
    return next((event for event in reversed(sheet.events) if event.kind in kinds), None)


def typed(field: str) -> str:
    """Return what was typed, with the line ends people mean."""
    return request.form.get(field, "").replace("\r\n", "\n")


def _assignee() -> UUID:
    try:
        return UUID(typed("assignee"))
    except ValueError as error:
        raise BadInput("unknown_value", "assignee") from error


def at_once() -> bool:
    """Say whether the message was asked to leave without waiting."""
    return typed("at_once") == "1"


def seen(field: str = "seen") -> int:
    """Return the last event of the page the form stood on; nothing readable means the page was tampered with."""
    sign = typed(field)
    return int(sign) if sign.isascii() and sign.isdecimal() and len(sign) < len(str(2**63)) else 0
