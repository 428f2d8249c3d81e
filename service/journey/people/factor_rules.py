"""Who must show more than a password: what a member asks of its staff, the operators of readers, we of operators."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.journey.administration import audit
from service.journey.administration.audit import Actor
from service.journey.ports import Ports
from service.journey.transactions import operator_transaction
from service.models.member import Member
from service.models.people import NetworkReader, Staff
from service.models.signing_in import NetworkChoices

SUBJECT = "Double vérification des lecteurs du réseau"
WORDS = {"optional": "conseillée", "required": "obligatoire"}


def is_required(session: Session, account: Staff | NetworkReader, ports: Ports) -> bool:
    """Say whether a second factor is asked of an account: by its member, by the operators, or by the installation."""
    if isinstance(account, Staff):
        return session.get_one(Member, account.member_id).second_factor == "required"
    return is_required_of(session, account.role, ports)


def is_required_of(session: Session, role: str, ports: Ports) -> bool:
    """Say whether a second factor is asked of the network's people of a role: reader or operator."""
    return ports.operators_need_factor if role == "operator" else readers_need(session)


def readers_need(session: Session) -> bool:
    """Say whether a second factor is asked of every reader."""
    return session.scalars(select(NetworkChoices.second_factor)).one() == "required"


def asked_of_readers() -> bool:
    """Say what the operators decided of readers."""
    with operator_transaction() as session:
        return readers_need(session)


def ask_of_readers(by: Actor, ports: Ports, *, is_required: bool) -> bool:
    """Ask every reader for a second factor from their next page on, or no longer; say whether that changes anything."""
    with operator_transaction() as session:
        choices = session.get_one(NetworkChoices, 1, with_for_update=True)
        before, choices.second_factor = choices.second_factor, "required" if is_required else "optional"
        said = ({SUBJECT: WORDS[before]}, {SUBJECT: WORDS[choices.second_factor]})
        return audit.write_change(session, None, by, SUBJECT, *said, at=ports.clock.now()) is not None
