"""A mail before it is laid out, and what it may draw on. The sentences are in journey.letters."""

import html
from dataclasses import dataclass, field

from service.journey.known import Known
from service.journey.languages import Language, language
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.member import Member, Organisation


@dataclass(frozen=True)
class Letter:
    """A mail before it is laid out: paragraphs, then labelled links."""

    subject: str
    paragraphs: list[str]
    links: list[tuple[str, str]] = field(default_factory=list)

    def text(self) -> str:
        """Return the plain part."""
        links = [f"{label} :\n{address}" for label, address in self.links]
        return "\n\n".join([*self.paragraphs, *links]) + "\n"

    def html(self, colour: str) -> str:
        """Return the HTML part, in the member's colour, readable without images."""
        body = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in self.paragraphs)
        links = "".join(
            f'<p><a href="{html.escape(address)}" style="color:{colour};font-weight:bold">{html.escape(label)}</a></p>'
            for label, address in self.links
        )
        return (
            f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{html.escape(self.subject)}</title>'
            '</head><body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:38em;margin:auto">'
            f"{body}{links}</body></html>"
        )


@dataclass(frozen=True)
class Facts:
    """What a letter may draw on. `ask_feedback` is False when the household was surveyed this quarter."""

    delivery: Delivery
    complaint: Complaint
    event: Event
    member: Member
    organisation: Organisation | None
    desk: str
    place: str
    tracking_url: str
    staff_url: str
    ask_feedback: bool
    with_text: bool
    handover: Handover | None = None  # what an organisation was offered, in a mail to it
    partner_url: str = ""  # the page on which it answers
    duty_url: str = ""  # the page on which somebody on duty answers, in a call to them
    known: Known | None = None  # the collective incident a mail is about, as it stands when it leaves

    @property
    def language(self) -> Language:
        """The language of the tenant's pages and mails."""
        return language(self.complaint.language)


@dataclass(frozen=True)
class Occasion:
    """What a letter about no complaint in particular may draw on: a digest, an endpoint that fails."""

    delivery: Delivery
    member: Member
    base_url: str
