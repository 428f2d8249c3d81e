"""Words that rise in the member's own messages, and those it proposes to the network."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import Refusal
from service.domain.periods import end_of
from service.domain.permissions import Act
from service.domain.rising import LEAST_HOUSEHOLDS, LEAST_RESIDENCES
from service.journey.dates import month_in_words
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import own_words, proposing
from service.staff import refusals
from service.staff.request_context import ports, today
from service.staff.route import page, press


def rising_words() -> str:
    """Show what rose in the latest month that is over."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    with member_transaction(g.staff.member_id) as session:
        month, words = own_words.read_rising(session, today())
        proposals = proposing.read_proposals(session, today())
    return render_template(
        "staff/rising_words.html",
        month=month_in_words(month) if month else None,
        rows=[(one, _list_url(one.label, month)) for one in words if month],
        proposals=proposals,
        proposed={row.term for row, _ in proposals},
        least=(LEAST_HOUSEHOLDS, LEAST_RESIDENCES),
        errors=errors,
    )


def _list_url(label: str, month: date) -> str:
    """Return the address of the member's own messages of that month that hold a word."""
    until = end_of(month, "month") - timedelta(days=1)
    return url_for("staff.inbox", cherche=label, du=month.isoformat(), au=until.isoformat())


def propose_word() -> ResponseReturnValue:
    """Propose a word to the network."""
    return _do(proposing.propose, "Proposé. Le réseau verra ce mot quand trois bailleurs le proposent, jamais qui.")


def withdraw_word() -> ResponseReturnValue:
    """Take a proposal back."""
    return _do(proposing.withdraw, "Votre proposition est retirée.")


def _do(act: Callable[[UUID, UUID, str, Ports], None], said: str) -> ResponseReturnValue:
    try:
        act(g.staff.member_id, g.staff.id, request.form.get("term", ""), ports())
    except Refusal as refusal:
        return _page({"": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(said)
    return redirect(url_for("staff.rising_words"), 303)


ROUTES = (
    page("/mots", rising_words, Act.STEER),
    press("/mots/proposition", propose_word, Act.SUPERVISE),
    press("/mots/retrait", withdraw_word, Act.SUPERVISE),
)
