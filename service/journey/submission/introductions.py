"""Introductions: a member's extranet says who comes, by a token it signs, used once. Nothing is retyped in the form."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import jwt
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain import introductions as rules
from service.domain.introductions import FORM_STAYS, LONGEST_TOKEN, Introduced, NotIntroduced
from service.domain.origins import allowed_origins, return_address
from service.journey.ports import Ports, SealBroken
from service.journey.submission.sent import hash_of
from service.journey.transactions import member_transaction
from service.models.introduction import Introduction, IntroductionKey
from service.models.member import Member

__all__ = ["Introduced", "Welcomed", "audience_of", "open_introduction", "prune", "resume", "way_back", "welcome"]


@dataclass(frozen=True)
class Welcomed:
    """A tenant who was introduced: the secret of the address of their form, and the mark of the token they brought."""

    secret: str
    mark: str
    language: str | None


class Replayed(NotIntroduced):
    """A token that was used before; `mark` lets the browser that used it be known again."""

    def __init__(self, mark: str, return_url: str | None) -> None:
        super().__init__("replayed", "jti", return_url)
        self.mark = mark


def audience_of(base_url: str, slug: str) -> str:
    """Return what the `aud` of a member's tokens must be: the address of its form, without a final slash."""
    return f"{base_url}/{slug}"


def welcome(member: Member, token: str, ports: Ports, browser: str | None = None) -> Welcomed:
    """Take a token of a member, once, and keep whom it introduces for as long as a form may stay open.

    `browser` tells apart what brings it, where that can be told. A second tap cuts the first one off before its answer
    arrives: brought again at once by the same browser, while no form was shown, the token leads to a form all the same,
    and what the first tap was answered leads nowhere any more.

    Raises
    ------
    NotIntroduced
        When the token is not this member's, not for us, not in time, not whole, or was used before (Replayed).

    """
    if len(token) > LONGEST_TOKEN:
        raise NotIntroduced("too_long")
    name = rules.key_name(_header(token))
    with member_transaction(member.id) as session:
        key_id, claims = _verified(session, token, name, ports)
        origins = allowed_origins(member.frame_origins)
        back = return_address(_if_text(claims.get("return_url")), origins)
        try:
            jti = rules.check_claims(claims, member.slug, audience_of(ports.base_url, member.slug), ports.clock.now())
            person = replace(rules.introduced(claims), return_url=back)
        except NotIntroduced as refusal:
            raise NotIntroduced(refusal.code, refusal.field, back) from refusal
        mark = hash_of(f"{key_id}:{jti}")
        secret = ports.random.token()
        row = IntroductionRow(member.id, key_id, mark, hash_of(secret), hash_of(browser) if browser else None)
        if not _keep(session, row, person, ports) and not _tapped_twice(session, row, ports):
            raise Replayed(mark, back)
    return Welcomed(secret, mark, person.language)


def resume(member_id: UUID, mark: str, secret: str, ports: Ports) -> Welcomed | None:
    """Return the introduction that a browser already used, when it holds both the token's mark and the secret."""
    person = _opened(member_id, ports, Introduction.token_hash == hash_of(secret), Introduction.jti_hash == mark)
    return Welcomed(secret, mark, person.language) if person else None


def way_back(member_id: UUID, mark: str, ports: Ports) -> str | None:
    """Return where a tenant came from, by the mark of the token that they brought: its writer signed the address."""
    person = _opened(member_id, ports, Introduction.jti_hash == mark)
    return person.return_url if person else None


def open_introduction(member_id: UUID, secret: str, ports: Ports) -> Introduced | None:
    """Return who was introduced to the form with this secret in its address; None when unknown or over."""
    return _opened(member_id, ports, Introduction.token_hash == hash_of(secret), shows_form=True)


def prune(member_id: UUID, ports: Ports) -> int:
    """Forget the introductions that are over; return how many. Their tokens are too old to be used again."""
    with member_transaction(member_id) as session:
        over = delete(Introduction).where(Introduction.expires_at <= ports.clock.now()).returning(Introduction.id)
        return len(session.scalars(over).all())


@dataclass(frozen=True)
class IntroductionRow:
    """What says whose an introduction is, and by which token and secret it is found again."""

    member_id: UUID
    key_id: UUID
    jti_hash: str
    token_hash: str
    browser_hash: str | None


def _opened(
    member_id: UUID, ports: Ports, *conditions: ColumnElement[bool], shows_form: bool = False
) -> Introduced | None:
    with member_transaction(member_id) as session:
        living = select(Introduction).where(*conditions, Introduction.expires_at > ports.clock.now())
        kept = session.scalars(living).first()
        if kept and shows_form and kept.opened_at is None:
            kept.opened_at = ports.clock.now()
    try:
        return Introduced(**json.loads(ports.sealer.unseal(kept.sealed))) if kept else None
    except SealBroken:  # Sealed under a key that is gone: the tenant writes without being known.
        return None


def _header(token: str) -> Mapping[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise NotIntroduced("unreadable") from error


def _verified(session: Session, token: str, name: str, ports: Ports) -> tuple[UUID, Mapping[str, Any]]:
    """Return the key and the claims of a token whose signature is good. Times and names are looked at afterwards."""
    known = select(IntroductionKey).where(IntroductionKey.name == name, IntroductionKey.revoked_at.is_(None))
    key = session.scalars(known).first()
    if key is None:
        raise NotIntroduced("unknown_key")
    try:
        material = key.public_key or ports.sealer.unseal(key.sealed_secret or "")
        # The algorithm is the key's, never the one the token asks for.
        claims = jwt.decode(token, material, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)
    except SealBroken as error:
        raise NotIntroduced("unknown_key") from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NotIntroduced("bad_signature") from error
    return key.id, claims


# Our own clock and our own rules judge the rest: service.domain.introductions.
_SIGNATURE_ONLY: Any = {
    "verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
    "verify_iss": False, "verify_sub": False, "verify_jti": False, "require": [],
}  # fmt: skip


def _if_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _tapped_twice(session: Session, row: IntroductionRow, ports: Ports) -> bool:
    """Give the introduction a new secret when the very browser that brought its token brings it again at once."""
    kept = session.scalars(select(Introduction).where(Introduction.jti_hash == row.jti_hash).with_for_update()).one()
    is_same = row.browser_hash is not None and row.browser_hash == kept.browser_hash
    if not is_same or kept.opened_at is not None or kept.at + rules.SECOND_TAP <= ports.clock.now():
        return False
    kept.token_hash = row.token_hash
    return True


def _keep(session: Session, row: IntroductionRow, person: Introduced, ports: Ports) -> bool:
    """Write the introduction; False when its token came before, even at this very moment."""
    now = ports.clock.now()
    taken = session.execute(
        insert(Introduction)
        .values(
            id=uuid4(), **asdict(row), sealed=ports.sealer.seal(json.dumps(asdict(person))), at=now,
            expires_at=now + FORM_STAYS,
        )
        .on_conflict_do_nothing(index_elements=["member_id", "jti_hash"])
        .returning(Introduction.id)
    )  # fmt: skip
    return taken.scalar() is not None
