"""What a member agrees to show the network by its name: what that shows, what it cannot undo; to give and take back."""

from collections.abc import Callable, Mapping

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.areas import FEWEST_MEMBERS
from service.domain.errors import Refusal
from service.domain.naming import OPEN
from service.domain.permissions import Act
from service.journey.dates import in_month, month_in_words
from service.journey.transactions import member_transaction
from service.journey.trends import consents
from service.staff import refusals
from service.staff.request_context import ports
from service.staff.route import page, press

ASKED = "C'est proposé. Une seconde personne doit l'accepter dans « À valider »."
# product -> what agreeing to it shows
SHOWS = {
    "MF": "Chaque mois, pour chaque thème, combien de vos foyers ont écrit.",
    "Q2": "Chaque trimestre, pour chaque sujet, combien de vos foyers ont écrit.",
    "DELAY_MEM": "Chaque mois, en combien de jours vous avez répondu complètement.",
    "SATIS": "Chaque trimestre, les notes que vos locataires ont données.",
    OPEN: "Les chiffres du réseau, sans ligne de bailleur, ouverts à tout le monde. Il faut l'accord de tous.",
}


def network_consents() -> str:
    """Show what the member agrees to."""
    return _page({})


def propose_consent() -> ResponseReturnValue:
    """Propose to agree to one product."""

    def use_case() -> str:
        consents.ask(g.staff.member_id, g.staff.id, _product(), request.form.get("reason", ""), ports())
        return ASKED

    return _act(use_case)


def withdraw_consent() -> ResponseReturnValue:
    """Agree no more to one product, for later months."""

    def use_case() -> str:
        consents.withdraw(g.staff.member_id, g.staff.id, _product(), ports())
        return "C'est retiré pour les mois à venir. Ce qui est publié reste publié."

    return _act(use_case)


def _product() -> str:
    return request.form.get("product", "")


def _act(use_case: Callable[[], str]) -> ResponseReturnValue:
    try:
        said = use_case()
    except Refusal as refusal:
        field = f"reason-{_product()}" if refusal.field == "reason" else ""
        return _page({field: refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(said)
    return redirect(url_for("staff.admin_network_consents"), 303)


def _page(errors: Mapping[str, str]) -> str:
    with member_transaction(g.staff.member_id) as session:
        states = consents.states(session, ports())
    return render_template(
        "staff/admin/network_consents.html",
        states=states,
        shows=SHOWS,
        fewest=FEWEST_MEMBERS,
        month=month_in_words,
        in_month=in_month,
        errors=errors,
        typed=request.form,
    )


_AT = "/administration/reseau"
ROUTES = (
    page(_AT, network_consents, Act.ADMINISTER, name="admin_network_consents"),
    press(_AT, propose_consent, Act.ADMINISTER),
    press(f"{_AT}/retrait", withdraw_consent, Act.ADMINISTER),
)
