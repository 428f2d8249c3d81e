"""Six members of a network, their published tables with figures known beforehand, and what one keeps for itself."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.domain.periods import months_before
from service.domain.products import PRODUCTS, Product, parts_of
from service.journey.transactions import name_member, release_transaction
from service.models.member import Member
from service.models.trends import OwnFigures
from service.settings import Settings
from tests.kept_tables import keep

# The first two are those of tests.world; « berge » and « crue » own as many dwellings as one another.
STOCK = {"amont": 20_000, "aval": 16_000, "berge": 12_000, "crue": 12_000, "delta": 10_000, "estuaire": 8_000}
RATES = {"amont": 9, "aval": 5, "berge": 6, "crue": 7, "delta": 8, "estuaire": 20}  # per 1,000, of every key
AREAS = {"urbain": 50_000, "qpv": 28_000}
OCTOBER, SUMMER = date(2026, 10, 1), date(2026, 7, 1)


def add_members(settings: Settings) -> dict[str, UUID]:
    """Add to the two members of every test the four others; return all of them by slug."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        session.add_all(
            Member(
                id=uuid4(), slug=slug, name=f"{slug.capitalize()} Habitat", seat="Lens", colour="#1d5b43",
                dwellings=STOCK[slug], phone="03 00 00 00 00",
            )
            for slug in STOCK if slug not in ("amont", "aval")
        )  # fmt: skip
        session.commit()
        rows = session.execute(select(Member.slug, Member.id))
        found = {slug: one for slug, one in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.
    engine.dispose()
    return found


def months_until(last: date, count: int) -> list[date]:
    """Return so many months, the last one included."""
    return [months_before(last, behind) for behind in range(count - 1, -1, -1)]


def publish_six(months: Sequence[date], rates: Mapping[str, float] = RATES) -> None:
    """Publish months in which each member has its rate of every theme, subject, delay and note."""
    households = {slug: round(rates[slug] * STOCK[slug] / 1000) for slug in STOCK}
    whole = sum(households.values())

    def value_of(product: Product, key: str) -> int:
        if product.split == "member":
            return households[key.partition("|")[0]]
        return whole // len(AREAS) if product.split == "area" else whole

    keep(months, value_of, STOCK, AREAS)


def keep_own(member_id: UUID, product: str, period: date, figures: Mapping[str, int]) -> None:
    """Keep a member's own exact figures of one table."""
    with release_transaction() as session:
        name_member(session, member_id)
        session.add(OwnFigures(member_id=member_id, product=product, period=period, figures=dict(figures)))


def keep_all_own(member_id: UUID, households: int, month: date = OCTOBER, quarter: date = SUMMER) -> None:
    """Keep the same number of households of a member for every theme, subject, delay, note and promise."""
    for code, period in (
        ("MF", month), ("DELAY_MEM", month), ("Q2", quarter), ("SATIS", quarter), ("PROMISE", quarter),
    ):  # fmt: skip
        keep_own(member_id, code, period, dict.fromkeys(parts_of(PRODUCTS[code], ()), households))
