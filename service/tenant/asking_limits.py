"""How often the pages that read much, or write to somebody, may be asked. One process counts for itself."""

from datetime import datetime, timedelta

from flask import current_app, request

from service.attempts import Attempts, sender
from service.journey.submission.sent import hash_of

WINDOW = timedelta(minutes=10)
LINKS_PER_SENDER = 30  # neighbours, or a whole agency, may share an address
LINKS_PER_ADDRESS = 3
DOWNLOADS = 5  # of one complaint
MESSAGES = 30  # from one link: its team is written to about each
ARRIVALS_PER_SENDER = 300  # from extranets: many tenants may share an address
PER_RECIPIENT = 10  # wishes to be told at one address or number, which may be somebody else's
DAY = timedelta(days=1)
_SUBSCRIBER = 9  # figures: the same number is typed with or without the country
NAME = "seve.tenant.asking_limits"


class AskingLimits:
    """What was lately asked."""

    def __init__(self) -> None:
        self._links = Attempts(LINKS_PER_SENDER, WINDOW)
        self._addresses = Attempts(LINKS_PER_ADDRESS, WINDOW)
        self._downloads = Attempts(DOWNLOADS, WINDOW)
        self._messages = Attempts(MESSAGES, WINDOW)
        self._arrivals = Attempts(ARRIVALS_PER_SENDER, WINDOW)
        self._recipients = Attempts(PER_RECIPIENT, DAY)

    def may_ask_links(self, address: str, now: datetime) -> bool:
        """Take one attempt for the sender and one for the address, whether or not anybody has it."""
        return self._links.take(sender(request.remote_addr), now) and self._addresses.take(hash_of(address), now)

    def may_download(self, token: str, now: datetime) -> bool:
        """Take one attempt for a complaint."""
        return self._downloads.take(hash_of(token), now)

    def may_write(self, token: str, now: datetime) -> bool:
        """Take one message from a link. Nobody asks this of a danger."""
        return self._messages.take(hash_of(token), now)

    def may_arrive(self, now: datetime) -> bool:
        """Take one arrival from an extranet."""
        return self._arrivals.take(sender(request.remote_addr), now)

    def may_be_told_at(self, email: str, phone: str, now: datetime) -> bool:
        """Take one wish to be told at an address, a number or both, whichever complaint it is about."""
        taken = [self._recipients.take(one, now) for one in recipients(email, phone)]
        return all(taken)


def recipients(email: str, phone: str) -> list[str]:
    """Return the marks by which those whom somebody else may have written to are counted."""
    figures = "".join(sign for sign in phone if sign.isdigit())
    known = (email.strip().lower(), figures[-_SUBSCRIBER:])
    return [hash_of(one) for one in known if one]


def limits() -> AskingLimits:
    """Return those of this process."""
    found: AskingLimits = current_app.extensions[NAME]
    return found
