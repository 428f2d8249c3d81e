"""A line bears a name only where its member agrees, and where nobody's follows from it."""

from datetime import date

import pytest

from service.domain.naming import NAMED, OPEN, Consent, all_agree, named

SIX = "abcdef"
OCTOBER, NOVEMBER, SUMMER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 7, 1)
LONG_AGO = date(2026, 1, 1)


def agree(members: str, product: str = "MF", since: date = LONG_AGO, until: date | None = None) -> list[Consent]:
    return [Consent(one, product, since, until) for one in members]


def shown(consents: list[Consent], product: str = "MF", period: date = OCTOBER) -> str:
    return "".join(sorted(named(consents, NAMED[product], period, SIX)))


@pytest.mark.parametrize(("agreeing", "expected"), [("", ""), ("a", "a"), ("abc", "abc"), ("abcdef", "abcdef")])
def test_lines_are_shown_when_the_others_are_none_or_three(agreeing: str, expected: str) -> None:
    assert shown(agree(agreeing)) == expected


@pytest.mark.parametrize("agreeing", ["abcd", "abcde"])
def test_nobody_is_shown_while_one_or_two_hide(agreeing: str) -> None:
    assert shown(agree(agreeing)) == ""


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


def test_a_stranger_to_the_table_counts_for_nothing() -> None:
    assert shown(agree("az")) == "a"


def test_data_are_open_when_every_member_agrees() -> None:
    assert all_agree(agree(SIX, OPEN), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree("abcde", OPEN), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree(SIX, OPEN, since=NOVEMBER), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree(SIX), OCTOBER, NOVEMBER, SIX)
    assert not all_agree(agree(SIX, OPEN), OCTOBER, NOVEMBER, "")
