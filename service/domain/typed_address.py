"""An address as a tenant types it, cut into the ways it can be understood. Which one is right, the patrimoine says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from service.domain.addresses import (
    ASIDES,
    GROUPS,
    WAYS,
    as_number,
    city_key,
    fold,
    make_key,
    prepare,
    take_inside,
    words_of,
)

MAX_READ = 400  # signs of a line that are read; the rest says nothing of where
MAX_WORDS = 40
MAX_READINGS = 4
_LONGEST_TOWN = 6  # words
_POSTCODE = re.compile(r"\b(?:fr?[- ]?)?(\d{5})\b")
_SPLIT_POSTCODE = re.compile(r"(?<=[a-z,] )(\d{2}) (\d{3})(?= *(?:[a-z,]|$))")
_BREAKERS = GROUPS - {"cite"} | ASIDES
_BUILDINGS = frozenset({"batiment", "bat", "immeuble"})
_BREAK = re.compile(r"[\n\r,;()/|]+| - |\bfrance\b")
_FLOORS = {
    "rdc": 0, "rez de chaussee": 0, "rez-de-chaussee": 0, "premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3,
}  # fmt: skip
Words = tuple[str, ...]


@dataclass(frozen=True)
class Inside:
    """Where in the building, as far as it was said; texts folded."""

    building: str | None = None
    stair: str | None = None
    floor: int | None = None
    door: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether anything was said."""
        return any(part is not None for part in (self.building, self.stair, self.floor, self.door))


class Home(Protocol):
    """A dwelling as far as its place in the building goes."""

    building: str | None
    stair: str | None
    floor: int | None
    door: str | None


Some = TypeVar("Some", bound=Home)


def fitting(inside: Inside, homes: Sequence[Some]) -> list[Some]:
    """Return the dwellings that fit what was said; what no file tells of any of them is not asked."""
    left = list(homes)
    for part in ("building", "stair", "floor", "door"):
        said = getattr(inside, part)
        if said is not None and any(getattr(home, part) is not None for home in homes):
            left = [home for home in left if _plain(getattr(home, part)) == _plain(said)]
    return left


def _plain(value: str | int | None) -> str | None:
    """Return « Bât. C » as « c » and « 012 » as « 12 »."""
    words = re.findall(r"[a-z0-9]+", fold(str(value))) if value is not None else []
    return (words[-1].lstrip("0") or "0") if words else None


@dataclass(frozen=True)
class Reading:
    """One way to understand the line: a number, the words of its street and what was said around."""

    number: str
    street: Words  # the street, and perhaps the town behind it
    before: tuple[Words, ...]
    after: tuple[Words, ...]


@dataclass(frozen=True)
class TypedAddress:
    """Every way to understand what was typed."""

    readings: tuple[Reading, ...]
    pieces: tuple[Words, ...]
    postcodes: frozenset[str]
    city: str  # key of the town typed in its own field; empty when there is none
    inside: Inside

    @property
    def postcode(self) -> str:
        """The postcode, or an empty text when none was given or two contradict each other."""
        return next(iter(self.postcodes)) if len(self.postcodes) == 1 else ""

    @property
    def numbers(self) -> list[str]:
        """The house numbers it may be about."""
        return sorted({reading.number for reading in self.readings})

    @property
    def towns(self) -> list[str]:
        """Every run of words that could be the name of a town."""
        if self.city:
            return [self.city]
        return sorted(
            {
                " ".join(piece[start:end])
                for piece in self.pieces
                for start in range(len(piece))
                for end in range(start + 1, min(start + _LONGEST_TOWN, len(piece)) + 1)
            }
        )

    @property
    def groups(self) -> tuple[Words, ...]:
        """The pieces that name a residence."""
        return tuple(piece for piece in self.pieces if piece[0] in GROUPS and len(piece) > 1)

    @property
    def exact_keys(self) -> list[str]:
        """The full keys it may be, postcode included; the last words of a street may be the town."""
        if not self.postcode:
            return []
        ends = range(3) if not self.city else range(1)
        return sorted(
            {
                make_key(self.postcode, reading.number, " ".join(reading.street[: len(reading.street) - end]))
                for reading in self.readings
                for end in ends
                if len(reading.street) - end > 0
            }
        )


def read_typed(line: str, postcode: str, city: str) -> TypedAddress:
    """Return what can be understood of an address as typed; every field may be empty or hold more than its name."""
    text, inside = take_inside(prepare(line[:MAX_READ].replace("\n", " , ")))
    codes = set(_POSTCODE.findall(text)) | {"".join(pair) for pair in _SPLIT_POSTCODE.findall(text)}
    text = _SPLIT_POSTCODE.sub(" , ", _POSTCODE.sub(" , ", text))
    town = prepare(city[:MAX_READ])
    codes |= set(_POSTCODE.findall(town)) | set(re.findall(r"^\d{5}$", re.sub(r"\s", "", postcode)))
    pieces = _pieces(text)
    for piece in pieces:
        if piece[0] in _BUILDINGS and len(piece) > 1:
            inside.setdefault("building", piece[1])
    return TypedAddress(
        readings=tuple(_readings(pieces))[:MAX_READINGS],
        pieces=pieces,
        postcodes=frozenset(codes),
        city=city_key(_BREAK.split(_POSTCODE.sub(" ", town).strip(" ,"))[0]),
        inside=_inside(inside),
    )


def _inside(found: dict[str, str]) -> Inside:
    floor = found.get("floor")
    return Inside(
        building=found.get("building"),
        stair=found.get("stair"),
        floor=None if floor is None else _FLOORS[floor] if floor in _FLOORS else int(floor),
        door=found.get("door"),
    )


def _pieces(text: str) -> tuple[Words, ...]:
    """Cut at commas and line ends, and where a residence is named in the middle."""
    pieces: list[Words] = []
    left = MAX_WORDS
    for part in _BREAK.split(text):
        words = words_of(part)[:left]
        left -= len(words)
        start = 0
        for place in range(1, len(words)):
            if _begins(words, start, place):
                pieces.append(words[start:place])
                start = place
        pieces.append(words[start:])
    return tuple(piece for piece in pieces if piece)


def _begins(words: Words, start: int, place: int) -> bool:
    """Say whether something new begins here: a residence, an aside, or the street behind a residence's name."""
    word, before = words[place], words[place - 1]
    if word in _BREAKERS:
        return before not in WAYS and not as_number(before)
    return word in WAYS and before not in WAYS and bool(GROUPS.intersection(words[start:place]))


def _readings(pieces: tuple[Words, ...]) -> list[Reading]:
    found = []
    for index, piece in enumerate(pieces):
        for place, word in enumerate(piece):
            number = as_number(word)
            if number:
                found += _around(pieces, index, place, number)
    return found


def _around(pieces: tuple[Words, ...], index: int, place: int, number: str) -> list[Reading]:
    """Return the readings of one number: the street behind it, or in front of it."""
    piece, before, after = pieces[index], pieces[:index], pieces[index + 1 :]
    ahead, behind = piece[:place], piece[place + 1 :]
    found = []
    around = (*before, *((ahead,) if ahead else ()))
    if behind:
        found.append(Reading(number, behind, around, after))
    if after and (not behind or behind[0] in GROUPS):  # « 12, rue Hoche », « 12 résidence les Ormes rue Hoche »
        found.append(Reading(number, after[0], (*around, *((behind,) if behind else ())), after[1:]))
    if ahead and ahead[0] in WAYS and len(ahead) > 1:  # « rue de la République 12 »
        found.append(Reading(number, ahead, before, (*((behind,) if behind else ()), *after)))
    return found
