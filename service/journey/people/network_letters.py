"""Mails to the people of the network, who are of no member: the outbox of members is not theirs.

Each is taken for a moment, sent with no transaction open, and settled: a process killed half-way leaves it to the next.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from service.domain.delivery import CLAIM, next_wait
from service.journey.delivery.breaker import chance
from service.journey.letters.accounts import account_letter
from service.journey.news.messages import Frame
from service.journey.parcels import Mail
from service.journey.ports import OutsideFailed, Ports
from service.journey.transactions import shared_transaction
from service.models.signing_in import NetworkLetter

AT_MOST = 20  # at one tick
SENDER = "Sève"
log = logging.getLogger(__name__)


def send_due(ports: Ports) -> int:
    """Send what waits; return how many left. Harmless when two do."""
    return sum(_send(mail, ports) for mail in _take(ports))


def _take(ports: Ports) -> Sequence[Mail]:
    """Take what is due for a moment: nobody else sends it meanwhile."""
    now = ports.clock.now()
    due = select(NetworkLetter).where(NetworkLetter.status == "waiting", NetworkLetter.run_after <= now)
    with shared_transaction() as session:
        letters = session.scalars(
            due.order_by(NetworkLetter.run_after).limit(AT_MOST).with_for_update(skip_locked=True)
        ).all()
        for letter in letters:
            letter.attempts += 1
            letter.run_after = now + CLAIM
        return [_mail(letter) for letter in letters]


def _mail(letter: NetworkLetter) -> Mail:
    written, frame = account_letter(letter.data, letter.data["role"]), Frame(member=SENDER)
    return Mail(
        key=str(letter.id), to=letter.recipient, subject=written.subject, text=written.text(frame),
        html=written.html(frame), sender_name=SENDER,
    )  # fmt: skip


def _send(mail: Mail, ports: Ports) -> bool:
    error = None
    try:
        ports.mailer.send(mail)
    except OutsideFailed as failure:
        error = str(failure)
    except Exception as failure:
        # Whatever the adapter did not foresee has failed too: it is tried again.
        log.exception("network_letter_broke_off %s", mail.key)
        error = type(failure).__name__
    with shared_transaction() as session:
        letter = session.get_one(NetworkLetter, UUID(mail.key), with_for_update=True)
        if letter.status == "waiting":
            _settle(letter, error, ports.clock.now(), chance(ports))
    return error is None


def _settle(letter: NetworkLetter, error: str | None, now: datetime, luck: float) -> None:
    letter.last_error = error
    if error is None:
        letter.status, letter.ended_at = "sent", now
        return
    wait = next_wait(letter.attempts, luck)
    if wait is None:
        log.error("network_letter_given_up %s", letter.id)
        letter.status, letter.ended_at = "given_up", now
    else:
        letter.run_after = now + wait
