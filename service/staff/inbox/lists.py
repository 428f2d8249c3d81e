"""The lists of the rail: their names, their order, and what is said when one is empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.journey.inbox.lists import Filters


@dataclass(frozen=True)
class List:
    """One list of the rail. `view` is a key of journey.inbox.lists; `empty` is said when nothing is there."""

    slug: str
    name: str
    view: str | None
    empty: str


# Groups of lists, each under its small heading.
GROUPS: Sequence[tuple[str, Sequence[List]]] = (
    (
        "D'abord",
        (
            List("a-trier", "À trier", "to_sort", "Rien à trier : chaque demande a trouvé son équipe."),
            List("danger", "Danger", "danger", "Aucun danger n'est signalé dans les demandes ouvertes."),
        ),
    ),
    (
        "Mon travail",
        (
            List(
                "mon-equipe", "Mon équipe : nouvelles", "new",
                "Rien de nouveau : chaque demande de votre équipe est attribuée.",
            ),
            List(
                "les-miennes", "Les miennes", "open",
                "Aucune demande ouverte ne vous est attribuée. Prenez-en une dans « Mon équipe : nouvelles ».",
            ),
            List("aujourd-hui", "À rendre aujourd'hui", "due_today", "Rien d'autre n'est à rendre aujourd'hui."),
            List("en-retard", "En retard", "late", "Aucun retard : rien n'attend depuis trop longtemps."),
        ),
    ),
    (
        "En attente",
        (
            List("en-attente", "En attente du locataire", "waiting", "Aucune demande n'attend le locataire."),
            List(
                "dehors", "Chez un prestataire", "outside",
                "Aucune demande ouverte n'est chez un prestataire ou un organisme.",
            ),
            List("sans-reponse", "Sans réponse", "silent", "Tous les prestataires et organismes ont répondu à temps."),
        ),
    ),
    (
        "Suites",
        (
            List(
                "a-lire", "Messages à lire", "unread",
                "Personne n'attend : quelqu'un s'est occupé de chaque message des locataires.",
            ),
            List(
                "ecrit-apres", "Écrit après la fin", "written",
                "Aucun locataire n'a écrit ces trente derniers jours dans une demande terminée.",
            ),
            List("suites", "Pas réglé, dit le locataire", "unsolved", "Aucun locataire ne dit que ce n'est pas réglé."),
            List("contestees", "Contestées", "contested", "Aucun locataire ne conteste le sujet ou le destinataire."),
            List("a-relire", "À relire par une autre personne", "review", "Aucune relecture n'est demandée."),
        ),
    ),
    (
        "À vérifier",
        (
            List("a-verifier", "Danger à vérifier", "to_check", "Aucun message ne laisse craindre un danger."),
            List("engagements", "Engagements en retard", "promises", "Aucun engagement n'est en retard."),
            List(
                "sans-nouvelles", "Sans nouvelles (3 semaines)", "quiet",
                "Chaque locataire dont la demande est ouverte a eu de nos nouvelles depuis quinze jours ouvrés.",
            ),
            List(
                "sans-personne", "Sans personne (3 jours)", "alone",
                "Chaque demande arrivée il y a plus de trois jours est attribuée.",
            ),
            List("echecs", "Échecs d'envoi", "failed", "Tous les envois sont arrivés."),
            List(
                "tirage", "Tirage au sort", "audit",
                "Rien à vérifier : chaque demande tirée au sort a été regardée.",
            ),
        ),
    ),
    (
        "Tout",
        (
            List("incidents", "Liées à un incident", "collective", "Aucune demande ouverte n'est liée à un incident."),
            List("ouvertes", "Ouvertes", "open", "Aucune demande ouverte : tout est terminé."),
            List("toutes", "Toutes", None, "Aucune demande pour le moment. Celles des locataires arriveront ici."),
        ),
    ),
)  # fmt: skip
BY_SLUG = {one.slug: one for _, group in GROUPS for one in group}
DEFAULT, EVERYTHING = "ouvertes", "toutes"
TO_SORT = frozenset(("a-trier", "tirage"))  # the lists one goes through to say what each complaint is about


def filters_of(slug: str, staff_id: UUID, team_id: UUID | None) -> Filters:
    """Return what a list of the rail holds for a person."""
    return Filters(
        view=BY_SLUG[slug].view,
        assignee_id=staff_id if slug == "les-miennes" else None,
        with_absent=slug == "les-miennes",
        team_id=team_id if slug == "mon-equipe" else None,
    )


def all_of(staff_id: UUID, team_id: UUID | None) -> dict[str, Filters]:
    """Return what each list of the rail holds for a person."""
    return {slug: filters_of(slug, staff_id, team_id) for slug in BY_SLUG}
