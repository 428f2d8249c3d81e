"""The organisations a member works with, as its administrators set them: suppliers under contract, authorities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound
from service.domain.news import telephone_number
from service.domain.routing import TargetKind
from service.journey.administration import audit
from service.journey.people import people
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Organisation
from service.models.people import Staff

KINDS = {TargetKind.SUPPLIER: "Prestataire", TargetKind.AUTHORITY: "Collectivité ou service public"}


@dataclass(frozen=True)
class Plan:
    """What an organisation is to be. Its kind is given once: rules lead to one kind or the other."""

    name: str
    email: str
    phone: str
    takes_words: bool
    kind: str = ""


def listed(session: Session) -> Sequence[Organisation]:
    """Return the member's organisations, suppliers and authorities each by name."""
    return session.scalars(select(Organisation).order_by(Organisation.kind.desc(), Organisation.name)).all()


def add(member_id: UUID, by_id: UUID, plan: Plan, ports: Ports) -> UUID:
    """Write down an organisation.

    Raises
    ------
    BadInput, NotAllowed
        With the field that is wrong, also when another has the name; when whoever asks administers no more.

    """
    if plan.kind not in set(KINDS):
        raise BadInput("unknown_value", "kind")
    organisation = Organisation(id=uuid4(), member_id=member_id, kind=plan.kind)
    try:
        with member_transaction(member_id) as session:
            by = _administrator(session, by_id)
            _set(session, organisation, plan)
            session.add(organisation)
            session.flush()
            audit.write(session, member_id, audit.actor(by), "created", _called(organisation), at=ports.clock.now(),
                        after=_told(organisation))  # fmt: skip
            return organisation.id
    except IntegrityError as taken:  # sent twice at once
        raise BadInput("organisation_name_taken", "name") from taken


def change(member_id: UUID, by_id: UUID, organisation_id: UUID, plan: Plan, ports: Ports) -> None:
    """Change how an organisation is called and reached, and whether it is given tenants' words.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        As for a new one; when the member has no such organisation.

    """
    with member_transaction(member_id) as session:
        by = _administrator(session, by_id)
        organisation = session.get(Organisation, organisation_id, with_for_update=True)
        if organisation is None:
            raise NotFound("organisation")
        before, called = _told(organisation), _called(organisation)
        _set(session, organisation, plan)
        session.flush()
        audit.write_change(
            session, member_id, audit.actor(by), called, before, _told(organisation), at=ports.clock.now()
        )


def _administrator(session: Session, by_id: UUID) -> Staff:
    return people.pair(session, by_id, by_id)[1]


def _set(session: Session, organisation: Organisation, plan: Plan) -> None:
    name, phone = people.checked_name(plan.name), " ".join(plan.phone.split())
    if phone and telephone_number(phone) is None:
        raise BadInput("not_a_phone", "phone")
    same = select(Organisation.id).where(func.lower(Organisation.name) == name.lower())
    if session.scalars(same.where(Organisation.id != organisation.id)).first():
        raise BadInput("organisation_name_taken", "name")
    organisation.name, organisation.phone, organisation.takes_words = name, phone or None, plan.takes_words
    organisation.email = people.checked_email(plan.email) if plan.email.strip() else None


def _called(organisation: Organisation) -> str:
    return f"Organisme « {organisation.name} »"


def _told(organisation: Organisation) -> dict[str, Any]:
    return {
        "nom": organisation.name, "genre": KINDS[TargetKind(organisation.kind)], "e-mail": organisation.email,
        "téléphone": organisation.phone, "mots du locataire": "oui" if organisation.takes_words else "jamais",
    }  # fmt: skip
