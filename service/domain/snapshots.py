"""A published table: what it holds, and the digest that ties it to the one before."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

FIRST = "0" * 64  # stands before the first of all


@dataclass(frozen=True)
class Snapshot:
    """One product for one period, drawn once. Values are households with their noise: some are negative."""

    number: int  # from 1, without a gap
    product: str
    period: date
    drawn_at: datetime
    keys: tuple[str, ...]
    values: tuple[int, ...]
    sigma: float
    rho: float
    most: int
    cap: int
    stock: Mapping[str, Any]  # public: dwellings by member's slug and by area, and how areas were merged
    program: Mapping[str, str]  # what drew it: the versions, and the digest of the code and of the parameters
    previous: str
    sha256: str = ""

    def figures(self) -> dict[str, int]:
        """Return the noisy value of each key."""
        return dict(zip(self.keys, self.values, strict=True))


@dataclass(frozen=True)
class Weight:
    """How many cells of a table one household moved: what the yearly cap is held by."""

    member_id: UUID
    product: str
    period: date
    household: bytes  # HMAC-SHA256 of the dwelling
    cells: int


def digest(snapshot: Snapshot) -> str:
    """Return the SHA-256 of a snapshot in hexadecimal: of all it holds and of the one before."""
    return hashlib.sha256(written(snapshot, with_digest=False).encode()).hexdigest()


def written(snapshot: Snapshot, *, with_digest: bool = True) -> str:
    """Return a snapshot as JSON, in one way only."""
    parts = asdict(snapshot)
    parts["period"] = snapshot.period.isoformat()
    parts["drawn_at"] = snapshot.drawn_at.astimezone(UTC).isoformat(timespec="microseconds")
    if not with_digest:
        del parts["sha256"]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_written(line: str) -> Snapshot:
    """Return the snapshot that `written` wrote."""
    parts = json.loads(line)
    parts |= {
        "period": date.fromisoformat(parts["period"]),
        "drawn_at": datetime.fromisoformat(parts["drawn_at"]),
        "keys": tuple(parts["keys"]),
        "values": tuple(parts["values"]),
    }
    return Snapshot(**parts)


def faults_of_chain(snapshots: Iterable[Snapshot], after: tuple[int, str] = (0, FIRST)) -> list[str]:
    """Return what is wrong with the chain, in order; nothing when each one is as it was drawn.

    `after` is the number and the digest of the table that it follows.
    """
    faults, (last, previous) = [], after
    for place, one in enumerate(snapshots, start=last + 1):
        name = f"{one.product} {one.period:%Y-%m-%d}"
        if one.number != place:
            faults.append(f"{name} : numéro {one.number} au lieu de {place}, il en manque ou il y en a de trop.")
        if one.previous != previous:
            faults.append(f"{name} : ne suit pas l'instantané d'avant.")
        if one.sha256 != digest(one):
            faults.append(f"{name} : n'est plus ce qui a été tiré.")
        previous = one.sha256
    return faults
