"""The tenant face: every page a tenant may open, on one map."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from werkzeug.routing import BaseConverter

from service.domain.safety import numbers_always_shown
from service.domain.taxonomy import category_label
from service.tenant import (
    accessibility,
    actions,
    checking,
    contact,
    door,
    download,
    feedback,
    files,
    framing,
    helping,
    introductions,
    languages,
    links,
    mailbox,
    stages,
    submission,
    thanks,
    tracking,
    trial,
    understanding,
)
from service.tenant.asking_limits import NAME as ASKING_LIMITS
from service.tenant.asking_limits import AskingLimits
from service.tenant.sending_limits import SendingLimits

# address, name, view, methods
PAGES: tuple[tuple[str, str, Callable[..., Any], list[str]], ...] = (
    ("/", "home", door.home, ["GET"]),
    ("/accessibilite", "accessibility", accessibility.show_statement, ["GET"]),
    ("/courrier", "mailbox", mailbox.show_mails, ["GET"]),
    ("/<slug:slug>/", "form", submission.show_form, ["GET"]),
    ("/<slug:slug>/", "submit", submission.submit, ["POST"]),
    ("/<slug:slug>/arrivee", "arrive", introductions.arrive, ["GET", "POST"]),
    ("/<slug:slug>/essai", "trial", trial.show_trial, ["GET"]),
    ("/<slug:slug>/securite", "safety", understanding.advise, ["POST"]),
    ("/<slug:slug>/comprendre", "understand", understanding.understand, ["POST"]),
    ("/<slug:slug>/envoi/<link:token>", "check", checking.show_check, ["GET"]),
    ("/<slug:slug>/envoi/<link:token>", "send_draft", checking.check, ["POST"]),
    ("/<slug:slug>/couleurs.css", "colours", door.colours, ["GET"]),
    ("/suivi/<link:token>", "tracking", tracking.show_tracking, ["GET"]),
    ("/suivi/<link:token>/messages", "add_message", tracking.add_message, ["POST"]),
    ("/suivi/<link:token>/lu", "mark_read", tracking.mark_read, ["POST"]),
    ("/suivi/<link:token>/regle", "settle", actions.settle, ["GET", "POST"]),
    ("/suivi/<link:token>/retrait", "withdraw", actions.withdraw, ["GET", "POST"]),
    ("/suivi/<link:token>/relecture", "review", actions.ask_review, ["GET", "POST"]),
    ("/suivi/<link:token>/sujet", "contest", actions.contest, ["GET", "POST"]),
    ("/suivi/<link:token>/mes-donnees", "own_data", download.own_copy, ["GET", "POST"]),
    ("/<slug:slug>/aide", "help", helping.show_help, ["GET"]),
    ("/<slug:slug>/lien-perdu", "lost_link", links.show_lost_link, ["GET"]),
    ("/<slug:slug>/lien-perdu", "ask_link", links.ask_link, ["POST"]),
    ("/suivi/<link:token>/nouvelles", "contact", contact.show_contact, ["GET"]),
    ("/suivi/<link:token>/nouvelles", "change_contact", contact.change_contact, ["POST"]),
    ("/adresse/<token>", "address", contact.show_address, ["GET"]),
    ("/adresse/<token>", "confirm_address", contact.confirm_address, ["POST"]),
    ("/desabonner/<token>", "unsubscribe", contact.show_unsubscribe, ["GET"]),
    ("/desabonner/<token>", "unsubscribe_now", contact.unsubscribe, ["POST"]),
    ("/suivi/<link:token>/avis", "feedback", feedback.show_feedback, ["GET"]),
    ("/suivi/<link:token>/avis", "give_feedback", feedback.give, ["POST"]),
    ("/suivi/<link:token>/merci", "say_thanks", thanks.say_thanks, ["POST"]),
    ("/<slug:slug>/avis", "stages", stages.list_stages, ["GET"]),
    ("/<slug:slug>/avis/<slug:stage>", "stage", stages.show_stage, ["GET"]),
    ("/<slug:slug>/avis/<slug:stage>", "say_stage", stages.say_stage, ["POST"]),
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
    app.add_template_global(contact.contact_view)
    app.add_template_global(category_label)
    app.add_template_global(accessibility.in_words, "accessibility_in_words")
    app.extensions["seve.tenant.sending_limits"] = SendingLimits()
    app.extensions[ASKING_LIMITS] = AskingLimits()
    blueprint = Blueprint("tenant", __name__, template_folder="templates")
    for address, name, view, methods in PAGES:
        blueprint.add_url_rule(address, name, view, methods=methods)
    languages.register(app, blueprint)
    files.register(app, blueprint)
    stages.register(app)
    app.add_template_global(thanks.thanks_of)
    framing.register(app, blueprint)
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
