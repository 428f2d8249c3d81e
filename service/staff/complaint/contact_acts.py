"""How to reach a tenant, mended by staff; and what did not arrive, sent again by the way we have now."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from service.journey import steps
from service.journey.news import contact, retelling
from service.staff.complaint.complaint import act, typed
from service.staff.request_context import ports
from service.staff.route import press
from service.staff.wording import count

MENDED = "Les coordonnées sont enregistrées. Une nouvelle adresse e-mail compte quand la personne y dit oui."


def mend_contact(complaint_id: UUID) -> ResponseReturnValue:
    """Take the addresses that a tenant tells."""

    def use_case() -> None:
        contact.mend(
            g.staff.member_id, complaint_id, g.staff.id,
            email=typed("email"), phone=typed("phone"), channel=typed("channel"), ports=ports(),
        )  # fmt: skip

    return act(complaint_id, use_case, MENDED)


def tell_again(complaint_id: UUID) -> ResponseReturnValue:
    """Let what did not arrive leave again."""
    sent = retelling.tell_again(g.staff.member_id, complaint_id, g.staff.id, ports())
    steps.follow(g.staff.member_id, complaint_id, ports())
    flash(f"{count(sent, 'message')} en route de nouveau." if sent else "Rien n'est à renvoyer.")
    return redirect(url_for("staff.show", complaint_id=complaint_id), 303)


ROUTES = (
    press("/demandes/<uuid:complaint_id>/coordonnees", mend_contact),
    press("/demandes/<uuid:complaint_id>/renvoi", tell_again),
)
