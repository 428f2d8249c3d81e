"""What a step needs from outside, as Protocols. Each has a real and a local twin in service.adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Reading:
    """What the text model read in a message. Confidences are calibrated probabilities from 0 to 1."""

    category: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    secondary: str | None
    nature: str
    urgency: str
    danger: str  # none, check, danger
    danger_types: tuple[str, ...]
    abstained: bool
    words: tuple[str, ...]
    model_version: str
    family: str | None = None  # the family, when the model abstained and yet is sure of it
    unknown_share: float = 0.0  # of the words of three letters and more, those the model never met


@dataclass(frozen=True)
class Circumstances:
    """What the message cannot say by itself; None where nobody knows."""

    cold_season: bool | None = None


UNKNOWN = Circumstances()


@dataclass(frozen=True)
class About:
    """What is known of the text model in use: its version, its measured figures by name, its card in Markdown."""

    version: str
    metrics: Mapping[str, float]
    card: str


class TextModelDown(Exception):
    """The text model cannot answer now; the complaint waits, the safety advice does not."""


class OutsideFailed(Exception):
    """Something outside did not take what we brought; the message says what, without any content."""


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

    def is_holiday(self, day: date) -> bool:
        """Say whether the day is a public holiday in metropolitan France."""
        ...


class Waker(Protocol):
    """Tells a worker that a step waits. Losing the message loses nothing: a sweep wakes what stayed."""

    def wake(self, member_id: UUID, step_ids: Sequence[UUID]) -> None:
        """Send the ids; never raises."""
        ...


@dataclass(frozen=True)
class Mail:
    """One e-mail. `key` is the same each time the same mail is tried again."""

    key: str
    to: str
    subject: str
    text: str
    sender_name: str
    html: str = ""


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over, or raise OutsideFailed."""
        ...


@dataclass(frozen=True)
class Call:
    """One signed webhook call. `key` is the same each time the same call is tried again."""

    key: str
    url: str
    secret: str
    body: str
    at: datetime


class Caller(Protocol):
    """Calls members' own systems."""

    def call(self, call: Call) -> None:
        """Post the call and read a 2xx answer, or raise OutsideFailed."""
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
    caller: Caller
    random: Random
    base_url: str
