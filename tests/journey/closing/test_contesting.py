"""The tenant says that the subject or the desk is wrong; a person looks, and the tenant reads what they found."""

import pytest
from flask import Flask
from sqlalchemy import select

from service.domain.errors import BadInput
from service.domain.recourse import contest_reason
from service.journey.closing import contesting
from service.journey.closing.contesting import About, Contest
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.learning import TrainingExample
from tests.following import Follower
from tests.work import correct
from tests.world import World

pytestmark = pytest.mark.services

SUBJECT = Contest(About.CATEGORY, "plomberie", "C'est l'eau")
DESK = Contest(About.RECIPIENT, None, "C'est la ville")


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports, email="locataire@poste.example")


def contest(tenant: Follower, said: Contest = SUBJECT) -> None:
    with tenant.app.app_context():
        contesting.contest(tenant.member.id, tenant.id, said, tenant.ports)


def uphold(tenant: Follower) -> None:
    with tenant.app.app_context():
        contesting.uphold(tenant.member.id, tenant.id, tenant.member.agent_id, tenant.ports)


def example_of(tenant: Follower) -> TrainingExample | None:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        return session.scalars(select(TrainingExample)).first()


def test_a_contest_is_kept_once_for_a_person_to_look(tenant: Follower) -> None:
    contest(tenant)
    contest(tenant)
    (event,) = tenant.events("contested")
    assert event.data == {"about": "category", "category": "plomberie", "text": "C'est l'eau"}
    complaint = tenant.complaint()
    assert complaint.contested_at is not None
    assert complaint.category == "chauffage"
    assert tenant.deliveries("addition")


def test_another_contest_replaces_the_first(tenant: Follower) -> None:
    contest(tenant)
    contest(tenant, DESK)
    assert [event.data["about"] for event in tenant.events("contested")] == ["category", "recipient"]


@pytest.mark.parametrize(
    "said",
    [
        Contest(About.CATEGORY, "rien"),
        Contest(About.RECIPIENT),
        Contest(About.CATEGORY, "plomberie", "x" * 301),
        Contest(About.CATEGORY, None, "\x00"),
    ],
)
def test_what_cannot_be_read_is_refused(tenant: Follower, said: Contest) -> None:
    with pytest.raises(BadInput):
        contest(tenant, said)
    assert tenant.complaint().contested_at is None


def test_a_contest_does_not_enter_the_audit(tenant: Follower) -> None:
    with tenant.app.app_context(), member_transaction(tenant.member.id) as session:
        session.get_one(Complaint, tenant.id).audit_due = False
    contest(tenant)
    assert tenant.complaint().audit_due is False
    with tenant.app.app_context():
        correct(tenant.member, tenant.id, tenant.ports, category="plomberie", reason="Une fuite")
    example = example_of(tenant)
    assert example
    assert (example.source, example.category) == ("correction", "plomberie")


def test_a_correction_answers_it_and_keeps_why(tenant: Follower) -> None:
    contest(tenant)
    with tenant.app.app_context():
        correct(tenant.member, tenant.id, tenant.ports, category="plomberie", reason="Une fuite")
        with member_transaction(tenant.member.id) as session:
            assert session.scalars(select(Correction.reason)).one() == "Contesté par le locataire. Une fuite"
    assert tenant.complaint().contested_at is None
    assert [one.recipient for one in tenant.deliveries("contest_answered")] == ["locataire@poste.example"]


def test_without_a_contest_a_correction_says_nothing_of_one(tenant: Follower) -> None:
    with tenant.app.app_context():
        correct(tenant.member, tenant.id, tenant.ports, category="plomberie", reason="Une fuite")
        with member_transaction(tenant.member.id) as session:
            assert session.scalars(select(Correction.reason)).one() == "Une fuite"
    assert tenant.deliveries("contest_answered") == []


def test_the_reason_stays_within_its_length() -> None:
    assert contest_reason("Contesté par le locataire", 300) == "Contesté par le locataire"
    assert len(contest_reason("x" * 300, 300)) == 300


def test_it_was_right_ends_it_and_is_told_to_the_tenant(tenant: Follower) -> None:
    contest(tenant)
    uphold(tenant)
    uphold(tenant)
    complaint, (event,) = tenant.complaint(), tenant.events("confirmed")
    assert (complaint.contested_at, complaint.category_by_person) == (None, True)
    assert (event.audience, event.actor) == ("tenant", "Ana Vidal")
    assert complaint.first_answered_at is None
    example = example_of(tenant)
    assert example
    assert example.source in ("confirmation", "audit")
    assert len(tenant.deliveries("contest_answered")) == 1
    assert "Nous avons vérifié : le sujet est bien Chauffage." in tenant.page()


def test_a_desk_that_was_right_teaches_nothing_of_the_subject(tenant: Follower) -> None:
    contest(tenant, DESK)
    uphold(tenant)
    assert tenant.complaint().category_by_person is False
    assert example_of(tenant) is None


def test_a_transfer_answers_a_contest_of_the_desk_only(tenant: Follower) -> None:
    for said, is_over in ((SUBJECT, False), (DESK, True)):
        contest(tenant, said)
        team = tenant.member.teams["agency" if said == SUBJECT else "tenancy"]
        with tenant.app.app_context():
            transfers.transfer(
                tenant.member.id, tenant.id, tenant.member.supervisor_id, to=transfers.TransferTarget(team_id=team),
                reason="other", words="cette équipe suit votre immeuble", seen=10**9, ports=tenant.ports,
            )  # fmt: skip
        assert (tenant.complaint().contested_at is None) is is_over


def test_words_of_danger_in_a_contest_raise_a_danger(tenant: Follower) -> None:
    contest(tenant, Contest(About.CATEGORY, None, "Une odeur de gaz"))
    tenant.delivered()
    assert tenant.complaint().urgency == "danger"
