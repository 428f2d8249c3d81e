"""Commitments: made, kept, put to another day; what the tenant is told, and when one is late."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.closing import closing, review
from service.journey.handling import commitments
from service.journey.handling.commitments import Owner
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.workspace import Commitment
from tests.following import Follower
from tests.world import World

pytestmark = pytest.mark.services

DOOR = "Changer la porte du hall"
MONDAY = date(2026, 11, 30)


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports, email="locataire@poste.example")


def promise(tenant: Follower, what: str = DOOR, due_on: date = MONDAY, staff: str = "agent_id") -> None:
    owner = Owner(team_id=tenant.member.teams["technical"])
    with tenant.app.app_context():
        commitments.promise(
            tenant.member.id, tenant.id, getattr(tenant.member, staff), what=what, due_on=due_on, owner=owner,
            ports=tenant.ports,
        )  # fmt: skip


def rows(tenant: Follower) -> list[Commitment]:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        return list(commitments.of_complaint(session, tenant.id))


def keep(tenant: Follower) -> None:
    with tenant.app.app_context():
        commitments.keep(tenant.member.id, tenant.id, tenant.member.agent_id, rows(tenant)[0].id, tenant.ports)


def drop(tenant: Follower, why: str = "La porte est en rupture", new_day: date | None = None) -> None:
    first = next(one for one in rows(tenant))
    with tenant.app.app_context():
        commitments.drop(
            tenant.member.id, tenant.id, tenant.member.agent_id, first.id, why=why, new_day=new_day, ports=tenant.ports
        )


def late(tenant: Follower) -> bool:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        found = select(Complaint.id).where(commitments.is_late(tenant.ports.clock.now()))
        return tenant.id in session.scalars(found).all()


def test_a_promise_made_twice_is_one_and_the_tenant_is_told_once(tenant: Follower) -> None:
    promise(tenant)
    promise(tenant)
    tenant.delivered()
    [row] = rows(tenant)
    assert (row.what, row.due_on, row.owner, row.made_by) == (DOOR, MONDAY, "Service technique", "Ana Vidal")
    assert len(tenant.events("committed")) == 1
    assert len(tenant.deliveries("committed")) == 1
    assert tenant.complaint().status == "handled"
    page = tenant.page()
    assert "Changer la porte du hall. Au plus tard le lundi 30 novembre 2026." in page


def test_a_kept_promise_reads_as_kept_and_is_never_late(tenant: Follower, clock: SetClock) -> None:
    promise(tenant)
    keep(tenant)
    keep(tenant)
    assert len(tenant.events("commitment_kept")) == 1
    clock.forward(timedelta(days=9))
    assert not late(tenant)
    assert f"Tenu {DOOR}. Au plus tard" in tenant.page()
    with pytest.raises(NotAllowed, match="commitment_ended"):
        drop(tenant)


def test_a_promise_is_late_the_day_after_its_day(tenant: Follower, clock: SetClock) -> None:
    promise(tenant)
    clock.forward(timedelta(days=5))
    assert not late(tenant)
    clock.forward(timedelta(days=1))
    assert late(tenant)
    assert f"En retard {DOOR}. Au plus tard" in tenant.page()


def test_a_promise_put_to_another_day_is_told_in_one_mail(tenant: Follower, clock: SetClock) -> None:
    promise(tenant)
    tenant.delivered()
    drop(tenant, new_day=date(2026, 12, 7))
    drop(tenant, new_day=date(2026, 12, 7))
    tenant.delivered()
    assert [one.due_on for one in rows(tenant) if one.dropped_at is None] == [date(2026, 12, 7)]
    assert len(rows(tenant)) == 2
    assert len(tenant.deliveries("committed")) == 1
    assert len(tenant.deliveries("commitment_dropped")) == 1
    [dropped] = tenant.events("commitment_dropped")
    assert dropped.data["until"] == "2026-12-07"
    clock.forward(timedelta(days=8))
    assert not late(tenant)
    page = tenant.page()
    assert "lundi 7 décembre 2026" in page
    assert "Changer la porte du hall. Au plus tard le lundi 30 novembre 2026." not in page


def test_what_takes_nothing_back_is_refused(tenant: Follower) -> None:
    promise(tenant)
    with pytest.raises(BadInput, match="blank"):
        drop(tenant, why=" ")
    with pytest.raises(BadInput, match="already_that_day"):
        drop(tenant, new_day=MONDAY)
    with pytest.raises(BadInput, match="day_passed"):
        drop(tenant, new_day=date(2026, 11, 1))
    assert rows(tenant)[0].dropped_at is None


def test_a_promise_of_another_complaint_or_nobody_s_is_not_found(tenant: Follower, world: World) -> None:
    promise(tenant)
    with tenant.app.app_context():
        with pytest.raises(NotFound):
            commitments.keep(tenant.member.id, tenant.id, tenant.member.agent_id, uuid4(), tenant.ports)
        with pytest.raises(NotFound, match="owner"):
            commitments.promise(
                tenant.member.id, tenant.id, tenant.member.agent_id, what=DOOR, due_on=MONDAY,
                owner=Owner(team_id=world.second.teams["technical"]), ports=tenant.ports,
            )  # fmt: skip


def test_a_closed_complaint_takes_no_promise_and_may_keep_one(tenant: Follower) -> None:
    promise(tenant)
    with tenant.app.app_context():
        closing.close(
            tenant.member.id, tenant.id, tenant.member.agent_id, outcome="solved", sentence="Fait.", ports=tenant.ports
        )
    with pytest.raises(NotAllowed):
        promise(tenant, "Autre chose")
    keep(tenant)
    assert rows(tenant)[0].kept_at is not None


def test_whoever_must_not_look_again_promises_nothing(tenant: Follower) -> None:
    tenant.answered()
    with tenant.app.app_context():
        review.ask(tenant.member.id, tenant.id, "Personne n'est venu", tenant.ports)
    with pytest.raises(NotAllowed, match="under_review"):
        promise(tenant)
    promise(tenant, staff="supervisor_id")
    with pytest.raises(NotAllowed, match="under_review"):
        drop(tenant)


def test_two_people_at_once_make_one_promise(tenant: Follower) -> None:
    failures: list[BaseException] = []

    def press() -> None:
        try:
            promise(tenant)
        except Exception as failure:  # noqa: BLE001  The test says what it was.
            failures.append(failure)

    people = [threading.Thread(target=press) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert failures == []
    assert len(rows(tenant)) == 1
