"""Is it alive, is it ready, and what waits."""

from flask import Blueprint, Flask, Response, current_app
from flask_wtf import CSRFProtect
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from service.domain.endpoints import OPENS_AFTER
from service.domain.status import Status
from service.journey import steps
from service.journey.ports import TextModelDown
from service.journey.transactions import member_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep

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
    registry = CollectorRegistry()
    waiting = Gauge("seve_outbox_waiting", "Steps that wait in the outbox.", registry=registry)
    oldest = Gauge(
        "seve_outbox_oldest_seconds", "Age of the oldest event whose steps are not all taken.", registry=registry
    )
    given_up = Gauge(
        "seve_deliveries_given_up", "Deliveries given up to a person, of complaints still open.", registry=registry
    )
    parked = Gauge(
        "seve_deliveries_parked", "Deliveries that wait for an endpoint which fails or is slow.", registry=registry
    )
    left_alone = Gauge("seve_endpoints_left_alone", "Endpoints in service that fail.", registry=registry)
    now = current_app.extensions["seve"].ports.clock.now()
    age = 0.0
    for member_id in steps.member_ids():
        with member_transaction(member_id) as session:
            count, first = session.execute(
                select(
                    func.count(),
                    # What waits for an endpoint that fails is counted by itself: our own workers are not behind.
                    func.min(Event.at).filter(Delivery.parked_at.is_(None)),
                )
                .select_from(OutboxStep)
                .outerjoin(Event, Event.id == OutboxStep.event_id)
                .outerjoin(Delivery, Delivery.id == OutboxStep.delivery_id)
                .where(OutboxStep.done_at.is_(None))
            ).one()
            failed = session.scalar(
                select(func.count())
                .select_from(Delivery)
                .outerjoin(Complaint, Complaint.id == Delivery.complaint_id)
                .where(Delivery.status == "given_up", Complaint.status.is_distinct_from(Status.CLOSED))
            )
            behind = session.scalar(select(func.count()).where(Delivery.parked_at.is_not(None)))
            failing = session.scalar(select(func.count()).where(Endpoint.is_active, Endpoint.failures >= OPENS_AFTER))
        waiting.inc(count)
        given_up.inc(failed or 0)
        parked.inc(behind or 0)
        left_alone.inc(failing or 0)
        age = max(age, (now - first).total_seconds() if first else 0.0)
    oldest.set(age)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
