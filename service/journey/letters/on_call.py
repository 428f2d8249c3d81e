"""The test of a call to somebody on call."""

from collections.abc import Callable

from service.journey.administration.on_call_tests import PURPOSE
from service.journey.news.messages import Letter, Occasion


def _test(occasion: Occasion) -> Letter:
    """Say at once that nothing is wrong: it comes by text message too."""
    said = f"Ceci est un essai, chez {occasion.member.name} : il n'y a pas de danger. En cas de danger, vous serez "
    return Letter("Essai de l'astreinte", [f"{said}appelé ici."])


GENERAL: dict[str, Callable[[Occasion], Letter]] = {PURPOSE: _test}
