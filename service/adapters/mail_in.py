"""Mails that arrive: a Maildir that the mail server fills, and what a mail says of itself."""

import email
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from service.adapters.mail_words import Words
from service.domain.replies import is_automatic
from service.journey.parcels import Bounce, Incoming
from service.journey.ports import MailUnreadable

MAX_MAIL = 25 * 1024 * 1024  # bytes, pictures included
MOST_AT_ONCE = 50
REFUSED = ".refused"
# Where mail servers write whom a mail is for.
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to", "resent-to")
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
SIGNS = ("auto-submitted", "precedence", "return-path", "x-autoreply", "x-autorespond", "x-auto-reply-from", "list-id",
         "subject")  # fmt: skip


class Maildir:
    """The folder `new` of a Maildir: one file a mail, each there whole or not at all."""

    def __init__(self, directory: Path) -> None:
        self._new = directory / "new"
        self._refused = directory / REFUSED / "new"

    def read(self, raw: bytes) -> Incoming:
        """Return a mail as it came from a mail server, or raise MailUnreadable."""
        return read_mail(raw)

    def waiting(self) -> Sequence[str]:
        """Return the names of the mails that wait, the oldest first."""
        try:
            found = [(path.stat().st_mtime_ns, path.name) for path in self._new.iterdir() if path.is_file()]
        except OSError:
            return ()  # no folder yet, or another process took one meanwhile: the next tick sees
        return [name for _, name in sorted(found)[:MOST_AT_ONCE]]

    def fetch(self, name: str) -> Incoming | None:
        """Return a mail that waits, None when another process took it, or raise MailUnreadable."""
        try:
            with (self._new / name).open("rb") as file:
                raw = file.read(MAX_MAIL + 1)
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise MailUnreadable(type(failure).__name__) from failure
        return read_mail(raw)

    def forget(self, name: str) -> None:
        """Remove a mail that was taken."""
        (self._new / name).unlink(missing_ok=True)

    def refuse(self, name: str) -> None:
        """Put a mail aside, in a folder that mail programs show as one of the Maildir."""
        try:
            for folder in ("new", "cur", "tmp"):
                (self._refused.parent / folder).mkdir(parents=True, exist_ok=True)
            (self._new / name).replace(self._refused / name)
        except FileNotFoundError:
            return


def read_mail(raw: bytes) -> Incoming:
    """Return what a mail says.

    Raises
    ------
    MailUnreadable
        When it is too big, or so ill-made that the standard library stumbles over it.

    """
    if len(raw) > MAX_MAIL:
        raise MailUnreadable("too big")
    try:
        # The older policy takes headers as they come: the newer one raises on many that servers really send.
        message = email.message_from_bytes(raw, policy=policy.compat32)
        words = Words()
        words.collect(message)
        return Incoming(
            key=_key(message, words.text),
            recipients=tuple(_recipients(message)),
            text=words.text,
            is_automatic=is_automatic(_signs(message)),
            attachments=words.attachments,
            bounce=_bounce(message),
        )
    except Exception as failure:  # RecursionError on a mail in a mail in a mail…, and whatever nobody foresaw.
        raise MailUnreadable(type(failure).__name__) from failure


def _header(message: Message, name: str) -> str:
    """Return a header in Unicode, in one line."""
    value = str(message.get(name, ""))
    with suppress(LookupError, UnicodeError, ValueError):  # an encoding nobody knows stays as it was written
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _signs(message: Message) -> dict[str, str]:
    return {name: _header(message, name) for name in SIGNS if name in message}


def _recipients(message: Message) -> Iterator[str]:
    values = [str(value) for name in RECIPIENTS for value in message.get_all(name, [])]
    yield from sorted({address for value in values for address in _ADDRESS.findall(value)})


def _key(message: Message, text: str) -> str:
    """Return a mark of the mail: its Message-ID, or else what it says and when, hashed."""
    identity = _header(message, "message-id") or "\n".join(
        (_header(message, "from"), _header(message, "date"), _header(message, "subject"), text)
    )
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:32]


def _bounce(message: Message) -> Bounce | None:
    """Return what a report says of a mail of ours that reached nobody; None for any other mail, a mere delay too."""
    if message.get_content_type() != "multipart/report":
        return None
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    code = next((code for part in parts for code in _failures(part)), None)
    returned = next((found for part in parts if (found := _returned(part))), None)
    if code is None or returned is None:
        return None
    message_id = _header(returned, "message-id").strip("<> ").partition("@")[0]
    return Bounce(message_id=message_id, reply_to=_header(returned, "reply-to"), code=code)


def _failures(part: Message) -> Iterator[str]:
    """Yield the code of each recipient that was not reached for good."""
    if part.get_content_type() != "message/delivery-status":
        return
    for block in part.get_payload():
        if isinstance(block, Message) and _header(block, "action").lower() == "failed":
            yield re.sub(r"[^0-9.]", "", _header(block, "status"))[:12] or "5.0.0"


def _returned(part: Message) -> Message | None:
    """Return the headers of the mail that came back."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
    if part.get_content_type() == "text/rfc822-headers":
        payload = part.get_payload(decode=True)
        return BytesHeaderParser(policy=policy.compat32).parsebytes(payload if isinstance(payload, bytes) else b"")
    return None
