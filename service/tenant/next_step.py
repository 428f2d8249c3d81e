"""What comes next for the tenant: who does what and by when, or an honest word about being late; what was promised."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.domain.languages import N_
from service.domain.status import EventKind
from service.journey.dates import PARIS
from service.models.complaint import Event
from service.tenant import story
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken
from service.tenant.tracked_complaint import TrackedComplaint

SLOTS = {"morning": N_("le matin"), "afternoon": N_("l'après-midi"), "day": N_("dans la journée")}
# After one of these, a visit that was planned is over or does not take place.
_ENDS_A_VISIT = (
    EventKind.ROUTED, EventKind.TRANSFERRED, EventKind.PASSED_ON, EventKind.WORK_DONE, EventKind.CLOSED,
    EventKind.REOPENED,
)  # fmt: skip

_ENDS_A_PROMISE = (EventKind.COMMITMENT_KEPT, EventKind.COMMITMENT_DROPPED)


@dataclass(frozen=True)
class NextStep:
    """What comes next. `why` is the reason a person gave, in their own words."""

    text: str
    why: str | None = None
    is_late: bool = False
    awaits_tenant: bool = False


class State(StrEnum):
    """Whether a commitment was kept."""

    KEPT = "kept"
    PENDING = "pending"
    LATE = "late"


STATE_IN_WORDS = {State.KEPT: N_("Tenu"), State.PENDING: N_("À venir"), State.LATE: N_("En retard")}


@dataclass(frozen=True)
class Commitment:
    """Something promised to the tenant, with its day, and whether it was kept."""

    text: str
    state: State

    @property
    def state_in_words(self) -> str:
        """The state: a sign or a colour never says it alone."""
        return _(STATE_IN_WORDS[self.state])


def today_of(tracked: TrackedComplaint) -> date:
    """Return the day it is in France."""
    return tracked.now.astimezone(PARIS).date()


def status_in_words(tracked: TrackedComplaint) -> str:
    """Return where it stands, in a few words. A colour never says it alone."""
    if tracked.passed_to:
        return _("Continue chez %(member)s", member=tracked.passed_to.name)
    if tracked.is_closed:
        return story.ending(tracked)
    sheet, standing = tracked.sheet, tracked.standing
    coming = _coming_visit(tracked, today_of(tracked))
    if coming and not tracked.is_under_review:
        return _("Passage prévu le %(day)s", day=spoken().day(coming))
    known = (
        (tracked.is_under_review, N_("En relecture par une autre personne")),
        (standing.is_paused, N_("En attente de votre réponse")),
        (standing.first_answered_at, N_("Réponse donnée")),
        (story.taken_at(sheet), N_("Prise en charge")),
        (sheet.team, N_("Transmise à l'équipe")),
        (True, N_("Reçue")),
    )
    return _(next(words for holds, words in known if holds))


def next_step(tracked: TrackedComplaint) -> NextStep | None:
    """Return what comes next; None when it is over."""
    if tracked.is_closed:
        return None
    today, standing = today_of(tracked), tracked.standing
    if standing.is_paused:
        asked = _("Nous vous avons posé une question. Répondez plus bas : nous reprenons dès que nous vous lisons.")
        return NextStep(asked, awaits_tenant=True)
    if story.is_late(tracked, today):
        return _late(tracked, tracked.sheet.complaint.promised_answer_by)
    if standing.first_answered_at is None:
        day = spoken().day(tracked.sheet.complaint.promised_answer_by)
        if tracked.is_under_review:
            return NextStep(_review_until(day))
        return NextStep(_("Une personne vous répond au plus tard le %(day)s.", day=day))
    return _after_answer(tracked, today)


def _after_answer(tracked: TrackedComplaint, today: date) -> NextStep:
    """Return what comes once a person has answered: the end by its day, or the visit that is planned."""
    due = tracked.full_answer_due.astimezone(PARIS).date() if tracked.full_answer_due else None
    if due and due < today and _coming_visit(tracked, today) is None:
        return _late(tracked, due)
    if tracked.is_under_review:
        if due:
            return NextStep(_review_until(spoken().day(due)))
        return NextStep(_("Une autre personne relit votre demande. Elle vous répond sur cette page."))
    if due:
        day = spoken().day(due)
        said = _("Nous terminons, ou nous vous disons où nous en sommes, au plus tard le %(day)s.", day=day)
        return NextStep(said, why=_extension_reason(tracked, due))
    return NextStep(_("%(desk)s suit votre demande.", desk=story.recipient(tracked.sheet)))


def _review_until(day: str) -> str:
    return _("Une autre personne relit votre demande. Elle vous répond au plus tard le %(day)s.", day=day)


def _late(tracked: TrackedComplaint, promised: date) -> NextStep:
    """Say it plainly, with the reason a person gave if one did. A new day is never made up."""
    said = _(
        "Nous devions vous répondre au plus tard le %(day)s. Ce n'est pas fait, et nous vous prions de nous en "
        "excuser. Votre demande n'est pas perdue.",
        day=spoken().day(promised),
    )
    return NextStep(said, why=_reason_given(tracked), is_late=True)


def _reason_given(tracked: TrackedComplaint) -> str | None:
    """Return the last reason a person gave for taking longer, or for passing it on."""
    last = tracked.last(EventKind.EXTENDED, EventKind.TRANSFERRED)
    return str(last.data["reason"]) if last else None


def _extension_reason(tracked: TrackedComplaint, due: date) -> str | None:
    last = tracked.last(EventKind.EXTENDED)
    return str(last.data["reason"]) if last and last.data.get("until") == due.isoformat() else None


def visit(tracked: TrackedComplaint) -> str | None:
    """Say when somebody comes, or was to come; None when nothing is planned any more."""
    last = _planned(tracked)
    if last is None:
        return None
    who, day = last.data["organisation"], date.fromisoformat(last.data["on"])
    if day < today_of(tracked):
        return _(
            "Un passage de %(who)s était prévu le %(day)s. Personne n'est venu, ou ce n'est pas réglé ? "
            "Dites-le plus bas.",
            who=who, day=spoken().day(day),
        )  # fmt: skip
    slot = _(SLOTS[last.data["slot"]])
    return _(
        "%(who)s passe le %(day)s, %(slot)s. Ce jour ne vous convient pas ? Dites-le plus bas.",
        who=who, day=spoken().day(day), slot=slot,
    )  # fmt: skip


def _planned(tracked: TrackedComplaint) -> Event | None:
    last = tracked.last(EventKind.PLANNED, *_ENDS_A_VISIT)
    return last if last and last.kind == EventKind.PLANNED else None


def _coming_visit(tracked: TrackedComplaint, today: date) -> date | None:
    last = _planned(tracked)
    day = date.fromisoformat(last.data["on"]) if last else None
    return day if day and day >= today else None


def commitments(tracked: TrackedComplaint) -> list[Commitment]:
    """Return what was promised since the last opening, in order: the first answer, each visit, what people promised."""
    return [*_answer_promised(tracked), *_visits(tracked), *_promises(tracked)]


def _promises(tracked: TrackedComplaint) -> list[Commitment]:
    """Return what the landlord's people promised and did not take back, as its events tell it."""
    made = [one for one in tracked.sheet.events if one.kind == EventKind.COMMITTED]
    ended = {one.data["commitment"]: one for one in tracked.sheet.events if one.kind in _ENDS_A_PROMISE}
    return [
        Commitment(_promise_in_words(one), _promise_state(tracked, one, ended.get(one.data["commitment"])))
        for one in made
        if getattr(ended.get(one.data["commitment"]), "kind", None) != EventKind.COMMITMENT_DROPPED
    ]


