"""Everything outside, for the commands."""

from flask import current_app

from service.journey.ports import Ports


def ports() -> Ports:
    """Return what the application was put together with."""
    found: Ports = current_app.extensions["seve"].ports
    return found
