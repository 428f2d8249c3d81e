"""How many complaints the public form takes at once, so that no program fills it. The members' extranets are not held.

Generous: neighbours may share an address, and one incident makes many people write. One process counts for itself, and
requests that cross may pass together; what matters is that a flood ends.
"""

from datetime import datetime, timedelta

from flask import request

from service.attempts import Attempts, sender
from service.tenant.asking_limits import recipients
from service.tenant.form import Typed

WINDOW = timedelta(minutes=10)
PER_SENDER = 100  # complaints: sixty neighbours behind one address may write about one lift
DANGERS_PER_SENDER = 100  # that tell of a danger, beyond all else: people on duty are called for each
DRAFTS_PER_SENDER = 300  # messages written and not sent yet: they go back and forth
QUESTIONS_PER_SENDER = 1_200  # words looked at while they are typed
PER_RECIPIENT = 10  # complaints whose answers go to one address or number, which may be somebody else's


class SendingLimits:
    """The complaints lately sent through the form."""

    def __init__(self) -> None:
        self._per_sender = Attempts(PER_SENDER, WINDOW)
        self._per_recipient = Attempts(PER_RECIPIENT, WINDOW)
        self._dangers = Attempts(DANGERS_PER_SENDER, WINDOW)
        self._drafts = Attempts(DRAFTS_PER_SENDER, WINDOW)
        self._questions = Attempts(QUESTIONS_PER_SENDER, WINDOW)

    def are_reached(self, typed: Typed, now: datetime) -> bool:
        """Say whether the form in the present request has to wait."""
        return not (
            self._per_sender.is_left(sender(request.remote_addr), now)
            and all(self._per_recipient.is_left(one, now) for one in recipients(typed["email"], typed["phone"]))
        )

    def count(self, typed: Typed, now: datetime) -> None:
        """Count a complaint that was stored."""
        self._per_sender.take(sender(request.remote_addr), now)
        for one in recipients(typed["email"], typed["phone"]):
            self._per_recipient.take(one, now)

    def takes_danger(self, now: datetime) -> bool:
        """Take one that tells of a danger although the form has to wait; False when there were too many of them too."""
        return self._dangers.take(sender(request.remote_addr), now)

    def takes_draft(self, now: datetime) -> bool:
        """Take one message that is written and not sent yet; False when there were too many."""
        return self._drafts.take(sender(request.remote_addr), now)

    def takes_question(self, now: datetime) -> bool:
        """Take one look of the text model at what is being typed; False when there were too many."""
        return self._questions.take(sender(request.remote_addr), now)
