"""The machines a member has us call: added, tried, given new secrets, retired."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.endpoints import check_endpoint, without_query
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.administration import audit
from service.journey.administration.resealing import Resealed, sealed_anew
from service.journey.delivery import breaker, machines
from service.journey.parcels import Call
from service.journey.ports import OutsideFailed, Ports, SealBroken
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.member import Organisation, Team
from service.models.outbox import OutboxStep

OVERLAP = timedelta(days=7)  # during which the secret before still signs
SECRET_BYTES = 32


@dataclass(frozen=True)
class NewEndpoint:
    """What to call, and for whom; with neither team nor organisation, for all that reaches the member.

    `secret` is the key an authority gave us for Open311; the secret of a webhook is made by us.
    """

    kind: str
    address: str
    team_id: UUID | None = None
    organisation_id: UUID | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = None


@dataclass(frozen=True)
class Added:
    """The endpoint, and its secret in clear, which is shown once and never again."""

    endpoint_id: UUID
    secret: str | None


def add(member_id: UUID, new: NewEndpoint, ports: Ports, who: audit.Actor = audit.COMMAND) -> Added:
    """Have an endpoint called from now on.

    Raises
    ------
    BadInput
        When its kind or address is not one, or it has both a team and an organisation, or one that is not the member's.
    NotAllowed
        `known` when the same address is called already for the same owner.

    """
    with member_transaction(member_id) as session:
        return add_in(session, member_id, new, ports, who)


def add_in(session: Session, member_id: UUID, new: NewEndpoint, ports: Ports, who: audit.Actor) -> Added:
    """Do the same in a transaction that is open."""
    check(session, new)
    endpoint = Endpoint(
        id=uuid4(), member_id=member_id, kind=new.kind, address=new.address, team_id=new.team_id,
        organisation_id=new.organisation_id, options=dict(new.options), created_at=ports.clock.now(),
    )  # fmt: skip
    session.add(endpoint)
    session.flush()
    secret = _new_secret(ports) if new.kind == "webhook" else new.secret
    if secret:
        _keep(session, endpoint, secret, ports)
    write_down(session, endpoint, who, "created", ports, {"Sorte": new.kind, "Pour": owner_of(session, new)})
    return Added(endpoint.id, secret)


def check(session: Session, new: NewEndpoint) -> None:
    """Refuse an endpoint that may not be added, as `add` does."""
    check_endpoint(new.kind, new.address)
    if new.team_id and new.organisation_id:
        raise BadInput("two_owners", "organisation")
    _check_owner(session, new)
    same = select(Endpoint.id).where(
        Endpoint.address == new.address,
        Endpoint.is_active,
        Endpoint.team_id.is_not_distinct_from(new.team_id),
        Endpoint.organisation_id.is_not_distinct_from(new.organisation_id),
    )
    if session.scalars(same).first():
        raise NotAllowed("known")


def write_down(
    session: Session, endpoint: Endpoint, who: audit.Actor, action: str, ports: Ports, after: Mapping[str, Any] | None
) -> None:
    """Write in the audit log what was done to an endpoint."""
    subject = f"Adresse appelée {without_query(endpoint.address)}"
    audit.write(session, endpoint.member_id, who, action, subject, at=ports.clock.now(), after=after)


def _check_owner(session: Session, new: NewEndpoint) -> None:
    # A foreign key does not ask whose row it leads to; a question does.
    if new.team_id and session.get(Team, new.team_id) is None:
        raise BadInput("unknown_value", "team")
    if new.organisation_id and session.get(Organisation, new.organisation_id) is None:
        raise BadInput("unknown_value", "organisation")


def owner_of(session: Session, new: NewEndpoint) -> str | None:
    """Return the name of the team or organisation whose complaints it is told of; None for all."""
    if new.team_id:
        return session.get_one(Team, new.team_id).name
    return session.get_one(Organisation, new.organisation_id).name if new.organisation_id else None


def rotate(  # noqa: PLR0913  Whose, which, and how.
    member_id: UUID,
    endpoint_id: UUID,
    ports: Ports,
    who: audit.Actor = audit.COMMAND,
    *,
    overlap: timedelta = OVERLAP,
    key: str | None = None,
    newest: UUID | None = None,
) -> str:
    """Give an endpoint a new secret; those before go on signing for the time of the overlap. Return it in clear.

    An authority's own key is given in `key`. With `newest`, the id of the last secret as it was seen, it is changed
    only if nobody has meanwhile: else NotAllowed, `secret_changed`.
    """
    with member_transaction(member_id) as session:
        endpoint = _held(session, endpoint_id)
        if endpoint.kind == "folder":
            raise NotAllowed("no_secret")
        if endpoint.kind == "open311" and not key:
            raise BadInput("blank", "key")
        if newest and newest != newest_secret(session, endpoint_id):
            raise NotAllowed("secret_changed")
        until = ports.clock.now() + overlap
        for before in session.scalars(select(EndpointSecret).where(EndpointSecret.endpoint_id == endpoint_id)):
            before.ends_at = min(before.ends_at or until, until)
        secret = key if endpoint.kind == "open311" and key else _new_secret(ports)
        _keep(session, endpoint, secret, ports)
        write_down(
            session,
            endpoint,
            who,
            "renewed",
            ports,
            {"Le secret d'avant sert jusqu'à": until.isoformat(timespec="minutes")},
        )
        return secret


def newest_secret(session: Session, endpoint_id: UUID) -> UUID | None:
    """Return the id of the last secret of an endpoint."""
    kept = select(EndpointSecret.id).where(EndpointSecret.endpoint_id == endpoint_id, EndpointSecret.ends_at.is_(None))
    return session.scalars(kept.order_by(EndpointSecret.created_at.desc())).first()


def retire(member_id: UUID, endpoint_id: UUID, ports: Ports, who: audit.Actor = audit.COMMAND) -> int:
    """Call an endpoint no more; return how many deliveries still waited for it, which are taken care of now."""
    with member_transaction(member_id) as session:
        endpoint = _held(session, endpoint_id)
        if endpoint.is_active:
            endpoint.is_active = False
            write_down(session, endpoint, who, "removed", ports, None)
        waiting = session.scalars(
            select(OutboxStep)
            .join(Delivery, Delivery.id == OutboxStep.delivery_id)
            .where(Delivery.endpoint_id == endpoint_id, Delivery.parked_at.is_not(None), OutboxStep.done_at.is_(None))
            .with_for_update(of=OutboxStep, skip_locked=True)
        ).all()
        for step in waiting:
            step.run_after = ports.clock.now()
        count = select(func.count()).where(Delivery.endpoint_id == endpoint_id, Delivery.status == "waiting")
        return session.scalar(count) or 0


def try_out(member_id: UUID, endpoint_id: UUID, ports: Ports) -> str | None:
    """Call a webhook with a test; return what went wrong, or None. A success wakes what waits for it."""
    with member_transaction(member_id) as session:
        endpoint = session.get(Endpoint, endpoint_id)
        if endpoint is None:
            raise NotFound("endpoint")
        if endpoint.kind != "webhook" or not endpoint.is_active:
            raise NotAllowed("no_test")
        try:
            secrets = machines.live_secrets(session, endpoint, ports)
        except SealBroken:
            return "seal broken"
        now = ports.clock.now()
        body = json.dumps({"type": "seve.test", "timestamp": now.isoformat(), "data": {}})
        call = Call(f"test-{ports.random.token()}", endpoint.address, secrets, body, now)
    try:
        ports.caller.call(call)
    except OutsideFailed as failure:
        return str(failure)
    with member_transaction(member_id) as session:
        breaker.note(session, _held(session, endpoint_id), None, ports.clock.now() - now, ports)
    return None


def reseal(member_ids: Sequence[UUID], ports: Ports) -> Resealed:
    """Seal every secret under the newest key; one that cannot be opened is named by its address."""
    done = Resealed()
    for member_id in member_ids:
        with member_transaction(member_id) as session:
            for kept in session.scalars(select(EndpointSecret).with_for_update()):
                address = session.get_one(Endpoint, kept.endpoint_id).address
                kept.sealed = sealed_anew(kept.sealed, address, done, ports)
    return done


def _keep(session: Session, endpoint: Endpoint, secret: str, ports: Ports) -> None:
    session.add(
        EndpointSecret(
            member_id=endpoint.member_id,
            endpoint_id=endpoint.id,
            sealed=ports.sealer.seal(secret),
            created_at=ports.clock.now(),
        )
    )
    session.flush()


def _new_secret(ports: Ports) -> str:
    """Return a secret as the Standard Webhooks specification writes them."""
    made = bytes(ports.random.below(256) for _ in range(SECRET_BYTES))
    return f"whsec_{base64.b64encode(made).decode()}"


def _held(session: Session, endpoint_id: UUID) -> Endpoint:
    # Others may go on planning deliveries for it meanwhile.
    endpoint = session.get(Endpoint, endpoint_id, with_for_update={"key_share": True})
    if endpoint is None:
        raise NotFound("endpoint")
    return endpoint
