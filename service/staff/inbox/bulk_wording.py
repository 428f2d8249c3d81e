"""Acts on many complaints, in words: what each is called, what changes, and why a complaint is left out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service.domain.bulk import Kind, Why
from service.journey.inbox.bulk_preview import Change, State
from service.journey.submission.submission import PARIS
from service.staff import wording


@dataclass(frozen=True)
class Words:
    """What an act is called: as a button, before a number of complaints, and once it is done."""

    slug: str  # in the address
    verb: str
    done: str


KINDS: dict[Kind, Words] = {
    Kind.ASSIGN: Words("attribuer", "Attribuer", "attribuée"),
    Kind.CATEGORISE: Words("classer", "Classer", "classée"),
    Kind.ANSWER: Words("repondre", "Répondre à", "répondue"),
    Kind.LINK: Words("lier", "Lier à un incident", "liée"),
}
BY_SLUG: dict[str, Kind] = {words.slug: kind for kind, words in KINDS.items()}

_TENANT = "le locataire"
LEFT_OUT: dict[str, str] = {
    Why.NOT_FOUND: "Vous ne pouvez pas voir cette demande.",
    Why.CLOSED: "Elle est terminée.",
    Why.TOUCHED: "{who} y a touché depuis que la liste s'est affichée. Ouvrez-la pour voir.",
    Why.ALREADY_SO: "C'est déjà le cas.",
    Why.NOT_ALLOWED: "Elle n'est pas encore arrivée à une équipe, ou a changé.",
    Why.BLIND: "C'est un cas sensible, que {who} ne voit pas. Ouvrez-la pour la confier.",
    Why.DANGER: "Un danger y est signalé : elle se classe une par une.",
    Why.SENSITIVE: "Ce sujet rend une demande sensible : il se choisit une par une.",
    Why.CONTESTED: "Le locataire conteste le sujet : il attend une réponse personnelle.",
    Why.UNDER_REVIEW: "Le locataire demande qu'une autre personne réponde.",
    Why.NO_VALUE: "Rien à mettre à la place de « {{{who}}} ».",
    Why.OTHER_PLACE: "Elle vient d'une autre résidence.",
    Why.CHANGED: "Elle a changé depuis.",
    Why.ALREADY_LEFT: "Le message est déjà parti.",
}
KEPT = LEFT_OUT | {Why.TOUCHED: "{who} y a touché depuis."}
WAYS = {"email": "par e-mail", "sms": "par SMS", "post": "par courrier à imprimer", "phone": "par téléphone à passer"}


def title(kind: Kind, number: int) -> str:
    """Return what would be done, to how many: « Attribuer 12 demandes »."""
    what = wording.count(number, "demande")
    return f"Lier {what} à un incident" if kind == Kind.LINK else f"{KINDS[kind].verb} {what}"


def done(kind: Kind, number: int) -> str:
    """Return what was done, to how many: « 12 demandes attribuées »."""
    if kind == Kind.ANSWER:
        return wording.count(number, "réponse") + (" enregistrées" if number > 1 else " enregistrée")
    return wording.count(number, "demande") + f" {KINDS[kind].done}" + ("s" if number > 1 else "")


def why(code: str, detail: str, sentences: dict[str, str] = LEFT_OUT) -> str:
    """Return why a complaint is left out, or stays as it is."""
    who = _TENANT if detail == "tenant" else detail
    said = sentences[code].format(who=who)
    return said[0].upper() + said[1:]


def differences(change: Change) -> list[tuple[str, str, str]]:
    """Return what would change of a complaint: what it is called, as it is, as it would be."""
    before, after = _parts(change.before), _parts(change.after)
    return [(name, before[name], after[name]) for name in before if before[name] != after[name]]


def _parts(state: State) -> dict[str, str]:
    return {
        "Suivie par": state.assignee or "personne encore",
        "Sujet": wording.category(state.category) if state.category else "pas encore lu",
        "Urgence": wording.urgency(state.urgency),
        "Équipe": state.desk or "pas encore orientée",
        "Attendu": _due(state),
        "Incident": state.incident or "aucun",
    }


def _due(state: State) -> str:
    if state.due_at is None:
        return "attend le locataire" if state.is_paused else "rien"
    return f"{wording.DUE[state.due_clock or '']} avant le {wording.moment_in_words(state.due_at)}"


def letters(changes: Iterable[Change]) -> str:
    """Return how many messages leave, to how many households, and by which ways; blank when none does."""
    found = list(changes)
    if not found:
        return ""
    households = len({one.household for one in found})
    by_way = Counter(WAYS[one.ways[0][0]] for one in found if one.ways)
    ways = [f"{number} {way}" for way, number in by_way.most_common()]
    unreached = sum(not one.ways for one in found)
    if unreached:
        ways.append(f"{unreached} seulement sur la page de suivi, faute d'adresse")
    verb = "partent" if len(found) > 1 else "part"
    return f"{wording.count(len(found), 'message')} {verb} à {wording.count(households, 'foyer')} : {', '.join(ways)}."


def hour(at: datetime) -> str:
    """Return the hour of an instant in Paris: « 14 h 05 »."""
    there = at.astimezone(PARIS)
    return f"{there.hour} h {there.minute:02d}"
