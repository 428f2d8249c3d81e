"""A member's colour: kept only when everything drawn with it can be read."""

from service.domain.contrast import Fault, faults, nearest_readable, read_colour
from service.domain.errors import BadInput


class Unreadable(BadInput):
    """A colour that some people could not read; `faults` say where, `nearest` is a darker one that can be read."""

    def __init__(self, colour: str, found: list[Fault]) -> None:
        super().__init__("unreadable", "colour")
        self.faults = found
        self.nearest = nearest_readable(colour)


def check_theme(colour: str) -> str:
    """Return a colour as it may be kept.

    Raises
    ------
    BadInput
        `not_a_colour` when it is not written #rrggbb; Unreadable when the contrast is too low.

    """
    wanted = read_colour(colour)
    if wanted is None:
        raise BadInput("not_a_colour", "colour")
    found = faults(wanted)
    if found:
        raise Unreadable(wanted, found)
    return wanted
