"""The first screen of the form, in each of its states. Everything typed always stays on it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, make_response, render_template

from service.domain.questions import WHERE
from service.domain.routing import NEEDS
from service.domain.submission import MAX_TEXT
from service.journey.submission import uploads
from service.models.complaint import Complaint
from service.models.member import Member
from service.tenant.form import CONTACT, PLACE, TRAP, Errors, Typed
from service.tenant.languages import gettext as _
from service.tenant.sending import complaint_of, ports, sent_before
from service.tenant.sending_limits import WINDOW
from service.tenant.understanding import advice_in, subjects_in, with_chosen


@dataclass(frozen=True)
class State:
    """What the page has to say above the form."""

    errors: Errors | None = None
    is_replayed: bool = False  # this page was sent before, with other words
    sent: Complaint | None = None  # that other message, when it is this person's
    must_wait: bool = False
    introduction_is_over: bool = False


FRESH = State()


def form_page(member: Member, typed: Typed, state: State = FRESH, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return the page."""
    typed = typed | {"nonce": typed["nonce"] or ports().random.token()}
    errors = state.errors or {}
    page = render_template(
        "tenant/form.html",
        member=member,
        typed=typed,
        state=state,
        errors=errors,
        # Somebody introduced reads who they are in one line, and opens the fields to change it.
        is_introduced=bool(typed["arrivee"] and (typed["name"] or typed["dwelling_reference"])),
        is_unfolded=any(name in errors for name in (*PLACE, *CONTACT)),
        advice=advice_in(typed["text"]),
        subjects=with_chosen(subjects_in(typed["text"]), typed["sujet"]) if typed["text"] else (),
        waiting=uploads.of_holder(member.id, typed["nonce"]),
        where_options=[(code, _(label)) for code, label in WHERE.items()],
        need_options=[(code, _(label)) for code, label in NEEDS.items()],
        trap=TRAP,
        max_text=MAX_TEXT,
    )
    return make_response(page, status)


def wait_page(member: Member, typed: Typed) -> Response:
    """Ask to send again later; everything typed stays on the page, and the telephone does not wait."""
    response = form_page(member, typed, State(must_wait=True), HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def replayed_page(member: Member, typed: Typed) -> Response:
    """Explain that this page was sent before with other words; a new number lets the person send them too."""
    receipt = sent_before(member, typed)
    sent = complaint_of(receipt) if receipt else None
    state = State(is_replayed=True, sent=sent if sent and may_be_same(sent, typed) else None)
    return form_page(member, typed | {"nonce": "", "brouillon": ""}, state, HTTPStatus.CONFLICT)


def may_be_same(sent: Complaint, typed: Typed) -> bool:
    """Say whether nothing tells that another person sent the first message, from a page copied or left open."""
    kept = ((sent.tenant_name, "name"), (sent.tenant_email, "email"), (sent.tenant_phone, "phone"))
    return all(value is None or value == typed[field] for value, field in kept)
