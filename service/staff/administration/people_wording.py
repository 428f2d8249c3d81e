"""What is read of people and their teams: roles, states, absences, kinds of teams."""

from datetime import date, datetime

from service.journey.people.absence import day_of, is_absent
from service.models.people import Staff
from service.staff.wording import Chip

ROLES = {
    "reader": "Lecture",
    "agent": "Agent",
    "supervisor": "Responsable",
    "administrator": "Administrateur",
}
RIGHTS = {
    "reader": "Lit les demandes et les chiffres. Ne répond pas.",
    "agent": "Trie, répond, transmet et termine les demandes.",
    "supervisor": "Comme un agent. Décide aussi des règles, des incidents et des absences, et lit les chiffres.",
    "administrator": "Comme un responsable. Gère aussi les personnes, les équipes et les réglages.",
}
TEAM_KINDS = {
    "sorting": "Accueil et tri",
    "agency": "Agence",
    "technical": "Technique",
    "on_call": "Astreinte",
    "peace": "Tranquillité",
    "charges": "Charges",
    "tenancy": "Gestion locative",
    "allocation": "Attribution et mutation",
    "social": "Accompagnement social",
    "works": "Travaux",
    "client_relations": "Relation clients",
}
_STATES = {
    "invited": Chip("invitation envoyée", "calm"),
    "lapsed": Chip("pas encore venu, lien périmé", "warn"),
    "active": Chip("actif", "good"),
    "left": Chip("compte fermé", "calm"),
}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def state(name: str, staff: Staff) -> Chip:
    """Return where a person's account stands: see journey.people.people.Person."""
    return _STATES.get(name) or Chip(_away(staff), "warn")


def absence(staff: Staff, at: date | datetime) -> str:
    """Return that a person is away on a day, or on that of an instant, and until when; nothing when they are here."""
    return _away(staff) if is_absent(staff, day_of(at) if isinstance(at, datetime) else at) else ""


def short_day(day: date) -> str:
    """Return a day without its year, as people say it of one that is near."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]}"


def _away(staff: Staff) -> str:
    return f"absence jusqu'au {short_day(staff.absent_until)}" if staff.absent_until else "absence sans date de fin"
