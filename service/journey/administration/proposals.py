"""The dangerous changes that a second person agrees to, and what is done then."""

from collections.abc import Mapping, Sequence

from service.domain.audit import said
from service.journey.administration import api_keys, provider_settings, retention_table, settings
from service.journey.administration.four_eyes import Apply
from service.journey.delivery import endpoint_changes
from service.journey.inbox import secrecy
from service.journey.people import hiring
from service.journey.trends import consents
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
    endpoint_changes.KIND: endpoint_changes.apply,
    hiring.KIND: hiring.make_administrator,
    consents.KIND: consents.apply,
}
# value of a proposal -> what the second person reads before it; what is not here is said by the subject, or is no word
DETAILS: Mapping[str, str] = {
    "issuer": "Fournisseur",
    "client_id": "Identifiant client",
    "email_domains": "Domaines",
    "is_the_only_way": "Seule façon d'entrer",
    "months": "Mois",
    "count": "Demandes",
}


def details_of(proposal: Proposal) -> Sequence[tuple[str, str]]:
    """Return what exactly would be done, line by line; never a secret."""
    given = {name: proposal.values.get(name) for name in DETAILS}
    return [(DETAILS[name], said(value)) for name, value in given.items() if value is not None]
