"""The configured members: real sizes, readable colours, nothing that could be somebody's."""

import re

import pytest

from service.demo.network import MemberPlan, network
from service.domain.routing import TRADES

MEMBERS = network().members
FICTION = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_six_members_hold_95_000_dwellings() -> None:
    assert len(MEMBERS) == 6
    assert sum(member.dwellings for member in MEMBERS) == 95_000


def test_at_least_four_members_accept_referrals_but_not_all() -> None:
    assert 4 <= sum(member.accepts_referrals for member in MEMBERS) < 6


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.slug)
def test_white_text_is_readable_on_the_colour(member: MemberPlan) -> None:
    assert 1.05 / (_luminance(member.colour) + 0.05) >= 4.5


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.slug)
def test_the_phone_is_kept_for_fiction(member: MemberPlan) -> None:
    assert FICTION.fullmatch(member.phone)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.slug)
def test_three_to_eight_agencies_look_after_communes_with_whole_codes(member: MemberPlan) -> None:
    assert 3 <= len(member.agencies) <= 8
    for commune in (commune for agency in member.agencies for commune in agency.communes):
        assert re.fullmatch(r"\d{5}", commune.insee)
        assert re.fullmatch(r"\d{5}", commune.postcode)
        assert commune.insee[:2] == commune.postcode[:2]


def test_one_member_is_in_several_departements() -> None:
    opac = next(member for member in MEMBERS if member.slug == "opac-oise")
    assert len({commune.insee[:2] for agency in opac.agencies for commune in agency.communes}) >= 3


def test_each_member_writes_its_references_in_its_own_way() -> None:
    parts = {"residence": 12, "building": "A", "number": 34, "sequence": 1234}
    assert len({member.reference.format(**parts) for member in MEMBERS}) == 6


def test_every_contract_is_in_a_known_trade_and_some_are_for_a_few_communes() -> None:
    contracts = [contract for member in MEMBERS for contract in member.contracts]
    assert {contract.trade for contract in contracts} <= set(TRADES)
    assert len([contract for contract in contracts if contract.communes]) >= 3
    for member in MEMBERS:
        own = {commune.insee for agency in member.agencies for commune in agency.communes}
        assert all(set(contract.communes) <= own for contract in member.contracts)
