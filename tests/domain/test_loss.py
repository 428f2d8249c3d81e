"""The ledger: what any twelve months may cost, whatever was changed in between."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product as every
from math import isclose, sqrt

import pytest

from service.domain.loss import (
    BudgetSpent,
    Charge,
    best_guess,
    epsilon,
    faults_of_ledger,
    loss_by_product,
    refuse_beyond,
    refuse_products,
    worst_loss,
    worst_of_year,
)
from service.domain.periods import months_before, periods_closed_by
from service.domain.products import PRODUCTS, RHO_YEAR, Product
from service.domain.snapshots import FIRST, Snapshot

MONTHS = [months_before(date(2030, 1, 1), back) for back in range(48, 0, -1)]


def charged(product: Product, months: list[date]) -> list[Charge]:
    return [
        Charge(product.code, period, product.sigma, product.most, product.cap)
        for month in months
        for period in periods_closed_by(month, product.length)
    ]


def whole(months: list[date], products: tuple[Product, ...] = tuple(PRODUCTS.values())) -> list[Charge]:
    return [charge for product in products for charge in charged(product, months)]


def test_the_products_as_they_are_written_fill_a_year_exactly() -> None:
    refuse_products(PRODUCTS.values())
    assert isclose(worst_loss(whole(MONTHS)), RHO_YEAR)
    refuse_beyond(whole(MONTHS))


def test_products_whose_parts_pass_the_whole_are_refused_before_anything_is_drawn() -> None:
    wider = [replace(one, share=one.share * 1.01) for one in PRODUCTS.values()]
    with pytest.raises(BudgetSpent, match="somme des parts"):
        refuse_products(wider)


@pytest.mark.parametrize("code", PRODUCTS)
def test_a_part_that_grows_in_the_middle_of_a_year_is_refused(code: str) -> None:
    """Even when another part shrinks as much, so that the table of products still adds up."""
    other = next(one for one in PRODUCTS.values() if one.code != code and one.share > 0.02)
    grown = replace(PRODUCTS[code], share=PRODUCTS[code].share + 0.01)
    shrunk = replace(other, share=other.share - 0.01)
    changed = tuple({**PRODUCTS, code: grown, other.code: shrunk}.values())
    refuse_products(changed)
    before = whole(MONTHS[:6])
    refuse_beyond(before + whole(MONTHS[18:30], changed))  # more than a year lies between
    with pytest.raises(BudgetSpent, match="remettez les valeurs d'avant"):
        refuse_beyond(before + whole(MONTHS[6:12], changed))


def test_a_cap_that_grows_in_the_middle_of_a_year_is_refused() -> None:
    """The noise stays: a household could weigh more than was charged for."""
    before = whole(MONTHS[:6])
    grown = [replace(one, cap=one.cap + 4) if one.product == "C1" else one for one in whole(MONTHS[6:12])]
    with pytest.raises(BudgetSpent):
        refuse_beyond(before + grown)


def test_a_product_more_in_the_middle_of_a_year_is_refused() -> None:
    one = replace(PRODUCTS["C1"], code="NEW", share=0.02)
    with pytest.raises(BudgetSpent):
        refuse_beyond(whole(MONTHS[:12]) + charged(one, MONTHS[10:12]))


def test_a_product_that_is_published_no_more_still_counts() -> None:
    gone = [replace(one, product="OLD") if one.product == "C1" else one for one in whole(MONTHS[:12])]
    assert isclose(worst_loss(gone), RHO_YEAR)
    with pytest.raises(BudgetSpent):
        refuse_beyond(gone + charged(PRODUCTS["C1"], MONTHS[11:12]))


@pytest.mark.parametrize("code", PRODUCTS)
def test_a_product_that_is_no_more_is_charged_in_each_month_it_may_have_been_published_with(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter is published two months after it begins: taken for a month it would be forgotten two months early."""
    charges = charged(PRODUCTS[code], MONTHS[:12])
    known = {month: worst_of_year(charges, month) for month in MONTHS[:30]}
    monkeypatch.setattr("service.domain.loss.PRODUCTS", {one: PRODUCTS[one] for one in PRODUCTS if one != code})
    assert all(worst_of_year(charges, month) >= rho for month, rho in known.items())
    assert isclose(worst_loss(charges), max(known.values()))


