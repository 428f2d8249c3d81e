"""What a person is reminded of on arrival, until they say that they have seen it."""

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from service.domain.permissions import Act
from service.journey.people import own_choices
from service.models.people import Staff
from service.staff.route import press

_SEEN = "factor_seen"  # of a person's choices


def proposes_factor(staff: Staff) -> bool:
    """Say whether a second factor is proposed: to whoever came in with a password alone, until they put it off."""
    opened = g.staff.session
    return opened is not None and opened.means == "password" and not staff.choices.get(_SEEN)


def put_off() -> ResponseReturnValue:
    """Propose it no more."""
    own_choices.choose(g.staff.member_id, g.staff.id, _SEEN, True)
    flash("C'est noté. Vous trouverez toujours cela dans « Mon compte ».")
    return redirect(url_for("staff.inbox"), 303)


ROUTES = (press("/plus-tard", put_off, Act.READ, name="put_factor_off"),)
