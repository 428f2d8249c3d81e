"""Closing a month: every table is counted, charged, drawn and published in one transaction, once and for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from service.domain.loss import Charge, refuse_beyond
from service.domain.periods import last_publishable_month, months_before, next_month, periods_closed_by
from service.domain.products import PRODUCTS, Product, keys_of
from service.domain.snapshots import Snapshot, digest
from service.journey.bounding import bounded_table, exact_table, secret_of
from service.journey.ports import Ports, Press
from service.journey.public_stock import Network, look_at
from service.journey.snapshots import as_row, as_snapshot, charges_of, last_link
from service.journey.submission import PARIS
from service.journey.transactions import name_member, release_transaction, shared_transaction
from service.journey.watching import note_terms, watch_list
from service.models.member import Member
from service.models.trends import Contribution, OwnFigures, TermSighting, TrendCharge, TrendSnapshot

_LOCK = 7_202_610  # one release at a time
_KEEP_CONTRIBUTIONS = 13  # months
_KEEP_OWN = 36
_WEEK = timedelta(days=7)


class NotInOrder(Exception):
    """A month before the last published one is never published: the yearly cap would no longer hold."""


class NotTheSameChain(Exception):
    """The archive of releases does not follow what the database holds: a person must look."""


def release(month: date, ports: Ports, press: Press) -> bool:
    """Publish one closed month; False when it already was. What an archive holds is put back, never drawn again.

    Raises
    ------
    NotInOrder
        When a later month is already published.
    BudgetSpent
        When any twelve months would cost a household more than RHO_YEAR.
    NotTheSameChain
        When the archive holds this month, and it does not follow the last table of the database.

    """
    members, terms = _members(), watch_list(month)
    for member_id in members.values():
        note_terms(member_id, month, terms)
    with release_transaction() as session:
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        made = _published_with(session, month)
        is_new = not made
        if is_new:
            _refuse_disorder(session, month)
            network = look_at(session, month, members, terms)
            made = _reinstate(session, month, network, press) or _publish(session, month, network, ports, press)
        _prune(session, month, members.values())
    press.archive.keep(month, made)
    return is_new


def release_due(ports: Ports, press: Press) -> list[date]:
    """Publish the months that are over since the last release, or the last one; return the new ones."""
    last = last_publishable_month(ports.clock.now().astimezone(PARIS).date())
    if not _members():
        return []  # Nothing to count yet: an empty month would be published for ever.
    with release_transaction() as session:
        latest = _latest(session)
        if latest:  # where a release was killed before its last act
            press.archive.keep(latest, _published_with(session, latest))
    month = next_month(latest) if latest else last
    done = []
    while month <= last:
        if release(month, ports, press):
            done.append(month)
        month = next_month(month)
    return done


def _members() -> dict[str, UUID]:
    with shared_transaction() as session:
        rows = session.execute(select(Member.slug, Member.id).order_by(Member.slug))
        return {slug: member_id for slug, member_id in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.


def _tables_of(month: date) -> Iterator[tuple[Product, date]]:
    """Return what a month publishes, in order."""
    return ((one, period) for one in PRODUCTS.values() for period in periods_closed_by(month, one.length))


def _published_with(session: Session, month: date) -> list[Snapshot]:
    wanted = {(product.code, period) for product, period in _tables_of(month)}
    rows = session.scalars(
        select(TrendSnapshot)
        .where(TrendSnapshot.period.in_({period for _, period in wanted}))
        .order_by(TrendSnapshot.number)
    )
    return [as_snapshot(row) for row in rows if (row.product, row.period) in wanted]


def _latest(session: Session) -> date | None:
    return session.scalar(select(func.max(TrendSnapshot.period)).where(TrendSnapshot.product == "C1"))


def _refuse_disorder(session: Session, month: date) -> None:
    latest = _latest(session)
    if latest and month < latest:
        raise NotInOrder(f"{latest:%Y-%m} est déjà publié : un mois d'avant ne se publie plus.")


def _publish(session: Session, month: date, network: Network, ports: Ports, press: Press) -> list[Snapshot]:
    made = []
    for product, period in _tables_of(month):
        counts = _count(session, product, period, network, press.secret)
        number, previous = last_link(session)
        blank = Snapshot(
            number + 1, product.code, period, ports.clock.now(), tuple(counts), (), product.sigma, product.rho,
            product.most, product.cap, network.stock, press.program, previous,
        )  # fmt: skip
        _charge(session, blank)
        drawn = press.noise.draw(list(counts.values()), product.sigma, product.most, product.rho)
        full = replace(blank, values=tuple(drawn))
        made.append(_keep(session, replace(full, sha256=digest(full))))
    return made


def _count(session: Session, product: Product, period: date, network: Network, secret: str) -> dict[str, int]:
    """Return the exact bounded table: it lives in memory for the time of one draw."""
    total = dict.fromkeys(keys_of(product, list(network.members), network.areas, network.terms), 0)
    for slug, member_id in network.members.items():
        name_member(session, member_id)
        table = bounded_table(session, member_id, product, period, network.merged, secret_of(secret, member_id))
        for part, count in table.items():
            key = f"{slug}|{part}" if product.split == "member" else part
            if key in total:  # A message may hold a word that left the public list.
                total[key] += count
        if product.is_kept_exact:
            own = exact_table(session, product, period)
            session.add(OwnFigures(member_id=member_id, product=product.code, period=period, figures=own))
            session.flush()
    return total


def _charge(session: Session, one: Snapshot) -> None:
    """Write what a table may cost before it is drawn, or refuse."""
    refuse_beyond([*charges_of(session), Charge(one.product, one.period, one.sigma, one.most, one.cap)])
    session.add(
        TrendCharge(
            product=one.product, period=one.period, at=one.drawn_at, sigma=one.sigma, most=one.most, cap=one.cap,
            rho=one.rho,
        )
    )  # fmt: skip
    session.flush()


def _keep(session: Session, one: Snapshot) -> Snapshot:
    session.add(as_row(one))
    session.flush()
    return one


def _reinstate(session: Session, month: date, network: Network, press: Press) -> list[Snapshot]:
    """Put back what was drawn before a restoration: same figures, same digests, and what households contributed."""
    kept = press.archive.read(month)
    if kept and (kept[0].number - 1, kept[0].previous) != last_link(session):
        raise NotTheSameChain(f"L'archive de {month:%Y-%m} ne suit pas le dernier tableau de la base.")
    for one in kept:
        _count(session, PRODUCTS[one.product], one.period, network, press.secret)
        _charge(session, one)
        _keep(session, one)
    return kept


def _prune(session: Session, month: date, members: Iterable[UUID]) -> None:
    """Forget what the yearly cap needs no more, the words seen for this release, and old figures of a member."""
    for member_id in members:
        name_member(session, member_id)
        session.execute(delete(TermSighting))
        old = months_before(month, _KEEP_CONTRIBUTIONS) - _WEEK
        session.execute(delete(Contribution).where(Contribution.period < old))
        session.execute(delete(OwnFigures).where(OwnFigures.period < months_before(month, _KEEP_OWN)))
