"""Which types of area are published apart: on public stock alone."""

import random
from collections import Counter

from service.domain.areas import AREAS, FEWEST_MEMBERS, may_stand_alone, merge_areas

EVEN = {"a": 100, "b": 100, "c": 100}


def test_areas_that_three_members_share_stand_alone() -> None:
    assert merge_areas(dict.fromkeys(AREAS, EVEN)) == {area: area for area in AREAS}


def test_an_area_of_two_members_or_of_one_that_owns_almost_all_may_not_stand_alone() -> None:
    assert not may_stand_alone({"a": 500, "b": 500, "c": 49})
    assert not may_stand_alone({"a": 870, "b": 65, "c": 65})
    assert not may_stand_alone({})
    assert may_stand_alone({"a": 850, "b": 75, "c": 75})


def test_a_weak_area_joins_its_neighbour() -> None:
    stock = {"qpv": EVEN, "urbain": EVEN, "periurbain": EVEN, "rural": {"a": 50}}
    assert merge_areas(stock) == {"qpv": "qpv", "urbain": "urbain", "periurbain": "periurbain", "rural": "periurbain"}


def test_what_was_merged_stays_merged_and_goes_further_where_it_must() -> None:
    held = merge_areas({"qpv": EVEN, "urbain": EVEN, "periurbain": EVEN, "rural": {"a": 50}})
    even = dict.fromkeys(AREAS, EVEN)
    assert merge_areas(even, held) == held
    assert merge_areas(even | {"qpv": {"a": 100}}, held) == held | {"qpv": "urbain"}
    assert held["qpv"] == "qpv"


def test_towns_that_may_not_stand_alone_join_what_is_left() -> None:
    stock = {"qpv": EVEN, "urbain": {"a": 9}, "periurbain": {}, "rural": {}}
    assert set(merge_areas(stock).values()) == {"qpv"}


def test_a_network_of_two_members_is_one_area() -> None:
    assert len(set(merge_areas({area: {"a": 10, "b": 10} for area in AREAS}).values())) == 1


def test_whatever_the_stock_every_published_area_may_stand_alone_or_is_the_whole_network() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        stock = {
            area: {member: chance.choice((0, 0, 1, 20, 300, 9000)) for member in "abcdef"[: chance.randint(1, 6)]}
            for area in AREAS
        }
        into = merge_areas(stock)
        assert into.keys() == AREAS.keys()
        published = set(into.values())
        assert all(into[area] == area for area in published)
        for area in published if len(published) > 1 else ():
            together: Counter[str] = Counter()
            for one, under in into.items():
                together += Counter(stock[one]) if under == area else Counter()
            assert may_stand_alone(together)
            assert len(together) >= FEWEST_MEMBERS
