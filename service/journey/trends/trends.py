"""Closing a month: every table is counted, charged, drawn and published in one transaction, once and for ever.

One release at a time, from the first word that is looked for to the last line of the archive. The archive is written
before the commit: a draw that readers may have seen is always kept, and one that failed is put back, not drawn again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.loss import Charge, refuse_beyond, refuse_products
from service.domain.periods import last_publishable_month, month_start, months_before, next_month, periods_closed_by
from service.domain.products import PRODUCTS, Product, keys_of
from service.domain.release_order import NoMember, refuse_disorder, refuse_open_month, refuse_other_secret
from service.domain.snapshots import Snapshot, digest
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import alone, name_member, release_transaction, shared_transaction
from service.journey.trends.bounding import bounded_table, exact_table, secret_of
from service.journey.trends.press import Press
from service.journey.trends.public_stock import Network, look_at
from service.journey.trends.reinstating import complete_archive, put_back, weights_of
from service.journey.trends.snapshots import as_row, charge_row, charges_of, last_link, latest_snapshot
from service.journey.trends.watching import note_terms, watch_list
from service.models.member import Member
from service.models.trends import Contribution, OwnFigures, TermSighting

_LOCK = 7_202_610  # one release at a time
_KEEP_CONTRIBUTIONS = 13  # months
_KEEP_OWN = 36
_WEEK = timedelta(days=7)


def release(month: date, ports: Ports, press: Press) -> bool:
    """Publish one closed month; False when it already was. What an archive holds is put back, never drawn again.

    Raises
    ------
    ReleaseRefused
        When the month is not closed, before the last one, without a member, or does not follow what was published.
    BudgetSpent
        When any twelve months would cost a household more than RHO_YEAR.

    """
    month = month_start(month)
    refuse_products(PRODUCTS.values())
    refuse_open_month(month, _today(ports))
    with alone(_LOCK):
        members = _members()
        if not members:
            raise NoMember("Aucun bailleur n'est inscrit : un mois vide serait publié pour toujours.")
        if _is_settled(month, members.values(), press):
            return False
        terms = watch_list(month)
        for member_id in members.values():
            note_terms(member_id, month, terms)
        with release_transaction() as session:
            network = look_at(session, month, members, terms)
            made = put_back(session, month, members.values(), press)
            if not made:
                made = _publish(session, month, network, ports, press)
                # Not of what is put back: counted anew they would not agree with what was drawn before.
                _keep_own(session, made, members.values())
            press.archive.keep(month, made, weights_of(session, made, members.values()))
            _prune(session, month, members.values())
        press.archive.forget_weights(months_before(month, _KEEP_CONTRIBUTIONS))
    return True


def release_due(ports: Ports, press: Press) -> list[date]:
    """Publish the months that are over since the last release, or the last one; return the new ones."""
    last = last_publishable_month(_today(ports))
    if not _members():
        return []  # Nothing to count yet: an empty month would be published for ever.
    with release_transaction() as session:
        latest = latest_snapshot(session, "C1")
    month = next_month(latest.period) if latest else min([last, *press.archive.months()])
    done = []
    while month <= last:
        if release(month, ports, press):
            done.append(month)
        month = next_month(month)
    return done


def _today(ports: Ports) -> date:
    return ports.clock.now().astimezone(PARIS).date()


def _members() -> dict[str, UUID]:
    with shared_transaction() as session:
        rows = session.execute(select(Member.slug, Member.id).order_by(Member.slug))
        return {slug: member_id for slug, member_id in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.


def _is_settled(month: date, members: Iterable[UUID], press: Press) -> bool:
    """Say whether a month is published already; refuse one whose turn it is not. Complete the archive first."""
    with release_transaction() as session:
        if month in complete_archive(session, list(members), press):
            return True
        latest = latest_snapshot(session, "C1")
        refuse_disorder(month, latest.period if latest else None, press.archive.months())
        if latest and latest.period > months_before(month, _KEEP_CONTRIBUTIONS):
            refuse_other_secret(latest.program.get("naming"), press.program.get("naming"))
    return False


def _tables_of(month: date) -> Iterator[tuple[Product, date]]:
    """Return what a month publishes, in order."""
    return ((one, period) for one in PRODUCTS.values() for period in periods_closed_by(month, one.length))


def _publish(session: Session, month: date, network: Network, ports: Ports, press: Press) -> list[Snapshot]:
    new = [Charge(one.code, period, one.sigma, one.most, one.cap) for one, period in _tables_of(month)]
    refuse_beyond([*charges_of(session), *new])  # before anything is drawn
    made = []
    for product, period in _tables_of(month):
        counts = _count(session, product, period, network, press.secret)
        number, previous = last_link(session)
        blank = Snapshot(
            number + 1, product.code, period, ports.clock.now(), tuple(counts), (), product.sigma, product.rho,
            product.most, product.cap, network.stock, press.program, previous,
        )  # fmt: skip
        session.add(charge_row(blank))
        session.flush()
        drawn = press.noise.draw(list(counts.values()), product.sigma, product.most, product.rho)
        full = replace(blank, values=tuple(drawn))
        full = replace(full, sha256=digest(full))
        session.add(as_row(full))
        session.flush()
        made.append(full)
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
    return total


def _keep_own(session: Session, made: Iterable[Snapshot], members: Iterable[UUID]) -> None:
    """Keep each member's own exact figures, for itself."""
    kept = [(PRODUCTS[one.product], one.period) for one in made if one.product in PRODUCTS]
    for member_id in members:
        name_member(session, member_id)
        session.add_all(
            OwnFigures(
                member_id=member_id, product=product.code, period=period, figures=exact_table(session, product, period)
            )
            for product, period in kept
            if product.is_kept_exact
        )  # fmt: skip
        session.flush()


def _prune(session: Session, month: date, members: Iterable[UUID]) -> None:
    """Forget what the yearly cap needs no more, the words seen for this release, and old figures of a member."""
    for member_id in members:
        name_member(session, member_id)
        session.execute(delete(TermSighting))
        old = months_before(month, _KEEP_CONTRIBUTIONS) - _WEEK
        session.execute(delete(Contribution).where(Contribution.period < old))
        session.execute(delete(OwnFigures).where(OwnFigures.period < months_before(month, _KEEP_OWN)))
