"""What a tenant may do besides writing: end it, take it back, ask for another look, say that the subject is wrong.

Each is a page that says what happens next, and a button. Nothing is done by a link: scanners of mail follow links.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed
from service.domain.languages import N_
from service.domain.recourse import Act
from service.domain.submission import MAX_REASON
from service.domain.taxonomy import FAMILIES, categories
from service.journey import steps
from service.journey.closing import contesting, review, withdrawing
from service.journey.news import read_marks
from service.journey.ports import Ports
from service.tenant import story
from service.tenant.form import TEXT_ERRORS, words
from service.tenant.languages import gettext as _
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

LONG_REASON = N_("C'est un peu long : écrivez 300 caractères au plus.")
CHOOSE = N_("Dites ce qui ne va pas : le sujet, ou l'équipe.")
CHOOSE_SUBJECT = N_("Choisissez un sujet dans la liste, ou « Je ne sais pas ».")
SAY_WHO = N_("Dites en quelques mots qui devrait s'en occuper, ou pourquoi ce n'est pas la bonne équipe.")
UNKNOWN = "inconnu"  # « je ne sais pas »


@dataclass(frozen=True)
class Page:
    """One page of this module: its template, and what must be possible for its form to be shown."""

    template: str
    act: Act


SETTLE = Page("tenant/settle.html", Act.SETTLE)
WITHDRAW = Page("tenant/withdraw.html", Act.WITHDRAW)
REVIEW = Page("tenant/review.html", Act.REVIEW)
CONTEST = Page("tenant/contest.html", Act.CONTEST)


def settle(token: str) -> AnyResponse:
    """Show the page of « c'est réglé », or end the complaint."""
    return _end(token, SETTLE, withdrawing.Way.SOLVED, "regle")


def withdraw(token: str) -> AnyResponse:
    """Show the page of « je retire ma demande », or end the complaint."""
    return _end(token, WITHDRAW, withdrawing.Way.WITHDRAWN, "retrait")


def _end(token: str, page: Page, way: withdrawing.Way, done: str) -> AnyResponse:
    tracked, said = open_tracked_complaint(token), _said("mots")
    if request.method != "POST":
        return _show(tracked, page)
    try:
        ended = withdrawing.end(tracked.member_id, tracked.complaint_id, way, said, _ports())
    except BadInput as refusal:
        return _show(tracked, page, {"mots": _(TEXT_ERRORS[refusal.code])}, {"mots": said})
    except NotAllowed:
        return _refuse(token, page)
    return _done(tracked, "garde" if ended == withdrawing.Ended.KEPT else done)


def ask_review(token: str) -> AnyResponse:
    """Show the page that asks for another person to look, or ask."""
    tracked, said = open_tracked_complaint(token), _said("raison")
    if request.method != "POST":
        return _show(tracked, REVIEW)
    try:
        review.ask(tracked.member_id, tracked.complaint_id, said, _ports())
    except BadInput as refusal:
        return _show(tracked, REVIEW, {"raison": _(TEXT_ERRORS[refusal.code])}, {"raison": said})
    except NotAllowed:
        return _refuse(token, REVIEW)
    return _done(tracked, "relecture")


def contest(token: str) -> AnyResponse:
    """Show the page that says the subject or the recipient is not the right one, or keep what is said."""
    tracked = open_tracked_complaint(token)
    typed = {"quoi": request.form.get("quoi", ""), "sujet": request.form.get("sujet", ""), "mots": _said("mots")}
    if request.method != "POST":
        return _show(tracked, CONTEST)
    errors = _contest_errors(typed)
    if errors:
        return _show(tracked, CONTEST, errors, typed)
    category = typed["sujet"] if typed["quoi"] == contesting.About.CATEGORY else None
    said = contesting.Contest(
        contesting.About(typed["quoi"]), None if category == UNKNOWN else category, typed["mots"].strip()
    )
    try:
        contesting.contest(tracked.member_id, tracked.complaint_id, said, _ports())
    except BadInput as refusal:
        sentence = LONG_REASON if refusal.code == "too_long" else TEXT_ERRORS[refusal.code]
        return _show(tracked, CONTEST, {"mots": _(sentence)}, typed)
    except NotAllowed:
        return _refuse(token, CONTEST)
    return _done(tracked, "conteste")


def _contest_errors(typed: Mapping[str, str]) -> dict[str, str]:
    if typed["quoi"] not in set(contesting.About):
        return {"quoi": _(CHOOSE)}
    if typed["quoi"] == contesting.About.CATEGORY and typed["sujet"] not in {UNKNOWN, *categories()}:
        return {"sujet": _(CHOOSE_SUBJECT)}
    if typed["quoi"] == contesting.About.RECIPIENT and not typed["mots"].strip():
        return {"mots": _(SAY_WHO)}
    return {}


def _show(
    tracked: TrackedComplaint,
    page: Page,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    shown = render_template(
        page.template,
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        subject=story.subject_in_words(tracked.sheet.complaint),
        desk=story.recipient(tracked.sheet) if tracked.sheet.team else "",
        is_allowed=page.act in tracked.acts,
        families=FAMILIES,
        categories=list(categories().values()),
        unknown=UNKNOWN,
        most=MAX_REASON,
        typed=typed or {},
        errors=errors or {},
    )
    return make_response(shown, HTTPStatus.UNPROCESSABLE_ENTITY if errors else status)


def _refuse(token: str, page: Page) -> Response:
    """Say calmly that it is no longer possible, on the page as it stands now."""
    typed = {name: _said(name) for name in ("mots", "raison")}
    return _show(open_tracked_complaint(token), page, typed=typed, status=HTTPStatus.CONFLICT)


def _done(tracked: TrackedComplaint, done: str) -> AnyResponse:
    ports = _ports()
    steps.follow(tracked.member_id, tracked.complaint_id, ports)
    read_marks.mark_read(tracked.member_id, tracked.complaint_id, tracked.now, ports)
    return redirect(url_for("tenant.tracking", token=tracked.token, fait=done), HTTPStatus.SEE_OTHER)


def _said(field: str) -> str:
    return words(request.form.get(field, ""))


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports
