"""A complaint told to the person who sent it: where it stands, who has it, what was said. Plain words only."""

from dataclasses import dataclass
from datetime import date, datetime

from service.domain.routing import TargetKind
from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.dates import in_words
from service.journey.reading import Sheet
from service.journey.submission import PARIS
from service.models.complaint import Complaint, Event

OUT_OF_SCOPE = "autre"
SLOTS = {"morning": "le matin", "afternoon": "l'après-midi", "day": "dans la journée"}
# After one of these, a visit that was planned is over or does not take place.
_ENDS_A_VISIT = (
    EventKind.ROUTED,
    EventKind.TRANSFERRED,
    EventKind.PASSED_ON,
    EventKind.WORK_DONE,
    EventKind.CLOSED,
    EventKind.REOPENED,
)


@dataclass(frozen=True)
class Step:
    """One step of the way: `when` is None until it is done."""

    label: str
    when: str | None
    is_current: bool = False


@dataclass(frozen=True)
class Message:
    """One thing said, by the tenant or by the landlord."""

    author: str
    is_mine: bool
    when: str
    text: str


def day_in_words(at: datetime) -> str:
    """Return the day of an instant in France, as people say it."""
    return in_words(at.astimezone(PARIS).date())


def moment_in_words(at: datetime) -> str:
    """Return the day and the hour of an instant in France, as people say them."""
    local = at.astimezone(PARIS)
    return f"{in_words(local.date())} à {local.hour} h {local.minute:02d}"


def steps_of(sheet: Sheet) -> list[Step]:
    """Return the way of the complaint; the first step not done is the present one."""
    complaint = sheet.complaint
    reopened = _last(sheet, EventKind.REOPENED)
    done: list[tuple[str, datetime | None]] = [
        ("Reçue", complaint.submitted_at),
        (f"Transmise à : {recipient(sheet)}" if sheet.team else "Transmise à la bonne équipe", _routed_at(sheet)),
        ("Prise en charge", _taken_at(sheet)),
        ("Réponse", complaint.first_answered_at),
    ]
    if reopened:
        done.append(("Rouverte, parce que ce n'était pas réglé", reopened.at))
    passed_on = _last(sheet, EventKind.PASSED_ON)
    done.append((f"Passée à {passed_on.data['member']}" if passed_on else "Terminée", complaint.closed_at))
    current = next((rank for rank, (_, at) in enumerate(done) if at is None), None)
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
    return category_label(complaint.category)


def place_as_typed(complaint: Complaint) -> str | None:
    """Return the place as the tenant typed it.

    Never as found in the patrimoine: whoever tries a reference that is not theirs must not read a neighbour's address.
    """
    address = complaint.place_given.get("address") or {}
    line = ", ".join(part for part in (address.get("line"), _town(address)) if part)
    reference = complaint.place_given.get("reference")
    parts = (f"logement {reference}" if reference else "", line)
    return ", ".join(part for part in parts if part) or None


def is_late(complaint: Complaint, today: date) -> bool:
    """Say whether the promised day is over and nobody has answered; not while we wait for the tenant's own answer."""
    is_waited_for = complaint.first_answered_at is None and complaint.closed_at is None and not complaint.is_paused
    return is_waited_for and complaint.promised_answer_by < today


def who_has_it(sheet: Sheet) -> str:
    """Say who holds the complaint, never that it is nobody's business."""
    if sheet.team is None:
        return "Nous transmettons votre demande à l'équipe qui peut agir."
    if sheet.complaint.closed_at:
        return _who_had_it(sheet)
    return f"{_how_it_came_there(sheet)} {_who_follows_it(sheet)}".strip()


def _who_had_it(sheet: Sheet) -> str:
    passed_on = _last(sheet, EventKind.PASSED_ON)
    if passed_on:
        return str(passed_on.data["reason"])
    member = sheet.member.name
    return f"{recipient(sheet)}, {member}." if sheet.organisation is None else f"{recipient(sheet)}, pour {member}."


