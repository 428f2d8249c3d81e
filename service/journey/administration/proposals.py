"""The dangerous changes that a second person agrees to, and what is done then."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.audit import said
from service.journey.administration import api_keys, on_call, provider_settings, retention_table, settings
from service.journey.administration.four_eyes import Apply, Asked
from service.journey.delivery import endpoint_changes
from service.journey.inbox import secrecy
from service.journey.people import hiring, lost_factor
from service.journey.trends import consents
from service.models.complaint import Complaint
from service.models.oversight import Proposal

# kind -> what is done once agreed. A kind is a word of the code; what people read is the subject of the proposal.
KINDS: Mapping[str, Apply] = {
    "second_factor": settings.make_optional,
    "retention": retention_table.apply_line,
    "erasure": retention_table.go_on,
    "erase_one": retention_table.erase_one,
    secrecy.NAMED: secrecy.apply_named,
    provider_settings.KIND: provider_settings.apply,
    api_keys.KIND: api_keys.apply,
    api_keys.CREATED: api_keys.apply_created,
    endpoint_changes.KIND: endpoint_changes.apply,
    hiring.KIND: hiring.make_administrator,
    lost_factor.KIND: lost_factor.apply,
    consents.KIND: consents.apply,
    on_call.KIND: on_call.apply,
}
# value of a proposal -> what the second person reads before it; what is not here is said by the subject, or is no word
DETAILS: Mapping[str, str] = {
    "issuer": "Fournisseur",
    "client_id": "Identifiant client",
    "email_domains": "Domaines",
    "is_the_only_way": "Seule façon d'entrer",
    "former": "Mois jusqu'ici",
    "months": "Mois",
    "at_once": "Demandes de plus à effacer aussitôt",
    "count": "Demandes",
}


def complaints_of(session: Session, asked: Sequence[Asked]) -> dict[UUID, Complaint]:
    """Return the complaint that each proposal to erase one is about, where whoever looks sees it, by proposal."""
    to_erase = [one.proposal for one in asked if one.proposal.kind == "erase_one"]
    about = {UUID(one.values["complaint"]): one.id for one in to_erase}
    return {about[one.id]: one for one in session.scalars(select(Complaint).where(Complaint.id.in_(about)))}


def details_of(proposal: Proposal) -> Sequence[tuple[str, str]]:
    """Return what exactly would be done, line by line; never a secret."""
    given = {name: proposal.values.get(name) for name in DETAILS}
    return [(DETAILS[name], said(value)) for name, value in given.items() if value is not None]
