"""What both sides said, the latest news first of all, and what the tenant has not read yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.languages import N_
from service.domain.status import Audience, EventKind
from service.domain.taxonomy import category_label
from service.journey.news.mending import Said
from service.models.complaint import Event
from service.models.handover import Attachment
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken
from service.tenant.tracked_complaint import TrackedComplaint

EXCERPT = 300  # characters of news shown in the tile
TENANT = "tenant"

# What we tell, and how it is called. What is not here is no news: the tenant's own words, the way to the desk.
NEWS = {
    EventKind.ANSWERED: N_("Nous vous avons répondu"),
    EventKind.ASKED: N_("Nous vous posons une question"),
    EventKind.EXTENDED: N_("Il nous faut plus de temps"),
    EventKind.TRANSFERRED: N_("Votre demande a changé de mains"),
    EventKind.PLANNED: N_("Un passage est prévu"),
    EventKind.LINKED: N_("Votre problème est connu dans la résidence"),
    EventKind.INCIDENT_NEWS: N_("Des nouvelles du problème de votre résidence"),
    EventKind.CONFIRMED: N_("Une personne a vérifié"),
    EventKind.CORRECTED: N_("Une personne a corrigé le sujet"),
    EventKind.COMMITTED: N_("Nous nous engageons"),
    EventKind.COMMITMENT_DROPPED: N_("Un engagement change"),
    EventKind.PASSED_ON: N_("Votre demande continue chez un autre bailleur"),
    EventKind.CLOSED: N_("Votre demande est terminée"),
}


@dataclass(frozen=True)
class News:
    """The latest news: what it is, when, the words it brought. `anchor` is where the whole stands."""

    title: str
    when: str
    is_new: bool
    text: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Message:
    """One thing said, by the tenant or by the landlord. `about` says what it is when it is not a plain message."""

    id: int
    author: str
    is_mine: bool
    when: str
    text: str
    is_new: bool = False
    about: str = ""
    files: Sequence[Attachment] = ()


def told_at(tracked: TrackedComplaint, event: Event) -> datetime:
    """Return when the tenant could first read of an event."""
    return tracked.left_at.get(event.id, event.at)


def is_new(tracked: TrackedComplaint, event: Event) -> bool:
    """Say whether the tenant has not seen it yet: what they did themselves is never new."""
    read_at = tracked.sheet.complaint.read_at
    return event.actor != TENANT and (read_at is None or told_at(tracked, event) > read_at)


def latest_news(tracked: TrackedComplaint) -> News:
    """Return the latest news; at first, that the message arrived."""
    shown = {one.event.id: one for one in _shown(tracked)}
    last = next((one for one in reversed(_news(tracked))), None)
    if last is None:
        return _opening(tracked)
    text = _words(tracked, shown[last.id]) if last.id in shown else _sentence(last)
    excerpt = text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"
    return News(
        _(NEWS[EventKind(last.kind)]),
        spoken().moment(told_at(tracked, last)),
        is_new(tracked, last),
        excerpt,
        f"m{last.id}" if last.id in shown and excerpt != text else "",
    )


def _opening(tracked: TrackedComplaint) -> News:
    """Return what there is to tell before anything happened: that it arrived, or that it is open again."""
    reopened = tracked.last(EventKind.REOPENED)
    if reopened:
        return News(_("Votre demande est rouverte"), spoken().moment(reopened.at), is_new=False)
    sent_at = spoken().moment(tracked.sheet.complaint.submitted_at)
    return News(_("Nous avons bien reçu votre demande"), sent_at, is_new=False)


def unread(tracked: TrackedComplaint) -> int:
    """Return how many things told were not read yet."""
    return sum(is_new(tracked, event) for event in _news(tracked))


def messages_of(tracked: TrackedComplaint) -> list[Message]:
    """Return what both sides said after the first message, in order."""
    return [_message(tracked, one) for one in _shown(tracked)]


def _news(tracked: TrackedComplaint) -> list[Event]:
    """Return what we told since it was last opened, in order; a correction is news to whoever contested before."""
    found: list[Event] = []
    contested = False
    for event in tracked.sheet.events:
        if event.kind == EventKind.REOPENED:
            found.clear()  # What ended before is no news any more.
        contested = contested or event.kind == EventKind.CONTESTED
        if event.kind == EventKind.CORRECTED:
            is_told = contested
        else:
            is_told = event.audience == Audience.TENANT and event.kind in NEWS and event.actor != TENANT
        if is_told:
            found.append(event)
    return found


def _shown(tracked: TrackedComplaint) -> list[Said]:
    """Return what stands in the conversation: words, and what the tenant did that calls for an answer."""
    return [one for one in tracked.told if one.text or one.event.kind in _ABOUT]


def _message(tracked: TrackedComplaint, one: Said) -> Message:
    event, is_mine = one.event, one.event.actor == TENANT
    about = _ABOUT.get(EventKind(event.kind))
    return Message(
        id=event.id,
        author=_("Vous") if is_mine else f"{event.actor}, {tracked.sheet.member.name}",
        is_mine=is_mine,
        when=spoken().moment(told_at(tracked, event)),
        text=_words(tracked, one),
        is_new=is_new(tracked, event),
        about=about(event) if about else "",
        files=tracked.files.get(event.id, ()),
    )


def _words(tracked: TrackedComplaint, one: Said) -> str:
    """Return the words somebody typed. What the tenant's own ending says is told in their language, not typed."""
    if one.event.kind == EventKind.CLOSED and one.event.actor == TENANT:
        return str(one.event.data.get("text", ""))
    if one.event.kind == EventKind.CONFIRMED:
        return _upheld(tracked, one.event)
    return one.text or ""


