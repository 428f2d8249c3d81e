"""The chain: whatever is changed, left out, added or put elsewhere shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from service.domain.snapshots import FIRST, Snapshot, digest, faults_of_chain, read_written, written

AT = datetime(2026, 11, 5, 6, 0, 0, 123456, tzinfo=UTC)


def chain(length: int = 4) -> list[Snapshot]:
    made: list[Snapshot] = []
    for number in range(1, length + 1):
        one = Snapshot(
            number, "C1", date(2026, number, 1), AT, ("chauffage", "eau"), (12, -3), 7.45, 0.027, 3, 8,
            {"members": {"a": 10}}, {"noise": "opendp 0.16.0"}, made[-1].sha256 if made else FIRST,
        )  # fmt: skip
        made.append(replace(one, sha256=digest(one)))
    return made


def redone(one: Snapshot, **changes: object) -> Snapshot:
    changed = replace(one, **changes)  # type: ignore[arg-type]
    return replace(changed, sha256=digest(changed))


def test_a_chain_that_nobody_touched_has_no_fault() -> None:
    assert faults_of_chain(chain()) == []
    assert faults_of_chain([]) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: [*kept[:2], replace(kept[2], values=(13, -3)), kept[3]],
        lambda kept: [*kept[:2], redone(kept[2], values=(13, -3)), kept[3]],  # with a digest that fits
        lambda kept: [kept[0], *kept[2:]],
        lambda kept: [kept[0], *[redone(one, number=one.number - 1) for one in kept[2:]]],
        lambda kept: [kept[1], kept[0], *kept[2:]],
        lambda kept: [*kept, kept[-1]],
        lambda kept: [replace(kept[0], stock={"members": {"a": 11}}), *kept[1:]],
        lambda kept: [*kept[:3], replace(kept[3], rho=0.0)],
    ],
)
def test_a_chain_that_somebody_touched_has_a_fault(spoil: Callable[[list[Snapshot]], list[Snapshot]]) -> None:
    assert faults_of_chain(spoil(chain()))


def test_a_part_of_a_chain_is_looked_at_from_what_it_follows() -> None:
    kept = chain()
    assert faults_of_chain(kept[2:], (2, kept[1].sha256)) == []
    assert faults_of_chain(kept[2:], (2, kept[0].sha256))
    assert faults_of_chain(kept[2:], (1, kept[1].sha256))


def test_a_snapshot_is_written_in_one_way_and_read_again() -> None:
    (one,) = chain(1)
    assert read_written(written(one)) == one
    elsewhere = replace(one, drawn_at=AT.astimezone(timezone(timedelta(hours=2))))
    assert digest(elsewhere) == digest(one)
