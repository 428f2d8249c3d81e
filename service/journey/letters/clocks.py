"""What is written about delays: questions, extensions, digests, calls to those on duty."""

from collections.abc import Callable

from service.journey.messages import Facts, Letter

LETTERS: dict[str, Callable[[Facts], Letter]] = {}
