"""A mail before it is laid out, and what it may draw on. The sentences are in journey.letters."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from service.domain.languages import FRENCH, Tongue
from service.domain.status import EventKind
from service.journey.languages import Language, language
from service.journey.news.own_links import OwnLink
from service.journey.submission.known import Known
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.member import Member, Organisation

Link = tuple[str, str]  # a label and an address
Mark = tuple[str, str, str]  # what is seen, its label as heard and read, and an address


class Typed(str):
    """A paragraph that a person of the member typed: in their words and in French, whatever the letter's language."""

    __slots__ = ()


class Title(str):
    """The heading of a part of a letter."""

    __slots__ = ()


@dataclass(frozen=True)
class Frame:
    """What stands around a letter: its language, whose it is, and the small print with its links."""

    tongue: Tongue = FRENCH
    member: str = ""
    colour: str = "#1d5b43"
    footer: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


PLAIN = Frame()


@dataclass(frozen=True)
class Letter:
    """A mail before it is laid out: paragraphs, then labelled links, the first of which is what most people want.

    The subject never carries a name or a tenant's words. `heading` stands above the text, `preheader` is what mail
    programs show beside the subject; where they are empty, the subject says enough.
    """

    subject: str
    paragraphs: list[str]
    links: list[Link] = field(default_factory=list)
    heading: str = ""
    preheader: str = ""
    marks: list[Mark] = field(default_factory=list)  # one tap among several, all alike, before the links

    def text(self, frame: Frame = PLAIN) -> str:
        """Return the plain part."""
        marks = [f"{label} :\n{address}" for _, label, address in self.marks]
        links = [*marks, *(f"{label} :\n{address}" for label, address in self.links)]
        small = [*frame.footer, *(f"{label} :\n{address}" for label, address in frame.links)]
        return "\n\n".join([*self.paragraphs, *links, *(["-- ", *small] if small else [])]) + "\n"

    def html(self, frame: Frame) -> str:
        """Return the HTML part: readable without images, on a dark screen, and aloud."""
        tongue = frame.tongue
        title = html.escape(together(self.heading or self.subject))
        body = "".join([
            *(_paragraph(part, tongue) for part in self.paragraphs),
            _marks(self.marks, frame.colour),
            *_links(self.links, frame.colour),
        ])  # fmt: skip
        return (
            f'<!doctype html><html lang="{tongue.tag}" dir="{tongue.direction}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
            f"<title>{html.escape(self.subject)}</title><style>{_DARK}</style></head>"
            '<body class="page" style="margin:0;padding:0;background:#ffffff;color:#1b2420">'
            f"{_preheader(self.preheader)}"
            f'<div lang="{tongue.tag}" dir="{tongue.direction}" style="{_SHEET}">'
            f'<p style="margin:0 0 16px;padding:12px 0 0;border-top:6px solid {frame.colour};font-weight:bold">'
            f'{html.escape(frame.member)}</p><h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">{title}</h1>'
            f"{body}{_small(frame)}</div></body></html>"
        )


_SHEET = (
    "max-width:36em;margin:0 auto;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
)
# Mail programs that know dark screens turn the paper dark; the button keeps its colour, its white words stay readable.
_DARK = (
    "@media (prefers-color-scheme:dark){.page{background:#151c18!important;color:#eef3f0!important}"
    ".page a.plain{color:#a9dcc0!important}.page a.mark{border-color:#a9dcc0!important}}"
)
_MARK = (
    "display:inline-block;min-width:28px;padding:6px 6px;border-radius:6px;line-height:28px;text-align:center;"
    "color:inherit;font-weight:bold;text-decoration:none"
)
_BUTTON = "display:inline-block;padding:12px 20px;border-radius:6px;color:#ffffff;font-weight:bold;text-decoration:none"


def _preheader(words: str) -> str:
    """Return what mail programs show beside the subject, and nobody sees in the mail itself."""
    if not words:
        return ""
    return f'<div style="display:none;max-height:0;overflow:hidden" aria-hidden="true">{html.escape(words)}</div>'


def together(words: str) -> str:
    """Return words with the digits of a telephone number held together: read from the right, they would change places.

    A plain space lets each pair go its own way in Arabic, and lets a line end in the middle. No line begins with the
    punctuation that a space goes before in French.
    """
    return re.sub(r"(?<=\d) (?=\d)| (?=[:;!?»])|(?<=«) ", "\u00a0", words)


