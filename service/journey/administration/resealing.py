"""Sealing secrets at rest anew, under the newest key: one way for all that keep any."""

from dataclasses import dataclass, field

from service.journey.ports import Ports, SealBroken


@dataclass
class Resealed:
    """How many secrets were sealed anew, how many already were, and the names of those that cannot be opened."""

    anew: int = 0
    before: int = 0
    broken: list[str] = field(default_factory=list)


def sealed_anew(sealed: str, name: str, done: Resealed, ports: Ports) -> str:
    """Return a secret under the newest key and count it: one that is already is left alone, so is a broken one."""
    if ports.sealer.is_current(sealed):
        done.before += 1
        return sealed
    try:
        anew = ports.sealer.seal(ports.sealer.unseal(sealed))
    except SealBroken:
        done.broken.append(name)
        return sealed
    done.anew += 1
    return anew
