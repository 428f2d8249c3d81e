"""Where the requests of extranets are attached: who may call, how much may be sent, what a refusal looks like."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_smorest import Blueprint

from service.api import problems
from service.api.access import FILES, find_member
from service.api.answers import ProblemOut
from service.domain.errors import Refusal
from service.journey.ports import Ports
from service.journey.submission.cleaning import MAX_BYTES

AROUND_A_FILE = 64 * 1024  # bytes of a multipart form besides the file in it

blueprint = Blueprint("complaints", __name__, url_prefix="/api/v1", description="Les demandes des locataires")
blueprint.before_request(find_member)
blueprint.register_error_handler(Refusal, problems.from_refusal)
_View = TypeVar("_View", bound=Callable[..., Any])


def refuses(*statuses: int) -> Callable[[_View], _View]:
    """Describe refusals in the OpenAPI document."""

    def describe(view: _View) -> _View:
        for status in statuses:
            view = blueprint.alt_response(
                status,
                schema=ProblemOut,
                description=problems.TITLES[status][0],
                content_type="application/problem+json",
            )(view)
        return view

    return describe


def ports() -> Ports:
    """Return everything outside."""
    found: Ports = current_app.extensions["seve"].ports
    return found


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let a file in where one is expected."""
    if endpoint == FILES:
        request.max_content_length = MAX_BYTES + AROUND_A_FILE
