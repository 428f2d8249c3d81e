"""How long a patrimoine of 95,000 dwellings takes to bring in, and an address to find in it. Prints figures.

    python -m tests.bench_patrimoine

Everything is invented. The largest member has 29,000 dwellings; towns and streets are shared by the members, so that
numbers and names are met again and again.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from alembic import command
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.app import create_app
from service.cli.database import alembic_config
from service.domain.columns import COLUMNS, read_header
from service.embedded.postgres import EmbeddedPostgres
from service.journey.patrimoine.patrimoine import Choices, bring_in, read_file
from service.journey.patrimoine.places import Address, find_place
from service.journey.transactions import member_transaction
from service.models.member import Member
from service.models.patrimoine import Residence
from service.settings import Settings

SIZES = (29_000, 20_000, 13_600, 13_600, 12_800, 6_000)
LOOKUPS = 2000
WARMING = 100  # the first ones prepare the statements
_FIELDS = (
    "reference", "residence_code", "residence_name", "agency", "line", "building", "floor", "door", "postcode", "insee",
    "city", "heating", "lift",
)  # fmt: skip
_WAYS = ("rue", "rue", "rue", "avenue", "allée", "boulevard", "place", "impasse")
_HEADS = ("Bel", "Mar", "Ros", "Val", "Clair", "Mont", "Haut", "Pont", "Grand", "Fon", "Ver", "Cour", "Lon", "Beau")
_TAILS = ("ville", "mont", "tilleul", "vert", "champ", "court", "bois", "lieu", "taine", "rive", "sart", "pré", "val")
_NOW = datetime(2026, 11, 26, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    """What the lookups measured, in milliseconds, and how they ended."""

    median: float
    p99: float
    found: int
    wrong: int


def rows(member: int, dwellings: int, random: Random) -> Iterator[tuple[object, ...]]:
    """Yield the lines of one member's file."""
    streets = [f"{way} du {head}{tail}" for way in _WAYS[2:] for head in _HEADS for tail in _TAILS]
    towns = [("80000", "80021", "Amiens")] * 12 + [
        (
            f"{60 + number % 20}{100 + number}",
            f"{60 + number % 20}{200 + number}",
            f"{_HEADS[number % 14]}{tail}-sur-Eau",
        )
        for number, tail in enumerate(_TAILS * 4)
    ]
    done = residence = 0
    taken: set[tuple[str, str]] = set()
    while done < dwellings:
        residence += 1
        size = min(random.choice((8, 20, 24, 40, 40, 60, 110)), dwellings - done)
        is_houses = not residence % 4
        postcode, insee, city = random.choice(towns)
        street, entrances = random.choice(streets), size if is_houses else random.choice((1, 1, 2, 3, 4))
        first = random.randrange(member, 120, 6)
        lines = [f"{first + 6 * turn} {street}" for turn in range(entrances)]
        if any((line, postcode) in taken for line in lines):
            continue
        taken.update((line, postcode) for line in lines)
        name = f"Les {random.choice(_HEADS)}{random.choice(_TAILS)}s {residence}"
        for home in range(size):
            entrance = home % entrances
            yield (
                f"B{member}-{residence:04d}-{home:04d}", f"R{residence}", name, f"Agence {residence % 7}",
                lines[entrance], None if is_houses else "ABCD"[entrance], home // 8, f"{home + 1}", postcode, insee,
                city,
                ("collectif", "individuel")[residence % 2],
                ("oui", "non")[residence % 2],
            )  # fmt: skip
        done += size


