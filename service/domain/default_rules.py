"""The lines of the network: where each subject goes in a member that decided nothing else."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from service.domain.routing import Rule

_FILE = Path(__file__).parent / "data" / "default_rules.toml"
# Ids are made from the lines' codes, so that a complaint can tell years later which line fired.
_NAMESPACE = UUID("6d1f6c0e-5a34-4b57-9a55-3f0d2b7c9e41")
AGENCY = "agency"
_CONDITIONS = ("category", "family", "urgency", "heating", "hours", "need")


def default_id(code: str) -> UUID:
    """Return the id of a line of the network."""
    return uuid5(_NAMESPACE, code)


@cache
def default_rules() -> tuple[Rule, ...]:
    """Return the lines of the network in their order. They know teams by kind and organisations by trade only."""
    with _FILE.open("rb") as file:
        lines = tomllib.load(file)["rule"]
    return tuple(_rule(line, position) for position, line in enumerate(lines, start=1))


def default_rule(rule_id: UUID) -> Rule | None:
    """Return the line of the network with this id, or None."""
    return next((rule for rule in default_rules() if rule.id == rule_id), None)


def _rule(line: dict[str, Any], position: int) -> Rule:
    team = line["team"]
    conditions: dict[str, Any] = {name: line.get(name) for name in _CONDITIONS}
    return Rule(
        id=default_id(line["code"]),
        position=position,
        sentence=line["sentence"],
        own_sentence=line["own_sentence"] if "trade" in line else "",
        team_kind=None if team == AGENCY else team,
        use_agency_team=team == AGENCY,
        trade=line.get("trade"),
        is_automatic=not line.get("proposed", False),
        is_default=True,
        needs_place=line.get("needs_place", True),
        **conditions,
    )
