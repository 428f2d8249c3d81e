import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.adapters.mail import FolderMailer, SmtpMailer
from service.journey.ports import Mail, Mailer, OutsideFailed

SENDER = "Sève <ne-pas-repondre@seve.example>"
MAIL = Mail(
    key="0c9a",
    to="locataire@poste.example",
    subject="Votre demande est bien reçue",
    text="Bonjour,\n\nC'est noté.\n",
    html="<p>Bonjour</p>",
    sender_name="Amont Habitat",
)


class Inbox:
    """Keeps what a real SMTP conversation brought; refuses one address."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_RCPT(  # noqa: N802  Names and shape are aiosmtpd's.
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("refuse"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(content)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), loop=asyncio.new_event_loop())
    controller.start()
    yield handler, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()
    controller.loop.close()


@pytest.fixture(params=["smtp", "folder"])
def twin(request: pytest.FixtureRequest, inbox: tuple[Inbox, str], tmp_path: Path) -> tuple[Mailer, object]:
    """Each twin, with a way to read what it sent."""
    handler, url = inbox
    if request.param == "smtp":
        return SmtpMailer(url, SENDER), lambda: handler.received
    return FolderMailer(tmp_path, SENDER), lambda: [path.read_bytes() for path in tmp_path.glob("*.eml")]


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_both_twins_send_the_same_mail(twin: tuple[Mailer, object]) -> None:
    mailer, sent = twin
    mailer.send(MAIL)
    (raw,) = sent()  # type: ignore[operator]
    message = parsed(raw)
    assert message["To"] == "locataire@poste.example"
    assert message["Subject"] == "Votre demande est bien reçue"
    assert message["From"] == "Amont Habitat <ne-pas-repondre@seve.example>"
    assert message["Message-ID"] == "<0c9a@seve.example>"
    assert message.get_body(("plain",)).get_content().startswith("Bonjour")
    assert "<p>Bonjour</p>" in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("address", ["deux\nlignes@poste.example", "a@b\r\nBcc: tous@poste.example"])
def test_both_twins_refuse_an_address_that_would_add_a_header(twin: tuple[Mailer, object], address: str) -> None:
    mailer, sent = twin
    with pytest.raises(OutsideFailed):
        mailer.send(Mail("1", address, "Objet", "Texte", "Amont Habitat"))
    assert sent() == []  # type: ignore[operator]


def test_a_server_that_refuses_or_is_away_is_told_without_content(inbox: tuple[Inbox, str]) -> None:
    _, url = inbox
    with pytest.raises(OutsideFailed, match="SMTPRecipientsRefused"):
        SmtpMailer(url, SENDER).send(Mail("1", "refuse@poste.example", "Objet", "Texte", "Amont Habitat"))
    with pytest.raises(OutsideFailed, match="ConnectionRefusedError") as failure:
        SmtpMailer(f"smtp://127.0.0.1:{free_port()}", SENDER).send(MAIL)
    assert "locataire" not in str(failure.value)


def test_the_same_mail_sent_again_stays_one_file(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, SENDER)
    mailer.send(MAIL)
    mailer.send(MAIL)
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_what_nobody_needs_is_refused_in_one_click(tmp_path: Path) -> None:
    refusable = replace(MAIL, unsubscribe="https://seve.example/desabonner/abc", list_name="survey.amont")
    FolderMailer(tmp_path, SENDER).send(refusable)
    message = parsed((tmp_path / "0c9a.eml").read_bytes())
    assert message["List-Unsubscribe"] == "<https://seve.example/desabonner/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<survey.amont.seve.example>"
    # Mail programs press without asking only where nobody listens in.
    FolderMailer(tmp_path, SENDER).send(replace(refusable, unsubscribe="http://seve.example/desabonner/abc"))
    assert parsed((tmp_path / "0c9a.eml").read_bytes())["List-Unsubscribe-Post"] is None


def test_what_somebody_waits_for_cannot_be_refused(tmp_path: Path) -> None:
    FolderMailer(tmp_path, SENDER).send(MAIL)
    message = parsed((tmp_path / "0c9a.eml").read_bytes())
    assert not [name for name in message if name.lower().startswith("list-")]
    assert message["Auto-Submitted"] == "auto-generated"
