"""What is published apart, and to whom a network is shown at all: judged on public stock, again at each release."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.products import PRODUCTS
from service.journey.ports import Ports
from service.journey.transactions import name_member, release_transaction
from service.journey.trends import trends
from service.journey.trends.bounding import exact_table
from service.journey.trends.published import read_published
from service.journey.trends.snapshots import read_snapshots
from service.press import make_press
from service.settings import Settings
from tests.kept_tables import keep
from tests.network_figures import add_members
from tests.town import Message, Town
from tests.world import World

pytestmark = pytest.mark.services

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
MID_OCTOBER = datetime(2026, 10, 15, 9, tzinfo=UTC)


@pytest.fixture
def towns(app: Flask, settings: Settings, world: World) -> Mapping[str, Town]:
    """Three members of like size, each with an agency."""
    found = add_members(settings)
    assert found["amont"] == world.first.id
    with app.app_context():
        towns = {slug: Town(settings.database_owner_url, found[slug]) for slug in ("amont", "aval", "berge")}
        towns["berge"].execute(
            "insert into agencies (id, member_id, name, city) values (gen_random_uuid(), %s, 'Siège', 'Lens')",
            found["berge"],
        )
        return towns


def test_an_area_stops_standing_alone_when_its_stock_no_longer_lets_it(
    app: Flask, settings: Settings, ports: Ports, towns: Mapping[str, Town]
) -> None:
    press, early = make_press(settings), replace(ports, clock=SetClock(datetime(2026, 10, 6, 9, tzinfo=UTC)))
    with app.app_context():
        for town in towns.values():
            town.residences([200], "rural")
            town.residences([300], "urbain")
        assert trends.release(SEPTEMBER, early, press)
        assert "rural" in read_published().rows("AF", SEPTEMBER)
        for slug in ("amont", "aval"):
            towns[slug].execute(
                "update residences set area_type = 'urbain' where member_id = %s", towns[slug].member_id
            )
        assert trends.release(OCTOBER, ports, press)
        published = read_published()
    assert "rural" not in published.rows("AF", OCTOBER)  # it would be one member's, without its consent
    assert published.snapshots["AF"][OCTOBER].stock["merged"]["rural"] != "rural"


def test_within_a_year_nothing_is_split(
    app: Flask, settings: Settings, ports: Ports, towns: Mapping[str, Town]
) -> None:
    press, early = make_press(settings), replace(ports, clock=SetClock(datetime(2026, 10, 6, 9, tzinfo=UTC)))
    with app.app_context():
        for town in towns.values():
            town.residences([300], "urbain")
        assert trends.release(SEPTEMBER, early, press)
        assert list(read_published().rows("AF", SEPTEMBER)) == ["urbain"]
        for town in towns.values():
            town.residences([200], "rural")
        assert trends.release(OCTOBER, ports, press)
        assert list(read_published().rows("AF", OCTOBER)) == ["urbain"]


@pytest.mark.parametrize(
    ("stock", "is_shown"),
    [
        ({"amont": 400}, False),
        ({"amont": 400, "aval": 400}, False),
        ({"amont": 400, "aval": 400, "berge": 40}, False),  # under five per cent
        ({"amont": 900, "aval": 50, "berge": 50}, False),  # one of them is the network
        ({"amont": 400, "aval": 400, "berge": 45}, True),
    ],
)
@pytest.mark.usefixtures("world")
def test_a_network_of_fewer_than_three_members_of_like_size_is_not_shown(
    app: Flask, stock: Mapping[str, int], *, is_shown: bool
) -> None:
    with app.app_context():
        keep([OCTOBER], lambda _product, _key: 400, stock)
        published = read_published()
        assert len(read_snapshots("C1")) == 1  # drawn, kept, proved
    assert bool(published.months) == bool(published.table("MF", OCTOBER)) == is_shown
    assert published.is_too_small != is_shown


def test_a_month_of_a_larger_network_is_shown_without_those_before(app: Flask, world: World) -> None:
    with app.app_context():
        keep([SEPTEMBER], lambda _product, _key: 400, {world.first.slug: 400, world.second.slug: 400})
        keep([OCTOBER], lambda _product, _key: 400)
        published = read_published()
    assert published.months == [OCTOBER]
    assert not published.is_too_small


def test_reserved_complaints_are_in_no_exact_figure(app: Flask, settings: Settings, world: World) -> None:
    products = {code: one for code, one in PRODUCTS.items() if one.is_kept_exact}
    with app.app_context():
        town = Town(settings.database_owner_url, world.first.id)
        (homes,) = town.residences([30])
        town.write([
            Message(
                uuid4(), homes[0], MID_OCTOBER, "chauffage", score=3, hops=1, full_done_at=MID_OCTOBER, full_days=2,
                answer_due_at=MID_OCTOBER, full_due_at=MID_OCTOBER,
            )
        ])  # fmt: skip
        open_to_all = _exact(world.first.id)
        town.execute("update complaints set is_sensitive = true where member_id = %s", world.first.id)
        reserved = _exact(world.first.id)
    assert {code for code, table in open_to_all.items() if table} >= {"MF", "Q2"}
    assert reserved == {code: {} for code in products}


def _exact(member_id: UUID) -> dict[str, dict[str, int]]:
    with release_transaction() as session:
        name_member(session, member_id)
        return {code: exact_table(session, one, OCTOBER) for code, one in PRODUCTS.items() if one.is_kept_exact}


def test_no_web_request_writes_what_is_published(app: Flask) -> None:
    with app.test_request_context("/reseau/"), pytest.raises(RuntimeError, match="web request"), release_transaction():
        pass
    with app.app_context(), release_transaction():
        pass
