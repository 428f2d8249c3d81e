"""Who may call the API."""

from flask import Response, g, request

from service.api import problems
from service.journey.accounts import member_of_key

BEARER = "Bearer "


def find_member() -> Response | None:
    """Let a request in with a member's key, and say nothing of what exists without one."""
    header = request.headers.get("Authorization", "")
    member_id = member_of_key(header.removeprefix(BEARER).strip()) if header.startswith(BEARER) else None
    if member_id is None:
        return problems.problem(401)
    g.member_id = member_id
    if request.method == "POST" and not request.is_json:
        return problems.problem(415)
    return None
