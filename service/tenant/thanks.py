"""A word of thanks from the tracking page, once it is over."""

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import MAX_THANKS
from service.domain.languages import N_
from service.domain.status import EventKind
from service.journey import steps
from service.journey.feedback import thanks
from service.journey.ports import Ports
from service.tenant.form import words
from service.tenant.languages import gettext as _
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

ERRORS = {
    "blank": N_("Écrivez quelques mots : ils arriveront à ceux qui vous ont aidé."),
    "too_long": N_("C'est trop long : %(most)s caractères au plus."),
    "unstorable": N_("Votre message contient un signe illisible. Effacez-le ou recopiez votre message."),
}


@dataclass(frozen=True)
class Thanks:
    """What the page shows: the words once said, or a box and the names of those whom they reach."""

    text: str = ""
    is_offered: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def is_said(self) -> bool:
        """Whether thanks were said."""
        return bool(self.text)


def thanks_of(tracked: TrackedComplaint) -> Thanks:
    """Return what a tracking page shows of thanks; nothing while the tenant believes it open."""
    events, ports = tracked.sheet.events, _ports()
    said = next((event for event in events if event.kind == EventKind.THANKED), None)
    if said:
        return Thanks(text=str(said.data["text"]))
    if not tracked.is_closed or not thanks.may_thank(tracked.sheet.complaint, events, ports.clock.now()):
        return Thanks()
    return Thanks(is_offered=True, names=thanks.names_of(events, for_tenant=True))


def say_thanks(token: str) -> AnyResponse:
    """Bring the words to those who helped, and lead back; a second click finds them sent."""
    tracked, text = open_tracked_complaint(token), words(request.form.get("thanks", "")).strip()
    try:
        thanks.say_thanks(tracked.member_id, tracked.complaint_id, text, _ports())
    except BadInput as refusal:
        return _page(tracked, text, _(ERRORS[refusal.code], most=MAX_THANKS))
    except NotAllowed:
        return _page(tracked, text, is_too_late=True)
    steps.wake_waiting(tracked.member_id, tracked.complaint_id, _ports())
    return redirect(url_for("tenant.tracking", token=token, _anchor="merci"), HTTPStatus.SEE_OTHER)


def _page(tracked: TrackedComplaint, text: str, error: str = "", *, is_too_late: bool = False) -> AnyResponse:
    page = render_template(
        "tenant/thanks_page.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        thanks_error=error,
        thanks_typed=text,
        is_too_late=is_too_late,
    )
    return make_response(page, HTTPStatus.CONFLICT if is_too_late else HTTPStatus.UNPROCESSABLE_ENTITY)


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found
