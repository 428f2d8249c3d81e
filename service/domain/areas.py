"""Types of area, and which of them are published apart: decided on public stock of dwellings, never on complaints."""

from collections.abc import Mapping

# code -> label
AREAS: Mapping[str, str] = {
    "qpv": "Quartiers prioritaires",
    "urbain": "Villes, hors quartiers prioritaires",
    "periurbain": "Périphéries",
    "rural": "Communes rurales",
}
UNKNOWN = "urbain"  # where a residence's file says nothing
FEWEST_MEMBERS = 3
LEAST_SHARE = 0.05  # of an area's stock, for a member to count among them
LARGEST_SHARE = 0.85
_ORDER = ("rural", "periurbain", "qpv", "urbain")  # in which they are looked at
_INTO = {"rural": "periurbain", "periurbain": "urbain", "qpv": "urbain", "urbain": "periurbain"}

Stock = Mapping[str, Mapping[str, int]]  # area -> member -> dwellings


def merge_areas(stock: Stock, held: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return under which area each type is published: itself, or the one it had to be merged into.

    An area stands alone when at least three members own five per cent of its dwellings each, and none more than 85.
    What is left at the end is published whatever it holds: it is then the whole network. What `held` merged before
    stays merged.
    """
    into = dict(held) if held else {area: area for area in AREAS}
    while len(standing := set(into.values())) > 1:
        weak = next((one for one in _ORDER if one in standing and not _stands(stock, into, one)), None)
        if weak is None:
            break
        target = _INTO[weak] if _INTO[weak] in standing else next(one for one in AREAS if one in standing - {weak})
        into = {area: target if under == weak else under for area, under in into.items()}
    return into


def _stands(stock: Stock, into: Mapping[str, str], published: str) -> bool:
    return may_stand_alone(_together(stock, [area for area, under in into.items() if under == published]))


def may_stand_alone(dwellings: Mapping[str, int]) -> bool:
    """Say whether the stock of one area, by member, lets it be published apart."""
    total = sum(dwellings.values())
    if not total:
        return False
    shares = [count / total for count in dwellings.values()]
    return sum(share >= LEAST_SHARE for share in shares) >= FEWEST_MEMBERS and max(shares) <= LARGEST_SHARE


def _together(stock: Stock, areas: list[str]) -> dict[str, int]:
    total: dict[str, int] = {}
    for area in areas:
        for member, count in stock.get(area, {}).items():
            total[member] = total.get(member, 0) + count
    return total
