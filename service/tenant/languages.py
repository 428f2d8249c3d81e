"""The language of a tenant's page: asked for in its address, else that of the complaint, else French.

A browser that asks for another language is offered it in one line; the page stays in French until somebody chooses.
"""

from typing import Any

from flask import Blueprint, Flask, g, has_request_context, request

from service.domain.languages import FRENCH, LANGUAGES, Tongue, is_spoken, tongue_of
from service.journey.languages import Language, language

PARAMETER = "langue"
UNSPOKEN = frozenset({"tenant.colours"})  # addresses that are the same in every language


def spoken() -> Language:
    """Return the language of the page at hand; French outside of a tenant's page."""
    chosen: Language | None = g.get("language") if has_request_context() else None
    return chosen or language(FRENCH.code)


def speak(code: str | None) -> None:
    """Speak a complaint's language on the page at hand, unless its address asks for another."""
    if not is_spoken(request.args.get(PARAMETER)):
        g.language = language(code)


def gettext(message: str, **values: object) -> str:
    """Return a sentence in the language of the page."""
    return spoken().gettext(message, **values)


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Return the form that goes with a number, in the language of the page."""
    return spoken().ngettext(one, many, number, **values)


def offered() -> Tongue | None:
    """Return a language the browser asks for and the page is not in; None when there is none."""
    best = (
        request.accept_languages.best_match([tongue.tag for tongue in LANGUAGES]) if request.accept_languages else None
    )
    tongue = tongue_of(best)
    return tongue if best and tongue.tag != spoken().tongue.tag and "langue" not in request.args else None


def register(app: Flask, blueprint: Blueprint) -> None:
    """Let the blueprint's templates and addresses carry the language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    # Values are filled in after the translation, by Jinja, and escaped.
    app.jinja_env.install_gettext_callables(_said, _said_of_many, newstyle=True)  # type: ignore[attr-defined]
    app.add_template_global(spoken, "language")
    app.add_template_global(offered, "language_offered")
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    blueprint.before_request(_choose)
    blueprint.url_defaults(_carry)


def _said(message: str) -> str:
    return str(spoken().catalogue.gettext(message))


def _said_of_many(one: str, many: str, number: int) -> str:
    return str(spoken().catalogue.ngettext(one, many, number))


def _choose() -> None:
    asked = request.args.get(PARAMETER)
    if is_spoken(asked):
        g.language = language(asked)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the language asked for in every link of the page."""
    asked = request.args.get(PARAMETER) if has_request_context() else None
    if is_spoken(asked) and endpoint not in UNSPOKEN:
        values.setdefault(PARAMETER, asked)
