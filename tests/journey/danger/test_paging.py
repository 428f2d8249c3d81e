"""Calls to those on duty: whom, when, until whom; nothing here waits for a working hour."""

import json
import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, update

from service.adapters.clock import SetClock
from service.adapters.webhooks import RememberingCaller
from service.domain.errors import BadInput
from service.domain.status import EventKind
from service.journey import steps
from service.journey.clocks import clocks
from service.journey.closing import closing
from service.journey.danger import paging
from service.journey.delivery import planning, sending
from service.journey.delivery.sending import Outcome
from service.journey.handling import handling
from service.journey.inbox import lists, pages
from service.journey.parcels import Mail, Parcel
from service.journey.ports import OutsideFailed, Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact, Page
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Team
from service.models.outbox import OutboxStep
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import submit
from tests.work import add_webhook, correct, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

GAS = "Il y a une odeur de gaz dans la cuisine, Mme Petit"
FIVE, QUARTER = timedelta(minutes=5), timedelta(minutes=15)


class Danger:
    """A danger at the first member, and what went out because of it."""

    def __init__(
        self, app: Flask, client: FlaskClient, member: MemberWorld, settings: Settings, text: str = GAS
    ) -> None:
        self.ports: Ports = app.extensions["seve"].ports
        self.member, self.settings = member, settings
        sent = submit(client, member, text, name="Mme Petit", email="petit@poste.example")
        self.id, self.reference = UUID(str(sent["id"])), str(sent["reference"])

    def work(self, wait: timedelta = timedelta()) -> None:
        self.ports.clock.forward(wait)
        work_off(self.member, self.ports)

    def events(self, kind: EventKind) -> list[Event]:
        with member_transaction(self.member.id) as session:
            rows = select(Event).where(Event.complaint_id == self.id, Event.kind == kind).order_by(Event.id)
            return list(session.scalars(rows))

    @property
    def rounds(self) -> list[tuple[int, list[str]]]:
        return [(event.data["level"], event.data["to"]) for event in self.events(EventKind.PAGED)]

    @property
    def page(self) -> Page:
        with member_transaction(self.member.id) as session:
            found = paging.last_page(session, self.id)
            assert found
            return found

    def mails(self, words: str) -> list[tuple[str, str]]:
        """Return the recipient and the plain text of the mails whose subject holds some words."""
        found = []
        for path in Path(self.settings.mail_dir).glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if words in mail["Subject"]:
                found.append((mail["To"], mail.get_body(("plain",)).get_content()))
        return found

    def texts(self) -> list[dict[str, str]]:
        files = Path(self.settings.sms_dir).glob("*.json")
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]

    def call(self, *levels: tuple[int, str, str | None, str | None]) -> None:
        with member_transaction(self.member.id) as session:
            for level, name, email, phone in levels:
                session.add(OnCallContact(member_id=self.member.id, level=level, name=name, email=email, phone=phone))

    def key(self, recipient: str) -> str:
        """Return the key of the contact called at an address."""
        with member_transaction(self.member.id) as session:
            rows = select(Delivery).where(Delivery.purpose == "page", Delivery.recipient == recipient)
            return str(session.scalars(rows).first().data["contact"])


@pytest.fixture
def danger(app: Flask, client: FlaskClient, world: World, settings: Settings) -> Danger:
    return Danger(app, client, world.first, settings)


