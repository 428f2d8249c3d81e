"""What a person does in the card in which people write, besides answering, asking and closing: see staff.complaint."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, Refusal
from service.journey.handling import partner_words
from service.journey.news import previews
from service.staff import refusals
from service.staff.complaint import attaching, hinting
from service.staff.complaint.complaint import act, seen, typed
from service.staff.complaint.complaint_page import page_of
from service.staff.complaint.compose import NOTE, PANES, PARTNER, Pane, hints_of, ready
from service.staff.request_context import ports
from service.staff.route import press

WAYS = {"email": "E-mail", "sms": "SMS", "phone": "À dire au téléphone", "post": "Lettre à imprimer"}


def tell_partner(complaint_id: UUID) -> ResponseReturnValue:
    """Write to the organisation that has the complaint."""

    def use_case() -> None:
        holder = attaching.receive(complaint_id, PARTNER.code)
        text = ready(complaint_id, PARTNER, typed(PARTNER.field), seen())
        partner_words.write(
            g.staff.member_id, complaint_id, g.staff.id, text=text, seen=seen(), ports=ports(), holder=holder
        )

    return act(complaint_id, use_case, "Votre message part au partenaire. Le locataire ne le voit pas.")


def note(complaint_id: UUID) -> ResponseReturnValue:
    """Keep words for the colleagues."""

    def use_case() -> None:
        holder = attaching.receive(complaint_id, NOTE.code)
        text = ready(complaint_id, NOTE, typed(NOTE.field), seen())
        partner_words.note(
            g.staff.member_id, complaint_id, g.staff.id, text=text, seen=seen(), ports=ports(), holder=holder
        )

    return act(complaint_id, use_case, "La note est gardée. Elle reste dans votre équipe.")


def preview(complaint_id: UUID) -> ResponseReturnValue:
    """Show what would leave, exactly, with what could be plainer. Nothing is sent; files wait under the form."""
    try:
        pane = _pane()
        holder = attaching.receive(complaint_id, pane.code)
        text = ready(complaint_id, pane, typed(pane.field), seen())
        draft = previews.Draft(pane.kind, text, pane.field, typed("outcome"), holder)
        found = previews.preview(g.staff.member_id, complaint_id, g.staff.id, draft, ports())
    except Refusal as refusal:
        return page_of(complaint_id, refusal), refusals.status_of(refusal)
    hints = hints_of(pane, text)
    shown = {"letters": found, "hints": hints, "ways": WAYS, "pane": pane, "told": hinting.told(hints)}
    return page_of(complaint_id, preview=shown)


def hold_files(complaint_id: UUID) -> ResponseReturnValue:
    """Take a file off the form on which it waits, keeping what is typed; or hold more of them. Nothing is sent."""
    try:
        pane = PANES.get(typed("ecrire"))
        if pane is None:
            raise BadInput("unknown_value", "ecrire")
        attaching.take_off(attaching.receive(complaint_id, pane.code))
    except Refusal as refusal:
        return page_of(complaint_id, refusal), refusals.status_of(refusal)
    return page_of(complaint_id)


def _pane() -> Pane:
    pane = PANES.get(typed("ecrire"))
    if pane is None or pane.kind not in previews.PURPOSES:
        raise BadInput("unknown_value", "ecrire")
    return pane


_ONE = "/demandes/<uuid:complaint_id>"
ROUTES = (
    press(f"{_ONE}/apercu", preview, name="preview"),
    press(f"{_ONE}/pieces", hold_files),
    press(f"{_ONE}/partenaire", tell_partner),
    press(f"{_ONE}/note", note),
)
