"""Reading what was published: the chain of snapshots, the ledger, the errata."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.loss import Charge
from service.domain.products import PRODUCTS
from service.domain.snapshots import FIRST, Snapshot
from service.journey.ports import Ports
from service.journey.transactions import network_transaction, release_transaction
from service.models.trends import TrendCharge, TrendErratum, TrendSnapshot


@dataclass(frozen=True)
class Erratum:
    """What is said beside a published table."""

    product: str
    period: date
    words: str
    is_withdrawn: bool


def as_snapshot(row: TrendSnapshot) -> Snapshot:
    """Return a row as what it holds."""
    return Snapshot(
        row.number, row.product, row.period, row.drawn_at, tuple(row.keys), tuple(row.values), row.sigma, row.rho,
        row.most, row.cap, row.stock, row.program, row.previous, row.sha256,
    )  # fmt: skip


def as_row(one: Snapshot) -> TrendSnapshot:
    """Return a snapshot as its row."""
    return TrendSnapshot(
        number=one.number, product=one.product, period=one.period, drawn_at=one.drawn_at, keys=list(one.keys),
        values=list(one.values), sigma=one.sigma, rho=one.rho, most=one.most, cap=one.cap, stock=dict(one.stock),
        program=dict(one.program), previous=one.previous, sha256=one.sha256,
    )  # fmt: skip


def charge_row(one: Snapshot) -> TrendCharge:
    """Return what a snapshot costs as its line in the ledger, which stands before it."""
    return TrendCharge(
        product=one.product, period=one.period, at=one.drawn_at, sigma=one.sigma, most=one.most, cap=one.cap,
        rho=one.rho,
    )  # fmt: skip


def read_months() -> list[tuple[str, date]]:
    """Return the monthly tables ever published, without their figures: product and month; withdrawn ones too."""
    monthly = [code for code, one in PRODUCTS.items() if one.length == "month"]
    question = select(TrendSnapshot.product, TrendSnapshot.period).where(TrendSnapshot.product.in_(monthly))
    with network_transaction() as session:
        return [(product, period) for product, period in session.execute(question)]


def read_snapshots(*products: str, since: date | None = None) -> list[Snapshot]:
    """Return the published snapshots in the order of the chain, withdrawn ones too.

    Of some products or of all, of all periods or of those that begin on a day or after.
    """
    with network_transaction() as session:
        question = select(TrendSnapshot).order_by(TrendSnapshot.number)
        if products:
            question = question.where(TrendSnapshot.product.in_(products))
        if since:
            question = question.where(TrendSnapshot.period >= since)
        return [as_snapshot(row) for row in session.scalars(question)]


def read_charges() -> list[Charge]:
    """Return the whole ledger."""
    with network_transaction() as session:
        return charges_of(session)


def charges_of(session: Session) -> list[Charge]:
    """Return the whole ledger, within a transaction."""
    rows = session.scalars(select(TrendCharge).order_by(TrendCharge.at, TrendCharge.product, TrendCharge.period))
    return [Charge(row.product, row.period, row.sigma, row.most, row.cap) for row in rows]


def read_errata() -> list[Erratum]:
    """Return all errata, the oldest first."""
    with network_transaction() as session:
        rows = session.scalars(select(TrendErratum).order_by(TrendErratum.at))
        return [Erratum(row.product, row.period, row.words, row.is_withdrawn) for row in rows]


def attach_erratum(erratum: Erratum, author: str, ports: Ports) -> None:
    """Say beside a published table what is wrong with it; the table itself stays as it was drawn."""
    with release_transaction() as session:
        session.add(
            TrendErratum(
                product=erratum.product, period=erratum.period, at=ports.clock.now(), author=author,
                words=erratum.words, is_withdrawn=erratum.is_withdrawn,
            )
        )  # fmt: skip


def latest_snapshot(session: Session, product: str) -> TrendSnapshot | None:
    """Return the last published table of a product."""
    return session.scalar(
        select(TrendSnapshot).where(TrendSnapshot.product == product).order_by(TrendSnapshot.period.desc()).limit(1)
    )


def last_link(session: Session) -> tuple[int, str]:
    """Return the number and the digest of the last snapshot."""
    number = session.scalar(select(func.max(TrendSnapshot.number))) or 0
    digest = session.scalar(select(TrendSnapshot.sha256).where(TrendSnapshot.number == number))
    return number, digest or FIRST
