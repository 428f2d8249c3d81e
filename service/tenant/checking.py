"""The second screen: the message is read again, its subject said, a few questions answered, and it is sent."""

from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import ReplayedWithAnotherBody
from service.domain.languages import N_
from service.domain.questions import MAX_ANSWER, WHERE
from service.domain.routing import NEEDS
from service.journey.submission import uploads
from service.models.complaint import Complaint
from service.models.member import Member
from service.tenant import drafts
from service.tenant.choices import ANSWER, DIFFERENT, Choices, answer_errors, read_choices
from service.tenant.door import member_named
from service.tenant.form import Errors, Typed, preferred
from service.tenant.form_page import may_be_same, replayed_page
from service.tenant.languages import gettext as _
from service.tenant.languages import speak
from service.tenant.preview import preview
from service.tenant.sending import MustWait, complaint_of, lead_to_tracking, send, sent_before
from service.tenant.sending_limits import WINDOW

CHANNELS = {"email": N_("E-mail"), "phone": N_("Téléphone"), "sms": N_("SMS"), "post": N_("Courrier")}
# What « Modifier » leads to on the first screen.
PARTS = ("text", "lieu", "contact", "fichiers")


def show_check(slug: str, token: str) -> AnyResponse:
    """Show what is about to be sent. Nothing is sent by looking."""
    member, draft = member_named(slug), drafts.find(member_named(slug), token)
    if draft is None:
        return _over(member)
    return lead_to_tracking(draft.sent) if draft.sent else _check_page(member, draft, draft.choices)


def check(slug: str, token: str) -> AnyResponse:
    """Send it, once whatever the number of taps and tabs; or keep what was chosen and show the page anew."""
    member, draft = member_named(slug), drafts.find(member_named(slug), token)
    if draft is None:
        return _over(member)
    if draft.sent:
        return lead_to_tracking(draft.sent)
    choices = read_choices(request.form)
    errors = answer_errors(choices)
    if errors:
        return _check_page(member, draft, choices, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    drafts.keep(member, draft, choices)
    if request.form.get("modifier") in PARTS:
        part = request.form["modifier"]
        return redirect(url_for("tenant.form", slug=slug, brouillon=token, _anchor=part), HTTPStatus.SEE_OTHER)
    if "montrer" in request.form:
        return redirect(url_for("tenant.check", slug=slug, token=token), HTTPStatus.SEE_OTHER)
    return _send(member, draft, choices)


def _send(member: Member, draft: drafts.Draft, choices: Choices) -> AnyResponse:
    speak(draft.typed["language"])
    try:
        receipt = send(member, draft.typed, choices)
    except MustWait:
        response = _check_page(member, draft, choices, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response
    except ReplayedWithAnotherBody:
        before = sent_before(member, draft.typed)
        if before is None or not _says_the_same(complaint_of(before), draft.typed):
            return replayed_page(member, draft.typed)
        receipt = before  # Two tabs with other answers: the first one counts.
    drafts.mark_sent(member, draft, receipt)
    return lead_to_tracking(receipt)


def _says_the_same(sent: Complaint, typed: Typed) -> bool:
    return sent.text == typed["text"] and may_be_same(sent, typed)


def _over(member: Member) -> Response:
    """Say calmly that the draft is no longer here; its words may still be in the browser."""
    return make_response(render_template("tenant/check_over.html", member=member), HTTPStatus.NOT_FOUND)


def _check_page(
    member: Member,
    draft: drafts.Draft,
    choices: Choices,
    errors: Errors | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    speak(draft.typed["language"])
    page = render_template(
        "tenant/check.html",
        member=member,
        draft=draft,
        typed=draft.typed,
        choices=choices,
        preview=preview(member, draft.typed, Choices() if errors else choices),
        errors=errors or {},
        must_wait=status == HTTPStatus.TOO_MANY_REQUESTS,
        where=_(WHERE[draft.typed["where"]]) if draft.typed["where"] else "",
        needs=[_(NEEDS[need]) for need in draft.typed["needs"].split()],
        channel=_(CHANNELS[preferred(draft.typed)]) if _is_reached(draft.typed) else "",
        waiting=uploads.of_holder(member.id, draft.typed["nonce"]),
        different=DIFFERENT,
        answer=ANSWER,
        max_answer=MAX_ANSWER,
    )
    return make_response(page, status)


def _is_reached(typed: Typed) -> bool:
    """Say whether an answer can be brought to them otherwise than on the tracking page."""
    return bool(typed["email"] or typed["phone"] or typed["preferred_channel"])