def test_whoever_is_called_for_a_sensitive_one_reads_where_and_no_subject(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.call((1, "Paul Roy", "roy@amont.example", "06 39 98 01 02"))
        with member_transaction(danger.member.id) as session:
            session.get_one(Complaint, danger.id).is_marked = True
        danger.work()
        ((_, body),) = danger.mails(" - appel ")
        (message,) = danger.texts()
    for said in (body, message["text"]):
        assert "Tilleuls" in said  # whoever is called has to go there, perhaps without a network
        assert not re.search("Objet|Sujet", said)


def test_calls_go_on_level_after_level_until_somebody_answers(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.work()
        assert [(to, "Prendre en charge" in body) for to, body in danger.mails("DANGER")] == [
            ("astreinte@amont.example", True)
        ]
        for _ in range(4):
            danger.work(FIVE)
        everybody = ["Astreinte", "Rémi Sorel"]
        assert danger.rounds == [
            (1, ["Astreinte"]), (1, ["Astreinte"]), (2, ["Rémi Sorel"]), (2, ["Rémi Sorel"]), (3, everybody),
        ]  # fmt: skip
        danger.work(FIVE)
        assert len(danger.rounds) == 5  # from now on every quarter of an hour
        for _ in range(3):
            danger.work(QUARTER)
        assert danger.rounds[5:] == [(3, everybody)] * 3


@pytest.mark.parametrize(
    "evening",
    [
        datetime(2027, 3, 26, 18, 0, tzinfo=PARIS),  # a Friday before Easter Monday
        datetime(2026, 12, 25, 18, 0, tzinfo=PARIS),  # a Friday, and Christmas Day
        datetime(2027, 1, 1, 3, 0, tzinfo=PARIS),
    ],
)
def test_a_danger_calls_at_any_hour_and_is_due_that_night(
    app: Flask, client: FlaskClient, world: World, settings: Settings, clock: SetClock, evening: datetime
) -> None:
    clock.at = evening
    danger = Danger(app, client, world.first, settings)
    with app.app_context():
        danger.work()
        assert len(danger.mails("DANGER")) == 1
        with member_transaction(danger.member.id) as session:
            complaint = session.get_one(Complaint, danger.id)
            assert complaint.due_at == evening + timedelta(hours=4)
            assert complaint.promised_answer_by == evening.date()
            views = {view: lists.Filters(view=view) for view in ("late", "due_today")}
            assert pages.counts(session, views, evening + timedelta(hours=5)) == {"late": 1, "due_today": 0}
        for _ in range(4):
            danger.work(FIVE)
        # Nobody looks for two days and more, holiday or not: the clock's sweep finds the next round by its hour.
        clock.forward(timedelta(days=2, hours=12))
        assert steps.sweep(danger.ports) >= 1
        danger.work()
        assert len(danger.rounds) == 6


def test_named_contacts_come_before_the_team_and_the_supervisors(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.call(
            (1, "Paul Roy", "roy@amont.example", "06 39 98 01 02"), (1, "Zoé Blanc", None, "06 39 98 03 04"),
            (2, "Inès Faure", "faure@amont.example", None),
        )  # fmt: skip
        danger.work()
        danger.work(FIVE)
        danger.work(FIVE)
        assert danger.rounds == [(1, ["Paul Roy", "Zoé Blanc"])] * 2 + [(2, ["Inès Faure"])]
        danger.work(FIVE)
        danger.work(FIVE)
        assert danger.rounds[-1] == (3, ["Inès Faure", "Paul Roy", "Zoé Blanc", "Astreinte", "Rémi Sorel"])


def test_a_text_message_says_where_and_nothing_of_who(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.call((1, "Paul Roy", None, "06 39 98 01 02"))
        danger.work()
        (message,) = danger.texts()
    assert message["to"] == "06 39 98 01 02"
    said = message["text"]
    for words in ("DANGER", danger.reference, "Amiens", "03 53 01 00 00", "http://localhost/astreinte/"):
        assert words in said, words
    assert not re.search("Petit|odeur|gaz|cuisine|Roy|Tilleuls", said.partition("/astreinte/")[0])


def test_the_member_s_own_systems_are_told_once_a_level(app: Flask, danger: Danger, caller: RememberingCaller) -> None:
    with app.app_context():
        with member_transaction(danger.member.id) as session:
            add_webhook(session, danger.member, danger.ports, "https://erp.example/hook")
        danger.work()
        danger.work(FIVE)
        assert [json.loads(call.body)["type"] for call in caller.calls].count("complaint.danger") == 1
        danger.work(FIVE)
        assert [json.loads(call.body)["type"] for call in caller.calls].count("complaint.danger") == 2


def test_one_word_stops_the_calls_and_tells_the_others(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.call(
            (1, "Paul Roy", "roy@amont.example", "06 39 98 01 02"), (2, "Inès Faure", "faure@amont.example", None)
        )
        danger.work()
        danger.work(FIVE)
        danger.work(FIVE)
        key = danger.key("faure@amont.example")
        paging.acknowledge(danger.member.id, danger.page.id, key, "  Inès   Faure ", danger.ports)
        paging.acknowledge(danger.member.id, danger.page.id, key, "Inès Faure", danger.ports)  # a double click
        danger.work()
        for _ in range(3):
            danger.work(QUARTER)
        assert len(danger.rounds) == 3
        (said,) = danger.events(EventKind.ACKNOWLEDGED)
        assert (said.actor, said.data) == ("Inès Faure (astreinte)", {"by": "Inès Faure (astreinte)"})
        assert danger.page.acknowledged_by == "Inès Faure (astreinte)"
        (over,) = danger.mails("les appels s'arrêtent")
        assert over[0] == "roy@amont.example"
        assert "Inès Faure (astreinte) s'en occupe" in over[1]
        stopped = [message for message in danger.texts() if "les appels s'arretent" in message["text"]]
        assert [message["to"] for message in stopped] == ["06 39 98 01 02"]
        assert "Faure" not in stopped[0]["text"]
        assert clocks.recompute(danger.member.id, danger.ports, write=False) == []


@pytest.mark.parametrize(("name", "code"), [(" ", "blank"), ("x" * 81, "too_long"), ("a\x00b", "unstorable")])
def test_a_name_that_says_nothing_is_refused(app: Flask, danger: Danger, name: str, code: str) -> None:
    with app.app_context():
        danger.work()
        with pytest.raises(BadInput) as refusal:
            paging.acknowledge(
                danger.member.id, danger.page.id, danger.key("astreinte@amont.example"), name, danger.ports
            )
        assert (refusal.value.code, refusal.value.field) == (code, "name")
        assert danger.page.acknowledged_at is None


def test_a_colleague_takes_it_from_the_complaint_itself(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.work()
        for _ in range(2):
            paging.take(danger.member.id, danger.id, danger.member.agent_id, danger.ports)
        danger.work(QUARTER)
        assert len(danger.rounds) == 1
        assert [event.data["by"] for event in danger.events(EventKind.ACKNOWLEDGED)] == ["Ana Vidal"]
        with member_transaction(danger.member.id) as session:
            assert session.get_one(Complaint, danger.id).assignee_id == danger.member.agent_id
        assert [to for to, _ in danger.mails("les appels s'arrêtent")] == ["astreinte@amont.example"]


@pytest.mark.parametrize("how", ["corrected", "closed"])
def test_a_danger_set_aside_or_over_stops_the_calls(app: Flask, danger: Danger, how: str) -> None:
    with app.app_context():
        danger.work()
        if how == "corrected":
            correct(danger.member, danger.id, danger.ports, urgency="normal")
        else:
            closing.close(
                danger.member.id, danger.id, danger.member.agent_id, outcome="solved", sentence="Fini.",
                ports=danger.ports,
            )  # fmt: skip
        danger.work()
        danger.work(QUARTER)
        assert len(danger.rounds) == 1
        assert danger.page.acknowledged_by == "Ana Vidal"
        (over,) = danger.mails("les appels s'arrêtent")
        assert "le danger est écarté, ou la demande est terminée" in over[1]


def test_a_danger_somebody_has_is_called_again_only_when_there_is_a_new_one(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.work()
        paging.take(danger.member.id, danger.id, danger.member.agent_id, danger.ports)
        danger.ports.clock.forward(FIVE)
        correct(danger.member, danger.id, danger.ports, category="chauffage", urgency="danger")
        danger.work()
        assert len(danger.rounds) == 1
        handling.add_from_tenant(danger.member.id, danger.id, "Maintenant une forte odeur de gaz", danger.ports)
        danger.work()
        assert len(danger.rounds) == 2
        assert danger.page.rounds == 1
        # Lowered, then raised again by a person: somebody new has to come.
        danger.ports.clock.forward(FIVE)
        correct(danger.member, danger.id, danger.ports, category="chauffage", urgency="normal")
        danger.work(FIVE)
        correct(danger.member, danger.id, danger.ports, category="chauffage", urgency="danger")
        danger.work()
        assert danger.page.acknowledged_at is None
        assert len(danger.rounds) == 3


def test_a_round_made_twice_calls_once(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.work()
        with member_transaction(danger.member.id) as session:
            for step in session.scalars(select(OutboxStep).where(OutboxStep.name.in_(("page", "deliver")))):
                step.done_at = None
        danger.work()
        assert len(danger.rounds) == 1
        danger.work(FIVE)
        assert len(danger.rounds) == 2


def test_a_round_that_breaks_off_leaves_nothing_half_done_and_is_made_again(
    app: Flask, danger: Danger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with app.app_context():
        monkeypatch.setattr(paging, "plan", broken)
        with pytest.raises(ZeroDivisionError):
            danger.work()
        assert danger.rounds == []
        monkeypatch.setattr(paging, "plan", planning.plan)
        danger.work(timedelta(seconds=31))
        assert len(danger.rounds) == 1


def test_a_gateway_that_is_down_keeps_no_mail_and_no_round_waiting(app: Flask, danger: Danger) -> None:
    class Down:
        def send(self, _: object) -> None:
            raise OutsideFailed("sms gateway answered 503")

    with app.app_context():
        danger.call((1, "Paul Roy", "roy@amont.example", "06 39 98 01 02"))
        up, danger.ports = danger.ports, replace(danger.ports, sms=Down())
        danger.work()
        assert [to for to, _ in danger.mails("DANGER")] == ["roy@amont.example"]
        danger.work(FIVE)
        assert len(danger.rounds) == 2
        assert danger.texts() == []
        danger.ports = up
        danger.work(timedelta(minutes=2))
        assert len(danger.texts()) == 2  # tried again like any other message


def test_with_nobody_to_call_it_is_said_by_name_of_nobody_and_goes_on(
    app: Flask, client: FlaskClient, world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    owner = create_engine(settings.database_owner_url)
    with owner.begin() as connection:
        connection.execute(update(Team).where(Team.member_id == world.first.id).values(email=None))
        connection.execute(update(Staff).where(Staff.role == "supervisor").values(is_active=False))
    owner.dispose()
    danger = Danger(app, client, world.first, settings)
    with app.app_context(), caplog.at_level(logging.ERROR):
        danger.work()
        danger.work(FIVE)
        assert danger.rounds == []
        (note,) = danger.events(EventKind.NOTED)
        assert "Personne n'a pu être appelé" in note.data["text"]
        assert f"page_reaches_nobody {danger.id}" in caplog.text
        danger.call((1, "Paul Roy", "roy@amont.example", None))
        danger.work(FIVE)
        danger.work(FIVE)
        assert danger.rounds[0][1] == ["Paul Roy"]


def test_another_member_s_danger_calls_nobody_here(app: Flask, danger: Danger, world: World) -> None:
    with app.app_context():
        danger.work()
        with member_transaction(world.second.id) as session:
            assert session.scalars(select(Page)).all() == []


def test_a_new_danger_is_called_even_when_the_clocks_of_two_machines_disagree(app: Flask, danger: Danger) -> None:
    with app.app_context():
        danger.work()
        danger.ports.clock.forward(timedelta(minutes=3))
        paging.take(danger.member.id, danger.id, danger.member.agent_id, danger.ports)
        danger.ports.clock.forward(timedelta(seconds=-2))  # written on another machine, two seconds behind
        handling.add_from_tenant(danger.member.id, danger.id, "Encore une odeur de gaz", danger.ports)
        danger.work()
        danger.work(timedelta(seconds=2))
        assert len(danger.rounds) == 2
        assert danger.page.acknowledged_at is None


def test_whoever_is_being_called_when_somebody_takes_it_hears_that_it_is_over(
    app: Flask, danger: Danger, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry, called = sending.carry, []

    def carry_and_be_too_late(parcel: Parcel, ports: Ports) -> Outcome:
        outcome = carry(parcel, ports)
        if isinstance(parcel, Mail) and "DANGER" in parcel.subject:
            called.append(parcel.to)
            paging.take(danger.member.id, danger.id, danger.member.agent_id, ports)
        return outcome

    monkeypatch.setattr(sending, "carry", carry_and_be_too_late)
    with app.app_context():
        danger.work()
        danger.work()
    assert called == ["astreinte@amont.example"]
    assert [to for to, _ in danger.mails("les appels s'arrêtent")] == called


def test_a_danger_written_just_before_the_end_opens_it_again_and_calls(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    calm = Danger(app, client, world.first, settings, "Le radiateur reste froid")
    with app.app_context():
        calm.work()
        handling.add_from_tenant(calm.member.id, calm.id, GAS, calm.ports)
        closing.close(
            calm.member.id, calm.id, calm.member.agent_id, outcome="solved", sentence="Fini.", ports=calm.ports
        )
        calm.work()
        assert [len(calm.events(kind)) for kind in (EventKind.REOPENED, EventKind.DANGER_RAISED)] == [1, 1]
        assert len(calm.rounds) == 1
        # What was heard and called is not heard again: the next end stands.
        closing.close(
            calm.member.id, calm.id, calm.member.agent_id, outcome="solved", sentence="Aéré.", ports=calm.ports
        )
        with member_transaction(calm.member.id) as session:
            for step in session.scalars(select(OutboxStep).where(OutboxStep.name == "relay")):
                step.done_at = None
        calm.work()
        assert len(calm.events(EventKind.REOPENED)) == 1


def test_harmless_words_written_just_before_the_end_open_nothing(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    calm = Danger(app, client, world.first, settings, "Le radiateur reste froid")
    with app.app_context():
        calm.work()
        handling.add_from_tenant(calm.member.id, calm.id, "Merci, il chauffe", calm.ports)
        closing.close(
            calm.member.id, calm.id, calm.member.agent_id, outcome="solved", sentence="Fini.", ports=calm.ports
        )
        calm.work()
        assert calm.events(EventKind.REOPENED) == []
        assert calm.rounds == []
