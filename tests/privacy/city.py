"""Six members, their dwellings by type of area and what is written from them: what an attack is tried upon."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from flask import Flask
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from service.domain.areas import AREAS
from service.domain.snapshots import Snapshot
from service.domain.taxonomy import categories
from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.press import Press
from service.journey.trends.snapshots import read_snapshots
from service.models.complaint import Complaint
from service.models.patrimoine import Dwelling, Residence
from service.press import make_press
from service.settings import Settings
from tests import world as worlds
from tests.world import MemberWorld, World

JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))
QUARTER = (JULY, AUGUST, SEPTEMBER)
TERMS = ("cafards", "chaudiere", "moisissures", "punaises")
OTHERS = {"centre": "Centre Habitat", "dune": "Dune Habitat", "estran": "Estran Habitat", "falaise": "Falaise Habitat"}
_numbers = count(1)


@dataclass
class Heard:
    """The noise of the service, with an ear to it: what was counted, and what was drawn."""

    inner: Any
    draws: list[tuple[list[int], list[int]]] = field(default_factory=list)

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        drawn: list[int] = self.inner.draw(counts, sigma, cells, rho)
        self.draws.append((list(counts), drawn))
        return drawn


@dataclass
class City:
    """What an attack plants, as the owner of the tables writes it: quicker than six members would."""

    engine: Engine
    members: dict[str, MemberWorld]
    homes: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)  # member's slug, area -> dwellings

    def build(self, slug: str, area: str, how_many: int, size: int = 40) -> list[UUID]:
        """Add dwellings to a member in one type of area, in residences of a size."""
        member, made = self.members[slug], [uuid4() for _ in range(how_many)]
        with Session(self.engine) as session:
            agency = session.scalar(text("select id from agencies where member_id = :id"), {"id": member.id})
            homes: list[dict[str, Any]] = []
            for start in range(0, how_many, size):
                residence = uuid4()
                session.execute(insert(Residence), [{
                    "id": residence, "member_id": member.id, "name": f"Résidence {next(_numbers)}", "agency_id": agency,
                    "postcode": "80000", "insee": "80021", "city": "Amiens", "heating": "collective", "has_lift": True,
                    "area_type": area,
                }])  # fmt: skip
                homes += [{
                    "id": one, "member_id": member.id, "reference": f"plus-{next(_numbers)}", "residence_id": residence,
                    "address_line": "1 rue Neuve", "address_key": "1 rue neuve 80000",
                } for one in made[start : start + size]]  # fmt: skip
            session.execute(insert(Dwelling), homes)
            session.commit()
        self.homes.setdefault((slug, area), []).extend(made)
        return made

    def write(self, messages: Iterable[tuple[str, UUID, str, date]], **others: Any) -> None:
        """Write messages: a member's slug, a dwelling, a category, and the month in the middle of which it came."""
        rows = []
        for slug, dwelling, category, month in messages:
            number = next(_numbers)
            at = datetime(month.year, month.month, 15, 9, tzinfo=UTC) + timedelta(hours=number % 200)
            rows.append({
                "id": uuid4(), "member_id": self.members[slug].id, "reference": f"REF-{number}",
                "tracking_token": f"t-{number}", "status": "classified", "submitted_at": at, "text": "Un message",
                "channel": "extranet", "place_given": {}, "preferred_channel": "email", "language": "fr",
                "dwelling_id": dwelling, "category": category, "first_category": category,
                "promised_answer_by": at.date(),
            } | others)  # fmt: skip
        with Session(self.engine) as session:
            session.execute(insert(Complaint), rows)
            session.commit()

    def watch(self, terms: Iterable[str] = TERMS) -> None:
        """Put words on the public list, beside those that are there."""
        with Session(self.engine) as session:
            for term in terms:
                session.execute(
                    text(
                        "insert into watch_terms (id, term, label, from_month) "
                        "values (gen_random_uuid(), :term, :term, '2026-01-01') on conflict do nothing"
                    ),
                    {"term": term},
                )
            session.commit()

    def fill(self, months: Sequence[date], each: int, *, is_uneven: bool = True) -> None:
        """Build every type of area in every member and let households write, some subjects more than others."""
        chance = np.random.default_rng(7)
        subjects = list(categories())
        weights = 1 / np.arange(1, len(subjects) + 1) ** 0.8
        messages = []
        for rank, slug in enumerate(self.members):
            for area in AREAS:
                homes = self.build(slug, area, each + 20 * (rank // 2) if is_uneven else each)
                for month in months:
                    who = chance.choice(len(homes), size=len(homes) // 3)
                    what = chance.choice(len(subjects), size=len(who), p=weights / weights.sum())
                    messages += [
                        (slug, homes[one], subjects[subject], month) for one, subject in zip(who, what, strict=True)
                    ]
        half = len(messages) // 2
        self.write(messages[:half], text="Des moisissures et des cafards partout")
        answered = datetime(months[-1].year, months[-1].month, 20, 9, tzinfo=UTC)
        self.write(messages[half:], full_days=6, full_done_at=answered, full_due_at=answered, answer_due_at=answered)


@contextmanager
def open_city(world: World, settings: Settings) -> Iterator[City]:
    """Open the city on a test's database: the two members of the world and four others of the same stock."""
    engine = create_engine(settings.database_owner_url)
    members = {one.slug: one for one in (world.first, world.second)}
    with Session(engine, expire_on_commit=False) as session:
        for slug, name in OTHERS.items():
            members[slug] = worlds._member(session, slug, name, "59000", "59350", "Lille")
        session.commit()
    yield City(engine, members)
    engine.dispose()


def publish(app: Flask, ports: Ports, press: Press, *months: date) -> list[Snapshot]:
    """Publish months; return all that is published."""
    with app.app_context():
        for month in months:
            trends.release(month, ports, press)
        return read_snapshots()


def press_of(app: Flask, folder: Path) -> tuple[Press, Heard]:
    """Return what publishing needs, with an ear to its noise."""
    press = make_press(replace(app.extensions["seve"].settings, releases_dir=folder))
    heard = Heard(press.noise)
    return replace(press, noise=heard), heard
