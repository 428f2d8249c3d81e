"""Passing a complaint on: to a desk, an organisation, another member; and how often."""

from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, update

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey import steps
from service.journey.classification import classification
from service.journey.closing import closing
from service.journey.delivery import answers
from service.journey.feedback import feedback
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.routing import referrals
from service.journey.routing.transfers import TransferTarget
from service.journey.submission import submission
from service.journey.submission.sent import Tenant
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Member
from service.models.outbox import OutboxStep
from service.models.people import Staff
from service.models.submission import Referral
from service.settings import Settings
from tests.passing import COLD, Case, at_supplier
from tests.work import correct, work_off
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Iterator[Case]:
    case = at_supplier(app, world.first, ports)
    with app.app_context():
        yield case


def mails(settings: Settings, to: str) -> str:
    found = [path.read_text(encoding="utf-8") for path in sorted(Path(settings.mail_dir).glob("*")) if path.is_file()]
    return "\n".join(mail for mail in found if to in mail)


def test_a_transfer_to_another_team_tells_everybody(case: Case) -> None:
    case.transfer(TransferTarget(case.member.teams["on_call"]))
    complaint = case.complaint()
    assert (complaint.team_id, complaint.organisation_id, complaint.target) == (
        case.member.teams["on_call"], None, "team",
    )  # fmt: skip
    assert (complaint.routed_by_person, complaint.rule_id, complaint.hops) == (True, None, 1)
    case.work_off()
    assert case.complaint().status == "delivered"
    assert case.kinds()[-2:] == ["transferred", "delivered"]
    assert case.sent("withdrawn") == ["chaleur@amont.example"]
    assert case.sent("team_told") == ["technique@amont.example"]
    assert case.sent("arrival")[-1] == "astreinte@amont.example"
    assert case.sent("transferred") == ["petit@poste.example"]
    [data] = case.events("transferred")
    assert data["reason"] == "Votre demande est passée à Astreinte parce que ce travail est son métier."


def test_words_leave_with_a_transfer_only_when_the_person_says_so(case: Case) -> None:
    city, water = case.organisation("Mairie"), case.organisation("Régie des eaux")
    case.transfer(TransferTarget(organisation_id=city), "public")
    case.work_off()
    case.transfer(TransferTarget(organisation_id=water, with_text=True), "public")
    case.work_off()
    assert [one.with_text for one in case.handovers()] == [False, False, True]
    assert [one.status for one in case.handovers()] == ["withdrawn", "withdrawn", "offered"]
    assert case.complaint().team_id == case.member.teams["technical"]


def test_the_mail_of_a_transfer_holds_the_words_only_then(case: Case, settings: Settings) -> None:
    city = case.organisation("Mairie")
    case.transfer(TransferTarget(organisation_id=city), "public")
    case.work_off()
    assert "mairie@amont.example" in mails(settings, "mairie@amont.example")
    assert COLD not in mails(settings, "mairie@amont.example")


def test_a_transfer_sent_twice_moves_once(case: Case) -> None:
    seen, target = case.seen(), TransferTarget(case.member.teams["tenancy"])
    for _ in range(2):
        case.transfer(target, seen=seen)
        case.work_off()
    assert case.kinds().count("transferred") == 1
    assert case.complaint().hops == 1
    assert case.sent("transferred") == ["petit@poste.example"]


def test_a_form_written_before_it_moved_is_refused(case: Case) -> None:
    seen = case.seen()
    case.transfer(TransferTarget(case.member.teams["tenancy"]), seen=seen)
    with pytest.raises(NotAllowed):
        case.transfer(TransferTarget(case.member.teams["on_call"]), seen=seen)
    assert case.complaint().team_id == case.member.teams["tenancy"]


