import numpy as np
import pytest

from classifier.calibration import Array
from classifier.second import second_category

CODES = ("chauffage", "bruit", "loyer")


def _chances(tokens: list[str]) -> Array:
    """Sure of what it knows, undecided about the rest."""
    for place, word in enumerate(("radiateur", "musique", "quittance")):
        if word in tokens:
            return np.asarray(np.eye(3)[place] * 0.94 + 0.02, dtype=np.float64)
    return np.full(3, 1 / 3)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Le radiateur est froid. Il me faudrait aussi la quittance de mars.", "loyer"),
        ("Le radiateur est froid.\nPar ailleurs, la musique du voisin continue.", "bruit"),
        ("Le radiateur est froid. La quittance de mars est arrivée.", None),
        ("Le radiateur est froid, et aussi la quittance de mars.", None),
        ("Le radiateur est froid. Celui de la chambre aussi, le radiateur je veux dire.", None),
        ("Le radiateur est froid. Aussi une chose dont je ne sais rien dire.", None),
        ("Le radiateur est froid. Quittance aussi.", None),
    ],
)
def test_a_second_request_says_also_and_is_about_something_else(text: str, second: str | None) -> None:
    assert second_category(text, "chauffage", CODES, _chances) == second
