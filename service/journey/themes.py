"""A member's colour: kept only when everything drawn with it can be read."""

from uuid import UUID

from service.domain.contrast import Fault, faults, nearest_readable, read_colour
from service.domain.errors import BadInput
from service.journey.transactions import member_transaction
from service.models.member import Member


class Unreadable(BadInput):
    """A colour that some people could not read; `faults` say where, `nearest` is a darker one that can be read."""

    def __init__(self, colour: str, found: list[Fault]) -> None:
        super().__init__("unreadable", "colour")
        self.faults = found
        self.nearest = nearest_readable(colour)


def save_theme(member_id: UUID, colour: str) -> str:
    """Give a member its colour and return it as kept.

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
    with member_transaction(member_id) as session:
        session.get_one(Member, member_id).colour = wanted
    return wanted
