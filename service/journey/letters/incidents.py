"""What is written to every household of a collective incident."""

from collections.abc import Callable

from service.journey.messages import Facts, Letter

LETTERS: dict[str, Callable[[Facts], Letter]] = {}
