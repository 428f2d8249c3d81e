"""What is written of a sensitive complaint to whoever is not named for it: its reference, and where it waits."""

from service.journey.news.messages import Facts, Letter


def sensitive(facts: Facts, what: str) -> Letter:
    """Return what a mailbox that many people read is told of a sensitive complaint: that it is there, and no more."""
    danger = ["Un danger est signalé. L'astreinte est appelée."] if facts.complaint.urgency == "danger" else []
    return Letter(
        f"{'DANGER - ' if danger else ''}Demande {facts.complaint.reference} - dossier réservé",
        [*danger, what, "Ce dossier est sensible : seules les personnes nommées peuvent l'ouvrir."],
        [("Ouvrir la demande", facts.staff_url)],
    )


def reserved(facts: Facts, what: str, mark: str = "") -> Letter:
    """Return what an organisation is mailed of a sensitive complaint: that something waits at its signed page."""
    reference, member = facts.complaint.reference, facts.member
    page = ["Ce qu'il faut savoir est sur cette page."] if facts.partner_url else []
    return Letter(
        f"{mark}Demande {reference} - {member.name}",
        ["Bonjour,", what, *page, f"Votre contact : {member.name}, {member.phone}. Citez la référence {reference}."],
        [("Ouvrir la page de la demande", facts.partner_url)] if facts.partner_url else [],
    )
