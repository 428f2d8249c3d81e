"""Comparing what was typed with the addresses of the patrimoine: sure, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from service.domain.addresses import ASIDES, GROUPS, WAYS
from service.domain.typed_address import Reading, TypedAddress, Words

_TITLES = frozenset({"general", "marechal", "docteur", "president", "professeur", "colonel", "commandant", "abbe"})
_SIDES = frozenset({"nord", "sud", "est", "ouest", "centre"})  # said behind the name of a town
MAX_EDITS = 2  # letters, in the whole street
_ONE_EDIT, _TWO_EDITS = 5, 7  # letters a word must have to be met with so many wrong
_ALIKE, _ALIKE_TWICE = 5, 9  # the same for a town whose postcode is right
_SHORTEST_WAY = 3
_DEPARTMENT = 2  # digits


class Level(IntEnum):
    """How a street was met: the lower, the surer. A surer one always comes before."""

    EXACT = 0
    SHORTENED = 1  # without its kind of way, by an initial, without a title
    MISTYPED = 2


@dataclass(frozen=True)
class Known:
    """One address of the patrimoine."""

    residence_id: UUID
    number: str
    street: str
    postcode: str
    city: str
    key: str


@dataclass(frozen=True)
class Match:
    """A known address that fits what was typed."""

    known: Known
    level: Level
    street: str  # the street as typed, in its key writing
    other_postcode: bool  # the town is right by its name, under another postcode
    strange: tuple[str, ...]  # what stands behind the street and is not explained: another town, perhaps


def best_matches(typed: TypedAddress, known: Iterable[Known]) -> list[Match]:
    """Return the addresses that fit best, all as good as each other; empty when none does."""
    return _best(typed, [(reading, one) for one in known for reading in typed.readings if reading.number == one.number])


def best_names(typed: TypedAddress, known: Iterable[Known]) -> list[Match]:
    """Return the residences, or ways without numbers, that fit by their name alone."""
    readings = [
        Reading("", piece, typed.pieces[:place], typed.pieces[place + 1 :]) for place, piece in enumerate(typed.pieces)
    ]
    return _best(typed, [(_as_group(reading, one), one) for one in known for reading in readings])


def _as_group(reading: Reading, known: Known) -> Reading:
    """Take away « 12 » in « 12 résidence des Tilleuls »: there it is a flat, or a door of the residence."""
    words = reading.street
    if len(words) > 1 and words[0][0].isdigit() and words[1] in GROUPS and known.street.startswith(words[1]):
        return Reading("", words[1:], reading.before, reading.after)
    return reading


def _best(typed: TypedAddress, pairs: Sequence[tuple[Reading, Known]]) -> list[Match]:
    """Return the surest matches; letters are forgiven only when nothing fits without."""
    for most in (Level.SHORTENED, Level.MISTYPED):
        found = [match for reading, one in pairs if (match := _match(typed, reading, one, most))]
        if found:
            surest = min((match.other_postcode, match.level) for match in found)
            return [match for match in found if (match.other_postcode, match.level) == surest]
    return []


def _match(typed: TypedAddress, reading: Reading, known: Known, most: Level) -> Match | None:
    met = match_street(reading.street, tuple(known.street.split()), most)
    if met is None:
        return None
    level, count = met
    rest = _without_department(reading.street[count:])
    same_code = typed.postcode == known.postcode
    if rest and not _is_town(rest, known.city, same_code=same_code):
        return None
    after = ((rest,) if rest else ()) + tuple(filter(None, map(_without_department, reading.after)))
    strange = tuple(
        " ".join(piece)
        for piece in after
        if piece[0] not in GROUPS | ASIDES and not _is_town(piece, known.city, same_code=same_code)
    )
    if not _fits_town(typed, (*reading.before, *after), known, is_clear=not strange):
        return None
    street = " ".join(reading.street[:count])
    return Match(known, level, street, bool(typed.postcode) and not same_code, strange)


def _without_department(piece: Words) -> Words:
    """Take away the « 80 » that some write behind their town."""
    return piece[:-1] if piece and piece[-1].isdigit() and len(piece[-1]) == _DEPARTMENT else piece


def _fits_town(typed: TypedAddress, around: Sequence[Words], known: Known, *, is_clear: bool) -> bool:
    """Say whether the town is this one: by its name, or by its postcode when no other name is said."""
    if len(typed.postcodes) > 1:
        return False
    same_code = typed.postcode == known.postcode
    if typed.city:
        return _is_town(tuple(typed.city.split()), known.city, same_code=same_code)
    if any(" ".join(piece) == known.city for piece in around):
        return True
    # « résidence les Tilleuls Amiens » says the town too, unless another name stands beside it.
    behind_group = any(piece[0] in GROUPS and " ".join(piece[1:]).endswith(f" {known.city}") for piece in around)
    return is_clear and (same_code or behind_group)


def _is_town(said: Words, city: str, *, same_code: bool) -> bool:
    """Say whether the words are the town's name; under the right postcode, one that looks like it is enough."""
    name = " ".join(said)
    if name == city:
        return True
    if not same_code:
        return False
    if city.startswith(f"{name} ") or (name.startswith(f"{city} ") and set(name[len(city) :].split()) <= _SIDES):
        return True
    allowed = (len(city) >= _ALIKE) + (len(city) >= _ALIKE_TWICE)
    return edits(name, city, allowed) <= allowed


