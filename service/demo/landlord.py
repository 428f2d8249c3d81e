"""One member with its desks, contracts, staff and routing table, before anything happens."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from service.demo.chance import new_id
from service.demo.network import MemberPlan, read_toml
from service.domain.addresses import fold
from service.domain.routing import Rule
from service.journey.routing import as_rule
from service.models.member import Agency, Member, Organisation, Team
from service.models.people import Staff
from service.models.routing import RoutingRule, RoutingVersion

# kind of team -> (name people read, whether it has a mailbox of its own)
TEAMS = {
    "sorting": ("Accueil et tri", False),
    "technical": ("Service technique", True),
    "on_call": ("Astreinte", True),
    "peace": ("Tranquillité résidentielle", False),
    "charges": ("Charges", False),
    "tenancy": ("Gestion locative", False),
    "allocation": ("Attribution et mutation", False),
    "social": ("Accompagnement social (CESF)", True),
    "works": ("Maîtrise d'ouvrage", False),
    "client_relations": ("Relation clients", False),
}
AGENCY = "agency"
# What the agents of a member work on, the first four for every member.
AGENT_DESKS = ("sorting", "technical", AGENCY, "tenancy", "peace", "charges")
FEWEST_AGENTS = 4
SIGNED = datetime(2025, 1, 6, 9, tzinfo=UTC)  # when the routing table was published


@dataclass
class Landlord:
    """A member and all that is set up before its first complaint."""

    plan: MemberPlan
    member: Member
    agencies: list[Agency] = field(default_factory=list)
    teams: dict[UUID, Team] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)  # by trade
    staff: list[Staff] = field(default_factory=list)
    versions: list[RoutingVersion] = field(default_factory=list)
    rules: list[RoutingRule] = field(default_factory=list)
    table: list[Rule] = field(default_factory=list)

    def desk(self, kind: str) -> Team:
        """Return the member-level team of a kind."""
        return next(team for team in self.teams.values() if team.kind == kind)

    def agency_team(self, agency_id: UUID) -> Team:
        """Return the team of an agency."""
        return next(team for team in self.teams.values() if team.agency_id == agency_id)

    def organisation(self, organisation_id: UUID | None) -> Organisation | None:
        """Return an outside organisation by its id."""
        return next((one for one in self.organisations.values() if one.id == organisation_id), None)

    @property
    def supervisor(self) -> Staff:
        """The person who answers for everything."""
        return self.staff[0]


def mailbox(name: str) -> str:
    """Return a name as the first part of an address, without accents or signs."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def set_up(plan: MemberPlan, random: Random) -> Landlord:
    """Return a member with its desks, contracts, staff and rules."""
    member = Member(
        id=new_id(random),
        slug=plan.slug,
        name=plan.name,
        seat=plan.seat,
        colour=plan.colour,
        dwellings=plan.dwellings,
        phone=plan.phone,
        accepts_referrals=plan.accepts_referrals,
    )
    landlord = Landlord(plan, member)
    _open_teams(landlord, random)
    _sign_contracts(landlord, random)
    _hire(landlord, random)
    _write_rules(landlord, random)
    return landlord


def _open_teams(landlord: Landlord, random: Random) -> None:
    member_id, slug = landlord.member.id, landlord.plan.slug
    teams = [
        Team(
            id=new_id(random),
            member_id=member_id,
            name=name,
            kind=kind,
            agency_id=None,
            email=f"{kind.replace('_', '-')}@{slug}.example" if has_mailbox else None,
        )
        for kind, (name, has_mailbox) in TEAMS.items()
    ]
    for plan in landlord.plan.agencies:
        agency = Agency(id=new_id(random), member_id=member_id, name=plan.name, city=plan.city)
        name = f"Équipe de l'{plan.name.replace('Agence', 'agence', 1)}"
        landlord.agencies.append(agency)
        teams.append(
            Team(id=new_id(random), member_id=member_id, name=name, kind=AGENCY, agency_id=agency.id, email=None)
        )
    landlord.teams = {team.id: team for team in teams}


def _sign_contracts(landlord: Landlord, random: Random) -> None:
    for contract in landlord.plan.contracts:
        landlord.organisations[contract.trade] = Organisation(
            id=new_id(random),
            member_id=landlord.member.id,
            name=contract.name,
            kind=contract.kind,
            email=f"demandes@{mailbox(contract.name)}.example",
            phone=f"03 53 01 {random.randrange(100):02d} {random.randrange(100):02d}",
        )


def _hire(landlord: Landlord, random: Random) -> None:
    """Draw one supervisor, then the agents; passwords are given at the installation, never drawn from a seed."""
    names = read_toml("names.toml")
    count = min(len(AGENT_DESKS), FEWEST_AGENTS + landlord.plan.dwellings // 10_000)
    first = random.sample(names["first_names"], count + 1)
    last = random.sample(names["last_names"], count + 1)
    for place, (one, other) in enumerate(zip(first, last, strict=True)):
        kind = AGENT_DESKS[place - 1]
        team = landlord.agency_team(landlord.agencies[0].id) if kind == AGENCY else landlord.desk(kind)
        landlord.staff.append(
            Staff(
                id=new_id(random),
                member_id=landlord.member.id,
                email=f"{mailbox(one)}.{mailbox(other)}@{landlord.plan.slug}.example",
                name=f"{one} {other}",
                role="agent" if place else "supervisor",
                team_id=team.id if place else None,
                is_active=True,
            )
        )


def _write_rules(landlord: Landlord, random: Random) -> None:
    version = RoutingVersion(
        id=new_id(random),
        member_id=landlord.member.id,
        number=1,
        note="Première table",
        created_at=SIGNED,
        published_at=SIGNED,
    )
    landlord.versions.append(version)
    for position, line in enumerate(read_toml("rules.toml")["rule"], start=1):
        row = _rule(landlord, line, position, new_id(random))
        row.version_id = version.id
        landlord.rules.append(row)
        landlord.table.append(as_rule(row))


def _rule(landlord: Landlord, line: dict[str, str | bool], position: int, rule_id: UUID) -> RoutingRule:
    """Return one line of the table, with the member's own organisation when it has the contract."""
    contract = next((one for one in landlord.plan.contracts if one.is_routed and one.trade == line.get("trade")), None)
    needs_own_words = contract is None and "trade" in line
    team = str(line["team"])
    return RoutingRule(
        id=rule_id,
        member_id=landlord.member.id,
        position=position,
        sentence=line["own_sentence"] if needs_own_words else line["sentence"],
        category=line.get("category"),
        family=line.get("family"),
        urgency=line.get("urgency"),
        heating=line.get("heating"),
        agency_id=None,
        needs_place=line.get("needs_place", True),
        target=contract.kind if contract else "team",
        team_id=None if team == AGENCY else landlord.desk(team).id,
        use_agency_team=team == AGENCY,
        organisation_id=landlord.organisations[contract.trade].id if contract else None,
        forwards_text=bool(contract and contract.forwards_text),
    )
