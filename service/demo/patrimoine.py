"""Residences and dwellings of a member, exactly as many as configured."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any, ClassVar
from uuid import UUID

from service.demo.chance import new_id
from service.demo.landlord import Landlord
from service.demo.network import Commune, read_toml
from service.domain.addresses import address_key, entry_of_line, entry_of_name
from service.models.member import Agency
from service.models.patrimoine import Address, Dwelling, Residence

_MEAN_SIZE = 39.6  # dwellings in a residence: 95,000 in about 2,400


@dataclass(frozen=True)
class Shape:
    """A kind of building. Sizes are drawn between the bounds, then brought to the member's exact total."""

    code: str
    weight: int
    fewest: int
    most: int
    storeys: tuple[int, int]
    entrances: tuple[int, int]
    collective_heating: float  # probability
    lift: float  # probability


SHAPES = (
    Shape("houses", 22, 6, 28, (0, 0), (0, 0), 0.0, 0.0),
    Shape("block", 46, 12, 48, (2, 4), (1, 3), 0.45, 0.08),
    Shape("bar", 24, 40, 90, (4, 6), (2, 5), 0.85, 0.6),
    Shape("tower", 8, 60, 150, (8, 14), (1, 2), 1.0, 1.0),
)


@dataclass(frozen=True, slots=True)
class Home:
    """A row of `dwellings`: there are 95,000, which a plain value makes in a fifth of the time of a mapped one."""

    __tablename__: ClassVar[str] = Dwelling.__tablename__

    id: UUID
    member_id: UUID
    reference: str
    residence_id: UUID
    address_line: str
    address_key: str
    building: str | None = None
    floor: int | None = None
    door: str | None = None
    rpls_id: str | None = None
    stair: str | None = None
    heating: str | None = None  # as its residence
    has_lift: bool | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A row of `addresses`, as plain as a home."""

    __tablename__: ClassVar[str] = Address.__tablename__

    id: UUID
    member_id: UUID
    residence_id: UUID
    address_key: str
    line: str
    number: str
    street_key: str
    postcode: str
    insee: str
    city_key: str


@dataclass
class Plot:
    """A residence with its dwellings."""

    residence: Residence
    shape: Shape
    dwellings: list[Home] = field(default_factory=list)
    addresses: list[Door] = field(default_factory=list)


class Streets:
    """Gives addresses that no other residence has."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        names = read_toml("names.toml")
        self._kinds: list[str] = names["street_kinds"]
        self._names: list[str] = names["street_names"]

    def street(self, random: Random) -> str:
        """Return a street such as « rue des Tilleuls »."""
        return f"{random.choice(self._kinds)} {random.choice(self._names)}"

    def line(self, street: str, postcode: str, random: Random) -> str:
        """Return the next free number in a street."""
        key = (street, postcode)
        self._last[key] = self._last.get(key, 0) + random.choice((1, 2, 2, 2, 4))
        return f"{self._last[key]} {street}"


def build(landlord: Landlord, streets: Streets, random: Random) -> list[Plot]:
    """Return the member's residences with all their dwellings."""
    how_many = max(round(landlord.plan.dwellings / _MEAN_SIZE), 1)
    shapes = random.choices(SHAPES, [shape.weight for shape in SHAPES], k=how_many)
    sizes = _sizes(shapes, landlord.plan.dwellings, random)
    offices = [(agency, plan) for agency, plan in zip(landlord.agencies, landlord.plan.agencies, strict=True)]
    places = [(agency, commune) for agency, plan in offices for commune in plan.communes]
    weights = [commune.weight for _, commune in places]
    names = _Names(random)
    plots = []
    sequence = 0
    for number, (shape, size) in enumerate(zip(shapes, sizes, strict=True), start=1):
        agency, commune = random.choices(places, weights)[0]
        plot = Plot(_residence(landlord, agency, commune, shape, names.next_in(commune.name), random), shape)
        _fill(plot, landlord, (number, sequence), size, streets, random)
        sequence += size
        plots.append(plot)
    for number, plot in enumerate(plots, start=1):
        plot.residence.code = f"R{number:04d}"
        plot.addresses = list(_doors(plot, random))
    return plots


