"""The median and the middle of the members: what is shown, and where a member stands."""

from service.domain.figures import Figure
from service.domain.standing import Place, middle_of, place_of

SIX = dict.fromkeys("abcdef", 10_000)


def figures(*households: int, sigma: float = 5.0) -> dict[str, Figure]:
    return {name: Figure(noisy, sigma) for name, noisy in zip("abcdef", households, strict=False)}


def test_the_lowest_and_the_highest_are_dropped() -> None:
    middle = middle_of(figures(10, 900, 40, 30, 60, 50), SIX)
    assert middle
    assert (middle.low, middle.median, middle.high) == (3.0, 4.5, 6.0)


def test_rates_are_ranked_not_households() -> None:
    middle = middle_of(figures(100, 100, 100, 100, 100, 100), SIX | {"a": 100_000, "b": 1_000})
    assert middle
    assert (middle.low, middle.median, middle.high) == (10.0, 10.0, 10.0)


def test_with_five_members_there_is_a_median_alone_and_with_four_nothing() -> None:
    """One of the five knows its own: the network minus it, both limits and the median would be the one that is left."""
    five = middle_of(figures(30, 40, 50, 60, 70), SIX)
    assert five
    assert (five.low, five.median, five.high) == (None, 5.0, None)
    assert place_of(9.0, five) is None
    assert middle_of(figures(30, 40, 50, 60), SIX) is None


def test_a_member_without_dwellings_is_not_one_of_them() -> None:
    assert middle_of(figures(30, 40, 50, 60, 70), SIX | {"a": 0}) is None


def test_what_is_drowned_in_noise_is_not_shown() -> None:
    middle = middle_of(figures(1, 2, 12, 13, 40, 50), SIX)
    assert middle
    assert middle.low is None
    assert middle.median is None  # one of the two that make it is not significant
    assert middle.high == 4.0


def test_the_margin_is_the_largest_whoever_makes_the_limit() -> None:
    stock = SIX | {"f": 1_000}
    first, second = middle_of(figures(10, 20, 30, 40, 50, 6), stock), middle_of(figures(50, 40, 30, 20, 10, 6), stock)
    assert first
    assert second
    assert first.margin == second.margin == 1.96 * 5


def test_the_place_is_said_only_beyond_the_margin() -> None:
    middle = middle_of(figures(10, 20, 30, 40, 50, 60, sigma=2.0), SIX)
    assert middle
    assert round(middle.margin, 3) == 0.392
    assert place_of(5.3, middle) == Place.NEAR
    assert place_of(5.5, middle) == Place.ABOVE
    assert place_of(1.7, middle) == Place.NEAR
    assert place_of(2.0, middle) == place_of(5.0, middle) == Place.WITHIN
    assert place_of(1.5, middle) == Place.BELOW


def test_without_a_lower_limit_only_what_is_above_can_be_told() -> None:
    middle = middle_of(figures(1, 2, 40, 40, 50, 60), SIX)
    assert middle
    assert place_of(9.0, middle) == Place.ABOVE
    assert place_of(0.1, middle) is None
