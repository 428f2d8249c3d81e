"""Looking for complaints by words: a name or half of one, a place, a reference however typed, what was written."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from service.domain.reference import read_reference
from service.models.complaint import Complaint
from service.models.database import Instant
from service.models.oversight import Search

MAX_WORDS = 100  # characters of a search
MOST = 12  # words of it that are looked for
BOUND = 5_000  # the newest matches among which a list looks for what the search itself does not narrow by
_PHONE = re.compile(r"^\+?[\d .()-]{9,}$")
WATCHED = timedelta(hours=12)  # how long a list that stays open is the same look
_SUBSCRIBER = 9  # figures of a telephone number that tell two subscribers apart

Period = tuple[datetime | None, datetime | None]
Wanted = Mapping[str, list[str] | None]


def known_key(words: str) -> ColumnElement[bool] | None:
    """Return what finds a complaint by something unique: a whole reference, a telephone number, an address of mail."""
    reference = read_reference(words)
    if reference:
        return Complaint.reference == reference
    if "@" in words and " " not in words.strip():
        return Complaint.email_key == words.strip().lower()
    figures = re.sub(r"\D", "", words)
    if _PHONE.match(words.strip()) and len(figures) >= _SUBSCRIBER:
        return Complaint.phone_key == figures[-_SUBSCRIBER:]
    return None


def matches(
    words: str,
    wanted: Wanted,
    period: Period,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int | None = None,
) -> ColumnElement[bool]:
    """Return what a complaint must fulfil to be found; with `most`, to be among the newest of them.

    Row-level security keeps an index on words from being used, hence a function of the database: see the migration.
    """
    key = known_key(words)
    if key is not None:
        return key
    found = func.seve_search(
        _each(words),
        literal(dict(wanted), JSONB),
        literal(period[0], Instant),
        literal(period[1], Instant),
        literal(before[0] if before else None, Instant),
        literal(before[1] if before else None, Uuid),
        most,
    )
    return Complaint.id.in_(select(found))


def holds(words: str) -> ColumnElement[bool]:
    """Return the same of complaints that are few and already named: no index is asked."""
    key = known_key(words)
    return Complaint.search.op("@@", is_comparison=True)(func.seve_query(_each(words))) if key is None else key


def _each(words: str) -> ColumnElement[Sequence[str]]:
    return cast(re.findall(r"[^\W_]+", words)[:MOST], ARRAY(String))


def write_down(  # noqa: PLR0913  Who looked for what, and how much was found when.
    session: Session, member_id: UUID, staff_id: UUID, words: str, found: int, at: datetime, *, is_watched: bool = False
) -> None:
    """Keep that somebody looked for words: whoever narrows or pages what they found has not looked anew.

    Nor has a list that stays open and is watched, when the person looked for its words in the last hours.
    """
    done = select(Search.words).where(Search.staff_id == staff_id)
    last = done.order_by(Search.at.desc()).limit(1)
    if is_watched:
        last = done.where(Search.words == words, Search.at > at - WATCHED).limit(1)
    if session.scalar(last) != words:
        session.add(Search(member_id=member_id, staff_id=staff_id, words=words, found=found, at=at))
