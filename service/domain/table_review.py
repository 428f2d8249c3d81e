"""What is wrong with a table although each line is right: lines that never fire, subjects without a desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from service.domain.desks import REASON_NO_TEAM, Desks, Spot
from service.domain.routing import DANGER, OUT_OF_SCOPE, REASON_NO_RULE, Rule, Table, conditions_of
from service.domain.taxonomy import categories, family_of


@dataclass(frozen=True)
class Silence:
    """Why a line never fires. `hidden_by` is the earlier line that takes everything it would take."""

    code: str  # hidden, contradiction, out_of_scope
    hidden_by: Rule | None = None


def silent_lines(rules: Iterable[Rule], places: Mapping[UUID, Spot]) -> dict[UUID, Silence]:
    """Return the lines that can never fire, by id, in the order of the table."""
    found: dict[UUID, Silence] = {}
    earlier: list[tuple[Rule, dict[str, object]]] = []
    for rule in rules:
        implied = _implied(rule, places)
        silence = _silence(rule, implied, earlier)
        if silence:
            found[rule.id] = silence
        else:
            earlier.append((rule, conditions_of(rule)))
    return found


def _silence(
    rule: Rule, implied: Mapping[str, object], earlier: Iterable[tuple[Rule, dict[str, object]]]
) -> Silence | None:
    if any(implied[name] != wanted for name, wanted in conditions_of(rule).items()):
        return Silence("contradiction")
    # What is out of scope goes to a person, whatever the lines say; only a danger does not.
    if rule.category == OUT_OF_SCOPE and rule.urgency != DANGER:
        return Silence("out_of_scope")
    for one, wanted in earlier:
        # Lines about danger are asked before all others, wherever they stand.
        if rule.urgency == DANGER != one.urgency:
            continue
        if all(implied.get(name) == value for name, value in wanted.items()):
            return Silence("hidden", one)
    return None


def _implied(rule: Rule, places: Mapping[UUID, Spot]) -> dict[str, object]:
    """Return everything that is true whenever the line fits."""
    implied = conditions_of(rule)
    if rule.category:
        implied["family"] = family_of(rule.category)
    spot = places.get(rule.residence_id) if rule.residence_id else None
    if spot:
        implied |= {"agency_id": spot.agency_id, "insee": spot.insee}
    return implied


def subjects_without_desk(table: Table, desks: Desks) -> dict[str, str]:
    """Return the categories that end at the sorting desk where nothing but the subject is known, each with why."""
    found = {}
    for code in categories():
        if code == OUT_OF_SCOPE:
            continue
        line = next((rule for rule in table.rules if _takes_all_of(rule, code)), None)
        if line is None:
            found[code] = REASON_NO_RULE
        elif not line.use_agency_team and desks.team(line, None) is None:
            found[code] = REASON_NO_TEAM
    return found


def _takes_all_of(rule: Rule, code: str) -> bool:
    """Say whether the line asks for nothing but this subject."""
    wanted = conditions_of(rule)
    found = {"category": code, "family": family_of(code)}
    return all(found.get(name) == value for name, value in wanted.items())
