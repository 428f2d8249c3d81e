"""Mails as they really are, and the Maildir they arrive in."""

import os
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from service.adapters.mail import compose
from service.adapters.mail_in import MAX_MAIL, Maildir, read_mail
from service.journey.parcels import Mail
from service.journey.ports import MailUnreadable

HEAD = b"From: marie@poste.example\r\nTo: reponse+abc@seve.example\r\nMessage-ID: <1@poste.example>\r\n"


def plain(words: bytes, kind: bytes = b"text/plain; charset=utf-8", more: bytes = b"") -> bytes:
    return HEAD + more + b"Content-Type: " + kind + b"\r\n\r\n" + words


def test_a_plain_mail_is_read() -> None:
    found = read_mail(plain("Il fait froid, près de 12 °C.\r\n".encode()))
    assert found.text == "Il fait froid, près de 12 °C."
    assert found.recipients == ("reponse+abc@seve.example",)
    assert (found.is_automatic, found.attachments, found.bounce) == (False, 0, None)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("déjà l'été".encode("latin-1"), b"text/plain; charset=iso-8859-1"),
        ("déjà l'été".encode("cp1252"), b"text/plain; charset=utf-8"),  # it lies
        ("déjà l'été".encode("cp1252"), b"text/plain"),
        ("déjà l'été".encode(), b"text/plain; charset=x-martian"),
        ("déjà l'été".encode("utf-16"), b"text/plain; charset=utf-16"),
        (b"<p>d&eacute;j&agrave;&nbsp;l'&eacute;t&eacute;</p>", b"text/html"),
    ],
)
def test_words_are_read_whatever_their_charset_says(words: bytes, kind: bytes) -> None:
    assert read_mail(plain(words, kind)).text.replace("\xa0", " ") == "déjà l'été"


def test_quoted_printable_and_base64_are_undone() -> None:
    assert read_mail(plain(b"d=C3=A9j=C3=A0", more=b"Content-Transfer-Encoding: quoted-printable\r\n")).text == "déjà"
    assert read_mail(plain(b"ZMOpasOg", more=b"Content-Transfer-Encoding: base64\r\n")).text == "déjà"


def test_lines_cut_by_a_mail_program_are_joined() -> None:
    words = b"Une longue \r\nphrase.\r\n> citation \r\nAutre.\r\n-- \r\nMarie\r\n"
    found = read_mail(plain(words, b"text/plain; charset=utf-8; format=flowed"))
    assert found.text == "Une longue phrase.\n> citation\nAutre.\n-- \nMarie"


def test_the_plain_writing_is_taken_rather_than_the_html() -> None:
    mail = EmailMessage()
    mail["To"] = "reponse+abc@seve.example"
    mail.set_content("En texte.")
    mail.add_alternative("<p>En HTML.</p>", subtype="html")
    assert read_mail(mail.as_bytes()).text == "En texte."


def test_an_empty_plain_writing_does_not_hide_the_html() -> None:
    mail = MIMEMultipart("alternative")
    mail.attach(MIMEText("\n", "plain", "utf-8"))
    mail.attach(MIMEText("<div>Il fait froid</div>", "html", "utf-8"))
    assert read_mail(mail.as_bytes()).text == "Il fait froid"


def test_html_is_read_as_a_person_would() -> None:
    source = (
        "<html><head><title>x</title><style>p{}</style><body><p>Bonjour,<br>il fait <b>froid</b>.</p>"
        "<script>alert(1)</script><div>Le 25 nov., Amont Habitat a écrit&nbsp;:</div>"
        "<blockquote><p>Un chauffagiste passe.</p><blockquote>Avant</blockquote></blockquote><p>Marie</p>"
    )
    found = read_mail(plain(source.encode(), b"text/html; charset=utf-8")).text
    lines = [line for line in found.replace("\xa0", " ").split("\n") if line.strip()]
    assert lines == [
        "Bonjour,", "il fait froid.", "Le 25 nov., Amont Habitat a écrit :", "> Un chauffagiste passe.", "> Avant",
        "Marie",
    ]  # fmt: skip


def test_words_around_a_picture_are_all_kept_and_the_picture_is_counted() -> None:
    mail = EmailMessage()
    mail.set_content("Avant.")
    mail.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="x.jpg")
    mail.add_attachment("Après.", disposition="inline")
    mail.add_attachment("Dans un fichier.", filename="lettre.txt")
    found = read_mail(mail.as_bytes())
    assert found.text == "Avant.\n\nAprès."
    assert found.attachments == 2


