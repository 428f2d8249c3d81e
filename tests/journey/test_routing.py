"""Where a message goes whose family is sure and whose category is not."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.routing import REASON_ABSTAINED, REASON_FAMILY
from service.domain.status import Status
from service.journey import reading, steps
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Team
from tests.work import correct, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HALL = "Il y a un souci dans le hall"


def submit(client: FlaskClient, member: MemberWorld, text: str, reference: str | None) -> UUID:
    body = {"text": text, "dwelling": {"reference": reference} if reference else None}
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def sheet_of(member: MemberWorld, complaint_id: UUID) -> reading.Sheet:
    with member_transaction(member.id) as session:
        return reading.sheet(session, complaint_id)


def test_a_family_of_one_team_goes_there_and_its_category_stays_to_be_given(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    complaint_id = submit(client, member, HALL, member.collective)
    with app.app_context():
        found = sheet_of(member, complaint_id)
        complaint = found.complaint
        assert (complaint.target, complaint.team_id) == ("team", member.teams["agency"])
        assert (complaint.organisation_id, complaint.rule_id) == (None, None)
        assert complaint.route_reason == REASON_FAMILY
        assert complaint.abstained
        assert complaint.family == "residence"
        work_off(member, ports)
        assert sheet_of(member, complaint_id).complaint.status == Status.DELIVERED
        # A person then gives the category, and the table decides as ever.
        correct(member, complaint_id, ports, reason="Le loyer")
        steps.follow(member.id, complaint_id, ports)
        assert sheet_of(member, complaint_id).complaint.team_id == member.teams["tenancy"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Un souci chez moi", "collective"),  # heating would go to a supplier
        ("Un souci dans mon dossier", "collective"),  # only the rent has a rule
        (HALL, None),  # the team of the agency cannot be told
        ("Un souci", "collective"),  # not even the family
    ],
)
def test_any_other_unsure_message_is_sorted_by_a_person(
    app: Flask, client: FlaskClient, world: World, text: str, place: str | None
) -> None:
    member = world.first
    complaint_id = submit(client, member, text, getattr(member, place) if place else None)
    with app.app_context():
        complaint = sheet_of(member, complaint_id).complaint
    assert (complaint.target, complaint.team_id) == ("sorting", member.teams["sorting"])
    assert complaint.route_reason == REASON_ABSTAINED


def test_a_family_whose_team_is_the_sorting_desk_is_sorted(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Team, member.teams["sorting"]).kind = "front"
            session.get_one(Team, member.teams["agency"]).kind = "sorting"
        complaint = sheet_of(member, submit(client, member, HALL, member.collective)).complaint
    assert complaint.target == "sorting"
