"""A complaint told to the person who sent it: where it stands, who has it, how far it is. Plain words only."""

from dataclasses import dataclass
from datetime import date, datetime

from service.domain.closing import OUTCOMES
from service.domain.languages import N_
from service.domain.questions import WHERE
from service.domain.routing import TargetKind
from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.dates import PARIS
from service.journey.reading import Sheet
from service.models.complaint import Complaint, Event
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken
from service.tenant.tracked_complaint import TrackedComplaint

OUT_OF_SCOPE = "autre"
TAKEN = (
    EventKind.ASSIGNED, EventKind.ACKNOWLEDGED, EventKind.ACCEPTED, EventKind.PLANNED, EventKind.WORK_DONE,
    EventKind.ANSWERED, EventKind.CLOSED,
)  # fmt: skip
MOVES = (EventKind.ROUTED, EventKind.TRANSFERRED)


@dataclass(frozen=True)
class Step:
    """One step of the way: `when` is None until it is done."""

    label: str
    when: str | None
    is_current: bool = False


@dataclass(frozen=True)
class Passage:
    """One change of hands: the day, and the sentence that says to whom and why."""

    when: str
    text: str


def day_in_words(at: datetime) -> str:
    """Return the day of an instant in France, as people say it."""
    return spoken().day(at.astimezone(PARIS).date())


ENDED_BY_TENANT = {
    "solved": N_("Terminée : vous nous avez dit que c'est réglé"),
    "withdrawn": N_("Terminée : vous avez retiré votre demande"),
}


def ending(tracked: TrackedComplaint) -> str:
    """Return how it ended, in whoever's name it did."""
    outcome = tracked.standing.outcome or ""
    if tracked.ended_by_tenant and outcome in ENDED_BY_TENANT:
        return _(ENDED_BY_TENANT[outcome])
    return _(OUTCOMES[outcome]) if outcome in OUTCOMES else ""


def steps_of(tracked: TrackedComplaint) -> list[Step]:
    """Return the way of the complaint; the first step not done is the present one. What is over skips nothing."""
    sheet, standing = tracked.sheet, tracked.standing
    done: list[tuple[str, datetime | None]] = [
        (_("Reçue"), sheet.complaint.submitted_at),
        (
            _("Transmise à : %(desk)s", desk=recipient(sheet)) if sheet.team else _("Transmise à la bonne équipe"),
            _routed_at(sheet),
        ),
        (_("Prise en charge"), taken_at(sheet)),
        *_turns(tracked),
    ]
    passed_on = _last(sheet, EventKind.PASSED_ON)
    end = _("Passée à %(member)s", member=passed_on.data["member"]) if passed_on else _("Terminée")
    done.append((end, standing.closed_at))
    if tracked.is_closed:
        done = [(label, at) for label, at in done if at]
    return _as_steps(done)


def _turns(tracked: TrackedComplaint) -> list[tuple[str, datetime | None]]:
    """Return the answer and what the tenant said of it, in the order in which they came; what is to come is last."""
    sheet = tracked.sheet
    turns: list[tuple[str, datetime | None]] = [(_("Réponse"), tracked.standing.first_answered_at)]
    reopened, review = _last(sheet, EventKind.REOPENED), _last(sheet, EventKind.REVIEW_ASKED)
    if reopened:
        turns.append((_("Rouverte, parce que ce n'était pas réglé"), reopened.at))
    if review and tracked.is_under_review:
        turns.append((_("Relecture demandée"), review.at))
    return sorted(turns, key=lambda turn: (turn[1] is None, turn[1] or tracked.now))


def _as_steps(done: list[tuple[str, datetime | None]]) -> list[Step]:
    current = next((rank for rank, (_label, at) in enumerate(done) if at is None), None)
    return [Step(label, day_in_words(at) if at else None, rank == current) for rank, (label, at) in enumerate(done)]


def recipient(sheet: Sheet) -> str:
    """Return the name of whoever acts: the outside organisation, or the team."""
    if sheet.organisation:
        return sheet.organisation.name
    return sheet.team.name if sheet.team else sheet.member.name


def subject_in_words(complaint: Complaint) -> str | None:
    """Return what we understood, or None while a person still has to read."""
    if complaint.abstained or complaint.category in (None, OUT_OF_SCOPE):
        return None
    return _(category_label(complaint.category))


def place_as_typed(complaint: Complaint) -> str | None:
    """Return the place as the tenant typed it.

    Never as found in the patrimoine: whoever tries a reference that is not theirs must not read a neighbour's address.
    """
    address = complaint.place_given.get("address") or {}
    line = ", ".join(part for part in (address.get("line"), _town(address)) if part)
    reference = complaint.place_given.get("reference")
    parts = (_("logement %(reference)s", reference=reference) if reference else "", line)
    return ", ".join(part for part in parts if part) or None


