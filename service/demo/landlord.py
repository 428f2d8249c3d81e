"""One member with its desks, contracts, staff and routing table, before anything happens."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from random import Random
from uuid import UUID

from service.demo.chance import new_id, new_phone
from service.demo.network import MemberPlan, read_toml
from service.domain.addresses import fold
from service.domain.default_rules import default_rules
from service.domain.desks import Desks
from service.domain.routing import Table
from service.journey.routing.routing_table import as_rule, make_desks
from service.models.clock import OnCallContact
from service.models.member import Agency, Member, Organisation, Team
from service.models.patrimoine import Contract, Residence
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
CONTRACTS_START = date(2025, 1, 1)
OPENS_AT, CLOSES_AT = time(8, 30), time(17, 30)


@dataclass
class Landlord:
    """A member and all that is set up before its first complaint."""

    plan: MemberPlan
    member: Member
    agencies: list[Agency] = field(default_factory=list)
    teams: dict[UUID, Team] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)  # by name
    contracts: list[Contract] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)  # who took part in what happened
    colleagues: list[Staff] = field(default_factory=list)  # the others
    on_call: list[OnCallContact] = field(default_factory=list)
    versions: list[RoutingVersion] = field(default_factory=list)
    rules: list[RoutingRule] = field(default_factory=list)

    def desk(self, kind: str) -> Team:
        """Return the member-level team of a kind."""
        return next(team for team in self.teams.values() if team.kind == kind)

    def agency_team(self, agency_id: UUID) -> Team:
        """Return the team of an agency."""
        return next(team for team in self.teams.values() if team.agency_id == agency_id)

    def organisation(self, organisation_id: UUID | None) -> Organisation | None:
        """Return an outside organisation by its id."""
        return next((one for one in self.organisations.values() if one.id == organisation_id), None)

    def holder(self, trade: str) -> Organisation | None:
        """Return who has the contract of a trade for the whole member."""
        everywhere = [plan.name for plan in self.plan.contracts if plan.trade == trade and not plan.communes]
        return self.organisations[everywhere[0]] if everywhere else None

    @cached_property
    def desks(self) -> Desks:
        """Everybody its lines may lead to, once all contracts are signed."""
        teams = sorted(self.teams.values(), key=lambda team: team.name)
        return make_desks(teams, list(self.organisations.values()), self.contracts)

    @cached_property
    def table(self) -> Table:
        """Its own lines, then those of the network."""
        return Table([as_rule(row) for row in self.rules], default_rules())

    @cached_property
    def names(self) -> dict[UUID, str]:
        """The names of its teams and organisations."""
        organisations = {one.id: one.name for one in self.organisations.values()}
        return {team.id: team.name for team in self.teams.values()} | organisations

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
        holiday_zone="metropole",
        opens_at=OPENS_AT,
        closes_at=CLOSES_AT,
        mediator=(
            f"Médiation des habitants, pour {plan.name}, 4 rue des Accords, {plan.seat}\n"
            f"saisir@mediation-{plan.slug}.example"
        ),
        privacy_contact=f"Déléguée à la protection des données, {plan.name}, {plan.seat}\ndonnees@{plan.slug}.example",
    )
    landlord = Landlord(plan, member)
    _open_teams(landlord, random)
    _sign_contracts(landlord, random)
    _hire(landlord, random)
    _put_on_duty(landlord, random)
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
            email=f"{mailbox(name)}@{slug}.example" if has_mailbox else None,
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
    for plan in landlord.plan.contracts:
        organisation = Organisation(
            id=new_id(random),
            member_id=landlord.member.id,
            name=plan.name,
            kind="authority" if plan.is_authority else "supplier",
            email=f"demandes@{mailbox(plan.name)}.example",
            phone=f"03 53 01 {random.randrange(100):02d} {random.randrange(100):02d}",
        )
        landlord.organisations[plan.name] = organisation
        if not plan.communes:
            landlord.contracts.append(_contract(landlord, organisation, plan.trade, None, random))


def sign_for_residences(landlord: Landlord, residences: Iterable[Residence], random: Random) -> None:
    """Add the contracts that are for the residences of a few communes only."""
    for residence in residences:
        for plan in landlord.plan.contracts:
            if residence.insee in plan.communes:
                organisation = landlord.organisations[plan.name]
                landlord.contracts.append(_contract(landlord, organisation, plan.trade, residence.id, random))


def _contract(
    landlord: Landlord, organisation: Organisation, trade: str, residence_id: UUID | None, random: Random
) -> Contract:
    return Contract(
        id=new_id(random),
        member_id=landlord.member.id,
        organisation_id=organisation.id,
        trade=trade,
        residence_id=residence_id,
        starts_on=CONTRACTS_START,
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


def _put_on_duty(landlord: Landlord, random: Random) -> None:
    """Name who is called in danger: somebody of the technical team, then the supervisor."""
    technical = landlord.desk("technical").id
    first = next(one for one in landlord.staff if one.team_id == technical)
    for level, person in enumerate((first, landlord.supervisor), start=1):
        landlord.on_call.append(
            OnCallContact(
                id=new_id(random),
                member_id=landlord.member.id,
                level=level,
                name=person.name,
                email=person.email,
                phone=new_phone(random),
            )
        )
