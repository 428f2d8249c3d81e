"""What a line of a routing table must be to be kept."""

from collections.abc import Collection

from service.domain.errors import BadInput
from service.domain.routing import DANGER, NEEDS, OFF, TRADES, WORKING, Rule
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import FAMILIES, categories, family_of, natures, urgencies

MAX_LINES = 200  # of one version


def check_line(rule: Rule) -> None:
    """Refuse a line that could not be read by anybody, or that could never do what it says.

    Raises
    ------
    BadInput
        With the condition or the part to mend as its field.

    """
    lists: tuple[tuple[str, Collection[object]], ...] = (
        ("category", categories()),
        ("family", FAMILIES),
        ("urgency", urgencies()),
        ("nature", natures()),
        ("heating", ("collective", "individual")),
        ("hours", (WORKING, OFF)),
        ("need", NEEDS),
        ("trade", TRADES),
    )
    for name, choices in lists:
        if getattr(rule, name) is not None and getattr(rule, name) not in choices:
            raise BadInput("unknown_value", name)
    if rule.category and rule.family and family_of(rule.category) != rule.family:
        raise BadInput("not_of_family", "family")
    _check_target(rule)
    check_text(rule.sentence, "explanation", MAX_REASON)


def _check_target(rule: Rule) -> None:
    if rule.team_id is None and not rule.use_agency_team:
        raise BadInput("unknown_value", "team")
    if rule.use_agency_team and not rule.needs_place:
        raise BadInput("agency_needs_place", "needs_place")
    if rule.trade and rule.urgency == DANGER:
        raise BadInput("danger_needs_team", "target")
