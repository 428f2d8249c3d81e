"""A person gives a complaint its place: it is routed, joins its neighbours and counts, once, and only where it may."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.deadlines import Clock
from service.domain.desks import REASON_NO_AGENCY_TEAM
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.periods import month_start
from service.domain.products import PRODUCTS
from service.domain.routing import REASON_UNKNOWN_PLACE
from service.journey import steps
from service.journey.administration import audit
from service.journey.clocks import clocks
from service.journey.closing import closing
from service.journey.handling import handling, placing
from service.journey.handling.placing import Chosen
from service.journey.incidents import incident_desk, incident_opening
from service.journey.incidents.incident_links import live_link
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.journey.trends import objections
from service.journey.trends.bounding import exact_table
from service.models.complaint import Complaint, Event
from service.models.member import Team
from service.models.patrimoine import Dwelling, Residence
from service.models.trends import TrendObjection
from service.settings import Settings
from tests.incidents import COLD, LIFT, incident_of, neighbours_write, opened, settle_in, the_one, write
from tests.journey.patrimoine.test_places import sign
from tests.work import correct, kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


def home(member: MemberWorld, reference: str) -> Chosen:
    with member_transaction(member.id) as session:
        return Chosen(session.scalars(select(Dwelling.id).where(Dwelling.reference == reference)).one())


def residence(member: MemberWorld, name: str) -> Chosen:
    with member_transaction(member.id) as session:
        return Chosen(residence_id=session.scalars(select(Residence.id).where(Residence.name == name)).one())


def kept(member: MemberWorld, complaint_id: UUID) -> Complaint:
    with member_transaction(member.id) as session:
        return session.get_one(Complaint, complaint_id)


def place(member: MemberWorld, complaint_id: UUID, chosen: Chosen, ports: Ports) -> None:
    placing.place(member.id, complaint_id, member.agent_id, chosen, ports)
    steps.follow(member.id, complaint_id, ports)
    work_off(member, ports)


def test_a_place_brings_it_to_the_contract_of_the_residence(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports, email="ida@poste.example")
    assert kept(member, complaint_id).target == "sorting"
    place(member, complaint_id, home(member, member.collective), ports)
    complaint = kept(member, complaint_id)
    assert (complaint.target, complaint.organisation_id) == ("supplier", member.supplier_id)
    assert complaint.dwelling_id == home(member, member.collective).dwelling_id
    assert "Tilleuls" in complaint.place_words
    assert kinds(member, complaint_id)[-2:] == ["routed", "delivered"]


def test_a_whole_residence_is_a_place_too(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports)
    place(member, complaint_id, residence(member, "Le Marais"), ports)
    complaint = kept(member, complaint_id)
    assert (complaint.dwelling_id, complaint.organisation_id) == (None, None)
    assert complaint.team_id == member.teams["technical"]


def test_a_wrong_place_is_mended(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, member.collective, COLD, ports)
    place(member, complaint_id, home(member, member.individual), ports)
    complaint = kept(member, complaint_id)
    assert complaint.organisation_id is None
    assert "Tilleuls" not in complaint.place_words
    with member_transaction(member.id) as session:
        told = session.scalars(select(Event).where(Event.complaint_id == complaint_id, Event.kind == "placed")).one()
    assert (told.actor, told.audience) == ("Ana Vidal", "internal")
    assert "allée des Tilleuls" in told.data["from"]
    assert "rue du Marais" in told.data["to"]


def test_the_same_place_twice_is_once(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports)
    place(member, complaint_id, home(member, member.collective), ports)
    before = kinds(member, complaint_id)
    place(member, complaint_id, home(member, member.collective), ports)
    assert kinds(member, complaint_id) == before


def test_the_same_desk_is_not_told_a_second_time(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, f"{member.slug}-0003", COLD, ports)
    work_off(member, ports)
    before = kinds(member, complaint_id)
    place(member, complaint_id, home(member, member.collective), ports)
    assert kinds(member, complaint_id) == [*before, "placed"]


def test_who_sorts_reads_what_is_left_to_be_found(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, "Il y a un souci dans le hall", ports)
    correct(member, complaint_id, ports, category="proprete")
    steps.follow(member.id, complaint_id, ports)
    assert kept(member, complaint_id).route_reason == REASON_UNKNOWN_PLACE
    with member_transaction(member.id) as session:
        session.get_one(Team, member.teams["agency"]).agency_id = None
    place(member, complaint_id, home(member, member.collective), ports)
    after = kept(member, complaint_id)
    assert (after.target, after.route_reason) == ("sorting", REASON_NO_AGENCY_TEAM)


def test_what_a_person_brought_somewhere_stays_there(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports)
    transfers.transfer(
        member.id, complaint_id, member.agent_id, to=TransferTarget(member.teams["tenancy"]), reason="trade",
        words="", seen=10**9, ports=ports,
    )  # fmt: skip
    place(member, complaint_id, home(member, member.collective), ports)
    complaint = kept(member, complaint_id)
    assert (complaint.team_id, complaint.organisation_id) == (member.teams["tenancy"], None)
    assert complaint.dwelling_id is not None


def test_a_placed_complaint_joins_the_incident_of_its_neighbours(member: MemberWorld, ports: Ports) -> None:
    street = settle_in(member, 4)
    incident, _ = opened(member, street, ports)
    late = write(member, None, LIFT, ports, email="zoe@poste.example")
    work_off(member, ports)
    assert incident_of(member, late) is None
    place(member, late, home(member, street.homes[3]), ports)
    assert incident_of(member, late) == incident.id


def test_three_placed_complaints_found_an_incident(member: MemberWorld, ports: Ports) -> None:
    street = settle_in(member, 3)
    ids = [write(member, None, LIFT, ports, email=f"{rank}@poste.example") for rank in range(3)]
    work_off(member, ports)
    for complaint_id, reference in zip(ids, street.homes, strict=True):
        place(member, complaint_id, home(member, reference), ports)
    assert the_one(member).households == 3


def test_a_place_elsewhere_ends_a_link_even_one_made_by_hand(member: MemberWorld, ports: Ports) -> None:
    street = settle_in(member, 4)
    incident, _ = opened(member, street, ports)
    other = write(member, street.homes[3], COLD, ports)
    incident_opening.link_one(member.id, incident.id, other, member.agent_id, ports)
    work_off(member, ports)
    assert incident_of(member, other) == incident.id
    place(member, other, home(member, member.individual), ports)
    assert incident_of(member, other) is None


def test_a_linked_complaint_counts_as_the_household_of_its_dwelling(member: MemberWorld, ports: Ports) -> None:
    street = settle_in(member, 3)
    ids = neighbours_write(member, street.homes[:2], LIFT, ports)
    third = write(member, None, LIFT, ports, email="zoe@poste.example")
    place(member, third, Chosen(residence_id=street.residence_id), ports)
    incident_desk.accept(member.id, the_one(member).id, member.agent_id, ports)
    work_off(member, ports)
    assert incident_of(member, third) == incident_of(member, ids[0])

    def name(complaint_id: UUID) -> str:
        with member_transaction(member.id) as session:
            bond = live_link(session, complaint_id)
            assert bond
            return bond.household

    assert name(third) != name(ids[0])
    place(member, third, home(member, street.homes[0]), ports)
    assert name(third) == name(ids[0])


def test_it_counts_in_the_month_it_was_written_in(member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    complaint_id = write(member, None, COLD, ports)
    correct(member, complaint_id, ports, category="chauffage", urgency="urgent")

    def counted() -> dict[str, int]:
        with member_transaction(member.id) as session:
            return exact_table(session, PRODUCTS["C1"], month_start(clock.now().date()))

    assert counted() == {}
    place(member, complaint_id, home(member, member.collective), ports)
    assert counted() == {"chauffage": 1}


def test_a_household_that_wants_no_part_in_the_figures_is_followed(
    member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    complaint_id = write(member, member.individual, COLD, ports)
    correct(member, complaint_id, ports, category="chauffage", urgency="urgent")
    objections.leave_out(member.id, complaint_id, member.supervisor_id, is_on=True, ports=ports)
    place(member, complaint_id, home(member, member.collective), ports)
    with member_transaction(member.id) as session:
        assert exact_table(session, PRODUCTS["C1"], month_start(clock.now().date())) == {}
        left = set(session.scalars(select(TrendObjection.dwelling_id)))
        log = [(one.actor, one.after) for one in audit.entries(session, member.id, audit.Query())]
    assert left == {home(member, one).dwelling_id for one in (member.individual, member.collective)}
    assert log == [("Ana Vidal", {"compte": False}), ("Rémi Sorel", {"compte": False})]


def test_giving_a_place_shows_that_it_was_read(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports)

    def is_read() -> bool:
        with member_transaction(member.id) as session:
            states = clocks.refresh(session, handling.locked_complaint(session, complaint_id), ports).states
        return next(one.stopped_at is not None for one in states if one.clock == Clock.READ)

    assert not is_read()
    place(member, complaint_id, home(member, member.collective), ports)
    assert is_read()
    assert clocks.recompute(member.id, ports, write=False) == []


def test_a_place_of_another_member_or_of_nobody_is_refused(world: World, member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, None, COLD, ports)
    foreign = home(world.second, world.second.collective)
    for chosen in (foreign, residence(world.second, "Les Tilleuls"), Chosen(uuid4()), Chosen(residence_id=uuid4()),
                   Chosen(foreign.dwelling_id, residence(member, "Les Tilleuls").residence_id), Chosen()):  # fmt: skip
        with pytest.raises(BadInput, match="not_a_place"):
            placing.place(member.id, complaint_id, member.agent_id, chosen, ports)
    assert kept(member, complaint_id).residence_id is None
    with pytest.raises(NotFound):
        placing.place(world.second.id, complaint_id, world.second.agent_id, foreign, ports)


def test_a_dwelling_that_is_sold_is_no_place(member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    complaint_id = write(member, None, COLD, ports)
    chosen = home(member, member.collective)
    with member_transaction(member.id) as session:
        session.get_one(Dwelling, chosen.dwelling_id).closed_on = clock.now().date()
    with pytest.raises(BadInput, match="not_a_place"):
        placing.place(member.id, complaint_id, member.agent_id, chosen, ports)


def test_what_is_over_keeps_its_place(member: MemberWorld, ports: Ports) -> None:
    complaint_id = write(member, member.individual, COLD, ports)
    work_off(member, ports)
    closing.close(
        member.id, complaint_id, member.agent_id, outcome="solved", sentence="C'est réparé.", ports=ports, at_once=True,
        seen=0,
    )  # fmt: skip
    for reference in (member.collective, member.individual):
        with pytest.raises(NotAllowed):
            placing.place(member.id, complaint_id, member.agent_id, home(member, reference), ports)
    assert kept(member, complaint_id).dwelling_id == home(member, member.individual).dwelling_id


@pytest.mark.parametrize(
    ("typed", "residences", "homes"),
    [
        ("tilleuls", ["Les Tilleuls"], ["amont-0001", "amont-0003"]),
        ("amont-0002", ["Le Marais"], ["amont-0002"]),
        ("12bis r. du marais, 80000 amiens", ["Le Marais"], ["amont-0002"]),  # as a tenant types it
        ("rue qui n'existe pas", [], []),
        ("  ", [], []),
        ("%", [], []),
    ],
)
def test_places_are_found_by_their_words(
    member: MemberWorld, typed: str, residences: list[str], homes: list[str]
) -> None:
    with member_transaction(member.id) as session:
        found = placing.look_for(session, member.id, typed)
        assert [one.name for one in found.residences] == residences
        assert sorted(dwelling.reference for dwelling, _ in found.dwellings) == homes
        assert found.elsewhere is None


def test_the_other_member_that_holds_a_place_is_named_by_agreement_only(
    world: World, member: MemberWorld, settings: Settings
) -> None:
    def elsewhere(typed: str) -> str | None:
        with member_transaction(member.id) as session:
            found = placing.look_for(session, member.id, typed)
        assert (found.residences, found.dwellings) == ((), ())
        return found.elsewhere

    line, postcode, city = world.second.individual_address
    assert elsewhere(world.second.collective) == "Aval Habitat"
    assert elsewhere(f"{line}, {postcode} {city}") == "Aval Habitat"
    sign(settings, world.second.slug, signs=False)
    assert elsewhere(f"{line}, {postcode} {city}") is None
    sign(settings, member.slug, signs=False)
    assert elsewhere(world.second.collective) is None
