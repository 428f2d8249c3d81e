"""Answers that come back by mail: from the mail that left to what people read, on real parts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from service.adapters.clock import SetClock
from service.journey.administration import retention
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.news import replies
from service.journey.news.replies import Outcome
from service.journey.ports import Ports
from service.journey.routing import referrals
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.settings import Settings
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
TENANT = "locataire@poste.example"


@dataclass
class Post:
    """The mails that left, and a way to answer them."""

    app: Flask
    ports: Ports
    settings: Settings
    member: MemberWorld
    complaint_id: UUID
    sent: int = 0

    def work(self) -> None:
        with self.app.app_context():
            work_off(self.member, self.ports)

    def mail_to(self, recipient: str, subject: str = "") -> EmailMessage:
        found = [message for message in self.mails() if message["To"] == recipient and subject in message["Subject"]]
        assert found, [(message["To"], message["Subject"]) for message in self.mails()]
        return found[-1]

    def mails(self) -> list[EmailMessage]:
        paths = sorted(Path(self.settings.mail_dir).glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def answer(self, mail: EmailMessage, words: str, **headers: str) -> bytes:
        """Return an answer as a mail program writes it, with the mail it answers below."""
        self.sent += 1
        quoted = "".join(f"> {line}\n" for line in mail.get_body(("plain",)).get_content().splitlines())
        answer = EmailMessage()
        values = {
            "From": mail["To"],
            "To": mail["Reply-To"],
            "Subject": f"Re: {mail['Subject']}",
            "Message-ID": f"<{self.sent}@poste.example>",
            **headers,
        }
        for name, value in values.items():
            answer[name] = value
        answer.set_content(f"{words}\n\nLe mer. 25 nov. 2026, {mail['From']} a écrit :\n{quoted}")
        return answer.as_bytes()

    def receive(self, raw: bytes) -> Outcome:
        with self.app.app_context():
            return replies.receive(self.ports.mail_in.read(raw), self.ports)

    def events(self) -> list[Event]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            asked = select(Event).where(Event.complaint_id == self.complaint_id).order_by(Event.id)
            found = session.scalars(asked).all()
            session.expunge_all()
            return list(found)

    def kinds(self) -> list[str]:
        with self.app.app_context():
            return kinds(self.member, self.complaint_id)

    def complaint(self) -> Complaint:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            found = session.get_one(Complaint, self.complaint_id)
            session.expunge_all()
            return found

    def close(self) -> None:
        words = {"outcome": "solved", "sentence": "La pompe est changée."}
        with self.app.app_context():
            closing.close(self.member.id, self.complaint_id, self.member.agent_id, **words, ports=self.ports)
            work_off(self.member, self.ports)

    def wait(self, name: str, raw: bytes) -> None:
        """Let a mail arrive in the Maildir."""
        folder = self.settings.mail_in_dir / "new"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)

    def waiting(self, folder: str = "new") -> list[str]:
        return sorted(path.name for path in (self.settings.mail_in_dir / folder).glob("*"))


@pytest.fixture
def post(app: Flask, client: FlaskClient, ports: Ports, settings: Settings, world: World) -> Post:
    """A complaint about the heating, told to its tenant, its team and its supplier."""
    body = {
        "text": "Le radiateur reste froid",
        "dwelling": {"reference": world.first.collective},
        "tenant": {"email": TENANT},
    }
    made = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    found = Post(app, ports, settings, world.first, UUID(made.json["id"]))
    found.work()
    return found


def test_a_tenant_answers_by_mail_as_on_the_page(post: Post) -> None:
    mail = post.mail_to(TENANT)
    assert len(mail["Reply-To"].partition("@")[0]) <= 64
    assert post.receive(post.answer(mail, "Il fait 12 degrés maintenant.")) == Outcome.TAKEN
    (wrote,) = [event for event in post.events() if event.kind == "tenant_wrote"]
    assert (wrote.actor, wrote.audience, wrote.data["text"]) == ("tenant", "tenant", "Il fait 12 degrés maintenant.")
    post.work()
    assert post.mail_to("technique@amont.example", "Le locataire complète")


def test_words_of_danger_in_a_mail_are_heard(post: Post) -> None:
    post.receive(post.answer(post.mail_to(TENANT), "Ça sent le gaz dans l'entrée, une forte odeur de gaz !"))
    post.work()
    assert "danger_raised" in post.kinds()
    assert post.complaint().urgency == "danger"


def test_what_we_wrote_ourselves_raises_no_danger(post: Post) -> None:
    """The mail that is quoted names emergency numbers and may speak of gas."""
    mail = post.mail_to(TENANT)
    assert "112" in mail.get_body(("plain",)).get_content()
    post.receive(post.answer(mail, "Merci."))
    post.work()
    assert "danger_raised" not in post.kinds()


@pytest.mark.parametrize(
    ("recipient", "name"),
    [("technique@amont.example", "Service technique"), ("chaleur@amont.example", "Chaleur Picarde")],
)
def test_a_team_or_an_organisation_leaves_a_note_for_the_staff_only(post: Post, recipient: str, name: str) -> None:
    before = len(post.mails())
    assert post.receive(post.answer(post.mail_to(recipient), "Nous passons demain. M. Petit a la clé.")) == "taken"
    post.work()
    (note,) = [event for event in post.events() if event.kind == "noted"]
    assert (note.audience, note.actor) == ("internal", name)
    assert note.data["text"] == "Nous passons demain. M. Petit a la clé."
    assert (note.data["by_mail"], note.data["from"]) == (True, name)
    # Nothing of it is sent to the tenant; the team is told of what the organisation writes.
    fresh = [message["To"] for message in post.mails()[before:]]
    assert fresh == (["technique@amont.example"] if name == "Chaleur Picarde" else [])
    assert all("Nous passons" not in message.get_body(("plain",)).get_content() for message in post.mails())
    page = post.app.test_client().get(f"/suivi/{post.complaint().tracking_token}")
    assert "Nous passons demain" not in page.text


def test_the_same_mail_twice_counts_once(post: Post) -> None:
    for recipient in (TENANT, "technique@amont.example"):
        raw = post.answer(post.mail_to(recipient), "Deux fois.")
        assert [post.receive(raw), post.receive(b"Received: by mx\r\n" + raw)] == [Outcome.TAKEN, Outcome.TWICE]
    assert [post.kinds().count(kind) for kind in ("tenant_wrote", "noted")] == [1, 1]


def test_the_same_words_in_two_mails_are_two_messages(post: Post) -> None:
    mail = post.mail_to(TENANT)
    for _ in range(2):
        assert post.receive(post.answer(mail, "Toujours rien.")) == Outcome.TAKEN
    assert post.kinds().count("tenant_wrote") == 2


def test_an_answer_without_words_is_set_aside(post: Post) -> None:
    post.wait("1.empty", post.answer(post.mail_to(TENANT), ""))
    with post.app.app_context():
        replies.collect(post.ports)
    assert post.waiting(".refused/new") == ["1.empty"]
    assert "tenant_wrote" not in post.kinds()


def test_a_tenant_who_answers_a_closed_complaint_is_read_by_its_team(post: Post) -> None:
    post.close()
    raw = post.answer(post.mail_to(TENANT, "terminée"), "Merci, tout va bien.")
    assert [post.receive(raw), post.receive(raw)] == [Outcome.TAKEN, Outcome.TWICE]
    post.work()
    assert post.complaint().status == "closed"
    (note,) = [event for event in post.events() if event.kind == "noted"]
    assert (note.actor, note.data["text"], note.data["from"]) == ("tenant", "Merci, tout va bien.", "le locataire")
    told = post.mail_to("technique@amont.example", "un message est arrivé")
    words = told.get_body(("plain",)).get_content()
    assert "terminée" in words
    assert "tout va bien" not in words


def test_a_danger_opens_a_closed_complaint_again(post: Post) -> None:
    post.close()
    raw = post.answer(post.mail_to(TENANT, "terminée"), "Depuis la réparation, forte odeur de gaz !")
    assert [post.receive(raw), post.receive(raw)] == [Outcome.TAKEN, Outcome.TWICE]
    post.work()
    assert post.kinds().count("reopened") == 1
    assert post.kinds().count("tenant_wrote") == 1
    assert "danger_raised" in post.kinds()
    assert (post.complaint().status != "closed", post.complaint().urgency) == (True, "danger")


@pytest.mark.parametrize(("words", "told"), [("Forte odeur de gaz dans la cuisine", 1), ("Merci beaucoup", 0)])
def test_what_is_erased_stays_so_and_a_danger_about_it_is_told_to_a_person(post: Post, words: str, told: int) -> None:
    raw = post.answer(post.mail_to(TENANT), words)
    post.close()
    with post.app.app_context(), member_transaction(post.member.id) as session:
        retention.erase(session, session.get_one(Complaint, post.complaint_id), "asked", post.ports)
    assert post.receive(raw).is_refused
    post.work()
    assert (post.complaint().status, post.kinds()[-1]) == ("closed", "erased")
    boss = f"responsable@{post.member.slug}.example"
    alerts = [one for one in post.mails() if one["To"] == boss and post.complaint().reference in one["Subject"]]
    assert len(alerts) == told
    assert all("gaz" not in one.as_string() and one["Subject"].startswith("ALERTE DANGER") for one in alerts)


def test_a_danger_about_what_another_member_has_now_is_cried_out(post: Post) -> None:
    post.close()
    with post.app.app_context(), member_transaction(post.member.id) as session:
        session.get_one(Complaint, post.complaint_id).outcome = "passed_on"
    post.receive(post.answer(post.mail_to(TENANT, "terminée"), "Forte odeur de gaz !"))
    post.work()
    assert post.complaint().status == "closed"
    assert post.mail_to("technique@amont.example", "ALERTE DANGER")


def test_a_danger_about_what_another_member_has_now_is_called_there_once(post: Post, world: World) -> None:
    with post.app.app_context():
        passed = referrals.pass_on(
            post.member.id, post.complaint_id, post.member.agent_id, to_member_id=world.second.id, reason="owner",
            words="", seen=2**60, ports=post.ports,
        )  # fmt: skip
        work_off(world.second, post.ports)
    post.work()
    raw = post.answer(post.mail_to(TENANT, "passée à"), "Au secours, forte odeur de gaz !")
    assert [post.receive(raw), post.receive(raw)] == [Outcome.TAKEN, Outcome.TWICE]
    post.work()
    with post.app.app_context():
        work_off(world.second, post.ports)
        told = kinds(world.second, passed.complaint_id)
    assert [told.count(kind) for kind in ("tenant_wrote", "danger_raised", "paged")] == [1, 1, 1]
    assert post.complaint().status == "closed"
    assert post.mail_to("technique@amont.example", "ALERTE DANGER")
    post.receive(post.answer(post.mail_to(TENANT, "passée à"), "Merci, au revoir."))
    with post.app.app_context():
        assert kinds(world.second, passed.complaint_id).count("tenant_wrote") == 1


def test_a_note_is_told_to_a_person_by_name_when_the_team_has_no_address(
    app: Flask, client: FlaskClient, ports: Ports, settings: Settings, world: World
) -> None:
    member = world.first
    body = {"text": "Une question de loyer", "tenant": {"email": TENANT}}
    made = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    post = Post(app, ports, settings, member, UUID(made.json["id"]))
    post.work()
    post.close()
    post.receive(post.answer(post.mail_to(TENANT, "terminée"), "Et ma quittance ?"))
    post.work()
    assert post.mail_to("responsable@amont.example", "un message est arrivé")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"Subject": "Réponse automatique : absent jusqu'au 3"},
        {"List-Id": "<x.example>"},
    ],
)
def test_a_machines_answer_changes_nothing(post: Post, headers: dict[str, str]) -> None:
    before = post.kinds()
    assert post.receive(post.answer(post.mail_to(TENANT), "Je suis absent.", **headers)) == Outcome.AUTOMATIC
    assert post.kinds() == before


def test_our_own_mail_sent_back_to_us_goes_no_further(post: Post) -> None:
    mail = post.mail_to("technique@amont.example")
    reply_to = mail["Reply-To"]
    mail.replace_header("To", reply_to)
    before = post.kinds()
    assert post.receive(mail.as_bytes()) == Outcome.AUTOMATIC
    assert post.kinds() == before


def test_a_blank_mail_is_no_message_and_a_picture_alone_is_one(post: Post) -> None:
    mail = post.mail_to(TENANT)
    answer = EmailMessage()
    answer["To"] = mail["Reply-To"]
    answer.set_content(" \n\n")
    assert post.receive(answer.as_bytes()) == Outcome.BLANK
    answer.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="x.jpg")
    assert post.receive(answer.as_bytes()) == Outcome.TAKEN
    assert post.events()[-1].data["text"] == "[Une pièce jointe n'a pas été gardée.]"


def test_a_very_long_mail_is_cut_and_says_so(post: Post) -> None:
    assert post.receive(post.answer(post.mail_to(TENANT), "froid " * 5000)) == Outcome.TAKEN
    text = post.events()[-1].data["text"]
    assert len(text) <= 10_000
    assert "la suite n'a pas été gardée" in text


def test_a_forged_a_changed_and_a_late_address_are_refused(
    post: Post, clock: SetClock, world: World, client: FlaskClient
) -> None:
    mail = post.mail_to(TENANT)
    before = post.kinds()
    address = mail["Reply-To"]
    sign = "a" if address[20] != "a" else "b"
    for wrong in (f"{address[:20]}{sign}{address[21:]}", "reponse+abc@reponse.seve.example", "bonjour@seve.example"):
        assert post.receive(post.answer(mail, "Bonjour", To=wrong)) == Outcome.UNKNOWN
    # A tenant's address does not become a team's by changing whom it names: the signature covers it.
    foreign = replace(post.ports, secret_key="another secret")
    with post.app.app_context():
        assert replies.receive(post.ports.mail_in.read(post.answer(mail, "Bonjour")), foreign) == Outcome.UNKNOWN
    clock.forward(timedelta(days=400))
    assert post.receive(post.answer(mail, "Bonjour")) == Outcome.EXPIRED
    assert post.kinds() == before
    assert world
    assert client


def bounce(mail: EmailMessage, *, with_reply_to: bool = True) -> bytes:
    reply_to = f"Reply-To: {mail['Reply-To']}\r\n" if with_reply_to else ""
    return (
        "Return-Path: <>\r\nTo: ne-pas-repondre@seve.example\r\nMessage-ID: <b@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n{reply_to}\r\nx\r\n--B--\r\n"
    ).encode()


@pytest.mark.parametrize("with_reply_to", [True, False])
def test_a_mail_that_reached_nobody_is_given_to_a_person_by_name(post: Post, with_reply_to: bool) -> None:
    raw = bounce(post.mail_to(TENANT), with_reply_to=with_reply_to)
    assert [post.receive(raw), post.receive(raw)] == [Outcome.BOUNCE, Outcome.BOUNCE]
    post.work()
    (failed,) = [event for event in post.events() if event.kind == "delivery_failed"]
    assert failed.data["given_to"] == "Rémi Sorel"
    assert failed.data["error"] == "bounce 5.1.1"
    with post.app.app_context(), member_transaction(post.member.id) as session:
        given_up = session.scalars(select(Delivery).where(Delivery.status == "given_up")).one()
        assert given_up.recipient == TENANT
    assert post.mail_to("responsable@amont.example", "n'est pas arrivé")


def test_a_bounce_of_a_mail_that_is_not_ours_is_refused(post: Post) -> None:
    stranger = EmailMessage()
    stranger["Message-ID"] = "<0b6c3f7c-1d0e-4c53-9d0e-5a0b4e9d2f99@seve.example>"
    stranger["Reply-To"] = "x@y.example"
    assert post.receive(bounce(stranger)) == Outcome.UNKNOWN
    stranger.replace_header("Message-ID", "<x@y.example>")
    assert post.receive(bounce(stranger)) == Outcome.UNKNOWN


def test_what_waits_in_the_maildir_is_taken_once_and_the_rest_set_aside(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    mail = post.mail_to(TENANT)
    good = post.answer(mail, "Toujours froid, signé Durand.")
    post.wait("1.good", good)
    post.wait("2.twin", good)
    post.wait("3.unknown", post.answer(mail, "Bonjour", To="x@seve.example"))
    post.wait("4.automatic", post.answer(mail, "Absent", Precedence="bulk"))
    with post.app.app_context(), caplog.at_level("INFO"):
        assert replies.collect(post.ports) == 4
        assert replies.collect(post.ports) == 0
    assert post.kinds().count("tenant_wrote") == 1
    assert post.waiting() == []
    assert post.waiting(".refused/new") == ["3.unknown"]
    # The log has names of files and what became of them; not who wrote, nor what.
    assert "3.unknown unknown" in caplog.text
    assert not re.search("Durand|froid|locataire@|reponse\\+", caplog.text)


def test_a_mail_that_breaks_something_is_set_aside_and_the_next_one_taken(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = post.mail_to(TENANT)
    post.wait("1.breaks", post.answer(mail, "Un"))
    post.wait("2.good", post.answer(mail, "Deux"))
    real = handling.add_words

    def break_once(*args: object, **kwargs: object) -> None:
        if "Un" in args:
            raise ZeroDivisionError
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(handling, "add_words", break_once)
    with post.app.app_context():
        replies.collect(post.ports)
    assert post.waiting(".refused/new") == ["1.breaks"]
    assert post.kinds().count("tenant_wrote") == 1


def down(*_args: object) -> None:
    raise OperationalError("select", {}, Exception("down"))


def test_mails_wait_while_the_database_is_away(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.wait("1.good", post.answer(post.mail_to(TENANT), "Un"))
    with monkeypatch.context() as away, post.app.app_context():
        away.setattr(replies, "_member_of", down)
        replies.collect(post.ports)
    assert post.waiting() == ["1.good"]
    with post.app.app_context():
        replies.collect(post.ports)
    assert post.waiting() == []
    assert post.kinds().count("tenant_wrote") == 1


@pytest.fixture
def pipe(post: Post) -> Callable[..., Result]:
    """Give a mail to the command, as a mail server does."""

    def run(raw: bytes, *words: str) -> Result:
        return post.app.test_cli_runner().invoke(args=["mail", "receive", *words], input=raw)

    return run


def test_a_mail_server_is_told_how_it_ended(
    post: Post, pipe: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = post.mail_to(TENANT)
    assert pipe(post.answer(mail, "Un")).exit_code == 0
    assert pipe(post.answer(mail, "Absent", Precedence="bulk")).exit_code == 0
    assert pipe(post.answer(mail, "Deux", To="x@seve.example")).exit_code == 65
    assert pipe(post.answer(mail, "Deux", To="x@seve.example"), "--to", mail["Reply-To"]).exit_code == 0
    monkeypatch.setattr(replies, "_member_of", down)
    assert pipe(post.answer(mail, "Trois")).exit_code == 75
    assert post.kinds().count("tenant_wrote") == 2


def test_a_mail_carries_no_answer_address_when_nobody_listens(
    app: Flask, client: FlaskClient, ports: Ports, settings: Settings, world: World
) -> None:
    made = client.post(
        "/api/v1/complaints", json={"text": "Le radiateur", "tenant": {"email": TENANT}}, headers=world.first.bearer
    )
    silent = replace(ports, reply_domain="")
    with app.app_context():
        work_off(world.first, silent)
    mail = Post(app, silent, settings, world.first, UUID(made.json["id"])).mail_to(TENANT)
    assert mail["Reply-To"] is None
