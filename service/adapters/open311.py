"""Open311 GeoReport v2, spoken to authorities. JSON only: a server that has XML alone is refused with that word."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote, urlencode

from service.adapters.outgoing import Answer, Outgoing
from service.domain.civic import TOKEN, Unreadable, read_receipt, read_status, read_token
from service.journey.parcels import CivicInquiry, CivicRequest, CivicStatus
from service.journey.ports import OutsideFailed, TakenUnread

T = TypeVar("T")
NOT_FOUND = 404


class HttpCivicClient:
    """Speaks Open311 over HTTP."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def send(self, request: CivicRequest) -> str:
        """Create the service request and return its id there (or `token:` and a token), or raise OutsideFailed.

        A success whose answer cannot be read made a request all the same: TakenUnread. Most servers cannot be asked
        whether they took a request whose answer was lost. The same `Idempotency-Key` goes with each try, and the
        failure says when the request had left (NoAnswer).
        """
        fields = {"api_key": request.api_key, **request.fields} if request.api_key else request.fields
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Accept": "application/json",
            "Idempotency-Key": request.key,
        }
        body = urlencode(fields).encode()
        answer = self._outgoing.post(f"{request.url.rstrip('/')}/requests.json", body, headers)
        return _read(answer, read_receipt, TakenUnread)

    def status(self, inquiry: CivicInquiry) -> CivicStatus:
        """Return what the authority says of it now, or raise OutsideFailed."""
        remote_id = inquiry.remote_id
        if remote_id.startswith(TOKEN):
            answer = self._ask(inquiry, "tokens", remote_id.removeprefix(TOKEN))
            found = None if answer.status == NOT_FOUND else _read(answer, read_token)
            if found is None:
                return CivicStatus(remote_id, "open", "", None)
            remote_id = found
        status, notes, expected_at = _read(self._ask(inquiry, "requests", remote_id), read_status)
        return CivicStatus(remote_id, status, notes, expected_at)

    def _ask(self, inquiry: CivicInquiry, what: str, name: str) -> Answer:
        known = {"api_key": inquiry.api_key, "jurisdiction_id": inquiry.jurisdiction_id}
        query = urlencode({field: value for field, value in known.items() if value})
        url = f"{inquiry.url.rstrip('/')}/{what}/{quote(name, safe='')}.json"
        return self._outgoing.get(f"{url}?{query}" if query else url, {"Accept": "application/json"})


def _read(answer: Answer, read: Callable[[bytes], T], unreadable: type[OutsideFailed] = OutsideFailed) -> T:
    if not answer.is_success:
        raise OutsideFailed(f"open311 answered {answer.status}")
    try:
        return read(answer.body)
    except Unreadable as reason:
        raise unreadable(f"open311 {reason}") from None