@pytest.mark.parametrize(
    ("reason", "words", "code"),
    [
        ("nonsense", "", "unknown_value"),
        ("other", " ", "blank"),
        ("other", "ce n'est pas notre compétence", "sends_away"),
    ],
)
def test_a_reason_the_tenant_must_not_read_is_refused(case: Case, reason: str, words: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        case.transfer(TransferTarget(case.member.teams["tenancy"]), reason, words)
    assert refused.value.code == code
    assert "transferred" not in case.kinds()


def test_nobody_new_and_nobody_known_are_refused(case: Case, world: World) -> None:
    with pytest.raises(BadInput):
        case.transfer(TransferTarget())
    with pytest.raises(BadInput):
        case.transfer(TransferTarget(case.member.teams["technical"], case.member.supplier_id))
    for unknown in (TransferTarget(uuid4()), TransferTarget(world.second.teams["technical"]),
                    TransferTarget(organisation_id=world.second.supplier_id)):  # fmt: skip
        with pytest.raises(NotFound):
            case.transfer(unknown)
    assert case.complaint().hops == 0


def test_a_person_s_choice_is_not_overwritten_by_the_rules(case: Case) -> None:
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    case.work_off()
    classification.correct(
        case.member.id, case.id, case.member.agent_id,
        category="chauffage", urgency="urgent", reason="Plus pressé", ports=case.ports,
    )  # fmt: skip
    case.work_off()
    assert case.complaint().team_id == case.member.teams["tenancy"]


def test_the_name_beside_it_stays_only_with_its_own_team(case: Case) -> None:
    agent = case.member.agent_id
    handling.assign(case.member.id, case.id, agent, agent, case.ports)
    case.transfer(TransferTarget(case.member.teams["agency"]))
    assert case.complaint().assignee_id == agent
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    assert case.complaint().assignee_id == case.member.supervisor_id  # the second passage: somebody decides by name


def test_a_proposal_taken_is_a_proposal_no_more(case: Case) -> None:
    city = case.organisation("Mairie")
    with member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).proposed_organisation_id = city
    case.transfer(TransferTarget(organisation_id=city), "public")
    complaint = case.complaint()
    assert (complaint.organisation_id, complaint.proposed_organisation_id, complaint.target) == (
        city,
        None,
        "authority",
    )


def test_a_refusal_moves_on_at_once_to_whoever_it_names(case: Case) -> None:
    case.refuse(TransferTarget(case.member.teams["tenancy"]), words="C'est une question de loyer")
    complaint = case.complaint()
    assert (complaint.team_id, complaint.organisation_id, complaint.hops) == (case.member.teams["tenancy"], None, 1)
    assert case.kinds()[-2:] == ["refused", "transferred"]
    [refused] = case.events("refused")
    assert (refused["by"], refused["recipient"], refused["text"]) == (
        "Service technique", "Gestion locative", "C'est une question de loyer",
    )  # fmt: skip
    [moved] = case.events("transferred")
    assert (
        moved["reason"] == "Votre demande est passée à Gestion locative parce que ce travail demande un autre métier."
    )


def test_a_refusal_that_names_nobody_goes_to_whoever_sorts(case: Case) -> None:
    case.refuse(reason="needs_more")
    complaint = case.complaint()
    assert (complaint.team_id, complaint.target) == (case.member.teams["sorting"], "sorting")


def test_a_refusal_sent_twice_counts_once(case: Case) -> None:
    seen = case.seen()
    for _ in range(2):
        case.refuse(reason="needs_more", seen=seen)
        case.work_off()
    assert (case.kinds().count("refused"), case.kinds().count("transferred"), case.complaint().hops) == (1, 1, 1)


def test_another_reason_needs_words(case: Case) -> None:
    for reason, words in (("other", ""), ("nonsense", "mots")):
        with pytest.raises(BadInput):
            case.refuse(reason=reason, words=words)
    assert "refused" not in case.kinds()


