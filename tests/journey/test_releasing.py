"""What is counted, what is hidden, and that a published month never changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.domain.snapshots import faults_of_chain
from service.journey import releasing
from service.journey.ports import Ports, Press
from service.journey.snapshots import read_charges, read_snapshots
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.feedback import Feedback
from service.models.patrimoine import Dwelling, Residence
from service.press import make_press
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

OCTOBER = date(2026, 10, 1)
MID_OCTOBER = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Town:
    """A member's dwellings, and what is written and scored from them."""

    member: MemberWorld

    def build(self, how_many: int) -> list[UUID]:
        with member_transaction(self.member.id) as session:
            residence = session.scalars(select(Residence)).first()
            assert residence
            made = [uuid4() for _ in range(how_many)]
            session.add_all(
                Dwelling(
                    id=one, member_id=self.member.id, reference=f"plus-{next(_numbers)}", residence_id=residence.id,
                    address_line="1 rue Neuve", address_key="1 rue neuve 80000",
                )
                for one in made
            )  # fmt: skip
        return made

    def write(self, dwelling: UUID | None, category: str | None = "chauffage", at: datetime = MID_OCTOBER) -> UUID:
        complaint_id, number = uuid4(), next(_numbers)
        with member_transaction(self.member.id) as session:
            session.add(
                Complaint(
                    id=complaint_id, member_id=self.member.id, reference=f"REF-{number}", tracking_token=f"t-{number}",
                    status="classified", submitted_at=at, text="Un message", channel="extranet", place_given={},
                    preferred_channel="email", language="fr", dwelling_id=dwelling, category=category,
                    promised_answer_by=at.date(),
                )
            )  # fmt: skip
        return complaint_id

    def score(self, complaint_id: UUID, score: int, at: datetime = MID_OCTOBER) -> None:
        with member_transaction(self.member.id) as session:
            session.add(Feedback(member_id=self.member.id, complaint_id=complaint_id, score=score, at=at))


@pytest.fixture
def town(app: Flask, world: World) -> Iterator[Town]:
    with app.app_context():
        yield Town(world.first)


@pytest.fixture
def press(app: Flask, tmp_path: Path) -> Press:
    return make_press(replace(app.extensions["seve"].settings, releases_dir=tmp_path / "releases"))


def test_a_month_is_published_once(town: Town, ports: Ports, press: Press) -> None:
    for dwelling in town.build(40):
        town.write(dwelling)
    assert releasing.release(OCTOBER, ports, press)
    assert not releasing.release(OCTOBER, ports, press)
    published = read_snapshots()
    assert faults_of_chain(published) == []
    assert len(published) == len(read_charges())
    (subjects,) = read_snapshots("C1")
    assert abs(subjects.figures()["chauffage"] - 40) < 6 * subjects.sigma
    assert press.archive.read(OCTOBER) == published
