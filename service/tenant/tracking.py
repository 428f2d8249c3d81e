"""The tracking page: where the complaint stands, what was said, and a box to add something."""

from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import NotAllowed
from service.domain.languages import N_
from service.domain.recourse import Act
from service.domain.safety import SafetyAdvice, advice_for
from service.domain.submission import MAX_TEXT
from service.journey import steps
from service.journey.handling import additions
from service.journey.letters.mediation import mediation_of
from service.journey.news import read_marks
from service.journey.people import accounts
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.submission.cleaning import FileRefused
from service.tenant import conversation, files, missing, next_step, story, useful
from service.tenant.asking_limits import WINDOW, limits
from service.tenant.feedback import Answer, feedback_page
from service.tenant.form import Errors, text_error, words
from service.tenant.languages import gettext as _
from service.tenant.sending import is_danger
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

PASSED_ON = N_("Ce message n'est pas parti : votre demande continue chez %(name)s. Écrivez-le sur sa nouvelle page.")
SAID_ENOUGH = N_(
    "Ce message n'est pas parti : votre demande est terminée et ne reçoit plus de message. "
    "Si ce n'est pas réglé, dites-le : votre demande sera rouverte."
)
SAID_OFTEN = N_(
    "Ce message n'est pas parti : vous en avez envoyé beaucoup. Attendez dix minutes, puis envoyez-le. "
    "C'est urgent ? Appelez %(member)s au %(phone)s."
)
ONLY_FILES = "Voir les fichiers joints."  # what the team reads in the place of words


def show_tracking(token: str) -> Response:
    """Show the page a tracking link leads to. It changes nothing: scanners of mail follow links too."""
    return tracking_page(open_tracked_complaint(token))


def mark_read(token: str) -> AnyResponse:
    """Write down that a person had the page in front of them; called by the page itself, after a moment."""
    tracked = accounts.tracked(token) or abort(HTTPStatus.NOT_FOUND)
    try:
        seen = datetime.fromisoformat(request.form.get("vu", ""))
    except ValueError:
        return make_response("", HTTPStatus.BAD_REQUEST)
    if seen.tzinfo is not None:
        read_marks.mark_read(tracked.member_id, tracked.complaint_id, seen, _ports())
    return make_response("", HTTPStatus.NO_CONTENT)


def add_message(token: str) -> AnyResponse:
    """Keep what the tenant adds; a complaint closed meanwhile may be opened again with the same words.

    A danger is kept first, and its files after it.
    """
    tracked, text = open_tracked_complaint(token), words(request.form.get("text", ""))
    if is_danger(text) and not (request.form.get("retirer") or text_error(text)):
        return _add(tracked, text, files_first=False)
    try:
        is_for_files_only = files.read_posted(tracked.member_id, token)
    except FileRefused as refusal:
        return tracking_page(open_tracked_complaint(token), {"fichiers": files.in_words(refusal)}, text)
    if is_for_files_only:
        return tracking_page(open_tracked_complaint(token), text=text)
    if not text.strip() and uploads.of_holder(tracked.member_id, token):
        text = ONLY_FILES
    error = text_error(text)
    if error:
        return tracking_page(open_tracked_complaint(token), {"text": error}, text)
    if not limits().may_write(token, tracked.now):
        return _wait(tracked, text)
    return _add(tracked, text)


def _wait(tracked: TrackedComplaint, text: str) -> Response:
    member = tracked.sheet.member
    page = tracking_page(tracked, {"text": _(SAID_OFTEN, member=member.name, phone=member.phone)}, text)
    page.status_code = HTTPStatus.TOO_MANY_REQUESTS
    page.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return page


def _add(tracked: TrackedComplaint, text: str, *, files_first: bool = True) -> AnyResponse:
    ports, token, knows_end = _ports(), tracked.token, "apres" in request.form
    try:
        kept = additions.add(
            tracked.member_id, tracked.complaint_id, text, ports, token=token, knows_end=knows_end
        )  # fmt: skip
    except NotAllowed:
        if not files_first:
            _read_files_after(tracked)
        return _not_added(token, text, knows_end=knows_end)
    steps.follow(tracked.member_id, tracked.complaint_id, ports)
    read_marks.mark_read(tracked.member_id, tracked.complaint_id, tracked.now, ports)  # whoever writes was there
    lost = None if files_first or _read_files_after(tracked, text) else missing.FILES
    said = {additions.Kept.NOTED: "note", additions.Kept.REOPENED: "danger"}.get(kept, "1")
    there = url_for("tenant.tracking", token=token, ajout=said, manque=lost, _anchor="messages")
    return redirect(there, HTTPStatus.SEE_OTHER)


