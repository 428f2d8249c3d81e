"""Is it alive, is it ready, and what waits."""

from flask import Blueprint, Flask, Response, current_app
from flask_wtf import CSRFProtect
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.journey import backlog
from service.journey.ports import TextModelDown
from service.journey.transactions import shared_transaction

blueprint = Blueprint("health", __name__)


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the pages machines read."""
    app.register_blueprint(blueprint)


@blueprint.get("/health/live")
def live() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "live"}


@blueprint.get("/health/ready")
def ready() -> tuple[dict[str, str], int]:
    """Say whether complaints are accepted. Redis or the model being down delays them but refuses none."""
    parts = {"database": _database(), "redis": _redis(), "text_model": _text_model()}
    accepts = parts["database"] == "ok"
    return {"status": "ready" if accepts else "not ready", **parts}, 200 if accepts else 503


def _database() -> str:
    try:
        with shared_transaction() as session:
            unsafe = session.scalar(text("select rolsuper or rolbypassrls from pg_roles where rolname = current_user"))
            owned = session.scalar(text("select count(*) from pg_tables where tableowner = current_user"))
    except SQLAlchemyError:
        return "down"
    return "role may see every member: refused" if unsafe or owned else "ok"


def _redis() -> str:
    try:
        with Redis.from_url(current_app.extensions["seve"].settings.redis_url, socket_timeout=1) as redis:
            redis.ping()
    except RedisError:
        return "down"
    return "ok"


def _text_model() -> str:
    try:
        reading = current_app.extensions["seve"].ports.text_model.read("bonjour")
    except TextModelDown:
        return "down"
    return f"ok, version {reading.model_version}"


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give what waits and what was given up, for the whole service: no member, no complaint can be told apart."""
    found = backlog.read(current_app.extensions["seve"].ports.clock.now())
    registry = CollectorRegistry()
    for name, words, value in (
        ("seve_outbox_waiting", "Steps that wait in the outbox.", found.waiting),
        (
            "seve_outbox_oldest_seconds",
            "Age of the oldest event whose steps are not all taken.",
            found.oldest_seconds,
        ),
        ("seve_deliveries_given_up", "Deliveries given up to a person, of complaints still open.", found.given_up),
        ("seve_deliveries_parked", "Deliveries that wait for an endpoint which fails or is slow.", found.parked),
        ("seve_endpoints_left_alone", "Endpoints in service that fail.", found.left_alone),
    ):
        Gauge(name, words, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
