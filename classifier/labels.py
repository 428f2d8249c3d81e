"""The closed lists the classifier answers from; categories are learned from the corpus and are not listed here."""

NATURES = ("demande", "relance", "contestation", "question", "remerciement_suggestion")
URGENCIES = ("danger", "urgent", "normal", "faible")
DANGER_LEVELS = ("none", "check", "danger")
DANGER_TYPES = (
    "gas",
    "co",
    "trapped",
    "fire",
    "electric",
    "flood",
    "structure",
    "aggression",
    "distress",
    "child",
    "weapon",
    "health",
)
