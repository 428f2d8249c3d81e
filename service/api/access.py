"""Who may call the API."""

from flask import Response, g, request

from service.api import problems
from service.journey.people.accounts import caller_of_key

BEARER = "Bearer "
FILES = "complaints.add_file"  # the one request whose body is not JSON


def find_member() -> Response | None:
    """Let a request in with a member's key, and say nothing of what exists without one."""
    header = request.headers.get("Authorization", "")
    caller = caller_of_key(header.removeprefix(BEARER).strip()) if header.startswith(BEARER) else None
    if caller is None:
        return problems.problem(401)
    g.member_id, g.is_sandbox, g.key_id = caller.member_id, caller.is_sandbox, caller.key_id
    if request.method == "POST" and request.endpoint != FILES and not request.is_json:
        return problems.problem(415)
    return None
