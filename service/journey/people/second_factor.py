"""What an account shows beside its password: codes of an application (RFC 6238), or one of a printed list."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping
from uuid import UUID

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed
from service.domain.reference import ALPHABET
from service.journey.administration import audit
from service.journey.people import account_news, factor_rules, sessions, throttling
from service.journey.people.accounts import Person, account_of, hash_key, transaction_for
from service.journey.ports import Ports, Random
from service.models.people import NetworkReader, Staff
from service.models.signing_in import Passkey

ISSUER = "Sève"
CODES = 10  # of the printed list
_SECRET_BYTES = 20
_SIGNS = 16  # of a printed code: 72 bits, so that a plain digest is enough
_STEP = 30  # seconds that a code of the application lives
_DRIFT = 1  # steps by which a telephone's clock may be wrong

Account = Staff | NetworkReader


def start(person: Person, ports: Ports) -> None:
    """Make the secret that an application is to hold. It counts for nothing until a code has proved it arrived.

    Where one is in place already, this one replaces it then; until then the one in place goes on.
    """
    secret = b32encode(bytes(ports.random.below(256) for _ in range(_SECRET_BYTES))).decode()
    with transaction_for(person) as session:
        account = account_of(session, person)
        if account.totp_confirmed_at:
            account.totp_next_sealed = ports.sealer.seal(secret)
        else:
            account.totp_sealed, account.totp_last_step = ports.sealer.seal(secret), None


def secret_of(account: Account, ports: Ports) -> pyotp.TOTP | None:
    """Return what an application is to hold, while it is being set up: never shown again afterwards."""
    sealed = _being_set_up(account)
    return pyotp.TOTP(ports.sealer.unseal(sealed), name=account.email, issuer=ISSUER) if sealed else None


def _being_set_up(account: Account) -> str | None:
    return account.totp_next_sealed if account.totp_confirmed_at else account.totp_sealed


def confirm(person: Person, code: str, session_id: UUID, ports: Ports) -> list[str]:
    """Let the codes count, because one of them is right; return a printed list, which is shown this once.

    Other sessions end: whoever sits at them has shown a password only.

    Raises
    ------
    BadInput
        When the code is not the one of this moment.

    """
    with transaction_for(person) as session:
        account = account_of(session, person)
        sealed = _being_set_up(account)
        if not sealed:
            raise NotAllowed("has_code")  # sent twice
        step = _step_of(sealed, code, 0, ports)
        if step is None:
            raise BadInput("wrong_code", "code")
        is_another = account.totp_confirmed_at is not None
        account.totp_sealed, account.totp_next_sealed, account.totp_last_step = sealed, None, step
        account.totp_confirmed_at = ports.clock.now()
        what = account_news.CODE_REPLACED if is_another else account_news.CODE_ADDED
        done = {"codes de l'application": "remplacés" if is_another else "ajoutés"}
        write_down(session, account, done, what, ports)
        return added(session, account, session_id, "password_totp", ports)


def added(session: Session, account: Account, session_id: UUID, means: str, ports: Ports) -> list[str]:
    """Go on after a factor was added: other sessions end, and the first one comes with a printed list."""
    person = Person(account.id, account.member_id if isinstance(account, Staff) else None)
    sessions.strengthen(session, person, session_id, means)
    sessions.end_others(session, person, session_id, "password", ports.clock.now())
    return [] if account.recovery_hashes else _give_recovery(account, ports.random)


def mark_of(person: Person, ports: Ports) -> str:
    """Return what stands for the password somebody has now: it changes when the password does."""
    with transaction_for(person) as session:
        kept = account_of(session, person).password_hash or ""
    return throttling.digest(ports, "password", hash_key(kept))[:22]


def means_of(person: Person, code: str, recovery: str, ports: Ports) -> str | None:
    """Take a code of the application or of the list; return what was shown, None when neither is right.

    Each code serves once, whoever sends it first.
    """
    with transaction_for(person) as session:
        account = account_of(session, person)
        if account.totp_confirmed_at and _take_step(account, code, ports):
            return "password_totp"
        return "recovery" if _take_recovery(account, recovery) else None


def remove(person: Person, ports: Ports) -> None:
    """Take the codes of the application away. The caller has asked for the password again.

    Raises
    ------
    NotAllowed
        When a second factor is asked of the account and this is the last one.

    """
    with transaction_for(person) as session:
        account = account_of(session, person)
        if not account.totp_confirmed_at:
            return  # pressed twice
        account.totp_sealed = account.totp_confirmed_at = account.totp_last_step = account.totp_next_sealed = None
        removed(session, account, ports)
        write_down(session, account, {"codes de l'application": "retirés"}, account_news.CODE_REMOVED, ports)


def removed(session: Session, account: Account, ports: Ports) -> None:
    """Go on after a factor was taken away: without any, the printed list opens nothing; some must have one.

    Raises
    ------
    NotAllowed
        When a second factor is asked of the account and this was the last one: nothing is done.

    """
    session.flush()
    if has_factor(session, account):
        return
    if factor_rules.is_required(session, account, ports):
        raise NotAllowed("factor_required")
    account.recovery_hashes = []


def has_factor(session: Session, account: Account) -> bool:
    """Say whether an account shows more than a password."""
    keys = select(Passkey.id).where(Passkey.staff_id == account.id).limit(1)
    return account.totp_confirmed_at is not None or session.scalars(keys).first() is not None


def renew_recovery(person: Person, ports: Ports) -> list[str]:
    """Make a new printed list, which is shown this once; the one before opens nothing any more.

    Raises
    ------
    NotAllowed
        When there is no second factor to stand in for.

    """
    with transaction_for(person) as session:
        account = account_of(session, person)
        if not has_factor(session, account):
            raise NotAllowed("no_factor")
        write_down(session, account, {"codes de secours": "renouvelés"}, account_news.RECOVERY_RENEWED, ports)
        return _give_recovery(account, ports.random)


def write_down(session: Session, account: Account, done: Mapping[str, str], what: str, ports: Ports) -> None:
    """Write in the audit log what somebody did to their own account, and tell its owner: `what` is of account_news."""
    member_id, now = account.member_id if isinstance(account, Staff) else None, ports.clock.now()
    audit.write(
        session, member_id, audit.Actor(account.name, account.id), "changed", f"Compte de {account.name}", at=now,
        after=done,
    )  # fmt: skip
    account_news.tell(session, account, what, ports)


def _take_step(account: Account, code: str, ports: Ports) -> bool:
    """Take a code of the application in place; never one that was taken already."""
    step = _step_of(account.totp_sealed or "", code, account.totp_last_step or 0, ports)
    if step is None:
        return False
    account.totp_last_step = step
    return True


def _step_of(sealed: str, code: str, last: int, ports: Ports) -> int | None:
    """Return the step of a code of this moment, or of the one before or after; None when it is not, or not after."""
    typed = "".join(sign for sign in code if sign.isdigit())
    totp = pyotp.TOTP(ports.sealer.unseal(sealed))
    present = int(ports.clock.now().timestamp()) // _STEP
    for step in range(max(present - _DRIFT, last + 1), present + _DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _give_recovery(account: Account, random: Random) -> list[str]:
    codes = ["".join(ALPHABET[random.below(len(ALPHABET))] for _ in range(_SIGNS)) for _ in range(CODES)]
    account.recovery_hashes = [_hash(account, code) for code in codes]
    return ["-".join(code[rank : rank + 4] for rank in range(0, _SIGNS, 4)) for code in codes]


def _take_recovery(account: Account, typed: str) -> bool:
    code = _hash(account, "".join(sign for sign in typed.upper() if sign in ALPHABET))
    if code not in account.recovery_hashes:
        return False
    account.recovery_hashes = [one for one in account.recovery_hashes if one != code]
    return True


def _hash(account: Account, code: str) -> str:
    return hashlib.sha256(f"{account.id} {code}".encode()).hexdigest()
