"""What authorities that speak Open311 GeoReport v2 answer, read with care: it comes from outside."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from service.domain.open311 import CLOSED, OPEN

TOKEN = "token:"  # before what stands for an id that the authority has yet to give # noqa: S105
LONGEST_ID = 100  # characters
LONGEST_NOTES = 2000


class Unreadable(ValueError):
    """An answer that cannot be read; the message says why, without its content."""


def read_receipt(body: bytes) -> str:
    """Return the id of the service request just made, or `token:` and the token that stands for it."""
    request = _first(body)
    found = _id(request, "service_request_id")
    if found:
        return found
    token = _id(request, "token")
    if token:
        return f"{TOKEN}{token}"
    raise Unreadable("no id and no token")


def read_token(body: bytes) -> str | None:
    """Return the id a token stands for, None as long as there is none."""
    return _id(_first(body), "service_request_id")


def read_status(body: bytes) -> tuple[str, str, datetime | None]:
    """Return the state, the notes and the expected date of a service request."""
    request = _first(body)
    status = str(request.get("status") or "").strip().lower()
    if status not in (OPEN, CLOSED):
        raise Unreadable("no status")
    notes = request.get("status_notes")
    return status, clean(notes)[:LONGEST_NOTES] if isinstance(notes, str) else "", _instant(request)


def clean(text: str) -> str:
    """Return words fit to be kept and shown."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", " ", text).strip()


def _first(body: bytes) -> dict[str, Any]:
    """Return the one request of an answer: alone, in a list, or in a list that has a name."""
    if body.lstrip().startswith(b"<"):
        raise Unreadable("answers XML: only JSON is spoken")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if isinstance(value, dict) and isinstance(value.get("service_requests"), list):
        value = value["service_requests"]
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        raise Unreadable("not a service request")
    return value


def _id(request: dict[str, Any], name: str) -> str | None:
    """Return an id, which some servers write as a number."""
    value = request.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    found = clean(str(value))
    if len(found) > LONGEST_ID:
        raise Unreadable(f"{name} too long")
    return found or None


def _instant(request: dict[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(request.get("expected_datetime") or ""))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
