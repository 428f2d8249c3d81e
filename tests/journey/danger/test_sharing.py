"""Neighbours write of one danger: people are called about it once, hear how many there are, and nothing is silenced."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey import steps
from service.journey.closing import closing
from service.journey.danger import joining, paging
from service.journey.handling import handling
from service.journey.incidents import incident_desk, incident_opening
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact, Page
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.outbox import OutboxStep
from service.settings import Settings
from tests.incidents import incident_of, settle_in, the_one, write
from tests.reading import SURE, WORDS
from tests.work import correct, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

TRAPPED, SPARKS, FAINT = "Une personne est bloquée", "Des étincelles dans la cabine", "Un malaise dans la cabine"
MINUTE, FIVE = timedelta(minutes=1), timedelta(minutes=5)


class Stairs:
    """Neighbours of one residence, and the one person on duty, who has a telephone only."""

    def __init__(self, member: MemberWorld, ports: Ports, settings: Settings, count: int = 8) -> None:
        self.member, self.ports, self.settings = member, ports, settings
        self.homes = iter(settle_in(member, count).homes)
        with member_transaction(member.id) as session:
            session.add(OnCallContact(member_id=member.id, level=1, name="Paul Roy", phone="06 39 98 01 02"))

    def write(self, text: str = TRAPPED) -> UUID:
        return write(self.member, next(self.homes), text, self.ports)

    def work(self, wait: timedelta = timedelta()) -> None:
        self.ports.clock.forward(wait)
        work_off(self.member, self.ports)

    def wrote(self, text: str = TRAPPED, wait: timedelta = MINUTE) -> UUID:
        """Let one more neighbour write, and the workers do all there is to do, then let a moment pass."""
        found = self.write(text)
        self.work()
        self.work(wait)
        return found

    def texts(self, words: str = "DANGER") -> list[str]:
        found = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in Path(self.settings.sms_dir).glob("*")]
        return [text for text in found if words in text]

    def sent(self, purpose: str) -> list[Delivery]:
        with member_transaction(self.member.id) as session:
            return list(
                session.scalars(select(Delivery).where(Delivery.purpose == purpose).order_by(Delivery.event_id))
            )

    def page(self, complaint_id: UUID) -> Page:
        with member_transaction(self.member.id) as session:
            found = paging.last_page(session, complaint_id)
            assert found
            return found

    def calls(self, complaint_id: UUID) -> int:
        return self.page(complaint_id).rounds

    def kinds(self, complaint_id: UUID) -> list[str]:
        with member_transaction(self.member.id) as session:
            rows = select(Event.kind).where(Event.complaint_id == complaint_id).order_by(Event.id)
            return list(session.scalars(rows))

    def take(self, complaint_id: UUID) -> None:
        page = self.page(complaint_id)
        contact = self.sent("page")[0].data["contact"]
        paging.acknowledge(self.member.id, page.id, contact, "Paul Roy", self.ports)


@pytest.fixture(autouse=True)
def lift_in_danger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model read three dangers of one lift."""
    lift = replace(SURE, category="ascenseur", urgency="danger", danger="danger")
    for word, kind in (("bloquée", "trapped"), ("étincelles", "electric"), ("malaise", "health")):
        monkeypatch.setitem(WORDS, word, replace(lift, danger_types=(kind,)))


@pytest.fixture
def stairs(app: Flask, world: World, ports: Ports, settings: Settings) -> Stairs:
    with app.app_context():
        return Stairs(world.first, ports, settings)


