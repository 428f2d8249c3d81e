"""The tenant ends it: once, in their own name, and never over a danger."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.errors import NotAllowed
from service.journey.closing import withdrawing
from service.journey.closing.withdrawing import Ended, Way
from service.journey.delivery import answers, handovers
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.handover import Handover
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


def end(tenant: Follower, way: Way = Way.SOLVED, words: str = "") -> Ended:
    with tenant.app.app_context():
        return withdrawing.end(tenant.member.id, tenant.id, way, words, tenant.ports)


@pytest.mark.parametrize(("way", "outcome"), [(Way.SOLVED, "solved"), (Way.WITHDRAWN, "withdrawn")])
def test_it_ends_once_in_the_tenants_name(tenant: Follower, way: Way, outcome: str) -> None:
    assert end(tenant, way, "Le gardien est passé.") == end(tenant, way, "Le gardien est passé.") == Ended.CLOSED
    complaint, (event,) = tenant.complaint(), tenant.events("closed")
    assert (complaint.status, complaint.outcome) == ("closed", outcome)
    assert (event.actor, event.audience, event.data["text"]) == ("tenant", "tenant", "Le gardien est passé.")
    assert str(complaint.closing_sentence).endswith("Le gardien est passé.")
    assert complaint.due_at is None


def test_what_a_person_ended_is_not_ended_again(tenant: Follower) -> None:
    tenant.closed("refused", "Ce n'est pas prévu au bail.")
    with pytest.raises(NotAllowed, match="closed"):
        end(tenant)
    assert tenant.complaint().outcome == "refused"


def test_what_was_taken_back_is_not_said_to_be_settled_from_another_tab(tenant: Follower) -> None:
    end(tenant, Way.WITHDRAWN)
    with pytest.raises(NotAllowed, match="closed"):
        end(tenant, Way.SOLVED)
    assert tenant.complaint().outcome == "withdrawn"


def test_a_danger_is_kept_for_a_person_to_decide(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports, "Une odeur de gaz dans la cuisine")
    assert end(tenant) == end(tenant) == Ended.KEPT
    assert tenant.complaint().status != "closed"
    assert [event.data["text"] for event in tenant.events("tenant_wrote")] == [
        "C'est réglé : ma demande peut être terminée."
    ]


def test_a_danger_that_a_person_judged_no_longer_holds_it(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports, "Une odeur de gaz dans la cuisine")
    with app.app_context(), member_transaction(tenant.member.id) as session:
        complaint = session.get_one(type(tenant.complaint()), tenant.id)
        complaint.urgency, complaint.danger_is_judged = "normal", True
    assert end(tenant) == Ended.CLOSED


def test_before_it_reached_a_desk_it_is_not_ended(tenant: Follower) -> None:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.get_one(type(tenant.complaint()), tenant.id).status = "classified"
    with pytest.raises(NotAllowed, match="not_routed"):
        end(tenant)


def test_whoever_was_to_come_is_told_not_to(tenant: Follower, clock: SetClock) -> None:
    with tenant.app.app_context():
        with member_transaction(tenant.member.id) as session:
            token = handovers.token_of(session.query(Handover).one(), tenant.ports)
        answers.accept(token, tenant.ports)
        answers.plan_visit(token, clock.now().date() + timedelta(days=2), "morning", tenant.ports)
    tenant.delivered()
    end(tenant)
    (told,) = tenant.deliveries("withdrawn")
    assert told.data["visit"] == (clock.now().date() + timedelta(days=2)).isoformat()


def test_a_closing_the_tenant_was_not_told_of_gives_way_to_theirs(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    wait_to_mend(settings, world.first)
    tenant.closed("refused", "Ce n'est pas prévu au bail.")
    assert end(tenant) == Ended.CLOSED
    assert tenant.complaint().outcome == "solved"
    assert "refused" not in tenant.page()
    assert "pas prévu au bail" not in tenant.page()
