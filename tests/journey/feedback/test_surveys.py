"""Two days after the end, one question by mail; never twice, never against somebody's word, never at night."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.feedback import ASK_AFTER, QUIET, REMIND_AFTER, Answers
from service.domain.news import fits
from service.journey.closing import closing
from service.journey.delivery.packing import pack
from service.journey.feedback import feedback, surveys
from service.journey.news.personal_links import UNSUBSCRIBE, url_of
from service.journey.parcels import Mail, Parcel, Sms
from service.journey.ports import Ports
from service.journey.submission.sent import hash_of
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.feedback import Feedback, OptOut
from tests.work import correct, work_off
from tests.world import World

pytestmark = pytest.mark.services

SOON = ASK_AFTER + timedelta(minutes=1)


@dataclass
class Case:
    """The first member's households and what they were asked."""

    app: Flask
    client: FlaskClient
    world: World
    ports: Ports
    clock: SetClock

    def closed(self, outcome: str = "solved", **tenant: object) -> UUID:
        """Return a complaint that ends now."""
        sent = {
            "text": "Le radiateur est froid",
            "tenant": {"email": "ada@exemple.fr", "preferred_channel": "email"} | tenant,
        }
        made = self.client.post("/api/v1/complaints", json=sent, headers=self.world.first.bearer)
        assert made.status_code == 201, made.json
        complaint_id = UUID(made.json["id"])
        self.close(complaint_id, outcome)
        return complaint_id

    def close(self, complaint_id: UUID, outcome: str = "solved") -> None:
        member = self.world.first
        with self.app.app_context():
            correct(member, complaint_id, self.ports)
            work_off(member, self.ports)
            closing.close(
                member.id, complaint_id, member.agent_id, outcome=outcome, sentence="Réglé.", ports=self.ports
            )
            work_off(member, self.ports)

    def later(self, wait: timedelta) -> int:
        """Let time pass and the clock tick; return how many were asked."""
        self.clock.forward(wait)
        with self.app.app_context():
            return surveys.ask_due(self.ports)

    def asked(self) -> list[tuple[str, str, str]]:
        with self.app.app_context(), member_transaction(self.world.first.id) as session:
            told = select(Delivery).where(Delivery.purpose.in_(("survey", "survey_reminder")))
            return [
                (one.purpose, one.channel, one.recipient) for one in session.scalars(told.order_by(Delivery.event_id))
            ]

    def work(self) -> None:
        with self.app.app_context():
            work_off(self.world.first, self.ports)

    def mails(self) -> list[str]:
        return [path.read_text(errors="replace") for path in self.app.extensions["seve"].settings.mail_dir.glob("*")]


@pytest.fixture
def case(app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock) -> Case:
    return Case(app, client, world, ports, clock)


def test_two_days_after_the_end_and_not_before(case: Case) -> None:
    case.closed()
    assert case.later(ASK_AFTER - timedelta(minutes=1)) == 0
    assert case.later(timedelta(minutes=2)) == 1
    assert case.asked() == [("survey", "email", "ada@exemple.fr")]


def test_a_second_tick_asks_nobody_again(case: Case) -> None:
    complaint_id = case.closed()
    assert [case.later(SOON), case.later(timedelta(minutes=1)), case.later(timedelta(minutes=1))] == [1, 0, 0]
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        assert session.get_one(Complaint, complaint_id).surveyed_at is not None


def test_two_clocks_at_once_ask_once(case: Case) -> None:
    for _ in range(4):
        case.closed()
    case.clock.forward(SOON)
    together = threading.Barrier(3)

    def tick() -> None:
        with case.app.app_context():
            together.wait()
            surveys.ask_due(case.ports)

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case.later(timedelta(minutes=1))
    assert case.asked() == [("survey", "email", "ada@exemple.fr")]


