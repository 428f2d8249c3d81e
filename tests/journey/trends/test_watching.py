"""The public list of a month, and noting which messages hold its words: for one release, in one member."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from service.domain.watch_list import watched_words
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import trends, watching
from service.journey.trends.snapshots import read_snapshots
from service.models.complaint import Complaint
from service.models.trends import TermSighting
from service.press import make_press
from service.settings import Settings
from tests.world import World
from tests.writing import build_homes, write

pytestmark = pytest.mark.services

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
TERMS = ("gale", "odeur gaz", "punaise")


@pytest.fixture(autouse=True)
def inside(app: Flask, world: World) -> Iterator[None]:
    assert world
    with app.app_context():
        yield


def noted(world: World) -> set[tuple[UUID, str]]:
    with member_transaction(world.first.id) as session:
        session.execute(text("set local role seve_release"))
        return {(one, term) for one, term in session.execute(select(TermSighting.complaint_id, TermSighting.term))}


def change_list(settings: Settings, term: str, since: date, until: date | None = None) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into watch_terms (id, term, label, from_month, until_month, at) "
                "values (gen_random_uuid(), :term, :term, :since, :until, now())"
            ),
            {"term": term, "since": since, "until": until},
        )
    engine.dispose()


def test_the_list_of_a_month_is_the_files_with_what_the_group_added_and_took_off(settings: Settings) -> None:
    first = watched_words()[0]
    change_list(settings, "mousse bleue", DECEMBER)
    change_list(settings, first.term, first.from_month, DECEMBER)
    whole = sorted(one.term for one in watched_words())
    assert watching.watch_list(NOVEMBER) == whole
    assert watching.watch_list(DECEMBER) == sorted({*whole, "mousse bleue"} - {first.term})
    labels = watching.read_labels()
    assert (labels["mousse bleue"], labels[first.term]) == ("mousse bleue", first.label)


def test_the_words_of_the_months_messages_are_noted_once_and_may_be_noted_again(world: World) -> None:
    homes = build_homes(world.first, 3)
    (one, *_) = write(world.first, homes[:1], "Punaises, et punaises ! Une odeur de gaz aussi", OCTOBER)
    write(world.first, homes[1:2], "rien de tout cela", OCTOBER)
    write(world.first, homes[2:], "punaises", NOVEMBER)
    for _ in range(2):
        watching.note_terms(world.first.id, OCTOBER, TERMS)
        assert noted(world) == {(one, "punaise"), (one, "odeur gaz")}
    watching.note_terms(world.second.id, OCTOBER, TERMS)  # another member's turn touches nothing here
    assert noted(world) == {(one, "punaise"), (one, "odeur gaz")}


def test_the_first_and_the_last_instant_of_the_month_are_those_of_paris(world: World) -> None:
    homes = build_homes(world.first, 4)
    moments = [
        datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC), datetime(2026, 9, 30, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, 23, 0, tzinfo=UTC),
    ]  # fmt: skip
    made = [
        write(world.first, [home], "gale", OCTOBER, submitted_at=at)[0] for home, at in zip(homes, moments, strict=True)
    ]
    watching.note_terms(world.first.id, OCTOBER, TERMS)
    assert noted(world) == {(made[1], "gale"), (made[2], "gale")}


def test_sensitive_messages_and_those_of_no_dwelling_are_not_looked_into(world: World) -> None:
    homes = build_homes(world.first, 3)
    write(world.first, homes[:1], "gale", OCTOBER, category="accompagnement_social")
    write(world.first, homes[1:2], "gale", OCTOBER, is_marked=True)
    write(world.first, homes[2:], "gale", OCTOBER, dwelling_id=None)
    watching.note_terms(world.first.id, OCTOBER, TERMS)
    assert noted(world) == set()


def test_the_application_cannot_read_back_what_it_noted(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), member_transaction(world.first.id) as session:
        session.scalars(select(TermSighting.term)).all()


def test_a_release_publishes_the_list_of_its_month_and_leaves_no_note_and_no_word_behind(
    app: Flask, world: World, ports: Ports, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    homes = build_homes(world.first, 60, 1)  # in a small residence, three would count
    write(world.first, homes, "Des punaises de lit, et le chat Mistigri", OCTOBER)
    press = make_press(replace(app.extensions["seve"].settings, releases_dir=tmp_path / "releases"))
    assert trends.release(OCTOBER, ports, press)
    (table,) = read_snapshots("TERMS")
    assert list(table.keys) == watching.watch_list(OCTOBER)
    assert abs(table.figures()["punaise"] - 60) < 6 * table.sigma
    assert noted(world) == set()
    assert "mistigri" not in caplog.text.lower()


def test_a_household_counts_for_a_word_however_often_it_writes(
    app: Flask, world: World, ports: Ports, tmp_path: Path
) -> None:
    homes = build_homes(world.first, 20)
    for _ in range(6):
        write(world.first, homes, "Des cafards", OCTOBER)
    press = make_press(replace(app.extensions["seve"].settings, releases_dir=tmp_path / "releases"))
    trends.release(OCTOBER, ports, press)
    (table,) = read_snapshots("TERMS")
    assert table.figures()["cafard"] < 20 + 6 * table.sigma  # 120 without it


def test_erasing_words_before_a_release_leaves_nothing_to_note(world: World) -> None:
    (one,) = write(world.first, build_homes(world.first, 1), "gale", OCTOBER)
    with member_transaction(world.first.id) as session:
        session.get_one(Complaint, one).text = ""
    watching.note_terms(world.first.id, OCTOBER, TERMS)
    assert noted(world) == set()
