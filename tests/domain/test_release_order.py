"""When a month may be published; each refusal says what to do."""

from datetime import date

import pytest

from service.domain.release_order import (
    NotInOrder,
    NotYetClosed,
    OtherSecret,
    refuse_disorder,
    refuse_gap,
    refuse_open_month,
    refuse_other_secret,
)

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)


def test_a_month_is_closed_from_the_fifth_on() -> None:
    refuse_open_month(OCTOBER, date(2026, 11, 5))
    with pytest.raises(NotYetClosed, match="à partir du 5"):
        refuse_open_month(OCTOBER, date(2026, 11, 4))


def test_no_month_is_published_before_the_last_one() -> None:
    refuse_disorder(OCTOBER, SEPTEMBER, [])
    refuse_disorder(AUGUST, None, [])
    with pytest.raises(NotInOrder, match="2026-10 est déjà publié"):
        refuse_disorder(SEPTEMBER, OCTOBER, [])


def test_what_only_the_archive_holds_is_put_back_first() -> None:
    refuse_disorder(SEPTEMBER, AUGUST, [AUGUST, SEPTEMBER, OCTOBER])
    with pytest.raises(NotInOrder, match="flask trends release 2026-09"):
        refuse_disorder(OCTOBER, AUGUST, [AUGUST, SEPTEMBER, OCTOBER])
    with pytest.raises(NotInOrder, match="2026-08"):
        refuse_disorder(OCTOBER, None, [AUGUST])


def test_a_month_that_would_be_left_out_is_named() -> None:
    refuse_gap(OCTOBER, None)
    refuse_gap(OCTOBER, SEPTEMBER)
    refuse_gap(SEPTEMBER, OCTOBER)  # refused elsewhere, for another reason
    with pytest.raises(NotInOrder, match="2026-09"):
        refuse_gap(OCTOBER, AUGUST)


def test_households_keep_their_names() -> None:
    refuse_other_secret("one", "one")
    refuse_other_secret(None, "one")
    with pytest.raises(OtherSecret, match="TRENDS_SECRET"):
        refuse_other_secret("one", "other")
