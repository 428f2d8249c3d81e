"""Telling people by mail that something changed in how their account opens, in the commit that changes it."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from service.journey.delivery.planning import Channel, plan_alone
from service.journey.ports import Ports
from service.models.people import NetworkReader, Staff
from service.models.signing_in import NetworkLetter

PURPOSE = "account_changed"  # of the letter: see journey.letters.accounts

# What is told. Each is a key of journey.letters.accounts.HAPPENED.
PASSWORD_CHANGED = "password_changed"  # noqa: S105  A word, no secret.
CODE_ADDED, CODE_REPLACED, CODE_REMOVED = "code_added", "code_replaced", "code_removed"
RECOVERY_RENEWED = "recovery_renewed"
KEY_ADDED, KEY_REMOVED = "key_added", "key_removed"
NEW_DEVICE = "new_device"
FACTOR_TAKEN = "factor_taken"


def tell(session: Session, account: Staff | NetworkReader, what: str, ports: Ports, *, device: str = "") -> None:
    """Plan the mail, once: whatever undoes the change undoes the mail. `device` is in the words of domain.devices."""
    now, letter_id = ports.clock.now(), uuid4()
    data = {"what": what, "at": now.isoformat(), **({"device": device} if device else {})}
    if isinstance(account, Staff):
        channel = Channel(PURPOSE, "email", account.email, data=data)
        plan_alone(session, account.member_id, f"account:{letter_id}", channel, ports)
        return
    session.add(_letter(letter_id, account, data | {"role": account.role}, ports))


def _letter(letter_id: UUID, reader: NetworkReader, data: dict[str, str], ports: Ports) -> NetworkLetter:
    return NetworkLetter(
        id=letter_id, reader_id=reader.id, recipient=reader.email, data=data, run_after=ports.clock.now()
    )
