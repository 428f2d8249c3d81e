"""What reaches those whom a tenant thanks. They read French; the words stay as they were typed."""

from collections.abc import Callable

from service.domain.taxonomy import category_label
from service.journey.news.messages import Facts, Letter


def _thanks(facts: Facts) -> Letter:
    """Bring the words. An organisation has no account: it reads them here, without a link or the tenant's name."""
    complaint = facts.complaint
    about = f"La demande {complaint.reference} est terminée. Objet : {category_label(complaint.category)}."
    return Letter(
        f"Un locataire vous dit merci - demande {complaint.reference}",
        [
            "Bonjour,",
            f"{about} Le locataire a écrit ces mots pour vous :",
            f"« {facts.event.data['text']} »",
            "Il n'y a rien à faire ni à répondre.",
            facts.member.name,
        ],
        [] if facts.delivery.data.get("outside") else [("Revoir la demande", facts.staff_url)],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"thanks": _thanks}
