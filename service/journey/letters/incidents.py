"""What is written to every household of a collective incident."""

from collections.abc import Callable

from service.domain.safety import advice_for
from service.journey.dates import moment_in_words
from service.journey.known import Known
from service.journey.messages import Facts, Letter


def _so_many(known: Known) -> str:
    if known.neighbours is None:
        return ""
    return f" {known.neighbours} foyers l'ont signalé."


def _next_news(known: Known) -> str:
    if known.kind == "works" and known.ends_at:
        return f"La fin est prévue le {moment_in_words(known.ends_at)}."
    if known.next_news_at:
        return f"Prochaines nouvelles au plus tard le {moment_in_words(known.next_news_at)}."
    return "Nous vous écrivons dès qu'il y a du nouveau."


def _linked(facts: Facts) -> Letter:
    """Say that the trouble is known; the figures are those of the moment the mail leaves."""
    known, reference = facts.known, facts.complaint.reference
    title = known.title if known else str(facts.event.data["title"])
    many = _so_many(known) if known and known.is_open else ""
    news = _next_news(known) if known and known.is_open else "Vous pouvez lire où cela en est sur la page de suivi."
    safety = [
        f"{advice.title}. {advice.text} Numéro : {advice.phone}." for advice in advice_for(facts.complaint.danger_types)
    ]
    return Letter(
        f"Problème connu dans votre résidence - demande {reference}",
        [
            "Bonjour,",
            *(safety if facts.complaint.urgency == "danger" else []),
            f"Votre demande {reference} parle d'un problème connu dans votre résidence : {title}.{many}",
            news,
            "Votre demande reste suivie comme les autres. Si la vôtre est différente, dites-le sur la page de suivi.",
            facts.member.name,
        ],
        [("Suivre ma demande", facts.tracking_url)],
    )


def _incident_news(facts: Facts) -> Letter:
    known, data = facts.known, facts.event.data
    return Letter(
        f"Des nouvelles du problème dans votre résidence - demande {facts.complaint.reference}",
        [
            f"{data['title']}.",
            str(data["text"]),
            *([_next_news(known)] if known and known.is_open and known.next_news_at else []),
            f"{facts.event.actor}, {facts.member.name}",
        ],
        [("Lire, répondre ou compléter", facts.tracking_url)],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"linked": _linked, "incident_news": _incident_news}
"""Every letter by its purpose."""
