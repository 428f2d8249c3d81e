"""What a request of the operator face stands on."""

from flask import current_app, g

from service.journey.administration.audit import Actor
from service.journey.ports import Ports


def ports() -> Ports:
    """Return everything outside."""
    found: Ports = current_app.extensions["seve"].ports
    return found


def me() -> Actor:
    """Return the operator, as the audit log names them."""
    return Actor(g.operator.name, g.operator.id)
