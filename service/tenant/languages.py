"""The language of a tenant's page: asked for in its address, else that of the complaint, else French.

A browser that asks for another language is offered it in one line; the page stays in French until somebody chooses.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, has_request_context, request

from service.domain.languages import FRENCH, LANGUAGES, Tongue, is_spoken, tongue_of
from service.journey.languages import Language, language

PARAMETER = "langue"
# French keeps these signs on the line of their word. Only pages do: a text message has no such space.
_TIED = re.compile(r" (?=[:;!?»])|(?<=«) ")
UNSPOKEN = frozenset({"tenant.colours"})  # addresses that are the same in every language
# Said by each language for itself: who does not read the page must still find the way out of it.
INVITATIONS = {
    "fr": "Lire cette page en français",
    "en": "Read this page in English",
    "ar": "اقرأ هذه الصفحة بالعربية",
    "tr": "Bu sayfayı Türkçe okuyun",
    "uk": "Читати цю сторінку українською",
    "pt": "Ler esta página em português",
}


@dataclass(frozen=True)
class Version:
    """The page at hand in one language; `is_here` when it is already the one shown."""

    tongue: Tongue
    address: str
    is_here: bool

    @property
    def invitation(self) -> str:
        """One line, in that language, that proposes it."""
        return INVITATIONS[self.tongue.code]


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
    said = _said(message)
    return said % values if values else said


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Return the form that goes with a number, in the language of the page."""
    return spoken().ngettext(one, many, number, **values)


def versions() -> list[Version]:
    """Return the page at hand in every language; none of a page that was posted to, for its words would be lost."""
    if request.method not in {"GET", "HEAD"} or not request.url_rule:
        return []
    return [_version(tongue) for tongue in LANGUAGES]


def offered() -> Version | None:
    """Return the page in a language that the browser asks for and nobody has chosen; None when there is none."""
    best = request.accept_languages.best_match([tongue.tag for tongue in LANGUAGES])
    if not best or best == spoken().tongue.tag or PARAMETER in request.args or not versions():
        return None
    return _version(tongue_of(best))


def register(app: Flask, blueprint: Blueprint) -> None:
    """Let the blueprint's templates and addresses carry the language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    # A sentence is the same sentence however its template is indented.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    # Values are filled in after the translation, by Jinja, and escaped.
    app.jinja_env.install_gettext_callables(_said, _said_of_many, newstyle=True)  # type: ignore[attr-defined]
    app.add_template_global(spoken, "language")
    app.add_template_global(versions, "language_versions")
    app.add_template_global(offered, "language_offered")
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    blueprint.before_app_request(_choose)
    blueprint.url_defaults(_carry)


def _version(tongue: Tongue) -> Version:
    query = {**request.args.to_dict(flat=False), PARAMETER: tongue.code}
    is_here = spoken().tongue == tongue
    return Version(tongue, f"{request.path}?{urlencode(query, doseq=True)}", is_here)


def _said(message: str) -> str:
    return _tied(str(spoken().catalogue.gettext(message)))


def _said_of_many(one: str, many: str, number: int) -> str:
    return _tied(str(spoken().catalogue.ngettext(one, many, number)))


def _tied(words: str) -> str:
    return _TIED.sub("\u00a0", words) if spoken().is_french else words


def _choose() -> None:
    """Speak the language asked for, also where no page is; what is not for tenants stays in French."""
    asked = request.args.get(PARAMETER)
    if request.blueprint in {None, "tenant"} and is_spoken(asked):
        g.language = language(asked)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the language asked for in every link of the page."""
    asked = request.args.get(PARAMETER) if has_request_context() else None
    if is_spoken(asked) and endpoint not in UNSPOKEN:
        values.setdefault(PARAMETER, asked)