def _paragraph(part: str, tongue: Tongue) -> str:
    words = html.escape(together(part)).replace("\n", "<br>")
    if isinstance(part, Title):
        return f'<h2 style="font-size:18px;line-height:1.3;margin:24px 0 8px">{words}</h2>'
    if isinstance(part, Typed):
        language = ' lang="fr"' if tongue.tag != FRENCH.tag else ""
        return f'<p{language} dir="auto" style="margin:0 0 16px">{words}</p>'
    return f'<p style="margin:0 0 16px">{words}</p>'


def _marks(marks: list[Mark], colour: str) -> str:
    """Return a row of marks, none of them stronger than another: a mail must not say which answer it hopes for."""
    if not marks:
        return ""
    alike = f'class="plain mark" style="{_MARK};border:2px solid {colour}"'
    row = " ".join(
        f'<a href="{html.escape(address)}" aria-label="{html.escape(label)}" {alike}>{seen}</a>'
        for seen, label, address in marks
    )
    return f'<p style="margin:0 0 16px;line-height:56px">{row}</p>'


def _links(links: list[Link], colour: str) -> Iterator[str]:
    """Yield the first link as a button, the others as plain words."""
    for rank, (label, address) in enumerate(links):
        style = f'style="{_BUTTON};background:{colour}"' if rank == 0 else 'class="plain" style="color:inherit"'
        yield (f'<p style="margin:0 0 16px"><a href="{html.escape(address)}" {style}>{html.escape(label)}</a></p>')


def _small(frame: Frame) -> str:
    lines = [html.escape(together(line)) for line in frame.footer]
    lines += [
        f'<a class="plain" href="{html.escape(address)}" style="color:inherit">{html.escape(label)}</a>'
        for label, address in frame.links
    ]
    if not lines:
        return ""
    body = "".join(f'<p style="margin:0 0 8px">{line}</p>' for line in lines)
    return f'<div style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid #8a968f;font-size:14px">{body}</div>'


@dataclass(frozen=True)
class Facts:
    """What a letter may draw on."""

    delivery: Delivery
    complaint: Complaint
    event: Event
    member: Member
    organisation: Organisation | None
    desk: str
    place: str
    tracking_url: str
    staff_url: str
    with_text: bool
    handover: Handover | None = None  # what an organisation was offered, in a mail to it
    partner_url: str = ""  # the page on which it answers
    duty_url: str = ""  # the page on which somebody on duty answers, in a call to them
    known: Known | None = None  # the collective incident a mail is about, as it stands when it leaves
    words: str = ""  # what staff wrote to the tenant, as mended before it left
    help_url: str = ""  # the page of rights and help
    goes_on_url: str = ""  # the page of the tenant's other request, with which this one is handled
    is_for_staff: bool = False  # what a person says to the tenant on the telephone: in French
    personal_url: str = ""  # the page behind a link that only whoever gets this letter has

    @property
    def language(self) -> Language:
        """The language of the tenant's pages and mails."""
        return language(FRENCH.code if self.is_for_staff else self.complaint.language)

    @property
    def pieces(self) -> list[str]:
        """What is said of the files that go with the words: they are on the page, and not in the mail."""
        _ = self.language.gettext
        if not self.event.data.get("files"):
            return []
        return [_("Ce message a une ou plusieurs pièces jointes. Elles sont sur votre page de suivi.")]

    @property
    def signature(self) -> str:
        """Who signs: the person who wrote, for the member; the member alone for what nobody wrote."""
        if self.event.kind in _BY_A_PERSON and self.event.actor not in ("tenant", "system", "rules", "model"):
            return f"{self.event.actor}, {self.member.name}"
        return self.member.name


_BY_A_PERSON = (
    EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.EXTENDED, EventKind.INCIDENT_NEWS,
    EventKind.COMMITTED, EventKind.COMMITMENT_DROPPED,
)  # fmt: skip


@dataclass(frozen=True)
class Occasion:
    """What a letter about no complaint in particular may draw on: a digest, an endpoint that fails."""

    delivery: Delivery
    member: Member
    base_url: str
    links: tuple[OwnLink, ...] = ()  # of the complaints of somebody who lost them
    personal_url: str = ""  # the page behind a link that only whoever gets this letter has
