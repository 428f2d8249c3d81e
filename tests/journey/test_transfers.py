"""Passing a complaint on: to a desk, an organisation, another member; and how often."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, update

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey import classification, closing, feedback, handling, referrals, steps, submission
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.transfers import TransferTarget
from service.models.complaint import Complaint, Event
from service.models.member import Member
from service.models.people import Staff
from service.models.submission import Referral
from service.settings import Settings
from tests.passing import COLD, Case, at_supplier
from tests.work import work_off
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
    assert case.complaint().assignee_id is None


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
    sent = submission.Submission(COLD, "extranet", submission.Tenant(), world.first.collective)
    first = submission.submit(case.member.id, sent, "une-fois", case.ports)
    one = Case(case.app, world.first, case.ports, first.complaint_id)
    steps.follow(case.member.id, one.id, case.ports)
    pass_on(one, world.second.id)
    again = submission.submit(case.member.id, sent, "une-fois", case.ports)
    assert (again.member_id, again.complaint_id, again.is_new) == (world.first.id, one.id, False)
