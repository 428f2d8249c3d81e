"""Every letter by its purpose."""

from collections.abc import Callable

from service.journey.letters import clocks, complaints, incidents, transfers
from service.journey.messages import Facts, Letter

LETTERS: dict[str, Callable[[Facts], Letter]] = {
    **complaints.LETTERS,
    **transfers.LETTERS,
    **clocks.LETTERS,
    **incidents.LETTERS,
}
