"""A complaint told to the person who sent it: where it stands, who has it, what was said. Plain words only."""

from dataclasses import dataclass
from datetime import date, datetime

from service.domain.routing import TargetKind
from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.messages import in_words
from service.journey.reading import Sheet
from service.journey.submission import PARIS
from service.models.complaint import Complaint, Event

OUT_OF_SCOPE = "autre"


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
    done.append(("Terminée", complaint.closed_at))
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
    """Say whether the promised day is over and nobody has answered."""
    return complaint.first_answered_at is None and complaint.closed_at is None and complaint.promised_answer_by < today


def who_has_it(sheet: Sheet) -> str:
    """Say who holds the complaint, never that it is nobody's business."""
    team, member = sheet.team, sheet.member.name
    if team is None:
        return "Nous transmettons votre demande à l'équipe qui peut agir."
    if sheet.complaint.closed_at:
        return f"{recipient(sheet)}, {member}." if sheet.organisation is None else f"{recipient(sheet)}, pour {member}."
    if sheet.complaint.target == TargetKind.SORTING:
        return f"Chez {member}, une personne lit votre message, puis le donne à l'équipe qui peut agir."
    if sheet.organisation is None:
        return f"Votre demande est arrivée ici : {team.name}, {member}."
    return (
        f"Votre demande est passée à {sheet.organisation.name}. "
        f"{member} reste votre contact et suit la demande. L'équipe qui la suit : {team.name}."
    )


def reason(sheet: Sheet) -> str | None:
    """Return why it is there, in the member's own sentence; None while a person sorts."""
    is_decided = sheet.team is not None and sheet.complaint.target != TargetKind.SORTING
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
    event = _last(sheet, EventKind.ROUTED)
    return event.at if event else None


def _taken_at(sheet: Sheet) -> datetime | None:
    """Return when a person first took the complaint in hand, whatever they did then."""
    kinds = (EventKind.ASSIGNED, EventKind.ANSWERED, EventKind.CLOSED)
    return next((event.at for event in sheet.events if event.kind in kinds), None)