def test_what_cannot_be_stored_is_replaced() -> None:
    assert read_mail(plain(b"a\x00b")).text == "a\ufffdb"
    assert read_mail(plain("a\ud800b".encode("utf-16", "surrogatepass"), b"text/plain; charset=utf-16")).text
    assert "\ud800" not in read_mail(plain(b"a=ED=A0=80", more=b"Content-Transfer-Encoding: quoted-printable\r\n")).text


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 50, b"\xff\xfe\xfa", b"To: a\r\n\r\n",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nsans limite",
        HEAD + b"Content-Type: =?x?=\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        HEAD + b"Subject: =?utf-8?b?////?=\r\nCc: <<<>>>, @, \xe9@\r\nAuto-Submitted: =?bad?q?=FF?=\r\n\r\nx",
        HEAD + b"Content-Type: multipart/report\r\n\r\n",
        HEAD + b"Content-Type: message/rfc822\r\n\r\n",
    ],
)  # fmt: skip
def test_an_ill_made_mail_is_read_as_well_as_can_be(raw: bytes) -> None:
    assert read_mail(raw).key


def test_a_mail_in_a_mail_in_a_mail_is_refused() -> None:
    raw = b"x"
    for number in range(2000):
        mark = f"m{number}".encode()
        raw = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n--' + mark + b"\r\n" + raw
        raw += b"\r\n--" + mark + b"--\r\n"
    with pytest.raises(MailUnreadable):
        read_mail(raw)


def test_a_mail_too_big_is_refused() -> None:
    with pytest.raises(MailUnreadable):
        read_mail(b"x" * (MAX_MAIL + 1))


def test_the_same_mail_has_the_same_key() -> None:
    once = read_mail(plain(b"Bonjour"))
    again = read_mail(b"Received: from elsewhere\r\n" + plain(b"Bonjour"))
    assert once.key == again.key
    other = read_mail(plain(b"Bonjour").replace(b"<1@", b"<2@"))
    assert once.key != other.key
    nameless = plain(b"Bonjour").replace(b"Message-ID: <1@poste.example>\r\n", b"")
    assert read_mail(nameless).key == read_mail(nameless).key
    assert read_mail(nameless).key != read_mail(nameless + b" encore").key


def test_where_servers_write_the_recipient_is_looked_at() -> None:
    raw = HEAD + b"Delivered-To: reponse+def@seve.example\r\nX-Original-To: <reponse+ghi@seve.example>\r\n\r\nx"
    assert read_mail(raw).recipients == (
        "reponse+abc@seve.example", "reponse+def@seve.example", "reponse+ghi@seve.example",
    )  # fmt: skip


def test_our_own_mail_sent_back_is_known_as_a_machines() -> None:
    ours = Mail(key="k", to="a@b.example", subject="s", text="t", sender_name="n", reply_to="reponse+abc@seve.example")
    assert read_mail(compose(ours, "Sève <ne-pas-repondre@seve.example>").as_bytes()).is_automatic


def report(action: str, returned: str = "message/rfc822", status: str = "5.1.1") -> bytes:
    return (
        "Return-Path: <>\r\nTo: ne-pas-repondre@seve.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nDésolé.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; a@b.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--B\r\nContent-Type: {returned}\r\n\r\nMessage-ID: <0c9a@seve.example>\r\n"
        "Reply-To: reponse+abc@seve.example\r\nSubject: x\r\n\r\nBonjour\r\n--B--\r\n"
    ).encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_the_mail_that_reached_nobody(returned: str) -> None:
    bounce = read_mail(report("failed", returned)).bounce
    assert bounce
    assert (bounce.message_id, bounce.reply_to, bounce.code) == ("0c9a", "reponse+abc@seve.example", "5.1.1")


def test_a_delay_is_no_failure() -> None:
    found = read_mail(report("delayed", status="4.4.1"))
    assert found.bounce is None
    assert found.is_automatic


def put(folder: Path, name: str, raw: bytes) -> None:
    (folder / "new").mkdir(parents=True, exist_ok=True)
    (folder / "new" / name).write_bytes(raw)


def test_the_maildir_gives_the_oldest_first_and_forgets_or_sets_aside(tmp_path: Path) -> None:
    box = Maildir(tmp_path / "in")
    assert list(box.waiting()) == []  # no folder yet
    for age, name in enumerate(("c", "a", "b")):
        put(tmp_path / "in", name, plain(name.encode()))
        os.utime(tmp_path / "in" / "new" / name, (1000 + age, 1000 + age))
    (tmp_path / "in" / "new" / "dossier").mkdir()
    assert list(box.waiting()) == ["c", "a", "b"]
    found = box.fetch("a")
    assert found
    assert found.text == "a"
    for _ in range(2):  # twice is harmless
        box.forget("a")
        box.refuse("b")
    assert list(box.waiting()) == ["c"]
    assert box.fetch("a") is None
    assert [path.name for path in (tmp_path / "in" / ".refused" / "new").iterdir()] == ["b"]
