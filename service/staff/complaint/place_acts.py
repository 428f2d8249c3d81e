"""Giving a complaint its place: two buttons of one form, one that looks and one that keeps."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.journey.handling import placing
from service.journey.handling.placing import Chosen
from service.staff.complaint.complaint import act, typed
from service.staff.complaint.complaint_page import page_of
from service.staff.request_context import ports
from service.staff.route import press


def place(complaint_id: UUID) -> ResponseReturnValue:
    """Look for a place, which keeps nothing, or take the person's word for the one they chose."""
    if typed("action") != "keep":
        return page_of(complaint_id)

    def use_case() -> None:
        placing.place(g.staff.member_id, complaint_id, g.staff.id, _chosen(), ports())

    return act(complaint_id, use_case, "Le lieu est enregistré.")


def _chosen() -> Chosen:
    kind, _, value = typed("place").partition(":")
    try:
        found = UUID(value)
    except ValueError as error:
        raise BadInput("not_a_place", "place") from error
    if kind == "logement":
        return Chosen(dwelling_id=found)
    return Chosen(residence_id=found) if kind == "residence" else Chosen()


ROUTES = (press("/demandes/<uuid:complaint_id>/lieu", place),)
