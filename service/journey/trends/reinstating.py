"""After a restoration: what was drawn is put back from the archive, with what each household weighed in it."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from service.domain.loss import Charge, refuse_beyond
from service.domain.periods import months_before
from service.domain.release_order import ArchiveDamaged, NotTheSameChain
from service.domain.snapshots import Snapshot, Weight, faults_of_chain
from service.journey.transactions import name_member
from service.journey.trends.press import Press
from service.journey.trends.snapshots import as_row, as_snapshot, charge_row, charges_of, last_link
from service.models.trends import Contribution, TrendSnapshot

_CAP_NEEDS = 13  # months


def put_back(session: Session, month: date, members: Iterable[UUID], press: Press) -> list[Snapshot]:
    """Put back what was drawn of a month: same figures, same digests, same charges; nothing when it never was."""
    kept = press.archive.read(month)
    if not kept:
        return []
    faults = faults_of_chain(kept, last_link(session))
    if faults or kept[0].period != month:
        raise NotTheSameChain(
            f"L'archive de {month:%Y-%m} ne suit pas le dernier tableau de la base, rien n'est remis. Restaurez une "
            f"base et une archive de la même installation. {' '.join(faults)}".strip()
        )
    refuse_beyond(
        [*charges_of(session), *(Charge(one.product, one.period, one.sigma, one.most, one.cap) for one in kept)]
    )
    for one in kept:
        session.add(charge_row(one))
        session.flush()
        session.add(as_row(one))
        session.flush()
    _put_back_weights(session, month, members, press)
    return kept


def _put_back_weights(session: Session, month: date, members: Iterable[UUID], press: Press) -> None:
    """Put back what households weighed: counted anew it could be less, as messages were erased or lost since."""
    weights = press.archive.weights(month)
    if weights is None and month > months_before(max(press.archive.months()), _CAP_NEEDS):
        raise ArchiveDamaged(
            f"L'archive de {month:%Y-%m} ne tient plus ce que les foyers y ont pesé, la borne d'un an ne tiendrait "
            f"plus : remettez le fichier {month:%Y-%m}.weights depuis une sauvegarde."
        )
    for member_id in members:
        name_member(session, member_id)
        session.add_all(
            Contribution(
                member_id=member_id, product=one.product, period=one.period, household=one.household, cells=one.cells
            )
            for one in weights or ()
            if one.member_id == member_id
        )  # fmt: skip
        session.flush()


def weights_of(session: Session, tables: Sequence[Snapshot], members: Iterable[UUID]) -> list[Weight]:
    """Return what households weighed in some tables, as far as it is still kept."""
    wanted = [(one.product, one.period) for one in tables]
    found = []
    for member_id in members:
        name_member(session, member_id)
        rows = session.execute(
            select(Contribution.product, Contribution.period, Contribution.household, Contribution.cells)
            .where(tuple_(Contribution.product, Contribution.period).in_(wanted))
            .order_by(Contribution.product, Contribution.period, Contribution.household)
        )
        found += [Weight(member_id, product, period, household, cells) for product, period, household, cells in rows]
    return found


def complete_archive(session: Session, members: Sequence[UUID], press: Press) -> list[date]:
    """Write the published months that the archive lacks; return all that are published."""
    months = session.execute(
        select(TrendSnapshot.period, TrendSnapshot.number).where(TrendSnapshot.product == "C1").order_by("number")
    ).all()
    ends = [*(number for _, number in months), None][1:]
    held = set(press.archive.months())
    for (month, first), end in zip(months, ends, strict=True):
        if month not in held:
            tables = _between(session, first, end)
            press.archive.keep(month, tables, weights_of(session, tables, members))
    return [month for month, _ in months]


def _between(session: Session, first: int, end: int | None) -> list[Snapshot]:
    """Return the tables of one release: they follow one another in the chain, C1 before all others."""
    question = select(TrendSnapshot).where(TrendSnapshot.number >= first).order_by(TrendSnapshot.number)
    if end is not None:
        question = question.where(TrendSnapshot.number < end)
    return [as_snapshot(row) for row in session.scalars(question)]


def faults_of_archive(published: Sequence[Snapshot], press: Press) -> list[str]:
    """Return where the archive and the published tables differ; nothing when a restoration would be safe."""
    by_number, kept, faults = {one.number: one for one in published}, set(), []
    for month in press.archive.months():
        try:
            tables = press.archive.read(month)
        except ArchiveDamaged as error:
            faults.append(str(error))
            continue
        kept |= {one.number for one in tables}
        if any(by_number.get(one.number) != one for one in tables):
            faults.append(f"{month:%Y-%m} : la base n'a pas ce que tient l'archive.")
    missing = {one.period for one in published if one.product == "C1" and one.number not in kept}
    return faults + [f"{month:%Y-%m} : l'archive ne le tient pas, ou pas en entier." for month in sorted(missing)]
