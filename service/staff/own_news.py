"""How a person wants to be told of their work, as « Mon compte » asks it."""

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.permissions import Act
from service.domain.told import CHOICE, Told
from service.journey.people import own_choices
from service.staff.route import press

WAYS = {
    Told.AT_ONCE: "Tout de suite : un e-mail quand un collègue m'attribue une demande",
    Told.DAILY: "Une fois par jour ouvré : le point du matin",
    Told.NEVER: "Jamais",
}
_DONE = {
    Told.AT_ONCE: "C'est noté : un e-mail part quand un collègue vous attribue une demande.",
    Told.DAILY: "C'est noté : vous recevez le point du matin, les jours où il y a quelque chose à dire.",
    Told.NEVER: "C'est noté : vous ne recevez plus d'e-mail sur votre travail.",
}


def choose_news() -> ResponseReturnValue:
    """Keep how this person wants to be told."""
    chosen = request.form.get("told", "")
    if chosen not in set(Told):
        abort(400)
    own_choices.choose(g.staff.member_id, g.staff.id, CHOICE, chosen)
    flash(_DONE[Told(chosen)])
    return redirect(url_for("staff.own_account"), 303)


ROUTES = (press("/moi/avis", choose_news, Act.READ, name="own_news"),)
