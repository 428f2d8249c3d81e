"""Numbers as French readers write them: thousands apart by a space that does not break, a comma before the tenths."""

from decimal import Decimal

_APART = "\u202f"


def whole(value: float | Decimal) -> str:
    """Return a whole number, thousands apart."""
    return f"{round(value):,}".replace(",", _APART)


def tenths(value: float) -> str:
    """Return a number with one decimal."""
    return f"{value:,.1f}".replace(",", _APART).replace(".", ",")