def _promise_in_words(made: Event) -> str:
    day = spoken().day(date.fromisoformat(made.data["due_on"]))
    return _("%(what)s. Au plus tard le %(day)s.", what=str(made.data["what"]).rstrip("."), day=day)


def _promise_state(tracked: TrackedComplaint, made: Event, kept: Event | None) -> State:
    done = kept.at.astimezone(PARIS).date() if kept else today_of(tracked)
    if date.fromisoformat(made.data["due_on"]) < done:
        return State.LATE
    return State.KEPT if kept else State.PENDING


def _answer_promised(tracked: TrackedComplaint) -> list[Commitment]:
    answered, promised = tracked.standing.first_answered_at, tracked.sheet.complaint.promised_answer_by
    if tracked.is_closed and answered is None:
        return []
    if answered:
        kept = answered.astimezone(PARIS).date() <= promised
        state = State.KEPT if kept else State.LATE
    else:
        state = State.LATE if story.is_late(tracked, today_of(tracked)) else State.PENDING
    return [Commitment(_("Vous répondre au plus tard le %(day)s", day=spoken().day(promised)), state)]


def _visits(tracked: TrackedComplaint) -> list[Commitment]:
    """Return each visit that was not put off to another day; the last one is judged by what followed."""
    found = []
    planned = [one for one in tracked.sheet.events if one.kind == EventKind.PLANNED]
    for rank, one in enumerate(planned):
        following = planned[rank + 1] if rank + 1 < len(planned) else None
        if following and following.data.get("instead_of") == one.data["on"]:
            continue
        state = _visit_state(tracked, one)
        if state:
            day = spoken().day(date.fromisoformat(one.data["on"]))
            text = _("Passage de %(who)s le %(day)s", who=one.data["organisation"], day=day)
            found.append(Commitment(text, state))
    return found


def _visit_state(tracked: TrackedComplaint, planned: Event) -> State | None:
    """Return whether they came; None for a visit that was called off by what followed."""
    day = date.fromisoformat(planned.data["on"])
    after = [one for one in tracked.sheet.events if one.id > planned.id and one.kind in _ENDS_A_VISIT]
    if not after:
        return State.PENDING if day >= today_of(tracked) else State.LATE
    return State.KEPT if after[0].kind == EventKind.WORK_DONE else None
