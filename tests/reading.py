"""A text model for tests that are not about the text model: it reads the one word it is told to look for."""

from dataclasses import replace

from classifier import danger
from service.domain.reading import UNKNOWN, About, Circumstances, Reading

DEMAND = Reading(
    category="autre",
    confidence=0.3,
    alternatives=(("relation_client", 0.2), ("loyer", 0.1)),
    secondary=None,
    nature="demande",
    urgency="normal",
    danger="none",
    danger_types=(),
    abstained=True,
    words=(),
    model_version="keywords",
)
SURE = replace(DEMAND, confidence=0.95, abstained=False)
WORDS = {
    "radiateur": replace(SURE, category="chauffage", urgency="urgent", words=("radiateur",)),
    "ascenseur": replace(SURE, category="ascenseur", words=("ascenseur",)),
    "loyer": replace(SURE, category="loyer", urgency="faible", words=("loyer",)),
    "poubelle": replace(SURE, category="dechets", words=("poubelle",)),
    "voisin": replace(SURE, category="bruit", words=("voisin",)),
    # Unsure of the subject, sure of its family.
    "dans le hall": replace(DEMAND, category="proprete", family="residence"),
    "chez moi": replace(DEMAND, category="plomberie", family="logement"),
    "mon dossier": replace(DEMAND, category="charges", family="gestion"),
    "odeur de gaz": replace(
        SURE, category="gaz_co", urgency="danger", danger="danger", danger_types=("gas",), words=("gaz",)
    ),
}


class KeywordTextModel:
    """Knows a few words and abstains on everything else; remembers in which circumstances it was asked."""

    def __init__(self) -> None:
        self.asked: list[Circumstances] = []

    def read(self, text: str, circumstances: Circumstances = UNKNOWN) -> Reading:
        self.asked.append(circumstances)
        return next((reading for word, reading in WORDS.items() if word in text.lower()), DEMAND)

    def danger_level(self, text: str) -> str:
        return danger.scan(text).level

    def danger_types(self, text: str) -> tuple[str, ...]:
        return danger.scan(text).types

    def about(self) -> About:
        return About("keywords", {"precision_either": 0.9, "coverage": 0.8, "messages": 1200}, "# Six words")
