"""The sentences of the timeline for what organisations and desks answer."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from service.domain.status import EventKind
from service.staff import wording

Data = Mapping[str, Any]
Sentence = tuple[str, str, str]  # title, detail, words typed by somebody


def _refused(data: Data) -> Sentence:
    named = f" Qui peut agir : {data['recipient']}." if data.get("recipient") else ""
    return f"Refusée par {data['by']}", f"{data['reason']}.{named}", data.get("text", "")


def _accepted(data: Data) -> Sentence:
    return f"Prise en charge par {data['organisation']}", "", ""


def _planned(data: Data) -> Sentence:
    day = wording.day(date.fromisoformat(data["on"]))
    return f"Passage prévu le {day}", wording.SLOTS[data["slot"]], data.get("text", "")


def _work_done(data: Data) -> Sentence:
    photos = data.get("photos", 0)
    return (
        f"Travail fait, dit {data['organisation']}",
        f"{wording.count(photos, 'photo')}." if photos else "",
        data.get("text", ""),
    )


SENTENCES: dict[EventKind, Callable[[Data], Sentence]] = {
    EventKind.REFUSED: _refused,
    EventKind.ACCEPTED: _accepted,
    EventKind.PLANNED: _planned,
    EventKind.WORK_DONE: _work_done,
}
