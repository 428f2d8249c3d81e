"""What a person is reminded of on arrival, once each time they come in, until they put it off for good."""

from flask import flash, g, redirect, session, url_for
from flask.typing import ResponseReturnValue

from service.domain.permissions import Act
from service.journey.people import own_choices
from service.models.people import Staff
from service.staff.route import press

_SEEN = "factor_seen"  # of a person's choices
_SAID = "factor_proposed"  # in the cookie: since they came in


def proposes_factor(staff: Staff) -> bool:
    """Say whether a second factor is proposed: to whoever came in with a password alone, until they put it off."""
    opened = g.staff.session
    if opened is None or opened.means != "password" or staff.choices.get(_SEEN) or session.get(_SAID) == str(opened.id):
        return False
    session[_SAID] = str(opened.id)
    return True


def put_off() -> ResponseReturnValue:
    """Propose it no more."""
    own_choices.choose(g.staff.member_id, g.staff.id, _SEEN, True)
    flash("C'est noté. Vous trouverez toujours cela dans « Mon compte ».")
    return redirect(url_for("staff.inbox"), 303)


ROUTES = (press("/moi/plus-tard", put_off, Act.READ, name="put_factor_off"),)
