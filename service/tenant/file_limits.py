"""How many files one sender may begin, how heavy, and how many documents are drawn for them. Each process counts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import current_app, request

from service.attempts import Attempts, sender
from service.domain.errors import BadInput
from service.journey.ports import Clock, Document, Documents, Ports
from service.journey.submission.pieces import BUSY

NAME = "seve.tenant.file_limits"
WINDOW = timedelta(minutes=10)
PER_SENDER = 120  # files begun in the window: neighbours may share an address
DOCUMENTS_PER_SENDER = 30  # drawn in the window: a page of lines may take seconds of computing
ROOM_WINDOW = timedelta(hours=1)  # what is not finished is forgotten after as long
MEGABYTES_PER_SENDER = 400  # announced in it: a part of what one member has room for
_MEGABYTE = 1024 * 1024


class FileLimits:
    """The files lately sent."""

    def __init__(
        self, begun: int = PER_SENDER, megabytes: int = MEGABYTES_PER_SENDER, documents: int = DOCUMENTS_PER_SENDER
    ) -> None:
        self._begun = Attempts(begun, WINDOW)
        self._megabytes = Attempts(megabytes, ROOM_WINDOW)
        self._documents = Attempts(documents, WINDOW)

    def may_send(self, size: int, now: datetime) -> bool:
        """Take one file of so many bytes for the sender of the present request; False when there were too many."""
        who = sender(request.remote_addr)
        weight = max(1, -(-size // _MEGABYTE))
        return self._begun.take(who, now) and all(self._megabytes.take(who, now) for _ in range(weight))

    def counted(self, ports: Ports) -> Ports:
        """Return the ports with documents that are drawn for the sender of the present request so many times."""
        who = sender(request.remote_addr)
        return replace(ports, documents=_Counted(ports.documents, self._documents, who, ports.clock))


@dataclass(frozen=True)
class _Counted:
    """Draws documents for one sender. One sent back because others are being drawn does not count."""

    documents: Documents
    attempts: Attempts
    who: str
    clock: Clock

    def clean(self, content: bytes) -> Document:
        """Return the document made anew, or raise BadInput; the code says why."""
        if not self.attempts.take(self.who, self.clock.now()):
            raise BadInput(BUSY, "files")
        try:
            return self.documents.clean(content)
        except BadInput as refusal:
            if refusal.code == BUSY:
                self.attempts.give_back(self.who)
            raise


def limits() -> FileLimits:
    """Return those of this process."""
    found: FileLimits = current_app.extensions[NAME]
    return found
