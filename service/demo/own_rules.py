"""What a member of the demonstration decided for itself, before the lines of the network."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from service.demo.chance import new_id
from service.demo.landlord import AGENCY, Landlord
from service.demo.network import read_toml
from service.models.routing import RoutingRule, RoutingVersion

PUBLISHED = datetime(2025, 1, 6, 9, tzinfo=UTC)
_CONDITIONS = ("category", "family", "urgency", "heating", "hours", "need")


def write_rules(landlord: Landlord, random: Random) -> None:
    """Publish the member's own lines, signed by its supervisor; a member without any is left to the network's."""
    lines = [line for line in read_toml("rules.toml")["rule"] if line["member"] == landlord.plan.slug]
    if not lines:
        return
    version = RoutingVersion(
        id=new_id(random),
        member_id=landlord.member.id,
        number=1,
        author_id=landlord.supervisor.id,
        note="Première table",
        created_at=PUBLISHED,
        published_at=PUBLISHED,
    )
    landlord.versions.append(version)
    landlord.rules += [_rule(landlord, version, line, position, random) for position, line in enumerate(lines, start=1)]


def _rule(
    landlord: Landlord, version: RoutingVersion, line: dict[str, Any], position: int, random: Random
) -> RoutingRule:
    team = line["team"]
    return RoutingRule(
        id=new_id(random),
        member_id=landlord.member.id,
        version_id=version.id,
        position=position,
        sentence=line["sentence"],
        insee=line.get("commune"),
        needs_place=True,
        target="supplier" if "trade" in line else "team",
        team_id=None if team == AGENCY else landlord.desk(team).id,
        use_agency_team=team == AGENCY,
        trade=line.get("trade"),
        is_automatic=True,
        forwards_text=line.get("forwards_text", False),
        **{name: line.get(name) for name in _CONDITIONS},
    )
