"""Every letter by its purpose."""

from collections.abc import Callable

from service.journey.letters import clocks, complaints, deliveries, incidents, replies, transfers
from service.journey.messages import Facts, Letter, Occasion

LETTERS: dict[str, Callable[[Facts], Letter]] = {
    **complaints.LETTERS,
    **deliveries.LETTERS,
    **transfers.LETTERS,
    **clocks.LETTERS,
    **incidents.LETTERS,
    **replies.LETTERS,
}
# What is about no complaint in particular.
GENERAL: dict[str, Callable[[Occasion], Letter]] = {**deliveries.GENERAL, **clocks.GENERAL}
