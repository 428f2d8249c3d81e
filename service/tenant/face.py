"""The tenant face: every page a tenant may open, on one map."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from werkzeug.routing import BaseConverter

from service.domain.safety import numbers_always_shown
from service.tenant import door, feedback, languages, mailbox, submission, tracking
from service.tenant.sending_limits import SendingLimits

# address, name, view, methods
PAGES: tuple[tuple[str, str, Callable[..., Any], list[str]], ...] = (
    ("/", "home", door.home, ["GET"]),
    ("/courrier", "mailbox", mailbox.show_mails, ["GET"]),
    ("/<slug:slug>/", "form", submission.show_form, ["GET"]),
    ("/<slug:slug>/", "submit", submission.submit, ["POST"]),
    ("/<slug:slug>/securite", "safety", submission.advise, ["POST"]),
    ("/<slug:slug>/couleurs.css", "colours", door.colours, ["GET"]),
    ("/suivi/<link:token>", "tracking", tracking.show_tracking, ["GET"]),
    ("/suivi/<link:token>/messages", "add_message", tracking.add_message, ["POST"]),
    ("/suivi/<link:token>/avis", "feedback", feedback.show_feedback, ["GET"]),
    ("/suivi/<link:token>/avis", "give_feedback", feedback.give, ["POST"]),
)


class SlugConverter(BaseConverter):
    """A member's short name. Fixed addresses such as /health are matched before it, so it can hide none of them."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class LinkConverter(BaseConverter):
    """The secret part of a tracking link: what could not be one never reaches the database."""

    regex = "[A-Za-z0-9_-]{8,64}"


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the face.

    No page here acts in the name of a signed-in person: the form is public, and a tracking page opens with the secret
    in its own address. A forged request from another site can borrow nothing, so no CSRF token is asked; asking one
    would need a cookie, and would refuse people whose browser keeps none.
    """
    app.url_map.converters.update(slug=SlugConverter, link=LinkConverter)
    app.add_template_global(numbers_always_shown)
    app.extensions["seve.tenant.sending_limits"] = SendingLimits()
    blueprint = Blueprint("tenant", __name__, template_folder="templates")
    for address, name, view, methods in PAGES:
        blueprint.add_url_rule(address, name, view, methods=methods)
    languages.register(app, blueprint)
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
