"""You said, we did: the pages on which readers write what the group decided, and read what it changed."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from babel.dates import format_date
from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.decisions import LONGEST, STATES
from service.domain.errors import BadInput, NotFound
from service.domain.periods import month_start, months_before
from service.domain.taxonomy import FAMILIES, categories
from service.journey.dates import month_in_words
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.trends import decisions as journey
from service.journey.trends.decisions import Typed
from service.journey.trends.published import read_published

BACK, AHEAD = 24, 12  # months in which an effect may be looked for
SENTENCES = {
    "blank": "Écrivez au moins un mot.",
    "unstorable": "Ce texte contient un caractère qui ne peut pas être gardé. Retirez-le.",
    "names_somebody": "Retirez le nom, l'adresse, le numéro ou le lien : ce texte est lu par tous.",
    "unknown_value": "Choisissez une réponse dans la liste.",
    "not_a_day": "Donnez une date comme 01/12/2026, un an au plus après aujourd'hui.",
    "not_a_month": "Choisissez un mois dans la liste.",
    "before_decision": "L'effet ne peut pas commencer avant la décision. Choisissez un mois plus tard.",
}


def show_decisions() -> str:
    """Show every decision with its effect, and the form to write one."""
    return _page({})


def write_decision() -> ResponseReturnValue:
    """Write down a decision."""
    try:
        journey.write(_typed(), g.reader, _ports())
    except BadInput as refusal:
        return _page({refusal.field or "": _in_french(refusal)}), 422
    flash("C'est écrit. Tous les lecteurs du réseau le voient.")
    return redirect(url_for("network.show_decisions"), 303)


def change_decision(decision_id: UUID) -> ResponseReturnValue:
    """Say how far a decision is, and from when its effect is looked for."""
    try:
        journey.change(decision_id, request.form.get("state", ""), _month(), g.reader, _ports())
    except NotFound:
        return render_template("error.html", status=404), 404
    except BadInput as refusal:
        return _page({f"{refusal.field}-{decision_id}": _in_french(refusal)}), 422
    flash("C'est enregistré.")
    return redirect(url_for("network.show_decisions", _anchor=f"decision-{decision_id}"), 303)


def take_back_decision(decision_id: UUID) -> ResponseReturnValue:
    """Blank the words of a decision that should not have been written."""
    try:
        journey.take_back(decision_id, g.reader, _ports())
    except NotFound:
        return render_template("error.html", status=404), 404
    flash("Le texte est retiré.")
    return redirect(url_for("network.show_decisions", _anchor=f"decision-{decision_id}"), 303)


def _typed() -> Typed:
    form = request.form
    return Typed(
        form.get("subject", ""), form.get("said", ""), form.get("decided", ""), form.get("owner", ""), _day(),
        form.get("state", ""), _month(),
    )  # fmt: skip


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("decided_on", ""))
    except ValueError as error:
        raise BadInput("not_a_day", "decided_on") from error


def _month() -> date | None:
    given = request.form.get("measured_from", "")
    try:
        return date.fromisoformat(f"{given}-01") if given else None
    except ValueError as error:
        raise BadInput("not_a_month", "measured_from") from error


def _in_french(refusal: BadInput) -> str:
    if refusal.code == "too_long":
        return f"C'est trop long : {LONGEST[refusal.field or 'said']} caractères au plus."
    return SENTENCES[refusal.code]


def _page(errors: Mapping[str, str]) -> str:
    today = _ports().clock.now().astimezone(PARIS).date()
    months = [months_before(month_start(today), behind) for behind in range(-AHEAD, BACK + 1)]
    return render_template(
        "network/decisions.html",
        decisions=journey.read_decisions(read_published()),
        families=FAMILIES,
        categories=[one for one in categories().values() if one.code not in FAMILIES],
        states=STATES,
        months=[(f"{one:%Y-%m}", month_in_words(one)) for one in months],
        longest=LONGEST,
        is_taken_back=journey.is_taken_back,
        today=today.isoformat(),
        day=_in_words,
        typed=request.form,
        errors=errors,
    )


def _in_words(day: date) -> str:
    return str(format_date(day, "d MMMM y" if day.day > 1 else "d'er' MMMM y", locale="fr"))


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found
