"""Where answers to a mail of ours go."""

from service.domain.news import CONFIRMATION, TO_TENANTS
from service.domain.replies import ORGANISATION, TEAM, TENANT, TO_ORGANISATIONS, make_address
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.models.delivery import Delivery

# Written to one person about something that went wrong: an answer would lead nowhere.
UNANSWERED = frozenset(("failed", "digest", CONFIRMATION))


def reply_address(delivery: Delivery, ports: Ports) -> str:
    """Return the address answers to a delivery go to; empty when it is not to be answered, or nobody listens."""
    if not ports.reply_domain or delivery.complaint_id is None or delivery.purpose in UNANSWERED:
        return ""
    audience = TENANT if delivery.purpose in TO_TENANTS else TEAM
    if delivery.purpose in TO_ORGANISATIONS:
        audience = ORGANISATION
    day = ports.clock.now().astimezone(PARIS).date()
    return make_address(delivery.complaint_id, delivery.id, audience, day, (ports.secret_key, ports.reply_domain))
