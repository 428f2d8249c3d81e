"""The web application: one factory, four faces."""

import logging
import os
from dataclasses import dataclass
from types import TracebackType

from flask import Flask, Response, current_app, render_template, request
from flask_wtf import CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from service import health, static_files
from service.adapters.assemble import assemble
from service.api import face as api
from service.api import problems
from service.cli import commands
from service.duty import face as duty
from service.journey.people.sessions import LONGEST
from service.journey.ports import Ports
from service.models import everything  # noqa: F401  Tables refer to each other by name.
from service.models.database import db
from service.network import face as network
from service.open311 import errors as civic_errors
from service.open311 import face as open311
from service.operator import face as operator
from service.partner import face as partner
from service.settings import Settings, read_settings
from service.staff import face as staff
from service.tenant import face as tenant
from service.tenant import framing

log = logging.getLogger(__name__)
ExceptionInfo = tuple[type, BaseException, TracebackType | None] | tuple[None, None, None]
MAX_REQUEST = 2 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Seve:
    """What every request and job may draw on."""

    settings: Settings
    ports: Ports


class _Flask(Flask):
    """Flask, which would otherwise log the address of a failed request: a tracking link opens a complaint."""

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        """Log the view that failed, never the address."""
        self.logger.error("request_failed %s %s", request.method, request.endpoint, exc_info=exc_info)


def create_app(settings: Settings | None = None, ports: Ports | None = None) -> Flask:
    """Return the application; tests hand in their own settings and ports."""
    settings = settings or read_settings(os.environ)
    app = _Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # Whatever role logs in, the one that works is seve_app: never the owner, never a superuser.
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 10,
            "max_overflow": 10,
            "pool_pre_ping": True,
            "hide_parameters": True,  # an error must not quote a tenant's words
            "connect_args": {
                "options": "-c role=seve_app -c statement_timeout=15s -c lock_timeout=5s "
                "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
            },
        },
        SESSION_COOKIE_NAME="seve",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    app.extensions["seve"] = Seve(settings, ports or assemble(settings))
    app.url_map.strict_slashes = False
    db.init_app(app)
    csrf = CSRFProtect(app)
    for face in (api, duty, health, network, open311, operator, partner, staff, tenant):
        face.register(app, csrf)
    static_files.register(app)
    commands.register(app)
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(OperationalError, _come_back)
    app.register_error_handler(RecursionError, _too_deep)
    app.after_request(_protect)
    return app


def _explain(error: HTTPException) -> Response | tuple[str, int]:
    """Answer an error in the way of the face it happened in: a problem document, or a page in French."""
    if request.path.startswith(("/api/", "/reseau/api/")):
        return problems.from_http(error)
    if request.path.startswith("/open311/"):
        return civic_errors.from_http(error)
    status = error.code or 500
    return render_template("error.html", status=status), status


def _come_back(failure: OperationalError) -> Response:
    """Say that the database does not answer now, and when to try again."""
    log.error("database_down %s", type(failure.orig).__name__)
    answer = _explain(ServiceUnavailable())
    response = answer if isinstance(answer, Response) else Response(answer[0], answer[1])
    response.headers["Retry-After"] = "5"
    return response


def _too_deep(_failure: RecursionError) -> Response | tuple[str, int]:
    """Refuse what nests deeper than anybody means."""
    return _explain(BadRequest())


def _protect(response: Response) -> Response:
    """Add the headers that keep a page to itself."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framing.ancestors()}",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if current_app.extensions["seve"].settings.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
