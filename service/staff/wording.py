"""What staff read of a complaint, in words: a colour or a figure never speaks alone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.domain.languages import tongue_of
from service.domain.questions import lines_of
from service.domain.status import Status
from service.domain.taxonomy import category_label, natures, urgencies
from service.journey import dates
from service.journey.inbox.lists import SURE
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint

EXCERPT = 260  # characters of a message shown in a list
_A_MONTH = 30  # days
_AN_HOUR = 60  # minutes
_SMALL = 0.005

STATUSES = {
    "submitted": "Reçue",
    "classified": "Sujet lu",
    "routed": "Orientée",
    "delivered": "Arrivée à l'équipe",
    "handled": "En cours",
    "closed": "Terminée",
}
TARGETS = {
    "team": "Équipe du bailleur",
    "supplier": "Prestataire",
    "authority": "Organisme public",
    "sorting": "Tri par une personne",
}
# What is due next, by clock.
DUE = {
    "read": "à lire",
    "first_answer": "réponse",
    "full_answer": "à terminer",
    "handover": "accord de l'organisme",
}
SLOTS = {"morning": "Le matin.", "afternoon": "L'après-midi.", "day": "Dans la journée."}
CHANNELS = {
    "extranet": "l'extranet",
    "form": "le formulaire",
    "phone": "téléphone",
    "paper": "courrier",
    "counter": "l'accueil",
    "email": "e-mail",
}
PREFERRED = {"email": "e-mail", "sms": "SMS", "phone": "téléphone", "post": "courrier"}
PURPOSES = {
    "received": "l'accusé de réception au locataire",
    "answered": "la réponse au locataire",
    "closed": "l'avis de fin au locataire",
    "arrival": "l'avis d'arrivée à l'équipe",
    "addition": "l'avis d'un message du locataire",
    "alert": "l'alerte à l'astreinte",
    "withdrawn": "l'avis de changement de destinataire",
    "failed": "l'avis d'un envoi non arrivé",
    "handover": "la transmission à l'organisme",
    "handover_danger": "l'avis de danger à l'organisme",
    "handover_reminder": "le rappel à l'organisme",
    "team_told": "l'avis de suite à l'équipe",
    "note": "l'avis d'un message à l'équipe",
    "danger_aside": "l'alerte d'un message mis de côté",
    "transferred": "l'avis de transmission au locataire",
    "passed_on": "l'avis de passage à un autre bailleur",
    "planned": "l'avis de rendez-vous au locataire",
    "asked": "la question au locataire",
    "extended": "l'avis de délai au locataire",
    "committed": "l'avis d'engagement au locataire",
    "commitment_dropped": "l'avis d'engagement retiré au locataire",
    "partner_message": "le message à l'organisme",
    "linked": "l'avis d'incident connu au locataire",
    "incident_news": "les nouvelles de l'incident au locataire",
    "page": "l'appel à l'astreinte",
    "page_more": "l'appel à l'astreinte pour d'autres foyers",
    "page_over": "l'avis de fin d'appel à l'astreinte",
    "digest": "le point du jour",
    "address_to_confirm": "la confirmation d'une nouvelle adresse",
    "address_changes": "l'avis de changement d'adresse au locataire",
    "grouped": "les nouvelles du soir au locataire",
    "endpoint_failed": "l'avis d'un logiciel qui ne répond pas",
    "links": "les liens de suivi redemandés",
    "invitation": "l'invitation d'un collègue",
    "forgotten": "le lien pour choisir un mot de passe",
    "account_changed": "l'avis de changement d'un compte",
    "duty_test": "l'essai d'appel à l'astreinte",
    "contest_answered": "la réponse à une contestation",
    "review": "la demande de relecture à un responsable",
    "survey": "l'enquête au locataire",
    "survey_reminder": "le rappel de l'enquête au locataire",
    "thanks": "le merci du locataire",
    "assigned": "l'avis d'une demande attribuée",
}
MEANS = {
    "email": "par e-mail",
    "sms": "par SMS",
    "webhook": "vers un logiciel",
    "open311": "vers une collectivité (Open311)",
    "folder": "par fichier déposé",
    "phone": "par téléphone",
    "post": "par courrier",
}


@dataclass(frozen=True)
class Chip:
    """A few words, and the tone in which the sheet shows them: danger, warn, good or calm."""

    text: str
    tone: str


@dataclass(frozen=True)
class Band:
    """How sure the subject is, in words, with `level` marks out of three."""

    text: str
    level: int


def due(complaint: Complaint, now: datetime) -> Chip:
    """Return what is waited for next and until when, or that the tenant is waited for."""
    if complaint.status == Status.CLOSED:
        return Chip("terminée", "calm")
    if complaint.due_at is None:
        return Chip("attend le locataire" if complaint.is_paused else "rien n'est attendu", "calm")
    what = DUE[complaint.due_clock or ""]
    today, day = now.astimezone(PARIS).date(), complaint.due_at.astimezone(PARIS).date()
    days = (day - today).days
    if complaint.due_at < now:
        return Chip(f"{what} : {_late(now - complaint.due_at, -days)} de retard", "danger")
    if days <= 1:
        return Chip(f"{what} : {'demain' if days else 'aujourd’hui'} avant {_hour(complaint.due_at)}", "warn")
    return Chip(f"{what} : dans {days} jours", "calm")


def _late(since: timedelta, days: int) -> str:
    """Return how late it is: in hours on the day itself, in days from the next one on."""
    if days:
        return count(days, "jour")
    minutes = int(since.total_seconds()) // 60
    return count(minutes // 60, "heure") if minutes >= _AN_HOUR else count(max(1, minutes), "minute")


def danger(complaint: Complaint) -> Chip | None:
    """Return whether somebody may be in danger, and whether a person has already judged of it."""
    if complaint.urgency == "danger":
        return Chip("Danger", "danger")
    is_unread = complaint.category is None and bool(complaint.danger_types)
    if complaint.danger == "none" and not is_unread:
        return None
    return Chip("Danger écarté", "calm") if complaint.danger_is_judged else Chip("Danger à vérifier", "warn")


def told_beside(complaint: Complaint) -> list[tuple[str, str]]:
    """Return what the tenant told beside the message: what was asked, and the answer."""
    return lines_of(complaint.details)


def confidence(complaint: Complaint) -> Band:
    """Return how sure the subject is."""
    if complaint.category_by_person:
        return Band("vérifié", 3)
    if complaint.category is None:
        return Band("pas encore lu", 0)
    return likelihood(complaint.confidence or 0.0, abstained=complaint.abstained)


def likelihood(share: float, *, abstained: bool) -> Band:
    """Return a calibrated probability from 0 to 1 as one of three bands."""
    if abstained:
        return Band("inconnu", 1)
    return Band("sûr", 3) if share >= SURE else Band("à vérifier", 2)


def hesitation(complaint: Complaint) -> str | None:
    """Return what the model nearly said instead; None when it had no other idea, or once a person decided."""
    if complaint.category_by_person or complaint.category is None or not complaint.alternatives:
        return None
    first = complaint.alternatives[0]
    mine, other = per_cent(complaint.confidence or 0.0), per_cent(first["confidence"])
    label = category(first["category"])
    return f"{category(complaint.category)} ({mine}) plutôt que «\u00a0{label}\u00a0» ({other})"


def per_cent(share: float) -> str:
    """Return a share from 0 to 1 in whole per cent; what is small is never said to be nothing."""
    return f"{share:.0%}".replace("%", "\u202f%") if share >= _SMALL else "moins de 1\u202f%"


def urgency(code: str | None) -> str:
    """Return the French name of an urgency."""
    return urgencies()[code].label if code else "À préciser"


def nature(code: str | None) -> str:
    """Return the French name of a nature."""
    return natures()[code].label if code else "À préciser"


def category(code: str | None) -> str:
    """Return the French name of a category."""
    return category_label(code)


def tongue(code: str) -> str:
    """Return the name of a language, in that language."""
    return tongue_of(code).name


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural from two on."""
    return f"{number:,} {noun}{'s' if number > 1 else ''}".replace(",", "\u202f")


def excerpt(text: str) -> str:
    """Return the first words of a message on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + "…"


def day(value: date) -> str:
    """Return a date as people say it."""
    return dates.in_words(value)


moment_in_words = dates.moment_in_words


def age(at: datetime, today: date) -> str:
    """Return how long ago something arrived."""
    days = (today - at.astimezone(PARIS).date()).days
    if days <= 0:
        return f"aujourd'hui à {_hour(at)}"
    if days == 1:
        return f"hier à {_hour(at)}"
    return f"il y a {days} jours" if days <= _A_MONTH else f"le {day(at.astimezone(PARIS).date())}"


def _hour(at: datetime) -> str:
    there = at.astimezone(PARIS)
    return f"{there.hour} h {there.minute:02d}"


def colour(value: str) -> str:
    """Return a member's colour, or ours when it is not written as #rrggbb."""
    return value if re.fullmatch(r"#[0-9a-fA-F]{6}", value) else "#1d5b43"
