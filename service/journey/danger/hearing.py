"""Hearing the dangers that a message, its answers and what is added later tell of. Nothing here lowers one."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.questions import told_by, with_answers
from service.domain.safety import DANGER_LEVELS
from service.domain.status import EventKind
from service.journey.ports import Ports, TextModelDown
from service.models.complaint import Complaint, Event

log = logging.getLogger(__name__)


def words_of(complaint: Complaint) -> str:
    """Return the words that are read: the message, then what the tenant's answers say."""
    return with_answers(complaint.text, complaint.details)


def listen(complaint: Complaint, ports: Ports) -> None:
    """Hear the dangers of a message and its answers as soon as it is there, before any model is asked."""
    told, read = told_by(complaint.details), words_of(complaint)
    complaint.danger = max(ports.text_model.danger_level(read), told.level, key=DANGER_LEVELS.index)
    complaint.danger_types = list(dict.fromkeys([*ports.text_model.danger_types(read), *told.types]))


def raised_meanwhile(session: Session, complaint: Complaint, ports: Ports) -> str:
    """Return the level that stands whatever the model reads in the message: of the tenant's choices and additions.

    An addition may have been heard by the lexicon only, or by another model: the most that was or is heard counts.
    """
    model = ports.text_model
    added = select(Event).where(
        Event.complaint_id == complaint.id, Event.kind.in_((EventKind.TENANT_WROTE, EventKind.DANGER_RAISED))
    )
    told = told_by(complaint.details).level
    heard = max(model.danger_level(words_of(complaint)), told, key=DANGER_LEVELS.index)
    levels = [told, "none" if complaint.danger == heard else complaint.danger]
    for event in session.scalars(added):
        if event.kind == EventKind.DANGER_RAISED:
            levels.append("danger")
        else:
            addition = str(event.data["text"])
            levels += (model.danger_level(addition), model.read(addition).danger)
    return max(levels, key=DANGER_LEVELS.index)


def is_danger(text: str, ports: Ports) -> bool:
    """Say whether words tell of a danger: then nothing that is asked of a tenant, and no ending, holds them up."""
    return bool(text.strip()) and danger_in(text, ports) == "danger"


def danger_in(text: str, ports: Ports) -> str:
    """Return the level of danger that words call for, by the lexicon alone while the model is down."""
    try:
        return ports.text_model.read(text).danger
    except TextModelDown:
        log.warning("addition_heard_by_lexicon_only")
        return ports.text_model.danger_level(text)
