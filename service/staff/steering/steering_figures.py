"""A figure as it stands on a page of steering: its words, the list behind it, its place in a table."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from flask import url_for

from service.domain.steering import write_narrowing
from service.journey.steering.steering_tables import Cell, Line, Table, value_in_words


def figure(cell: Cell) -> str:
    """Return the words of a figure."""
    return value_in_words(cell.value, cell.unit)


def list_url(cell: Cell) -> str | None:
    """Return the address of what a figure counts, or None where it counts nothing that can be listed."""
    if cell.address:
        return url_for("staff.incident", incident_id=cell.address)
    if cell.cut is None:
        return None
    measure, narrowing, period = cell.cut
    return url_for(
        "staff.inbox",
        vue="toutes",
        chiffre=measure,
        cle=write_narrowing(narrowing) or None,
        du=period.since.isoformat(),
        au=period.until.isoformat(),
    )


def in_order(table: Table, args: Mapping[str, str]) -> Table:
    """Return the table in the order that the address asks for, if it asks for one of this table."""
    name, _, column = args.get("tri", "").partition(".")
    if name != table.name or not column.isdecimal() or int(column) >= len(table.heads):
        return table
    place = int(column)
    known = [line for line in table.lines if _key(line, place) is not None]
    unknown = [line for line in table.lines if _key(line, place) is None]
    numbers = [line for line in known if not isinstance(_key(line, place), str)]
    words = [line for line in known if isinstance(_key(line, place), str)]
    down = args.get("sens") != "croissant"
    numbers.sort(key=lambda line: Decimal(_key(line, place) or 0), reverse=down)
    words.sort(key=lambda line: str(_key(line, place)).casefold(), reverse=down and place > 0)
    return replace(table, lines=[*numbers, *words, *unknown])


def _key(line: Line, place: int) -> int | Decimal | str | None:
    """Return what a line is sorted by; a cell beyond its end is as if it were empty."""
    if place == 0:
        return line.head
    return line.cells[place - 1].value if place <= len(line.cells) else None
