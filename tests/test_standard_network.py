"""The synthetic network that figures are measured on is what it says, and SQL counts in it what really happened."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import create_engine

from service.domain.areas import merge_areas
from service.domain.products import PRODUCTS
from service.journey.transactions import member_transaction
from service.journey.trends.bounding import exact_table
from service.settings import Settings
from tests.standard_loading import load
from tests.standard_network import AREAS, MEMBERS, Standard, imagine, shares
from tests.standard_truth import exact_tables


@pytest.fixture(scope="module")
def quarter() -> Standard:
    return imagine(months=3, a_month=1500)


def test_its_stock_is_that_of_six_landlords(quarter: Standard) -> None:
    stock = quarter.stock
    assert np.bincount(stock.member, weights=stock.size).tolist() == list(MEMBERS.values())
    assert (len(stock.size), int((stock.size < 20).sum()), int((stock.size < 11).sum())) == (2431, 888, 375)


def test_each_type_of_area_is_published_apart(quarter: Standard) -> None:
    owned: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEMBERS, 0))
    for size, member, area in zip(quarter.stock.size, quarter.stock.member, quarter.stock.area, strict=True):
        owned[AREAS[area]][list(MEMBERS)[member]] += int(size)
    assert merge_areas(owned) == {area: area for area in AREAS}


def test_its_subjects_go_from_a_fifth_to_a_two_hundredth() -> None:
    assert (round(float(max(shares())), 3), round(float(min(shares())), 4)) == (0.18, 0.0036)
    assert float(shares().sum()) == pytest.approx(1)


def test_the_same_seed_gives_the_same_network(quarter: Standard) -> None:
    again = imagine(months=3, a_month=1500)
    assert (again.messages.dwelling == quarter.messages.dwelling).all()
    assert (imagine(seed=7, months=3, a_month=1500).messages.dwelling[:50] != quarter.messages.dwelling[:50]).any()


@pytest.mark.services
def test_sql_counts_the_households_that_really_wrote(app: Flask, settings: Settings, quarter: Standard) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        members = load(connection, quarter)
    engine.dispose()
    september = date(2026, 9, 1)
    truth = exact_tables(quarter, PRODUCTS["MF"])
    assert list(truth) == [date(2026, 8, 1), september, date(2026, 10, 1)]
    with app.app_context():
        for slug, member_id in members.items():
            with member_transaction(member_id) as session:
                counted = exact_table(session, PRODUCTS["MF"], september)
            meant = {key.split("|")[1]: count for key, count in truth[september].items() if key.startswith(slug)}
            # A member reads its own figures without what is reserved: nobody wrote of that in these families.
            assert {key: count for key, count in counted.items() if key != "gestion"} == {
                key: count for key, count in meant.items() if count and key != "gestion"
            }
