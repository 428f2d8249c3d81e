"""One act on many complaints: what may be done to many at once, to how many, and for how long it can be undone."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from service.domain.errors import BadInput

EACH = "each"  # instead of a subject: whichever was read in each complaint is confirmed
AT_MOST = 200  # complaints in one act
BATCH = 20  # complaints in one transaction: no tenant and no worker waits long for one of them
UNDO_FOR = timedelta(minutes=30)


class Kind(StrEnum):
    """What is done to each."""

    ASSIGN = "assign"
    CATEGORISE = "categorise"
    ANSWER = "answer"
    LINK = "link"


class Why(StrEnum):
    """Why a complaint is left out of an act, or could not be put back."""

    NOT_FOUND = "not_found"  # of another member, or not theirs to see
    CLOSED = "closed"
    TOUCHED = "touched"  # by somebody else since it was shown
    ALREADY_SO = "already_so"
    NOT_ALLOWED = "not_allowed"  # where it stands now
    BLIND = "blind"  # the colleague may not see it
    DANGER = "danger"  # looked at one by one
    SENSITIVE = "sensitive"  # by the subject it would have: given one by one
    CONTESTED = "contested"  # the tenant waits for a person's answer about the subject
    UNDER_REVIEW = "under_review"
    NO_VALUE = "no_value"  # a variable of the text has nothing to say here
    OTHER_PLACE = "other_place"  # than the incident's
    CHANGED = "changed"  # since the act: undoing would undo that, too
    ALREADY_LEFT = "already_left"


class LeftOut(Exception):
    """Nothing is done to this complaint, and why. `detail` is a name the sentence needs, if it does."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail


def check_many(ids: Iterable[str]) -> list[str]:
    """Return the complaints chosen, each once, in an order that all acts share.

    Raises
    ------
    BadInput
        `nothing_chosen` or `too_many_chosen`.

    """
    chosen = sorted(set(ids))
    if not chosen:
        raise BadInput("nothing_chosen", "choisi")
    if len(chosen) > AT_MOST:
        raise BadInput("too_many_chosen", "choisi")
    return chosen
