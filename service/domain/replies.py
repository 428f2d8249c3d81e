"""Answers to our mails: the address that leads back to a complaint, and the words of the answer without what it quotes.

The local part of the address is 60 signs, of the 64 a mail may have: a word, a plus sign and a token in base 32, since
some servers forget capitals. The token names the complaint, the delivery answered, who it was written to and the day;
a signature of 72 bits keeps it from being made up.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

TENANT, TEAM, ORGANISATION = "tenant", "team", "organisation"
AUDIENCES = (TENANT, TEAM, ORGANISATION)
# Purposes of letters to organisations; those to tenants are told by the caller, all others go to teams.
TO_ORGANISATIONS = frozenset(("handover", "handover_danger", "handover_reminder", "withdrawn", "partner_message"))

PREFIX = "reponse+"
KEPT = timedelta(days=365)  # how long a mail may be answered
_EPOCH = date(2026, 1, 1)
_HEAD = 4  # bytes of the delivery's id: enough to tell those of one complaint apart
_BODY = 1 + 16 + _HEAD + 2
_MAC = 9  # bytes


@dataclass(frozen=True)
class ReplyTo:
    """What the address of an answer says. `delivery` is the beginning of the delivery's id."""

    complaint_id: UUID
    delivery: bytes
    audience: str
    day: date

    def is_of(self, delivery_id: UUID) -> bool:
        """Say whether this is the delivery that was answered."""
        return delivery_id.bytes[:_HEAD] == self.delivery

    def is_open(self, today: date) -> bool:
        """Say whether the mail may still be answered."""
        return self.day <= today + timedelta(days=1) and today <= self.day + KEPT


def _sign(body: bytes, secret: str) -> bytes:
    return hmac.new(f"reply {secret}".encode(), body, hashlib.sha256).digest()[:_MAC]


def make_address(complaint_id: UUID, delivery_id: UUID, audience: str, day: date, keys: tuple[str, str]) -> str:
    """Return the address answers to one delivery go to; `keys` are the secret that signs and the domain."""
    secret, domain = keys
    days = (day - _EPOCH).days.to_bytes(2)
    body = bytes([AUDIENCES.index(audience)]) + complaint_id.bytes + delivery_id.bytes[:_HEAD] + days
    token = base64.b32encode(body + _sign(body, secret)).decode().rstrip("=").lower()
    return f"{PREFIX}{token}@{domain}"


def read_address(address: str, secret: str) -> ReplyTo | None:
    """Return what an address of ours says, or None when it is another, changed or made up."""
    local = address.strip().strip("<>").partition("@")[0].lower()
    if not local.startswith(PREFIX):
        return None
    token = local.removeprefix(PREFIX).upper()
    try:
        whole = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    body, mac = whole[:_BODY], whole[_BODY:]
    if len(mac) != _MAC or not hmac.compare_digest(mac, _sign(body, secret)) or body[0] >= len(AUDIENCES):
        return None
    return ReplyTo(
        complaint_id=UUID(bytes=body[1:17]),
        delivery=body[17 : 17 + _HEAD],
        audience=AUDIENCES[body[0]],
        day=_EPOCH + timedelta(days=int.from_bytes(body[-2:])),
    )


_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:r[ée]ponse automatique|message automatique|automatic reply|auto(?:matic)?[ -]?reply|out of (?:the )?office|"
    r"absence du bureau|autoreply)\b",
    re.IGNORECASE,
)


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Say whether a machine wrote the mail. `headers` are by name in lower case.

    Absence messages, lists, our own mails sent back to us: whoever answered them would never stop.
    """
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or headers.get("return-path", "").strip() == "<>"
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "x-auto-reply-from", "list-id"))
        or bool(_AUTOMATIC_SUBJECT.match(headers.get("subject", "")))
    )


# « Le lun. 25 nov. 2026 à 12:00, Amont Habitat <…> a écrit : », on up to four lines; the same in English.
_LINES = r"[^\n]{0,200}(?:\n[^\n]{1,200}){0,3}?"
_INTRODUCTION = re.compile(
    rf"^[> \t]*(?:Le\s{_LINES}\sa\s[ée]crit\s?:|On\s{_LINES}\swrote\s?:)[ \t]*$",
    re.MULTILINE,
)
# A rule with a title, or the headers of the mail that is answered.
_BLOCK = re.compile(
    r"^[> \t]*(?:[-_]{2,}\s?(?:Message d['’]origine|Message original|Message transf[ée]r[ée]|Original Message|"
    r"Forwarded message|E-mail d['’]origine)\s?[-_]{2,}"
    r"|(?:_{10,}[ \t]*\n)?\*?(?:De|From)\s?:\*?[^\n]+\n"
    r"(?:[^\n]+\n){0,2}?\*?(?:Envoy[ée]|Sent|Date|[ÀA]|To)(?:\sle)?\s?:)",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = re.compile(r"^[ \t]*>")
_FROM_A_PHONE = re.compile(
    r"^[ \t]*(?:Envoy[ée]\s(?:de|depuis|à partir de|par)\s"
    r"(?:mon|ma|Outlook|Yahoo|Gmail|l['’]app|Orange|SFR|Free|laposte)[^\n]{0,80}|"
    r"Sent from (?:my|Outlook|Yahoo|Mail)[^\n]{0,80}|T[ée]l[ée]charger?\sOutlook[^\n]{0,80}|Get Outlook for[^\n]{0,80}|"
    r"Provenance\s?:\sCourrier pour Windows[^\n]{0,20})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- $", re.MULTILINE)  # written by a program, which puts a space there; people do not
_LONGEST_SIGNATURE = 8  # lines; a longer one may hold more than a name


def words_of(text: str, ours: Sequence[str]) -> str:
    """Return what the sender wrote, without the mail of ours it quotes and without a signature.

    `ours` are the marks by which a mail of ours is known. When it is not sure that what follows is a quotation of it,
    nothing is cut: a word too many is read, a word too few is lost. Empty when there is nothing but our own mail.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\ufeff", "")
    return _without_signature(_without_quotation(plain, ours))


def _without_quotation(text: str, ours: Sequence[str]) -> str:
    found = [match for pattern in (_INTRODUCTION, _BLOCK) if (match := pattern.search(text))]
    first = min(found, key=lambda match: match.start(), default=None)
    quoted = "\n".join(line for line in text.split("\n") if _QUOTED.match(line))
    if quoted and _is_ours(quoted + (first[0] if first else ""), ours):
        # Each quoted line is marked: what is not marked was written by the sender, between the lines or below.
        return _without_marked_lines(f"{text[: first.start()]}{text[first.end() :]}" if first else text)
    if first and text[: first.start()].strip() and _is_ours(text[first.start() :], ours):
        return text[: first.start()].strip()
    return text.strip()


def _is_ours(quoted: str, ours: Sequence[str]) -> bool:
    return any(mark and mark.lower() in quoted.lower() for mark in ours)


def _without_marked_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _QUOTED.match(line)).strip()


def _without_signature(text: str) -> str:
    text = _FROM_A_PHONE.sub("", text)
    sign = _SIGNATURE.search(text)
    if sign and text[sign.end() :].strip().count("\n") < _LONGEST_SIGNATURE:
        text = text[: sign.start()]
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def shorten(text: str, longest: int) -> str:
    """Return the text, cut where it is too long, with a line that says so."""
    if len(text) <= longest:
        return text
    note = "\n[Message très long : la suite n'a pas été gardée.]"
    return text[: longest - len(note)] + note
