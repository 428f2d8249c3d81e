"""Dangerous changes that wait for a second person: what exactly, who asks and why; agree, refuse or take back."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import Refusal
from service.domain.permissions import Act
from service.journey.administration import four_eyes
from service.journey.administration.proposals import KINDS, complaints_of, details_of
from service.journey.handling.handling import staff_member
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.request_context import now, ports
from service.staff.route import page, press

DECISIONS = {"agreed": "Acceptée", "refused": "Refusée", "withdrawn": "Retirée", "expired": "Expirée"}


def show_proposals() -> str:
    """Show what waits, then what was decided lately."""
    with member_transaction(g.staff.member_id) as session:
        waiting = four_eyes.waiting(session, now())
        decided = four_eyes.decided(session, now())
        about = complaints_of(session, waiting)
        alone = not four_eyes.has_second_person(session, g.staff.id)
        ousted = four_eyes.ousted_lately(session, staff_member(session, g.staff.id), now())
    return render_template(
        "staff/admin/proposals.html", waiting=waiting, decided=decided, decisions=DECISIONS, alone=alone,
        details=details_of, ousted=ousted, about=about,
    )  # fmt: skip


def agree(proposal_id: UUID) -> ResponseReturnValue:
    """Agree: the change is done at once."""

    def use_case() -> str:
        with member_transaction(g.staff.member_id) as session:
            return four_eyes.agree(session, proposal_id, g.staff.id, KINDS, ports()).subject

    return _decide(use_case, "C'est fait")


def refuse(proposal_id: UUID) -> ResponseReturnValue:
    """Refuse, or take back what one asked for oneself: nothing is done."""

    def use_case() -> str:
        with member_transaction(g.staff.member_id) as session:
            return four_eyes.refuse(session, proposal_id, g.staff.id, ports()).subject

    return _decide(use_case, "Rien n'est changé")


def _decide(use_case: Callable[[], str], done: str) -> ResponseReturnValue:
    try:
        flash(f"{done} : {use_case()}.")
    except Refusal as refusal:  # whatever it is, the proposal waits still and can be refused
        if refusal.code == "proposal":
            raise  # there is none
        flash(refusals.in_french(refusal))
    return redirect(url_for("staff.admin_proposals"), 303)


_ONE = "/administration/validations/<uuid:proposal_id>"
ROUTES = (
    page("/administration/validations", show_proposals, Act.SUPERVISE, name="admin_proposals"),
    press(f"{_ONE}/accord", agree, Act.SUPERVISE, name="admin_agree"),
    press(f"{_ONE}/refus", refuse, Act.SUPERVISE, name="admin_refuse"),
)
