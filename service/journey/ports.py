"""What a step needs from outside, as Protocols. Each has a real and a local twin in service.adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from service.domain.identity_provider import Client, Description, Identity, RoundTrip
from service.domain.reading import UNKNOWN, About, Circumstances, Reading
from service.journey.parcels import Call, CivicInquiry, CivicRequest, CivicStatus, Drop, Incoming, Mail, Sms


class TextModelDown(Exception):
    """The text model cannot answer now; the complaint waits, the safety advice does not."""


class OutsideFailed(Exception):
    """Something outside did not take what we brought; the message says what, without any content."""


class TakenUnread(OutsideFailed):
    """It was taken, and what was answered cannot be read: bringing it again would only make a second one."""


class TextModel(Protocol):
    """Reads a tenant's message."""

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
        """Return what the message is about, or raise TextModelDown."""
        ...

    def danger_level(self, text: str) -> str:
        """Return the level the lexicon alone gives: none, check or danger; needs no trained model, never raises."""
        ...

    def danger_types(self, text: str) -> tuple[str, ...]:
        """Return the types of danger the lexicon sees; needs no trained model and never raises."""
        ...

    def about(self) -> About:
        """Return what is known of the model in use, or raise TextModelDown."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, with a time zone."""
        ...


class Calendar(Protocol):
    """Knows the public holidays."""

    def is_holiday(self, day: date, zone: str = "metropole") -> bool:
        """Say whether the day is a public holiday; `zone` is metropole or alsace_moselle."""
        ...


class Waker(Protocol):
    """Tells a worker that a step waits. Losing the message loses nothing: a sweep wakes what stayed."""

    def wake(self, member_id: UUID, step_ids: Sequence[UUID], lane: str = "steps", *, ahead: bool = False) -> None:
        """Send the ids to the workers of a lane, `ahead` of what waits there already or behind it; never raises."""
        ...


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over, or raise OutsideFailed."""
        ...


class MailUnreadable(Exception):
    """A mail that arrived cannot be read; the message says why, without any content."""


class MailIn(Protocol):
    """Where answers to our mails arrive."""

    def read(self, raw: bytes) -> Incoming:
        """Return a mail as it came from a mail server, or raise MailUnreadable."""
        ...

    def waiting(self) -> Sequence[str]:
        """Return the names of the mails that wait, the oldest first, a limited number of them."""
        ...

    def fetch(self, name: str) -> Incoming | None:
        """Return a mail that waits, None when it is gone, or raise MailUnreadable."""
        ...

    def forget(self, name: str) -> None:
        """Remove a mail that was taken; harmless when it is gone."""
        ...

    def refuse(self, name: str) -> None:
        """Put a mail aside for a person to look at; harmless when it is gone."""
        ...


class SmsGateway(Protocol):
    """Sends text messages."""

    def send(self, sms: Sms) -> None:
        """Hand the message over, or raise OutsideFailed."""
        ...


class Caller(Protocol):
    """Calls members' own systems."""

    def call(self, call: Call) -> None:
        """Post the call and read a 2xx answer, or raise OutsideFailed."""
        ...


class CivicClient(Protocol):
    """Speaks Open311 to authorities."""

    def send(self, request: CivicRequest) -> str:
        """Create the service request and return its id there (or its token), or raise OutsideFailed."""
        ...

    def status(self, inquiry: CivicInquiry) -> CivicStatus:
        """Return what the authority says of it now, or raise OutsideFailed."""
        ...


class IdentityProviders(Protocol):
    """Speaks OpenID Connect to the members' identity providers."""

    def way_in(self, client: Client, trip: RoundTrip) -> str:
        """Return the address at the provider where a person signs in, or raise Faulty."""
        ...

    def identify(self, client: Client, trip: RoundTrip, answer: Mapping[str, str]) -> Identity:
        """Return who came back with an answer of the provider, or raise Faulty."""
        ...

    def examine(self, issuer: str) -> Description:
        """Return what a provider says of itself now, its keys being there too, or raise Faulty."""
        ...


class DropBox(Protocol):
    """Puts files where old systems fetch them."""

    def put(self, drop: Drop) -> None:
        """Write the file whole or not at all, or raise OutsideFailed."""
        ...


class SealBroken(Exception):
    """A sealed secret cannot be opened: none of the keys we hold sealed it."""


class Sealer(Protocol):
    """Encrypts what rests in the database."""

    def seal(self, secret: str) -> str:
        """Return the secret encrypted under the newest key."""
        ...

    def unseal(self, sealed: str) -> str:
        """Return the secret, or raise SealBroken."""
        ...

    def is_current(self, sealed: str) -> bool:
        """Say whether it was sealed under the newest key."""
        ...


@dataclass(frozen=True)
class Picture:
    """A picture made anew: small, upright, and nothing but what is seen. Sides are in pixels."""

    media_type: str
    content: bytes
    width: int
    height: int


class Pictures(Protocol):
    """Looks into pictures that people send."""

    def clean(self, content: bytes) -> Picture:
        """Return the picture made anew, or raise BadInput when it is not one we keep."""
        ...


@dataclass(frozen=True)
class Document:
    """A PDF made anew: what its pages show, and nothing else. Sides are those of its first page, in pixels."""

    media_type: str
    content: bytes
    width: int
    height: int
    pages: int


class Documents(Protocol):
    """Looks into documents that people send."""

    def clean(self, content: bytes) -> Document:
        """Return the document made anew, or raise BadInput when it is not one we keep."""
        ...


class Random(Protocol):
    """Gives what must not be guessed."""

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to bound - 1."""
        ...

    def token(self) -> str:
        """Return 128 random bits as text fit for an address."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything outside, handed to each step as one argument."""

    clock: Clock
    calendar: Calendar
    text_model: TextModel
    waker: Waker
    mailer: Mailer
    mail_in: MailIn
    sms: SmsGateway
    caller: Caller
    civic: CivicClient
    identity_providers: IdentityProviders
    drop_box: DropBox
    sealer: Sealer
    pictures: Pictures
    documents: Documents
    random: Random
    base_url: str
    secret_key: str  # signs the pages of suppliers and of those on duty
    reply_domain: str  # of the addresses that thread answers back; empty: mails carry none
    operators_need_factor: bool = True  # a password alone opens nothing to operators; the demonstration lets it
