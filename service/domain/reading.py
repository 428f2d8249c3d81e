"""What the text model says of a message, and what it is told besides the words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What the text model read in a message. Confidences are calibrated probabilities from 0 to 1."""

    category: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    secondary: str | None
    nature: str
    urgency: str
    danger: str  # none, check, danger
    danger_types: tuple[str, ...]
    abstained: bool
    words: tuple[str, ...]
    model_version: str
    family: str | None = None  # the family, when the model abstained and yet is sure of it
    unknown_share: float = 0.0  # of the words of three letters and more, those the model never met


@dataclass(frozen=True)
class Circumstances:
    """What the message cannot say by itself; None where nobody knows."""

    cold_season: bool | None = None


UNKNOWN = Circumstances()


@dataclass(frozen=True)
class About:
    """What is known of the text model in use: its version, its measured figures by name, its card in Markdown."""

    version: str
    metrics: Mapping[str, float]
    card: str