def test_killed_in_the_middle_nothing_is_half_done(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        case.closed(email=f"voisin{number}@exemple.fr")
    real, count = surveys.plan, iter(range(9))

    def dies_at_the_second(*args: object, **named: object) -> None:
        if next(count) == 1:
            raise KeyboardInterrupt
        real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(surveys, "plan", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        case.later(SOON)
    assert case.asked() == []
    assert case.later(timedelta(minutes=1)) == 3
    assert len(case.asked()) == 3


@pytest.mark.parametrize(
    "same",
    [
        {"reference": "LOC-7", "email": "b@exemple.fr"},
        {"email": "Ada@exemple.fr"},
        {"email": "b@exemple.fr", "phone": "+33 6 12 34 56 78"},
    ],
)
def test_one_household_is_asked_once_a_quarter_whatever_it_is_known_by(case: Case, same: dict[str, str]) -> None:
    case.closed(reference="LOC-7", phone="06 12 34 56 78")
    assert case.later(SOON) == 1
    case.closed(**same)
    assert case.later(SOON + timedelta(days=1)) == 0
    case.closed(**same)
    # The quarter is over two days after this one ended.
    assert case.later(QUIET) == 0, "what ended long ago is not asked of any more"
    case.closed(**same)
    assert case.later(ASK_AFTER + timedelta(days=1)) == 1


def test_two_complaints_of_one_household_that_end_together_are_asked_of_once(case: Case) -> None:
    case.closed()
    case.closed()
    case.closed(email="voisine@exemple.fr")
    assert case.later(SOON) == 2
    assert sorted(recipient for _, _, recipient in case.asked()) == ["ada@exemple.fr", "voisine@exemple.fr"]


@pytest.mark.parametrize(
    ("tenant", "asked"),
    [
        ({"preferred_channel": "sms", "phone": "06 12 34 56 78"}, [("survey", "sms", "+33612345678")]),
        ({"preferred_channel": "post"}, []),
        ({"preferred_channel": "phone", "phone": "06 12 34 56 78"}, []),
        ({"email": None, "preferred_channel": "email"}, []),
    ],
)
def test_asked_as_the_household_prefers_or_not_at_all(
    case: Case, tenant: dict[str, str], asked: list[tuple[str, str, str]]
) -> None:
    case.closed(**tenant)
    case.later(SOON)
    assert case.asked() == asked


def test_an_address_that_wants_no_more_is_left_alone(case: Case) -> None:
    case.closed()
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        now = case.clock.now()
        whose = hash_of("ada@exemple.fr")
        session.add(OptOut(member_id=case.world.first.id, address_hash=whose, purpose="survey", at=now))
    assert case.later(SOON) == 0


def test_a_survey_refused_by_mail_is_not_sent_by_text_message(case: Case) -> None:
    case.closed(phone="0612345678")
    case.later(SOON)
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        letter = session.scalars(select(Delivery).where(Delivery.purpose == "survey")).one()
    link = url_of(letter, UNSUBSCRIBE, case.ports).removeprefix("http://localhost")
    assert case.client.post(link).status_code == 200
    case.clock.forward(QUIET + timedelta(days=1))  # a Saturday: asked on the Monday
    # Both by its address and, where that is not given again, by its number.
    case.closed(phone="06 12 34 56 78", preferred_channel="sms")
    case.closed(phone="+33612345678", email=None, preferred_channel="sms")
    assert case.later(SOON) == 0
    case.client.post(link, data={"encore": "1"})
    assert case.later(timedelta(minutes=1)) == 1


@pytest.mark.parametrize(("hours", "asked"), [(6, 1), (7, 0), (12, 0), (92, 0), (93, 1)])
def test_nobody_is_asked_early_or_late(case: Case, hours: float, asked: int) -> None:
    case.closed()
    # The clock stands at noon on a Wednesday: two days later is a Friday, 92 hours after that a Tuesday at eight.
    assert case.later(SOON + timedelta(hours=hours)) == asked


def test_nobody_is_asked_on_a_saturday_but_on_the_monday_after(case: Case) -> None:
    case.closed()
    assert case.later(timedelta(days=3)) == 0
    assert case.later(timedelta(days=2)) == 1


def test_what_is_open_again_is_not_asked_of(case: Case) -> None:
    complaint_id = case.closed()
    with case.app.app_context():
        feedback.give_feedback(case.world.first.id, complaint_id, score=None, solved="no", comment="", ports=case.ports)
    assert case.later(SOON) == 0


def test_what_was_judged_already_is_not_asked_of(case: Case) -> None:
    complaint_id = case.closed()
    with case.app.app_context():
        feedback.give_feedback(case.world.first.id, complaint_id, score=8, solved=None, comment="", ports=case.ports)
    assert case.later(SOON) == 0


@pytest.mark.parametrize("outcome", ["passed_on", "withdrawn"])
def test_what_goes_on_elsewhere_or_was_withdrawn_is_not_asked_of(case: Case, outcome: str) -> None:
    complaint_id = case.closed()
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        session.get_one(Complaint, complaint_id).outcome = outcome
    assert case.later(SOON) == 0


def test_one_reminder_after_five_days_and_no_other(case: Case) -> None:
    case.closed()
    case.later(SOON)
    case.work()
    assert case.later(REMIND_AFTER - timedelta(minutes=5)) == 0
    # Five days after a Friday is a Wednesday.
    assert case.later(timedelta(minutes=5)) == 1
    assert [case.later(timedelta(days=day)) for day in (1, 1, 4, 7)] == [0, 0, 0, 0]
    assert [purpose for purpose, _, _ in case.asked()] == ["survey", "survey_reminder"]


def test_those_who_refuse_reminders_keep_no_other_from_theirs(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveys, "AT_ONCE", 1)
    case.closed(email="first@exemple.fr")
    assert case.later(SOON) == 1
    case.closed(email="second@exemple.fr")
    assert case.later(timedelta(days=3)) == 1
    case.work()
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        whose, now = hash_of("first@exemple.fr"), case.clock.now()
        session.add(OptOut(member_id=case.world.first.id, address_hash=whose, purpose="survey", at=now))
    assert case.later(timedelta(days=7)) == 1
    assert case.asked()[-1] == ("survey_reminder", "email", "second@exemple.fr")


@pytest.mark.parametrize("answer", [{"score": 3, "solved": None}, {"score": None, "solved": "no"}])
def test_who_answered_is_not_reminded(case: Case, answer: dict[str, object]) -> None:
    complaint_id = case.closed()
    case.later(SOON)
    case.work()
    with case.app.app_context():
        feedback.give_feedback(case.world.first.id, complaint_id, **answer, comment="", ports=case.ports)  # type: ignore[arg-type]
    assert case.later(REMIND_AFTER) == 0


def test_what_did_not_arrive_is_not_said_again(case: Case) -> None:
    case.closed()
    case.later(SOON)
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        survey = session.scalars(select(Delivery).where(Delivery.purpose == "survey")).one()
        survey.status = "given_up"
    assert case.later(REMIND_AFTER) == 0


def test_a_survey_that_waited_is_not_sent_once_the_complaint_is_open_again(case: Case) -> None:
    complaint_id = case.closed()
    case.later(SOON)
    before = len(case.mails())
    with case.app.app_context():
        feedback.give_feedback(case.world.first.id, complaint_id, score=None, solved="no", comment="", ports=case.ports)
    case.work()
    assert not [mail for mail in case.mails()[before:] if "/avis?note=" in mail]
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        assert session.scalars(select(Delivery.status).where(Delivery.purpose == "survey")).one() == "cancelled"


def test_the_first_score_counts_and_the_rest_is_kept_once(case: Case) -> None:
    complaint_id, member = case.closed(), case.world.first
    with case.app.app_context():
        feedback.give_feedback(member.id, complaint_id, score=8, solved=None, comment="", ports=case.ports)
        feedback.complete(member.id, complaint_id, Answers(visit="yes", work=4, comment="Bien"), case.ports)
        feedback.complete(member.id, complaint_id, Answers(visit="no", work=1, informed=2, comment="Mal"), case.ports)
        with member_transaction(member.id) as session:
            row = session.scalars(select(Feedback)).one()
            assert (row.score, row.visit, row.work, row.courtesy, row.informed, row.comment) == (
                8, "yes", 4, None, 2, "Bien",
            )  # fmt: skip


def test_the_mail_asks_with_eleven_equal_links_and_one_way_out(case: Case) -> None:
    case.closed(name="Ada Petit")
    case.later(SOON)
    mail = packed(case)
    assert isinstance(mail, Mail)
    assert [mail.text.count(f"/avis?note={score}\n") for score in range(11)] == [1] * 11
    assert [mail.html.count(f'/avis?note={score}"') for score in range(11)] == [1] * 11
    assert "/avis?regle=no" in mail.text
    assert mail.unsubscribe in mail.text
    assert mail.unsubscribe.startswith("http://localhost/desabonner/")
    assert not any(word in mail.subject for word in ("Ada", "Petit", "radiateur"))


def test_the_text_message_is_one_message_with_the_link_and_no_name(case: Case) -> None:
    case.closed(preferred_channel="sms", phone="06 12 34 56 78", name="Ada Petit")
    case.later(SOON)
    text = packed(case)
    assert isinstance(text, Sms)
    assert fits(text.text)
    assert "/avis" in text.text
    assert "Petit" not in text.text


def packed(case: Case) -> Parcel:
    with case.app.app_context(), member_transaction(case.world.first.id) as session:
        survey = session.scalars(select(Delivery).where(Delivery.purpose == "survey")).one()
        return pack(session, survey, None, case.ports)
