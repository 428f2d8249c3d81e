"""One complaint from the first word to the published figure, each step on real parts."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from service.adapters.clock import SetClock
from service.adapters.text_model import DownTextModel
from service.adapters.webhooks import RememberingCaller
from service.app import Seve
from service.domain.errors import NotAllowed
from service.domain.reading import UNKNOWN, Circumstances, Reading
from service.domain.status import EventKind, Status
from service.journey import reading, steps
from service.journey.closing import closing
from service.journey.feedback import feedback
from service.journey.handling import handling
from service.journey.ports import Mail, Ports
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.outbox import OutboxStep
from service.settings import Settings
from tests.reading import KeywordTextModel
from tests.work import add_webhook, correct, kinds, work_off
from tests.world import MemberWorld, World

_A_DAY = timedelta(days=1)
pytestmark = pytest.mark.services


def submit(client: FlaskClient, member: MemberWorld, text: str) -> dict[str, object]:
    body = {
        "text": text,
        "dwelling": {"reference": member.collective},
        "tenant": {"email": "locataire@poste.example"},
    }
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    result: dict[str, object] = answer.json
    return result


def mails(settings: Settings) -> dict[str, str]:
    """Return the plain text of each mail by its subject."""
    found = {}
    for path in Path(settings.mail_dir).glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        found[f"{message['To']} | {message['Subject']}"] = message.get_body(("plain",)).get_content()
    return found


def _take(member: MemberWorld, ports: Ports, name: str) -> None:
    """Take the waiting steps of one name, and no other."""
    with member_transaction(member.id) as session:
        waiting = session.scalars(
            select(OutboxStep.id).where(OutboxStep.done_at.is_(None), OutboxStep.name == name)
        ).all()
    assert waiting
    for step_id in waiting:
        steps.run_step(member.id, step_id, ports)


def test_one_complaint_from_form_to_feedback(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    assert answer["status"] == "routed"
    assert answer["routed_to"] == {
        "organisation": "Chaleur Picarde",
        "team": "Service technique",
        "kind": "supplier",
        "reason": "Le chauffage collectif est confié à Chaleur Picarde.",
    }
    assert answer["promised_answer_by"] == "2026-11-26"
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        work_off(member, ports)
        handling.answer(
            member.id, complaint_id, member.agent_id, text="Un chauffagiste passe demain matin.", seen=0, ports=ports
        )
        closing.close(
            member.id, complaint_id, member.agent_id, outcome="solved", sentence="La pompe est changée.", ports=ports
        )
        work_off(member, ports)
        feedback.give_feedback(member.id, complaint_id, score=9, solved="yes", comment="", ports=ports)
        assert kinds(member, complaint_id) == [
            "submitted", "classified", "routed", "delivered", "answered", "closed", "feedback_given",
        ]  # fmt: skip
    sent = mails(settings)
    reference = answer["reference"]
    assert sorted(sent) == [
        f"chaleur@amont.example | URGENT - Demande {reference} - Chauffage",
        f"locataire@poste.example | Une réponse à votre demande {reference}",
        f"locataire@poste.example | Votre demande {reference} est bien reçue",
        f"locataire@poste.example | Votre demande {reference} est terminée",
        f"technique@amont.example | [Urgent] Chauffage - demande {reference}",
    ]
    assert "radiateur" not in sent[f"chaleur@amont.example | URGENT - Demande {reference} - Chauffage"]


def test_not_solved_reopens_and_is_delivered_again(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        work_off(member, ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        work_off(member, ports)
        before = len(mails(settings))
        feedback.give_feedback(member.id, complaint_id, score=2, solved="no", comment="Toujours froid", ports=ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert complaint.status == Status.DELIVERED
            assert complaint.closed_at is None
    assert len(mails(settings)) == before + 2  # the team and the supplier are told anew


def test_every_step_may_run_twice_with_one_effect(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            deliveries = session.scalar(select(func.count()).select_from(Delivery))
            for step in session.scalars(select(OutboxStep).where(OutboxStep.name != "send")):
                step.done_at = None
        before = kinds(member, complaint_id)
        work_off(member, ports)
        assert kinds(member, complaint_id) == before
        with member_transaction(member.id) as session:
            assert session.scalar(select(func.count()).select_from(Delivery)) == deliveries


def test_a_delivery_that_fails_is_tried_again_then_given_to_a_named_person(
    app: Flask, client: FlaskClient, ports: Ports, world: World, caller: RememberingCaller
) -> None:
    member = world.first
    caller.is_down = True
    with app.app_context():
        with member_transaction(member.id) as session:
            add_webhook(session, member, ports, "https://si.example/seve")
        answer = submit(client, member, "L'ascenseur fait un bruit")
        complaint_id = UUID(str(answer["id"]))
        for _ in range(10):
            work_off(member, ports)
            ports.clock.forward(timedelta(hours=3))
        assert kinds(member, complaint_id).count(EventKind.DELIVERY_FAILED) == 1
        with member_transaction(member.id) as session:
            sheet = reading.sheet(session, complaint_id)
            assert [failure.attempts for failure in sheet.failures] == [7]
            assert [failure.given_to_id for failure in sheet.failures] == [member.supervisor_id]


def test_what_a_tenant_adds_is_relayed_and_a_danger_in_it_is_raised(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        work_off(member, ports)
        handling.add_from_tenant(member.id, complaint_id, "Maintenant une forte odeur de gaz", ports)
        handling.add_from_tenant(member.id, complaint_id, "Maintenant une forte odeur de gaz", ports)
        steps.follow(member.id, complaint_id, ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert (complaint.urgency, complaint.danger, complaint.category) == ("danger", "danger", "chauffage")
            assert "gas" in complaint.danger_types
            assert complaint.promised_answer_by.isoformat() == "2026-11-25"
        assert kinds(member, complaint_id).count("tenant_wrote") == 1  # the double click counts once
    sent = mails(settings)
    assert f"astreinte@amont.example | DANGER - demande {answer['reference']} - appel 1" in sent
    assert f"technique@amont.example | Le locataire complète la demande {answer['reference']}" in sent


def test_the_same_answer_sent_twice_from_one_page_leaves_once(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            seen = reading.sheet(session, complaint_id).events[-1].id
        for _ in range(2):
            handling.answer(member.id, complaint_id, member.agent_id, text="Demain.", seen=seen, ports=ports)
        assert kinds(member, complaint_id).count("answered") == 1
        with member_transaction(member.id) as session:
            seen = reading.sheet(session, complaint_id).events[-1].id
        handling.answer(member.id, complaint_id, member.agent_id, text="Demain.", seen=seen, ports=ports)
        assert kinds(member, complaint_id).count("answered") == 2  # said again on purpose, from a newer page


def test_a_correction_is_kept_and_routes_again(app: Flask, client: FlaskClient, ports: Ports, world: World) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        work_off(member, ports)
        correct(member, complaint_id, ports)
        steps.follow(member.id, complaint_id, ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert complaint.team_id == member.teams["tenancy"]
            assert complaint.status == Status.DELIVERED
            kept = session.scalars(select(Correction)).one()
            assert (kept.from_category, kept.to_category, kept.model_version) == ("chauffage", "loyer", "keywords")
            # The step of the model comes again: the person's word stays.
            for step in session.scalars(select(OutboxStep).where(OutboxStep.name == "classify")):
                step.done_at = None
        work_off(member, ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert (complaint.category, complaint.urgency) == ("loyer", "normal")


def test_confirming_what_is_known_sends_nothing_again(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        work_off(member, ports)
        handling.answer(member.id, complaint_id, member.agent_id, text="Demain.", seen=0, ports=ports)
        work_off(member, ports)
        before = len(mails(settings))
        for _ in range(2):
            correct(member, complaint_id, ports, category="chauffage", urgency="urgent", reason="C'est bien cela")
            steps.follow(member.id, complaint_id, ports)
            work_off(member, ports)
        assert kinds(member, complaint_id).count("corrected") == 1
        assert kinds(member, complaint_id).count("routed") == 1
        with member_transaction(member.id) as session:
            assert session.get_one(Complaint, complaint_id).status == Status.HANDLED
    assert len(mails(settings)) == before


def test_what_waits_for_the_desk_before_is_not_sent_there(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        _take(member, ports, "deliver")  # planned, not yet sent
        correct(member, complaint_id, ports)
        steps.follow(member.id, complaint_id, ports)
        work_off(member, ports)
    assert [subject for subject in mails(settings) if subject.startswith("chaleur@")] == []


def test_a_delivery_step_that_comes_after_a_new_routing_plans_nothing(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le loyer de novembre")["id"]))
    with app.app_context():
        correct(member, complaint_id, ports, category="chauffage", reason="Un radiateur")
        steps.follow(member.id, complaint_id, ports)  # routed twice, delivered not yet
        work_off(member, ports)
        assert kinds(member, complaint_id).count("delivered") == 1
        with member_transaction(member.id) as session:
            purposes = sorted(session.scalars(select(Delivery.purpose)))
        assert purposes == ["arrival", "handover", "received"]  # each once, for the last routing


def test_while_one_process_carries_a_mail_no_other_takes_it(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    sent: list[str] = []

    class Slow:
        """Takes its time: meanwhile the sweep wakes another worker for the same step."""

        def send(self, mail: Mail) -> None:
            sent.append(mail.key)
            with member_transaction(member.id) as session:
                waiting = session.scalars(select(OutboxStep.id).where(OutboxStep.done_at.is_(None))).all()
            for step_id in waiting:
                steps.run_step(member.id, step_id, replace(ports, mailer=Slow()))

    submit(client, member, "Le loyer de novembre")
    with app.app_context():
        work_off(member, replace(ports, mailer=Slow()))
    assert len(sent) == len(set(sent)) == 1


def test_a_supplier_who_lost_a_complaint_is_told_so_once(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Le radiateur du salon reste froid")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        work_off(member, ports)
        for category in ("loyer", "proprete"):
            correct(member, complaint_id, ports, category=category, reason="Autre chose")
            steps.follow(member.id, complaint_id, ports)
            work_off(member, ports)
        with member_transaction(member.id) as session:
            told = session.scalars(select(Delivery.recipient).where(Delivery.purpose == "withdrawn")).all()
        assert told == ["chaleur@amont.example"]
    words = mails(settings)[f"chaleur@amont.example | Demande {answer['reference']} - ne pas intervenir"]
    assert "merci de ne pas intervenir" in words


def test_another_ending_sent_from_a_page_left_open_is_refused(
    app: Flask, client: FlaskClient, ports: Ports, world: World
) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))

    def close(outcome: str) -> None:
        closing.close(member.id, complaint_id, member.agent_id, outcome=outcome, sentence="Réparé.", ports=ports)

    with app.app_context():
        work_off(member, ports)
        close("solved")
        close("solved")  # a double click
        with pytest.raises(NotAllowed):
            close("refused")
        assert kinds(member, complaint_id).count("closed") == 1


def test_an_answer_given_before_the_delivery_step_keeps_nothing_from_leaving(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    answer = submit(client, member, "Forte odeur de gaz dans l'escalier")
    complaint_id = UUID(str(answer["id"]))
    with app.app_context():
        handling.answer(member.id, complaint_id, member.agent_id, text="Sortez.", seen=0, ports=ports)
        work_off(member, ports)
        with member_transaction(member.id) as session:
            assert session.get_one(Complaint, complaint_id).status == Status.HANDLED
    assert f"astreinte@amont.example | DANGER - demande {answer['reference']} - appel 1" in mails(settings)


def test_a_danger_does_not_wait_for_a_model_that_is_down(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    app.extensions["seve"] = Seve(settings, replace(ports, text_model=DownTextModel()))
    danger = submit(client, member, "Forte odeur de gaz dans l'escalier")
    calm = submit(client, member, "Le radiateur du salon reste froid")
    assert (danger["status"], danger["classification"]) == ("routed", None)
    assert danger["routed_to"]["team"] == "Astreinte"
    assert calm["status"] == "submitted"
    with app.app_context():
        work_off(member, replace(ports, text_model=DownTextModel()))
        assert f"astreinte@amont.example | DANGER - demande {danger['reference']} - appel 1" in mails(settings)
        ports.clock.forward(timedelta(minutes=1))
        work_off(member, ports)  # the model is back
        assert "routed" in kinds(member, UUID(str(calm["id"])))


def test_a_danger_that_a_tenant_adds_is_not_lowered_by_a_later_reading(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    member = world.first
    app.extensions["seve"] = Seve(settings, replace(ports, text_model=DownTextModel()))
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        handling.add_from_tenant(member.id, complaint_id, "Et une forte odeur de gaz", ports)
        _take(member, ports, "relay")
        ports.clock.forward(timedelta(minutes=1))
        work_off(member, ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert (complaint.category, complaint.urgency, complaint.danger) == ("chauffage", "danger", "danger")
            assert complaint.team_id == member.teams["on_call"]


@pytest.mark.parametrize("level", ["check", "danger"])
@pytest.mark.parametrize("addition", ["heard again", "by the lexicon only"])
def test_a_danger_that_a_tenant_adds_again_is_not_lowered_by_a_reading_of_the_first_message(
    app: Flask, client: FlaskClient, ports: Ports, world: World, level: str, addition: str
) -> None:
    """The addition says the very level that the lexicon heard in the message; the model hears none in the message."""

    class Lexicon(DownTextModel):
        def danger_level(self, text: str) -> str:
            return "none" if text == "Merci" else level

    class Back(KeywordTextModel):
        danger_level = Lexicon.danger_level

        def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
            found = super().read(text, circumstances)
            return replace(found, danger=level) if text == "heard again" else found

    member, back = world.first, replace(ports, text_model=Back())
    raised, calm = (_waiting(app, client, member, replace(ports, text_model=Lexicon())) for _ in range(2))
    down = replace(ports, text_model=Lexicon())
    with app.app_context():
        handling.add_from_tenant(member.id, raised, addition, down)
        handling.add_from_tenant(member.id, calm, "Merci", down)
        _take(member, down, "relay")
        ports.clock.forward(timedelta(minutes=1))
        work_off(member, back)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, raised)
            assert (complaint.category, complaint.danger) == ("chauffage", level)
            assert (complaint.urgency == "danger") == (level == "danger")
            assert session.get_one(Complaint, calm).danger == "none"  # the model knows better what the lexicon is worth


def _waiting(app: Flask, client: FlaskClient, member: MemberWorld, down: Ports) -> UUID:
    """Submit a message in which the lexicon hears something, and leave it unsorted."""
    app.extensions["seve"] = Seve(app.extensions["seve"].settings, down)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "AT_ONCE", ())
        return UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))


def test_whatever_an_adapter_did_not_foresee_ends_with_a_person(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings
) -> None:
    class Broken:
        def send(self, mail: Mail) -> None:
            raise ZeroDivisionError(mail.key)

    member = world.first
    broken = replace(ports, mailer=Broken())
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        for _ in range(20):
            work_off(member, broken)
            ports.clock.forward(_A_DAY)
        with member_transaction(member.id) as session:
            sheet = reading.sheet(session, complaint_id)
        assert {failure.last_error for failure in sheet.failures} == {"ZeroDivisionError"}
        assert {failure.attempts for failure in sheet.failures} == {7}
        # The receipt, the team, the supplier, and one word to the person for each of them; no word about a word.
        assert len(sheet.failures) == 6
    assert settings


def test_reopening_promises_anew(app: Flask, client: FlaskClient, ports: Ports, world: World, clock: SetClock) -> None:
    member = world.first
    complaint_id = UUID(str(submit(client, member, "Le radiateur du salon reste froid")["id"]))
    with app.app_context():
        work_off(member, ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        clock.forward(timedelta(days=12))
        feedback.give_feedback(member.id, complaint_id, score=None, solved="no", comment="", ports=ports)
        with member_transaction(member.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert complaint.first_answered_at is None
            assert complaint.promised_answer_by.isoformat() == "2026-12-08"
