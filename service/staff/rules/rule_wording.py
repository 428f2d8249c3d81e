"""A line of a routing table in words: its conditions as chips, and where it leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.comparison import Desk
from service.domain.desks import Spot
from service.domain.routing import DANGER, NEEDS, TRADES, Rule
from service.domain.taxonomy import FAMILIES
from service.models.member import Agency, Organisation, Team
from service.models.patrimoine import Residence
from service.staff import wording

KINDS = {
    "technical": "l'équipe technique",
    "on_call": "l'astreinte",
    "peace": "l'équipe tranquillité",
    "charges": "le service des charges",
    "tenancy": "la gestion locative",
    "allocation": "le service des attributions",
    "social": "l'équipe sociale",
    "works": "la maîtrise d'ouvrage",
    "client_relations": "la relation clients",
}
AGENCY_TEAM = "l'équipe de l'agence du logement"
HEATINGS = {"collective": "Chauffage collectif", "individual": "Chauffage individuel"}
HOURS = {"working": "Pendant les heures d'ouverture", "off": "Bureaux fermés"}
SILENCES = {
    "contradiction": "Cette règle ne peut jamais servir : ses conditions se contredisent.",
    "out_of_scope": "Cette règle ne peut jamais servir : les messages hors périmètre vont toujours à une personne.",
}


@dataclass(frozen=True)
class Names:
    """What a member's lines may name."""

    teams: Mapping[UUID, str]
    team_of_kind: Mapping[str, str]
    organisations: Mapping[UUID, str]
    agencies: Mapping[UUID, str]
    residences: Mapping[UUID, str]
    communes: Mapping[str, str]
    spots: Mapping[UUID, Spot]


@dataclass(frozen=True)
class Chip:
    """One condition in words; a danger stands out."""

    text: str
    tone: str = ""


def names_of(session: Session) -> Names:
    """Return the names of the transaction's member."""
    teams = session.scalars(select(Team).order_by(Team.name)).all()
    organisations = session.scalars(select(Organisation).order_by(Organisation.name))
    agencies = session.scalars(select(Agency).order_by(Agency.name))
    residences = session.scalars(
        select(Residence).where(Residence.closed_on.is_(None)).order_by(Residence.name, Residence.city)
    ).all()
    return Names(
        teams={team.id: team.name for team in teams},
        team_of_kind={team.kind: team.name for team in reversed(teams) if team.agency_id is None},
        organisations={one.id: one.name for one in organisations},
        agencies={agency.id: agency.name for agency in agencies},
        residences={residence.id: f"{residence.name}, {residence.city}" for residence in residences},
        communes=dict(sorted({one.insee: one.city for one in residences}.items(), key=lambda pair: pair[1])),
        spots={one.id: Spot(one.agency_id, one.insee) for one in residences},
    )


def chips(rule: Rule, names: Names) -> list[Chip]:
    """Return the conditions in words, in the order people think of them."""
    words: tuple[tuple[object, Callable[[], str]], ...] = (
        (rule.category, lambda: f"Sujet : {wording.category(rule.category)}"),
        (rule.family, lambda: f"Thème : {FAMILIES[str(rule.family)]}"),
        (rule.urgency, lambda: f"Urgence : {wording.urgency(rule.urgency)}"),
        (rule.nature, lambda: f"Nature : {wording.nature(rule.nature)}"),
        (rule.heating, lambda: HEATINGS[str(rule.heating)]),
        (rule.has_lift, lambda: "Avec ascenseur" if rule.has_lift else "Sans ascenseur"),
        (rule.agency_id, lambda: names.agencies.get(_id(rule.agency_id), "Agence inconnue")),
        (rule.insee, lambda: f"Commune : {names.communes.get(str(rule.insee), rule.insee)}"),
        (rule.residence_id, lambda: f"Résidence : {names.residences.get(_id(rule.residence_id), 'vendue ou fermée')}"),
        (rule.hours, lambda: HOURS[str(rule.hours)]),
        (rule.need, lambda: f"Besoin : {NEEDS[str(rule.need)]}"),
    )
    found = [Chip(say(), "danger" if asked == DANGER else "") for asked, say in words if asked is not None]
    return found or [Chip("Toutes les demandes", "warn")]


def _id(value: UUID | None) -> UUID:
    return value or UUID(int=0)


def destination(rule: Rule, names: Names) -> str:
    """Return where the line leads, in words."""
    team = _team(rule, names)
    outside = _outside(rule, names)
    if outside is None:
        return team
    return f"{outside}, demande suivie par {team}" if rule.is_automatic else f"{team}, à qui est proposé : {outside}"


def _team(rule: Rule, names: Names) -> str:
    if rule.use_agency_team:
        return AGENCY_TEAM
    if rule.team_kind:
        return names.team_of_kind.get(rule.team_kind) or f"{KINDS[rule.team_kind]} (vous n'avez pas cette équipe)"
    return names.teams.get(_id(rule.team_id), "une équipe qui n'existe plus")


def _outside(rule: Rule, names: Names) -> str | None:
    if rule.trade:
        return f"l'organisme sous contrat « {TRADES[rule.trade]} » pour la résidence"
    return names.organisations.get(rule.organisation_id) if rule.organisation_id else None


def desk(found: Desk, names: Names) -> str:
    """Return a desk in words, as the simulator shows it."""
    said = recipient(found.team_id, found.organisation_id, names)
    return f"{said}, à qui est proposé : {names.organisations[found.proposed_id]}" if found.proposed_id else said


def recipient(team_id: UUID, organisation_id: UUID | None, names: Names) -> str:
    """Return who has a complaint, in words."""
    team = names.teams[team_id]
    return f"{names.organisations[organisation_id]}, demande suivie par {team}" if organisation_id else team