def _doors(plot: Plot, random: Random) -> Iterator[Door]:
    """Yield the addresses of a residence, its own name among them."""
    residence = plot.residence
    town = (residence.postcode, residence.insee, residence.city)
    lines = dict.fromkeys(home.address_line for home in plot.dwellings)
    for entry in (entry_of_name(residence.name, *town), *(entry_of_line(line, *town) for line in lines)):
        yield Door(id=new_id(random), member_id=residence.member_id, residence_id=residence.id, **asdict(entry))


def _sizes(shapes: list[Shape], total: int, random: Random) -> list[int]:
    """Return one size a residence, bringing the drawn ones to the exact total."""
    drawn = [random.uniform(shape.fewest, shape.most) for shape in shapes]
    scale = total / sum(drawn)
    sizes = [max(2, round(size * scale)) for size in drawn]
    while sum(sizes) != total:
        step = 1 if sum(sizes) < total else -1
        place = random.randrange(len(sizes))
        if sizes[place] + step > 1:
            sizes[place] += step
    return sizes


class _Names:
    """Gives names that no other residence of the commune has."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left: dict[str, Iterator[str]] = {}

    def next_in(self, city: str) -> str:
        return next(self._left.setdefault(city, self._all()))

    def _all(self) -> Iterator[str]:
        words = read_toml("names.toml")
        names = [*words["residence_names"]]
        names += [f"{kind} {street}" for kind in words["residence_kinds"] for street in words["street_names"]]
        for turn in count(1):
            self._random.shuffle(names)
            yield from (name if turn == 1 else f"{name} {turn}" for name in names)


def _residence(
    landlord: Landlord, agency: Agency, commune: Commune, shape: Shape, name: str, random: Random
) -> Residence:
    return Residence(
        id=new_id(random),
        member_id=landlord.member.id,
        name=name,
        agency_id=agency.id,
        postcode=commune.postcode,
        insee=commune.insee,
        city=commune.name,
        heating="collective" if random.random() < shape.collective_heating else "individual",
        has_lift=random.random() < shape.lift,
    )


def _fill(
    plot: Plot, landlord: Landlord, numbers: tuple[int, int], size: int, streets: Streets, random: Random
) -> None:
    """Put `size` dwellings in the residence, a house at each address or several homes behind one door."""
    residence_number, sequence = numbers
    places = (
        _houses(plot, size, streets, random) if plot.shape.code == "houses" else _flats(plot, size, streets, random)
    )
    for number, place in enumerate(places, start=1):
        reference = landlord.plan.reference.format(
            residence=residence_number, building=place.get("building", "P"), number=number, sequence=sequence + number
        )
        plot.dwellings.append(
            Home(
                id=new_id(random),
                member_id=landlord.member.id,
                reference=reference,
                residence_id=plot.residence.id,
                **place,
            )
        )


def _houses(plot: Plot, size: int, streets: Streets, random: Random) -> Iterator[dict[str, Any]]:
    street = streets.street(random)
    postcode = plot.residence.postcode
    for _ in range(size):
        line = streets.line(street, postcode, random)
        yield {"address_line": line, "address_key": address_key(line, postcode)}


def _flats(plot: Plot, size: int, streets: Streets, random: Random) -> Iterator[dict[str, Any]]:
    street = streets.street(random)
    postcode = plot.residence.postcode
    entrances = random.randint(*plot.shape.entrances)
    storeys = random.randint(*plot.shape.storeys)
    for entrance in range(entrances):
        line = streets.line(street, postcode, random)
        key = address_key(line, postcode)
        homes = size // entrances + (entrance < size % entrances)
        on_floor = -(-homes // (storeys + 1))
        for home in range(homes):
            floor, door = divmod(home, on_floor)
            yield {
                "address_line": line,
                "address_key": key,
                "building": chr(ord("A") + entrance),
                "floor": floor,
                "door": f"{floor}{door + 1:02d}",
            }
