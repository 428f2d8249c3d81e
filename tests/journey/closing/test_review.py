"""Another person looks again: asked once, given to another, and ended by another."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed
from service.journey.closing import review, reviewers
from service.journey.news import mending
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.people import Staff
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.people import hire
from tests.world import World

pytestmark = pytest.mark.services

WHY = "Personne n'est venu voir"


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


def ask(tenant: Follower, why: str = WHY) -> None:
    with tenant.app.app_context():
        review.ask(tenant.member.id, tenant.id, why, tenant.ports)


def test_a_closed_complaint_opens_again_and_goes_to_a_supervisor(tenant: Follower, clock: SetClock) -> None:
    tenant.closed()
    clock.forward(timedelta(days=3))
    ask(tenant)
    complaint = tenant.complaint()
    assert (complaint.status, complaint.outcome, complaint.assignee_id) == ("routed", None, tenant.member.supervisor_id)
    assert complaint.review_asked_at == clock.now()
    assert complaint.promised_answer_by > clock.now().date()
    (asked,) = tenant.events("review_asked")
    known = {"text": WHY, "answered_by": "Ana Vidal", "answered_by_id": str(tenant.member.agent_id)}
    assert (asked.audience, asked.data) == ("tenant", known)
    (mail,) = tenant.deliveries("review")
    assert mail.recipient == f"responsable@{tenant.member.slug}.example"


def test_an_answer_may_be_looked_at_again_while_it_is_open(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant)
    assert tenant.complaint().review_asked_at is not None
    assert "reopened" not in tenant.kinds()


def test_asked_twice_it_is_asked_once_and_other_words_are_kept(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant)
    ask(tenant)
    ask(tenant, "Et il fait toujours froid")
    assert len(tenant.events("review_asked")) == 1
    assert [event.data["text"] for event in tenant.events("tenant_wrote")] == ["Et il fait toujours froid"]


def test_without_an_answer_there_is_nothing_to_look_at(tenant: Follower) -> None:
    with pytest.raises(NotAllowed, match="not_answered"):
        ask(tenant)
    with pytest.raises(BadInput, match="blank"):
        ask(tenant, "  ")


def test_an_answer_that_has_not_left_is_no_answer(app: Flask, world: World, ports: Ports, settings: Settings) -> None:
    tenant = Follower(app, world.first, ports)
    wait_to_mend(settings, world.first)
    tenant.answered()
    with pytest.raises(NotAllowed, match="not_answered"):
        ask(tenant)


def test_the_one_who_answered_is_not_the_one_who_looks(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant)
    with pytest.raises(NotAllowed, match="under_review"):
        tenant.answered("Je le redis.")
    with pytest.raises(NotAllowed, match="under_review"):
        tenant.closed()
    tenant.answered("J'ai tout relu.", by=tenant.member.supervisor_id)
    assert tenant.complaint().review_asked_at is None
    tenant.closed()


def test_a_supervisor_who_answered_does_not_look_either(tenant: Follower) -> None:
    tenant.answered(by=tenant.member.supervisor_id)
    ask(tenant)
    assert tenant.complaint().assignee_id is None
    assert tenant.deliveries("review") == []
    tenant.closed(by=tenant.member.agent_id)
    assert tenant.complaint().status == "closed"


def test_a_person_who_is_alone_may_answer(tenant: Follower) -> None:
    tenant.answered()
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.execute(update(Staff).where(Staff.id == tenant.member.supervisor_id).values(is_active=False))
    ask(tenant)
    tenant.answered("Je suis seule ici, j'ai tout relu.")
    assert tenant.complaint().review_asked_at is None


def test_a_new_name_does_not_make_another_person(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant)
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.execute(update(Staff).where(Staff.id == tenant.member.agent_id).values(name="Ana Vidal-Roux"))
    with pytest.raises(NotAllowed, match="under_review"):
        tenant.answered("Je le redis.")


def test_who_only_reads_is_nobody_to_wait_for(tenant: Follower) -> None:
    tenant.answered()
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.execute(update(Staff).where(Staff.id == tenant.member.supervisor_id).values(is_active=False))
    hire(tenant.app, tenant.member, "reader")
    ask(tenant)
    tenant.answered("Je suis seule à répondre ici, j'ai tout relu.")
    assert tenant.complaint().review_asked_at is None


def test_a_sensitive_complaint_is_given_to_nobody_who_may_not_see_it(tenant: Follower) -> None:
    named = hire(tenant.app, tenant.member, "agent", name="Léa Nom", is_named=True)
    tenant.answered(by=named)
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.get_one(Complaint, tenant.id).is_marked = True
    ask(tenant)
    assert tenant.complaint().review_asked_at is not None
    assert tenant.complaint().assignee_id is None
    assert tenant.deliveries("review") == []


def test_other_words_that_wait_to_leave_are_not_changed_by_the_one_who_answered(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    wait_to_mend(settings, world.first)
    tenant.answered("Un technicien vous appelle.")
    waiting = tenant.events("answered")[-1]
    ask(tenant)
    with app.app_context(), pytest.raises(NotAllowed, match="under_review"):
        mending.mend(
            world.first.id, tenant.id, waiting.id, world.first.agent_id, text="C'est non.", seen=waiting.id, ports=ports
        )


def test_whoever_answered_passes_it_on_but_without_words_of_their_own(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant)
    tenant.delivered()
    to = transfers.TransferTarget(tenant.member.teams["tenancy"])

    def transfer(reason: str, words: str) -> None:
        with tenant.app.app_context():
            transfers.transfer(
                tenant.member.id, tenant.id, tenant.member.agent_id, to=to, reason=reason, words=words,
                seen=tenant.events("review_asked")[-1].id, ports=tenant.ports,
            )  # fmt: skip

    with pytest.raises(NotAllowed, match="under_review"):
        transfer("other", "votre demande est refusée")
    transfer("trade", "")
    assert "transferred" in tenant.kinds()


def test_a_review_goes_on_when_its_answer_is_kept_back(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    ask(tenant)
    wait_to_mend(settings, world.first)
    tenant.answered("J'ai tout relu.", by=world.first.supervisor_id)
    answer = tenant.events("answered")[-1]
    with app.app_context():
        mending.withhold(world.first.id, tenant.id, answer.id, world.first.supervisor_id, ports)
    assert tenant.complaint().review_asked_at is not None


def test_words_of_danger_in_the_reason_raise_a_danger(tenant: Follower) -> None:
    tenant.answered()
    ask(tenant, "Et maintenant une odeur de gaz")
    tenant.delivered()
    assert tenant.complaint().urgency == "danger"


def test_while_the_new_answer_waits_to_leave_the_tenant_reads_that_it_is_looked_at(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    ask(tenant)
    wait_to_mend(settings, world.first)
    tenant.answered("J'ai tout relu.", by=world.first.supervisor_id)
    assert "En relecture par une autre personne" in tenant.page()
    ask(tenant, "Je précise")
    assert len(tenant.events("review_asked")) == 1


def test_another_person_of_the_same_name_is_another_person(tenant: Follower) -> None:
    namesake = hire(tenant.app, tenant.member, "agent", "homonyme@amont.example", name="Ana Vidal")
    tenant.answered()
    ask(tenant)
    (asked,) = tenant.events("review_asked")
    assert asked.data["answered_by_id"] == str(tenant.member.agent_id)
    with pytest.raises(NotAllowed, match="under_review"):
        tenant.answered("Je le redis.")
    tenant.answered("J'ai tout relu.", by=namesake)
    assert tenant.complaint().review_asked_at is None


def test_a_supervisor_of_the_same_name_looks_again(tenant: Follower) -> None:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.execute(update(Staff).where(Staff.id == tenant.member.supervisor_id).values(name="Ana Vidal"))
    tenant.closed()
    ask(tenant)
    assert tenant.complaint().assignee_id == tenant.member.supervisor_id


def test_what_was_written_before_ids_were_kept_goes_by_the_name(tenant: Follower) -> None:
    tenant.answered()
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        (event,) = session.query(Event).filter_by(complaint_id=tenant.id, kind="answered")
        author = reviewers.answerer([event])
        old = reviewers.answerer([Event(kind="answered", actor="Ana Vidal", data={"text": "Bonjour"})])
        assert author is not None
        assert old is not None
        assert (author.id, old.id, old.name) == (tenant.member.agent_id, None, "Ana Vidal")
        assert reviewers.identified(session, old).id == tenant.member.agent_id
        assert old.is_one(session.get_one(Staff, tenant.member.agent_id))


def test_other_words_that_wait_do_not_leave_sooner_by_the_one_who_answered(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    wait_to_mend(settings, world.first)
    tenant.answered("Un technicien vous appelle.")
    waiting = tenant.events("answered")[-1]
    ask(tenant)
    with app.app_context(), pytest.raises(NotAllowed, match="under_review"):
        mending.send_now(world.first.id, tenant.id, waiting.id, world.first.agent_id, ports)
    assert "mended" not in tenant.kinds()
