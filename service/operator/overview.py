"""How the service does, in numbers; and what was done to the platform."""

from flask import render_template

from service.journey import backlog
from service.journey.people import operating
from service.operator.request_context import ports


def show_state() -> str:
    """Show what waits, without anything of what it is."""
    return render_template("operator/state.html", backlog=backlog.read(ports().clock.now()))


def show_log() -> str:
    """Show the platform's own chain of changes."""
    return render_template("operator/log.html", entries=operating.log())