def _upheld(tracked: TrackedComplaint, event: Event) -> str:
    if event.data.get("about") == "recipient":
        desk = tracked.sheet.team.name if tracked.sheet.team else tracked.sheet.member.name
        return _("Nous avons vérifié : c'est bien cette équipe qui peut agir : %(desk)s.", desk=desk)
    subject = _(category_label(event.data.get("category")))
    return _("Nous avons vérifié : le sujet est bien %(subject)s.", subject=subject)


def _sentence(event: Event) -> str:
    """Return what news without a message say."""
    if event.kind == EventKind.CORRECTED:
        return _("Le sujet de votre demande est maintenant : %(subject)s.", subject=_(category_label(event.data["to"])))
    return str(event.data.get("reason") or event.data.get("title") or event.data.get("what") or "")


def _contested(event: Event) -> str:
    if event.data["about"] == "recipient":
        return _("Vous dites : ce n'est pas la bonne équipe.")
    if event.data.get("category"):
        subject = _(category_label(event.data["category"]))
        return _("Vous dites : le sujet n'est pas le bon. D'après vous : %(subject)s.", subject=subject)
    return _("Vous dites : le sujet n'est pas le bon.")


def _review_asked(_event: Event) -> str:
    return _("Vous demandez qu'une autre personne relise.")


def _closed(event: Event) -> str:
    if event.actor != TENANT:
        return _("Fin de la demande")
    if event.data.get("outcome") == "withdrawn":
        return _("Vous retirez votre demande.")
    return _("Vous dites : c'est réglé.")


def _reopened(_event: Event) -> str:
    return _("Vous dites : ce n'est pas réglé.")


def _confirmed(_event: Event) -> str:
    return _("Nous avons vérifié")


# What a message is when it is not a plain one. Such a message is shown even without words.
_ABOUT: dict[EventKind, Callable[[Event], str]] = {
    EventKind.CONTESTED: _contested,
    EventKind.REVIEW_ASKED: _review_asked,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _reopened,
    EventKind.CONFIRMED: _confirmed,
}
