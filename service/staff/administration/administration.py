"""The administration of a member: one page that leads to its sections."""

from dataclasses import dataclass

from flask import render_template

from service.domain.permissions import Act
from service.staff.route import page


@dataclass(frozen=True)
class Section:
    """One part of the administration: the endpoint of its first page, its name, and what is done there."""

    endpoint: str
    name: str
    what: str
    act: Act = Act.ADMINISTER


SECTIONS: tuple[Section, ...] = (
    Section("staff.admin_people", "Personnes", "Qui travaille ici, avec quel rôle. Inviter, ou noter un départ."),
    Section("staff.admin_teams", "Équipes", "Ouvrir une équipe, la renommer, dire où l'écrire."),
    Section("staff.admin_on_call", "Astreinte", "Qui est appelé en cas de danger, jour et nuit. Envoyer un essai."),
    Section("staff.admin_organisations", "Organismes", "Prestataires et collectivités : comment les joindre."),
    Section("staff.admin_contracts", "Contrats", "Qui travaille où, pour quel métier, de quand à quand."),
    Section("staff.absences", "Absences", "Noter la vôtre, voir qui est absent et qui le remplace.", Act.SUPERVISE),
    Section("staff.admin_settings", "Réglages", "Téléphone, couleur, horaires, jours de fermeture, second facteur."),
    Section("staff.admin_templates", "Modèles de réponse", "Les textes proposés à vos équipes.", Act.SUPERVISE),
    Section("staff.admin_delays", "Délais", "Vos délais de réponse, par sujet et par urgence."),
    Section("staff.admin_thresholds", "Confiance du modèle", "Sous quelle confiance une personne trie."),
    Section("staff.admin_retention", "Conservation", "Combien de temps les demandes gardent textes et noms."),
    Section(
        "staff.admin_doors", "Connexions", "Fournisseur d'identité, clés de l'extranet, sites, logiciels prévenus."
    ),
    Section("staff.admin_network_consents", "Réseau", "Ce que vous montrez au groupe esprit client sous votre nom."),
    Section("staff.admin_proposals", "À valider", "Ce qui attend l'accord d'une seconde personne.", Act.SUPERVISE),
    Section("staff.admin_named_people", "Dossiers sensibles", "Les personnes nommées pour les voir."),
    Section("staff.admin_log", "Journal des changements", "Qui a changé quoi, et quand. À télécharger."),
    Section("staff.admin_views", "Qui a consulté", "Qui a ouvert quelle demande."),
    Section("staff.admin_searches", "Recherches", "Qui a cherché quels mots."),
)


def administration() -> str:
    """Show what may be administered."""
    return render_template("staff/admin/home.html", sections=SECTIONS)


ROUTES = (page("/administration", administration, Act.SUPERVISE),)