def test_the_second_refusal_stops_with_a_person_by_name(case: Case) -> None:
    case.refuse(TransferTarget(case.member.teams["tenancy"]))
    case.work_off()
    case.refuse(TransferTarget(case.member.teams["on_call"]))
    case.work_off()
    complaint = case.complaint()
    assert (complaint.team_id, complaint.assignee_id) == (case.member.teams["sorting"], case.member.supervisor_id)
    assert complaint.hops == 2
    [note] = case.events("noted")
    assert note["text"] == "Cette demande a déjà changé de mains 2 fois. Rémi Sorel décide qui agit, et prévient."
    assert case.events("transferred")[-1]["reason"].endswith("parce qu'une personne responsable choisit qui peut agir.")
    # Nobody else passes it any more, not even by taking it.
    handling.assign(case.member.id, case.id, case.member.agent_id, case.member.agent_id, case.ports)
    for act in (case.refuse, lambda: case.transfer(TransferTarget(case.member.teams["tenancy"]))):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "too_many_hops"
    # The person decides.
    case.transfer(TransferTarget(case.member.teams["tenancy"]), staff=case.member.supervisor_id)
    assert case.complaint().team_id == case.member.teams["tenancy"]


def test_whoever_the_person_gives_it_to_may_pass_it(case: Case) -> None:
    for team in ("tenancy", "agency"):
        case.transfer(TransferTarget(case.member.teams[team]))
    handling.assign(case.member.id, case.id, case.member.supervisor_id, case.member.agent_id, case.ports)
    case.transfer(TransferTarget(case.member.teams["on_call"]))
    assert case.complaint().team_id == case.member.teams["on_call"]


def test_without_any_supervisor_somebody_is_named_all_the_same(case: Case) -> None:
    with member_transaction(case.member.id) as session:
        session.get_one(Staff, case.member.supervisor_id).is_active = False
    case.refuse()
    case.refuse(TransferTarget(case.member.teams["tenancy"]))
    assert case.complaint().assignee_id == case.member.agent_id


def test_a_closed_complaint_is_not_passed(case: Case) -> None:
    closing.close(case.member.id, case.id, case.member.agent_id, outcome="solved", sentence="Réparé.", ports=case.ports)
    for act in (case.refuse, lambda: case.transfer(TransferTarget(case.member.teams["tenancy"]))):
        with pytest.raises(NotAllowed):
            act()


def pass_on(case: Case, to: UUID, reason: str = "owner", seen: int | None = None) -> referrals.Passed:
    return referrals.pass_on(
        case.member.id, case.id, case.member.agent_id,
        to_member_id=to, reason=reason, words="", seen=case.seen() if seen is None else seen, ports=case.ports,
    )  # fmt: skip


def test_a_complaint_passed_on_begins_anew_with_the_other_member(case: Case, world: World) -> None:
    before = case.complaint()
    passed = pass_on(case, world.second.id)
    steps.follow(passed.member_id, passed.complaint_id, case.ports)
    case.work_off()
    work_off(world.second, case.ports)
    with member_transaction(world.second.id) as session:
        there = session.get_one(Complaint, passed.complaint_id)
        events = session.scalars(select(Event).where(Event.complaint_id == there.id).order_by(Event.id)).all()
        log = session.scalars(select(Referral).where(Referral.complaint_id == there.id)).one()
    assert (there.text, there.tenant_name, there.tenant_email, there.tenant_phone, there.language) == (
        before.text, before.tenant_name, before.tenant_email, before.tenant_phone, before.language,
    )  # fmt: skip
    assert there.place_given["reference"] == world.first.collective
    assert there.tenant_reference is None
    assert there.reference != before.reference
    assert there.tracking_token != before.tracking_token
    assert there.hops == 1
    assert [event.kind for event in events][:2] == ["submitted", "noted"]
    assert "routed" in {event.kind for event in events}
    assert events[1].data["first_submitted_at"] == before.submitted_at.isoformat()
    assert (log.direction, log.other_member_id, log.other_complaint_id, log.reason) == (
        "received", world.first.id, case.id, "owner",
    )  # fmt: skip


