"""What is written about delays: questions, extensions, digests, calls to those on duty."""

from collections.abc import Callable
from datetime import date, datetime

from service.domain.deadlines import LABELS, Clock
from service.domain.taxonomy import category_label
from service.journey.dates import PARIS, in_words, moment_in_words
from service.journey.news.messages import Facts, Letter, Occasion, Typed

# What the digest counts: name in its data -> (one, several, where in the staff's pages)
COUNTS = {
    "late": ("demande en retard", "demandes en retard", "?vue=en-retard"),
    "due_today": ("demande à rendre aujourd'hui", "demandes à rendre aujourd'hui", "?vue=aujourd-hui"),
    "to_sort": ("demande à trier", "demandes à trier", "?vue=a-trier"),
    "failed": ("demande avec un envoi non arrivé", "demandes avec un envoi non arrivé", "?vue=echecs"),
    "waiting": ("demande en attente du locataire", "demandes en attente du locataire", "?vue=en-attente"),
    "incident_news": ("incident sans les nouvelles promises", "incidents sans les nouvelles promises", "incidents"),
}


def _asked(facts: Facts) -> Letter:
    _ = facts.language.gettext
    return Letter(
        _("Une question sur votre demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            _("Pour avancer, nous avons besoin de votre réponse :"),
            Typed(facts.words),
            _(
                "Répondez depuis votre page de suivi. Sans réponse, nous reprenons votre demande avec ce que nous "
                "savons."
            ),
            facts.signature,
        ],
        [(_("Répondre"), facts.tracking_url)],
        heading=_("Nous avons une question"),
        preheader=_("Nous avons besoin de votre réponse pour avancer."),
    )


def _extended(facts: Facts) -> Letter:
    _, data = facts.language.gettext, facts.event.data
    day = facts.language.day(date.fromisoformat(data["until"]))
    return Letter(
        _("Un délai de plus pour votre demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            _("Il nous faut plus de temps. Nouvelle date, au plus tard : %(day)s.", day=day),
            _("Pourquoi : %(reason)s", reason=data["reason"]),
            _("Nous ne reculerons pas cette date une deuxième fois."),
            facts.signature,
        ],
        [(_("Suivre ma demande ou nous écrire"), facts.tracking_url)],
        heading=_("Il nous faut plus de temps"),
        preheader=_("Nouvelle date, au plus tard : %(day)s.", day=day),
    )


def _page(facts: Facts) -> Letter:
    complaint = facts.complaint
    if facts.delivery.channel == "sms":
        return Letter("", [_page_text(facts)])
    subject = "" if complaint.is_sensitive else f"Objet : {category_label(complaint.category)}. "
    return Letter(
        f"DANGER - demande {complaint.reference} - appel {facts.delivery.data['round']}",
        [
            "Un danger est signalé par un locataire. Personne ne l'a encore pris en charge.",
            f"{subject}Lieu : {facts.place}.",
            f"Reçue le {moment_in_words(complaint.submitted_at)}.",
            "Ouvrez le lien, puis appuyez sur « Je m'en occupe ». Les appels s'arrêtent alors pour tout le monde.",
            "Vous ne pouvez pas ? Ne faites rien : quelqu'un d'autre est appelé.",
            f"{facts.member.name}, {facts.member.phone}",
        ],
        [("Prendre en charge", facts.duty_url), ("Ouvrir la demande dans Sève", facts.staff_url)],
    )


def _page_over(facts: Facts) -> Letter:
    if facts.delivery.channel == "sms":
        return Letter("", [_page_over_text(facts)])
    return Letter(
        f"Demande {facts.complaint.reference} - les appels s'arrêtent",
        [_over(facts), "Vous n'avez plus rien à faire pour cet appel."],
        [("Ouvrir la demande dans Sève", facts.staff_url)],
    )


def _over(facts: Facts) -> str:
    data = facts.delivery.data
    said = f"{data['by']} s'en occupe" if data["is_taken"] else "le danger est écarté, ou la demande est terminée"
    if "passed_to" in data:
        said = f"elle est passée à {data['passed_to']}, qui appelle ses équipes d'astreinte"
    return f"Demande {facts.complaint.reference} : {said}."


def _page_text(facts: Facts) -> str:
    town = facts.delivery.data.get("town")
    where = f", {town}" if town else ""
    return (
        f"DANGER signalé{where}. Demande {facts.complaint.reference}. Prendre en charge : {facts.duty_url} "
        f"{facts.member.name} {facts.member.phone}"
    )


def _page_over_text(facts: Facts) -> str:
    # Who has it stands in the mail and on the page: a text message names nobody.
    return f"Demande {facts.complaint.reference} : les appels s'arrêtent. {facts.member.name}"


def _digest(occasion: Occasion) -> Letter:
    data = occasion.delivery.data
    pages = f"{occasion.base_url}/equipe/"
    day = in_words(date.fromisoformat(data["day"]))
    counted = [(COUNTS[name], number) for name, number in data["counts"].items() if number]
    lines = [f"- {number} {several if number > 1 else one}" for (one, several, _), number in counted]
    rows = [f"- {reference} : {_due_in_words(clock, due)}" for reference, clock, due in data["complaints"]]
    first = ["Les plus pressées :\n" + "\n".join(rows)] if rows else []
    more = data["more"]
    rest = [f"Et {more} autre{'s' if more > 1 else ''}."] if more else []
    return Letter(
        f"Le point du {day}",
        [f"Bonjour, voici le point du {day} pour {occasion.member.name}.", "\n".join(lines), *first, *rest],
        [(f"Voir : {several}", f"{pages}{path}") for (_, several, path), _ in counted],
    )


def _due_in_words(clock: str, due: str) -> str:
    at = datetime.fromisoformat(due).astimezone(PARIS)
    return f"{LABELS[Clock(clock)]} attendue pour le {moment_in_words(at)}"


LETTERS: dict[str, Callable[[Facts], Letter]] = {
    "asked": _asked,
    "extended": _extended,
    "page": _page,
    "page_over": _page_over,
}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"digest": _digest}
