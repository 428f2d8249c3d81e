"""Keys in a person's telephone, computer or token (WebAuthn): they sign in alone, once they recognise the person.

A key is made for one address of ours and answers no other: there is nothing to type on a false page.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.submission import is_storable
from service.journey.people import account_news, second_factor, throttling
from service.journey.people.accounts import Found, Person, account_of, transaction_for
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.models.signing_in import IdentityProvider, Passkey

OUR_NAME = "Sève"
MOST = 10  # keys of one person
MAX_NAME = 60  # characters
_ID_BYTES = 16


@dataclass(frozen=True)
class Challenge:
    """What a key is asked to sign, and what the browser needs to ask it."""

    value: str
    options: str  # JSON


def are_possible(ports: Ports) -> bool:
    """Say whether keys can work at our address: they are made for a name, never for a number."""
    try:
        ip_address(_host(ports))
    except ValueError:
        return True
    return False


def ask_to_sign_in(ports: Ports) -> Challenge:
    """Return a challenge for whichever key the person holds: nobody is named, so nothing is told of who has one."""
    value = ports.random.token()
    options = webauthn.generate_authentication_options(
        rp_id=_host(ports), challenge=value.encode(), user_verification=UserVerificationRequirement.REQUIRED
    )
    return Challenge(value, options_to_json(options))


def ask_to_add(person: Person, ports: Ports) -> Challenge:
    """Return a challenge for a new key of a person of the staff, who is recognised by it without a password."""
    with transaction_for(person) as session:
        account = _staff(session, person)
        kept = list(session.scalars(select(Passkey.credential_id).where(Passkey.staff_id == account.id)))
        if len(kept) >= MOST:
            raise NotAllowed("too_many_keys")
        name, email = account.name, account.email
    value = ports.random.token()
    options = webauthn.generate_registration_options(
        rp_id=_host(ports), rp_name=OUR_NAME, user_name=email, user_display_name=name, challenge=value.encode(),
        user_id=_handle(person), exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in kept],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )  # fmt: skip
    return Challenge(value, options_to_json(options))


def add(person: Person, answer: str, challenge: str, *, name: str, session_id: UUID, ports: Ports) -> list[str]:
    """Keep a key that answered; return a printed list when it is the first factor of the account, else nothing.

    Raises
    ------
    BadInput
        When the key did not answer the challenge, or has no name.

    """
    name = _named(name)
    if not _is_first_use(challenge, ports):
        raise BadInput("key_refused", "credential")
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge.encode(), expected_rp_id=_host(ports),
            expected_origin=_origin(ports), require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise BadInput("key_refused", "credential") from error
    now = ports.clock.now()
    with transaction_for(person) as session:
        account = _staff(session, person)
        if session.scalars(select(Passkey.id).where(Passkey.credential_id == made.credential_id)).first():
            return []  # sent twice
        session.add(
            Passkey(
                member_id=account.member_id, staff_id=account.id, name=name, credential_id=made.credential_id,
                public_key=made.credential_public_key, sign_count=made.sign_count, created_at=now,
            )
        )  # fmt: skip
        session.flush()
        done = {"clé d'accès": f"ajoutée : {name}"}
        second_factor.write_down(session, account, done, account_news.KEY_ADDED, ports)
        return second_factor.added(session, account, session_id, "passkey", ports)


def sign_in(answer: str, challenge: str, ports: Ports) -> Found | None:
    """Return whose key answered the challenge, or None. An answer serves once."""
    if not _is_first_use(challenge, ports):
        return None
    try:
        said = webauthn.helpers.parse_authentication_credential_json(answer)
        person = _person(said.response.user_handle or b"")
        if person.member_id is None:
            return None
        with member_transaction(person.member_id) as session:
            key = session.scalars(
                select(Passkey)
                .join(Staff, Staff.id == Passkey.staff_id)
                .where(Passkey.credential_id == said.raw_id, Passkey.staff_id == person.id, Staff.is_active)
                .with_for_update(of=Passkey)
            ).first()
            if key is None:
                return None
            shown = webauthn.verify_authentication_response(
                credential=said, expected_challenge=challenge.encode(), expected_rp_id=_host(ports),
                expected_origin=_origin(ports), credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count, require_user_verification=True,
            )  # fmt: skip
            key.sign_count, key.used_at = shown.new_sign_count, ports.clock.now()
            only_way = exists().where(IdentityProvider.is_active, IdentityProvider.is_the_only_way)
            is_bound = select(Staff.role != "administrator", only_way).where(Staff.id == person.id)
            return Found(person, has_passkey=True, must_go_elsewhere=all(session.execute(is_bound).one()))
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None


def rename(person: Person, key_id: UUID, name: str) -> None:
    """Give a key of somebody's own another name."""
    name = _named(name)
    with transaction_for(person) as session:
        _own(session, person, key_id).name = name


def remove(person: Person, key_id: UUID, ports: Ports) -> None:
    """Take a key away: it opens nothing any more. The caller has asked for the password again.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such key; when the member asks for a second factor and this is the last one.

    """
    with transaction_for(person) as session:
        account = _staff(session, person)
        key = _own(session, person, key_id)
        session.delete(key)
        second_factor.removed(session, account, ports)
        done = {"clé d'accès": f"retirée : {key.name}"}
        second_factor.write_down(session, account, done, account_news.KEY_REMOVED, ports)


def _own(session: Session, person: Person, key_id: UUID) -> Passkey:
    key = session.scalars(select(Passkey).where(Passkey.id == key_id, Passkey.staff_id == person.id)).first()
    if key is None:
        raise NotFound("passkey")
    return key


def _staff(session: Session, person: Person) -> Staff:
    account = account_of(session, person)
    if not isinstance(account, Staff):
        raise NotAllowed("no_keys")  # the network's people sign in with codes
    return account


def _named(name: str) -> str:
    """Return the name of a key as it is kept."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not is_storable(name):
        raise BadInput("key_name", "key_name")
    return name


def _is_first_use(challenge: str, ports: Ports) -> bool:
    """Say whether a challenge has not been answered before, here or in another process."""
    return bool(challenge) and throttling.take(ports, (throttling.ONCE, challenge)) is not None


def _handle(person: Person) -> bytes:
    """Return what a key keeps of its owner, and says when it signs in: two opaque ids."""
    return (person.member_id or UUID(int=0)).bytes + person.id.bytes


def _person(handle: bytes) -> Person:
    return Person(UUID(bytes=handle[_ID_BYTES:]), UUID(bytes=handle[:_ID_BYTES]))


def _host(ports: Ports) -> str:
    return urlsplit(ports.base_url).hostname or ""


def _origin(ports: Ports) -> str:
    parts = urlsplit(ports.base_url)
    return f"{parts.scheme}://{parts.netloc}"
