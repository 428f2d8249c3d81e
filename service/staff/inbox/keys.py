"""The keys of the workspace: the map that people read, and the choice to do without."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.permissions import Act
from service.journey.people import own_choices
from service.staff.inbox import lists
from service.staff.route import page, press

# What each key does, as the map says it. static/workspace.js does it; controls say theirs by `data-key`.
MAP: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Partout",
        (
            ("?", "Montrer ou fermer cette liste"),
            ("/", "Chercher une demande"),
            ("g", "Aller à une liste : g, puis la lettre de la liste"),
            ("u", "Annuler ce qui vient d'être fait à plusieurs demandes, ou revenir à celle qui vient d'être classée"),
            ("Échap", "Fermer, ou quitter un champ"),
        ),
    ),
    (
        "Dans une liste",
        (
            ("j", "Demande suivante"),
            ("k", "Demande précédente"),
            ("Entrée", "Ouvrir la demande"),
            ("x", "Cocher ou décocher"),
            ("Maj + x", "Cocher jusqu'ici depuis la dernière cochée"),
            ("a", "Attribuer les demandes cochées, ou celle-ci"),
            ("t", "Trier une à une, dans une liste à trier"),
            ("c", "Classer les demandes cochées, ou celle-ci ; puis 1, 2, 3 ou 4 pour un sujet proposé"),
            ("r", "Répondre"),
            ("l", "Lier à un incident"),
        ),
    ),
    (
        "Sur une demande",
        (
            ("n", "Demande suivante de la liste"),
            ("p", "Demande précédente de la liste"),
            ("a", "Attribuer"),
            ("1 à 4", "Choisir le sujet proposé sous ce chiffre"),
            ("0", "Dire que le sujet lu est le bon, quand c'est demandé"),
            ("c", "Choisir un autre sujet : ses premières lettres, puis Entrée"),
            ("r", "Répondre"),
            ("i", "Écrire une note interne"),
            ("t", "Transmettre à une autre équipe ou à un organisme"),
            ("l", "Lier à un incident"),
        ),
    ),
)
# After g: the letter, the list in the address, and its name.
LISTS: tuple[tuple[str, str, str], ...] = tuple(
    (letter, slug, lists.BY_SLUG[slug].name)
    for letter, slug in (
        ("t", "a-trier"),
        ("d", "danger"),
        ("e", "mon-equipe"),
        ("m", "les-miennes"),
        ("j", "aujourd-hui"),
        ("r", "en-retard"),
        ("l", "en-attente"),
        ("p", "dehors"),
        ("a", "sans-reponse"),
        ("i", "a-lire"),
        ("f", "ecrit-apres"),
        ("s", "suites"),
        ("c", "contestees"),
        ("v", "a-verifier"),
        ("n", "sans-nouvelles"),
        ("x", "echecs"),
        ("o", "ouvertes"),
        ("z", "toutes"),
    )
)


def show_keys() -> str:
    """Show the map of the keys."""
    return render_template("staff/keys.html")


def choose_keys() -> ResponseReturnValue:
    """Switch the keys on or off for this person."""
    is_on = request.form.get("keys") == "1"
    own_choices.choose(g.staff.member_id, g.staff.id, "keys", is_on)
    flash("Les touches sont en service." if is_on else "Les touches ne font plus rien.")
    return redirect(url_for("staff.show_keys"), 303)


ROUTES = (page("/touches", show_keys), press("/touches", choose_keys, Act.READ))
