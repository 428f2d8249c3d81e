"""Every letter by its purpose."""

from collections.abc import Callable

from service.journey.letters import (
    accounts,
    addresses,
    assigned,
    clocks,
    commitments,
    complaints,
    deliveries,
    incidents,
    invitations,
    links,
    on_call,
    replies,
    surveys,
    thanks,
    transfers,
)
from service.journey.news.messages import Facts, Letter, Occasion

LETTERS: dict[str, Callable[[Facts], Letter]] = {
    **complaints.LETTERS,
    **deliveries.LETTERS,
    **transfers.LETTERS,
    **commitments.LETTERS,
    **clocks.LETTERS,
    **incidents.LETTERS,
    **replies.LETTERS,
    **addresses.LETTERS,
    **surveys.LETTERS,
    **thanks.LETTERS,
    **links.LETTERS,
    **assigned.LETTERS,
}
# What is about no complaint in particular.
GENERAL: dict[str, Callable[[Occasion], Letter]] = {
    **deliveries.GENERAL,
    **clocks.GENERAL,
    **links.GENERAL,
    **replies.GENERAL,
    **invitations.GENERAL,
    **accounts.GENERAL,
    **on_call.GENERAL,
    **assigned.GENERAL,
}
