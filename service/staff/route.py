"""One address of the staff face: the view behind it, and what it asks of whoever opens it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from service.domain.permissions import Act

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """An address; `path` begins after `/equipe`, `name` is the endpoint without the face's."""

    path: str
    view: View
    name: str
    act: Act
    methods: tuple[str, ...]
    is_open: bool = False  # to those who have not signed in
    is_background: bool = False  # asked by a page, not by a person: it keeps no session open


def page(path: str, view: View, act: Act = Act.READ, *, name: str = "", is_background: bool = False) -> Route:
    """Return the address of a page to look at."""
    return Route(path, view, name or view.__name__, act, ("GET",), is_background=is_background)


def press(path: str, view: View, act: Act = Act.HANDLE, *, name: str = "", is_background: bool = False) -> Route:
    """Return the address a form is sent to: it does something."""
    return Route(path, view, name or view.__name__, act, ("POST",), is_background=is_background)
