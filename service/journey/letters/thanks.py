"""What reaches those whom a tenant thanks. They read French; the words stay as they were typed."""

from collections.abc import Callable

from service.domain.taxonomy import category_label
from service.journey.news.messages import Facts, Letter


def _thanks(facts: Facts) -> Letter:
    """Bring the words. An organisation has no account: it reads them here, without a link or the tenant's name."""
    complaint = facts.complaint
    return Letter(
        f"Un locataire vous dit merci - demande {complaint.reference}",
        [
            "Bonjour,",
            *_words(facts),
            "Il n'y a rien à faire ni à répondre.",
            facts.member.name,
        ],
        [] if facts.delivery.data.get("outside") else [("Revoir la demande", facts.staff_url)],
    )


def _words(facts: Facts) -> list[str]:
    """Return the words, and what they are about; of a sensitive complaint, to one colleague who sees it alone."""
    over, complaint = f"La demande {facts.complaint.reference} est terminée.", facts.complaint
    if complaint.is_sensitive and not facts.delivery.data.get("sees"):
        return [f"{over} Le locataire vous remercie. Ce dossier est réservé : ses mots ne sont pas dans cet e-mail."]
    subject = "" if complaint.is_sensitive else f" Objet : {category_label(complaint.category)}."
    return [
        f"{over}{subject} Le locataire a écrit ces mots pour vous :",
        f"« {facts.event.data['text']} »",
    ]


LETTERS: dict[str, Callable[[Facts], Letter]] = {"thanks": _thanks}
