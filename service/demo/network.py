"""The members of the demonstration network, read from `network.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Commune:
    """A town where a member has residences; `weight` is its part of the member's dwellings.

    `area` is its type, `qpv` the part of its residences that stand in a priority district.
    """

    name: str
    insee: str
    postcode: str
    weight: int
    area: str = "urbain"
    qpv: float = 0.0


@dataclass(frozen=True)
class AgencyPlan:
    """A local office and the communes it looks after."""

    name: str
    city: str
    communes: tuple[Commune, ...]


@dataclass(frozen=True)
class Contract:
    """An outside organisation a member works with, everywhere or in a few communes (INSEE codes)."""

    trade: str
    name: str
    is_authority: bool
    communes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """How the organisation is kept: supplier or authority."""
        return "authority" if self.is_authority else "supplier"


@dataclass(frozen=True)
class MemberPlan:
    """One member as configured. `reference` is the format of its dwelling references."""

    slug: str
    name: str
    seat: str
    colour: str
    dwellings: int
    phone: str
    accepts_referrals: bool
    charges_month: int
    reference: str
    agencies: tuple[AgencyPlan, ...]
    contracts: tuple[Contract, ...]


@dataclass(frozen=True)
class ReaderPlan:
    """A person of the network."""

    name: str
    email: str


@dataclass(frozen=True)
class NetworkPlan:
    """The whole network as configured."""

    reader: ReaderPlan  # of the working group
    operator: ReaderPlan  # of the platform
    members: tuple[MemberPlan, ...]


def read_toml(name: str) -> dict[str, Any]:
    """Return one of the data files that stand beside this module."""
    with (_HERE / name).open("rb") as file:
        return tomllib.load(file)


def _contract(line: dict[str, Any]) -> Contract:
    return Contract(line["trade"], line["name"], line.get("authority", False), tuple(line.get("communes", ())))


def _agency(line: dict[str, Any]) -> AgencyPlan:
    return AgencyPlan(line["name"], line["city"], tuple(Commune(**commune) for commune in line["communes"]))


def _member(line: dict[str, Any]) -> MemberPlan:
    return MemberPlan(
        agencies=tuple(_agency(agency) for agency in line.pop("agency")),
        contracts=tuple(_contract(contract) for contract in line.pop("organisations")),
        **line,
    )


@cache
def network() -> NetworkPlan:
    """Return the configured network."""
    data = read_toml("network.toml")
    return NetworkPlan(
        ReaderPlan(**data["reader"]), ReaderPlan(**data["operator"]), tuple(_member(line) for line in data["member"])
    )
