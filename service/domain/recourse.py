"""What a tenant may still do about their complaint, as it stands. Pure rules: the pages ask, the actions check."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.closing import PASSED_ON
from service.domain.status import Status

ONE_MORE_WORD = timedelta(days=30)  # after the end, one message more, for the team to read

CONTESTED_REASON = "Contesté par le locataire"
CONTEST_ANSWERED = "contest_answered"  # the letter that tells what a person found


class Act(StrEnum):
    """Something a tenant may do from the page of their complaint."""

    ADD = "add"  # write to the team
    ADD_AFTER = "add_after"  # one word more once it is over
    SETTLE = "settle"  # « c'est réglé »
    WITHDRAW = "withdraw"
    REVIEW = "review"  # let another person look
    CONTEST = "contest"  # the subject or the recipient is not the right one


@dataclass(frozen=True)
class Standing:
    """What decides of it. `was_answered` counts what people said to the tenant, not what still waits to leave."""

    status: Status
    now: datetime
    outcome: str | None = None
    closed_at: datetime | None = None
    was_answered: bool = False
    is_under_review: bool = False
    said_after: bool = False  # the one word more was said


_AT_A_DESK = frozenset({Status.ROUTED, Status.DELIVERED, Status.HANDLED})


def acts_left(standing: Standing) -> frozenset[Act]:
    """Return what may be done now."""
    if standing.outcome == PASSED_ON:
        return frozenset()
    found = set()
    if standing.status == Status.CLOSED:
        if may_add_after(standing):
            found.add(Act.ADD_AFTER)
    else:
        found.add(Act.ADD)
        if standing.status != Status.SUBMITTED:
            found.add(Act.CONTEST)
        if standing.status in _AT_A_DESK:
            found |= {Act.SETTLE, Act.WITHDRAW}
    if may_ask_review(standing):
        found.add(Act.REVIEW)
    return frozenset(found)


def may_add_after(standing: Standing) -> bool:
    """Say whether one word more may be said about what is over."""
    is_recent = standing.closed_at is not None and standing.now <= standing.closed_at + ONE_MORE_WORD
    return is_recent and not standing.said_after and standing.outcome != PASSED_ON


def may_ask_review(standing: Standing) -> bool:
    """Say whether another person may be asked to look: somebody answered, and nobody is asked already."""
    is_there = standing.status == Status.CLOSED or standing.status in _AT_A_DESK
    return is_there and standing.was_answered and not standing.is_under_review and standing.outcome != PASSED_ON


def is_dangerous(urgency: str | None, danger: str, *, is_judged: bool, is_unread: bool = False) -> bool:
    """Say whether somebody may be in danger: then no click of a tenant ends the complaint, a person does.

    `is_unread` says that nobody and nothing has read the message, in which the lexicon heard a danger.
    """
    return urgency == "danger" or is_unread or (danger != "none" and not is_judged)


def contest_reason(reason: str, longest: int) -> str:
    """Return the reason of a correction that follows a contest: it says so, whatever else the person wrote."""
    if reason.casefold().startswith(CONTESTED_REASON.casefold()):
        return reason
    return f"{CONTESTED_REASON}. {reason}"[:longest].rstrip()
