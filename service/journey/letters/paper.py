"""A letter on paper: where it goes, what it says, and how to answer without a screen."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.languages import Tongue
from service.journey.dates import PARIS
from service.journey.news.messages import Facts, Letter, together


@dataclass(frozen=True)
class Paper:
    """One printed letter."""

    tongue: Tongue
    address: tuple[str, ...]  # its lines, as they show in the window of the envelope
    day: str
    reference: str
    title: str
    paragraphs: tuple[str, ...]
    to_answer: tuple[str, ...]
    link: str


def paper(facts: Facts, letter: Letter, now: datetime) -> Paper:
    """Return a letter for the post: a link has no use on paper but to be typed, so the other ways come first."""
    _, member = facts.language.gettext, facts.member
    return Paper(
        tongue=facts.language.tongue,
        address=tuple(facts.delivery.recipient.split("\n")),
        day=facts.language.day(now.astimezone(PARIS).date()),
        reference=_("Votre demande : %(reference)s", reference=facts.complaint.reference),
        title=letter.heading or letter.subject,
        paragraphs=tuple(together(part) for part in letter.paragraphs),
        to_answer=(
            _(
                "Par téléphone : appelez %(member)s au %(phone)s et donnez la référence %(reference)s.",
                member=member.name,
                phone=together(member.phone),
                reference=facts.complaint.reference,
            ),
            _(
                "Par courrier : écrivez à %(member)s, ou passez à votre agence. Notez la référence %(reference)s.",
                member=member.name,
                reference=facts.complaint.reference,
            ),
            _("Sur internet : tapez cette adresse, lettre par lettre."),
        ),
        link=facts.tracking_url,
    )
