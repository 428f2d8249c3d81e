"""What a person does with a message that has not left yet: change it, send it at once, keep it back."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.journey.news import mending
from service.staff.complaint.complaint import act, seen, typed
from service.staff.request_context import ports


def mend(complaint_id: UUID, event_id: int) -> ResponseReturnValue:
    """Change the words."""

    def use_case() -> None:
        mending.mend(
            g.staff.member_id, complaint_id, event_id, g.staff.id,
            text=typed("mended"), seen=seen("seen_words"), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, use_case, "Le message est changé. Il part à l'heure prévue.")


def send_now(complaint_id: UUID, event_id: int) -> ResponseReturnValue:
    """Let it leave at once."""

    def use_case() -> None:
        mending.send_now(g.staff.member_id, complaint_id, event_id, g.staff.id, ports())

    return act(complaint_id, use_case, "Le message part.")


def withhold(complaint_id: UUID, event_id: int) -> ResponseReturnValue:
    """Keep it back."""

    def use_case() -> None:
        mending.withhold(g.staff.member_id, complaint_id, event_id, g.staff.id, ports())

    return act(complaint_id, use_case, "Le message est retenu : le locataire ne le recevra pas.")
