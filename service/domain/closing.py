"""How a complaint may end. Only a solved one reads as solved."""

OUTCOMES = {
    "solved": "Le problème est résolu",
    "partly_solved": "Le problème est résolu en partie",
    "answered": "Une réponse complète a été donnée",
    "not_ours": "Un autre organisme est compétent",
    "refused": "La demande n'est pas acceptée",
    "passed_on": "La demande est passée à un autre bailleur",
}
PASSED_ON = "passed_on"  # it goes on elsewhere: no survey, and not opened again here
# What a person may choose to end a complaint.
CHOICES = {code: label for code, label in OUTCOMES.items() if code != PASSED_ON}

MEDIATION = (
    "Si cette réponse ne vous convient pas, dites-le depuis la page de suivi : votre demande sera rouverte. Vous "
    "pouvez ensuite saisir gratuitement le médiateur de la consommation de votre bailleur ou la "
    "commission départementale de conciliation."
)
