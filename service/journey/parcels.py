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
class CivicStatus:
    """What an authority says of a service request."""

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


Parcel = Mail | Sms | Call | CivicRequest | Drop
