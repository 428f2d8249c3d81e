"""What is brought outside, ready to travel: made by a step, carried by an adapter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mail:
    """One e-mail. `key` is the same each time the same mail is tried again."""

    key: str
    to: str
    subject: str
    text: str
    sender_name: str
    html: str = ""
    reply_to: str = ""  # an address that threads the answer back into the complaint
    unsubscribe: str = ""  # of what nobody needs: the page on which one click refuses more of it (RFC 8058)
    list_name: str = ""  # of the same: what mail programs sort it by (RFC 2919)


@dataclass(frozen=True)
class Sms:
    """One text message, without names or tenants' words. `key` is the same each time it is tried again."""

    key: str
    to: str
    text: str


@dataclass(frozen=True)
class Call:
    """One signed webhook call, under every live secret. `key` is the same each time the same call is tried again."""

    key: str
    url: str
    secrets: tuple[str, ...]
    body: str
    at: datetime


@dataclass(frozen=True)
class CivicRequest:
    """One service request for an authority that speaks Open311 GeoReport v2; `fields` are its form fields."""

    key: str
    url: str  # of the endpoint, without /requests.json
    api_key: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class CivicInquiry:
    """A question to an authority. `remote_id` is what it gave for the request: an id, or `token:` and a token."""

    url: str
    api_key: str
    jurisdiction_id: str
    remote_id: str


@dataclass(frozen=True)
class CivicStatus:
    """What an authority says of a service request. `remote_id` is its id, or still the token."""

    remote_id: str
    status: str  # open or closed
    notes: str
    expected_at: datetime | None


@dataclass(frozen=True)
class Drop:
    """One file for an old system that fetches files from a folder. `name` is the same at each try."""

    key: str
    folder: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of a mail of ours that it could not bring to anybody."""

    message_id: str  # of our mail, without what follows the @
    reply_to: str  # of our mail, when it was sent back
    code: str  # such as 5.1.1


@dataclass(frozen=True)
class Incoming:
    """One mail that arrived. `text` is whole, with the mail it answers; it can be stored as it is."""

    key: str  # the same each time the same mail arrives
    recipients: tuple[str, ...]
    text: str
    is_automatic: bool
    attachments: int
    bounce: Bounce | None = None


Parcel = Mail | Sms | Call | CivicRequest | Drop


class NotSendable(Exception):
    """What was planned can never be brought outside this way: trying again would not help."""
