"""What a tenant says beside the message: the subject, answers, and whether it is a known incident."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.adapters.text_model import DownTextModel
from service.domain.questions import details_of
from service.journey import steps
from service.journey.incidents.incident_links import candidates
from service.journey.ports import Ports
from service.journey.submission import submission
from service.journey.submission.sent import Submission, Tenant
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.incident import Incident
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

UNSURE = "Une question"  # the tests' model doubts: autre, relation_client, loyer
SURE = "Le radiateur est froid"


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


def send(member: MemberWorld, ports: Ports, text: str, **said: Any) -> Complaint:
    """Send a message and let it be sorted and routed."""
    reference = said.pop("reference", member.collective)
    sent = Submission(text, "form", Tenant(), dwelling_reference=reference, **said)
    receipt = submission.submit(member.id, sent, f"key {text} {said}", ports)
    steps.follow(receipt.member_id, receipt.complaint_id, ports)
    with member_transaction(receipt.member_id) as session:
        return session.get_one(Complaint, receipt.complaint_id)


def reading_of(complaint: Complaint) -> dict[str, Any]:
    with member_transaction(complaint.member_id) as session:
        told = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == "classified")
        return dict(session.scalars(told).one())


def open_incident(member: MemberWorld, ports: Ports, residence_id: UUID | None, category: str = "ascenseur") -> UUID:
    with member_transaction(member.id) as session:
        incident = Incident(
            member_id=member.id, residence_id=residence_id, category=category, kind="outage", status="open",
            title="Ascenseur en panne", opened_by="Ana Vidal", opened_at=ports.clock.now(), starts_at=ports.clock.now(),
        )  # fmt: skip
        session.add(incident)
        session.flush()
        return incident.id


def test_a_choice_settles_the_models_doubt_and_routes(member: MemberWorld, ports: Ports) -> None:
    assert send(member, ports, UNSURE).target == "sorting"
    complaint = send(member, ports, UNSURE, chosen_category="loyer")
    assert (complaint.category, complaint.abstained, complaint.confidence) == ("loyer", False, 0.1)
    assert complaint.team_id == member.teams["tenancy"]
    assert reading_of(complaint)["chosen_by"] == "tenant"
    assert not complaint.audit_due


def test_a_sure_model_and_another_choice_go_to_a_person(member: MemberWorld, ports: Ports) -> None:
    complaint = send(member, ports, SURE, chosen_category="loyer")
    assert (complaint.abstained, complaint.target) == (True, "sorting")
    assert (complaint.category, complaint.chosen_category) == ("chauffage", "loyer")


def test_the_same_word_changes_nothing_of_the_reading(member: MemberWorld, ports: Ports) -> None:
    complaint = send(member, ports, SURE, chosen_category="chauffage")
    assert complaint.target == "supplier"
    assert "chosen_by" not in reading_of(complaint)


def test_a_danger_reaches_those_on_call_whatever_was_chosen(member: MemberWorld, ports: Ports) -> None:
    for choice in ("loyer", "autre", "gaz_co", None):
        complaint = send(member, ports, "Odeur de gaz dans l'entrée", chosen_category=choice)
        assert (complaint.urgency, complaint.team_id) == ("danger", member.teams["on_call"])


def test_an_answer_may_tell_of_a_danger_that_no_word_does(member: MemberWorld, ports: Ports) -> None:
    details = details_of("ascenseur", "common", {"trapped": "yes"})
    complaint = send(member, ports, "Ascenseur", details=details)
    assert (complaint.danger, complaint.urgency) == ("danger", "danger")
    assert complaint.danger_types == ["trapped"]
    assert complaint.team_id == member.teams["on_call"]
    assert send(member, ports, "Ascenseur", details=details_of("ascenseur", None, {"trapped": "no"})).danger == "none"


def test_a_doubt_told_by_an_answer_stays_to_check_whatever_the_model_reads(member: MemberWorld, ports: Ports) -> None:
    complaint = send(member, ports, "Le robinet", details=details_of("plomberie", None, {"running": "much"}))
    assert (complaint.danger, complaint.danger_types) == ("check", ["flood"])


def test_a_danger_told_by_an_answer_does_not_wait_for_a_model_that_is_down(member: MemberWorld, ports: Ports) -> None:
    down = replace(ports, text_model=DownTextModel())
    details = details_of("securite", None, {"threat": "yes"})
    complaint = send(member, down, "Dans le hall", details=details)
    assert (complaint.urgency, complaint.team_id) == ("danger", member.teams["on_call"])


def test_what_the_answers_say_is_read_with_the_message(member: MemberWorld, ports: Ports) -> None:
    complaint = send(member, ports, "Il fait froid", details=details_of("chauffage", None, {"radiators": "all"}))
    assert complaint.category == "chauffage"
    assert send(member, ports, "Il fait froid").category == "autre"


def test_a_known_incident_is_joined_at_once(member: MemberWorld, ports: Ports) -> None:
    residence = send(member, ports, SURE).residence_id
    incident = open_incident(member, ports, residence)
    complaint = send(member, ports, "Ascenseur", joined_incident_id=incident)
    assert complaint.incident_id == incident
    work_off(member, ports)
    assert kinds(member, complaint.id).count("linked") == 1


def test_an_incident_of_another_residence_or_member_is_not_joined(
    member: MemberWorld, world: World, ports: Ports
) -> None:
    elsewhere = send(member, ports, SURE, reference=member.individual).residence_id
    other_member = send(world.second, ports, SURE, reference=world.second.collective).residence_id
    forged = (open_incident(member, ports, elsewhere), open_incident(world.second, ports, other_member))
    for incident in (*forged, UUID(int=1)):
        assert send(member, ports, "Ascenseur", joined_incident_id=incident).incident_id is None


def test_an_incident_the_tenant_refused_never_takes_the_complaint_in(member: MemberWorld, ports: Ports) -> None:
    residence = send(member, ports, SURE).residence_id
    incident = open_incident(member, ports, residence)
    refusing = send(member, ports, "Ascenseur", differs_from=(incident,))
    saying_nothing = send(member, ports, "Ascenseur")
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert session.get_one(Complaint, refusing.id).incident_id is None
        assert session.get_one(Complaint, saying_nothing.id).incident_id == incident
        found = candidates(session, session.get_one(Incident, incident), refusing.submitted_at)
        assert found == []


def test_a_model_that_is_down_leaves_the_choice_for_later(member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    complaint = send(member, replace(ports, text_model=DownTextModel()), UNSURE, chosen_category="loyer")
    assert complaint.category is None
    clock.forward(timedelta(minutes=1))
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert session.get_one(Complaint, complaint.id).category == "loyer"
