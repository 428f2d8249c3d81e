"""What a person does with a promise to the tenant: make it, say that it is done, take it back."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.journey.handling import commitments
from service.journey.handling.commitments import Owner
from service.staff.complaint.complaint import act, typed
from service.staff.request_context import ports
from service.staff.route import press


def commit(complaint_id: UUID) -> ResponseReturnValue:
    """Promise something to the tenant for a day."""

    def use_case() -> None:
        commitments.promise(
            g.staff.member_id, complaint_id, g.staff.id,
            what=typed("what").strip(), due_on=_day(typed("due_on"), "due_on"), owner=_owner(), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, use_case, "L'engagement est pris. Le locataire est prévenu.")


def keep_promise(complaint_id: UUID, commitment_id: UUID) -> ResponseReturnValue:
    """Say that it is done."""

    def use_case() -> None:
        commitments.keep(g.staff.member_id, complaint_id, g.staff.id, commitment_id, ports())

    return act(complaint_id, use_case, "C'est noté : l'engagement est tenu. Le locataire le voit sur sa page.")


def drop_promise(complaint_id: UUID, commitment_id: UUID) -> ResponseReturnValue:
    """Take a promise back, or put it to another day."""

    def use_case() -> None:
        given = typed("new_day")
        commitments.drop(
            g.staff.member_id, complaint_id, g.staff.id, commitment_id,
            why=typed("why_dropped").strip(), new_day=_day(given, "new_day") if given else None, ports=ports(),
        )  # fmt: skip

    return act(complaint_id, _of_the_new_day(use_case), "L'engagement est changé. Le locataire est prévenu.")


def _of_the_new_day(use_case: Callable[[], None]) -> Callable[[], None]:
    """Return the use case, whose refusals of a day point at the field of its own form."""

    def named() -> None:
        try:
            use_case()
        except BadInput as refusal:
            raise BadInput(refusal.code, "new_day" if refusal.field == "due_on" else refusal.field) from refusal

    return named


def _day(value: str, field: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadInput("not_a_day", field) from error


def _owner() -> Owner:
    kind, _, value = typed("owner").partition(":")
    try:
        owner_id = UUID(value)
    except ValueError as error:
        raise BadInput("unknown_value", "owner") from error
    return Owner(organisation_id=owner_id) if kind == "organisme" else Owner(team_id=owner_id)


_ONE = "/demandes/<uuid:complaint_id>/engagements"
ROUTES = (
    press(_ONE, commit),
    press(f"{_ONE}/<uuid:commitment_id>/fait", keep_promise),
    press(f"{_ONE}/<uuid:commitment_id>/retrait", drop_promise),
)
