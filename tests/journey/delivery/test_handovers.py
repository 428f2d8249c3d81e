"""Hand-overs: what an organisation is offered, what it answers, and what its link can never open."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound, Refusal
from service.journey import steps
from service.journey.closing import closing
from service.journey.delivery import answers, handovers, reminders
from service.journey.delivery.handovers import Door
from service.journey.feedback import feedback
from service.journey.handling import handling
from service.journey.ports import Picture, Ports
from service.journey.routing.transfers import TransferTarget
from service.journey.submission import pictures
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.handover import Attachment, Handover
from service.models.outbox import OutboxStep
from service.models.routing import RoutingRule
from service.settings import Settings
from tests.city import running_city
from tests.journey.delivery.test_civic import add_authority, submit
from tests.passing import Case, at_supplier
from tests.work import correct
from tests.world import World

pytestmark = pytest.mark.services

PHOTO = Picture("image/jpeg", b"first", 20, 10)
OTHER_PHOTO = Picture("image/jpeg", b"second", 20, 10)
MONDAY = date(2026, 11, 30)


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Iterator[Case]:
    case = at_supplier(app, world.first, ports)
    with app.app_context():
        yield case


def status(case: Case) -> str:
    return case.handovers()[-1].status


def test_an_arrival_at_an_organisation_is_offered_once(case: Case) -> None:
    [handover] = case.handovers()
    assert (handover.status, handover.organisation_id, handover.with_text) == (
        "offered", case.member.supplier_id, False,
    )  # fmt: skip
    with member_transaction(case.member.id) as session:
        complaint, event = session.get_one(Complaint, case.id), session.get_one(Event, handover.event_id)
        again = handovers.offer(session, complaint, event, case.ports)
        assert again
        assert again.id == handover.id
    assert len(case.handovers()) == 1


# Offered on Wednesday at noon in Paris; the offices close on Friday at half past five.
@pytest.mark.parametrize(
    ("urgency", "hours"), [("normal", 2 * 24 + 5.5), ("faible", 2 * 24 + 5.5), ("urgent", 24), ("danger", 4)]
)
def test_an_answer_is_due_in_two_working_days_or_in_hours_where_it_presses(
    case: Case, clock: SetClock, urgency: str, hours: float
) -> None:
    with member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).urgency = urgency
    case.transfer(TransferTarget(organisation_id=case.organisation("Mairie")), "public")
    case.work_off()
    assert case.handovers()[-1].answer_due_at - clock.now() == timedelta(hours=hours)


def test_words_leave_with_the_hand_over_when_the_rule_says_so(app: Flask, world: World, ports: Ports) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        for rule in session.scalars(select(RoutingRule).where(RoutingRule.organisation_id.is_not(None))):
            rule.forwards_text = True
    case = at_supplier(app, world.first, ports)
    with app.app_context():
        assert case.handovers()[0].with_text
        sheet = handovers.open_page(case.token(), ports)
        assert not sheet.shows_tenant  # not before it is accepted
        answers.accept(case.token(), ports)
        assert handovers.open_page(case.token(), ports).shows_tenant


def test_without_words_the_tenant_is_never_shown(case: Case) -> None:
    answers.accept(case.token(), case.ports)
    assert not handovers.open_page(case.token(), case.ports).shows_tenant


def test_accepting_twice_is_accepting_once(case: Case) -> None:
    for _ in range(2):
        answers.accept(case.token(), case.ports)
    assert case.kinds().count("accepted") == 1
    assert (status(case), case.complaint().status) == ("accepted", "handled")


def test_opening_the_page_changes_nothing(case: Case) -> None:
    before = case.kinds()
    for _ in range(3):
        assert handovers.open_page(case.token(), case.ports).door == Door.OPEN
    assert case.kinds() == before
    assert status(case) == "offered"


def test_a_visit_is_planned_told_and_planned_again(case: Case) -> None:
    token = case.token()
    for _ in range(2):
        answers.plan_visit(token, MONDAY, "morning", case.ports)
    answers.plan_visit(token, MONDAY + timedelta(days=1), "day", case.ports)
    case.work_off()
    assert [(one["on"], one["slot"], one["instead_of"]) for one in case.events("planned")] == [
        ("2026-11-30", "morning", None), ("2026-12-01", "day", "2026-11-30"),
    ]  # fmt: skip
    assert case.sent("planned") == ["petit@poste.example"] * 2
    assert (status(case), case.handovers()[-1].planned_on) == ("planned", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("on", "slot", "code"),
    [
        (date(2026, 11, 24), "day", "past_day"),
        (date(2062, 12, 1), "day", "far_day"),
        (MONDAY, "night", "unknown_value"),
    ],
)
def test_a_visit_in_the_past_or_at_no_known_hour_is_refused(case: Case, on: date, slot: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        answers.plan_visit(case.token(), on, slot, case.ports)
    assert refused.value.code == code
    assert status(case) == "offered"


def test_work_done_keeps_photos_tells_the_team_and_closes_nothing(case: Case) -> None:
    token = case.token()
    for _ in range(2):
        answers.finish(token, "Pompe changée.", [PHOTO, OTHER_PHOTO, PHOTO], case.ports)
    case.work_off()
    assert [(one["text"], one["photos"]) for one in case.events("work_done")] == [("Pompe changée.", 2)]
    assert case.sent("team_told") == ["technique@amont.example"]
    assert (status(case), case.complaint().status, case.complaint().closed_at) == ("done", "handled", None)
    assert case.sent("closed") == []
    with member_transaction(case.member.id) as session:
        kept = pictures.of_complaint(session, case.id)
    [photos] = kept.values()
    assert {photo.sha256 for photo in photos} == {pictures._hash(PHOTO), pictures._hash(OTHER_PHOTO)}
    assert pictures.read(case.member.id, case.id, photos[0].id).content in (b"first", b"second")
    with pytest.raises(NotAllowed) as refused:
        answers.finish(token, "Et le robinet aussi.", [], case.ports)
    assert refused.value.code == "already_done"


def test_a_photo_is_read_with_its_own_complaint_and_member_only(case: Case, app: Flask, world: World) -> None:
    answers.finish(case.token(), "Fait.", [PHOTO], case.ports)
    with member_transaction(case.member.id) as session:
        photo = session.scalars(select(Attachment)).one()
    other = at_supplier(app, world.first, case.ports, text="Le radiateur fuit")
    for member_id, complaint_id in ((world.second.id, case.id), (world.first.id, other.id)):
        with pytest.raises(NotFound):
            pictures.read(member_id, complaint_id, photo.id)


def test_done_without_a_word_is_refused_and_nothing_is_kept(case: Case) -> None:
    with pytest.raises(BadInput):
        answers.finish(case.token(), " ", [PHOTO], case.ports)
    with member_transaction(case.member.id) as session:
        assert session.scalars(select(Attachment)).all() == []
    assert status(case) == "offered"


def test_a_refusal_that_names_a_team_goes_there_once(case: Case) -> None:
    token = case.token()
    for _ in range(2):
        answers.refuse(token, "not_our_trade", "gestion  LOCATIVE", "C'est le loyer", case.ports)
        case.work_off()
    complaint = case.complaint()
    assert (complaint.team_id, complaint.organisation_id, complaint.hops) == (case.member.teams["tenancy"], None, 1)
    assert (case.kinds().count("refused"), case.kinds().count("transferred")) == (1, 1)
    [handover] = case.handovers()
    assert (handover.status, handover.refusal, handover.named_recipient) == (
        "refused", "not_our_trade", "gestion  LOCATIVE",
    )  # fmt: skip
    assert case.sent("transferred") == ["petit@poste.example"]


def test_an_organisation_named_by_another_is_proposed_to_a_person(case: Case) -> None:
    city = case.organisation("Mairie")
    answers.refuse(case.token(), "out_of_contract", "Mairie", "", case.ports)
    complaint = case.complaint()
    assert (complaint.target, complaint.organisation_id, complaint.proposed_organisation_id) == ("sorting", None, city)


def test_a_recipient_nobody_knows_is_found_by_whoever_sorts(case: Case) -> None:
    answers.refuse(case.token(), "out_of_area", "les gens du bout de la rue", "", case.ports)
    assert case.complaint().target == "sorting"
    assert case.events("refused")[0]["recipient"] == "les gens du bout de la rue"


def test_a_refusal_too_many_stays_with_the_team_that_follows_and_a_person(case: Case) -> None:
    city = case.organisation("Mairie")
    case.transfer(TransferTarget(organisation_id=city), "public")
    case.work_off()
    answers.refuse(case.token(), "out_of_area", "Gestion locative", "", case.ports)
    case.work_off()
    complaint = case.complaint()
    assert (complaint.team_id, complaint.assignee_id, complaint.hops) == (
        case.member.teams["technical"], case.member.supervisor_id, 2,
    )  # fmt: skip
    # Whoever decides may give it outside again; a refusal then comes straight back to them.
    case.transfer(TransferTarget(organisation_id=city), "public", staff=case.member.supervisor_id)
    case.work_off()
    answers.refuse(case.token(), "out_of_area", "Gestion locative", "", case.ports)
    assert case.complaint().assignee_id == case.member.supervisor_id
    assert case.complaint().organisation_id is None


def test_two_organisations_never_hold_it_at_once(case: Case) -> None:
    first = case.token()
    city = case.organisation("Mairie")
    case.transfer(TransferTarget(organisation_id=city), "public")
    # Even before the worker has brought it to the second, the first may no longer answer.
    for act in (
        lambda: answers.accept(first, case.ports),
        lambda: answers.refuse(first, "out_of_area", "", "", case.ports),
        lambda: answers.plan_visit(first, MONDAY, "day", case.ports),
        lambda: answers.finish(first, "Fait.", [], case.ports),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == Door.WITHDRAWN
    case.work_off()
    assert handovers.open_page(first, case.ports).door == Door.WITHDRAWN
    answers.accept(case.token(), case.ports)
    assert case.events("accepted") == [{"organisation": "Mairie"}]


def test_what_the_rules_took_elsewhere_is_no_longer_theirs_even_before_it_arrives(case: Case) -> None:
    correct(case.member, case.id, case.ports)
    steps.follow(case.member.id, case.id, case.ports)  # routed anew; the worker has not brought it there yet
    assert case.handovers()[-1].status == "offered"
    with pytest.raises(NotAllowed) as refused:
        answers.accept(case.token(), case.ports)
    assert refused.value.code == Door.WITHDRAWN
    case.work_off()
    assert case.handovers()[-1].status == "withdrawn"


def test_a_planned_visit_that_is_taken_back_is_told_to_the_tenant(case: Case) -> None:
    answers.plan_visit(case.token(), MONDAY, "day", case.ports)
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    assert case.events("transferred")[0]["cancelled"] == "2026-11-30"


def test_a_closed_complaint_and_one_opened_again(case: Case) -> None:
    token = case.token()
    answers.accept(token, case.ports)
    closing.close(case.member.id, case.id, case.member.agent_id, outcome="solved", sentence="Réparé.", ports=case.ports)
    assert handovers.open_page(token, case.ports).door == Door.FINISHED
    with pytest.raises(NotAllowed):
        answers.plan_visit(token, MONDAY, "day", case.ports)
    feedback.give_feedback(case.member.id, case.id, score=None, solved="no", comment="", ports=case.ports)
    case.work_off()
    assert [one.status for one in case.handovers()] == ["withdrawn", "offered"]
    answers.accept(case.token(), case.ports)


def test_a_page_closes_two_months_after_the_last_thing_done_on_it(case: Case, clock: SetClock) -> None:
    token = case.token()
    clock.forward(timedelta(days=59))
    answers.accept(token, case.ports)
    clock.forward(timedelta(days=59))
    assert handovers.open_page(token, case.ports).door == Door.OPEN
    clock.forward(timedelta(days=1))
    assert handovers.open_page(token, case.ports).door == Door.EXPIRED
    with pytest.raises(NotAllowed):
        answers.finish(token, "Fait.", [], case.ports)


def test_a_token_that_is_not_ours_opens_nothing(case: Case, app: Flask, world: World) -> None:
    token, theirs = case.token(), at_supplier(app, world.second, case.ports)
    ours, other = case.handovers()[-1], theirs.handovers()[-1]
    signed = URLSafeSerializer(case.ports.secret_key, salt="autre")
    mixed = Handover(id=other.id, member_id=ours.member_id)
    stranger = replace(case.ports, secret_key="another secret")
    forged = [
        "", "x", token[:-1], token + "A", token.swapcase(), token.split(".")[0],
        signed.dumps([ours.member_id.hex, ours.id.hex]),
        handovers.token_of(ours, stranger),
        handovers.token_of(mixed, case.ports),  # one member, another's hand-over, rightly signed
        *(token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token) - 1, 7)),
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(NotFound):
            handovers.open_page(one, case.ports)
        with pytest.raises(NotFound):
            answers.accept(one, case.ports)
    assert (status(case), status(theirs)) == ("offered", "offered")


def test_a_token_says_nothing_to_whoever_reads_it(case: Case) -> None:
    assert case.complaint().reference not in case.token()
    assert case.token() == case.token()  # a mail tried again carries the same link


def test_silence_is_reminded_once_then_given_to_a_person_once(case: Case, clock: SetClock) -> None:
    assert reminders.remind_due(case.ports) == 0
    clock.forward(timedelta(hours=24))
    for _ in range(2):
        assert reminders.remind_due(case.ports) == 1
        case.work_off()
    assert case.sent("handover_reminder") == ["chaleur@amont.example"]
    assert case.complaint().assignee_id is None
    clock.forward(timedelta(hours=24))
    for _ in range(2):
        reminders.remind_due(case.ports)
        case.work_off()
    assert case.sent("handover_reminder") == ["chaleur@amont.example"]
    assert case.complaint().assignee_id == case.member.supervisor_id
    [note] = case.events("noted")
    assert note["text"].startswith("Chaleur Picarde n'a pas répondu, malgré un rappel. Rémi Sorel appelle")
    assert "responsable@amont.example" in case.sent("team_told")


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Do several things at the same moment, each as a request of its own; return how each ended."""
    together = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        with app.app_context():
            together.wait()
            try:
                return act()
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_a_double_click_at_the_same_moment_counts_once(case: Case, app: Flask) -> None:
    token = case.token()
    ended = at_once(app, *[lambda: answers.finish(token, "Fait.", [PHOTO], case.ports)] * 4)
    assert ended == [(case.member.id, case.id)] * 4
    assert case.kinds().count("work_done") == 1
    with member_transaction(case.member.id) as session:
        assert len(session.scalars(select(Attachment)).all()) == 1