def test_a_sensitive_complaint_is_nobody_else_s_there_either(case: Case, world: World) -> None:
    with member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).is_marked = True
    passed = pass_on(case, world.second.id)
    with member_transaction(world.second.id) as session:
        there = session.get_one(Complaint, passed.complaint_id)
        assert (there.is_marked, there.is_sensitive) == (True, True)


def test_here_it_ends_as_passed_on_and_is_told_so(case: Case, world: World) -> None:
    passed = pass_on(case, world.second.id)
    case.work_off()
    complaint = case.complaint()
    assert (complaint.status, complaint.outcome) == ("closed", "passed_on")
    assert complaint.closing_sentence == (
        "Votre demande est passée à Aval Habitat parce que ce bailleur s'occupe de votre logement."
    )
    assert case.sent("passed_on") == ["petit@poste.example"]
    assert case.sent("withdrawn") == ["chaleur@amont.example"]
    assert case.sent("team_told") == ["technique@amont.example"]
    assert case.sent("closed") == []
    assert case.handovers()[0].status == "withdrawn"
    assert case.complaint().surveyed_at is None
    with member_transaction(case.member.id) as session:
        log = session.scalars(select(Referral).where(Referral.complaint_id == case.id)).one()
    assert (log.direction, log.other_complaint_id) == ("sent", passed.complaint_id)
    with pytest.raises(NotAllowed):
        feedback.give_feedback(case.member.id, case.id, score=2, solved="no", comment="", ports=case.ports)
    assert case.complaint().status == "closed"


def test_passing_on_twice_makes_one_complaint(case: Case, world: World) -> None:
    seen = case.seen()
    first = pass_on(case, world.second.id, seen=seen)
    assert pass_on(case, world.second.id, seen=seen) == first
    with member_transaction(world.second.id) as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 1
    assert case.kinds().count("passed_on") == 1


def test_nobody_is_passed_what_they_did_not_agree_to_take(case: Case, world: World, settings: Settings) -> None:
    with pytest.raises(BadInput):
        pass_on(case, case.member.id)
    with pytest.raises(BadInput):
        pass_on(case, uuid4())
    assert "passed_on" not in case.kinds()
    owner = create_engine(settings.database_owner_url)
    for unsigned in (case.member.id, world.second.id):  # It takes two to agree.
        with owner.begin() as connection:
            connection.execute(update(Member).values(accepts_referrals=Member.id != unsigned))
        with pytest.raises(BadInput):
            pass_on(case, world.second.id)
    owner.dispose()
    assert "passed_on" not in case.kinds()


def test_two_members_do_not_play_ball_with_it(case: Case, world: World) -> None:
    passed = pass_on(case, world.second.id)
    steps.follow(passed.member_id, passed.complaint_id, case.ports)
    back = Case(case.app, world.second, case.ports, passed.complaint_id)
    again = pass_on(back, world.first.id)
    steps.follow(again.member_id, again.complaint_id, case.ports)
    last = Case(case.app, world.first, case.ports, again.complaint_id)
    assert last.complaint().hops == 2
    with pytest.raises(NotAllowed) as refused:
        pass_on(last, world.second.id)
    assert refused.value.code == "too_many_hops"


def test_a_replay_of_the_first_submission_still_finds_the_first_complaint(case: Case, world: World) -> None:
    sent = submission.Submission(COLD, "extranet", Tenant(), world.first.collective)
    first = submission.submit(case.member.id, sent, "une-fois", case.ports)
    one = Case(case.app, world.first, case.ports, first.complaint_id)
    steps.follow(case.member.id, one.id, case.ports)
    pass_on(one, world.second.id)
    again = submission.submit(case.member.id, sent, "une-fois", case.ports)
    assert (again.member_id, again.complaint_id, again.is_new) == (world.first.id, one.id, False)


def test_two_transfers_leave_a_person_by_name(case: Case) -> None:
    for team in ("tenancy", "agency"):
        case.transfer(TransferTarget(case.member.teams[team]))
        case.work_off()
    complaint = case.complaint()
    assert (complaint.hops, complaint.team_id) == (2, case.member.teams["agency"])
    assert complaint.assignee_id == case.member.supervisor_id


