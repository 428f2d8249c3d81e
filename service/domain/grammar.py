"""Words that say nothing of a subject: they link others, greet, thank, or name a day, also as thumbs shorten them."""

from collections.abc import Iterable
from pathlib import Path

from service.domain.watch_list import WORD, plain_word

_DATA = Path(__file__).parent / "data"


def _table(name: str) -> frozenset[str]:
    return frozenset(plain_word(word) for word in (_DATA / name).read_text(encoding="utf-8").split())


GRAMMAR = _table("grammar.txt")
_TEXTED = _table("texting.txt")
# Hours of the day that a message of noise or of a failing heating turns on.
_YET_TELL = frozenset(("matin", "nuit", "soir"))
_SILENT = (GRAMMAR | _TEXTED) - _YET_TELL
_CALLS = frozenset("!?")


def telling(words: Iterable[str]) -> list[str]:
    """Return the words that may be shown as those that told of a subject, in their order."""
    return [word for word in words if _tells(word)]


def _tells(word: str) -> bool:
    """Say whether a word speaks by itself; one letter alone does not, a sign such as « € » does."""
    parts = [plain_word(part) for part in WORD.findall(word)]
    if not parts:
        return word not in _CALLS
    return any(part and part not in _SILENT and (len(part) > 1 or part.isdecimal()) for part in parts)
