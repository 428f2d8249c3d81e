"""The public list of words: read by everybody of the group, changed by two readers, from the next month on."""

from collections.abc import Callable
from itertools import groupby
from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import Refusal
from service.domain.products import MOST_TERMS
from service.domain.watch_list import THEMES
from service.journey.ports import Ports
from service.journey.trends import approving

REFUSALS = {
    "not_proposed": "Ce mot n'est plus proposé par assez de bailleurs.",
    "already_listed": "Ce mot est déjà sur la liste.",
    "list_full": f"La liste est pleine : {MOST_TERMS} mots au plus. Retirez-en d'abord.",
    "not_listed": "Ce mot n'est pas sur la liste. Choisissez-le dans la liste proposée.",
}
_ADDED = "Ajoutés par le groupe"


def show_words() -> str:
    """Show the list, and what is to be decided."""
    return _page(None)


def _page(error: str | None) -> str:
    found = approving.read_words(g.reader.id, _ports())
    by_theme = sorted(found.listed, key=lambda one: (_rank(one.theme), one.term))
    return render_template(
        "network/words.html",
        found=found,
        themes=[(THEMES.get(theme, _ADDED), list(some)) for theme, some in groupby(by_theme, lambda one: one.theme)],
        needed=approving.NEEDED,
        most=MOST_TERMS,
        error=error,
    )


def _rank(theme: str) -> int:
    return list(THEMES).index(theme) if theme in THEMES else -1


def approve_word() -> ResponseReturnValue:
    """Agree that a proposed word joins the list."""
    return _do(approving.approve, "Le mot rejoint la liste le mois prochain.")


def take_off_word() -> ResponseReturnValue:
    """Agree that a word leaves the list."""
    return _do(approving.take_off, "Le mot quitte la liste le mois prochain.")


def _do(act: Callable[[str, UUID, Ports], bool], done: str) -> ResponseReturnValue:
    try:
        is_done = act(request.form.get("term", ""), g.reader.id, _ports())
    except Refusal as refusal:
        return _page(REFUSALS[refusal.code]), 422
    flash(done if is_done else "Votre accord est noté. Il faut encore celui d'une autre personne du groupe.")
    return redirect(url_for("network.show_words"), 303)


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found
