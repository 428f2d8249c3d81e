"""Many complaints at once: each done once whatever breaks, others' work left alone, all undone for half an hour."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.adapters.queue import RememberingWaker
from service.domain.bulk import AT_MOST, UNDO_FOR, Kind, Why
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.status import EventKind
from service.journey.handling import handling
from service.journey.inbox import bulk, bulk_choices, bulk_preview, bulk_ways, live
from service.journey.inbox.bulk_preview import Preview
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.incident import Incident
from service.models.learning import TrainingExample
from service.models.outbox import OutboxStep
from service.models.people import Staff
from service.models.workspace import BulkAct
from service.settings import Settings
from tests.incidents import COLD, LIFT, neighbours_write, settle_in, the_one, write
from tests.mending import wait_to_mend
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

RENT = {"category": "loyer", "urgency": "", "reason": "Une facture"}


@pytest.fixture(autouse=True)
def context(app: Flask) -> object:
    with app.app_context():
        yield


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


def prepared(
    member: MemberWorld, kind: Kind, ids: list[UUID], ports: Ports, typed: Mapping[str, str], seen: int | None = None
) -> UUID:
    with member_transaction(member.id) as session:
        today = ports.clock.now().date()
        choice = bulk_choices.choice(session, kind, typed, [str(one) for one in ids], today)
        shown = live.last_event(session) if seen is None else seen
        return bulk.prepare(session, member.agent_id, choice, shown, ports.clock.now())


def perform(member: MemberWorld, act_id: UUID, ports: Ports) -> None:
    bulk.perform(member.id, act_id, member.agent_id, ports)


def done(member: MemberWorld, kind: Kind, ids: list[UUID], ports: Ports, typed: Mapping[str, str]) -> UUID:
    act_id = prepared(member, kind, ids, ports, typed)
    perform(member, act_id, ports)
    return act_id


def rehearsed(member: MemberWorld, act_id: UUID, ports: Ports) -> Preview:
    return bulk_preview.rehearse(member.id, act_id, member.agent_id, ports)


def undone(member: MemberWorld, act_id: UUID, ports: Ports) -> None:
    bulk.undo(member.id, act_id, member.agent_id, ports)


def items(member: MemberWorld, act_id: UUID) -> dict[UUID, dict[str, object]]:
    with member_transaction(member.id) as session:
        return {UUID(item["id"]): item for item in session.get_one(BulkAct, act_id).items}


def complaints(member: MemberWorld, ids: list[UUID]) -> list[Complaint]:
    with member_transaction(member.id) as session:
        return [session.get_one(Complaint, one) for one in ids]


def to(staff_id: UUID) -> dict[str, str]:
    return {"assignee": str(staff_id)}


def some(member: MemberWorld, ports: Ports, count: int = 3, text: str = COLD) -> list[UUID]:
    homes = settle_in(member, count).homes
    found = [write(member, home, text, ports, email=f"{home}@poste.example", name="Nora") for home in homes]
    work_off(member, ports)
    return found


def count_events(member: MemberWorld, kind: EventKind) -> int:
    with member_transaction(member.id) as session:
        return len(session.scalars(select(Event.id).where(Event.kind == kind)).all())


def test_what_is_shown_is_what_happens_and_looking_keeps_nothing(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports)
    act_id = prepared(member, Kind.CATEGORISE, ids, ports, RENT)
    preview = rehearsed(member, act_id, ports)
    assert [one.category for one in complaints(member, ids)] == ["chauffage"] * 3
    assert count_events(member, EventKind.CORRECTED) == 0
    assert {(one.before.category, one.after.category) for one in preview.done} == {("chauffage", "loyer")}
    shown = {one.id: one.after for one in preview.done}
    perform(member, act_id, ports)
    with member_transaction(member.id) as session:
        for one in ids:
            now_so = bulk_preview._state(session, session.get_one(Complaint, one))
            assert now_so == shown[one]
    assert all("Gestion locative" in (state.desk or "") for state in shown.values())


def test_pressed_twice_it_is_done_once(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports)
    act_id = done(member, Kind.ASSIGN, ids, ports, to(member.supervisor_id))
    perform(member, act_id, ports)
    assert count_events(member, EventKind.ASSIGNED) == len(ids)
    assert {one.assignee_id for one in complaints(member, ids)} == {member.supervisor_id}


def test_broken_off_half_way_it_goes_on_where_it_was(
    member: MemberWorld, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = some(member, ports, 5)
    act_id = prepared(member, Kind.ASSIGN, ids, ports, to(member.supervisor_id))
    monkeypatch.setattr(bulk, "BATCH", 2)
    calls, give = 0, handling.give

    def breaking(*given: object, **named: object) -> Event:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise RuntimeError("killed")
        return give(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk_ways.handling, "give", breaking)
    with pytest.raises(RuntimeError):
        perform(member, act_id, ports)
    assert sum("done" in item for item in items(member, act_id).values()) == 2
    assert count_events(member, EventKind.ASSIGNED) == 2  # The lot that broke off left nothing behind.
    perform(member, act_id, ports)
    assert count_events(member, EventKind.ASSIGNED) == 5
    assert all("done" in item for item in items(member, act_id).values())


def test_an_undoing_broken_off_goes_on_where_it_was(
    member: MemberWorld, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = some(member, ports, 3)
    act_id = done(member, Kind.ASSIGN, ids, ports, to(member.supervisor_id))
    monkeypatch.setattr(bulk, "BATCH", 1)
    calls, give = 0, handling.give

    def breaking(*given: object, **named: object) -> Event:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("killed")
        return give(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk_ways.handling, "give", breaking)
    with pytest.raises(RuntimeError):
        undone(member, act_id, ports)
    perform(member, act_id, ports)  # pressed again meanwhile: what is put back stays so
    undone(member, act_id, ports)
    assert {one.assignee_id for one in complaints(member, ids)} == {None}
    assert count_events(member, EventKind.ASSIGNED) == 6


def test_what_is_not_theirs_is_left_out_and_never_named(world: World, ports: Ports) -> None:
    mine = some(world.first, ports, 1)
    theirs = some(world.second, ports, 1)
    act_id = prepared(world.first, Kind.ASSIGN, [*mine, *theirs, uuid4()], ports, to(world.first.supervisor_id))
    preview = rehearsed(world.first, act_id, ports)
    assert ([one.id for one in preview.changes], preview.not_found) == (mine, 2)
    perform(world.first, act_id, ports)
    assert items(world.first, act_id)[theirs[0]]["why"] == Why.NOT_FOUND
    assert complaints(world.second, theirs)[0].assignee_id is None


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_acts_for_another_member(world: World, ports: Ports, kind: Kind) -> None:
    theirs = some(world.second, ports, 1)
    typed = {
        Kind.ASSIGN: to(world.first.supervisor_id), Kind.CATEGORISE: RENT, Kind.ANSWER: {"text": "Bonjour"},
        Kind.LINK: {"incident": "new"},
    }[kind]  # fmt: skip
    before = kinds(world.second, theirs[0])
    if kind == Kind.LINK:
        with pytest.raises(NotAllowed, match="no_place"):
            done(world.first, kind, theirs, ports, typed)
    else:
        done(world.first, kind, theirs, ports, typed)
    assert kinds(world.second, theirs[0]) == before


def test_an_act_is_its_author_s_alone(member: MemberWorld, ports: Ports) -> None:
    act_id = done(member, Kind.ASSIGN, some(member, ports, 1), ports, to(member.supervisor_id))
    for tried in (bulk.undo, bulk.perform):
        with pytest.raises(NotFound):
            tried(member.id, act_id, member.supervisor_id, ports)


def test_a_person_of_another_member_is_given_nothing(world: World, ports: Ports) -> None:
    ids = some(world.first, ports, 1)
    for wrong in (to(world.second.agent_id), {"assignee": f"team:{world.second.teams['agency']}"}, {"assignee": "x"}):
        with pytest.raises(BadInput) as refused:
            prepared(world.first, Kind.ASSIGN, ids, ports, wrong)
        assert refused.value.field == "assignee"


def test_a_sensitive_complaint_that_one_may_not_see_is_as_if_it_did_not_exist(
    member: MemberWorld, ports: Ports
) -> None:
    ids = some(member, ports, 2)
    with member_transaction(member.id) as session:
        session.get_one(Complaint, ids[0]).is_marked = True
    with looking_as(member.agent_id):
        act_id = prepared(member, Kind.ASSIGN, ids, ports, to(member.agent_id))
        preview = rehearsed(member, act_id, ports)
        perform(member, act_id, ports)
    assert ([one.id for one in preview.changes], preview.not_found) == ([ids[1]], 1)
    assert complaints(member, ids)[0].assignee_id is None


def test_what_somebody_touched_since_is_left_out_with_their_name(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 3)
    act_id = prepared(member, Kind.ASSIGN, ids, ports, to(member.agent_id))
    handling.assign(member.id, ids[0], member.supervisor_id, member.supervisor_id, ports)
    preview = rehearsed(member, act_id, ports)
    assert [(one.id, one.why, one.detail) for one in preview.left_out] == [(ids[0], Why.TOUCHED, "Rémi Sorel")]
    # Gone on after that page: what was touched before it stays out, and so does what came after.
    handling.assign(member.id, ids[1], member.supervisor_id, member.supervisor_id, ports)
    perform(member, act_id, ports)
    left = {one for one, item in items(member, act_id).items() if item.get("why") == Why.TOUCHED}
    assert left == {ids[0], ids[1]}


def test_closed_and_already_so_are_left_out(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 3)
    handling.assign(member.id, ids[0], member.agent_id, member.agent_id, ports)
    with member_transaction(member.id) as session:
        session.get_one(Complaint, ids[1]).status = "closed"
    act_id = done(member, Kind.ASSIGN, ids, ports, to(member.agent_id))
    why = {one: item.get("why") for one, item in items(member, act_id).items()}
    assert why == {ids[0]: Why.ALREADY_SO, ids[1]: Why.CLOSED, ids[2]: None}


def test_a_team_s_people_who_are_here_have_them_in_turn(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 4)
    done(member, Kind.ASSIGN, ids, ports, {"assignee": f"team:{member.teams['agency']}"})
    given = [one.assignee_id for one in complaints(member, ids)]
    assert sorted(map(str, given)) == sorted(map(str, [member.agent_id, member.supervisor_id] * 2))


def test_whoever_is_away_is_given_none_of_a_team_s(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2)
    with member_transaction(member.id) as session:
        session.get_one(Staff, member.supervisor_id).absent_from = ports.clock.now().date()
    done(member, Kind.ASSIGN, ids, ports, {"assignee": f"team:{member.teams['agency']}"})
    assert {one.assignee_id for one in complaints(member, ids)} == {member.agent_id}


def test_undone_each_is_given_back_to_whoever_had_it(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2)
    handling.assign(member.id, ids[0], member.agent_id, member.agent_id, ports)
    act_id = done(member, Kind.ASSIGN, ids, ports, to(member.supervisor_id))
    undone(member, act_id, ports)
    undone(member, act_id, ports)
    assert [one.assignee_id for one in complaints(member, ids)] == [member.agent_id, None]
    assert count_events(member, EventKind.ASSIGNED) == 5


def test_undoing_leaves_alone_what_somebody_touched_since_and_says_who(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2)
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    handling.answer(member.id, ids[0], member.supervisor_id, text="Je m'en occupe", seen=0, ports=ports)
    undone(member, act_id, ports)
    assert [one.category for one in complaints(member, ids)] == ["loyer", "chauffage"]
    kept = items(member, act_id)[ids[0]]
    assert (kept["kept"], kept["kept_detail"]) == (Why.TOUCHED, "Rémi Sorel")


def test_half_an_hour_later_it_is_too_late(member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    act_id = done(member, Kind.ASSIGN, some(member, ports, 1), ports, to(member.supervisor_id))
    clock.forward(UNDO_FOR)
    with pytest.raises(NotAllowed, match="too_late_to_undo"):
        undone(member, act_id, ports)


def test_a_subject_put_back_teaches_the_model_nothing(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2)
    first = complaints(member, ids)
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    with member_transaction(member.id) as session:
        assert len(session.scalars(select(TrainingExample)).all()) == 2
    undone(member, act_id, ports)
    with member_transaction(member.id) as session:
        assert session.scalars(select(TrainingExample)).all() == []
        told = session.scalars(select(Event).where(Event.kind == EventKind.CORRECTED).order_by(Event.id)).all()
    assert [one.data["reason"] for one in told] == ["Une facture"] * 2 + ["annulé"] * 2
    for before, now_so in zip(first, complaints(member, ids), strict=True):
        for name in ("category", "urgency", "category_by_person", "audit_due", "team_id", "organisation_id", "target"):
            assert getattr(before, name) == getattr(now_so, name), name


def test_an_earlier_word_is_the_example_again(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1)
    first = done(member, Kind.CATEGORISE, ids, ports, {**RENT, "category": "bruit"})
    assert first
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    undone(member, act_id, ports)
    with member_transaction(member.id) as session:
        assert [one.category for one in session.scalars(select(TrainingExample))] == ["bruit"]
    assert complaints(member, ids)[0].category == "bruit"


def test_what_nobody_could_read_goes_back_to_the_sorting_desk(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1, "xyz")
    before = complaints(member, ids)[0]
    assert before.target == "sorting"
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    assert complaints(member, ids)[0].target == "team"
    undone(member, act_id, ports)
    again = complaints(member, ids)[0]
    assert (again.target, again.abstained, again.category) == ("sorting", before.abstained, before.category)
    work_off(member, ports)


def test_a_danger_is_never_sorted_with_others(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1, "Il y a une odeur de gaz")
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    assert items(member, act_id)[ids[0]]["why"] == Why.DANGER
    with pytest.raises(BadInput):
        prepared(member, Kind.CATEGORISE, ids, ports, {**RENT, "urgency": "danger"})


def test_a_subject_that_is_sensitive_is_never_given_to_many(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1)
    act_id = done(member, Kind.CATEGORISE, ids, ports, {**RENT, "category": "accompagnement_social"})
    assert items(member, act_id)[ids[0]]["why"] == Why.SENSITIVE
    assert complaints(member, ids)[0].category != "accompagnement_social"


def test_each_tenant_reads_their_own_and_a_blank_leaves_nothing(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2)
    with member_transaction(member.id) as session:
        session.get_one(Complaint, ids[1]).organisation_id = None
    act_id = prepared(member, Kind.ANSWER, ids, ports, {"text": "Demande {reference} : {organisme} vient."})
    preview = rehearsed(member, act_id, ports)
    assert [(one.id, one.why, one.detail) for one in preview.left_out] == [(ids[1], Why.NO_VALUE, "organisme")]
    assert [one.ways[0][0] for one in preview.letters] == ["email"]
    perform(member, act_id, ports)
    work_off(member, ports)
    reference = complaints(member, ids)[0].reference
    with member_transaction(member.id) as session:
        said = session.scalars(select(Event).where(Event.kind == EventKind.ANSWERED)).all()
        sent = session.scalars(select(Delivery).where(Delivery.purpose == "answered")).all()
    assert [one.data["text"] for one in said] == [f"Demande {reference} : Chaleur Picarde vient."]
    assert [one.recipient for one in sent] == ["amont-A-0000@poste.example"]


def test_an_unknown_variable_is_refused_before_anything_is_kept(member: MemberWorld, ports: Ports) -> None:
    with pytest.raises(BadInput) as refused:
        prepared(member, Kind.ANSWER, some(member, ports, 1), ports, {"text": "Bonjour {prénom}"})
    assert refused.value.field == "text"


def test_answers_that_have_not_left_are_kept_back(
    member: MemberWorld, ports: Ports, settings: Settings, clock: SetClock
) -> None:
    wait_to_mend(settings, member)
    ids = some(member, ports, 2)
    act_id = done(member, Kind.ANSWER, ids, ports, {"text": "Nous passons demain."})
    undone(member, act_id, ports)
    clock.forward(timedelta(hours=1))
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert session.scalars(select(Delivery).where(Delivery.purpose == "answered")).all() == []
    assert [one.first_answered_at for one in complaints(member, ids)] == [None, None]


def test_answers_that_left_stay_said_and_it_is_told(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1)
    act_id = done(member, Kind.ANSWER, ids, ports, {"text": "Nous passons demain."})
    work_off(member, ports)
    undone(member, act_id, ports)
    assert items(member, act_id)[ids[0]]["kept"] == Why.ALREADY_LEFT


def test_whoever_is_contested_answers_for_nobody_in_a_crowd(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 1)
    handling.answer(member.id, ids[0], member.agent_id, text="Non.", seen=0, ports=ports)
    with member_transaction(member.id) as session:
        complaint = session.get_one(Complaint, ids[0])
        complaint.review_asked_at = ports.clock.now()
        session.add(
            Event(
                member_id=member.id, complaint_id=complaint.id, kind=EventKind.REVIEW_ASKED, audience="tenant",
                actor="tenant", at=ports.clock.now(), data={"text": "", "answered_by": "Ana Vidal"},
            )
        )  # fmt: skip
    act_id = done(member, Kind.ANSWER, ids, ports, {"text": "Nous passons demain."})
    assert items(member, act_id)[ids[0]]["why"] == Why.UNDER_REVIEW


def test_neighbours_are_linked_to_a_new_incident_and_told(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2, LIFT)
    act_id = prepared(member, Kind.LINK, ids, ports, {"incident": "new", "title": "Ascenseur du 3", "tells": "1"})
    preview = rehearsed(member, act_id, ports)
    assert len(preview.letters) == 2
    with member_transaction(member.id) as session:
        assert session.scalars(select(Incident).where(Incident.status == "open")).all() == []
    perform(member, act_id, ports)
    assert (the_one(member).title, the_one(member).status) == ("Ascenseur du 3", "open")
    assert {one.incident_id for one in complaints(member, ids)} == {the_one(member).id}
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert len(session.scalars(select(Delivery).where(Delivery.purpose == "linked")).all()) == 2


def test_what_neighbours_would_read_of_a_link_is_shown_without_the_key_to_their_page(
    member: MemberWorld, ports: Ports
) -> None:
    ids = some(member, ports, 2, LIFT)
    told = prepared(member, Kind.LINK, ids, ports, {"incident": "new", "title": "Ascenseur du 3", "tells": "1"})
    letter = rehearsed(member, told, ports).letter
    assert letter
    assert "Prochaines nouvelles au plus tard le" in letter.text
    assert "(son lien de suivi)" in letter.text
    assert not any(one.tracking_token in letter.text for one in complaints(member, ids))
    silent = prepared(member, Kind.LINK, ids, ports, {"incident": "new", "tells": "0"})
    assert rehearsed(member, silent, ports).letter is None
    typed = prepared(member, Kind.ANSWER, ids, ports, {"text": "Nous passons demain."})
    assert rehearsed(member, typed, ports).letter is None


def test_linked_in_silence_nobody_is_written_to(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2, LIFT)
    act_id = prepared(member, Kind.LINK, ids, ports, {"incident": "new", "tells": "0"})
    assert rehearsed(member, act_id, ports).letters == []
    perform(member, act_id, ports)
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert session.scalars(select(Delivery).where(Delivery.purpose == "linked")).all() == []


def test_a_complaint_of_another_residence_is_no_part_of_it(member: MemberWorld, ports: Ports) -> None:
    ids = [*some(member, ports, 2, LIFT), write(member, member.individual, LIFT, ports)]
    act_id = done(member, Kind.LINK, ids, ports, {"incident": "new", "tells": "0"})
    assert items(member, act_id)[ids[2]]["why"] == Why.OTHER_PLACE


def test_links_are_undone_and_the_incident_that_was_opened_for_them_ends(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2, LIFT)
    act_id = done(member, Kind.LINK, ids, ports, {"incident": "new", "tells": "1"})
    undone(member, act_id, ports)
    assert {one.incident_id for one in complaints(member, ids)} == {None}
    assert the_one(member).status == "dismissed"
    work_off(member, ports)
    with member_transaction(member.id) as session:  # They were not told yet, and are not.
        assert session.scalars(select(Delivery).where(Delivery.purpose == "linked")).all() == []


def test_undone_a_complaint_is_linked_again_to_the_incident_before(member: MemberWorld, ports: Ports) -> None:
    street = settle_in(member, 4)
    ids = neighbours_write(member, street.homes[:3], LIFT, ports)
    done(member, Kind.LINK, ids, ports, {"incident": "new", "tells": "0"})
    first = the_one(member)
    other = write(member, street.homes[3], COLD, ports)
    done(member, Kind.LINK, [other], ports, {"incident": "new", "tells": "0"})
    second = complaints(member, [other])[0].incident_id
    assert second not in (None, first.id)
    act_id = done(member, Kind.LINK, [ids[0]], ports, {"incident": str(second), "tells": "1"})
    work_off(member, ports)
    assert complaints(member, ids[:1])[0].incident_id == second
    undone(member, act_id, ports)
    assert complaints(member, ids[:1])[0].incident_id == first.id
    assert items(member, act_id)[ids[0]].get("was_told")


def test_two_hundred_at_most_and_at_least_one(member: MemberWorld, ports: Ports) -> None:
    for ids, code in (([uuid4() for _ in range(AT_MOST + 1)], "too_many_chosen"), ([], "nothing_chosen")):
        with pytest.raises(BadInput) as refused:
            prepared(member, Kind.ANSWER, ids, ports, {"text": "Bonjour"})
        assert refused.value.code == code


def test_a_worker_is_woken_of_what_was_done(member: MemberWorld, ports: Ports, waker: RememberingWaker) -> None:
    ids = some(member, ports, 2)
    done(member, Kind.ANSWER, ids, ports, {"text": "Nous passons demain."})
    with member_transaction(member.id) as session:
        waiting = session.scalars(select(OutboxStep.id).where(OutboxStep.done_at.is_(None))).all()
    assert set(waiting) <= {step_id for _, step_id in waker.woken}
    assert len(waiting) == 2
