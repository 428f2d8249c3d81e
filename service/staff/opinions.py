"""What the tenants of the member say: how it went, stages of their tenancy, thanks."""

from datetime import timedelta

from flask import g, render_template, request
from sqlalchemy.orm import Session

from service.domain.feedback import GRADES, SOLVED, STAGES, VISITS
from service.journey.feedback.opinions import opinion_of, opinions
from service.journey.inbox import views as journey
from service.journey.reading import Sheet
from service.journey.transactions import member_transaction
from service.models.feedback import Feedback
from service.models.member import Member
from service.staff.complaint import views
from service.staff.request_context import now

# value in the address -> (days, words)
PERIODS = {"30": (30, "30 jours"), "90": (90, "3 mois"), "365": (365, "12 mois")}
DEFAULT = "90"
QUESTIONS = {"work": "Travail et propreté", "courtesy": "Politesse", "informed": "Information sur la suite"}


def show_opinions() -> str:
    """Show what was said in the period asked for. Only the member's own tenants: its figures are exact."""
    period = request.args.get("periode", DEFAULT)
    period = period if period in PERIODS else DEFAULT
    with member_transaction(g.staff.member_id) as session:
        found = opinions(session, now() - timedelta(days=PERIODS[period][0]))
        member = session.get_one(Member, g.staff.member_id)
        shown = [*(one.complaint.id for one in found.worth_reading), *(one.id for _, one in found.thanks)]
        views.look_over(session, shown, journey.OPINIONS)
    return render_template(
        "staff/opinions.html",
        found=found,
        slug=member.slug,
        period=period,
        periods=PERIODS,
        questions=QUESTIONS,
        solved=SOLVED,
        stages=STAGES,
        say=answers_in_words,
    )


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what the page of a complaint shows of its household's opinion."""
    given = opinion_of(session, sheet.complaint.id)
    return {"given": given, "answers": answers_in_words(given) if given else [], "asked": sheet.complaint.surveyed_at}


def answers_in_words(given: Feedback) -> list[tuple[str, str]]:
    """Return the answers besides the score, each with its question; those not given are left out."""
    lines: list[tuple[str, str]] = []
    if given.solved:
        lines.append(("Réglé", SOLVED[given.solved]))
    if given.visit:
        lines.append(("Rendez-vous", VISITS[given.visit]))
    marks = ((label, getattr(given, name)) for name, label in QUESTIONS.items())
    return lines + [(label, GRADES[mark]) for label, mark in marks if mark]
