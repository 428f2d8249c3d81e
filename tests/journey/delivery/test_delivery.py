"""What leaves, by which way, how often, and whose it is when it does not arrive."""

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.adapters.webhooks import RememberingCaller
from service.domain.drops import COLUMNS
from service.domain.errors import NotAllowed, NotFound
from service.domain.status import EventKind
from service.journey import steps
from service.journey.closing import closing
from service.journey.delivery import dead_letters, endpoints, packing, sending
from service.journey.delivery.planning import Channel, plan, plan_alone
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import EndpointSecret
from service.models.outbox import OutboxStep
from service.settings import Settings
from tests.work import correct, kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

URL = "https://si.example/seve"
WORDS = "Le radiateur du salon reste froid, mon voisin Armand aussi"


@dataclass
class Desk:
    """One member, its extranet and its workers."""

    member: MemberWorld
    client: FlaskClient
    ports: Ports
    caller: RememberingCaller
    settings: Settings
    clock: SetClock

    def add(self, kind: str, address: str, **owner: UUID) -> UUID:
        new = endpoints.NewEndpoint(kind, address, **owner)  # type: ignore[arg-type]
        return endpoints.add(self.member.id, new, self.ports).endpoint_id

    def submit(self, text: str = WORDS) -> UUID:
        body = {
            "text": text,
            "dwelling": {"reference": self.member.collective},
            "tenant": {"name": "Camille Inventée", "email": "camille@poste.example", "phone": "06 00 00 00 00"},
        }
        answer = self.client.post("/api/v1/complaints", json=body, headers=self.member.bearer)
        assert answer.status_code == 201
        self.work()
        return UUID(answer.json["id"])

    def work(self) -> None:
        work_off(self.member, self.ports)

    def try_until_it_ends(self) -> None:
        for _ in range(10):
            self.work()
            self.clock.forward(timedelta(hours=3))

    def deliveries(self, **by: object) -> list[Delivery]:
        with member_transaction(self.member.id) as session:
            rows = session.scalars(select(Delivery).filter_by(**by).order_by(Delivery.event_id)).all()
            session.expunge_all()
            return list(rows)

    def bodies(self, url: str = URL) -> list[dict[str, Any]]:
        return [json.loads(call.body) for call in self.caller.calls if call.url == url]

    def files(self, folder: str = "gmao") -> list[Path]:
        return sorted((self.settings.drop_dir / self.member.slug / folder).glob("*"))


@pytest.fixture
def desk(
    app: Flask, client: FlaskClient, ports: Ports, world: World, caller: RememberingCaller, settings: Settings,
    clock: SetClock,
) -> Iterator[Desk]:  # fmt: skip
    with app.app_context():
        yield Desk(world.first, client, ports, caller, settings, clock)


def row_of(path: Path) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";")
    return row


def test_each_endpoint_is_told_of_what_is_its_own_and_of_nothing_else(desk: Desk) -> None:
    member = desk.member
    desk.add("webhook", "https://tout.example/")
    desk.add("webhook", "https://technique.example/", team_id=member.teams["technical"])
    desk.add("webhook", "https://loyers.example/", team_id=member.teams["tenancy"])
    desk.add("webhook", "https://chaleur.example/", organisation_id=member.supplier_id)
    desk.submit()  # collective heating: the technical team follows what the supplier does
    assert sorted(call.url for call in desk.caller.calls) == [
        "https://chaleur.example/", "https://technique.example/", "https://tout.example/",
    ]  # fmt: skip
    desk.submit("Le loyer de novembre")
    assert sorted(call.url for call in desk.caller.calls[3:]) == ["https://loyers.example/", "https://tout.example/"]


def test_mails_and_calls_are_the_steps_of_different_workers(desk: Desk) -> None:
    """A machine that hangs holds up no mail, and neither holds up a message on its way to a desk."""
    for kind, address in (("webhook", URL), ("folder", "gmao")):
        desk.add(kind, address)
    desk.submit()
    with member_transaction(desk.member.id) as session:
        ways = session.execute(
            select(OutboxStep.name, Delivery.channel).join(Delivery, Delivery.id == OutboxStep.delivery_id).distinct()
        ).all()
    assert sorted((steps.LANES[name], channel) for name, channel in ways) == [
        ("calls", "folder"), ("calls", "webhook"), ("mail", "email"),
    ]  # fmt: skip


