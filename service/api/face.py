"""The API as a whole: who may call, what a refusal looks like, where it is described."""

from flask import Flask, current_app, render_template
from flask_smorest import Api
from flask_wtf import CSRFProtect

from service.api import complaints, files, integration, problems, suggestions  # noqa: F401  Their views attach themselves.
from service.api.blueprint import blueprint
from service.attempts import Attempts
from service.domain.taxonomy import FAMILIES, categories, natures, urgencies


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
    app.extensions[suggestions.LIMIT] = Attempts(suggestions.PER_MEMBER, suggestions.WINDOW)
    api = Api(app)
    api.register_blueprint(blueprint)
    csrf.exempt(blueprint)
    app.add_url_rule("/api/docs", "api_docs", _docs)
    app.add_url_rule("/integration", "integration", integration.show_guide)
    app.add_url_rule("/integration/<slug>", "integration_of", integration.show_guide)


def _docs() -> str:
    """Show how to call the API, with an example that runs."""
    return render_template(
        "api/docs.html",
        base_url=current_app.extensions["seve"].settings.base_url,
        categories=categories().values(),
        families=FAMILIES,
        natures=natures().values(),
        urgencies=urgencies().values(),
        titles=problems.TITLES,
        sentences=problems.SENTENCES,
    )
