"""The digest: one mail a working day at the most, with references and figures, never a name or a word of a tenant."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select

from service.adapters.clock import SetClock
from service.journey.clocks import digest
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import submit
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

LIFT = "L'ascenseur fait un bruit chez Mme Petit"
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=PARIS)  # the lift of Wednesday noon should have been read on Friday


def digests(settings: Settings) -> list[tuple[str, str, str]]:
    """Return the recipient, the subject and the plain text of every digest sent."""
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*")]
    return [
        (mail["To"], mail["Subject"], mail.get_body(("plain",)).get_content())
        for mail in found
        if "Le point du" in mail["Subject"]
    ]


def planned(member: MemberWorld) -> list[Delivery]:
    with member_transaction(member.id) as session:
        return list(session.scalars(select(Delivery).where(Delivery.purpose == "digest")))


@pytest.fixture
def sent(client: FlaskClient, world: World) -> dict[str, object]:
    return submit(client, world.first, LIFT, name="Mme Petit")


def test_what_is_late_is_told_once_on_a_working_morning(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings, sent: dict[str, object]
) -> None:
    with app.app_context():
        clock.at = MONDAY
        assert digest.send_due(world.first.id, ports) == 1
        assert digest.send_due(world.first.id, ports) == 0  # the process started again, or another one
        work_off(world.first, ports)
        ((to, subject, body),) = digests(settings)
        assert to == "responsable@amont.example"
        assert subject == "Le point du lundi 30 novembre 2026"
        for words in (
            "1 demande en retard", str(sent["reference"]), "http://localhost/equipe/?vue=en-retard",
            "lecture par une personne attendue pour le vendredi 27 novembre",
        ):  # fmt: skip
            assert words in body, words
        assert not [word for word in ("Petit", "ascenseur", "bruit") if word in body]
        clock.forward(timedelta(days=1))
        assert digest.send_due(world.first.id, ports) == 1
        work_off(world.first, ports)
        assert len(digests(settings)) == 2


@pytest.mark.parametrize(
    "moment",
    [
        MONDAY - timedelta(minutes=1),
        datetime(2026, 11, 28, 10, 0, tzinfo=PARIS),  # a Saturday
        datetime(2026, 12, 25, 10, 0, tzinfo=PARIS),  # Christmas Day
    ],
)
def test_nothing_leaves_before_eight_or_on_a_day_off(
    app: Flask, world: World, ports: Ports, clock: SetClock, moment: datetime, sent: dict[str, object]
) -> None:
    assert sent
    with app.app_context():
        clock.at = moment
        assert digest.send_due(world.first.id, ports) == 0
        assert planned(world.first) == []


def test_a_digest_late_by_hours_leaves_the_same_day(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings, sent: dict[str, object]
) -> None:
    assert sent
    with app.app_context():
        clock.at = MONDAY + timedelta(hours=9)
        assert digest.send_due(world.first.id, ports) == 1
        work_off(world.first, ports)
        assert len(digests(settings)) == 1


def test_with_nothing_to_say_nothing_leaves_not_even_in_the_afternoon(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock, settings: Settings
) -> None:
    with app.app_context():
        clock.at = MONDAY
        assert digest.send_due(world.first.id, ports) == 0
        (silent,) = planned(world.first)
        assert silent.status == "cancelled"
    submit(client, world.first, "Rien de précis")  # somebody has to sort it
    with app.app_context():
        clock.forward(timedelta(hours=6))
        assert digest.send_due(world.first.id, ports) == 0
        work_off(world.first, ports)
        assert digests(settings) == []


def test_news_promised_for_an_incident_and_not_given_are_worth_a_mail(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "news_due", lambda *_: 2)
    with app.app_context():
        clock.at = MONDAY
        assert digest.send_due(world.first.id, ports) == 1
        work_off(world.first, ports)
        ((_, _, body),) = digests(settings)
        assert "2 incidents sans les nouvelles promises" in body
        assert "http://localhost/equipe/incidents" in body


def test_every_supervisor_and_nobody_else_is_told(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings, sent: dict[str, object]
) -> None:
    assert sent
    owner = create_engine(settings.database_owner_url)
    with owner.begin() as connection:
        for name, role, active in (("b", "supervisor", True), ("c", "supervisor", False), ("d", "agent", True)):
            connection.execute(
                Staff.__table__.insert().values(
                    id=UUID(int=ord(name)), member_id=world.first.id,
                    email=f"{name}@amont.example", name=name, role=role, password_hash="", is_active=active,
                )
            )  # fmt: skip
    owner.dispose()
    with app.app_context():
        clock.at = MONDAY
        assert digest.send_due(world.first.id, ports) == 2
        assert digest.send_due(world.second.id, ports) == 0  # nothing happened there
        work_off(world.first, ports)
        assert {to for to, _, _ in digests(settings)} == {"responsable@amont.example", "b@amont.example"}


def test_fifteen_are_named_and_the_others_counted(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock, settings: Settings
) -> None:
    for _ in range(17):
        submit(client, world.first, LIFT)
    with app.app_context():
        clock.at = MONDAY
        digest.send_due(world.first.id, ports)
        work_off(world.first, ports)
        ((_, _, body),) = digests(settings)
        assert "17 demandes en retard" in body
        assert body.count("lecture par une personne") == digest.MOST
        assert "Et 2 autres." in body
