"""Complaints sent to authorities that speak Open311, and what comes back: over real HTTP, our own server included."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import LockNotAvailable
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from service.adapters.clock import SetClock
from service.adapters.open311 import HttpCivicClient
from service.adapters.outgoing import NAME, Outgoing
from service.domain.open311 import SISTER
from service.journey.closing import closing
from service.journey.delivery import civic_status, dead_letters, sending
from service.journey.parcels import Parcel
from service.journey.ports import Ports
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.handover import Handover
from service.models.outbox import OutboxStep
from service.models.routing import RoutingRule
from tests.city import City, running_city
from tests.passing import Case
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
WORDS = "Le radiateur de ma fille Zoé reste froid"


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as found:
        yield found


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def civic_ports(ports: Ports) -> Ports:
    """The ports of a member whose authorities stand on this machine."""
    return waiting_at_most(ports, 30)


def waiting_at_most(ports: Ports, seconds: float) -> Ports:
    return replace(ports, civic=HttpCivicClient(Outgoing(("127.0.0.0/8",), deadline=seconds)))


def add_authority(
    app: Flask, member: MemberWorld, ports: Ports, url: str, *, key: str = "clé de ville", **options: object
) -> UUID:
    """Let the supplier of the heating be reached over Open311 at an address; return the endpoint."""
    with app.app_context(), member_transaction(member.id) as session:
        endpoint = Endpoint(
            id=uuid4(), member_id=member.id, kind="open311", address=url, organisation_id=member.supplier_id,
            options={"services": {"chauffage": "001"}, **options}, created_at=ports.clock.now(),
        )  # fmt: skip
        session.add(endpoint)
        session.flush()
        for sealed, at in ((ports.sealer.seal("vieille clé"), ports.clock.now() - timedelta(days=9)),
                           (ports.sealer.seal(key), ports.clock.now())):  # fmt: skip
            session.add(EndpointSecret(member_id=member.id, endpoint_id=endpoint.id, sealed=sealed, created_at=at))
        return endpoint.id


def submit(app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports) -> UUID:
    body = {
        "text": WORDS,
        "dwelling": {"reference": member.collective},
        "tenant": {"name": "Marie Anne Durand", "email": "marie@poste.example", "phone": "06 00 00 00 00"},
    }
    made = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert made.status_code == 201
    with app.app_context():
        work_off(member, ports)
    return UUID(made.json["id"])


def delivery_of(app: Flask, member: MemberWorld, complaint_id: UUID) -> Delivery:
    with app.app_context(), member_transaction(member.id) as session:
        asked = select(Delivery).where(Delivery.complaint_id == complaint_id, Delivery.channel == "open311")
        found = session.scalars(asked).one()
        session.expunge_all()
        return found


def events(app: Flask, member: MemberWorld, complaint_id: UUID, *wanted: str) -> list[Event]:
    with app.app_context(), member_transaction(member.id) as session:
        asked = select(Event).where(Event.complaint_id == complaint_id, Event.kind.in_(wanted)).order_by(Event.id)
        found = session.scalars(asked).all()
        session.expunge_all()
        return list(found)


def poll(app: Flask, ports: Ports, clock: SetClock, after: timedelta = timedelta(hours=7)) -> int:
    clock.forward(after)
    with app.app_context():
        return civic_status.poll_due(ports)


def test_an_authority_is_told_what_and_where_and_no_more(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City
) -> None:
    add_authority(app, member, civic_ports, city.url, jurisdiction_id="ville.example")
    complaint_id = submit(app, client, member, civic_ports)
    (asked,) = city.posts()
    delivery = delivery_of(app, member, complaint_id)
    reference = asked.form["description"][0].split("Demande ")[1][:9]
    assert asked.form == {
        "api_key": ["clé de ville"],
        "jurisdiction_id": ["ville.example"],
        "service_code": ["001"],
        "address_string": ["3 allée des Tilleuls, 80000 Amiens"],
        "description": [f"Chauffage. Demande {reference} de Amont Habitat."],
        "last_name": ["Amont Habitat"],
        "phone": ["03 53 01 00 00"],
    }
    assert asked.headers["Idempotency-Key"] == str(delivery.id)
    assert (delivery.status, delivery.remote_id) == ("sent", "638344")


def test_the_tenants_words_and_contacts_go_only_where_the_rule_lets_them(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City
) -> None:
    add_authority(app, member, civic_ports, city.url)
    with app.app_context(), member_transaction(member.id) as session:
        session.scalars(select(RoutingRule).where(RoutingRule.target == "supplier")).one().forwards_text = True
    submit(app, client, member, civic_ports)
    form = city.posts()[0].form
    assert form["description"][0].endswith(WORDS)
    assert (form["first_name"], form["last_name"]) == (["Marie Anne"], ["Durand"])
    assert (form["email"], form["phone"]) == (["marie@poste.example"], ["06 00 00 00 00"])
    assert "étage" not in form["address_string"][0]


def test_a_category_without_a_service_is_given_to_a_person_at_once(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City
) -> None:
    add_authority(app, member, civic_ports, city.url, services={"bruit": "7"})
    complaint_id = submit(app, client, member, civic_ports)
    assert city.asked == []
    assert delivery_of(app, member, complaint_id).status == "given_up"
    (failed,) = events(app, member, complaint_id, "delivery_failed")
    assert failed.data["given_to"]


def test_a_service_for_everything_else_may_be_named(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City
) -> None:
    add_authority(app, member, civic_ports, city.url, services={}, default_service="999")
    submit(app, client, member, civic_ports)
    assert city.posts()[0].form["service_code"] == ["999"]


def test_a_try_that_may_have_arrived_is_said_to_the_authority(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    city.hangs = 60.0
    complaint_id = submit(app, client, member, waiting_at_most(civic_ports, 1))
    first = delivery_of(app, member, complaint_id)
    assert (first.status, first.last_error) == ("waiting", "no answer in time")
    city.hangs = 0.0
    city.post = lambda _asked: (500, b"")
    clock.forward(timedelta(hours=1))
    with app.app_context():
        work_off(member, civic_ports)
    city.post = lambda _asked: (201, [{"service_request_id": "7"}])
    clock.forward(timedelta(hours=2))
    with app.app_context():
        work_off(member, civic_ports)
    posts = city.posts()
    assert len(posts) == 3
    assert len({one.headers["Idempotency-Key"] for one in posts}) == 1
    # The doubt stays, whatever failed in between.
    assert ["peut-être déjà envoyée" in one.form["description"][0] for one in posts] == [False, True, True]
    assert delivery_of(app, member, complaint_id).remote_id == "7"


def test_a_try_that_did_not_leave_raises_no_doubt(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    city.post = lambda _asked: (500, b"oups")
    submit(app, client, member, civic_ports)
    city.post = lambda _asked: (201, [{"service_request_id": "7"}])
    clock.forward(timedelta(hours=1))
    with app.app_context():
        work_off(member, civic_ports)
    assert not any("peut-être" in one.form["description"][0] for one in city.posts())


def test_what_an_authority_says_is_noted_once_and_told_to_the_team(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    complaint_id = submit(app, client, member, civic_ports)
    assert poll(app, civic_ports, clock, timedelta()) == 1
    assert events(app, member, complaint_id, "noted") == []  # open, and nothing else to say
    city.get = lambda _asked: (
        200,
        [{"status": "open", "status_notes": "Technicien prévu", "expected_datetime": "2026-12-01T11:00:00Z"}],
    )
    assert poll(app, civic_ports, clock) == 1
    assert poll(app, civic_ports, clock) == 1
    (noted,) = events(app, member, complaint_id, "noted")
    assert noted.audience == "internal"
    assert noted.actor == "Chaleur Picarde"
    assert noted.data["text"] == (
        "Chaleur Picarde, demande n° 638344 : en cours.\nTechnicien prévu\nDate annoncée : mardi 1er décembre 2026."
    )
    with app.app_context(), member_transaction(member.id) as session:
        told = session.scalars(select(Delivery).where(Delivery.event_id == noted.id)).all()
        assert [(one.purpose, one.recipient) for one in told] == [("note", "technique@amont.example")]


def test_a_closed_request_is_work_done_and_closes_nothing(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    complaint_id = submit(app, client, member, civic_ports)
    city.get = lambda _asked: (200, [{"status": "closed", "status_notes": "Pompe changée"}])
    assert poll(app, civic_ports, clock) == 1
    assert poll(app, civic_ports, clock) == 1
    (done,) = events(app, member, complaint_id, "work_done")
    assert done.data == {"organisation": "Chaleur Picarde", "text": "Pompe changée", "photos": 0}
    with app.app_context(), member_transaction(member.id) as session:
        assert session.get_one(Complaint, complaint_id).status == "handled"
        assert session.scalars(select(Handover.status)).one() == "done"
        told = session.scalars(select(Delivery).where(Delivery.event_id == done.id)).all()
        assert [(one.purpose, one.recipient) for one in told] == [("team_told", "technique@amont.example")]
    with app.app_context():
        work_off(member, civic_ports)  # the mail can be written
    city.get = lambda _asked: (200, [{"status": "open", "status_notes": "Reprise"}])
    poll(app, civic_ports, clock)
    assert "en cours" in events(app, member, complaint_id, "noted")[-1].data["text"]


def test_a_token_becomes_an_id(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    city.post = lambda _asked: (200, [{"token": "t1"}])
    city.get = lambda _asked: (404, [{"code": 404}])
    complaint_id = submit(app, client, member, civic_ports)
    assert delivery_of(app, member, complaint_id).remote_id == "token:t1"
    poll(app, civic_ports, clock)
    assert delivery_of(app, member, complaint_id).remote_id == "token:t1"
    city.get = lambda _asked: (200, [{"service_request_id": "12", "token": "t1", "status": "open"}])
    poll(app, civic_ports, clock)
    assert delivery_of(app, member, complaint_id).remote_id == "12"


def test_each_is_asked_every_six_hours_and_no_longer_once_closed(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    complaint_id = submit(app, client, member, civic_ports)
    asked = [poll(app, civic_ports, clock, timedelta(hours=hours)) for hours in (0, 1, 4, 1, 5, 2)]
    assert asked == [1, 0, 0, 1, 0, 1]
    with app.app_context():
        words = {"outcome": "solved", "sentence": "Réglé."}
        closing.close(member.id, complaint_id, member.agent_id, **words, ports=civic_ports)
    assert poll(app, civic_ports, clock) == 0


def test_an_authority_it_was_taken_back_from_is_not_asked(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    complaint_id = submit(app, client, member, civic_ports)
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, complaint_id).organisation_id = None
    assert poll(app, civic_ports, clock) == 0


def test_a_round_ends_when_it_has_lasted_long_enough(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add_authority(app, member, civic_ports, city.url)
    submit(app, client, member, civic_ports)
    with monkeypatch.context() as hurried:
        hurried.setattr(civic_status, "PATIENCE", 0.0)
        assert poll(app, civic_ports, clock) == 0
    monkeypatch.setattr(civic_status, "PATIENCE", 600.0)
    assert poll(app, civic_ports, clock, timedelta()) == 1  # and goes on in the next


def test_one_that_does_not_answer_is_left_alone_and_the_others_are_asked(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(civic_status, "PATIENCE", 600.0)
    endpoint_id = add_authority(app, member, civic_ports, city.url)
    for _ in range(3):
        submit(app, client, member, civic_ports)
    with running_city() as other:
        other.post = lambda _asked: (201, [{"service_request_id": "autre"}])
        with app.app_context(), member_transaction(member.id) as session:
            session.get_one(Endpoint, endpoint_id).is_active = False
        add_authority(app, member, civic_ports, other.url)
        complaint_id = submit(app, client, member, civic_ports)
        with app.app_context(), member_transaction(member.id) as session:
            session.get_one(Endpoint, endpoint_id).is_active = True
        city.hangs = 60.0
        other.get = lambda _asked: (200, [{"status": "open", "status_notes": "Vu"}])
        before = len(city.asked)
        assert poll(app, waiting_at_most(civic_ports, 3), clock) == 2
        assert len(city.asked) - before == 1  # once, not three times
        assert len(events(app, member, complaint_id, "noted")) == 1


def test_two_processes_ask_once(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    add_authority(app, member, civic_ports, city.url)
    submit(app, client, member, civic_ports)
    clock.forward(timedelta(hours=7))
    counts: list[int] = []
    city.hangs = 0.3

    def ask() -> None:
        with app.app_context():
            counts.append(civic_status.poll_due(civic_ports))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]


def test_a_key_sealed_otherwise_stops_nobody_else(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    endpoint_id = add_authority(app, member, civic_ports, city.url)
    submit(app, client, member, civic_ports)
    with app.app_context(), member_transaction(member.id) as session:
        for secret in session.scalars(select(EndpointSecret).where(EndpointSecret.endpoint_id == endpoint_id)):
            secret.sealed = "gAAAAA of another key"
    assert poll(app, civic_ports, clock) == 0


def test_our_client_is_known_by_its_name() -> None:
    assert SISTER == NAME


def test_two_seves_speak_to_each_other(
    app: Flask, client: FlaskClient, world: World, civic_ports: Ports, clock: SetClock
) -> None:
    """One member hands its heating over to the other, as to a stranger, over HTTP; it does not come back."""
    ours, theirs = world.first, world.second
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/open311/v2"
        add_authority(
            app,
            ours,
            civic_ports,
            url,
            key=theirs.key,
            jurisdiction_id=theirs.slug,
            services={"chauffage": "chauffage"},
        )
        complaint_id = submit(app, client, ours, civic_ports)
        with app.app_context(), member_transaction(theirs.id) as session:
            there = session.scalars(select(Complaint)).one()
            assert there.text.startswith("Chauffage. Demande")
            assert WORDS not in there.text
            assert "Lieu donné : 3 allée des Tilleuls, 80000 Amiens" in there.text
            assert there.chosen_category == "chauffage"
            reference, there_id = there.reference, there.id
        assert delivery_of(app, ours, complaint_id).remote_id == reference
        assert poll(app, civic_ports, clock) == 1
        (noted,) = events(app, ours, complaint_id, "noted")
        assert f"n° {reference} : en cours" in noted.data["text"]
        with app.app_context():
            work_off(theirs, civic_ports)
            words = {"outcome": "solved", "sentence": "La vanne était fermée."}
            closing.close(theirs.id, there_id, theirs.agent_id, **words, ports=civic_ports)
        assert poll(app, civic_ports, clock) == 1
        (done,) = events(app, ours, complaint_id, "work_done")
        assert done.data["text"] == "Le problème est résolu. La vanne était fermée."
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


UNREADABLE = b"<?xml version='1.0'?><service_requests><request><service_request_id>1</service_request_id></request>"


def test_an_authority_that_took_it_and_answers_what_nobody_can_read_is_asked_once(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    endpoint_id = add_authority(app, member, civic_ports, city.url)
    city.post = lambda _asked: (201, UNREADABLE)
    complaint_id = submit(app, client, member, civic_ports)
    for _ in range(5):
        clock.forward(timedelta(hours=3))
        with app.app_context():
            work_off(member, civic_ports)
    assert len(city.posts()) == 1
    failed = delivery_of(app, member, complaint_id)
    assert (failed.status, failed.last_error) == ("given_up", "open311 answers XML: only JSON is spoken")
    assert failed.given_to_id
    # A person who sends it again all the same sends it with a word of doubt.
    city.post = lambda _asked: (201, [{"service_request_id": "7"}])
    with app.app_context():
        assert dead_letters.replay_all(member.id, endpoint_id, civic_ports) == 1
        work_off(member, civic_ports)
    assert ["peut-être déjà envoyée" in one.form["description"][0] for one in city.posts()] == [False, True]


class _Killed(BaseException):
    """What happens to a process that is ended from outside."""


def test_a_worker_killed_before_it_wrote_that_it_left_raises_a_doubt(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add_authority(app, member, civic_ports, city.url)
    city.post = lambda _asked: (500, b"oups")
    complaint_id = submit(app, client, member, civic_ports)
    carry = sending.carry

    def killed_after(parcel: Parcel, ports: Ports) -> sending.Outcome:
        carry(parcel, ports)
        raise _Killed

    monkeypatch.setattr(sending, "carry", killed_after)
    clock.forward(timedelta(hours=1))
    with app.app_context(), pytest.raises(_Killed):
        work_off(member, civic_ports)
    monkeypatch.setattr(sending, "carry", carry)
    city.post = lambda _asked: (201, [{"service_request_id": "7"}])
    clock.forward(timedelta(hours=1))
    with app.app_context():
        work_off(member, civic_ports)
    assert ["peut-être déjà envoyée" in one.form["description"][0] for one in city.posts()] == [False, False, True]
    assert delivery_of(app, member, complaint_id).remote_id == "7"


def test_what_an_authority_took_is_not_sent_again_because_somebody_held_the_complaint(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add_authority(app, member, civic_ports, city.url)
    settle, held = sending.settle, ["held", "held"]

    def settle_later(*args: Any) -> Sequence[UUID]:
        if isinstance(args[2], sending.Outcome) and args[2].remote_id and held:
            held.pop()
            raise OperationalError("select", {}, LockNotAvailable())
        return settle(*args)

    monkeypatch.setattr(sending, "settle", settle_later)
    complaint_id = submit(app, client, member, civic_ports)
    clock.forward(timedelta(hours=1))
    with app.app_context():
        work_off(member, civic_ports)
    assert held == []
    assert len(city.posts()) == 1
    delivery = delivery_of(app, member, complaint_id)
    assert (delivery.status, delivery.attempts, delivery.remote_id) == ("sent", 1, "638344")


def test_what_could_not_be_written_down_counts_as_no_failure(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    endpoint_id = add_authority(app, member, civic_ports, city.url)
    settle = sending.settle

    def never(*args: Any) -> Sequence[UUID]:
        if args[2].remote_id:
            raise OperationalError("select", {}, LockNotAvailable())
        return settle(*args)

    monkeypatch.setattr(sending, "settle", never)
    with pytest.raises(sending.NotWritten):
        submit(app, client, member, civic_ports)
    with app.app_context(), member_transaction(member.id) as session:
        delivery = session.scalars(select(Delivery).where(Delivery.endpoint_id == endpoint_id)).one()
        step = session.scalars(select(OutboxStep).where(OutboxStep.delivery_id == delivery.id)).one()
        # It waits for its claim to end, as after a process that died.
        assert (delivery.status, delivery.attempts, delivery.last_error) == ("waiting", 1, None)
        assert step.run_after == delivery.held_until


def test_an_authority_that_lost_a_complaint_is_told_so_once_however_often_it_moves(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City
) -> None:
    add_authority(app, member, civic_ports, city.url)
    case = Case(app, member, civic_ports, submit(app, client, member, civic_ports))
    for team in ("tenancy", "on_call"):
        case.transfer(TransferTarget(member.teams[team]), staff=member.supervisor_id)
        case.work_off()
    assert case.sent("withdrawn") == ["chaleur@amont.example"]
    # Given back and lost again, it is told again.
    case.transfer(TransferTarget(member.teams["technical"], member.supplier_id), staff=member.supervisor_id)
    case.work_off()
    case.transfer(TransferTarget(member.teams["tenancy"]), staff=member.supervisor_id)
    case.work_off()
    assert case.sent("withdrawn") == ["chaleur@amont.example"] * 2


@pytest.mark.parametrize("ending", ["moved", "closed"])
def test_what_waits_or_was_given_up_leaves_no_more_once_the_complaint_moved_or_closed(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock, ending: str
) -> None:
    endpoint_id = add_authority(app, member, civic_ports, "http://127.0.0.1:9/v2")  # nobody answers
    cases = [Case(app, member, civic_ports, submit(app, client, member, civic_ports))]
    for _ in range(12):
        clock.forward(timedelta(hours=3))
        with app.app_context():
            work_off(member, civic_ports)
    assert delivery_of(app, member, cases[0].id).status == "given_up"
    cases.append(Case(app, member, civic_ports, submit(app, client, member, civic_ports)))
    assert delivery_of(app, member, cases[1].id).status == "waiting"
    for case in cases:
        if ending == "moved":
            case.transfer(TransferTarget(member.teams["tenancy"]))
        else:
            with app.app_context():
                words = {"outcome": "solved", "sentence": "Fini."}
                closing.close(member.id, case.id, member.agent_id, **words, ports=civic_ports)
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Endpoint, endpoint_id).address = city.url
        # Before the steps that follow the move are taken, and after.
        assert dead_letters.replay_all(member.id, endpoint_id, civic_ports) == 0
        clock.forward(timedelta(hours=3))
        work_off(member, civic_ports)
        assert dead_letters.replay_all(member.id, endpoint_id, civic_ports) == 0
    assert city.posts() == []
    assert [delivery_of(app, member, case.id).status for case in cases] == ["cancelled"] * 2


def test_sent_again_while_it_is_still_theirs_it_leaves(
    app: Flask, client: FlaskClient, member: MemberWorld, civic_ports: Ports, city: City, clock: SetClock
) -> None:
    endpoint_id = add_authority(app, member, civic_ports, "http://127.0.0.1:9/v2")
    submit(app, client, member, civic_ports)
    for _ in range(12):
        clock.forward(timedelta(hours=3))
        with app.app_context():
            work_off(member, civic_ports)
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Endpoint, endpoint_id).address = city.url
        assert dead_letters.replay_all(member.id, endpoint_id, civic_ports) == 1
        work_off(member, civic_ports)
    assert ["peut-être" in one.form["description"][0] for one in city.posts()] == [False]