def test_a_transfer_and_an_answer_at_the_same_moment_leave_one_holder(case: Case, app: Flask) -> None:
    token, seen = case.token(), case.seen()
    city = case.organisation("Mairie")
    at_once(
        app,
        lambda: answers.refuse(token, "out_of_area", "", "", case.ports),
        lambda: case.transfer(TransferTarget(organisation_id=city), "public", seen=seen),
    )
    case.work_off()
    # Whoever came second was told that it had moved: one passage, whichever it was.
    assert case.complaint().hops == 1
    assert case.kinds().count("transferred") == 1
    assert len([one for one in case.handovers() if one.status == "offered"]) <= 1


def test_two_clocks_remind_once(case: Case, app: Flask, clock: SetClock) -> None:
    clock.forward(timedelta(hours=49))
    at_once(app, *[lambda: reminders.remind_due(case.ports)] * 2)
    case.work_off()
    assert case.sent("handover_reminder") == ["chaleur@amont.example"]
    assert case.kinds().count("noted") == 1


def test_an_answer_ends_the_reminders(case: Case, clock: SetClock) -> None:
    answers.accept(case.token(), case.ports)
    clock.forward(timedelta(days=10))
    assert reminders.remind_due(case.ports) == 0


def at_the_supplier_by_a_person(case: Case) -> None:
    member = case.member
    case.transfer(TransferTarget(member.teams["tenancy"]))
    case.work_off()
    case.transfer(TransferTarget(member.teams["technical"], member.supplier_id), staff=member.supervisor_id)


