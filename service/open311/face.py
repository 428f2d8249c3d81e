"""Open311 GeoReport v2, for clients that speak it instead of our own API."""

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

from service.domain.errors import Refusal
from service.open311 import errors, requests, services
from service.open311.formats import EXTENSIONS

EXTENSION = f"<any({', '.join(EXTENSIONS)}):extension>"
PREFIX = "/open311/v2"


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the face; a key is asked at each call and no cookie is read, so no CSRF token is asked."""
    face = Blueprint("open311", __name__, url_prefix=PREFIX)
    face.add_url_rule(f"/discovery.{EXTENSION}", "discover", services.discover)
    face.add_url_rule(f"/services.{EXTENSION}", "services", services.list_services)
    face.add_url_rule(f"/services/<code>.{EXTENSION}", "definition", services.define_service)
    face.add_url_rule(f"/requests.{EXTENSION}", "submit", requests.submit_request, methods=["POST"])
    face.add_url_rule(f"/requests.{EXTENSION}", "requests", requests.list_requests)
    face.add_url_rule(f"/requests/<request_id>.{EXTENSION}", "request", requests.read_request)
    face.add_url_rule(f"/tokens/<token>.{EXTENSION}", "token", requests.read_token)
    face.register_error_handler(Refusal, errors.from_refusal)
    app.register_blueprint(face)
    csrf.exempt(face)
