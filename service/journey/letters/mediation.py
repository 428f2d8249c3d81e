"""Whom a tenant may turn to when our last answer does not suit them."""

from collections.abc import Callable

from service.domain.closing import MEDIATION
from service.journey.news.messages import Typed
from service.models.member import Member


def mediation_of(member: Member, translate: Callable[[str], str] = str) -> list[str]:
    """Return what is added to a last answer: the way to go on, then the mediator of the member as it typed them."""
    return [translate(MEDIATION), *([Typed(member.mediator)] if member.mediator else [])]
