"""The mails and text messages written to folders while no server is set: here is read what people receive."""

import json
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flask import abort, current_app, render_template, request

from service.settings import Settings
from service.tenant.languages import spoken

MOST = 50  # mails shown
_RELAYED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@dataclass(frozen=True)
class LocalMail:
    """One mail of the folder."""

    subject: str
    sender: str
    to: str
    when: str
    text: str


@dataclass(frozen=True)
class LocalText:
    """One text message of the folder."""

    to: str
    when: str
    text: str


def show_mails() -> str:
    """Show the latest mails to whoever sits at this machine; the page does not exist for anyone else."""
    settings: Settings = current_app.extensions["seve"].settings
    if settings.smtp_url is not None or not (_is_this_machine(_host_of(settings.base_url)) and _is_asked_from_here()):
        abort(404)
    texts = latest_texts(settings.sms_dir) if settings.sms_url is None else []
    return render_template("tenant/mailbox.html", mails=latest_mails(settings.mail_dir), texts=texts)


def _is_asked_from_here() -> bool:
    """Say whether the request was made here: a relay, or another machine's name for this one, is not here.

    A relay may add no header at all, so this is not enough: `show_mails` also asks that people reach us here.
    """
    return (
        _is_this_machine(request.remote_addr or "")
        and _is_this_machine(_host_of(f"//{request.host}"))
        and not any(name in request.headers for name in _RELAYED)
    )


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_this_machine(host: str) -> bool:
    """Say whether a name or an address means the machine itself, whoever says it."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def latest_mails(directory: Path) -> list[LocalMail]:
    """Return the mails of the folder, the newest first, 50 at the most."""
    files = [(path.stat().st_mtime, path) for path in directory.glob("*.eml")]
    return [_read(path, written_at) for written_at, path in sorted(files, reverse=True)[:MOST]]


def latest_texts(directory: Path) -> list[LocalText]:
    """Return the text messages of the folder, the newest first, 50 at the most."""
    files = [(path.stat().st_mtime, path) for path in directory.glob("*.json")]
    return [_read_text(path, written_at) for written_at, path in sorted(files, reverse=True)[:MOST]]


def _read_text(path: Path, written_at: float) -> LocalText:
    said = json.loads(path.read_text(encoding="utf-8"))
    return LocalText(said["to"], spoken().moment(datetime.fromtimestamp(written_at).astimezone()), said["text"])


def _read(path: Path, written_at: float) -> LocalMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return LocalMail(
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        to=str(message["To"]),
        when=spoken().moment(datetime.fromtimestamp(written_at).astimezone()),
        text=body.get_content() if body else "",
    )