def test_a_retired_quarter_leaves_its_part_to_no_other_before_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = ("Q2", "Q3")
    left = {code: one for code, one in PRODUCTS.items() if code not in gone}
    share = PRODUCTS["MF"].share + sum(PRODUCTS[code].share for code in gone)
    wider = left | {"MF": replace(PRODUCTS["MF"], share=share)}
    first = MONTHS.index(date(2027, 10, 1))  # the first month without them: a quarter ended with the month before
    charges = whole(MONTHS[first - 12 : first])
    charges += whole(MONTHS[first : first + 9], tuple(left.values()))
    charges += whole(MONTHS[first + 9 : first + 12], tuple(wider.values()))
    truth = worst_loss(charges)
    assert truth > 1.01 * RHO_YEAR
    monkeypatch.setattr("service.domain.loss.PRODUCTS", wider)
    assert worst_loss(charges) >= truth * (1 - 1e-9)


def test_no_household_that_keeps_to_the_bounds_loses_more_than_the_ledger_says() -> None:
    """Against every way in which a household may spread its cells over periods of different noise."""
    chance = random.Random(3)
    for _ in range(200):
        charges = [
            Charge("C1", month, chance.uniform(2, 20), chance.randint(1, 3), chance.randint(3, 6))
            for month in MONTHS[:5]
        ]
        cap = max(one.cap for one in charges)
        worst = max(
            sum(cells / (2 * one.sigma**2) for cells, one in zip(spread, charges, strict=True))
            for spread in every(*(range(one.most + 1) for one in charges))
            if sum(spread) <= cap
        )
        assert isclose(worst_of_year(charges, MONTHS[4]), worst)


def test_twelve_months_of_each_length_are_what_they_publish() -> None:
    for product in PRODUCTS.values():
        steady = replace(product, most=1, cap=1000)
        expected = {"month": 12, "quarter": 4, "week": 53}[product.length]
        charges = [replace(one, most=1, cap=1000) for one in charged(steady, MONTHS)]
        counts = {round(worst_of_year(charges, month) * 2 * steady.sigma**2) for month in MONTHS[12:]}
        assert max(counts) == expected


def test_the_loss_of_each_product_is_its_part() -> None:
    losses = loss_by_product(whole(MONTHS), MONTHS[-1])
    assert losses.keys() == PRODUCTS.keys()
    for code, rho in losses.items():
        assert isclose(rho, RHO_YEAR * PRODUCTS[code].share)


def test_an_empty_ledger_costs_nothing() -> None:
    assert worst_loss([]) == 0.0
    assert loss_by_product([], MONTHS[0]) == {}
    refuse_beyond([])


def test_the_epsilon_and_the_best_guess_are_those_of_the_literature() -> None:
    assert isclose(epsilon(0.4), 4.604, abs_tol=0.005)
    assert isclose(epsilon(0.2), 3.13, abs_tol=0.01)
    assert epsilon(0) == 0
    assert isclose(best_guess(0.4), 0.673, abs_tol=0.001)
    assert best_guess(0) == 0.5


def snapshot_of(charge: Charge) -> Snapshot:
    return Snapshot(
        1, charge.product, charge.period, datetime(2026, 11, 5, tzinfo=UTC), (), (), charge.sigma,
        charge.most / (2 * charge.sigma**2), charge.most, charge.cap, {}, {}, FIRST,
    )  # fmt: skip


def test_the_ledger_is_the_account_of_what_was_drawn() -> None:
    charge = charged(PRODUCTS["C1"], MONTHS[:1])[0]
    table, dear = snapshot_of(charge), replace(charge, sigma=1.0)
    assert faults_of_ledger([table], [charge]) == []
    for tables, charges, words in (
        ([table], [], "sans être inscrit"),
        ([], [charge], "sans être tiré"),
        ([table], [replace(charge, sigma=charge.sigma + 1)], "même bruit"),
        ([table], [replace(charge, cap=7)], "mêmes bornes"),
        ([replace(table, rho=table.rho / 2)], [charge], "perte plus petite"),
        ([snapshot_of(dear)], [dear], "Douze mois coûteraient"),
    ):
        (fault,) = faults_of_ledger(tables, charges)
        assert words in fault
    assert sqrt(2 * table.rho) < 1
