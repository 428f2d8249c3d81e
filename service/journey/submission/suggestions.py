"""What may be said of a message before it is sent: what it seems to be about, what to ask, what is known next door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.domain.questions import Question, questions_of
from service.domain.taxonomy import categories_of, family_of
from service.journey.ports import Ports
from service.journey.reading import Sheet
from service.journey.submission.known import Known, known_of
from service.journey.submission.rehearsal import rehearse
from service.journey.submission.sent import Submission
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident

BEST = 3  # suggestions


@dataclass(frozen=True)
class Guess:
    """One thing the message may be about."""

    category: str
    confidence: float | None


@dataclass(frozen=True)
class Suggested:
    """Everything at once; `becomes` is what the caller's own words make of the complaint as it would stand."""

    guesses: tuple[Guess, ...]
    questions: tuple[Question, ...]
    known: Sequence[Known]
    becomes: dict[str, Any]


@dataclass(frozen=True)
class _Seen:
    guesses: tuple[Guess, ...]
    residence_id: UUID | None
    becomes: dict[str, Any]


def suggest(member_id: UUID, sent: Submission, write: Callable[[Sheet], dict[str, Any]], ports: Ports) -> Suggested:
    """Return what may be said of a message; nothing is kept of it. While the model is down, nothing is guessed.

    Raises
    ------
    BadInput
        When the text cannot be accepted.

    """
    seen = rehearse(member_id, sent, lambda sheet: _look(sheet, write(sheet)), ports)
    about = sent.chosen_category or (seen.guesses[0].category if seen.guesses else None)
    # Asked as the member that calls: what the neighbours of another member's dwelling say is hidden from it.
    known = open_incidents(member_id, seen.residence_id, about, ports)
    return Suggested(seen.guesses, questions_of(about), known, seen.becomes)


def open_incidents(member_id: UUID, residence_id: UUID | None, category: str | None, ports: Ports) -> list[Known]:
    """Return the incidents open in a residence that are of the same family as a category; all of them without one."""
    wanted = categories_of(family_of(category) or "")
    with member_transaction(member_id) as session:
        found = select(Incident.id).where(
            Incident.residence_id == residence_id,
            Incident.status == "open",
            Incident.starts_at <= ports.clock.now(),
            *([Incident.category.in_(wanted)] if wanted else []),
        )
        return list(known_of(session, session.scalars(found).all()).values())


def _look(sheet: Sheet, becomes: dict[str, Any]) -> _Seen:
    return _Seen(_guesses(sheet.complaint), sheet.complaint.residence_id, becomes)


def _guesses(complaint: Complaint) -> tuple[Guess, ...]:
    if complaint.category is None:
        return ()
    first = Guess(complaint.category, complaint.confidence)
    others = [Guess(other["category"], other["confidence"]) for other in complaint.alternatives]
    return (first, *(other for other in others if other.category != first.category))[:BEST]
