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
    "unread": ("message à lire", "messages à lire", "?vue=a-lire"),
    "given": (
        "demande attribuée depuis le dernier matin",
        "demandes attribuées depuis le dernier matin",
        "?vue=les-miennes",
    ),
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
            *facts.pieces,
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
    return Letter(
        f"DANGER - demande {complaint.reference} - appel {facts.delivery.data['round']}",
        [
            "Un danger est signalé par un locataire. Personne ne l'a encore pris en charge.",
            *_how_many(facts),
            *_what_and_where(facts),
            f"Reçue le {moment_in_words(complaint.submitted_at)}.",
            "Ouvrez le lien, puis appuyez sur « Je m'en occupe ». Les appels s'arrêtent alors pour tout le monde.",
            "Vous ne pouvez pas ? Ne faites rien : quelqu'un d'autre est appelé.",
            f"{facts.member.name}, {facts.member.phone}",
        ],
        [("Prendre en charge", facts.duty_url), ("Ouvrir la demande dans Sève", facts.staff_url)],
    )


def _what_and_where(facts: Facts) -> list[str]:
    """Return what it is about and where. Of a sensitive one, where alone: whoever is called has to go there."""
    if facts.complaint.is_sensitive:
        return [f"Cette demande est réservée. Lieu : {facts.place}."]
    return [f"Objet : {category_label(facts.complaint.category)}. Lieu : {facts.place}."]


def _how_many(facts: Facts) -> list[str]:
    count = facts.delivery.data.get("households", 1)
    return [f"{count} foyers le signalent."] if count > 1 else []


def _page_more(facts: Facts) -> Letter:
    """Tell those called for a danger that more neighbours write of it, or that one may be in it."""
    if facts.delivery.channel == "sms":
        return Letter("", [_page_more_text(facts)])
    data = facts.delivery.data
    by = data["by"]
    return Letter(
        f"DANGER - demande {data['with']} - {data['households']} foyers",
        [
            f"{data['households']} foyers signalent maintenant le danger de la demande {data['with']}.",
            *(["Quelqu'un dit y être en ce moment. Appelez sans attendre."] if data["is_close"] else []),
            *_what_and_where(facts),
            f"{by} s'en occupe." if by else "Personne ne l'a encore pris en charge.",
            "La page du lien montre la liste des demandes.",
            f"{facts.member.name}, {facts.member.phone}",
        ],
        [("Voir le danger et les demandes", facts.duty_url), ("Ouvrir la dernière demande dans Sève", facts.staff_url)],
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


def _where(facts: Facts) -> str:
    """Return where it is, as a text message says it: the town. Of a sensitive one the place: it may be all one has."""
    where = facts.place if facts.complaint.is_sensitive else facts.delivery.data.get("town")
    return f", {where}" if where else ""


def _page_text(facts: Facts) -> str:
    where = _where(facts)
    count = facts.delivery.data.get("households", 1)
    where += f", {count} foyers" if count > 1 else ""
    return (
        f"DANGER signalé{where}. Demande {facts.complaint.reference}. Prendre en charge : {facts.duty_url} "
        f"{facts.member.name} {facts.member.phone}"
    )


def _page_more_text(facts: Facts) -> str:
    data = facts.delivery.data
    where = _where(facts)
    close = " Quelqu'un y est en ce moment." if data["is_close"] else ""
    return (
        f"DANGER{where} : {data['households']} foyers. Demande {data['with']}.{close} {facts.duty_url} "
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
    whose, mine = ("vos demandes", f"&personne={data['own']}") if data.get("own") else (occasion.member.name, "")
    return Letter(
        f"Le point du {day}",
        [f"Bonjour, voici le point du {day} pour {whose}.", "\n".join(lines), *first, *rest],
        [(f"Voir : {several}", f"{pages}{path}{mine}") for (_, several, path), _ in counted],
    )


def _due_in_words(clock: str, due: str) -> str:
    at = datetime.fromisoformat(due).astimezone(PARIS)
    return f"{LABELS[Clock(clock)]} attendue pour le {moment_in_words(at)}"


LETTERS: dict[str, Callable[[Facts], Letter]] = {
    "asked": _asked,
    "extended": _extended,
    "page": _page,
    "page_more": _page_more,
    "page_over": _page_over,
}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"digest": _digest}
