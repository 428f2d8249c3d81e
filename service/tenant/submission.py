"""The hosted form of a member: shown, sent, and watched over for danger while it is typed."""

from http import HTTPStatus
from uuid import UUID

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import ReplayedWithAnotherBody
from service.domain.safety import advice_for
from service.domain.submission import MAX_TEXT
from service.journey import steps, submission
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Member
from service.tenant.door import member_named
from service.tenant.form import TRAP, Errors, Typed, as_submission, errors_in, is_our_nonce, read_form, words
from service.tenant.sending_limits import WINDOW, SendingLimits

TRAPPED = (
    "Un champ caché a été rempli, sans doute par un programme. Nous l'avons vidé et rien n'est encore envoyé. "
    "Relisez, puis appuyez une nouvelle fois sur « Envoyer ma demande »."
)


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports


def _limits() -> SendingLimits:
    limits: SendingLimits = current_app.extensions["seve.tenant.sending_limits"]
    return limits


def show_form(slug: str) -> Response:
    """Show the empty form.

    It holds nothing about anyone, so the browser may keep it: going back finds the same page with the same hidden
    number, and sending the same words again gives the same complaint.
    """
    response = _form(member_named(slug), read_form({}))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def submit(slug: str) -> AnyResponse:
    """Store the complaint and lead to its tracking page, or show the form again with everything typed."""
    member, typed, ports = member_named(slug), read_form(request.form), _ports()
    if not is_our_nonce(typed["nonce"]):
        typed["nonce"] = ports.random.token()
    if typed[TRAP]:
        return _form(member, typed | {TRAP: ""}, {"text": TRAPPED}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    errors = errors_in(typed)
    if errors:
        return _form(member, typed, errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    key, limits = f"form:{typed['nonce']}", _limits()
    if limits.are_reached(typed, ports.clock.now()) and not _was_sent(member, key):
        return _wait(member, typed)
    try:
        receipt = submission.submit(member.id, as_submission(typed), key, ports)
    except ReplayedWithAnotherBody:
        return _already_sent(member, typed, key)
    if receipt.is_new:
        limits.count(typed, ports.clock.now())
        steps.follow(receipt.member_id, receipt.complaint_id, ports)
    complaint = _complaint(receipt.member_id, receipt.complaint_id)
    return redirect(url_for("tenant.tracking", token=complaint.tracking_token, nouveau=1), HTTPStatus.SEE_OTHER)


def advise(slug: str) -> str:
    """Return the safety advice for what is being typed, or nothing. The text is read and forgotten."""
    member_named(slug)
    types = _ports().text_model.danger_types(words(request.form.get("text", ""))[:MAX_TEXT])
    return render_template("tenant/advice.html", advice=advice_for(types)) if types else ""


def _was_sent(member: Member, key: str) -> bool:
    """Say whether this very page was sent before: sending it again makes no new complaint, and need not wait."""
    try:
        submission.receipt_of(member.id, key)
    except NoResultFound:
        return False
    return True


def _wait(member: Member, typed: Typed) -> Response:
    """Ask to send again later; everything typed stays on the page, and the telephone does not wait."""
    response = _form(member, typed, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def _already_sent(member: Member, typed: Typed, key: str) -> Response:
    """Explain that this page was sent before with other words; a new number lets the person send them too."""
    receipt = submission.receipt_of(member.id, key)
    sent = _complaint(receipt.member_id, receipt.complaint_id)
    return _form(
        member, typed | {"nonce": ""}, sent=sent if _may_be_same(sent, typed) else None, status=HTTPStatus.CONFLICT
    )


def _may_be_same(sent: Complaint, typed: Typed) -> bool:
    """Say whether nothing tells that another person sent the first message, from a page copied or left open."""
    kept = ((sent.tenant_name, "name"), (sent.tenant_email, "email"), (sent.tenant_phone, "phone"))
    return all(value is None or value == typed[field] for value, field in kept)


def _complaint(member_id: UUID, complaint_id: UUID) -> Complaint:
    with member_transaction(member_id) as session:
        return session.get_one(Complaint, complaint_id)


def _form(
    member: Member,
    typed: Typed,
    errors: Errors | None = None,
    sent: Complaint | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    types = _ports().text_model.danger_types(typed["text"][:MAX_TEXT])
    page = render_template(
        "tenant/form.html",
        member=member,
        typed=typed | {"nonce": typed["nonce"] or _ports().random.token()},
        sent_before=status == HTTPStatus.CONFLICT,
        must_wait=status == HTTPStatus.TOO_MANY_REQUESTS,
        errors=errors or {},
        sent=sent,
        advice=advice_for(types) if types else [],
        trap=TRAP,
        max_text=MAX_TEXT,
    )
    return make_response(page, status)
