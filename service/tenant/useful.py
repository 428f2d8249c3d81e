"""Useful to know: who usually pays what, in two or three plain sentences. General rules, no advice on one case.

Upkeep and small repairs are the tenant's, wear and what is old are the landlord's; many members have a contract that
covers the first. So nothing here says what one tenant has to pay: the member does.
"""

from service.domain.languages import N_
from service.domain.taxonomy import family_of
from service.models.complaint import Complaint

_UPKEEP = N_(
    "Les petites réparations et l'entretien de tous les jours sont en général à votre charge. Ce qui est usé ou "
    "cassé par l'âge est à la charge de votre bailleur."
)
_CONTRACT = N_(
    "Souvent, votre bailleur a un contrat d'entretien, payé avec vos charges. L'intervention est alors déjà payée : "
    "demandez avant d'acheter."
)
_COMMON = N_(
    "L'entretien des parties communes est en général payé avec vos charges. Les gros travaux et les remplacements "
    "sont à la charge de votre bailleur."
)
_NOTHING = N_("Vous n'avez rien à payer pour écrire ici, ni pour demander une relecture.")
_OFFICE = N_("Avant de payer une somme que vous ne comprenez pas, demandez le détail : c'est votre droit.")

# By category where there is more to say than for its family.
OF_CATEGORY: dict[str, tuple[str, ...]] = {
    "chauffage": (
        N_("L'entretien du chauffage est en général payé avec vos charges."),
        N_("Changer une chaudière est à la charge de votre bailleur."),
        N_("Le chauffage doit pouvoir donner 18 degrés dans les pièces. Notez la température et l'heure : cela aide."),
    ),
    "eau_chaude": (_CONTRACT, N_("Remplacer un ballon ou une chaudière usés est à la charge de votre bailleur.")),
    "plomberie": (
        N_("Les joints et les petites pièces d'un robinet sont en général à votre charge."),
        N_("Les tuyaux dans les murs sont à la charge de votre bailleur."),
        _CONTRACT,
    ),
    "evacuation": (
        N_("Un évier bouché par l'usage est en général à votre charge."),
        N_("Les conduites de l'immeuble sont à la charge de votre bailleur."),
        _CONTRACT,
    ),
    "degat_eaux": (
        N_("Prévenez votre assurance habitation dans les 5 jours ouvrés. Gardez des photos."),
        N_("Un constat peut être rempli avec le voisin concerné. Votre bailleur cherche d'où vient l'eau."),
    ),
    "serrurerie": (
        N_("Une clé perdue est en général à votre charge. Une serrure usée est à celle de votre bailleur."),
        N_("Si quelqu'un a forcé votre porte, prévenez aussi la police et votre assurance."),
    ),
    "humidite": (
        N_("La cause de l'humidité doit être cherchée avant de dire qui paie."),
        N_("Aérez un peu chaque jour, et ne bouchez pas les grilles. Ce n'est pas dire que la faute est à vous."),
    ),
    "infiltration": (
        N_("Le toit, la façade et les gouttières sont à la charge de votre bailleur."),
        N_("Si vos affaires sont abîmées, prévenez votre assurance habitation dans les 5 jours ouvrés."),
    ),
    "nuisibles": (
        N_("Votre bailleur doit vous louer un logement sans nuisibles."),
        N_("C'est à lui d'agir, sauf s'il prouve que la faute est à vous."),
        N_("Seul le prix des produits peut être compté dans vos charges."),
    ),
    "ascenseur": (
        N_("Votre bailleur doit faire réparer l'ascenseur. L'entretien courant est payé avec vos charges."),
        N_("Quelqu'un est bloqué ? Appuyez sur le bouton d'alarme de la cabine, et appelez le 18 s'il va mal."),
    ),
    "dechets": (
        N_("La collecte des poubelles et des encombrants dépend en général de votre ville ou de votre agglomération."),
        N_("Dans la résidence, le local et les bacs sont suivis par votre bailleur, et payés avec vos charges."),
    ),
    "securite_incendie": (
        N_("Votre bailleur installe le détecteur de fumée. Vous l'entretenez et changez la pile."),
        _NOTHING,
    ),
}  # fmt: skip

OF_FAMILY: dict[str, tuple[str, ...]] = {
    "logement": (_UPKEEP, _CONTRACT),
    "residence": (_COMMON, _NOTHING),
    "tranquillite": (
        N_("La nuit, entre 22 h et 7 h, la police ou la gendarmerie peut venir pour du bruit : appelez le 17."),
        N_("Votre bailleur doit agir quand un de ses locataires gêne les autres. Notez les jours et les heures."),
        _NOTHING,
    ),
    "gestion": (
        _OFFICE,
        N_("Si vous avez du mal à payer, dites-le tôt. Des aides existent, et votre bailleur les connaît."),
    ),
    "travaux": (N_("Les travaux d'amélioration de l'immeuble sont à la charge de votre bailleur."), _OFFICE),
    "relation": (_NOTHING,),
}  # fmt: skip


def sentences(complaint: Complaint) -> tuple[str, ...]:
    """Return what is useful to know about the subject, to be translated where it is shown; none while it is unknown."""
    if complaint.abstained or complaint.category is None:
        return ()
    return OF_CATEGORY.get(complaint.category) or OF_FAMILY.get(family_of(complaint.category) or "", ())
