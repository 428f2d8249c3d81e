"""A problem known in the tenant's residence: what a neighbour may read of it, and nothing that points at anybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.incident_news import fill
from service.journey.submission import known
from service.models.complaint import Complaint
from service.tenant.languages import gettext as _
from service.tenant.languages import ngettext, spoken

NEWS_SHOWN = 3  # the latest; all of them stand in the tenant's messages or in their mails


@dataclass(frozen=True)
class News:
    """One piece of news, filled for this household."""

    text: str
    when: str


@dataclass(frozen=True)
class KnownProblem:
    """What is known: its title, how many households say so, what comes next, and the latest news."""

    title: str
    households: str
    next_step: str
    news: tuple[News, ...] = ()


def known_problem(session: Session, complaint: Complaint) -> KnownProblem | None:
    """Return the open incident a complaint is linked to; None when there is none."""
    found = known.known(session, complaint.incident_id)
    if found is None or not found.is_open:
        return None
    blanks = known.blanks_of(complaint)
    news = [
        News(fill(one.text, blanks), spoken().moment(one.at)) for one in known.news_of(session, found.id)[:NEWS_SHOWN]
    ]
    return _in_words(found, tuple(news))


def known_in(session: Session, residence_id: UUID, category: str, now: datetime) -> list[KnownProblem]:
    """Return the problems known in a residence that somebody who is about to write may mean."""
    return [_in_words(found) for found in known.known_in(session, residence_id, category, now)]


def known_about(session: Session, residence_id: UUID, category: str, now: datetime) -> list[tuple[UUID, KnownProblem]]:
    """Return the problems known in a residence, of the family of a category, with their ids."""
    return [(found.id, _in_words(found)) for found in known.known_about(session, residence_id, category, now)]


def _in_words(found: known.Known, news: tuple[News, ...] = ()) -> KnownProblem:
    many = found.neighbours
    return KnownProblem(
        title=found.title,
        households=ngettext("%(num)s foyer l'a signalé.", "%(num)s foyers l'ont signalé.", many) if many else "",
        next_step=_next_step(found),
        news=news,
    )


def _next_step(found: known.Known) -> str:
    if found.next_news_at:
        moment = spoken().moment(found.next_news_at)
        return _("Prochaines nouvelles au plus tard le %(moment)s.", moment=moment)
    if found.ends_at:
        return _("La fin est prévue le %(moment)s.", moment=spoken().moment(found.ends_at))
    return _("Nous vous écrivons ici dès qu'il y a du nouveau.")