def where_in_words(complaint: Complaint) -> str:
    """Return where it is, as the tenant chose it; empty when they did not."""
    where = WHERE.get(str(complaint.details.get("where", "")))
    return _(where) if where else ""


def answers_given(complaint: Complaint) -> list[tuple[str, str]]:
    """Return what was asked beside the message and what was answered, for the tenant to find again."""
    return [(_(str(one["question"])), _(str(one["answer"]))) for one in complaint.details.get("answers", ())]


def is_late(tracked: TrackedComplaint, today: date) -> bool:
    """Say whether the promised day is over and nobody has answered; not while we wait for the tenant's own answer."""
    standing = tracked.standing
    is_waited_for = standing.first_answered_at is None and not tracked.is_closed and not standing.is_paused
    return is_waited_for and tracked.sheet.complaint.promised_answer_by < today


def who_has_it(tracked: TrackedComplaint) -> str:
    """Say who holds the complaint, never that it is nobody's business."""
    sheet = tracked.sheet
    if sheet.team is None:
        return _("Nous transmettons votre demande à l'équipe qui peut agir.")
    if tracked.is_closed:
        return _who_had_it(sheet)
    return f"{_how_it_came_there(sheet)} {_who_follows_it(sheet)}".strip()


def _who_had_it(sheet: Sheet) -> str:
    passed_on = _last(sheet, EventKind.PASSED_ON)
    if passed_on:
        return str(passed_on.data["reason"])
    member, desk = sheet.member.name, recipient(sheet)
    if sheet.organisation is None:
        return _("%(desk)s, %(member)s.", desk=desk, member=member)
    return _("%(desk)s, pour %(member)s.", desk=desk, member=member)


def _how_it_came_there(sheet: Sheet) -> str:
    """Return the sentence of the last passage, which says to whom and why; else where it arrived first."""
    passage = _passage(sheet)
    if passage:
        return passage
    if sheet.organisation:
        return _("Votre demande est passée à %(organisation)s.", organisation=sheet.organisation.name)
    if sheet.team is not None and sheet.complaint.target != TargetKind.SORTING:
        team, member = sheet.team.name, sheet.member.name
        return _("Votre demande est arrivée ici : %(team)s, %(member)s.", team=team, member=member)
    return ""


def _who_follows_it(sheet: Sheet) -> str:
    member, team = sheet.member.name, sheet.team.name if sheet.team else ""
    if sheet.organisation:
        return _(
            "%(member)s reste votre contact et suit la demande. L'équipe qui la suit : %(team)s.",
            member=member, team=team,
        )  # fmt: skip
    if sheet.complaint.target == TargetKind.SORTING:
        return _(
            "Chez %(member)s, une personne lit votre message, puis le donne à l'équipe qui peut agir.", member=member
        )
    return _("%(member)s reste votre contact.", member=member) if _passage(sheet) else ""


def _passage(sheet: Sheet) -> str | None:
    """Return why it was passed to where it is now; None when the rules brought it there."""
    moved = _last(sheet, *MOVES)
    return str(moved.data["reason"]) if moved and moved.kind == EventKind.TRANSFERRED else None


def passages(sheet: Sheet) -> list[Passage]:
    """Return each change of hands that people decided but the last, which `who_has_it` says; in order."""
    moves = [one for one in sheet.events if one.kind == EventKind.TRANSFERRED]
    earlier = moves[:-1] if _passage(sheet) else moves
    return [Passage(day_in_words(one.at), str(one.data["reason"])) for one in earlier]


def reason(sheet: Sheet) -> str | None:
    """Return why it is there, in the member's own sentence; None while a person sorts, or where it is said already."""
    is_decided = sheet.team is not None and sheet.complaint.target != TargetKind.SORTING and not _passage(sheet)
    return sheet.complaint.route_reason if is_decided else None


def _town(address: dict[str, str]) -> str:
    return " ".join(part for part in (address.get("postcode"), address.get("city")) if part)


def _last(sheet: Sheet, *kinds: EventKind) -> Event | None:
    return next((event for event in reversed(sheet.events) if event.kind in kinds), None)


def _routed_at(sheet: Sheet) -> datetime | None:
    moved = _last(sheet, *MOVES)
    return moved.at if moved else None


def taken_at(sheet: Sheet) -> datetime | None:
    """Return when a person first took the complaint in hand, whatever they did then."""
    people = (event for event in sheet.events if event.kind in TAKEN and event.actor != "tenant")
    return next((event.at for event in people), None)
