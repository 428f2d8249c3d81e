"""Saving a list, sharing it, putting it in order, and choosing the columns of the lists."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import Refusal
from service.domain.permissions import Act
from service.journey.inbox import saved_views
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff import refusals
from service.staff.inbox import filters, inbox, inbox_rows
from service.staff.request_context import ports
from service.staff.route import press


def save_view() -> ResponseReturnValue:
    """Keep the list on the page under a name."""

    def use_case() -> None:
        saved_views.save(
            g.staff.member_id, g.staff.id, _typed("view_name"), _address(), _typed("share"), ports()
        )  # fmt: skip

    return _done(use_case, "La vue est enregistrée. Elle est sous les listes.")


def change_view(view_id: UUID) -> ResponseReturnValue:
    """Give a view another name, or share it otherwise."""

    def use_case() -> None:
        saved_views.change(g.staff.member_id, g.staff.id, view_id, _typed("view_name"), _typed("share"), ports())

    return _done(use_case, "La vue est changée.")


def remove_view(view_id: UUID) -> ResponseReturnValue:
    """Forget a view."""
    return _done(
        lambda: saved_views.remove(g.staff.member_id, g.staff.id, view_id, ports()), "La vue est supprimée."
    )  # fmt: skip


def raise_view(view_id: UUID) -> ResponseReturnValue:
    """Bring a view before the one above it."""
    return _done(lambda: saved_views.move_up(g.staff.member_id, g.staff.id, view_id), "L'ordre est changé.")


def choose_columns() -> ResponseReturnValue:
    """Keep which columns a person wants to see."""
    wanted = request.form.getlist("colonne")
    hidden = [name for name in inbox_rows.COLUMNS if name not in wanted]
    return _done(
        lambda: saved_views.choose_columns(g.staff.member_id, g.staff.id, hidden), "Les colonnes sont choisies."
    )  # fmt: skip


def _done(use_case: Callable[[], object], success: str) -> ResponseReturnValue:
    """Do what was asked and show the list again, with what happened above it."""
    try:
        use_case()
    except Refusal as refusal:
        flash(refusals.in_french(refusal), "warn")
    else:
        flash(success)
    return redirect(url_for("staff.inbox", **_address()), 303)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _address() -> dict[str, Any]:
    """Return the list the form stands on: only what its address may say, read anew."""
    with member_transaction(g.staff.member_id) as session:
        names = inbox.names_of(session, session.get_one(Staff, g.staff.id))
        return filters.read_address(request.form, names, session).address


ROUTES = (
    press("/vues", save_view, Act.READ),
    press("/vues/<uuid:view_id>", change_view, Act.READ),
    press("/vues/<uuid:view_id>/suppression", remove_view, Act.READ),
    press("/vues/<uuid:view_id>/monter", raise_view, Act.READ),
    press("/colonnes", choose_columns, Act.READ),
)
