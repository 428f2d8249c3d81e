"""The installation on a real database: all or nothing, once, and usable at once."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from flask import Flask

from service.app import create_app
from service.cli.database import alembic_config
from service.demo.installation import NotTheDemonstration, Order, install, set_releases_aside
from service.demo.world import evening_of
from service.domain.reading import Circumstances
from service.embedded.postgres import EmbeddedPostgres
from service.journey.people.accounts import caller_of_key, sign_in_reader, sign_in_staff
from service.journey.ports import Ports, TextModelDown
from service.journey.trends.snapshots import read_snapshots
from service.models.database import db
from service.settings import Settings
from tests.demo.author import TODAY, AuthorTextModel, say_nothing

pytestmark = pytest.mark.services
COMPLAINTS = 1500  # enough for the weeks of the text model to be kept
ORDER = Order(seed=7, complaints=COMPLAINTS, today=TODAY)
DATABASE = "demonstration"
NOW = evening_of(TODAY).isoformat()


class _NoTextModel:
    def read(self, text: str, circumstances: Circumstances) -> Any:  # noqa: ARG002  It never answers.
        raise TextModelDown("switched off")

    def danger_types(self, text: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()


@pytest.fixture
def empty(postgres: EmbeddedPostgres, settings: Settings) -> Iterator[Settings]:
    """Settings that lead to a migrated database without a row."""
    postgres.create_database(DATABASE)
    owner = postgres.url("seve_owner", DATABASE)
    command.upgrade(alembic_config(owner), "head")
    yield dataclasses.replace(settings, database_url=postgres.url("seve_app", DATABASE), database_owner_url=owner)
    postgres.drop_database(DATABASE)


@pytest.fixture
def demo_ports(ports: Ports, text_model: AuthorTextModel) -> Ports:
    return dataclasses.replace(ports, text_model=text_model)


@pytest.fixture
def demo_app(empty: Settings, demo_ports: Ports) -> Iterator[Flask]:
    app = create_app(empty, demo_ports)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _count(settings: Settings, question: str) -> int:
    with psycopg.connect(settings.database_owner_url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@pytest.mark.usefixtures("demo_app")
def test_everything_is_there_and_every_access_opens(empty: Settings, demo_ports: Ports) -> None:
    (damaged := empty.releases_dir / "2026-10.jsonl").parent.mkdir()
    damaged.write_text("of a database that is gone", encoding="utf-8")
    install(empty, demo_ports, ORDER, say_nothing)
    assert _count(empty, "select count(*) from dwellings") == 95_000
    assert _count(empty, "select count(*) from complaints") == COMPLAINTS
    assert _count(empty, f"select count(*) from outbox where done_at is null and run_after <= '{NOW}'") == 0
    assert _count(empty, "select count(distinct week) from model_weeks") > 20
    assert _count(empty, "select sum(audited_right) from model_weeks") > 10
    assert _count(empty, "select count(*) from training_examples") > 100
    access = _read(empty.demo_file)
    assert len(access["members"]) == 6
    for member in access["members"]:
        assert len(member["dwelling_references"]) == 5
        signed_in = sign_in_staff(**member["staff"])
        assert signed_in is not None
        assert not signed_in.has_second_factor  # the address and the password of the file are enough
        assert _count(empty, f"select count(*) from staff where id = '{signed_in.person.id}' and role = 'supervisor'")
        caller = caller_of_key(member["api_key"])
        assert caller is not None
        assert (caller.member_id, caller.is_sandbox) == (signed_in.person.member_id, False)
        assert [person["role"] for person in member["people"]] == ["administrator", "agent", "reader"]
        for person in member["people"]:
            found = sign_in_staff(person["email"], person["password"])
            assert found is not None
            is_so = f"id = '{found.person.id}' and role = '{person['role']}' and not is_named"
            assert _count(empty, f"select count(*) from staff where {is_so}") == 1, person
        slug = f"(select id from members where slug = '{member['slug']}')"
        assert _count(empty, f"select count(*) from staff where is_named and member_id = {slug}") == 2
        away = f"absent_from < '{TODAY}' and absent_until > '{TODAY}' and substitute_id is not null"
        assert _count(empty, f"select count(*) from staff where {away} and member_id = {slug}") == 1
    assert sign_in_reader(**access["network"]) is not None
    assert sign_in_reader(**access["operator"], role="operator") is not None
    assert sign_in_reader(**access["operator"]) is None
    assert [one.period for one in read_snapshots("C1")][::16] == [date(2025, 6, 1), date(2026, 10, 1)]

    # A second time: nothing but the address changes.
    moved = dataclasses.replace(empty, base_url="https://seve.example")
    install(moved, demo_ports, ORDER, say_nothing)
    assert _read(empty.demo_file) == access | {"base_url": "https://seve.example"}
    assert _count(empty, "select count(*) from complaints") == COMPLAINTS

    # The file is lost: other keys and passwords, and the older ones no longer open anything.
    empty.demo_file.unlink()
    install(empty, demo_ports, ORDER, say_nothing)
    renewed = _read(empty.demo_file)
    assert caller_of_key(renewed["members"][0]["api_key"]) is not None
    assert caller_of_key(access["members"][0]["api_key"]) is None
    assert sign_in_staff(**access["members"][0]["staff"]) is None


@pytest.mark.usefixtures("demo_app")
def test_a_newcomer_finds_work_under_way(empty: Settings, demo_ports: Ports) -> None:
    install(empty, demo_ports, ORDER, say_nothing)
    for status in ("offered", "accepted", "planned", "done", "refused"):
        assert _count(empty, f"select count(*) from handovers where status = '{status}'") > 0, status
    for status in ("open", "proposed"):
        assert _count(empty, f"select count(*) from incidents where status = '{status}'") > 0, status
    assert _count(empty, "select count(*) from pages where acknowledged_at is not null") > 0
    assert _count(empty, "select count(*) from pages where acknowledged_at is null") == 0
    assert _count(empty, "select count(*) from deliveries where status = 'given_up' and given_to_id is not null") > 0
    is_open = "select count(*) from complaints where status <> 'closed'"
    assert _count(empty, f"{is_open} and due_at < '{NOW}'") < _count(empty, is_open) / 4
    # The history of each reads in the order of time.
    backwards = "select at < lag(at) over (partition by complaint_id order by id) as is_backwards from events"
    assert _count(empty, f"select count(*) from ({backwards}) as told where is_backwards") == 0


@pytest.mark.usefixtures("demo_app")
def test_without_a_text_model_nothing_is_written(empty: Settings, demo_ports: Ports) -> None:
    with pytest.raises(TextModelDown):
        install(empty, dataclasses.replace(demo_ports, text_model=_NoTextModel()), ORDER, say_nothing)
    assert _count(empty, "select count(*) from members") == 0
    assert not empty.demo_file.exists()


def test_what_another_database_published_is_set_aside_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    said: list[str] = []
    at = datetime(2026, 11, 25, 18, 30, tzinfo=UTC)
    set_releases_aside(folder, at, said.append)
    folder.mkdir()
    set_releases_aside(folder, at, said.append)
    assert said == []  # there is nothing, then nothing in it
    (folder / "2026-10.jsonl").write_text("older", encoding="utf-8")
    set_releases_aside(folder, at, said.append)
    assert not folder.exists()
    aside = tmp_path / "releases-20261125-183000"
    assert (aside / "2026-10.jsonl").read_text(encoding="utf-8") == "older"
    assert said == [f"Des mois publiés par une autre base étaient dans {folder} : ils sont maintenant dans {aside}."]


def test_members_of_others_are_left_alone(settings: Settings, demo_ports: Ports) -> None:
    before = _count(settings, "select count(*) from api_keys")
    with pytest.raises(NotTheDemonstration):
        install(settings, demo_ports, ORDER, say_nothing)
    assert _count(settings, "select count(*) from api_keys") == before
    assert not settings.demo_file.exists()
