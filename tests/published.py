"""Published tables that were never drawn: made-up households of a network of six, with or without noise."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from math import cos, pi
from random import Random

from flask import Flask

from service.domain.periods import months_before, periods_closed_by
from service.domain.products import DELAY_BINS, PRODUCTS, Product, keys_of
from service.domain.snapshots import FIRST, Snapshot, digest
from service.domain.taxonomy import FAMILIES, categories, categories_of
from service.journey.transactions import release_transaction
from service.journey.trends.published import Published
from service.journey.trends.snapshots import Erratum, as_row
from service.models.trends import TrendCharge, TrendErratum

OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
MEMBERS = ("amarante", "boreal", "cedre", "douve", "erable", "falaise")
AREAS = ("qpv", "urbain", "periurbain")
DWELLINGS = dict.fromkeys(MEMBERS, 15_000)
TERMS = ("punaises", "fibre")
WEIGHTS = {code: 1 + (7 * place) % 11 for place, code in enumerate(categories())}

Counts = Callable[[Product, date, str], float]  # product, period, last part of a key -> households of one row


def ordinary(product: Product, period: date, part: str) -> float:
    """Return what a row of an ordinary month of the network holds: the same every year, a little more in winter."""
    code = part.partition("|")[0]
    rows = {"member": len(MEMBERS), "area": len(AREAS), "network": 1}[product.split]
    length = {"month": 1.0, "quarter": 2.6, "week": 0.24}[product.length]
    season = 1 + 0.15 * cos(2 * pi * (period.month - 1) / 12)
    if code in categories():
        base = 30.0 * WEIGHTS[code]
    elif code in FAMILIES:
        base = 30.0 * sum(WEIGHTS[one] for one in categories_of(code))
    else:
        base = 60.0
    return base * length * season * _SHARES.get(product.code, lambda _: 1.0)(part) / rows


_OF_FAMILY: Mapping[str, float] = {
    "answer|kept": 0.8, "answer|broken": 0.2, "full|kept": 0.7, "full|broken": 0.3, "passed": 0.08,
    "authority": 0.03, "supplier": 0.1, "extended": 0.02, "team": 0.07, "kept": 0.8, "corrected": 0.08, "person": 0.12,
}  # fmt: skip
_OF_DAYS = dict(zip(map(str, DELAY_BINS), (2, 3, 4, 8, 10, 12, 14, 16, 12, 10, 5, 3, 1), strict=True))
_OF_SCORE = dict(zip(map(str, range(11)), (4, 1, 2, 2, 3, 6, 7, 14, 24, 20, 17), strict=True))
_SHARES: Mapping[str, Callable[[str], float]] = {
    "PROMISE": lambda part: _OF_FAMILY[part.partition("|")[2]],
    "LATE": lambda part: _OF_FAMILY[part.partition("|")[2]],
    "MODEL": lambda part: _OF_FAMILY[part] * 108.9,
    "DELAY_FAM": lambda part: _OF_DAYS[part.partition("|")[2]] / 100,
    "DELAY_MEM": lambda part: _OF_DAYS[part] * 0.9,
    "SATIS": lambda part: _OF_SCORE[part] * 0.25,
    "BOUNCE": lambda _: 0.09,
}


def publish(
    month: date = OCTOBER,
    months: int = 25,
    *,
    counts: Counts = ordinary,
    noise: Random | None = None,
    errata: Iterable[Erratum] = (),
    without: Iterable[str] = (),
) -> Published:
    """Return so many published months, the last one given; withdrawn tables are left out, as readers find them."""
    errata = tuple(errata)
    withdrawn = {(one.product, one.period) for one in errata if one.is_withdrawn}
    found: dict[str, dict[date, Snapshot]] = {code: {} for code in PRODUCTS}
    for one in snapshots(month, months, counts=counts, noise=noise):
        if (one.product, one.period) not in withdrawn and one.product not in set(without):
            found[one.product][one.period] = one
    return Published(found, errata)


def snapshots(
    month: date = OCTOBER, months: int = 25, *, counts: Counts = ordinary, noise: Random | None = None
) -> list[Snapshot]:
    """Return the chain of so many months."""
    made: list[Snapshot] = []
    for back in reversed(range(months)):
        for product in PRODUCTS.values():
            for period in periods_closed_by(months_before(month, back), product.length):
                made.append(_snapshot(made, product, period, counts, noise))
    return made


def _snapshot(made: list[Snapshot], product: Product, period: date, counts: Counts, noise: Random | None) -> Snapshot:
    keys = keys_of(product, MEMBERS, AREAS, TERMS)
    skip = 0 if product.split == "network" else 1
    values = [counts(product, period, "|".join(key.split("|")[skip:])) for key in keys]
    blank = Snapshot(
        number=len(made) + 1,
        product=product.code,
        period=period,
        drawn_at=datetime(2026, 11, 5, 6, 0, tzinfo=UTC),
        keys=tuple(keys),
        values=tuple(round(one + (noise.gauss(0, product.sigma) if noise else 0)) for one in values),
        sigma=product.sigma,
        rho=product.rho,
        most=product.most,
        cap=product.cap,
        stock={"members": DWELLINGS, "areas": dict.fromkeys(AREAS, 30_000), "merged": {area: area for area in AREAS}},
        program={"noise": "none"},
        previous=made[-1].sha256 if made else FIRST,
    )
    return replace(blank, sha256=digest(blank))


def keep(app: Flask, made: Iterable[Snapshot], errata: Iterable[Erratum] = ()) -> None:
    """Publish made-up tables for real: each is charged, then kept, by the role that publishes."""
    with app.app_context(), release_transaction() as session:
        for one in made:
            session.add(
                TrendCharge(
                    product=one.product, period=one.period, at=one.drawn_at, sigma=one.sigma, most=one.most,
                    cap=one.cap, rho=one.rho,
                )
            )  # fmt: skip
            session.flush()
            session.add(as_row(one))
        session.flush()
        for number, erratum in enumerate(errata):
            at = datetime(2026, 11, 6 + number, tzinfo=UTC)
            session.add(TrendErratum(**asdict(erratum), at=at, author="Exploitation"))
