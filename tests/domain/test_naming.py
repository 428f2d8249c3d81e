"""A line bears a name only where its member agrees, and where nobody's follows from it."""

from collections.abc import Mapping
from datetime import date

import pytest

from service.domain.naming import NAMED, OPEN, Consent, all_agree, has_middle, named

SIX = dict.fromkeys("abcdef", 10_000)
OCTOBER, NOVEMBER, DECEMBER, SUMMER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2026, 7, 1)
LONG_AGO = date(2026, 1, 1)


def agree(members: str, product: str = "MF", since: date = LONG_AGO, until: date | None = None) -> list[Consent]:
    return [Consent(one, product, since, until) for one in members]


def shown(
    consents: list[Consent], product: str = "MF", period: date = OCTOBER, dwellings: Mapping[str, int] = SIX
) -> str:
    return "".join(sorted(named(consents, NAMED[product], period, dwellings)))


@pytest.mark.parametrize(("agreeing", "expected"), [("", ""), ("a", "a"), ("abc", "abc"), ("abcdef", "abcdef")])
def test_lines_are_shown_when_the_others_are_none_or_three(agreeing: str, expected: str) -> None:
    assert shown(agree(agreeing)) == expected


@pytest.mark.parametrize("agreeing", ["abcd", "abcde"])
def test_nobody_is_shown_while_one_or_two_hide(agreeing: str) -> None:
    assert shown(agree(agreeing)) == ""


@pytest.mark.parametrize(
    "hidden",
    [
        {"e": 10_000, "f": 10_000, "new": 0},  # its dwellings are not loaded yet
        {"big": 25_000, "tiny": 120, "small": 80},  # what is left is almost the largest alone
        {"e": 10_000, "f": 10_000, "tiny": 400},  # it hides neither from the other
    ],
)
def test_members_hide_together_only_when_none_of_them_outweighs_the_others(hidden: dict[str, int]) -> None:
    stock = dict.fromkeys("abcd", 10_000) | hidden
    assert shown(agree("abcd"), dwellings=stock) == ""
    assert shown(agree("abcd"), dwellings=stock | dict.fromkeys(hidden, 10_000)) == "abcd"


def test_a_member_without_dwellings_holds_up_nobody() -> None:
    assert shown(agree("abcdef"), dwellings=SIX | {"new": 0}) == "abcdef"


def test_a_consent_holds_for_its_own_product_and_whole_periods_only() -> None:
    assert shown(agree("a", "Q2")) == ""
    assert shown(agree("a", since=NOVEMBER)) == ""
    assert shown(agree("a", until=OCTOBER)) == ""
    assert shown(agree("a", since=OCTOBER, until=NOVEMBER)) == "a"
    assert shown(agree("a", "Q2", since=date(2026, 8, 1)), "Q2", SUMMER) == ""
    assert shown(agree("a", "Q2", since=SUMMER, until=OCTOBER), "Q2", SUMMER) == "a"


def test_a_line_shown_in_one_table_does_not_hide_those_of_another() -> None:
    # Three hide their themes, but the subjects of two of them are shown: the third would follow.
    assert shown([*agree("abc"), *agree("de", "Q2")]) == ""
    assert shown([*agree("abc"), *agree("de", "SATIS")]) == "abc"  # other households, another question
    assert shown([*agree("abc"), *agree("def", "Q2")]) == "abc"  # nobody is left to guess


@pytest.mark.parametrize(
    "sixth",
    [
        [],
        [Consent("f", "Q2", NOVEMBER, NOVEMBER)],  # agreed, and taken back the next day
        [Consent("f", "Q2", NOVEMBER, None)],
        [Consent("f", "MF", LONG_AGO, NOVEMBER)],  # its themes, no more from November on
        [Consent("f", "MF", DECEMBER, None)],
    ],
)
def test_a_consent_for_a_part_of_the_quarter_leaves_nobody_alone_unshown(sixth: list[Consent]) -> None:
    consents = [*agree("abc"), *agree("de", "Q2"), *sixth]
    subjects = shown(consents, "Q2", OCTOBER)
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        themes = shown(consents, "MF", month)
        assert not (themes and subjects and len(set(SIX) - {*themes, *subjects}) in (1, 2)), month
    assert not subjects


def test_a_month_is_beside_its_own_quarter_and_a_quarter_beside_its_own_months() -> None:
    others = agree("de", "Q2", OCTOBER, date(2027, 1, 1))  # this autumn only
    assert shown([*agree("abc"), *others], "MF", date(2026, 9, 1)) == "abc"
    assert shown([*agree("abc"), *others], "MF", DECEMBER) == ""
    assert shown([*agree("abc", until=OCTOBER), *others], "Q2", OCTOBER) == "de"
    assert shown([*agree("abc", since=DECEMBER), *others], "Q2", OCTOBER) == ""


def test_the_middle_is_told_where_nobody_is_named_or_everybody_in_both_tables() -> None:
    def told(consents: list[Consent], product: str = "MF") -> bool:
        return has_middle(consents, NAMED[product], OCTOBER, SIX)

    assert told([])
    assert told(agree("abcdef"))
    assert not told(agree("abc"))
    assert not told(agree("abc", "Q2"))  # the same households by subject
    assert not told(agree("abc", since=DECEMBER), "Q2")  # one of its months
    assert told(agree("abc", "SATIS"))
    assert told(agree("abcd"))  # nobody is named: two would be left


def test_a_stranger_to_the_table_counts_for_nothing() -> None:
    assert shown(agree("az")) == "a"


def test_data_are_open_when_every_member_agrees() -> None:
    assert all_agree(agree("abcdef", OPEN), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree("abcde", OPEN), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree("abcdef", OPEN, since=NOVEMBER), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree("abcdef"), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree("abcdef", OPEN), OCTOBER, NOVEMBER, "")