def match_street(typed: Words, known: Words, most: Level = Level.MISTYPED) -> tuple[Level, int] | None:
    """Return how the known street begins what was typed, and in how many words; None when it does not.

    `most` is the least sure level that counts.
    """
    way, name = (known[0], known[1:]) if known[0] in WAYS and len(known) > 1 else ("", known)
    if typed[0] in WAYS and len(typed) > 1:
        if way and typed[0] != way:
            return None
        return _shifted(_match_name(typed[1:], name, most), 1, Level.EXACT if way else Level.SHORTENED)
    met = _match_name(typed, name, most)
    if met:
        return _shifted(met, 0, Level.SHORTENED if way else Level.EXACT)
    is_mistyped = most == Level.MISTYPED and len(typed) > 1 and len(typed[0]) >= _SHORTEST_WAY
    if way and is_mistyped and edits(typed[0], way, 1) == 1:  # « reu de la République »
        return _shifted(_match_name(typed[1:], name, most), 1, Level.MISTYPED)
    return None


def _shifted(met: tuple[Level, int] | None, words: int, least: Level) -> tuple[Level, int] | None:
    return (max(met[0], least), met[1] + words) if met else None


def _match_name(typed: Words, known: Words, most: Level) -> tuple[Level, int] | None:
    """Walk both names word by word; the known one must be met to its end."""
    level, wrong, place, count = Level.EXACT, 0, 0, 0
    while place < len(known):
        step = _step(typed[count : count + 2], known[place : place + 2], most)
        if step is None:
            return None
        here, taken, met, letters = step
        level, count, place, wrong = max(level, here), count + taken, place + met, wrong + letters
        if wrong > MAX_EDITS:
            return None
    return level, count


def _step(typed: Words, known: Words, most: Level) -> tuple[Level, int, int, int] | None:
    """Return the level, the words taken on both sides and the wrong letters of one step."""
    if not typed:
        return None
    one, other = typed[0], known[0]
    if one == other:
        return Level.EXACT, 1, 1, 0
    shortened = (
        (other in _TITLES and len(known) > 1, (0, 1)),
        (one in _TITLES and len(typed) > 1, (1, 0)),
        (len(one) == 1 and other.startswith(one) and len(known) > 1, (1, 1)),
        ("".join(typed) == other, (2, 1)),
        (one == "".join(known), (1, len(known))),
    )
    for holds, (taken, met) in shortened:
        if holds:
            return Level.SHORTENED, taken, met, 0
    letters = wrong_letters(one, other) if most == Level.MISTYPED else None
    return (Level.MISTYPED, 1, 1, letters) if letters is not None else None


def wrong_letters(typed: str, known: str) -> int | None:
    """Return how many letters are wrong, when so few of a word so long are a slip of the finger; None otherwise."""
    if any(sign.isdigit() for sign in known):
        return None
    allowed = (len(known) >= _ONE_EDIT) + (len(known) >= _TWO_EDITS)
    # « Hoche » and « Roche » are two streets: in a short word the first letter is seldom the wrong one.
    if not allowed or (allowed == 1 and typed[0] != known[0]):
        return None
    letters = edits(typed, known, allowed)
    return letters if letters <= allowed else None


def edits(one: str, other: str, most: int) -> int:
    """Return the letters added, left out, changed or swapped between two words, or most + 1 when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, above = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, facing in enumerate(other, start=1):
            cost = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + (letter != facing))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, above = above, line
    return min(above[-1], most + 1)
