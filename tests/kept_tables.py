"""Made-up published tables: charged, chained and kept as a release keeps them, without the noise of a draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from service.domain.periods import next_month, periods_closed_by
from service.domain.products import PRODUCTS, Product, keys_of
from service.domain.snapshots import Snapshot, digest
from service.journey.transactions import member_transaction, release_transaction
from service.journey.trends.snapshots import as_row, last_link
from service.models.trends import TrendCharge, TrendConsent

MEMBERS = {"amont": 300, "aval": 300, "berge": 200}
AREAS = {"urbain": 600, "periurbain": 200}
TERMS = ("punaise", "eau froide")  # on the public list, and no longer
ValueOf = Callable[[Product, str], int]


def keep(
    months: Sequence[date],
    value_of: ValueOf,
    members: Mapping[str, int] = MEMBERS,
    areas: Mapping[str, int] = AREAS,
) -> None:
    """Keep what `value_of` says of each product and key, for each month and what ends with it."""
    for month in months:
        at = datetime.combine(next_month(month).replace(day=5), datetime.min.time(), UTC)
        with release_transaction() as session:
            for product in PRODUCTS.values():
                for period in periods_closed_by(month, product.length):
                    keys = keys_of(product, list(members), list(areas), TERMS)
                    number, previous = last_link(session)
                    blank = Snapshot(
                        number + 1, product.code, period, at, tuple(keys),
                        tuple(value_of(product, key) for key in keys), product.sigma, product.rho, product.most,
                        product.cap, {"members": dict(members), "areas": dict(areas), "merged": {}},
                        dict.fromkeys(("code", "parameters", "noise"), "none"),
                        previous,
                    )  # fmt: skip
                    session.add(
                        TrendCharge(
                            product=product.code, period=period, at=at, sigma=product.sigma, most=product.most,
                            cap=product.cap, rho=product.rho,
                        )
                    )  # fmt: skip
                    session.flush()
                    session.add(as_row(replace(blank, sha256=digest(blank))))
                    session.flush()


def consent(member_id: UUID, product: str, start: date, until: date | None = None) -> None:
    """Let a member agree to a product, as two of its people would have."""
    with member_transaction(member_id) as session:
        session.add(
            TrendConsent(
                member_id=member_id, product=product, from_month=start, until_month=until, given_by="Deux personnes",
                at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip
