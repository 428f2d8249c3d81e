"""What would become of a message, told to the person who is about to send it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from service.domain.own_choice import NEVER_ALONE
from service.domain.questions import Question, questions_of
from service.domain.routing import TargetKind
from service.domain.safety import SafetyAdvice, advice_for
from service.journey.reading import Sheet
from service.journey.submission.rehearsal import rehearse
from service.journey.transactions import member_transaction
from service.models.member import Member, Organisation
from service.tenant.choices import Choices
from service.tenant.form import Typed, as_submission
from service.tenant.known import KnownProblem, known_about
from service.tenant.languages import gettext as _
from service.tenant.sending import ports
from service.tenant.understanding import subjects_in, with_chosen


@dataclass(frozen=True)
class Preview:
    """The question about the subject, the questions of the subject, known problems, who receives it and by when."""

    subjects: tuple[str, ...]
    category: str  # whose questions are asked; empty: none are
    questions: tuple[Question, ...]
    known: list[tuple[UUID, KnownProblem]]
    recipient: str
    others_home: str  # the name of another landlord, when it is that one's dwelling
    promised: date
    advice: list[SafetyAdvice]


@dataclass(frozen=True)
class _Looked:
    """What was seen of the complaint before it was undone."""

    owner_id: UUID
    residence_id: UUID | None
    category: str
    is_sure: bool
    recipient: str
    owner: str
    promised: date
    is_danger: bool
    danger_types: tuple[str, ...]
    proposed_id: UUID | None


def preview(member: Member, typed: Typed, choices: Choices) -> Preview:
    """Return what sending it now would do. Nothing is kept, and nobody is told."""
    seen = rehearse(member.id, as_submission(_without_files(typed), _without_links(choices)), _look, ports())
    subjects = subjects_in(typed["text"])
    guessed = seen.category if seen.is_sure and seen.category not in NEVER_ALONE else ""
    asked = choices.subject or guessed
    about = asked or next(iter(subjects), "")
    return Preview(
        subjects=with_chosen(subjects, choices.subject),
        category=asked,
        questions=questions_of(asked),
        known=_known(seen, about),
        recipient=" ".join(part for part in (seen.recipient, _proposed(seen)) if part),
        others_home=seen.owner if seen.owner_id != member.id else "",
        promised=seen.promised,
        advice=advice_for(seen.danger_types) if seen.danger_types or seen.is_danger else [],
    )


def _without_files(typed: Typed) -> Typed:
    # A hidden number nobody has: the files stay where they are.
    return typed | {"nonce": ""}


def _without_links(choices: Choices) -> Choices:
    return Choices(choices.subject, choices.asked, choices.answers)


def _look(sheet: Sheet) -> _Looked:
    complaint = sheet.complaint
    return _Looked(
        owner_id=complaint.member_id,
        residence_id=complaint.residence_id,
        category=complaint.category or "",
        is_sure=complaint.category is not None and not complaint.abstained,
        recipient=_recipient(sheet),
        owner=sheet.member.name,
        promised=complaint.promised_answer_by,
        is_danger=complaint.danger == "danger",
        danger_types=tuple(complaint.danger_types),
        proposed_id=complaint.proposed_organisation_id,
    )


def _recipient(sheet: Sheet) -> str:
    member, team = sheet.member.name, sheet.team.name if sheet.team else ""
    if not team or sheet.complaint.target in (None, TargetKind.SORTING):
        return _(
            "Chez %(member)s, une personne lit votre message, puis le donne à l'équipe qui peut agir.", member=member
        )
    if sheet.organisation:
        return _(
            "%(organisation)s, pour %(member)s. L'équipe qui suit votre demande : %(team)s.",
            organisation=sheet.organisation.name,
            member=member,
            team=team,
        )
    return _("%(team)s, chez %(member)s.", team=team, member=member)


def _proposed(seen: _Looked) -> str:
    """Say who may be sent there, when a person of the member decides so."""
    if seen.proposed_id is None:
        return ""
    with member_transaction(seen.owner_id) as session:
        organisation = session.get_one(Organisation, seen.proposed_id)
    return _("%(organisation)s peut intervenir ensuite.", organisation=organisation.name)


def _known(seen: _Looked, category: str) -> list[tuple[UUID, KnownProblem]]:
    if seen.residence_id is None or not category:
        return []
    with member_transaction(seen.owner_id) as session:
        return known_about(session, seen.residence_id, category, ports().clock.now())
