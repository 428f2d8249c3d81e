"""What the routing table says of one complaint: the line that fired, and those that would have."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.default_rules import default_rule
from service.domain.routing import NEEDS, REASON_FAMILY
from service.domain.status import EventKind
from service.journey.reading import Sheet
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.routing import RoutingRule, RoutingVersion
from service.staff import wording

BY_PERSON = "Une personne a choisi ce destinataire. Les règles n'y touchent plus."
BY_FAMILY = "Le thème est sûr, et une seule équipe y répond."
BY_NOBODY = "Aucune règle n'a décidé : une personne trie."
NETWORK = "Règle du réseau"
GONE = "Règle d'une ancienne table"


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what the page shows beside a complaint: what the household needs and, once routed, which line decided."""
    needs = [NEEDS.get(code, code) for code in sheet.complaint.needs]
    routed = next((event for event in reversed(sheet.events) if event.kind == EventKind.ROUTED), None)
    if routed is None:
        return {"needs": needs}
    complaint = sheet.complaint
    line = session.get(RoutingRule, complaint.rule_id) if complaint.rule_id else None
    is_by_rule = line is not None and not complaint.routed_by_person
    return {
        "needs": needs,
        "origin": _origin(session, complaint, line),
        "version_id": line.version_id if line and is_by_rule else None,
        "line_id": line.id if line and is_by_rule else None,
        # A person chose: what lines would have done then is no longer the question.
        "also": [] if complaint.routed_by_person else routed.data.get("also", []),
    }


def _origin(session: Session, complaint: Complaint, line: RoutingRule | None) -> str:
    if complaint.routed_by_person:
        return BY_PERSON
    if complaint.rule_id is None:
        return BY_FAMILY if complaint.route_reason == REASON_FAMILY else BY_NOBODY
    if line is None:
        return NETWORK if default_rule(UUID(str(complaint.rule_id))) else GONE
    version = session.get_one(RoutingVersion, line.version_id)
    author = session.get(Staff, version.author_id) if version.author_id else None
    by = f" par {author.name}" if author else ""
    when = f" le {wording.moment_in_words(version.published_at)}" if version.published_at else ""
    return f"Votre règle n° {line.position}, version {version.number}, publiée{by}{when}"
