"""How a tenant is told: by which way, when, and in how many signs. Tables and pure functions."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Way(StrEnum):
    """A means of telling somebody; the value is the channel of its delivery."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"  # a person calls
    POST = "post"  # a person posts a printed letter


@dataclass(frozen=True)
class Reach:
    """What we have of a tenant; None where we have nothing, or nothing that arrives."""

    email: str | None = None
    phone: str | None = None
    post: str | None = None

    def at(self, way: Way) -> str | None:
        """Return the address of a way."""
        return {
            Way.EMAIL: self.email,
            Way.SMS: mobile_number(self.phone),
            Way.PHONE: self.phone,
            Way.POST: self.post,
        }[way]


@dataclass(frozen=True)
class News:
    """One kind of news: whether it may wait for the mail of the evening, and whether a person calls or posts it."""

    can_wait: bool
    is_called: bool
    is_posted: bool


# purpose of a letter -> what it is as news. What tells of a danger, asks, or ends never waits.
NEWS: dict[str, News] = {
    # Whoever wrote by telephone or at the counter was told there and then: nobody calls them back to say so.
    "received": News(can_wait=False, is_called=False, is_posted=True),
    "transferred": News(can_wait=True, is_called=False, is_posted=True),
    "passed_on": News(can_wait=False, is_called=True, is_posted=True),
    "planned": News(can_wait=False, is_called=True, is_posted=True),
    "asked": News(can_wait=False, is_called=True, is_posted=True),
    "extended": News(can_wait=True, is_called=True, is_posted=True),
    "answered": News(can_wait=True, is_called=True, is_posted=True),
    "closed": News(can_wait=False, is_called=True, is_posted=True),
    "committed": News(can_wait=True, is_called=False, is_posted=True),
    "commitment_dropped": News(can_wait=False, is_called=True, is_posted=True),
    # Many households at once, and over before a letter arrives: the residence has its notice boards.
    "linked": News(can_wait=True, is_called=False, is_posted=False),
    "incident_news": News(can_wait=True, is_called=False, is_posted=False),
    # What a person found of a subject or a desk that the tenant contested.
    "contest_answered": News(can_wait=True, is_called=False, is_posted=True),
}
# Written to an address before it is ours to write to, or about the address itself.
CONFIRMATION, WARNING = "address_to_confirm", "address_changes"
GROUPED = "grouped"  # the news of one day in one mail
# What nobody needs, and may refuse in one click: purpose -> what is refused with it.
OPTIONAL = {"incident_news": "incident_news", "survey": "survey", "survey_reminder": "survey"}
# Every letter that a tenant reads.
TO_TENANTS = frozenset({*NEWS, *OPTIONAL, CONFIRMATION, WARNING, GROUPED})

# What is tried, in this order: first what the tenant prefers.
ORDER: dict[str, tuple[Way, ...]] = {
    "email": (Way.EMAIL, Way.SMS, Way.PHONE, Way.POST),
    "sms": (Way.SMS, Way.EMAIL, Way.PHONE, Way.POST),
    "phone": (Way.PHONE, Way.EMAIL, Way.SMS, Way.POST),
    "post": (Way.POST, Way.EMAIL, Way.SMS, Way.PHONE),
}
PACES = ("now", "daily")
EVENING = time(18, 0)  # when the news of a day leave together, in Paris
_PARIS = ZoneInfo("Europe/Paris")


def ways(preferred: str, reach: Reach, purpose: str, *, but: Iterable[Way] = ()) -> tuple[tuple[Way, str], ...]:
    """Return how a tenant is told, with the address of each way; nothing when there is none.

    One way, the first of their order that we have; whoever is called is written to as well. `but` are ways that
    failed.
    """
    left = [way for way in ORDER.get(preferred, ORDER["email"]) if _suits(way, purpose) and way not in set(but)]
    found = [(way, address) for way in left if (address := reach.at(way))]
    if not found:
        return ()
    if found[0][0] == Way.PHONE:
        return (found[0], *(one for one in found[1:] if one[0] == Way.EMAIL))
    return (found[0],)


def _suits(way: Way, purpose: str) -> bool:
    news = NEWS[purpose]
    return (way != Way.PHONE or news.is_called) and (way != Way.POST or news.is_posted)


def waits(purpose: str, pace: str, urgency: str | None) -> bool:
    """Say whether news may wait for the mail of the evening."""
    return pace == "daily" and urgency != "danger" and NEWS[purpose].can_wait


def next_evening(now: datetime) -> datetime:
    """Return when the news of the day leave together: today, or tomorrow when it is later than that."""
    there = now.astimezone(_PARIS)
    today = datetime.combine(there.date(), EVENING, _PARIS)
    return today if there < today else datetime.combine(there.date() + timedelta(days=1), EVENING, _PARIS)


_SEPARATORS = re.compile(r"[\s.\-/()\u00a0\u202f]+")
_MOBILE = re.compile(r"\+33[67]\d{8}")
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")


def telephone_number(typed: str | None) -> str | None:
    """Return a telephone number as +33612345678, or None when it is none; without a country it is French."""
    signs = _SEPARATORS.sub("", typed or "")
    if signs.startswith("+330"):  # +33 (0)6…
        signs = "+33" + signs[4:]
    if signs.startswith("00"):
        signs = "+" + signs[2:]
    elif re.fullmatch(r"0[1-9]\d{8}", signs):
        signs = "+33" + signs[1:]
    return signs if _NUMBER.fullmatch(signs) else None


def mobile_number(typed: str | None) -> str | None:
    """Return the number of a French mobile telephone, or None: text messages go nowhere else."""
    number = telephone_number(typed)
    return number if number and _MOBILE.fullmatch(number) else None


# The signs of one text message (3GPP 23.038); those of the extension count double.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
_PLAIN = {"œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "«": '"', "»": '"', "\u00a0": " ", "\u202f": " ", "…": "...",
          "–": "-", "—": "-", "ı": "i"}  # fmt: skip
ONE_MESSAGE, ONE_MESSAGE_UNICODE = 160, 70  # signs


def for_sms(text: str) -> str:
    """Return a text in the signs of a plain message where that loses nothing but accents; else as it is.

    One sign outside of them would make the message less than half as long, and dearer.
    """
    plain = "".join(_plain(sign) for sign in text)
    return plain if _is_plain(plain) else text


def fits(text: str) -> bool:
    """Say whether a text leaves as one message."""
    if not _is_plain(text):
        return len(text) <= ONE_MESSAGE_UNICODE
    return sum(2 if sign in _GSM_DOUBLE else 1 for sign in text) <= ONE_MESSAGE


def shortened(texts: Iterable[str]) -> str:
    """Return the first of several texts that leaves as one message, else the last, which says least."""
    written = [for_sms(text) for text in texts]
    return next((text for text in written if fits(text)), written[-1])


def _is_plain(text: str) -> bool:
    return all(sign in _GSM or sign in _GSM_DOUBLE for sign in text)


def _plain(sign: str) -> str:
    if sign in _GSM or sign in _GSM_DOUBLE:
        return sign
    if sign in _PLAIN:
        return _PLAIN[sign]
    bare = unicodedata.normalize("NFD", sign)[0]
    return bare if bare in _GSM else sign
