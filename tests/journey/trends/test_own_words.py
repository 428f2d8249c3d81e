"""Words of a member's own months: counted once, without what is sensitive or names anybody, for a year."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.periods import months_before
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import own_words
from service.models.trends import OwnWords
from tests.world import MemberWorld, World
from tests.writing import build_homes, write

pytestmark = pytest.mark.services

OCTOBER = date(2026, 10, 1)
TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def inside(app: Flask, world: World) -> Iterator[None]:
    assert world
    with app.app_context():
        yield


def kept(member: MemberWorld, month: date = OCTOBER) -> dict[str, list[object]]:
    with member_transaction(member.id) as session:
        return dict(session.scalars(select(OwnWords.words).where(OwnWords.month == month)).first() or {})


def a_year_of(member: MemberWorld, rising: str) -> None:
    homes = build_homes(member, 20)
    for back in range(1, 5):
        write(member, homes, "le robinet goutte", months_before(OCTOBER, back))
    write(member, homes, "le robinet goutte", OCTOBER)
    write(member, homes[:14], rising, OCTOBER)


def test_a_word_that_rises_is_read_by_its_member_alone(world: World, ports: Ports) -> None:
    a_year_of(world.first, "un reflet bleuté")
    own_words.count_due(ports)
    with member_transaction(world.first.id) as session:
        month, words = own_words.read_rising(session, TODAY)
    assert month == OCTOBER
    assert [(one.label, one.households) for one in words] == [("bleuté", 14), ("reflet", 14), ("reflet bleuté", 14)]
    with member_transaction(world.second.id) as session:
        assert own_words.read_rising(session, TODAY) == (None, [])


def test_names_of_the_registers_and_sensitive_messages_are_not_counted(world: World, ports: Ports) -> None:
    homes = build_homes(world.first, 12)
    write(world.first, homes, "vidal et sorel, allée des tilleuls, amiens, perdrix, clos, picarde : mousse", OCTOBER)
    write(world.first, homes[:1], "bonjour", OCTOBER, tenant_name="Josiane Perdrix")
    write(world.first, homes, "secret", OCTOBER, category="accompagnement_social")
    own_words.count_due(ports)
    assert set(kept(world.first)) == {"allee", "mousse"}


def test_a_month_is_counted_from_the_fifth_once_and_kept_for_a_year(
    world: World, ports: Ports, clock: SetClock
) -> None:
    homes = build_homes(world.first, 12)
    write(world.first, homes, "mousse", OCTOBER)
    write(world.first, homes, "mousse", date(2026, 11, 1))
    own_words.count_due(ports)
    assert kept(world.first) == {"mousse": [12, "mousse"]}
    assert kept(world.first, date(2026, 11, 1)) == {}
    write(world.first, homes, "trop tard", OCTOBER)
    own_words.count_due(ports)
    assert set(kept(world.first)) == {"mousse"}
    clock.forward(timedelta(days=10))  # the fifth of December
    own_words.count_due(ports)
    assert set(kept(world.first, date(2026, 11, 1))) == {"mousse"}
    clock.forward(timedelta(days=340))
    own_words.count_due(ports)
    assert kept(world.first) == {}


def test_one_turn_reads_a_bounded_number_of_messages_and_the_next_goes_on(
    world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_words, "_MOST", 1)
    homes = build_homes(world.first, 12)
    for back in range(2):
        write(world.first, homes, "mousse", months_before(OCTOBER, back))
    own_words.count_due(ports)
    assert (bool(kept(world.first)), bool(kept(world.first, date(2026, 9, 1)))) == (True, False)  # the newest first
    own_words.count_due(ports)
    assert kept(world.first, date(2026, 9, 1))