def test_a_call_says_what_happened_and_never_a_name_or_a_word_of_the_tenant(desk: Desk) -> None:
    desk.add("webhook", URL)
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    complaint_id = desk.submit()
    handling.answer(desk.member.id, complaint_id, desk.member.agent_id, text="Demain.", seen=0, ports=desk.ports)
    closing.close(
        desk.member.id, complaint_id, desk.member.agent_id, outcome="solved", sentence="Réparé.", ports=desk.ports
    )
    desk.work()
    assert [body["type"] for body in desk.bodies()] == ["complaint.routed", "complaint.answered", "complaint.closed"]
    assert desk.bodies()[-1]["data"]["outcome"] == "solved"
    assert [body["type"] for body in desk.bodies("https://chaleur.example/")] == ["complaint.routed"]
    for call in desk.caller.calls:
        for word in ("radiateur", "Armand", "Camille", "camille@", "06 00", "Demain", "Réparé", desk.member.collective):
            assert word not in call.body


def test_each_try_carries_the_same_identifier_and_the_moment_of_the_event(desk: Desk) -> None:
    desk.add("webhook", URL)
    desk.submit()
    step_ids = _steps_again(desk)
    desk.clock.forward(timedelta(minutes=5))
    desk.work()
    assert step_ids
    first, second = desk.caller.calls
    assert first.key == second.key
    assert first.body == second.body
    assert first.at < second.at  # the signature is of the try


def _steps_again(desk: Desk) -> list[UUID]:
    """Let calls that arrived be made again, as when a process died before it wrote so."""
    with member_transaction(desk.member.id) as session:
        for delivery in session.scalars(select(Delivery).where(Delivery.endpoint_id.is_not(None))):
            delivery.status = "waiting"
        made = session.scalars(select(OutboxStep).where(OutboxStep.name == "call")).all()
        for step in made:
            step.done_at = None
        return [step.id for step in made]


def test_planning_twice_sends_once(desk: Desk) -> None:
    desk.add("webhook", URL)
    desk.add("folder", "gmao")
    complaint_id = desk.submit()
    before = len(desk.deliveries())
    with member_transaction(desk.member.id) as session:
        for step in session.scalars(select(OutboxStep).where(OutboxStep.name.in_(("deliver", "notify")))):
            step.done_at = None
        event = session.scalars(select(Event).where(Event.complaint_id == complaint_id)).first()
        assert event
        for _ in range(2):
            plan(session, event, Channel("digest", "email", "a@b.example"), desk.ports)
            plan_alone(session, desk.member.id, "digest-1", Channel("endpoint_failed", "email", "a@b.example"),
                       desk.ports)  # fmt: skip
        session.rollback()
    desk.work()
    assert len(desk.deliveries()) == before
    assert len(desk.caller.calls) == 1


def test_a_file_is_dropped_without_the_tenants_words(desk: Desk) -> None:
    desk.add("folder", "gmao")
    complaint_id = desk.submit()
    (delivery,) = desk.deliveries(channel="folder")
    assert [path.name for path in desk.files()] == [f"{delivery.id}.csv"]
    row = row_of(desk.files()[0])
    assert tuple(row) == COLUMNS
    assert (row["status"], row["event"], row["serviceCode"]) == ("open", "requested", "chauffage")
    assert row["location.assetReference"] == desk.member.collective
    written = desk.files()[0].read_text(encoding="utf-8")
    for word in ("radiateur", "Armand", "Camille", "06 00"):
        assert word not in written
    closing.close(
        desk.member.id, complaint_id, desk.member.agent_id, outcome="solved", sentence="Réparé.", ports=desk.ports
    )
    desk.work()
    assert {row_of(path)["event"] for path in desk.files()} == {"requested", "done"}


def test_a_file_says_where_a_sensitive_complaint_is_and_not_what_about(desk: Desk) -> None:
    desk.add("folder", "gmao")
    complaint_id = desk.submit()
    with member_transaction(desk.member.id) as session:
        session.get_one(Complaint, complaint_id).is_marked = True
    closing.close(
        desk.member.id, complaint_id, desk.member.agent_id, outcome="solved", sentence="Réparé.", ports=desk.ports
    )
    desk.work()
    (row,) = [row for row in map(row_of, desk.files()) if row["event"] == "done"]
    assert row["serviceCode"] == ""
    assert row["description"]
    assert "hauffage" not in row["description"]


def test_words_leave_in_a_file_only_where_the_rule_lets_them_and_compute_nothing(desk: Desk) -> None:
    desk.add("folder", "chaleur", organisation_id=desk.member.supplier_id)
    desk.submit("=HYPERLINK(1) le radiateur reste froid")
    assert row_of(desk.files("chaleur")[0])["description"].startswith("Chauffage")
    with member_transaction(desk.member.id) as session:
        for delivery in session.scalars(select(Delivery).where(Delivery.channel == "folder")):
            delivery.with_text = True
    _steps_again(desk)
    desk.clock.forward(timedelta(minutes=5))
    desk.work()
    assert row_of(desk.files("chaleur")[0])["description"] == "'=HYPERLINK(1) le radiateur reste froid"