def _read_files_after(tracked: TrackedComplaint, text: str | None = None) -> bool:
    """Keep the files that came with words of danger, which did not wait for them; say whether all were kept."""
    try:
        files.read_posted(tracked.member_id, tracked.token)
    except FileRefused:
        return False
    if text:
        additions.attach(tracked.member_id, tracked.complaint_id, text)
    return True


def _not_added(token: str, text: str, *, knows_end: bool) -> Response:
    closed = open_tracked_complaint(token)
    if closed.passed_to:
        return tracking_page(closed, {"text": _(PASSED_ON, name=closed.passed_to.name)}, text)
    if knows_end:
        return tracking_page(closed, {"text": _(SAID_ENOUGH)}, text)
    answer = Answer(solved="no", comment=text)
    return feedback_page(closed, answer, closed_meanwhile=True, status=HTTPStatus.CONFLICT)


def _advice(tracked: TrackedComplaint, text: str) -> list[SafetyAdvice]:
    """Return the advice for what was sent this very moment.

    Only then: a page opened again later may be read over a shoulder, and the numbers stay on it anyway.
    """
    complaint = tracked.sheet.complaint
    if "nouveau" in request.args:
        is_danger = complaint.danger_types or complaint.danger == "danger"
        return advice_for(complaint.danger_types) if is_danger else []
    if {"ajout", "avis", "fait"} & set(request.args):
        text = text or _last_words(tracked)
    types = _ports().text_model.danger_types(text[:MAX_TEXT])
    return advice_for(types) if types else []


def _last_words(tracked: TrackedComplaint) -> str:
    """Return what the tenant said last."""
    said = [event for event in tracked.sheet.told if event.actor == conversation.TENANT]
    return str(said[-1].data.get("text", ""))


def tracking_page(tracked: TrackedComplaint, errors: Errors | None = None, text: str = "") -> Response:
    """Return the page; `errors` and `text` are those of the message box."""
    following = next_step.next_step(tracked)
    page = render_template(
        "tenant/tracking.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        story=story,
        acts=tracked.acts,
        Act=Act,
        status=next_step.status_in_words(tracked),
        following=following,
        news=conversation.latest_news(tracked),
        unread=conversation.unread(tracked),
        messages=conversation.messages_of(tracked),
        visit=None if tracked.is_closed else next_step.visit(tracked),
        commitments=next_step.commitments(tracked),
        useful=useful.sentences(tracked.sheet.complaint),
        is_new="nouveau" in request.args,
        advice=_advice(tracked, text),
        mediation=mediation_of(tracked.sheet.member, _),
        just_done=_just_done(tracked),
        missing=missing.sentences(tracked.sheet.complaint, request.args.get("manque", "")),
        errors=errors or {},
        text=text,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


# What was just done, by the mark in the address. It is said only when it is so: an address can be made up.
DONE = {
    "regle": N_(
        "C'est noté : c'est réglé. Votre demande est terminée. Si le problème revient, vous pouvez la rouvrir."
    ),
    "retrait": N_(
        "Votre demande est retirée. Personne ne la traite plus. Vous pouvez la rouvrir si vous en avez besoin."
    ),
    "relecture": N_("C'est demandé : une autre personne relit votre demande et vous répond ici."),
    "conteste": N_("C'est noté. Une personne vérifie, corrige si besoin, et vous le dit ici."),
    "garde": N_(
        "Votre message est gardé. Il parle peut-être d'un danger : une personne le lit, et vérifie avant de terminer."
    ),
}


def _just_done(tracked: TrackedComplaint) -> str | None:
    complaint, done = tracked.sheet.complaint, request.args.get("fait", "")
    is_so = {
        "regle": tracked.ended_by_tenant,
        "retrait": tracked.ended_by_tenant,
        "relecture": tracked.is_under_review,
        "conteste": complaint.contested_at is not None,
        "garde": done == "garde" and (tracked.is_dangerous or is_danger(_last_words(tracked))),
    }
    return _(DONE[done]) if is_so.get(done) else None


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports
