"""What a person does with a delay: ask the tenant, put the full answer back once, take a danger in hand."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.journey.clocks import extension
from service.journey.danger import paging
from service.journey.handling import handling
from service.staff.complaint import attaching, hinting
from service.staff.complaint.complaint import act, at_once, seen, typed
from service.staff.complaint.compose import QUESTION, ready
from service.staff.request_context import ports


def ask(complaint_id: UUID) -> ResponseReturnValue:
    """Ask the tenant something; the delays that may wait do."""

    def use_case() -> None:
        holder = attaching.receive(complaint_id, QUESTION.code)
        question = ready(complaint_id, QUESTION, typed("question"), seen())
        hinting.check(QUESTION, question)
        handling.ask(
            g.staff.member_id, complaint_id, g.staff.id,
            text=question, seen=seen(), ports=ports(), at_once=at_once(), holder=holder,
        )  # fmt: skip

    return act(complaint_id, use_case, "Votre question part au locataire.")


def extend(complaint_id: UUID) -> ResponseReturnValue:
    """Put the full answer back; the tenant reads why."""

    def use_case() -> None:
        reason = typed("extension_reason").strip()
        extension.extend(g.staff.member_id, complaint_id, g.staff.id, days=_days(), reason=reason, ports=ports())

    return act(complaint_id, use_case, "Le délai est prolongé. Le locataire est prévenu.")


def take(complaint_id: UUID) -> ResponseReturnValue:
    """Say that one has the danger; the calls stop."""

    def use_case() -> None:
        paging.take(g.staff.member_id, complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "C'est noté\u00a0: vous vous en occupez. Les appels s'arrêtent.")


def _days() -> int:
    sign = typed("days").strip()
    if not (sign.isascii() and sign.isdecimal() and len(sign) < len("1000")):
        raise BadInput("not_a_number_of_days", "days")
    return int(sign)
