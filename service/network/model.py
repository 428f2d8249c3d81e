"""The page of the text model: its figures in plain words, and how it does month after month."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, render_template

from service.domain.reading import About
from service.journey.classification.drift import tenths
from service.journey.ports import TextModelDown
from service.journey.trends.published import read_published
from service.network.outcomes import make_outcomes


@dataclass(frozen=True)
class Figure:
    """One measured figure of the card: its name, its value, and what it means."""

    label: str
    value: str
    sentence: str


# name in the card -> (name people read, what it means); each is a share from 0 to 1
KEY_FIGURES: dict[str, tuple[str, str]] = {
    "coverage": (
        "Messages classés",
        "La part des messages que le modèle classe seul. Les autres sont lus par une personne.",
    ),
    "precision_either": (
        "Justesse",
        "Parmi les messages qu'il classe seul, la part dont il trouve un des sujets.",
    ),
    "top3": (
        "Dans les trois premiers",
        "La part des messages dont le bon sujet est parmi ses trois premières idées.",
    ),
    "family_accuracy": (
        "Bon thème",
        "La part des messages dont il trouve le thème, même quand le sujet exact lui échappe.",
    ),
    "danger_recall": (
        "Dangers entendus",
        "Parmi les messages qui disent un danger, la part qu'il signale à une personne.",
    ),
    "false_alarms": (
        "Fausses alertes",
        "Parmi les messages sans danger, la part qu'il signale tout de même comme un danger.",
    ),
    "under_triage": (
        "Urgences sous-estimées",
        "Parmi les messages urgents ou dangereux, la part dont il croit l'urgence normale ou faible.",
    ),
    "calibration_error": (
        "Écart de confiance",
        "L'écart moyen entre la confiance qu'il annonce et la réalité. Plus il est petit, mieux c'est.",
    ),
}


def key_figures(metrics: Mapping[str, float]) -> list[Figure]:
    """Return the figures of the card that people read, in the order of the page; those it lacks are left out."""
    return [
        Figure(label, tenths(metrics[name]), sentence)
        for name, (label, sentence) in KEY_FIGURES.items()
        if name in metrics
    ]


def show_model() -> str:
    """Show what is known of the model, and how it does."""
    about = _about()
    return render_template(
        "network/model.html",
        about=about,
        key_figures=key_figures(about.metrics) if about else [],
        outcomes=make_outcomes(read_published()),
    )


def _about() -> About | None:
    """Return what is known of the model in use; None while there is none."""
    try:
        found: About = current_app.extensions["seve"].ports.text_model.about()
    except TextModelDown:
        return None
    return found
