"""Those on duty: who is called at each level, and the signed link by which one of them answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.on_call import Call
from service.domain.paging import EVERYBODY, FIRST
from service.domain.permissions import LEADERS
from service.journey.ports import Ports
from service.models.clock import OnCallContact
from service.models.delivery import Delivery
from service.models.member import Team
from service.models.people import Staff

_SALT = "seve.duty"


@dataclass(frozen=True)
class Contact:
    """Somebody to call. `key` says what they are and their id; a team has no name of a person."""

    key: str
    name: str
    email: str | None
    phone: str | None

    @property
    def is_person(self) -> bool:
        """Whether the name is that of one person."""
        return not self.key.startswith("team:")

    @property
    def ways(self) -> list[tuple[str, str]]:
        """Every channel by which they are reached, with the address."""
        found = (("email", self.email), ("sms", self.phone))
        return [(channel, address) for channel, address in found if address]


@dataclass(frozen=True)
class Pass:
    """What a signed link says: which page of which member, and who was called."""

    member_id: UUID
    page_id: UUID
    contact: str


def contacts_of(session: Session, level: int, *, is_working: bool | None = None) -> list[Contact]:
    """Return whom the transaction's member calls at a level; where it named nobody, whoever else there is.

    `is_working` says whether the member is at work: some are called by day only, or by night. None: whatever the hour.
    """
    rows = session.scalars(select(OnCallContact).order_by(OnCallContact.name)).all()
    named, teams, supervisors = [_named(row) for row in rows], _teams(session), _supervisors(session)
    everybody = once([*named, *teams, *supervisors])
    if level == EVERYBODY:
        return everybody
    own = [
        contact
        for contact, row in zip(named, rows, strict=True)
        if row.level == level and (is_working is None or Call(level, row.hours).is_made(is_working=is_working))
    ]
    fallback = teams if level == FIRST else []
    return once(own) or once(fallback) or once(supervisors) or everybody


def find_contact(session: Session, key: str) -> Contact | None:
    """Return who was called under a key, if they are still known."""
    kind, _, found = key.partition(":")
    return _FINDERS[kind](session, UUID(found))


def _named(row: OnCallContact) -> Contact:
    return Contact(f"contact:{row.id}", row.name, row.email, row.phone)


def _team(row: Team) -> Contact:
    return Contact(f"team:{row.id}", row.name, row.email, row.phone)


def _supervisor(row: Staff) -> Contact:
    return Contact(f"staff:{row.id}", row.name, row.email, None)


def _find_named(session: Session, contact_id: UUID) -> Contact | None:
    row = session.get(OnCallContact, contact_id)
    return _named(row) if row else None


def _find_team(session: Session, team_id: UUID) -> Contact | None:
    row = session.get(Team, team_id)
    return _team(row) if row else None


def _find_supervisor(session: Session, staff_id: UUID) -> Contact | None:
    row = session.get(Staff, staff_id)
    return _supervisor(row) if row else None


_FINDERS: dict[str, Callable[[Session, UUID], Contact | None]] = {
    "contact": _find_named,
    "team": _find_team,
    "staff": _find_supervisor,
}


def _teams(session: Session) -> list[Contact]:
    return [_team(row) for row in session.scalars(select(Team).where(Team.kind == "on_call").order_by(Team.name))]


def _supervisors(session: Session) -> list[Contact]:
    rows = select(Staff).where(Staff.role.in_(LEADERS), Staff.is_active).order_by(Staff.name)
    return [_supervisor(row) for row in session.scalars(rows)]


def once(contacts: Iterable[Contact]) -> list[Contact]:
    """Leave out whoever cannot be reached, and the second of two with the same addresses."""
    by_ways = {tuple(contact.ways): contact for contact in reversed(list(contacts)) if contact.ways}
    return list(reversed(by_ways.values()))


def _serializer(ports: Ports) -> URLSafeSerializer:
    return URLSafeSerializer(ports.secret_key, salt=_SALT)


def url_of(delivery: Delivery, ports: Ports) -> str:
    """Return the link by which whoever gets this delivery answers; empty when it is no call."""
    if "contact" not in delivery.data:
        return ""
    signed = _serializer(ports).dumps(
        [delivery.member_id.hex, UUID(delivery.data["page"]).hex, delivery.data["contact"]]
    )
    return f"{ports.base_url}/astreinte/{signed}"


def read_pass(token: str, ports: Ports) -> Pass | None:
    """Return what a link says, or None when we did not sign it."""
    try:
        member, page, contact = _serializer(ports).loads(token)
    except BadSignature:
        return None
    return Pass(UUID(member), UUID(page), contact)


def names(contacts: Sequence[Contact]) -> list[str]:
    """Return who was called, as the history says it."""
    return [contact.name for contact in contacts]
