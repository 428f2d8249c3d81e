"""The read-only interface of the network: what is published, for programs that hold a key. No cookie opens it."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import TooManyRequests

from service.attempts import Attempts, sender
from service.domain.loss import epsilon, faults_of_ledger, loss_by_product, worst_loss
from service.domain.products import DELTA, PRODUCTS, RHO_YEAR
from service.domain.snapshots import faults_of_chain
from service.journey.trends.network_keys import key_in_service
from service.journey.trends.published import read_published
from service.journey.trends.snapshots import read_charges, read_errata, read_snapshots
from service.network import dictionary, files
from service.network.api_description import describe
from service.network.cuts import for_readers

WINDOW = timedelta(minutes=1)
PER_KEY = 120  # in the window
PER_STRANGER = 30  # wrong keys in the window, from one home
_LIMITS = "seve.network.api"  # where the application keeps the counts
_BEARER = "Bearer "
_OPEN = "network_api.show_description"

blueprint = Blueprint("network_api", __name__, url_prefix="/reseau/api/v1")


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the interface; it carries no cookie, so no CSRF token is asked."""
    app.extensions[_LIMITS] = (Attempts(PER_KEY, WINDOW), Attempts(PER_STRANGER, WINDOW))
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)


@blueprint.before_request
def find_key() -> None:
    """Let a request in with a key in service, so many times a minute."""
    if request.endpoint == _OPEN:
        return
    by_key, by_stranger = current_app.extensions[_LIMITS]
    header, now = request.headers.get("Authorization", ""), _now()
    key = key_in_service(header.removeprefix(_BEARER).strip()) if header.startswith(_BEARER) else None
    if not (by_key.take(key, now) if key else by_stranger.take(sender(request.remote_addr), now)):
        raise TooManyRequests(retry_after=int(WINDOW.total_seconds()))
    if key is None:
        abort(401)


@blueprint.get("/openapi.json")
def show_description() -> Response:
    """Describe the interface; nothing in it is secret."""
    return _answer(describe())


@blueprint.get("/products")
def list_products() -> Response:
    """List the tables that are published, with the periods that can be asked for."""
    published = read_published()
    return _answer(
        {
            "products": [
                {
                    **dictionary.describe(product),
                    "periods": [period.isoformat() for period in published.periods(product.code)],
                }
                for product in PRODUCTS.values()
            ]
        }
    )


@blueprint.get("/dictionary")
def show_dictionary() -> Response:
    """Say what each code means."""
    return _answer(dictionary.dictionary())


@blueprint.get("/releases")
def list_releases() -> Response:
    """List every table ever published, in the order of the chain, without its figures."""
    withdrawn = {(one.product, one.period) for one in read_errata() if one.is_withdrawn}
    return _answer(
        {
            "releases": [
                {
                    "number": one.number,
                    "product": one.product,
                    "period": one.period.isoformat(),
                    "published_at": one.drawn_at.isoformat(timespec="seconds"),
                    "sigma": one.sigma,
                    "rho": one.rho,
                    "sha256": one.sha256,
                    "previous": one.previous,
                    "withdrawn": (one.product, one.period) in withdrawn,
                }
                for one in read_snapshots()
            ]
        }
    )


@blueprint.get("/tables/<product>/<period>")
def show_table(product: str, period: str) -> Response:
    """Give one table of one period, under the rule of display."""
    published, day = read_published(), _day(period)
    found = [cut for cut in for_readers(published, [product]) if cut.period == day]
    if not found:
        abort(404)
    return _answer(files.as_table(published, found[0]))


@blueprint.get("/ledger")
def show_ledger() -> Response:
    """Say what any twelve months may have cost a household, and what was promised."""
    charges = read_charges()
    latest = max((one.period for one in charges), default=None)
    worst = worst_loss(charges)
    return _answer(
        {
            "promised_rho": RHO_YEAR,
            "delta": DELTA,
            "worst_rho": round(worst, 6),
            "worst_epsilon": round(epsilon(worst), 4),
            "by_product": {code: round(rho, 6) for code, rho in _spent(charges, latest).items()},
            "charges": len(charges),
        }
    )


@blueprint.get("/verify")
def verify() -> Response:
    """Prove that every published table is as it was drawn, was charged once, and that no year costs too much."""
    snapshots = read_snapshots()
    faults = faults_of_chain(snapshots) + faults_of_ledger(snapshots, read_charges())
    return _answer(
        {
            "tables": len(snapshots),
            "is_intact": not faults,
            "faults": faults,
            "last_sha256": snapshots[-1].sha256 if snapshots else None,
        }
    )


def _spent(charges: list[Any], latest: date | None) -> Mapping[str, float]:
    return loss_by_product(charges, latest) if latest else {}


def _day(period: str) -> date | None:
    """Return the first day of a period, written in one way only."""
    try:
        day = date.fromisoformat(period)
    except ValueError:
        return None
    return day if day.isoformat() == period else None


def _answer(body: Mapping[str, Any]) -> Response:
    return with_etag(Response(files.as_json(body), content_type="application/json; charset=utf-8"))


def with_etag(response: Response, caching: str = "private, no-cache") -> Response:
    """Return the answer with the digest of what it holds, or 304 to whoever has it already."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.headers["Cache-Control"] = caching
    response.make_conditional(request)
    return response


def _now() -> datetime:
    clock: Callable[[], datetime] = current_app.extensions["seve"].ports.clock.now
    return clock()