def test_a_desk_that_refuses_at_the_limit_brings_it_to_that_person(case: Case) -> None:
    for team in ("tenancy", "on_call"):
        case.transfer(TransferTarget(case.member.teams[team]))
        case.work_off()
    case.refuse(TransferTarget(case.member.teams["agency"]), words="Nous ne faisons que la nuit")
    complaint = case.complaint()
    # It does not travel on by itself: whoever decides reads what the desk said.
    assert (complaint.team_id, complaint.assignee_id) == (case.member.teams["sorting"], case.member.supervisor_id)
    assert case.events("refused")[-1]["text"] == "Nous ne faisons que la nuit"
    with pytest.raises(NotAllowed) as refused:
        case.refuse(TransferTarget(case.member.teams["agency"]))
    assert refused.value.code == "too_many_hops"


def test_whoever_receives_it_from_another_member_at_the_limit_has_a_person_by_name(case: Case, world: World) -> None:
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    passed = pass_on(case, world.second.id)
    steps.follow(passed.member_id, passed.complaint_id, case.ports)
    work_off(world.second, case.ports)
    there = Case(case.app, world.second, case.ports, passed.complaint_id).complaint()
    assert (there.hops, there.assignee_id) == (2, world.second.supervisor_id)


def test_an_organisation_that_was_to_come_is_told_that_the_complaint_is_closed(case: Case, settings: Settings) -> None:
    answers.plan_visit(case.token(), date(2026, 11, 30), "day", case.ports)
    case.work_off()
    words = {"outcome": "solved", "sentence": "Réparé."}
    closing.close(case.member.id, case.id, case.member.agent_id, **words, ports=case.ports)
    case.work_off()
    assert case.sent("withdrawn") == ["chaleur@amont.example"]
    told = next(mail for mail in mails_of(settings, "chaleur@amont.example") if "ne pas intervenir" in mail)
    assert "Elle est terminée." in told
    assert "lundi 30 novembre 2026" in told
    assert "changé de destinataire" not in told


def test_an_organisation_that_had_given_no_day_is_told_nothing_when_it_is_closed(case: Case) -> None:
    words = {"outcome": "solved", "sentence": "Réparé."}
    closing.close(case.member.id, case.id, case.member.agent_id, **words, ports=case.ports)
    case.work_off()
    assert case.sent("withdrawn") == []


def mails_of(settings: Settings, to: str) -> list[str]:
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in Path(settings.mail_dir).glob("*.eml")]
    return [f"{mail['subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in found if mail["to"] == to]


GAS = "Il y a une odeur de gaz dans la cuisine"


@pytest.mark.parametrize("how", ["added", "corrected"])
def test_a_danger_passed_on_calls_those_on_duty_there(case: Case, world: World, settings: Settings, how: str) -> None:
    if how == "added":
        handling.add_from_tenant(case.member.id, case.id, GAS, case.ports)
    else:
        correct(case.member, case.id, case.ports, category="chauffage", urgency="danger", reason="Flammes vues")
    case.work_off()
    assert case.kinds().count("paged") == 1
    passed = pass_on(case, world.second.id)
    steps.follow(passed.member_id, passed.complaint_id, case.ports)
    case.work_off()
    work_off(world.second, case.ports)
    there = Case(case.app, world.second, case.ports, passed.complaint_id)
    begun = there.complaint()
    assert (begun.urgency, begun.danger) == ("danger", "danger")
    assert set(case.complaint().danger_types) <= set(begun.danger_types)
    assert there.kinds().count("danger_raised") == 1
    assert there.kinds().count("paged") == 1
    over = subjects_and_words(settings, "astreinte@amont.example", "les appels s'arrêtent")
    assert "passée à Aval Habitat, qui appelle ses équipes d'astreinte" in over
    assert "écarté" not in over


def subjects_and_words(settings: Settings, to: str, subject: str) -> str:
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in Path(settings.mail_dir).glob("*")]
    wanted = [mail for mail in found if mail["To"] == to and subject in mail["Subject"]]
    return "\n".join(mail.get_body(("plain",)).get_content() for mail in wanted)


