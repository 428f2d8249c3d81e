"""What staff read of an incident, in words."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from service.journey.incidents.incident_lists import IncidentSheet, Line
from service.journey.submission.submission import PARIS
from service.models.incident import Incident
from service.staff.wording import Chip, count

RULES = "rules"
_MOMENT = "%Y-%m-%dT%H:%M"  # as a field of date and hour wants it


def chip(line: Line) -> Chip:
    """Return where an incident stands."""
    if line.news_are_due:
        return Chip("Nouvelles dues", "danger")
    if line.incident.status == "proposed":
        return Chip("À décider", "warn")
    if line.incident.status == "open":
        return Chip("Travaux annoncés" if line.incident.kind == "works" else "Ouvert", "good")
    return Chip("Terminé" if line.incident.status == "resolved" else "Écarté", "calm")


def who(name: str | None) -> str:
    """Return who did something: a colleague, or the rules."""
    return "les règles" if name == RULES else name or ""


def why(incident: Incident, latest: datetime | None = None) -> str:
    """Return why an incident is here; `latest` is when the last of its complaints came, for one that is growing."""
    if incident.households is None or incident.chance is None:
        verb = "Annoncé" if incident.kind == "works" else "Ouvert"
        return f"{verb} par {who(incident.opened_by)}."
    if incident.chance >= 1.0:
        return "Un danger est signalé : il n'est pas besoin d'un deuxième foyer."
    until = incident.opened_at if incident.status != "proposed" else latest  # a proposal still grows
    span = f" en {_span(max(until - incident.starts_at, timedelta()))}" if until else ""
    rare = 10 ** min(math.floor(-math.log10(incident.chance or 1e-9)), 9)
    times = f"{rare:,}".replace(",", "\u202f")
    return f"{count(incident.households, 'foyer')}{span}\u00a0; par hasard, moins d'une fois sur {times}."


def why_of(sheet: IncidentSheet) -> str:
    """Return why the incident of a page is here."""
    incident = sheet.line.incident
    latest = max((one.complaint.submitted_at for one in sheet.linked), default=None)
    return why(incident, latest)


def audience(households: int, by_mail: int) -> str:
    """Return whom news reach."""
    if not households:
        return "Personne n'est lié pour le moment : ces nouvelles seront lues par ceux qui écriront."
    return (
        f"Elles vont à {count(households, 'foyer')}, dont {by_mail} par e-mail. Tous les lisent sur leur page de suivi."
    )


def as_typed(at: datetime | None) -> str:
    """Return an instant as a field shows it, in Paris time."""
    return at.astimezone(PARIS).strftime(_MOMENT) if at else ""


def still_promised(at: datetime | None, now: datetime) -> str:
    """Return the promised hour of the next news as a field shows it; blank when there is none to come."""
    return as_typed(at) if at and at > now else ""


def shown(typed: Mapping[str, str], field: str, kept: str) -> str:
    """Return what a field shows again: what was typed, or what is kept."""
    return typed.get(field, kept)


def _span(span: timedelta) -> str:
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 120:  # noqa: PLR2004  Up to two hours are said in minutes.
        return count(minutes, "minute")
    hours = round(minutes / 60)
    return count(hours, "heure") if hours < 48 else count(round(hours / 24), "jour")  # noqa: PLR2004
