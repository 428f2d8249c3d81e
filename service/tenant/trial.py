"""Where the tracking links of a sandbox key lead: a page that says that nothing was sent."""

from flask import render_template

from service.tenant.door import member_named


def show_trial(slug: str) -> str:
    """Say that the message was a trial, and where a real one is written."""
    return render_template("tenant/trial.html", member=member_named(slug))
