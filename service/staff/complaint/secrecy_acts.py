"""What people do to keep a complaint to those who are named for it, or to open it again."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.journey.inbox import secrecy
from service.staff.complaint.complaint import act, typed
from service.staff.request_context import ports
from service.staff.route import press


def mark(complaint_id: UUID) -> ResponseReturnValue:
    """Keep the complaint to the people named, or open it to all again."""
    is_on = typed("on") == "1"

    def use_case() -> None:
        secrecy.mark(
            g.staff.member_id, complaint_id, g.staff.id,
            is_on=is_on, reason=typed("secrecy_reason").strip(), ports=ports(),
        )  # fmt: skip

    done = "La demande est réservée." if is_on else "La demande n'est plus réservée par une personne."
    return act(complaint_id, use_case, done)


def confide(complaint_id: UUID) -> ResponseReturnValue:
    """Name a colleague for the complaint, or take the name away."""
    is_on = typed("on") == "1"

    def use_case() -> None:
        secrecy.confide(g.staff.member_id, complaint_id, g.staff.id, to_id=_person(), is_on=is_on, ports=ports())

    return act(complaint_id, use_case, "C'est noté : cette personne voit la demande." if is_on else "C'est noté.")


def _person() -> UUID:
    try:
        return UUID(typed("to"))
    except ValueError as error:
        raise BadInput("unknown_value", "to") from error


_ONE = "/demandes/<uuid:complaint_id>"
ROUTES = (
    press(f"{_ONE}/reserve", mark, name="mark_sensitive"),
    press(f"{_ONE}/reserve/personnes", confide, name="confide"),
)
