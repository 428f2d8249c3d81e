"""What arrived from a tenant, already checked for its form by the face that received it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from service.journey.patrimoine.places import Address


@dataclass(frozen=True)
class Tenant:
    """Who writes, as far as they say."""

    reference: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    preferred_channel: str = "email"
    language: str = "fr"
    needs: tuple[str, ...] = ()  # keys of domain.routing.NEEDS


@dataclass(frozen=True)
class Submission:
    """What arrived, already checked for its form by the face that received it."""

    text: str
    channel: str
    tenant: Tenant
    dwelling_reference: str | None = None
    address: Address | None = None
    chosen_category: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)  # see Complaint.details
    joined_incident_id: UUID | None = None  # « c'est cela » : an incident known in the building
    differs_from: tuple[UUID, ...] = ()  # incidents the tenant saw and says are not theirs
    return_url: str | None = None
    entered_by_id: UUID | None = None
    holder: str | None = None  # the secret of the page its files were sent from: see journey.submission.uploads
    key_id: UUID | None = None  # of the extranet that sends it: see journey.submission.own_key

    def place_as_typed(self) -> str:
        """Return what was typed to say where, in one line."""
        address = self.address
        parts = (address.line, address.postcode, address.city) if address else ()
        return " ".join(part for part in (self.dwelling_reference, *parts) if part)

    def fingerprint(self) -> str:
        """Return a hash that two equal submissions share."""
        said = asdict(self)
        del said["key_id"]  # whoever sends it again, with whichever key
        # Keys used before these could be told stay good.
        if not self.tenant.needs:
            del said["tenant"]["needs"]
        for name in _LATER:
            if not said[name]:
                del said[name]
        return hash_of(json.dumps(said, sort_keys=True, ensure_ascii=True, default=str))


# What could not be told at first: left out of the fingerprint when it is not told.
_LATER = (
    "details", "joined_incident_id", "differs_from", "return_url", "entered_by_id", "holder",
)  # fmt: skip


def hash_of(value: str) -> str:
    """Return the digest under which a value is kept when only its sameness counts."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
