"""The API as a whole: who may call, what a refusal looks like, where it is described."""

from flask import Flask, Response, g, render_template, request
from flask_smorest import Api
from flask_wtf import CSRFProtect

from service.api import problems
from service.api.complaints import blueprint
from service.domain.errors import Refusal
from service.domain.taxonomy import FAMILIES, categories, natures, urgencies
from service.journey.accounts import member_of_key

BEARER = "Bearer "


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the API; it carries no cookie, so no CSRF token is asked."""
    app.config.update(
        API_TITLE="Sève",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "L'API que l'extranet d'un bailleur appelle. Guide : /api/docs."},
            "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
            "security": [{"key": []}],
        },
    )
    api = Api(app)
    blueprint.before_request(_find_member)
    blueprint.register_error_handler(Refusal, problems.from_refusal)
    api.register_blueprint(blueprint)
    csrf.exempt(blueprint)
    app.add_url_rule("/api/docs", "api_docs", _docs)


def _find_member() -> Response | None:
    """Let a request in with a member's key, and say nothing of what exists without one."""
    header = request.headers.get("Authorization", "")
    member_id = member_of_key(header.removeprefix(BEARER).strip()) if header.startswith(BEARER) else None
    if member_id is None:
        return problems.problem(401)
    g.member_id = member_id
    return None


def _docs() -> str:
    """Show how to call the API, with an example that runs."""
    return render_template(
        "api/docs.html",
        categories=categories().values(),
        families=FAMILIES,
        natures=natures().values(),
        urgencies=urgencies().values(),
        titles=problems.TITLES,
        sentences=problems.SENTENCES,
    )
