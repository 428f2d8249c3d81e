"""Residences and dwellings: the exact count, found by reference and by address."""

from collections import Counter, defaultdict

from service.demo.world import World
from service.domain.addresses import address_key
from service.domain.areas import AREAS, merge_areas


def test_every_member_owns_exactly_what_is_configured(imagined: World) -> None:
    counts = Counter(home.member_id for plot in imagined.plots for home in plot.dwellings)
    assert counts == {landlord.member.id: landlord.plan.dwellings for landlord in imagined.landlords}
    assert sum(counts.values()) == 95_000
    assert 2200 <= len(imagined.plots) <= 2600


def test_a_reference_belongs_to_one_dwelling_of_the_network(imagined: World) -> None:
    references = Counter(home.reference for plot in imagined.plots for home in plot.dwellings)
    assert references.most_common(1)[0][1] == 1


def test_an_address_leads_to_one_residence(imagined: World) -> None:
    residences = defaultdict(set)
    for plot in imagined.plots:
        for home in plot.dwellings:
            residences[home.address_key].add(plot.residence.id)
    assert all(len(found) == 1 for found in residences.values())
    assert len(residences) < 30_000  # several dwellings at one address


def test_keys_are_those_the_submission_step_looks_up(imagined: World) -> None:
    for plot in imagined.plots[::50]:
        home = plot.dwellings[0]
        assert home.address_key == address_key(home.address_line, plot.residence.postcode)


def test_both_kinds_of_heating_and_some_lifts_exist_for_every_member(imagined: World) -> None:
    for landlord in imagined.landlords:
        residences = [plot.residence for plot in imagined.plots if plot.residence.member_id == landlord.member.id]
        assert {residence.heating for residence in residences} == {"collective", "individual"}
        assert 0.1 < sum(residence.has_lift for residence in residences) / len(residences) < 0.5


def test_each_type_of_area_may_be_published_apart(imagined: World) -> None:
    stock: dict[str, Counter[str]] = defaultdict(Counter)
    for plot in imagined.plots:
        stock[str(plot.residence.area_type)][str(plot.residence.member_id)] += len(plot.dwellings)
    assert stock.keys() == AREAS.keys()
    assert merge_areas(stock) == {area: area for area in AREAS}


def test_a_lift_is_never_in_a_house(imagined: World) -> None:
    assert not any(plot.residence.has_lift for plot in imagined.plots if plot.shape.code == "houses")
