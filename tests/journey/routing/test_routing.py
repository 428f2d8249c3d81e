"""Where complaints go: a member's lines, the network's, contracts, hours, needs, and what a person chose."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.domain.default_rules import default_id
from service.domain.desks import REASON_NO_TEAM
from service.domain.routing import REASON_ABSTAINED, REASON_FAMILY
from service.domain.status import Audience, EventKind, Status
from service.journey import reading, steps
from service.journey.events import record
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.routing import routing
from service.journey.routing.routing import REASON_KEPT
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import ClosureDay, Organisation, Team
from service.models.patrimoine import Dwelling
from service.models.routing import RoutingVersion
from tests.tables import put_in_force, sign
from tests.work import correct, kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HALL = "Il y a un souci dans le hall"


def submit(client: FlaskClient, member: MemberWorld, text: str, reference: str | None, **tenant: object) -> UUID:
    body = {"text": text, "dwelling": {"reference": reference} if reference else None, "tenant": tenant or None}
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


LIFT = "L'ascenseur est en panne"
HEATING = "Mon radiateur est froid"


def desk_of(member: MemberWorld, complaint_id: UUID) -> tuple[str | None, UUID | None, UUID | None]:
    complaint = sheet_of(member, complaint_id).complaint
    return complaint.target, complaint.team_id, complaint.organisation_id


def last_routing(member: MemberWorld, complaint_id: UUID) -> dict[str, Any]:
    return [event.data for event in sheet_of(member, complaint_id).events if event.kind == EventKind.ROUTED][-1]


def test_a_member_without_lines_is_routed_by_the_network_s(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            put_in_force(session, member)
        complaint_id = submit(client, member, LIFT, member.collective)
        complaint = sheet_of(member, complaint_id).complaint
        assert desk_of(member, complaint_id) == ("team", member.teams["technical"], None)
        assert complaint.rule_id == default_id("lift")
        assert complaint.route_reason == "Le service technique fait réparer l'ascenseur."
        with member_transaction(member.id) as session:
            sign(session, member, "lift")
        again = submit(client, member, LIFT, member.collective)
        assert desk_of(member, again) == ("supplier", member.teams["technical"], member.supplier_id)


def test_the_network_s_lines_come_after_the_member_s_and_say_what_they_would_have_done(
    app: Flask, client: FlaskClient, world: World
) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            sign(session, member, "lift")
        complaint_id = submit(client, member, LIFT, member.collective)
        assert desk_of(member, complaint_id) == ("team", member.teams["agency"], None)
        data = last_routing(member, complaint_id)
    assert data["version"] == 1
    assert data["rule"]
    assert data["also"] == [
        {"sentence": "L'ascenseur est entretenu par une entreprise joignable jour et nuit.", "desk": "Chaleur Picarde"}
    ]


def test_a_subject_whose_team_the_member_lacks_goes_to_a_person(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    complaint_id = submit(client, member, "Le voisin fait du bruit", member.collective)
    with app.app_context():
        complaint = sheet_of(member, complaint_id).complaint
        assert (complaint.target, complaint.route_reason) == ("sorting", REASON_NO_TEAM)
        assert complaint.rule_id == default_id("noise")


def test_only_the_published_version_with_the_highest_number_decides(
    app: Flask, client: FlaskClient, world: World
) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"team_id": member.teams["tenancy"]})
            version_id = put_in_force(session, member, {"team_id": member.teams["on_call"]})
        first = submit(client, member, LIFT, member.collective)
        assert desk_of(member, first)[1] == member.teams["on_call"]
        with member_transaction(member.id) as session:
            session.get_one(RoutingVersion, version_id).published_at = None
        second = submit(client, member, LIFT, member.collective)
        assert desk_of(member, second)[1] == member.teams["tenancy"]


def test_the_contract_of_the_residence_counts_before_the_member_s_and_only_while_it_runs(
    app: Flask, client: FlaskClient, world: World
) -> None:
    member = world.first
    other = uuid4()
    with app.app_context():
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"trade": "lift", "team_id": member.teams["technical"]})
            session.add(Organisation(id=other, member_id=member.id, name="Monte Vite", kind="supplier"))
            session.flush()
            sign(session, member, "lift")
            sign(session, member, "lift", at=member.collective, organisation_id=other)
        assert desk_of(member, submit(client, member, LIFT, member.collective))[2] == other
        assert desk_of(member, submit(client, member, LIFT, member.individual))[2] == member.supplier_id
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"trade": "pests", "team_id": member.teams["technical"]})
            sign(session, member, "pests", ends_on=date(2026, 11, 24))
        assert desk_of(member, submit(client, member, LIFT, member.collective))[0] == "team"


def test_what_is_said_of_the_dwelling_counts_before_its_residence(
    app: Flask, client: FlaskClient, world: World
) -> None:
    member = world.first
    with app.app_context():
        by_residence = submit(client, member, HEATING, member.collective)
        assert desk_of(member, by_residence)[2] == member.supplier_id
        with member_transaction(member.id) as session:
            one = session.query(Dwelling).filter_by(reference=member.collective).one()
            one.heating, one.has_lift = "individual", False
        assert desk_of(member, submit(client, member, HEATING, member.collective))[2] is None
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"has_lift": False, "team_id": member.teams["tenancy"]})
        assert desk_of(member, submit(client, member, LIFT, member.collective))[1] == member.teams["tenancy"]


@pytest.mark.parametrize(
    ("at", "team"),
    [
        (datetime(2026, 11, 25, 11, tzinfo=UTC), "technical"),
        (datetime(2026, 11, 25, 7, 29, tzinfo=UTC), "on_call"),  # half past eight is still to come
        (datetime(2026, 11, 25, 7, 30, tzinfo=UTC), "technical"),
        (datetime(2026, 11, 25, 16, 30, tzinfo=UTC), "on_call"),  # half past five: closed
        (datetime(2026, 11, 28, 11, tzinfo=UTC), "on_call"),  # a Saturday
        (datetime(2026, 11, 11, 11, tzinfo=UTC), "on_call"),  # a public holiday
        (datetime(2026, 11, 26, 11, tzinfo=UTC), "on_call"),  # closed that day
    ],
)
def test_the_hour_of_arrival_counts(
    app: Flask, client: FlaskClient, world: World, clock: SetClock, at: datetime, team: str
) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            session.add(ClosureDay(id=uuid4(), member_id=member.id, day=date(2026, 11, 26), label="Pont"))
            off = {"hours": "off", "team_id": member.teams["on_call"]}
            put_in_force(session, member, off, {"hours": "working", "team_id": member.teams["technical"]})
        clock.at = at
        assert desk_of(member, submit(client, member, LIFT, member.collective))[1] == member.teams[team]


def test_needs_are_kept_and_looked_at(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"need": "personne_agee", "team_id": member.teams["on_call"]})
        said = submit(client, member, LIFT, member.collective, needs=["langue", "personne_agee"])
        assert sheet_of(member, said).complaint.needs == ["langue", "personne_agee"]
        assert desk_of(member, said)[1] == member.teams["on_call"]
        unsaid = submit(client, member, LIFT, member.collective, needs=["langue"])
        assert desk_of(member, unsaid)[1] == member.teams["technical"]


def test_an_unknown_need_is_refused_by_name(client: FlaskClient, world: World) -> None:
    body = {"text": LIFT, "tenant": {"needs": ["diabete"]}}
    answer = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["errors"][0]["code"] == "unknown_value"
    assert answer.json["errors"][0]["pointer"].startswith("#/tenant/needs")


def test_a_key_used_with_needs_is_replayed_with_the_same_ones_only(client: FlaskClient, world: World) -> None:
    headers = {**world.first.bearer, "Idempotency-Key": "une fois"}
    answers = [
        client.post("/api/v1/complaints", json={"text": LIFT, "tenant": {"needs": needs}}, headers=headers).status_code
        for needs in (["langue"], ["langue"], [])
    ]
    assert answers == [201, 201, 422]


def test_what_is_proposed_waits_for_a_person_and_is_forgotten_when_routed_again(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    town_hall = uuid4()
    with app.app_context():
        with member_transaction(member.id) as session:
            session.add(
                Organisation(id=town_hall, member_id=member.id, name="Collecte", kind="authority", email="c@d.example")
            )
            session.flush()
            put_in_force(session, member)
            sign(session, member, "waste", organisation_id=town_hall)
        complaint_id = submit(client, member, "La poubelle déborde", member.collective)
        assert desk_of(member, complaint_id) == ("team", member.teams["agency"], None)
        assert sheet_of(member, complaint_id).complaint.proposed_organisation_id == town_hall
        assert last_routing(member, complaint_id)["proposed"] == "Collecte"
        work_off(member, ports)
        correct(member, complaint_id, ports)
        work_off(member, ports)
        assert sheet_of(member, complaint_id).complaint.proposed_organisation_id is None
        # Where the member's own line says so, it leaves by itself.
        with member_transaction(member.id) as session:
            put_in_force(session, member, {"trade": "waste", "use_agency_team": True})
        again = submit(client, member, "La poubelle déborde", member.collective)
        assert desk_of(member, again) == ("authority", member.teams["agency"], town_hall)


def place_by_hand(member: MemberWorld, complaint_id: UUID, team: str) -> None:
    with member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, complaint_id)
        complaint.team_id, complaint.organisation_id, complaint.target = member.teams[team], None, "team"
        complaint.routed_by_person = True


def test_rules_never_move_what_a_person_placed(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, HEATING, member.collective)
        work_off(member, ports)
        place_by_hand(member, complaint_id, "tenancy")
        before = kinds(member, complaint_id).count("routed")
        correct(member, complaint_id, ports, category="ascenseur", urgency="urgent")
        work_off(member, ports)
        assert desk_of(member, complaint_id) == ("team", member.teams["tenancy"], None)
        assert kinds(member, complaint_id).count("routed") == before


@pytest.mark.parametrize("by", ["correction", "addition"])
def test_a_new_danger_is_told_where_a_person_placed_it_once(
    app: Flask, client: FlaskClient, world: World, ports: Ports, by: str
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, HEATING, member.collective)
        work_off(member, ports)
        place_by_hand(member, complaint_id, "tenancy")
        before = kinds(member, complaint_id).count("routed")
        if by == "correction":
            correct(member, complaint_id, ports, category="gaz_co", urgency="danger")
        else:
            handling.add_from_tenant(member.id, complaint_id, "Il y a une odeur de gaz", ports)
        work_off(member, ports)
        assert desk_of(member, complaint_id) == ("team", member.teams["tenancy"], None)
        assert kinds(member, complaint_id)[-1] != "routed"  # it was delivered anew
        assert kinds(member, complaint_id).count("routed") == before + 1
        data = last_routing(member, complaint_id)
        assert (data["reason"], data["team"]) == (REASON_KEPT, "Gestion locative")
        # The step may run again: nothing is told twice.
        with member_transaction(member.id) as session:
            call = [one for one in session.query(Event).filter_by(complaint_id=complaint_id).order_by(Event.id)
                    if one.kind in ("corrected", "danger_raised")][-1]  # fmt: skip
            routing.route(session, session.get_one(Complaint, complaint_id), call, ports)
        assert kinds(member, complaint_id).count("routed") == before + 1


def test_what_a_person_moved_since_is_not_told_again(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    with app.app_context():
        complaint_id = submit(client, member, HEATING, member.collective)
        work_off(member, ports)
        correct(member, complaint_id, ports, category="gaz_co", urgency="danger")
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            complaint.routed_by_person = True
            data = {"team": "Gestion locative", "organisation": None, "reason": "À vous."}
            at = ports.clock.now() + timedelta(seconds=1)
            record(
                session, complaint, EventKind.TRANSFERRED, at=at, actor="Ana Vidal", audience=Audience.TENANT, data=data
            )
        before = kinds(member, complaint_id).count("routed")
        steps.follow(member.id, complaint_id, ports)
        assert kinds(member, complaint_id).count("routed") == before


def test_a_danger_stays_inside_whoever_has_the_contract(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    with app.app_context():
        with member_transaction(member.id) as session:
            sign(session, member, "heating_collective")
            put_in_force(session, member, {"trade": "heating_collective", "team_id": member.teams["technical"]})
        complaint_id = submit(client, member, "Une odeur de gaz dans la cuisine", member.collective)
        assert desk_of(member, complaint_id) == ("team", member.teams["on_call"], None)
        assert sheet_of(member, complaint_id).complaint.rule_id == default_id("danger")
