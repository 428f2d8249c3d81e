"""Leaving one household out of the figures of the network, at its wish; counting it again."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.permissions import Act
from service.journey.trends import objections
from service.staff.complaint.complaint import act, typed
from service.staff.request_context import ports
from service.staff.route import press


def leave_out(complaint_id: UUID) -> ResponseReturnValue:
    """Leave the household of a complaint out of later figures, or count it again."""
    is_on = typed("on") == "1"

    def use_case() -> None:
        objections.leave_out(g.staff.member_id, complaint_id, g.staff.id, is_on=is_on, ports=ports())

    done = "C'est noté : ce foyer ne comptera plus." if is_on else "C'est noté : ce foyer compte de nouveau."
    return act(complaint_id, use_case, done)


ROUTES = (press("/demandes/<uuid:complaint_id>/chiffres-du-reseau", leave_out, Act.SUPERVISE),)
