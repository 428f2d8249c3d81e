"""One line of a patrimoine file: its values, or what is wrong with it in words its owner can mend it by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.addresses import cut
from service.domain.cells import (
    Unreadable,
    as_area,
    as_contracts,
    as_floor,
    as_heating,
    as_insee,
    as_postcode,
    as_reference,
    as_rpls,
    as_short,
    as_siren,
    as_text,
    as_yes_or_no,
    shown,
)
from service.domain.columns import Header


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is refused: where, what stands there, and how to mend it, in French."""

    line: int  # as counted in the file, the header being the first
    column: str
    shown: str
    reason: str
    reference: str | None = None  # of the dwelling, when it can be read


@dataclass(frozen=True, slots=True)
class Line:
    """One dwelling as its line says it. What is empty is None."""

    number: int
    reference: str
    rpls_id: str | None
    residence_code: str | None
    residence_name: str | None
    agency: str | None
    address_line: str
    postcode: str
    insee: str
    city: str
    building: str | None
    stair: str | None
    floor: int | None
    door: str | None
    heating: str | None
    has_lift: bool | None
    area: str | None
    caretaker: str | None
    contracts: tuple[tuple[str, str], ...]  # trade, organisation as written


class _Reader:
    """Reads the cells of one line, and keeps what is wrong with them."""

    def __init__(self, header: Header, number: int, cells: Sequence[object]) -> None:
        self.header, self.number, self.cells = header, number, cells
        self.faults: list[Fault] = []
        self.reference: str | None = None

    def cell(self, name: str) -> object:
        """Return the first filled cell of a field."""
        for place in self.header.places.get(name, ()):
            cell = self.cells[place] if place < len(self.cells) else ""
            if cell is not None and str(cell).strip():
                return cell
        return ""

    def take(self, name: str, read: Callable[[object], Any]) -> Any:
        """Return the value of a field as `read` gives it, None when empty or wrong."""
        cell = self.cell(name)
        if cell == "":
            return None
        try:
            return read(cell)
        except Unreadable as wrong:
            self.refuse(name, str(wrong))
            return None

    def need(self, name: str, read: Callable[[object], Any]) -> Any:
        """Return the value of a field that must be filled."""
        if self.cell(name) == "":
            self.refuse(name, "Cette case doit être remplie.")
            return ""
        return self.take(name, read) or ""

    def refuse(self, name: str, reason: str) -> None:
        """Keep one thing that is wrong."""
        self.faults.append(Fault(self.number, self.header.label(name), shown(self.cell(name)), reason, self.reference))


def read_line(header: Header, number: int, cells: Sequence[object]) -> Line | list[Fault]:
    """Return the values of a line, or everything that is wrong with it."""
    reader = _Reader(header, number, cells)
    reference = reader.need("reference", as_reference)
    reader.reference = reference or None
    reader.take("siren", as_siren)
    line = Line(
        number=number,
        reference=reference,
        rpls_id=reader.take("rpls_id", as_rpls),
        residence_code=reader.take("residence_code", as_reference),
        residence_name=reader.take("residence_name", as_text),
        agency=reader.take("agency", as_text),
        address_line=_address(reader),
        postcode=reader.need("postcode", as_postcode),
        insee=reader.need("insee", as_insee),
        city=reader.need("city", as_text),
        building=reader.take("building", as_short),
        stair=reader.take("stair", as_short),
        floor=reader.take("floor", as_floor),
        door=reader.take("door", as_short),
        heating=reader.take("heating", as_heating),
        has_lift=reader.take("lift", as_yes_or_no),
        area=reader.take("area", as_area),
        caretaker=reader.take("caretaker", as_text),
        contracts=reader.take("contracts", as_contracts) or (),
    )
    return reader.faults or line


def _address(reader: _Reader) -> str:
    """Return the line of an address, from its parts or as one."""
    parts = [reader.take(name, as_short) for name in ("number", "repetition")]
    parts += [reader.take(name, as_text) for name in ("way", "street")]
    name = "street" if parts[-1] else "line"
    line = " ".join(part for part in parts if part) if parts[-1] else reader.take("line", as_text)
    if reader.cell(name) == "":
        reader.refuse(name, "L'adresse doit être remplie.")
    elif line and not cut(line).street:
        reader.refuse(name, "Cette adresse n'a pas de nom de rue.")
    return line or ""
