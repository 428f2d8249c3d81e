"""The audit log of a member: what may be changed, in words, and the digest that holds the chain together."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.domain.templates import STATES, USES

# action -> what was done, as people read it before the subject
ACTIONS: Mapping[str, str] = {
    "created": "Créé",
    "changed": "Changé",
    "removed": "Retiré",
    "invited": "Invité",
    "departed": "Parti",
    "revoked": "Révoqué",
    "renewed": "Renouvelé",
    "proposed": "Proposé à une seconde personne",
    "agreed": "Accepté par une seconde personne",
    "refused": "Refusé par une seconde personne",
    "withdrawn": "Proposition retirée",
    "consulted": "Consulté",
    "exported": "Exporté",
    "erased": "Effacé",
}


@dataclass(frozen=True)
class Link:
    """One entry of a chain, as its digest is reckoned."""

    member_id: UUID | None
    number: int
    at: datetime
    actor: str
    actor_id: UUID | None
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    previous: str


def digest(link: Link) -> str:
    """Return the SHA-256 of an entry in hexadecimal: of all its parts, written in one way only."""
    parts = [
        str(link.member_id or ""), link.number, link.at.astimezone(UTC).isoformat(timespec="microseconds"), link.actor,
        str(link.actor_id or ""), link.action, link.subject, link.before, link.after, link.previous,
    ]  # fmt: skip
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


# name of a value -> as people read it; what is not here is a word of theirs already
NAMES: Mapping[str, str] = {
    "why": "raison",
    "role": "rôle",
    "team": "équipe",
    "in_teams": "rôle dans une équipe",
    "takes_over": "reprend le travail",
    "email": "e-mail",
    "from": "du",
    "until": "au",
    "substitute": "remplaçant",
    "reference": "référence",
    "name": "nom",
}
# value -> as people read it
VALUES: Mapping[str, str] = {
    "reader": "lecteur",
    "agent": "agent",
    "supervisor": "responsable",
    "administrator": "administrateur",
    **USES,
    **STATES,
}
_WHY = "why"  # said of a change, never changed itself: it stands beside what is new


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Change:
    """One value that changed, in words; None where there was or is none."""

    name: str
    before: str | None
    after: str | None


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """Return the values of an entry, each beside what it was before."""
    if before and _WHY in before:
        before, after = {key: one for key, one in before.items() if key != _WHY}, {**(after or {}), _WHY: before[_WHY]}
    names = dict.fromkeys([*(before or {}), *(after or {})])
    return [Change(NAMES.get(name, name), _in_words(before, name), _in_words(after, name)) for name in names]


def _in_words(values: Mapping[str, Any] | None, name: str) -> str | None:
    return None if values is None or values.get(name) is None else said(values[name])


def said(value: Any) -> str:
    """Return a value of JSON in words."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, str) and (day := _DAY.fullmatch(value)):
        return "/".join(reversed(day.groups()))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} : {said(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(said(one) for one in value) or "rien"
    return "rien" if value is None else VALUES.get(str(value), str(value))


def first_fault(chain: Iterable[tuple[Link, str]]) -> tuple[int, str] | None:
    """Return the number of the first entry that does not hold, and why in French; None when all of them do.

    `chain` gives each entry with the digest kept beside it, in the order of their numbers. Entries taken off the end
    cannot be seen from within: whoever verifies compares the last digest with one written down elsewhere.
    """
    expected, before = 1, ""
    for link, kept in chain:
        if link.number != expected:
            return expected, "une entrée manque"
        if link.previous != before:
            return link.number, "elle ne suit pas celle d'avant"
        if digest(link) != kept:
            return link.number, "elle a été changée"
        expected, before = expected + 1, kept
    return None
