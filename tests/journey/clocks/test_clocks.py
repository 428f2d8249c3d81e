"""Clocks on real complaints: what is kept for lists is always what the events say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, update

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed
from service.domain.reading import UNKNOWN, Circumstances, Reading
from service.domain.status import EventKind
from service.journey import steps
from service.journey.clocks import clocks, extension
from service.journey.closing import closing
from service.journey.events import record
from service.journey.feedback import feedback
from service.journey.handling import handling
from service.journey.inbox import lists, pages
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.clock import Target
from service.models.complaint import Complaint, Event
from service.models.member import ClosureDay, Member
from service.settings import Settings
from tests.faces.test_staff import submit
from tests.reading import KeywordTextModel
from tests.work import correct, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

COLD = "Le radiateur reste froid"  # urgent, in winter, and given to a supplier
LIFT = "L'ascenseur fait un bruit"  # normal
JOURNEYS, MOVES = 6, 9


class Case:
    """One complaint of the first member, and what is kept of its clocks."""

    def __init__(self, app: Flask, client: FlaskClient, member: MemberWorld, text: str = LIFT) -> None:
        self.app, self.member = app, member
        self.ports: Ports = app.extensions["seve"].ports
        sent = submit(client, member, text, email="locataire@poste.example")
        self.id, self.reference = UUID(str(sent["id"])), str(sent["reference"])

    @property
    def complaint(self) -> Complaint:
        with member_transaction(self.member.id) as session:
            return session.get_one(Complaint, self.id)

    @property
    def due(self) -> tuple[str | None, datetime | None]:
        found = self.complaint
        return found.due_clock, found.due_at.astimezone(PARIS) if found.due_at else None

    def events(self, kind: EventKind) -> list[Event]:
        with member_transaction(self.member.id) as session:
            rows = select(Event).where(Event.complaint_id == self.id, Event.kind == kind).order_by(Event.id)
            return list(session.scalars(rows))

    def answer(self, text: str = "Un technicien passe demain.") -> None:
        handling.answer(self.member.id, self.id, self.member.agent_id, text=text, seen=0, ports=self.ports)

    def ask(self, text: str = "Depuis quand ?") -> bool:
        return handling.ask(self.member.id, self.id, self.member.agent_id, text=text, seen=0, ports=self.ports)

    def close(self) -> None:
        closing.close(
            self.member.id, self.id, self.member.agent_id, outcome="solved", sentence="Réparé.", ports=self.ports
        )

    def extend(self, days: int = 5, reason: str = "La pièce est commandée.") -> None:
        extension.extend(self.member.id, self.id, self.member.agent_id, days=days, reason=reason, ports=self.ports)

    def tenant_writes(self, text: str = "Depuis hier") -> None:
        handling.add_from_tenant(self.member.id, self.id, text, self.ports)

    def listed_in(self, view: str) -> bool:
        with member_transaction(self.member.id) as session:
            found = pages.page(session, lists.Filters(view=view), self.ports.clock.now()).complaints
        return self.id in {one.id for one in found}


@pytest.fixture
def case(app: Flask, client: FlaskClient, world: World) -> Case:
    return Case(app, client, world.first)


def at(day: int, hour: int = 17, minute: int = 30, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def mails(settings: Settings, purpose: str) -> list[str]:
    """Return the plain text of the mails whose subject holds some words."""
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*")]
    return [mail.get_body(("plain",)).get_content() for mail in found if purpose in mail["Subject"]]


def test_a_reading_freezes_the_delays_in_the_history(app: Flask, client: FlaskClient, world: World) -> None:
    case = Case(app, client, world.first, COLD)
    with app.app_context():
        (frozen,) = case.events(EventKind.TARGETS_SET)
        assert frozen.data["targets"]["first_answer"] == [24, "hours"]
        assert frozen.data["is_vital"]
        assert "première réponse : 24 heures" in frozen.data["words"]
        assert case.due == ("first_answer", at(26, 12, 0, 11))
        assert case.complaint.promised_answer_by == date(2026, 11, 26)


def test_a_message_nobody_has_read_is_due_already(app: Flask, case: Case) -> None:
    with app.app_context():
        assert case.due == ("read", at(27, month=11))
        handling.assign(case.member.id, case.id, case.member.agent_id, case.member.agent_id, case.ports)
        assert case.due == ("first_answer", at(2))
        case.answer()
        assert case.due == ("full_answer", at(9))
        case.close()
        assert case.due == (None, None)


def test_a_member_s_own_delays_count_for_what_is_read_from_then_on(
    app: Flask, client: FlaskClient, world: World
) -> None:
    before = Case(app, client, world.first)
    with app.app_context(), member_transaction(world.first.id) as session:
        for clock, amount in (("read", 4), ("first_answer", 3)):
            session.add(
                Target(member_id=world.first.id, clock=clock, category=None, urgency=None, amount=amount,
                       unit="working_days")
            )  # fmt: skip
    after, elsewhere = Case(app, client, world.first), Case(app, client, world.second)
    with app.app_context():
        assert before.due == ("read", at(27, month=11))
        assert after.due == ("first_answer", at(30, month=11))
        assert after.complaint.promised_answer_by == date(2026, 11, 30)
        assert elsewhere.due == ("read", at(27, month=11))
        assert clocks.recompute(world.first.id, before.ports, write=False) == []


def test_closure_days_and_the_zone_of_a_member_count(
    app: Flask, client: FlaskClient, world: World, settings: Settings, clock: SetClock
) -> None:
    owner = create_engine(settings.database_owner_url)
    with owner.begin() as connection:
        connection.execute(update(Member).where(Member.id == world.first.id).values(holiday_zone="alsace_moselle"))
    owner.dispose()
    with app.app_context(), member_transaction(world.first.id) as session:
        session.add(ClosureDay(member_id=world.first.id, day=date(2027, 3, 30), label="Inventaire"))
    clock.at = datetime(2027, 3, 25, 11, tzinfo=PARIS)  # a Thursday before Good Friday and Easter Monday
    first, second = Case(app, client, world.first), Case(app, client, world.second)
    with app.app_context():
        assert first.due[1] == datetime(2027, 4, 1, 17, 30, tzinfo=PARIS)
        assert second.due[1] == datetime(2027, 3, 30, 17, 30, tzinfo=PARIS)


def test_a_question_makes_the_delay_wait_for_the_tenant(
    app: Flask, case: Case, clock: SetClock, settings: Settings
) -> None:
    with app.app_context():
        work_off(case.member, case.ports)
        assert case.ask()
        case.ask()  # a double click
        assert len(case.events(EventKind.ASKED)) == 1
        assert case.due == (None, None)
        assert case.listed_in("waiting")
        work_off(case.member, case.ports)
        (letter,) = mails(settings, "question")
        assert "Depuis quand ?" in letter
        clock.forward(timedelta(days=7))
        assert not case.listed_in("late")
        case.tenant_writes()
        assert case.due == ("first_answer", at(9))  # five working days later than the 2nd
        assert not case.listed_in("waiting")
        assert case.complaint.promised_answer_by == date(2026, 12, 2)


def test_a_lost_essential_service_does_not_wait_for_the_tenant(app: Flask, client: FlaskClient, world: World) -> None:
    case = Case(app, client, world.first, COLD)
    with app.app_context():
        work_off(case.member, case.ports)
        assert case.ask() is False
        assert case.due == ("first_answer", at(26, 12, 0, 11))


def test_a_tenant_who_never_answers_is_waited_for_twenty_working_days(app: Flask, case: Case, clock: SetClock) -> None:
    with app.app_context():
        work_off(case.member, case.ports)
        case.ask()
        clock.at = datetime(2026, 12, 23, 17, 29, tzinfo=PARIS)
        assert clocks.resume_due(case.member.id, case.ports) == 0
        clock.forward(timedelta(minutes=1))
        assert clocks.recompute(case.member.id, case.ports, write=False) == [case.reference]
        assert clocks.resume_due(case.member.id, case.ports) == 1
        assert clocks.resume_due(case.member.id, case.ports) == 0
        assert case.due == ("first_answer", at(31))


def test_the_full_answer_is_put_back_once_and_the_tenant_reads_why(app: Flask, case: Case, settings: Settings) -> None:
    with app.app_context():
        work_off(case.member, case.ports)
        with pytest.raises(NotAllowed):
            case.extend()  # nothing was answered yet
        case.answer()
        for days, reason in ((0, "Non"), (11, "Non"), (5, " ")):
            with pytest.raises(BadInput):
                case.extend(days, reason)
        case.extend()
        assert case.due == ("full_answer", at(16))
        with pytest.raises(NotAllowed):
            case.extend()
        (told,) = case.events(EventKind.EXTENDED)
        assert (told.audience, told.data["until"]) == ("tenant", "2026-12-16")
        work_off(case.member, case.ports)
        (letter,) = mails(settings, "délai de plus")
        assert "mercredi 16 décembre 2026" in letter
        assert "La pièce est commandée." in letter


def test_a_correction_sets_other_delays_and_never_loosens_a_promise(app: Flask, case: Case, clock: SetClock) -> None:
    with app.app_context():
        clock.forward(timedelta(days=1))
        correct(case.member, case.id, case.ports, category="loyer", urgency="urgent")
        assert case.due == ("first_answer", at(27, month=11))  # from when it was known, the day after
        assert case.complaint.promised_answer_by == date(2026, 11, 27)
        correct(case.member, case.id, case.ports, category="loyer", urgency="faible")
        assert case.due == ("first_answer", at(2))
        assert case.complaint.promised_answer_by == date(2026, 11, 27)


def test_what_changes_no_delay_adds_no_line_to_the_history(app: Flask, case: Case) -> None:
    with app.app_context():
        work_off(case.member, case.ports)
        for words in ("Une forte odeur de gaz", "Toujours une odeur de gaz"):
            case.tenant_writes(words)
            work_off(case.member, case.ports)
        assert len(case.events(EventKind.DANGER_RAISED)) == 2
        assert [event.data["urgency"] for event in case.events(EventKind.TARGETS_SET)] == ["normal", "danger"]


def test_an_organisation_that_the_rules_chose_has_its_delay_at_once(app: Flask, case: Case) -> None:
    with app.app_context():
        correct(case.member, case.id, case.ports, category="chauffage", urgency="normal")
        steps.follow(case.member.id, case.id, case.ports)
        assert case.due == ("handover", at(27, month=11))


def test_what_another_module_writes_is_reckoned_by_a_step(app: Flask, client: FlaskClient, world: World) -> None:
    case = Case(app, client, world.first, COLD)
    with app.app_context():
        work_off(case.member, case.ports)
        case.answer()
        assert case.due[0] == "full_answer"
        correct(case.member, case.id, case.ports, category="chauffage", urgency="danger")
        steps.follow(case.member.id, case.id, case.ports)
        with member_transaction(case.member.id) as session:
            complaint = session.get_one(Complaint, case.id)
            said = {"organisation": "Chaleur Picarde", "team": "Service technique", "reason": "Contrat."}
            record(session, complaint, EventKind.TRANSFERRED, at=case.ports.clock.now(), actor="Ana Vidal", data=said)
        case.ports.clock.forward(timedelta(seconds=1))
        work_off(case.member, case.ports)
        assert case.due == ("handover", at(25, 16, 0, 11))
        with member_transaction(case.member.id) as session:
            complaint = session.get_one(Complaint, case.id)
            said = {"organisation": "Chaleur Picarde"}
            record(
                session, complaint, EventKind.ACCEPTED, at=case.ports.clock.now(), actor="Chaleur Picarde", data=said
            )
        work_off(case.member, case.ports)
        assert case.due[0] == "full_answer"


def test_a_reopened_complaint_is_due_anew(app: Flask, case: Case, clock: SetClock) -> None:
    with app.app_context():
        work_off(case.member, case.ports)
        case.close()
        clock.forward(timedelta(days=12))
        feedback.give_feedback(case.member.id, case.id, score=None, solved="no", comment="", ports=case.ports)
        assert case.due == ("read", at(9))
        assert case.complaint.promised_answer_by == date(2026, 12, 14)
        work_off(case.member, case.ports)
        assert clocks.recompute(case.member.id, case.ports, write=False) == []


def test_open_complaints_of_an_older_version_are_given_what_is_due(app: Flask, case: Case) -> None:
    with app.app_context():
        with member_transaction(case.member.id) as session:
            session.get_one(Complaint, case.id).due_at = None
        assert clocks.resume_due(case.member.id, case.ports) == 1
        assert case.due == ("read", at(27, month=11))


def test_kept_and_made_anew_are_the_same_whatever_happens(
    app: Flask, client: FlaskClient, world: World, clock: SetClock
) -> None:
    cases = [Case(app, client, world.first, text) for text in (LIFT, COLD) for _ in range(JOURNEYS // 2)]
    with app.app_context():
        work_off(world.first, cases[0].ports)
        for seed, case in enumerate(cases):
            random = Random(seed)
            for move in range(MOVES):
                clock.forward(timedelta(hours=random.randrange(1, 90)))
                clocks.resume_due(world.first.id, case.ports)
                _move(random, case, move)
                work_off(world.first, case.ports)
                assert clocks.recompute(world.first.id, case.ports, write=False) == [], (seed, move)


def _move(random: Random, case: Case, number: int) -> None:
    """Do one thing of a complaint's life, if it may be done now."""
    moves: tuple[Callable[[], object], ...] = (
        lambda: case.ask(f"Question {number}"),
        lambda: case.tenant_writes(f"Message {number}"),
        lambda: case.answer(f"Réponse {number}"),
        case.close,
        case.extend,
        lambda: correct(case.member, case.id, case.ports, urgency=random.choice(("normal", "urgent", "danger"))),
        lambda: feedback.give_feedback(case.member.id, case.id, score=None, solved="no", comment="", ports=case.ports),
    )
    try:
        random.choice(moves)()
    except NotAllowed:
        return


class WaryTextModel(KeywordTextModel):
    """Finds in everything something to check."""

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
        return replace(super().read(text, circumstances), danger="check")


def test_words_to_check_added_later_tighten_what_is_due(app: Flask, client: FlaskClient, world: World) -> None:
    with app.app_context():
        case = Case(app, client, world.first, "Une question sur mes charges")
        work_off(case.member, case.ports)
        before = case.complaint
        assert (before.danger, case.events(EventKind.TARGETS_SET)[-1].data["urgency"]) == ("none", "normal")
        case.tenant_writes("Une odeur bizarre dans le couloir")
        work_off(case.member, replace(case.ports, text_model=WaryTextModel()))
        after = case.complaint
        assert (after.danger, after.urgency) == ("check", before.urgency)
        assert case.events(EventKind.TARGETS_SET)[-1].data["urgency"] == "urgent"
        assert before.due_at is not None
        assert after.due_at is not None
        assert after.due_at < before.due_at
        assert after.promised_answer_by <= before.promised_answer_by
