"""How it went, on the 0 to 10 scale of the national survey of social tenants."""

from datetime import timedelta

SCORES = range(11)
SATISFIED_FROM = 7  # 7 to 10 is satisfied, as in the national survey
QUIET = timedelta(days=91)  # one survey a quarter at the most for one household
SOLVED = ("yes", "partly", "no")


def is_satisfied(score: int) -> bool:
    """Say whether a score counts as satisfied."""
    return score >= SATISFIED_FROM


def reopens(solved: str | None) -> bool:
    """Say whether the tenant's answer reopens the complaint."""
    return solved == "no"
