"""The form of one line: what was typed, read as a line; a line, shown as what would be typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.domain.addresses import fold
from service.domain.errors import BadInput
from service.domain.routing import Rule
from service.staff.rules.rule_wording import Names

AGENCY = "agency"
TEAM_ONLY = "team"
ANSWERS = {"yes": True, "no": False}
_PLAIN = ("category", "family", "urgency", "nature", "heating", "insee", "hours", "need")
_TICKS = ("needs_place", "is_automatic", "forwards_text")
_LAST = 10_000


def read(typed: Mapping[str, str], line_id: UUID, names: Names) -> Rule:
    """Return the line that was typed; whether it may be kept is for the domain to say.

    Raises
    ------
    BadInput
        When a field holds what no list of the form offers.

    """
    target, _, value = typed.get("target", TEAM_ONLY).partition(":")
    if target not in {TEAM_ONLY, "trade", "organisation"}:
        raise BadInput("unknown_value", "target")
    team = typed.get("team", "")
    conditions: dict[str, Any] = {name: typed.get(name) or None for name in _PLAIN}
    ticked: dict[str, Any] = {name: name in typed for name in _TICKS}
    if target == TEAM_ONLY:
        ticked |= {"is_automatic": True, "forwards_text": False}
    return Rule(
        id=line_id,
        position=_position(typed.get("position", "")),
        sentence=" ".join(typed.get("explanation", "").split()),
        team_id=None if team == AGENCY else _one_of(team, names.teams, "team"),
        use_agency_team=team == AGENCY,
        trade=value if target == "trade" else None,
        organisation_id=_one_of(value, names.organisations, "target") if target == "organisation" else None,
        has_lift=_answer(typed.get("has_lift", "")),
        agency_id=_one_of(typed.get("agency_id", ""), names.agencies, "agency_id"),
        residence_id=read_residence(typed.get("residence_id", ""), names),
        **conditions,
        **ticked,
    )


def _position(typed: str) -> int:
    typed = typed.strip()
    if not typed:
        return _LAST
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:6]) <= _LAST):
        raise BadInput("not_a_rank", "position")
    return int(typed)


def _answer(typed: str) -> bool | None:
    if typed and typed not in ANSWERS:
        raise BadInput("unknown_value", "has_lift")
    return ANSWERS.get(typed)


def _one_of(typed: str, choices: Mapping[UUID, str], field: str) -> UUID | None:
    if not typed:
        return None
    found = {str(choice): choice for choice in choices}.get(typed)
    if found is None:
        raise BadInput("unknown_value", field)
    return found


def read_residence(typed: str, names: Names) -> UUID | None:
    """Return the one residence of this name and town, or of this name alone."""
    wanted = fold(typed).strip()
    if not wanted:
        return None
    labels = {one: (fold(label), fold(label.rpartition(",")[0])) for one, label in names.residences.items()}
    for part in (0, 1):
        found = [one for one, said in labels.items() if said[part] == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput("which_residence", "residence_id")
    raise BadInput("unknown_residence", "residence_id")


def show(rule: Rule | None, names: Names) -> dict[str, str]:
    """Return what the fields hold for a line; for a new one, what suits most."""
    if rule is None:
        return {"needs_place": "on", "team": "", "target": TEAM_ONLY}
    typed = {name: str(getattr(rule, name)) for name in (*_PLAIN, "agency_id", "position") if getattr(rule, name)}
    typed |= {name: "on" for name in _TICKS if getattr(rule, name)}
    typed["team"] = AGENCY if rule.use_agency_team else str(rule.team_id or "")
    typed["target"] = _target(rule)
    typed["explanation"] = rule.sentence
    if rule.has_lift is not None:
        typed["has_lift"] = "yes" if rule.has_lift else "no"
    if rule.residence_id:
        typed["residence_id"] = names.residences.get(rule.residence_id, "")
    return typed


def _target(rule: Rule) -> str:
    if rule.trade:
        return f"trade:{rule.trade}"
    return f"organisation:{rule.organisation_id}" if rule.organisation_id else TEAM_ONLY
