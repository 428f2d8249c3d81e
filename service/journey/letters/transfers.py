"""What is written when a complaint changes hands, and when an organisation answers."""

from collections.abc import Callable

from service.journey.messages import Facts, Letter

LETTERS: dict[str, Callable[[Facts], Letter]] = {}
