"""How the tenant is told: on the tracking page and on a page of its own; links to confirm an address, or to refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.languages import LANGUAGES, N_
from service.domain.masking import masked_email, masked_phone
from service.journey import steps
from service.journey.news import contact, news, unsubscribing
from service.journey.news.contact import Wish
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Member
from service.tenant.asking_limits import limits
from service.tenant.languages import gettext as _
from service.tenant.languages import speak
from service.tenant.tracked_complaint import open_tracked_complaint

CHANNELS = (
    ("email", N_("Par e-mail")), ("sms", N_("Par SMS")), ("phone", N_("Par téléphone : on vous appelle")),
    ("post", N_("Par courrier")),
)  # fmt: skip
PACES = (("now", N_("Tout de suite")), ("daily", N_("Le soir, les nouvelles du jour ensemble")))
FIELDS = ("channel", "email", "phone", "pace", "language")
ERRORS = {
    "unknown_value": N_("Choisissez une réponse dans la liste."),
    "not_an_email": N_("Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr"),
    "not_a_phone": N_("Ce numéro n'est pas complet. Exemple : 06 12 34 56 78"),
    "needs_email": N_("Pour les e-mails, écrivez votre adresse."),
    "needs_mobile": N_("Pour les SMS, écrivez un numéro de portable. Il commence par 06 ou 07."),
    "needs_phone": N_("Pour être appelé, écrivez votre numéro."),
    "needs_place": N_("Nous ne connaissons pas votre adresse postale. Choisissez un autre moyen, ou appelez-nous."),
    "too_many_addresses": N_("Trop d'adresses ont été données aujourd'hui. Réessayez demain, ou appelez-nous."),
}


@dataclass(frozen=True)
class ContactView:
    """What the form shows: choices, and what we have, hidden in part from whoever else reads the page."""

    typed: Mapping[str, str]
    email: str
    phone: str
    does_email_arrive: bool
    channels: tuple[tuple[str, str], ...] = CHANNELS
    paces: tuple[tuple[str, str], ...] = PACES
    languages: tuple[tuple[str, str], ...] = tuple((one.code, one.name) for one in LANGUAGES)


def contact_view(complaint: Complaint, typed: Mapping[str, str] | None = None) -> ContactView:
    """Return what `tenant/contact.html` shows of a complaint, or again what was typed."""
    with member_transaction(complaint.member_id) as session:
        arrives = complaint.tenant_email is None or news.comes_back(session, complaint) is None
    known = {
        "channel": complaint.preferred_channel, "email": "", "phone": "", "pace": complaint.pace,
        "language": complaint.language,
    }  # fmt: skip
    return ContactView(
        typed or known, masked_email(complaint.tenant_email), masked_phone(complaint.tenant_phone), arrives
    )


def show_contact(token: str) -> Response:
    """Show how the tenant is told, and the form to change it."""
    return _contact_page(token)


def change_contact(token: str) -> AnyResponse:
    """Do as the tenant wishes."""
    tracked, typed = open_tracked_complaint(token), {name: request.form.get(name, "") for name in FIELDS}
    if not limits().may_be_told_at(typed["email"], typed["phone"], tracked.now):
        field = "email" if typed["email"].strip() else "phone"
        return _contact_page(token, {field: _(ERRORS["too_many_addresses"])}, typed)
    try:
        is_to_confirm = contact.change(tracked.member_id, tracked.complaint_id, Wish(**typed), _ports())
    except (BadInput, NotAllowed) as refusal:
        return _contact_page(token, {refusal.field or "channel": _(ERRORS[refusal.code])}, typed)
    steps.follow(tracked.member_id, tracked.complaint_id, _ports())
    # The language just chosen is that of the complaint: none is asked for in the address any more.
    done = url_for("tenant.contact", token=token, fait="confirmer" if is_to_confirm else "1", langue=None)
    return redirect(done, HTTPStatus.SEE_OTHER)


def _contact_page(
    token: str, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    tracked = open_tracked_complaint(token)
    page = render_template(
        "tenant/contact_page.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        contact=contact_view(tracked.sheet.complaint, typed),
        contact_errors=errors or {},
        done=request.args.get("fait", ""),
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def show_address(token: str) -> AnyResponse:
    """Ask whoever followed the link to press a button: programs that scan mail follow links too."""
    try:
        member_id, address = contact.to_confirm(token, _ports())
    except NotFound:
        abort(404)
    except NotAllowed:
        return make_response(render_template("tenant/address.html", address=None, member=None), HTTPStatus.GONE)
    with member_transaction(member_id) as session:
        member = session.get_one(Member, member_id)
    return make_response(render_template("tenant/address.html", address=address, member=member, token=token))


def confirm_address(token: str) -> AnyResponse:
    """Take the address."""
    try:
        tracking = contact.confirm(token, _ports())
    except NotFound:
        abort(404)
    except NotAllowed:
        return make_response(render_template("tenant/address.html", address=None, member=None), HTTPStatus.GONE)
    return redirect(url_for("tenant.contact", token=tracking, fait="confirmee"), HTTPStatus.SEE_OTHER)


def show_unsubscribe(token: str) -> Response:
    """Show what would no longer be sent, and a button."""
    try:
        subscription = unsubscribing.look(token, _ports())
    except NotFound:
        abort(404)
    speak(subscription.language)
    with member_transaction(subscription.member_id) as session:
        member = session.get_one(Member, subscription.member_id)
    return make_response(
        render_template("tenant/unsubscribe.html", subscription=subscription, member=member, token=token)
    )


def unsubscribe(token: str) -> AnyResponse:
    """Send no more of it, or send it again. Mail programs press this button too, without a cookie (RFC 8058)."""
    does: Callable[[str, Ports], None] = unsubscribing.refuse
    if request.form.get("encore") == "1":
        does = unsubscribing.accept_again
    try:
        does(token, _ports())
    except NotFound:
        abort(404)
    return show_unsubscribe(token)  # not elsewhere: they do not follow


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports
