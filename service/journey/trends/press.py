"""What publishing the trends needs from outside, as Protocols: the noise and the archive. No web request has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.domain.snapshots import Snapshot, Weight


class Noise(Protocol):
    """Draws the noise of published figures."""

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        """Return the counts with noise of scale `sigma`, where one household moves `cells` counts by one at most."""
        ...


class Archive(Protocol):
    """Keeps what was published outside the database, so that a restoration makes nothing be drawn again."""

    def months(self) -> list[date]:
        """Return the months that are kept, in order."""
        ...

    def read(self, month: date) -> list[Snapshot]:
        """Return what was published with a month, in order; nothing when it never was. Raises ArchiveDamaged."""
        ...

    def weights(self, month: date) -> list[Weight] | None:
        """Return what households weighed in a month's tables; None when it is not kept, or no longer."""
        ...

    def keep(self, month: date, snapshots: Sequence[Snapshot], weights: Sequence[Weight]) -> None:
        """Keep what was published with a month, unless it is kept already. Raises ArchiveClosed."""
        ...

    def forget_weights(self, before: date) -> None:
        """Forget what households weighed in months before one."""
        ...


@dataclass(frozen=True)
class Press:
    """What publishing needs beside the ports. No web request ever has it."""

    noise: Noise
    archive: Archive
    secret: str  # names and orders households; it never changes within thirteen months
    program: Mapping[str, str]  # what draws: versions and digests, written beside each table