def test_a_danger_a_person_set_aside_is_not_raised_by_passing_it_on(case: Case, world: World) -> None:
    handling.add_from_tenant(case.member.id, case.id, GAS, case.ports)
    case.work_off()
    correct(case.member, case.id, case.ports, category="chauffage", urgency="normal", reason="Le gaz est coupé")
    passed = pass_on(case, world.second.id)
    work_off(world.second, case.ports)
    there = Case(case.app, world.second, case.ports, passed.complaint_id)
    assert "danger_raised" not in there.kinds()
    assert "paged" not in there.kinds()


def test_a_danger_written_just_before_it_is_passed_on_is_called_there(case: Case, world: World) -> None:
    handling.add_from_tenant(case.member.id, case.id, GAS, case.ports)
    handling.add_from_tenant(case.member.id, case.id, "Merci", case.ports)
    passed = pass_on(case, world.second.id)
    case.work_off()
    work_off(world.second, case.ports)
    there = Case(case.app, world.second, case.ports, passed.complaint_id)
    assert [data["text"] for data in there.events("tenant_wrote")] == [GAS]
    assert there.kinds().count("paged") == 1
    assert case.complaint().status == "closed"


def test_a_danger_follows_a_complaint_passed_on_twice_and_opens_it_again(case: Case, world: World) -> None:
    handling.add_from_tenant(case.member.id, case.id, GAS, case.ports)
    passed = pass_on(case, world.second.id)
    work_off(world.second, case.ports)
    back = pass_on(Case(case.app, world.second, case.ports, passed.complaint_id), world.first.id)
    steps.follow(back.member_id, back.complaint_id, case.ports)
    with member_transaction(case.member.id) as session:  # the rest of the first one waits, as behind a slow worker
        for step in session.scalars(select(OutboxStep).where(OutboxStep.complaint_id == case.id)):
            step.run_after = case.ports.clock.now() + timedelta(hours=1)
    work_off(world.first, case.ports)
    last = Case(case.app, world.first, case.ports, back.complaint_id)
    closing.close(last.member.id, last.id, last.member.agent_id, outcome="solved", sentence="Fini.", ports=case.ports)
    case.ports.clock.forward(timedelta(hours=1))
    work_off(world.first, case.ports)
    assert (last.complaint().status != "closed", last.complaint().urgency) == (True, "danger")
    assert last.kinds().count("reopened") == 1
    assert last.kinds().count("paged") == 1


def test_what_the_tenant_said_of_their_needs_is_passed_on_too(case: Case, world: World, settings: Settings) -> None:
    tenant = Tenant(email="roy@poste.example", needs=("mobilite_reduite",))
    sent = submission.Submission(COLD, "extranet", tenant, world.first.collective)
    first = submission.submit(case.member.id, sent, "une-fois", case.ports)
    one = Case(case.app, world.first, case.ports, first.complaint_id)
    one.work_off()
    passed = pass_on(one, world.second.id)
    with member_transaction(world.second.id) as session:
        assert session.get_one(Complaint, passed.complaint_id).needs == ["mobilite_reduite"]
    one.work_off()
    assert "ce que vous avez dit de vos besoins" in subjects_and_words(settings, "roy@poste.example", "passée à")


def test_closed_before_it_reaches_its_third_desk_nobody_is_named(case: Case) -> None:
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    case.work_off()
    case.transfer(TransferTarget(case.member.teams["on_call"]))
    with member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).assignee_id = None
    words = {"outcome": "solved", "sentence": "Réparé."}
    closing.close(case.member.id, case.id, case.member.agent_id, **words, ports=case.ports)
    case.work_off()
    assert (case.complaint().status, case.complaint().assignee_id) == ("closed", None)