def test_whoever_lost_a_complaint_is_told_the_way_it_was_told(desk: Desk) -> None:
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    complaint_id = desk.submit()
    for category in ("loyer", "proprete"):
        correct(desk.member, complaint_id, desk.ports, category=category, reason="Autre chose")
        steps.follow(desk.member.id, complaint_id, desk.ports)
        desk.work()
    types = [body["type"] for body in desk.bodies("https://chaleur.example/")]
    assert types == ["complaint.routed", "complaint.withdrawn"]


def test_what_was_tried_and_is_replaced_is_tried_no_more_and_taken_back(desk: Desk) -> None:
    """A call whose answer was lost may have arrived: it is taken back all the same."""
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    desk.caller.is_down = True
    complaint_id = desk.submit()
    correct(desk.member, complaint_id, desk.ports, category="loyer", reason="Autre chose")
    steps.follow(desk.member.id, complaint_id, desk.ports)
    desk.work()
    desk.caller.is_down = False
    desk.clock.forward(timedelta(minutes=10))
    desk.work()
    assert [body["type"] for body in desk.bodies("https://chaleur.example/")] == ["complaint.withdrawn"]
    (handover,) = desk.deliveries(purpose="handover", channel="webhook")
    assert handover.status == "cancelled"


def test_given_back_before_it_was_taken_back_nothing_says_to_stay_away(desk: Desk) -> None:
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    complaint_id = desk.submit()
    desk.caller.is_down = True
    for category in ("loyer", "chauffage"):
        correct(desk.member, complaint_id, desk.ports, category=category, reason="Autre chose")
        steps.follow(desk.member.id, complaint_id, desk.ports)
        desk.work()
    desk.caller.is_down = False
    desk.clock.forward(timedelta(minutes=10))
    desk.work()
    assert [body["type"] for body in desk.bodies("https://chaleur.example/")] == ["complaint.routed"] * 2


def test_open311_has_no_word_for_taking_back_so_the_authority_is_written_to(desk: Desk) -> None:
    endpoint_id = desk.add("open311", "https://ville.example/open311/v2", organisation_id=desk.member.supplier_id)
    complaint_id = desk.submit()
    with member_transaction(desk.member.id) as session:
        given = session.scalars(select(Delivery).where(Delivery.endpoint_id == endpoint_id)).one()
        given.status = "sent"
        mail = session.scalars(select(Delivery).where(Delivery.purpose == "handover", Delivery.channel == "email"))
        mail.one().status = "cancelled"
    correct(desk.member, complaint_id, desk.ports)
    steps.follow(desk.member.id, complaint_id, desk.ports)
    desk.work()
    told = desk.deliveries(purpose="withdrawn")
    assert [(one.channel, one.recipient, one.status) for one in told] == [("email", "chaleur@amont.example", "sent")]


def test_a_broken_seal_is_given_to_a_person_at_once_and_harms_no_other(desk: Desk) -> None:
    endpoint_id = desk.add("webhook", URL)
    desk.add("webhook", "https://gmao.example/")
    with member_transaction(desk.member.id) as session:
        secret = session.scalars(select(EndpointSecret).where(EndpointSecret.endpoint_id == endpoint_id)).one()
        secret.sealed = "gAAAAA"
    complaint_id = desk.submit()
    (failed,) = desk.deliveries(status="given_up")
    assert (failed.last_error, failed.given_to_id) == ("seal broken", desk.member.supervisor_id)
    assert [call.url for call in desk.caller.calls] == ["https://gmao.example/"]
    assert kinds(desk.member, complaint_id).count(EventKind.DELIVERY_FAILED) == 1
    desk.try_until_it_ends()
    assert kinds(desk.member, complaint_id).count(EventKind.DELIVERY_FAILED) == 1


def test_what_breaks_off_in_our_own_hands_ends_with_a_person_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret words")

    desk.add("webhook", URL)
    monkeypatch.setitem(packing.FOR_ENDPOINTS, "webhook", broken)
    body = {"text": WORDS, "dwelling": {"reference": desk.member.collective}}
    desk.client.post("/api/v1/complaints", json=body, headers=desk.member.bearer)
    for _ in range(12):
        for _ in range(20):
            _take_one(desk)
        desk.clock.forward(timedelta(hours=3))
    (failed,) = desk.deliveries(channel="webhook")
    assert (failed.status, failed.last_error) == ("given_up", "KeyError")
    assert failed.given_to_id == desk.member.supervisor_id


