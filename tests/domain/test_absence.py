"""Who stands in for whom, as a rule over values."""

from datetime import date
from uuid import UUID, uuid4

from service.domain.absence import Post, is_away, stands_in, would_loop

ANA, BEN, CLEO = uuid4(), uuid4(), uuid4()
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def away(substitute_id: UUID | None = None) -> Post:
    return Post(is_here=False, substitute_id=substitute_id)


HERE = Post(is_here=True)


def test_an_absence_holds_from_its_first_day_to_its_last() -> None:
    assert is_away(MONDAY, FRIDAY, MONDAY)
    assert is_away(MONDAY, FRIDAY, FRIDAY)
    assert not is_away(MONDAY, FRIDAY, date(2026, 11, 22))
    assert not is_away(MONDAY, FRIDAY, date(2026, 11, 28))
    assert is_away(MONDAY, None, date(2030, 1, 1))
    assert not is_away(None, None, MONDAY)


def test_who_is_here_does_their_own_work() -> None:
    assert stands_in(ANA, {ANA: Post(is_here=True, substitute_id=BEN), BEN: HERE}) == ANA


def test_a_substitute_who_is_away_has_one_in_turn() -> None:
    assert stands_in(ANA, {ANA: away(BEN), BEN: away(CLEO), CLEO: HERE}) == CLEO


def test_nobody_stands_in_where_there_is_none_or_a_circle() -> None:
    assert stands_in(ANA, {ANA: away()}) is None
    assert stands_in(ANA, {ANA: away(BEN), BEN: away(ANA)}) is None
    assert stands_in(ANA, {BEN: HERE}) is None


def test_who_may_not_be_given_it_is_passed_over() -> None:
    posts = {ANA: away(BEN), BEN: Post(is_here=True, substitute_id=CLEO), CLEO: HERE}
    assert stands_in(ANA, posts, {BEN}) == CLEO
    assert stands_in(ANA, {ANA: away(BEN), BEN: HERE}, {BEN}) is None


def test_a_circle_of_substitutes_is_seen_before_it_is_made() -> None:
    assert would_loop(ANA, BEN, {BEN: away(CLEO), CLEO: away(ANA)})
    assert not would_loop(ANA, BEN, {BEN: away(CLEO), CLEO: HERE})
    assert not would_loop(ANA, BEN, {BEN: away(CLEO), CLEO: away(BEN)})
