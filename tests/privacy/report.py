"""What a run of the attacks found: one record an attack, in the order of the list, in French for who reads the page."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date

from service import press
from service.adapters.noise import OpenDpNoise

# Names in plain words: a chairperson reads them on the data sheet.
ATTACKS = {
    "A1": "Deviner si un foyer est dans un tableau",
    "A2": "Deviner si un foyer est dans une publication entière",
    "A3": "Peser plus que permis, dans la base elle-même",
    "A4": "Redemander, relancer, restaurer pour moyenner le bruit",
    "A5": "Comparer avant et après une correction ou un effacement",
    "A6": "Soustraire un tableau d'un autre",
    "A7": "Lire les petites cases",
    "A8": "Recalculer les cases cachées",
    "A9": "Reconnaître un bailleur",
    "A10": "Faire sortir un nom ou un mot rare",
    "A11": "Rapprocher un texte masqué de son auteur",
    "A12": "Écouter autour : tailles, ordre, erreurs, journaux",
    "A13": "Trouver un défaut dans le tirage",
    "A14": "Entrer par une porte qui n'est pas la sienne",
}

# Of the files as they are when the run begins: what changes during it was not attacked.
PROGRAM = {
    "noise": OpenDpNoise.version,
    "code": press._digest_of_code(),
    "parameters": press._digest_of_parameters(),
}


@dataclass(frozen=True)
class Record:
    """One attack: what is claimed, what was measured, and the seeded fault that it caught."""

    attack: str
    claimed: str
    measured: str
    caught: str
    detail: str = ""

    def line(self) -> str:
        """Return the record as a terminal shows it."""
        detail = f" ({self.detail})" if self.detail else ""
        return (
            f"{self.attack:>4}  {ATTACKS[self.attack]}. Promis : {self.claimed}. Mesuré : {self.measured}{detail}. "
            f"Défaut semé, trouvé : {self.caught}."
        )


def by_attack(records: Iterable[Record]) -> list[Record]:
    """Return one record an attack, in order: what several tests of one attack found is put side by side."""
    made: dict[str, Record] = {}
    for one in records:
        before = made.get(one.attack)
        made[one.attack] = one if before is None else _together(before, one)
    return [made[attack] for attack in ATTACKS if attack in made]


def _together(one: Record, other: Record) -> Record:
    joined = {
        name: " ; ".join(dict.fromkeys(part for part in (getattr(one, name), getattr(other, name)) if part))
        for name in ("claimed", "measured", "caught", "detail")
    }
    return replace(one, **joined)


def is_whole(records: Iterable[Record]) -> bool:
    """Say whether every attack of the list has its record."""
    return {one.attack for one in records} == set(ATTACKS)


def as_json(records: Iterable[Record], *, lane: str, day: date) -> str:
    """Return a run as the data sheet reads it."""
    found = {
        "run_on": day.isoformat(),
        "lane": lane,
        "versions": {"python": platform.python_version()},
        "program": PROGRAM,
        "attacks": [{"name": ATTACKS[one.attack], **asdict(one)} for one in by_attack(records)],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
