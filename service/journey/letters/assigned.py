"""What is written to a person whom complaints were given to. Of a sensitive one, its reference alone."""

from collections.abc import Callable

from service.domain.taxonomy import category_label
from service.journey.letters.reserved import sensitive
from service.journey.news.messages import Facts, Letter, Occasion


def _assigned(facts: Facts) -> Letter:
    complaint = facts.complaint
    said = f"Cette demande vous est attribuée par {facts.event.actor}."
    if complaint.is_sensitive:
        return sensitive(facts, said)
    return Letter(
        f"Une demande vous est attribuée - {complaint.reference}",
        [said, f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.", STOP],
        [("Ouvrir la demande", facts.staff_url)],
    )


def _assigned_together(occasion: Occasion) -> Letter:
    data = occasion.delivery.data
    count, more = data["count"], data["count"] - len(data["references"])
    many = f"{count} demandes vous sont attribuées" if count > 1 else "Une demande vous est attribuée"
    lines = [f"- {reference}" for reference in data["references"]]
    rest = [f"Et {more} autre{'s' if more > 1 else ''}."] if more else []
    return Letter(
        many,
        [f"{many} par {data['by']}.", "\n".join(lines), *rest, STOP],
        [("Voir mes demandes", f"{occasion.base_url}/equipe/?vue=les-miennes")],
    )


STOP = "Vous pouvez changer ou arrêter ces messages dans « Mon compte »."
LETTERS: dict[str, Callable[[Facts], Letter]] = {"assigned": _assigned}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"assigned": _assigned_together}
