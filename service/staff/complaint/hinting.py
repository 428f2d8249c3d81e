"""Hints on words for a tenant, shown once before they leave: one press more, and never the same hint twice."""

import hashlib
from collections.abc import Iterable

from flask import request

from service.staff.complaint.compose import Pane, hints_of

TOLD = "told"  # the field that carries what was shown


class Hinted(Exception):
    """What the page shows instead of sending: no error, what was typed may leave as it is."""

    def __init__(self, pane: Pane, hints: list[str]) -> None:
        super().__init__(pane.code)
        self.shown: dict[str, object] = {"hints": hints, "pane": pane, "is_stop": True, "told": told(hints)}


def check(pane: Pane, text: str) -> None:
    """Let words leave once whoever wrote them saw what could be plainer.

    A form without the field does not come from a page that shows hints.

    Raises
    ------
    Hinted
        When something could be plainer that this page did not say yet.

    """
    if TOLD not in request.form:
        return
    found = hints_of(pane, text)
    if set(map(_mark, found)) - set(request.form[TOLD].split()):
        raise Hinted(pane, found)


def told(hints: Iterable[str]) -> str:
    """Return the field with what the page shows now, beside what it showed before."""
    return " ".join(sorted({*request.form.get(TOLD, "").split(), *map(_mark, hints)}))


def _mark(hint: str) -> str:
    return hashlib.sha256(hint.encode()).hexdigest()[:12]
