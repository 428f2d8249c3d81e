"""What staff answer to a tenant who contests: it was right. A correction or a transfer answers too, by its own form."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.journey.closing import contesting
from service.staff.complaint.complaint import act
from service.staff.request_context import ports


def uphold(complaint_id: UUID) -> ResponseReturnValue:
    """Say that it was right; the tenant reads so."""

    def use_case() -> None:
        contesting.uphold(g.staff.member_id, complaint_id, g.staff.id, ports())

    return act(complaint_id, use_case, "C'est noté : le locataire est prévenu que vous avez vérifié.")