def _how_it_came_there(sheet: Sheet) -> str:
    """Return the sentence of the last passage, which says to whom and why; else where it arrived first."""
    passage = _passage(sheet)
    if passage:
        return passage
    if sheet.organisation:
        return f"Votre demande est passée à {sheet.organisation.name}."
    is_sorted = sheet.team is not None and sheet.complaint.target != TargetKind.SORTING
    return f"Votre demande est arrivée ici : {recipient(sheet)}, {sheet.member.name}." if is_sorted else ""


def _who_follows_it(sheet: Sheet) -> str:
    member, team = sheet.member.name, sheet.team.name if sheet.team else ""
    if sheet.organisation:
        return f"{member} reste votre contact et suit la demande. L'équipe qui la suit : {team}."
    if sheet.complaint.target == TargetKind.SORTING:
        return f"Chez {member}, une personne lit votre message, puis le donne à l'équipe qui peut agir."
    return f"{member} reste votre contact." if _passage(sheet) else ""


def _passage(sheet: Sheet) -> str | None:
    """Return why it was passed to where it is now; None when the rules brought it there."""
    moved = next((one for one in reversed(sheet.events) if one.kind in (EventKind.ROUTED, EventKind.TRANSFERRED)), None)
    return str(moved.data["reason"]) if moved and moved.kind == EventKind.TRANSFERRED else None


def visit(sheet: Sheet, today: date) -> str | None:
    """Say when somebody comes, or was to come; None when nothing is planned any more."""
    kinds = (EventKind.PLANNED, *_ENDS_A_VISIT)
    last = next((one for one in reversed(sheet.events) if one.kind in kinds), None)
    if last is None or last.kind != EventKind.PLANNED:
        return None
    who, day, slot = last.data["organisation"], date.fromisoformat(last.data["on"]), SLOTS[last.data["slot"]]
    if day < today:
        return (
            f"Un passage de {who} était prévu le {in_words(day)}. "
            "Personne n'est venu, ou ce n'est pas réglé ? Dites-le plus bas."
        )
    return f"{who} passe le {in_words(day)}, {slot}. Ce jour ne vous convient pas ? Dites-le plus bas."


def reason(sheet: Sheet) -> str | None:
    """Return why it is there, in the member's own sentence; None while a person sorts, or where it is said already."""
    is_decided = sheet.team is not None and sheet.complaint.target != TargetKind.SORTING and not _passage(sheet)
    return sheet.complaint.route_reason if is_decided else None


def messages_of(sheet: Sheet) -> list[Message]:
    """Return what both sides said after the first message, in order."""
    return [_message(sheet, event) for event in sheet.told if event.data.get("text")]


def _message(sheet: Sheet, event: Event) -> Message:
    is_mine = event.actor == "tenant"
    author = "Vous" if is_mine else f"{event.actor}, {sheet.member.name}"
    return Message(author, is_mine, moment_in_words(event.at), str(event.data["text"]))


def _town(address: dict[str, str]) -> str:
    return " ".join(part for part in (address.get("postcode"), address.get("city")) if part)


def _last(sheet: Sheet, kind: EventKind) -> Event | None:
    return next((event for event in reversed(sheet.events) if event.kind == kind), None)


def _routed_at(sheet: Sheet) -> datetime | None:
    return next(
        (one.at for one in reversed(sheet.events) if one.kind in (EventKind.ROUTED, EventKind.TRANSFERRED)), None
    )


def _taken_at(sheet: Sheet) -> datetime | None:
    """Return when a person first took the complaint in hand, whatever they did then."""
    kinds = (
        EventKind.ASSIGNED,
        EventKind.ACKNOWLEDGED,
        EventKind.ACCEPTED,
        EventKind.PLANNED,
        EventKind.WORK_DONE,
        EventKind.ANSWERED,
        EventKind.CLOSED,
    )
    return next((event.at for event in sheet.events if event.kind in kinds), None)
