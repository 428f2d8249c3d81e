"""How often the pages that read much, or write to somebody, may be asked. One process counts for itself."""

from datetime import datetime, timedelta

from flask import current_app, request

from service.attempts import Attempts, sender
from service.journey.sent import hash_of

WINDOW = timedelta(minutes=10)
LINKS_PER_SENDER = 30  # neighbours, or a whole agency, may share an address
LINKS_PER_ADDRESS = 3
DOWNLOADS = 5  # of one complaint
NAME = "seve.tenant.asking_limits"


class AskingLimits:
    """What was lately asked."""

    def __init__(self) -> None:
        self._links = Attempts(LINKS_PER_SENDER, WINDOW)
        self._addresses = Attempts(LINKS_PER_ADDRESS, WINDOW)
        self._downloads = Attempts(DOWNLOADS, WINDOW)

    def may_ask_links(self, address: str, now: datetime) -> bool:
        """Take one attempt for the sender and one for the address, whether or not anybody has it."""
        return self._links.take(sender(request.remote_addr), now) and self._addresses.take(hash_of(address), now)

    def may_download(self, token: str, now: datetime) -> bool:
        """Take one attempt for a complaint."""
        return self._downloads.take(hash_of(token), now)


def limits() -> AskingLimits:
    """Return those of this process."""
    found: AskingLimits = current_app.extensions[NAME]
    return found
