"""How long one message takes, every head and the explanation included."""

import statistics
import time
from dataclasses import dataclass

from classifier.model import TextModel

RUNS = 300
# 300 characters, as many as most messages have.
MESSAGE = (
    "Bonjour, depuis dimanche soir il n'y a plus d'eau chaude dans la salle de bain, seulement dans la cuisine et "
    "encore, elle est tiède. Nous sommes cinq, dont un bébé de quatre mois. J'ai appelé l'agence hier, on m'a dit de "
    "rappeler lundi. Pouvez-vous envoyer quelqu'un avant le week-end ? Merci d'avance à vous."
)


@dataclass(frozen=True)
class Latency:
    """Seconds for one message of 300 characters: the median and the 99th percentile."""

    p50: float
    p99: float


def latency(model: TextModel, runs: int = RUNS) -> Latency:
    """Measure a model on this machine, after one message that warms it up."""
    model.predict(MESSAGE)
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        model.predict(MESSAGE)
        took.append(time.perf_counter() - start)
    took.sort()
    return Latency(statistics.median(took), took[int(runs * 0.99) - 1])