def _take_one(desk: Desk) -> None:
    with member_transaction(desk.member.id) as session:
        step_id = session.scalars(
            select(OutboxStep.id).where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= desk.clock.now()).limit(1)
        ).first()
    if step_id:
        try:
            steps.run_step(desk.member.id, step_id, desk.ports)
        except KeyError:
            return


def test_a_supplier_not_reached_is_the_work_of_who_follows_the_complaint(desk: Desk) -> None:
    desk.add("webhook", URL, organisation_id=desk.member.supplier_id)
    desk.caller.is_down = True
    complaint_id = desk.submit()
    with member_transaction(desk.member.id) as session:
        session.get_one(Complaint, complaint_id).assignee_id = desk.member.agent_id
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    assert failed.given_to_id == desk.member.agent_id
    told = desk.deliveries(purpose="failed")
    assert [(one.recipient, one.status) for one in told] == [("agente@amont.example", "sent")]


def test_sent_again_it_starts_anew_once_under_the_same_identifier(desk: Desk) -> None:
    desk.add("webhook", URL)
    desk.caller.is_down = True
    desk.submit()
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    assert failed.attempts == 7
    desk.caller.is_down = False
    assert dead_letters.replay(desk.member.id, failed.id, desk.ports)
    assert not dead_letters.replay(desk.member.id, failed.id, desk.ports)  # the second click
    desk.work()
    (sent,) = desk.deliveries(channel="webhook")
    assert (sent.status, sent.attempts, sent.given_to_id) == ("sent", 1, None)
    assert [call.key for call in desk.caller.calls] == [str(failed.id)]


def test_everything_of_one_endpoint_is_sent_again_and_nothing_of_another(desk: Desk) -> None:
    ids = [desk.add("webhook", url) for url in (URL, "https://gmao.example/")]
    desk.caller.is_down = True
    for _ in range(3):
        desk.submit()
    desk.try_until_it_ends()
    assert len(desk.deliveries(status="given_up")) == 6
    desk.caller.is_down = False
    assert dead_letters.replay_all(desk.member.id, ids[0], desk.ports) == 3
    assert dead_letters.replay_all(desk.member.id, ids[0], desk.ports) == 0
    desk.work()
    assert {one.status for one in desk.deliveries(endpoint_id=ids[0])} == {"sent"}
    assert {one.status for one in desk.deliveries(endpoint_id=ids[1])} == {"given_up"}


def test_told_another_way_it_is_settled_under_the_persons_name(desk: Desk) -> None:
    desk.add("webhook", URL)
    desk.caller.is_down = True
    complaint_id = desk.submit()
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    assert dead_letters.settle_otherwise(desk.member.id, failed.id, desk.member.agent_id, desk.ports)
    assert not dead_letters.settle_otherwise(desk.member.id, failed.id, desk.member.agent_id, desk.ports)
    (settled,) = desk.deliveries(id=failed.id)
    assert (settled.status, settled.data["settled_by"]) == ("told_otherwise", "Ana Vidal")
    assert kinds(desk.member, complaint_id).count(EventKind.NOTED) == 1
    assert not dead_letters.replay(desk.member.id, failed.id, desk.ports)


def test_what_is_another_members_can_be_neither_sent_again_nor_settled(desk: Desk, world: World) -> None:
    endpoint_id = desk.add("webhook", URL)
    desk.caller.is_down = True
    desk.submit()
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    other = world.second
    for act in (
        lambda: dead_letters.replay(other.id, failed.id, desk.ports),
        lambda: dead_letters.replay_all(other.id, endpoint_id, desk.ports),
        lambda: dead_letters.settle_otherwise(other.id, failed.id, other.agent_id, desk.ports),
    ):
        with pytest.raises(NotFound):
            act()
    assert len(desk.deliveries(status="given_up")) == 1


def test_what_waits_for_a_retired_endpoint_is_stopped_or_given_to_a_person(desk: Desk) -> None:
    mine = desk.add("webhook", URL)
    theirs = desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    desk.caller.is_down = True
    for _ in range(5):
        desk.submit()
    for endpoint_id in (mine, theirs):
        assert endpoints.retire(desk.member.id, endpoint_id, desk.ports) == 5
    desk.clock.forward(timedelta(minutes=10))
    desk.work()
    assert {one.status for one in desk.deliveries(endpoint_id=mine)} == {"cancelled"}
    assert {(one.status, one.last_error) for one in desk.deliveries(endpoint_id=theirs)} == {
        ("given_up", "endpoint retired")
    }
    (first, *_) = desk.deliveries(endpoint_id=theirs)
    with pytest.raises(NotAllowed):
        dead_letters.replay(desk.member.id, first.id, desk.ports)