def test_a_danger_heard_later_keeps_the_visit_and_is_told_to_whoever_comes(case: Case, settings: Settings) -> None:
    at_the_supplier_by_a_person(case)
    case.work_off()
    answers.plan_visit(case.token(), MONDAY, "day", case.ports)
    case.work_off()
    before = {purpose: case.sent(purpose) for purpose in ("handover", "withdrawn")}
    handling.add_from_tenant(case.member.id, case.id, "Maintenant une odeur de gaz", case.ports)
    case.work_off()
    assert (case.handovers()[-1].status, case.handovers()[-1].planned_on) == ("planned", MONDAY)
    assert {purpose: case.sent(purpose) for purpose in before} == before
    assert case.sent("handover_danger") == ["chaleur@amont.example"]
    found = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in Path(settings.mail_dir).glob("*")]
    [mail] = [one for one in found if one["To"] == "chaleur@amont.example" and one["Subject"].startswith("DANGER")]
    words = mail.get_body(("plain",)).get_content()
    assert case.token() in words
    assert "lundi 30 novembre 2026" in words
    assert "Maintenant" not in words
    assert handovers.open_page(case.token(), case.ports).door == Door.OPEN
    assert case.kinds().count("paged") == 1


def test_a_danger_heard_before_the_hand_over_has_left_leaves_with_it(case: Case) -> None:
    at_the_supplier_by_a_person(case)
    with member_transaction(case.member.id) as session:
        waiting = select(OutboxStep.id).where(OutboxStep.name == "deliver", OutboxStep.done_at.is_(None))
        deliver = session.scalars(waiting).one()
    steps.run_step(case.member.id, deliver, case.ports)
    count = len(case.sent("handover"))
    handling.add_from_tenant(case.member.id, case.id, "Maintenant une odeur de gaz", case.ports)
    with member_transaction(case.member.id) as session:  # mails wait behind others meanwhile
        for step in session.scalars(select(OutboxStep).where(OutboxStep.name == "send", OutboxStep.done_at.is_(None))):
            step.run_after = case.ports.clock.now() + timedelta(minutes=1)
    case.work_off()
    case.ports.clock.forward(timedelta(minutes=1))
    case.work_off()
    assert len(case.sent("handover")) == count + 1
    assert case.sent("handover_danger") == []
    assert answers.accept(case.token(), case.ports)


def test_a_danger_heard_later_asks_an_authority_for_nothing_twice(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    member = world.first
    with running_city() as city:
        add_authority(app, member, ports, city.url)
        case = Case(app, member, ports, submit(app, client, member, ports))
        at_the_supplier_by_a_person(case)
        case.work_off()
        asked = len(city.posts())
        with app.app_context():
            handling.add_from_tenant(member.id, case.id, "Maintenant une odeur de gaz", ports)
        case.work_off()
        assert len(city.posts()) == asked
    assert case.sent("handover_danger") == ["chaleur@amont.example"]
    assert case.kinds().count("paged") == 1
