"""One complaint: everything known of it, and the five things a person may do."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, Refusal
from service.journey import steps
from service.journey.classification import classification
from service.journey.closing import closing
from service.journey.closing.asides import Aside
from service.journey.handling import handling
from service.staff import refusals
from service.staff.complaint import attaching, hinting, secrecy, sorting
from service.staff.complaint.complaint_page import page_of
from service.staff.complaint.compose import ANSWER, CLOSING, ready
from service.staff.inbox import came_from
from service.staff.request_context import ports


def show(complaint_id: UUID) -> str:
    """Show the complaint."""
    came_from.note_the_list()
    return page_of(complaint_id)


def correct(complaint_id: UUID) -> ResponseReturnValue:
    """Take the person's word for the subject and the urgency; the complaint is routed again."""

    def use_case() -> None:
        classification.correct(
            g.staff.member_id, complaint_id, g.staff.id,
            category=typed("category"), urgency=typed("urgency"), reason=typed("reason").strip(), ports=ports(),
            seen=seen(),
        )  # fmt: skip

    said = "Le sujet est enregistré. La demande a été orientée de nouveau."
    return act(complaint_id, use_case, said, is_sorting=True)


def confirm(complaint_id: UUID) -> ResponseReturnValue:
    """Take the person's word that the subject is right; nothing else changes."""

    def use_case() -> None:
        classification.confirm(g.staff.member_id, complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "C'est noté : le sujet est vérifié.", is_sorting=True)


def assign(complaint_id: UUID) -> ResponseReturnValue:
    """Give the complaint to a colleague, or take it."""

    def use_case() -> str:
        given = handling.assign(g.staff.member_id, complaint_id, g.staff.id, _assignee(), ports())
        away = f"{given.instead_of.name} n'est pas là : la" if given.instead_of else "La"
        return f"{away} demande est attribuée à {given.to.name}."

    return act(complaint_id, use_case)


def answer(complaint_id: UUID) -> ResponseReturnValue:
    """Answer the tenant, once for each form shown."""

    def use_case() -> None:
        holder = attaching.receive(complaint_id, ANSWER.code)
        text = ready(complaint_id, ANSWER, typed("text"), seen())
        hinting.check(ANSWER, text)
        handling.answer(
            g.staff.member_id, complaint_id, g.staff.id,
            text=text, seen=seen(), ports=ports(), at_once=at_once(), holder=holder,
        )  # fmt: skip

    return act(complaint_id, use_case, "Votre réponse est enregistrée et part au locataire.")


def close(complaint_id: UUID) -> ResponseReturnValue:
    """Close the complaint with an outcome and a sentence."""

    def use_case() -> None:
        sentence = ready(complaint_id, CLOSING, typed("sentence"), seen())
        hinting.check(CLOSING, sentence)
        closing.close(
            g.staff.member_id, complaint_id, g.staff.id,
            outcome=typed("outcome"), sentence=sentence, ports=ports(), at_once=at_once(), seen=seen(),
            aside=Aside(typed("goes_on"), typed("remedy"), typed("lesson")),
        )  # fmt: skip

    return act(complaint_id, use_case, "La demande est terminée. Le locataire peut la rouvrir.")


def act(
    complaint_id: UUID, use_case: Callable[[], str | None], success: str = "", *, is_sorting: bool = False
) -> ResponseReturnValue:
    """Do what was asked and show the complaint anew, or show the form again with what was typed.

    What is said of it is `success`, or what the act itself returns. Once it is sorted, the next of the list may open
    instead.

    A complaint that does not exist here is refused a second time by its page, and ends as a 404.
    """
    step = sorting.walk(complaint_id) if is_sorting else None
    try:
        told = use_case()
    except Refusal as refusal:
        return page_of(complaint_id, refusal), refusals.status_of(refusal)
    except hinting.Hinted as hinted:
        return page_of(complaint_id, preview=hinted.shown)
    steps.follow(g.staff.member_id, complaint_id, ports())
    onward = sorting.onward(step) if step else None
    if onward is not None:
        return onward
    flash(told or success)
    return secrecy.leave_if_out_of_sight(complaint_id) or redirect(
        url_for("staff.show", complaint_id=complaint_id), 303
    )


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
