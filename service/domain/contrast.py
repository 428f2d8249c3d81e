"""Whether a member's colour can be read: luminance and contrast as WCAG 2.2 defines them (1.4.3 and 1.4.11)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

TEXT = 4.5  # to 1, for text
SHAPE = 3.0  # to 1, for a border or a mark that means something
SHADE = 0.72  # how much of each colour is left in its darker twin: links, and buttons under the pointer

WHITE = "#ffffff"
# What the member's colour stands on: see seve.css. The paper, and the washes of blocks and notices.
PAPER = {
    "le fond de la page": WHITE,
    "le fond gris des blocs": "#f3f6f4",
    "le fond vert des messages": "#eaf5ef",
    "le fond jaune des avertissements": "#fff6e3",
    "le fond rouge des dangers": "#fdeeee",
}

_HEX = re.compile(r"#[0-9a-f]{6}")
_SIGNS = 256
_LINEAR_UP_TO = 0.04045  # of a channel from 0 to 1: sRGB is a straight line below


@dataclass(frozen=True)
class Fault:
    """One pair that cannot be read: what it is, its ratio, and the ratio it needs."""

    what: str
    ratio: float
    needed: float


def read_colour(typed: str) -> str | None:
    """Return a colour as `#rrggbb` in small letters, or None when it is not one."""
    colour = typed.strip().lower()
    return colour if _HEX.fullmatch(colour) else None


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21; their order does not matter."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def darker_twin(colour: str) -> str:
    """Return the colour of links and of buttons under the pointer."""
    return _written(part * SHADE for part in _parts(colour))


def faults(colour: str) -> list[Fault]:
    """Return the pairs of a member's pages that could not be read in this colour; none when it may be used."""
    twin = darker_twin(colour)
    pairs = [
        ("texte blanc sur cette couleur", ratio(WHITE, colour), TEXT),
        ("texte blanc sur sa variante foncée", ratio(WHITE, twin), TEXT),
        *((f"lien sur {name}", ratio(twin, paper), TEXT) for name, paper in PAPER.items()),
        *((f"bordure sur {name}", ratio(colour, paper), SHAPE) for name, paper in PAPER.items()),
    ]
    return [Fault(*pair) for pair in pairs if pair[1] < pair[2]]


def nearest_readable(colour: str) -> str:
    """Return the colour itself when it can be read, else the nearest darker one of the same hue that can."""
    for left in range(_SIGNS, -1, -1):
        darker = _written(part * left / _SIGNS for part in _parts(colour))
        if not faults(darker):
            return darker
    raise AssertionError("black can be read")


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def _written(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4
