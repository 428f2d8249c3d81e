"""A whole patrimoine file: its lines gathered into residences, and what only shows when they stand together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from service.domain.addresses import address_key, fold
from service.domain.columns import Header
from service.domain.patrimoine import Fault, Line, read_line

Some = TypeVar("Some", str, bool)
Key = tuple[str, ...]


@dataclass
class Holding:
    """A residence of the file, with its lines."""

    code: str | None
    name: str
    agency: str
    heating: str
    has_lift: bool
    area: str | None
    lines: list[Line]
    contracts: dict[str, UUID] = field(default_factory=dict)  # organisation by trade

    @property
    def first(self) -> Line:
        """The line that says where the residence is."""
        return self.lines[0]

    @property
    def caretaker(self) -> str | None:
        """Who looks after it, where a line says so."""
        return next((line.caretaker for line in self.lines if line.caretaker), None)


@dataclass(frozen=True)
class Checked:
    """A file once read: what can be written, and what is refused."""

    header: Header
    holdings: list[Holding]
    faults: list[Fault]

    @property
    def dwellings(self) -> int:
        """How many dwellings can be written."""
        return sum(len(holding.lines) for holding in self.holdings)

    @property
    def refused_lines(self) -> int:
        """How many lines are refused."""
        return len({fault.line for fault in self.faults})

    @property
    def refused_references(self) -> set[str]:
        """The references of the refused lines, where they can be read."""
        return {fault.reference for fault in self.faults if fault.reference}

    @property
    def nameless_lines(self) -> int:
        """How many refused lines do not say which dwelling they are about."""
        named = {fault.line for fault in self.faults if fault.reference}
        return len({fault.line for fault in self.faults} - named)


def check(header: Header, rows: Iterable[tuple[int, Sequence[object]]], organisations: Mapping[str, UUID]) -> Checked:
    """Read every line (its number and its cells) against a member's organisations, by name."""
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, cells in rows:
        found = read_line(header, number, cells)
        if isinstance(found, Line):
            lines.append(found)
        else:
            faults += found
    _refuse_twins(header, lines, faults)
    holdings = _gather(header, lines, faults)
    _contract(header, holdings, organisations, faults)
    return _without(Checked(header, holdings, sorted(faults, key=lambda fault: fault.line)))


def _without(checked: Checked) -> Checked:
    """Take the refused lines away, and the residences of which nothing is left."""
    refused = {fault.line for fault in checked.faults}
    for holding in checked.holdings:
        holding.lines = [line for line in holding.lines if line.number not in refused]
    return Checked(checked.header, [one for one in checked.holdings if one.lines], checked.faults)


def _fault(header: Header, line: Line, name: str, value: str | None, reason: str) -> Fault:
    return Fault(line.number, header.label(name), value or "", reason, line.reference)


def _refuse_twins(header: Header, lines: list[Line], faults: list[Fault]) -> None:
    """Refuse each line whose reference another one has, naming the other."""
    by_reference: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_reference[line.reference].append(line)
    for reference, twins in by_reference.items():
        for line in twins if len(twins) > 1 else ():
            others = ", ".join(str(other.number) for other in twins if other is not line)
            faults.append(
                _fault(header, line, "reference", reference, f"Cette référence est aussi à la ligne {others}.")
            )


def key_of(line: Line) -> Key:
    """Return what makes two lines one residence: its code, else its name in its town, else the address."""
    if line.residence_code:
        return ("code", line.residence_code)
    if line.residence_name:
        return ("name", fold(line.residence_name), line.insee)
    return ("address", address_key(line.address_line, line.postcode))


def _gather(header: Header, lines: list[Line], faults: list[Fault]) -> list[Holding]:
    groups: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key_of(line)].append(line)
    holdings: list[Holding] = []
    for key, group in groups.items():
        agency = _one(header, "agency", [(line, line.agency) for line in group], faults)
        name = _one(header, "residence_name", [(line, line.residence_name) for line in group], faults)
        heating = _most(line.heating for line in group)
        if heating is None:
            faults += [_fault(header, line, "heating", None, "Cette case doit être remplie.") for line in group]
        if agency is None:
            faults += [_fault(header, line, "agency", None, "Cette case doit être remplie.") for line in group]
        if agency and heating:
            holdings.append(
                Holding(
                    code=None if key[0] == "name" else key[1],
                    name=name or group[0].residence_code or group[0].address_line,
                    agency=agency,
                    heating=heating,
                    has_lift=bool(_most(line.has_lift for line in group)),
                    area=_most(line.area for line in group),
                    lines=group,
                )
            )
    return holdings


def _one(header: Header, name: str, values: list[tuple[Line, str | None]], faults: list[Fault]) -> str | None:
    """Return what the residence's lines say of it; the lines that say otherwise than the first are refused."""
    said = [(line, value) for line, value in values if value]
    if not said:
        return None
    first, kept = said[0]
    for line, value in said[1:]:
        if fold(value) != fold(kept):
            reason = f"À la ligne {first.number}, la même résidence a « {kept} »."
            faults.append(_fault(header, line, name, value, reason))
    return kept


def _most(values: Iterable[Some | None]) -> Some | None:
    """Return what most of the lines that say something say."""
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _contract(header: Header, holdings: list[Holding], organisations: Mapping[str, UUID], faults: list[Fault]) -> None:
    """Give each residence the organisations its lines name."""
    for holding in holdings:
        for line in holding.lines:
            for trade, written in line.contracts:
                found = _organisation(written, organisations)
                if found is None:
                    known = ", ".join(sorted(organisations)) or "aucune"
                    reason = f"Entreprise inconnue : « {written} ». Entreprises connues : {known}."
                elif holding.contracts.setdefault(trade, found) != found:
                    reason = "Une autre ligne de la même résidence donne ce métier à une autre entreprise."
                else:
                    continue
                faults.append(_fault(header, line, "contracts", written, reason))


def _organisation(written: str, organisations: Mapping[str, UUID]) -> UUID | None:
    """Return the organisation of this name, or the only one whose name holds all of its words."""
    wanted = set(fold(written).split())
    exact = [one for name, one in organisations.items() if fold(name) == fold(written)]
    partial = [one for name, one in organisations.items() if wanted <= set(fold(name).split())]
    found = exact or partial
    return found[0] if len(found) == 1 else None
