"""How tenants were answered in a quarter or a month: promises kept, desks changed, notes given, days waited."""

from collections.abc import Sequence
from datetime import date

from service.domain.estimates import Estimate, Span, mean, part_of, quantile, share, total
from service.domain.feedback import SATISFIED_FROM
from service.domain.figures import Figure
from service.domain.products import DELAY_BINS, SCORES, SOON
from service.domain.taxonomy import FAMILIES
from service.journey.trends.published import Published


def kept_and_broken(
    published: Published, quarter: date, promise: str, families: Sequence[str]
) -> tuple[Figure, Figure]:
    """Return the households of some families to which a promise was kept, and those to which it was not."""
    table = published.table("PROMISE", quarter)
    kept, broken = (
        total(table[key] for family in families if (key := f"{family}|{promise}|{way}") in table)
        for way in ("kept", "broken")
    )
    return kept, broken


def answers_of(
    published: Published, quarter: date, promise: str, families: Sequence[str] = tuple(FAMILIES)
) -> Estimate | None:
    """Return the share of answers (`answer` or `full`) that came in time."""
    return share(*kept_and_broken(published, quarter, promise, families))


def changed_desks(published: Published, quarter: date) -> Estimate | None:
    """Return the households whose request changed desks, over all that wrote on a subject."""
    changed, written = published.table("BOUNCE", quarter), published.subjects(quarter)[2]
    return part_of(total(changed.values()), total(written.values())) if changed and written else None


def notes_of(published: Published, quarter: date) -> list[Figure]:
    """Return the households of the network by the note they gave, from 0 to 10; empty when not published."""
    rows = published.rows("SATIS", quarter)
    return [total(row[str(score)] for row in rows.values()) for score in SCORES] if rows else []


def satisfied(published: Published, quarter: date) -> Estimate | None:
    """Return the share of notes from 7 to 10."""
    notes = notes_of(published, quarter)
    return share(total(notes[SATISFIED_FROM:]), total(notes[:SATISFIED_FROM])) if notes else None


def mean_note(published: Published, quarter: date) -> Estimate | None:
    """Return the mean note, from 0 to 10."""
    notes = notes_of(published, quarter)
    return mean(SCORES, notes) if notes else None


def days_of(published: Published, month: date, families: Sequence[str] = tuple(FAMILIES)) -> list[Figure]:
    """Return the households by the bin of working days before the complete answer; empty when not published."""
    table = published.table("DELAY_FAM", month)
    return [total(table[f"{family}|{days}"] for family in families) for days in DELAY_BINS] if table else []


def reached_by(
    published: Published, month: date, part: float, families: Sequence[str] = tuple(FAMILIES)
) -> Span | None:
    """Return the working days within which a part of the households had their complete answer."""
    found = days_of(published, month, families)
    return quantile(DELAY_BINS, found, part) if found else None


def quick(published: Published, month: date, families: Sequence[str] = tuple(FAMILIES)) -> Estimate | None:
    """Return the share that had their complete answer in less than ten working days."""
    found = days_of(published, month, families)
    soon = DELAY_BINS.index(SOON)
    return share(total(found[:soon]), total(found[soon:])) if found else None