def test_a_delivery_about_no_complaint_is_packed_sent_and_given_up_too(desk: Desk) -> None:
    told = Channel("endpoint_failed", "email", "responsable@amont.example", data={"address": URL, "error": "no answer"})
    with member_transaction(desk.member.id) as session:
        plan_alone(session, desk.member.id, f"endpoint-{uuid4()}", told, desk.ports)
    desk.work()
    (sent,) = desk.deliveries(purpose="endpoint_failed")
    assert (sent.status, sent.complaint_id) == ("sent", None)
    assert (desk.settings.mail_dir / f"{sent.id}.eml").exists()
    with member_transaction(desk.member.id) as session:
        delivery = session.get_one(Delivery, sent.id)
        dead_letters.give_up(session, delivery, "bounce 550", desk.ports)
    (failed,) = desk.deliveries(purpose="endpoint_failed")
    assert failed.status == "given_up"
    with member_transaction(desk.member.id) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_sending_everything_again_and_a_worker_do_not_wait_for_each_other(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker holds a complaint and wants the endpoint, while a person sends again what is of both."""
    endpoint_id = desk.add("webhook", URL)
    complaint_id = desk.submit()
    with member_transaction(desk.member.id) as session:
        session.scalars(select(Delivery).where(Delivery.endpoint_id == endpoint_id)).one().status = "given_up"
    handling.answer(desk.member.id, complaint_id, desk.member.agent_id, text="Demain.", seen=0, ports=desk.ports)
    with member_transaction(desk.member.id) as session:
        waiting = select(OutboxStep.id).where(OutboxStep.done_at.is_(None))
        notify = session.scalars(waiting.where(OutboxStep.name == "notify")).one()
    steps.run_step(desk.member.id, notify, desk.ports)
    with member_transaction(desk.member.id) as session:
        call = session.scalars(waiting.where(OutboxStep.name == "call")).one()
    worker_holds, endpoint_held, errors = threading.Event(), threading.Event(), []
    held, trust = sending._held, dead_letters._trust_again

    def hold_slowly(session: Session, step: OutboxStep) -> Any:
        session.get_one(Complaint, step.complaint_id, with_for_update=True)
        worker_holds.set()
        endpoint_held.wait(5)
        return held(session, step)

    def trust_slowly(*args: Any) -> None:
        endpoint_held.set()
        time.sleep(0.5)  # the worker asks for the endpoint meanwhile
        trust(*args)

    def work() -> None:
        with app.app_context():
            try:
                steps.run_step(desk.member.id, call, desk.ports)
            except OperationalError as failure:
                errors.append(failure)

    monkeypatch.setattr(sending, "_held", hold_slowly)
    monkeypatch.setattr(dead_letters, "_trust_again", trust_slowly)
    worker = threading.Thread(target=work)
    worker.start()
    assert worker_holds.wait(5)
    assert dead_letters.replay_all(desk.member.id, endpoint_id, desk.ports) == 1
    worker.join(20)
    assert errors == []


def test_what_was_given_up_and_is_no_longer_theirs_waits_for_nobody(desk: Desk) -> None:
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    desk.caller.is_down = True
    complaint_id = desk.submit()
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    correct(desk.member, complaint_id, desk.ports, category="loyer", reason="Autre chose")
    steps.follow(desk.member.id, complaint_id, desk.ports)
    desk.work()
    (failed,) = desk.deliveries(id=failed.id)
    assert failed.status == "cancelled"
    assert not dead_letters.replay(desk.member.id, failed.id, desk.ports)


def test_what_may_have_arrived_is_taken_back_even_when_a_person_was_sending_it_again(desk: Desk) -> None:
    desk.add("webhook", "https://chaleur.example/", organisation_id=desk.member.supplier_id)
    desk.caller.is_down = True
    complaint_id = desk.submit()
    desk.try_until_it_ends()
    (failed,) = desk.deliveries(status="given_up")
    assert dead_letters.replay(desk.member.id, failed.id, desk.ports)
    correct(desk.member, complaint_id, desk.ports, category="loyer", reason="Autre chose")
    steps.follow(desk.member.id, complaint_id, desk.ports)
    desk.caller.is_down = False
    desk.work()
    assert [body["type"] for body in desk.bodies("https://chaleur.example/")] == ["complaint.withdrawn"]
