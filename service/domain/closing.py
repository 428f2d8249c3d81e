"""How a complaint may end. Only a solved one reads as solved."""

from service.domain.languages import N_

OUTCOMES = {
    "solved": N_("Le problème est résolu"),
    "partly_solved": N_("Le problème est résolu en partie"),
    "answered": N_("Une réponse complète a été donnée"),
    "not_ours": N_("Un autre organisme est compétent"),
    "refused": N_("La demande n'est pas acceptée"),
    "passed_on": N_("La demande est passée à un autre bailleur"),
    "duplicate": N_("La demande est traitée avec une autre"),
    "withdrawn": N_("La demande est retirée"),
}
PASSED_ON = "passed_on"  # it goes on elsewhere: no survey, and not opened again here
WITHDRAWN = "withdrawn"  # by the tenant, who may open it again
DUPLICATE = "duplicate"  # another request says the same and goes on; a link, never a merge
# What a person may choose to end a complaint.
CHOICES = {code: label for code, label in OUTCOMES.items() if code not in (PASSED_ON, WITHDRAWN)}
# What was done for the tenant besides, as staff note it for themselves.
REMEDIES = {
    "apology": "Des excuses",
    "repair": "Une réparation",
    "gesture": "Un geste",
    "information": "Une information",
    "none": "Aucun",
}
MAX_LESSON = 2_000  # characters
KEPT_INSIDE = frozenset({"by_id", "remedy", "lesson"})  # of an answer or an ending, what nobody outside reads

MEDIATION = N_(
    "Si cette réponse ne vous convient pas, dites-le depuis la page de suivi : votre demande sera rouverte. Vous "
    "pouvez ensuite vous adresser gratuitement au médiateur de la consommation de votre bailleur ou à la "
    "commission départementale de conciliation."
)