def test_neighbours_of_one_danger_are_called_about_once(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first = stairs.wrote(wait=timedelta())
        others = [stairs.wrote(wait=timedelta()) for _ in range(3)]
        assert {incident_of(stairs.member, one) for one in others} == {incident_of(stairs.member, first)} != {None}
        for _ in range(3):
            stairs.work(FIVE)
        assert stairs.calls(first) == 4
        assert [stairs.calls(one) for one in others] == [0, 0, 0]
        assert {one.complaint_id for one in stairs.sent("page")} == {first}
        with member_transaction(stairs.member.id) as session:
            assert {session.get_one(Complaint, one).urgency for one in others} == {"danger"}


def test_those_who_write_within_a_minute_are_told_of_together(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        stairs.wrote(wait=timedelta())
        others = [stairs.wrote(wait=timedelta()) for _ in range(4)]
        assert stairs.sent("page_more") == []
        stairs.work(MINUTE)
        stairs.work(MINUTE)
        assert [one.data["households"] for one in stairs.sent("page_more")] == [5]
        (said,) = stairs.texts("5 foyers")
        assert "Quelqu'un y est en ce moment" in said
        assert "Tilleuls" not in said.partition("/astreinte/")[0]
        # One more, who may be in it too, is heard of: no step is crossed.
        stairs.wrote()
        assert [one.data["households"] for one in stairs.sent("page_more")] == [5, 6]
        assert stairs.kinds(others[0]).count("paged") in (1, 2)


def test_of_what_nobody_is_in_those_called_hear_the_steps_alone(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first = stairs.wrote(SPARKS)
        incident_opening.open_from(stairs.member.id, first, stairs.member.agent_id, stairs.ports)
        stairs.take(first)
        others = [stairs.wrote(SPARKS) for _ in range(7)]
        assert [one.data["households"] for one in stairs.sent("page_more")] == [2, 5]
        assert {stairs.page(one).acknowledged_by for one in others} == {"Paul Roy (astreinte)"}
        assert {stairs.calls(one) for one in others} == {0}
        assert [stairs.kinds(one).count("acknowledged") for one in others] == [1] * 7


def test_a_danger_of_another_kind_calls_by_itself_whoever_has_the_first(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first, sparks = stairs.wrote(), stairs.wrote(SPARKS)
        assert incident_of(stairs.member, sparks) == incident_of(stairs.member, first)
        stairs.take(first)
        stairs.work(MINUTE)
        assert stairs.page(sparks).acknowledged_at is None
        stairs.work(FIVE)
        assert stairs.calls(sparks) == 2
        more = stairs.wrote(SPARKS)
        assert stairs.calls(more) == 0


def test_what_is_added_of_another_kind_calls_at_once(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        stairs.wrote()
        other = stairs.wrote()
        assert stairs.calls(other) == 0
        handling.add_from_tenant(stairs.member.id, other, "Il y a une odeur de gaz", stairs.ports)
        stairs.work()
        assert stairs.calls(other) == 1


def test_what_happens_to_one_person_is_nobody_elses(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first = stairs.wrote(FAINT)
        incident_opening.open_from(stairs.member.id, first, stairs.member.agent_id, stairs.ports)
        stairs.take(first)
        second = stairs.wrote(FAINT)
        assert incident_of(stairs.member, second) == incident_of(stairs.member, first)
        assert stairs.calls(second) == 1


def test_a_sensitive_one_neither_follows_nor_leads(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first, other = stairs.wrote(), stairs.write()
        with member_transaction(stairs.member.id) as session:
            session.get_one(Complaint, other).is_marked = True
        stairs.work()
        assert incident_of(stairs.member, other) == incident_of(stairs.member, first)
        assert stairs.calls(other) == 1
        correct(stairs.member, first, stairs.ports)
        stairs.work()
        third = stairs.wrote()
        assert stairs.calls(third) == 1


@pytest.mark.parametrize("which", ["first", "other"])
def test_whoever_takes_one_takes_all_that_the_calls_stand_for(app: Flask, stairs: Stairs, which: str) -> None:
    with app.app_context():
        all_of_them = [stairs.wrote() for _ in range(3)]
        chosen = all_of_them[0] if which == "first" else all_of_them[2]
        for _ in range(2):
            paging.take(stairs.member.id, chosen, stairs.member.agent_id, stairs.ports)
        stairs.work()
        before = len(stairs.sent("page"))
        for _ in range(3):
            stairs.work(FIVE)
        assert len(stairs.sent("page")) == before
        assert {stairs.page(one).acknowledged_by for one in all_of_them} == {"Ana Vidal"}
        with member_transaction(stairs.member.id) as session:
            owners = {session.get_one(Complaint, one).assignee_id for one in all_of_them}
        assert owners == {stairs.member.agent_id}
        assert [stairs.kinds(one).count("acknowledged") for one in all_of_them] == [1, 1, 1]


def test_one_that_leaves_the_incident_calls_by_itself_unless_somebody_had_it(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first, other, third = [stairs.wrote() for _ in range(3)]
        incident_id = the_one(stairs.member).id
        incident_opening.unlink_one(stairs.member.id, incident_id, other, stairs.member.agent_id, stairs.ports)
        stairs.work()
        assert (stairs.calls(other), stairs.calls(third)) == (1, 0)
        stairs.take(first)
        stairs.work()
        incident_opening.unlink_one(stairs.member.id, incident_id, third, stairs.member.agent_id, stairs.ports)
        stairs.work(FIVE)
        assert stairs.calls(third) == 0


def test_an_incident_that_is_none_gives_each_its_calls_back(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        others = [stairs.wrote() for _ in range(3)][1:]
        incident_desk.dismiss(stairs.member.id, the_one(stairs.member).id, stairs.member.agent_id, stairs.ports)
        stairs.work()
        assert [stairs.calls(one) for one in others] == [1, 1]


@pytest.mark.parametrize("how", ["closed", "lowered", "resolved"])
def test_when_the_first_turns_out_to_be_none_the_calls_go_on(app: Flask, stairs: Stairs, how: str) -> None:
    with app.app_context():
        first, other, third = [stairs.wrote() for _ in range(3)]
        member, ports = stairs.member, stairs.ports
        if how == "closed":
            closing.close(member.id, first, member.agent_id, outcome="solved", sentence="Fini.", ports=ports)
        elif how == "lowered":
            correct(member, first, ports, category="ascenseur")
        else:
            incident_desk.resolve(member.id, the_one(member).id, member.agent_id, ending=None, ports=ports)
        stairs.work(FIVE)
        assert (stairs.calls(other), stairs.calls(third)) == ((1, 1) if how == "resolved" else (1, 0))


@pytest.mark.parametrize(("text", "hours"), [("SPARKS", 13), ("TRAPPED", 2)])
def test_a_danger_that_somebody_took_long_ago_is_called_about_again(
    app: Flask, stairs: Stairs, text: str, hours: int
) -> None:
    with app.app_context():
        words = globals()[text]
        first = stairs.wrote(words)
        if incident_of(stairs.member, first) is None:
            incident_opening.open_from(stairs.member.id, first, stairs.member.agent_id, stairs.ports)
        stairs.take(first)
        assert stairs.calls(stairs.wrote(words)) == 0
        stairs.work(timedelta(hours=hours))
        assert stairs.calls(stairs.wrote(words)) == 1


def test_a_danger_that_comes_back_calls_by_itself(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        first, other = stairs.wrote(), stairs.wrote()
        stairs.take(first)
        stairs.work(MINUTE)
        assert stairs.page(other).acknowledged_at
        handling.add_from_tenant(stairs.member.id, other, f"{TRAPPED} : encore", stairs.ports)
        stairs.work()
        assert stairs.calls(other) == 1


def test_those_called_before_anybody_knew_of_the_incident_are_called_about_once_from_then_on(
    app: Flask, stairs: Stairs
) -> None:
    with app.app_context():
        all_of_them = [stairs.wrote(SPARKS) for _ in range(3)]
        assert [stairs.calls(one) for one in all_of_them] == [1, 1, 1]
        incident_opening.open_from(stairs.member.id, all_of_them[1], stairs.member.agent_id, stairs.ports)
        stairs.work(FIVE)
        stairs.work(FIVE)
        assert [stairs.calls(one) for one in all_of_them] == [3, 1, 1]
        stairs.take(all_of_them[2])  # by the message of before
        stairs.work(FIVE)
        assert all(stairs.page(one).acknowledged_at for one in all_of_them)


def test_people_are_called_even_when_the_incident_cannot_be_looked_for(
    app: Flask, stairs: Stairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with app.app_context():
        monkeypatch.setattr(joining.incidents, "watch", broken)
        one = stairs.wrote()
        assert stairs.calls(one) == 1


def test_every_step_taken_again_changes_nothing(app: Flask, stairs: Stairs) -> None:
    with app.app_context():
        for _ in range(3):
            stairs.wrote()
        said, sent = [stairs.sent(one) for one in ("page", "page_more")], len(stairs.texts())
        with member_transaction(stairs.member.id) as session:
            for step in session.scalars(select(OutboxStep).where(OutboxStep.name.in_(("page", "deliver", "watch")))):
                step.done_at = None
        stairs.work()
        assert [len(one) for one in said] == [len(stairs.sent(one)) for one in ("page", "page_more")]
        assert len(stairs.texts()) == sent


def work_together(app: Flask, member: MemberWorld, ports: Ports) -> None:
    """Let several workers take what waits, the newest first, until nothing is left."""

    def take(step_id: UUID) -> None:
        with app.app_context():
            steps.run_step(member.id, step_id, ports)

    due = select(OutboxStep.id).where(OutboxStep.done_at.is_(None)).order_by(OutboxStep.event_id.desc())
    with ThreadPoolExecutor(4) as workers:
        while True:
            with app.app_context(), member_transaction(member.id) as session:
                waiting = session.scalars(due.where(OutboxStep.run_after <= ports.clock.now())).all()
            if not waiting:
                return
            list(workers.map(take, waiting))


def test_sixty_neighbours_at_once_and_several_workers_are_a_handful_of_calls(
    app: Flask, world: World, ports: Ports, settings: Settings, clock: SetClock
) -> None:
    with app.app_context():
        stairs = Stairs(world.first, ports, settings, 60)
        ids = [stairs.write() for _ in range(60)]
    for wait in (timedelta(), MINUTE, MINUTE, FIVE):
        clock.forward(wait)
        work_together(app, world.first, ports)
    with app.app_context():
        assert {incident_of(world.first, one) for one in ids} == {the_one(world.first).id}
        assert sum(stairs.calls(one) for one in ids) == 2
        assert [one.data["households"] for one in stairs.sent("page_more")] == [60]
        assert len(stairs.texts()) == 3
        (leading,) = [one for one in ids if stairs.calls(one)]
        stairs.take(leading)
    work_together(app, world.first, ports)
    with app.app_context(), member_transaction(world.first.id) as session:
        open_pages = select(Page.id).where(Page.acknowledged_at.is_(None))
        assert session.scalars(open_pages).all() == []