def writings(file: list[tuple[object, ...]], random: Random) -> Iterator[tuple[Address, str | None]]:
    """Yield addresses as tenants type them, with the reference of a dwelling of the residence meant."""
    while True:
        line = random.choice(file)
        street, building, postcode, city = str(line[4]), line[5], str(line[8]), str(line[10])
        number, _, name = street.partition(" ")
        kind = random.randrange(6)
        if kind == 0:
            yield Address(street, postcode, city), str(line[1])
        elif kind == 1:
            yield Address(f"{number}, {name.upper()}, {city}, bat {building or 'A'}", "", ""), str(line[1])
        elif kind == 2:
            place = random.randrange(len(name) // 2, len(name))
            yield Address(f"{number} {name[:place]}{name[place + 1 :]}", postcode, city), str(line[1])
        elif kind == 3:
            yield Address(f"{number} {name.split(' du ')[1]} {postcode} {city}", "", ""), str(line[1])
        elif kind == 4:
            yield Address(str(line[2]), "", city), str(line[1])
        else:
            yield Address(f"{number} rue des Inconnus", postcode, city), None


def bench(app: Flask, members: list[UUID], say: Callable[[str], None] = print) -> Found:
    """Bring 95,000 dwellings in, then look 2,000 addresses up in those of the first member; say the figures."""
    random = Random(2026)
    header = read_header([COLUMNS[name].name for name in _FIELDS])
    files = [list(rows(place, size, random)) for place, size in enumerate(SIZES)]
    start = time.perf_counter()
    for member_id, file in zip(members, files, strict=True):
        with app.app_context():
            checked = read_file(member_id, header, list(enumerate(file, start=2)))
            outcome = bring_in(member_id, checked, Choices(), _NOW)
            assert outcome.is_written, checked.faults[:3]
    say(f"{sum(SIZES)} dwellings brought in (s)            {time.perf_counter() - start:8.1f}")
    with app.app_context():
        start = time.perf_counter()
        bring_in(members[0], read_file(members[0], header, list(enumerate(files[0], start=2))), Choices(), _NOW)
        say(f"{SIZES[0]} the same again (s)               {time.perf_counter() - start:8.1f}")
        return _look_up(members[0], files[0], random, say)


def _look_up(member_id: UUID, file: list[tuple[object, ...]], random: Random, say: Callable[[str], None]) -> Found:
    took: list[float] = []
    found = wrong = 0
    typed = writings(file, random)
    with member_transaction(member_id) as session:
        codes = {one.id: one.code for one in session.scalars(select(Residence))}
        for turn in range(LOOKUPS + WARMING):
            address, meant = next(typed)
            start = time.perf_counter()
            place = find_place(session, member_id, None, address)
            if turn >= WARMING:
                took.append((time.perf_counter() - start) * 1000)
            found += place.residence_id is not None
            wrong += place.residence_id is not None and codes[place.residence_id] != meant
    took.sort()
    result = Found(statistics.median(took), took[int(len(took) * 0.99) - 1], found, wrong)
    say(f"an address is found (ms, median and p99)   {result.median:8.2f} {result.p99:8.2f}")
    say(f"of {LOOKUPS + WARMING} typed: found {found}, wrong {wrong}")
    return result


def settings_of(postgres: EmbeddedPostgres, folder: Path) -> Settings:
    """Return settings on a given PostgreSQL; nothing else is called."""
    return Settings(
        database_url=postgres.app_url,
        database_owner_url=postgres.owner_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key="bench",
        base_url="http://localhost",
        smtp_url=None,
        mail_dir=folder / "mail",
        mail_from="Sève <ne-pas-repondre@seve.example>",
        model_dir=folder / "model",
        demo_file=folder / "demo.json",
        encryption_keys=("bench",),
        sms_dir=folder / "sms",
        drop_dir=folder / "drop",
        mail_in_dir=folder / "mail-in",
    )


def found_members(settings: Settings) -> list[UUID]:
    """Migrate and write six members with nothing of their own."""
    command.upgrade(alembic_config(settings.database_owner_url), "head")
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        made = [
            Member(
                id=uuid4(), slug=f"membre-{place}", name=f"Membre {place}", seat="Amiens", colour="#1d5b43",
                dwellings=size, phone="03 53 01 00 00", accepts_referrals=True,
            )
            for place, size in enumerate(SIZES)
        ]  # fmt: skip
        session.add_all(made)
        ids = [member.id for member in made]
        session.commit()
    engine.dispose()
    return ids


def main() -> None:
    """Measure on a fresh server, with the disk waited for as in production."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "pg") as postgres:
            settings = settings_of(postgres, folder)
            bench(create_app(settings), found_members(settings))


if __name__ == "__main__":
    main()
