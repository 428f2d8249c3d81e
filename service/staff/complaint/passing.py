"""What a person does with a complaint that is for somebody else: transfer it, hand it back, pass it to a member."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotFound
from service.journey import steps
from service.journey.routing import referrals, transfers
from service.journey.routing.transfers import TransferTarget
from service.staff.complaint.complaint import act, seen, typed
from service.staff.request_context import ports

NOBODY_KNOWN = "inconnu"
# field of a refusal -> field of each form
_TRANSFER = {"reason": "why", "words": "because"}
_REFUSAL = {"to": "refused_to", "reason": "refusal", "words": "refusal_words"}
_PASSAGE = {"to": "member", "reason": "member_why", "words": "member_because"}


def transfer(complaint_id: UUID) -> ResponseReturnValue:
    """Bring the complaint to another team, supplier or authority."""

    def use_case() -> None:
        target = _target(typed("to"), typed("follower"), with_text="with_text" in request.form)
        transfers.transfer(
            g.staff.member_id, complaint_id, g.staff.id,
            to=target, reason=typed("why"), words=typed("because").strip(), seen=seen(), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, _naming(_TRANSFER, use_case), "La demande est transmise. Le locataire est prévenu.")


def refuse(complaint_id: UUID) -> ResponseReturnValue:
    """Hand the complaint back, naming who should have it, or nobody: a person then looks for them."""

    def use_case() -> None:
        named = typed("refused_to")
        target = TransferTarget() if named == NOBODY_KNOWN else _target(named)
        transfers.refuse(
            g.staff.member_id, complaint_id, g.staff.id,
            to=target, reason=typed("refusal"), words=typed("refusal_words").strip(), seen=seen(), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, _naming(_REFUSAL, use_case), "C'est noté. La demande a changé de mains.")


def pass_on(complaint_id: UUID) -> ResponseReturnValue:
    """Pass the complaint to another member; it begins anew there at once."""

    def use_case() -> None:
        passed = referrals.pass_on(
            g.staff.member_id, complaint_id, g.staff.id,
            to_member_id=_id(typed("member"), "to"), reason=typed("member_why"), words=typed("member_because").strip(),
            seen=seen(), ports=ports(),
        )  # fmt: skip
        steps.follow(passed.member_id, passed.complaint_id, ports())

    return act(complaint_id, _naming(_PASSAGE, use_case), "La demande est passée à l'autre bailleur.")


def _naming(fields: Mapping[str, str], use_case: Callable[[], None]) -> Callable[[], None]:
    """Return the use case, whose refusals point at the fields of its own form."""

    def named() -> None:
        try:
            use_case()
        except (BadInput, NotFound) as refusal:
            raise type(refusal)(refusal.code, fields.get(refusal.field or "", refusal.field)) from refusal

    return named


def _target(named: str, follower: str = "", *, with_text: bool = False) -> TransferTarget:
    """Return the recipient chosen in a list: a team, or an organisation with the team that follows it."""
    kind, _, value = named.partition(":")
    if kind == "equipe":
        return TransferTarget(team_id=_id(value, "to"))
    if kind == "organisme":
        team_id = _id(follower, "follower") if follower else None
        return TransferTarget(team_id, _id(value, "to"), with_text=with_text)
    raise BadInput("unknown_value", "to")


def _id(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise BadInput("unknown_value", field) from error
