"""The page of what people bring to tenants: messages about to leave, calls to make, letters to print and post."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.journey.inbox.views import CALL
from service.journey.news import courier, mending
from service.journey.news.leaving import histories as histories_of
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Member
from service.staff.complaint import views
from service.staff.complaint.mending import Leaving, leaving
from service.staff.request_context import now, ports

NO_PLACE = "L'adresse postale de ce locataire n'est pas connue : la lettre ne peut pas être faite."


def letters() -> str:
    """Show what leaves soon, whom to call, what to print and post."""
    with member_transaction(g.staff.member_id) as session:
        calls = courier.to_call(session, ports())  # with the whole of what is to be said
        views.look_over(session, [call.complaint.id for call in calls], CALL)
        return render_template(
            "staff/letters.html",
            leaving=_leaving(session),
            calls=calls,
            waiting=courier.to_print(session),
            batches=courier.batches(session),
        )


def _leaving(session: Session) -> list[tuple[Complaint, Leaving]]:
    """Return what staff wrote and has not left yet, the first to leave first."""
    histories = histories_of(session, now())
    found: list[tuple[Complaint, Leaving]] = []
    for complaint in session.scalars(select(Complaint).where(Complaint.id.in_(histories))):
        found += [(complaint, leaving(one)) for one in mending.waiting(histories[complaint.id], now())]
    return sorted(found, key=lambda one: one[1].machine_when)


def make_batch() -> ResponseReturnValue:
    """Put the letters that wait in one batch, and show it."""
    batch_id = courier.make_batch(g.staff.member_id, g.staff.id, ports())
    if batch_id is None:
        flash("Aucune lettre n'attend : un collègue vient peut-être de les prendre.")
        return redirect(url_for("staff.letters"), 303)
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


def print_batch(batch_id: UUID) -> str:
    """Show the letters of a batch, one on each page of paper."""
    with member_transaction(g.staff.member_id) as session:
        batch = courier.batch_of(session, batch_id)
        views.look_at_letters(session, courier.complaints_of(session, batch_id))
        return render_template(
            "staff/batch.html",
            batch=batch,
            papers=courier.papers(session, batch_id, ports()),
            member=session.get_one(Member, g.staff.member_id),
        )


def posted(batch_id: UUID) -> ResponseReturnValue:
    """Note that a batch was posted."""
    done = courier.mark_posted(g.staff.member_id, batch_id, ports())
    # Not how many: those of complaints that this person does not see left with the others.
    flash("C'est noté : ces lettres sont à la poste." if done else "C'était déjà noté.")
    return redirect(url_for("staff.letters"), 303)


def called(delivery_id: UUID) -> ResponseReturnValue:
    """Note that a tenant was told by telephone."""
    return _act(lambda: courier.called(g.staff.member_id, delivery_id, g.staff.id, ports()), "C'est noté : appelé.")


def unreached(delivery_id: UUID) -> ResponseReturnValue:
    """Note that nobody answered."""
    return _act(
        lambda: courier.unreached(g.staff.member_id, delivery_id, g.staff.id, ports()),
        "C'est noté : personne n'a répondu. L'appel reste à faire.",
    )


def post_instead(delivery_id: UUID) -> ResponseReturnValue:
    """Post a letter in the place of a call."""
    return _act(
        lambda: courier.post_instead(g.staff.member_id, delivery_id, g.staff.id, ports()),
        "La lettre attend d'être imprimée, plus bas.",
    )


def _act(use_case: Callable[[], bool], done: str) -> ResponseReturnValue:
    """Do what was asked, and show the page anew with a sentence."""
    try:
        flash(done if use_case() else "C'était déjà fait.")
    except NotAllowed:
        flash(NO_PLACE)
    return redirect(url_for("staff.letters"), 303)
