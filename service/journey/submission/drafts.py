"""Drafts: a message that is written and not sent yet. Sealed, opened by the secret of its address, forgotten soon."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from service.journey.ports import Ports, SealBroken
from service.journey.submission.sent import hash_of
from service.journey.submission.submission import Receipt
from service.journey.transactions import member_transaction
from service.models.draft import Draft

KEPT = timedelta(days=3)
LEADS_ON = timedelta(days=1)  # once sent: going back leads to the tracking page
_SECRET = 24  # bytes of the address


@dataclass(frozen=True)
class OpenDraft:
    """What a draft holds; once sent, nothing but where the complaint is."""

    content: Mapping[str, Any]
    sent: Receipt | None = None


def token_of(member_id: UUID, page: str, content: Mapping[str, Any], ports: Ports) -> str:
    """Return the secret of a draft's address, made of the hidden number of its page and of what is in it.

    The same page sent twice leads to the same draft. The same page with other words, as from a page copied by somebody
    else, leads to another one.
    """
    said = json.dumps([str(member_id), page, content], sort_keys=True)
    secret = hmac.digest(ports.secret_key.encode(), b"draft:" + said.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(secret[:_SECRET]).decode()


def keep(member_id: UUID, token: str, content: Mapping[str, Any], ports: Ports) -> None:
    """Keep a draft, or what changed in it. One that was sent stays sent."""
    now = ports.clock.now()
    written = {"sealed": ports.sealer.seal(json.dumps(content)), "updated_at": now, "expires_at": now + KEPT}
    with member_transaction(member_id) as session:
        session.execute(
            insert(Draft)
            .values(id=uuid4(), member_id=member_id, token_hash=hash_of(token), **written)
            .on_conflict_do_update(
                index_elements=["member_id", "token_hash"], set_=written, where=Draft.complaint_id.is_(None)
            )
        )


def open_draft(member_id: UUID, token: str, ports: Ports) -> OpenDraft | None:
    """Return the draft of an address; None when there is none of this member, or it is over."""
    with member_transaction(member_id) as session:
        kept = session.scalars(
            select(Draft).where(Draft.token_hash == hash_of(token), Draft.expires_at > ports.clock.now())
        ).first()
    if kept is None:
        return None
    try:
        content: dict[str, Any] = json.loads(ports.sealer.unseal(kept.sealed))
    except SealBroken:  # Sealed under a key that is gone: as if it were over.
        return None
    if kept.complaint_id is None:
        return OpenDraft(content)
    return OpenDraft({}, Receipt(UUID(content["owner"]), kept.complaint_id, is_new=False))


def mark_sent(member_id: UUID, token: str, receipt: Receipt, ports: Ports) -> None:
    """Forget what a draft holds once it was sent; for a day it still leads to the complaint."""
    with member_transaction(member_id) as session:
        wanted = select(Draft).where(Draft.token_hash == hash_of(token)).with_for_update()
        kept = session.scalars(wanted).first()
        if kept is None or kept.complaint_id is not None:
            return
        now = ports.clock.now()
        kept.sealed = ports.sealer.seal(json.dumps({"owner": str(receipt.member_id)}))
        kept.complaint_id, kept.updated_at, kept.expires_at = receipt.complaint_id, now, now + LEADS_ON


def prune(member_id: UUID, ports: Ports) -> int:
    """Forget the drafts that are over; return how many."""
    with member_transaction(member_id) as session:
        over = delete(Draft).where(Draft.expires_at <= ports.clock.now()).returning(Draft.id)
        return len(session.scalars(over).all())
