"""Two small members and a reader of the network: what most tests start from."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from service.domain.addresses import address_key, entry_of_line, entry_of_name
from service.journey.people.accounts import hash_key
from service.models.member import Agency, ApiKey, Member, Organisation, Team
from service.models.patrimoine import Address, Dwelling, Residence
from service.models.people import NetworkReader, Staff
from service.models.routing import RoutingRule, RoutingVersion

PASSWORD = "un mot de passe pour les tests"
READER = "lectrice@reseau.example"
# Made in a moment, and checked as fast: a digest carries what it costs. What people choose costs a tenth of a second.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class MemberWorld:
    """One member: its key, its people, its desks and two of its dwellings."""

    id: UUID
    slug: str
    name: str
    key: str
    agent_id: UUID
    agent_email: str
    supervisor_id: UUID
    teams: dict[str, UUID]  # by kind
    supplier_id: UUID
    collective: str  # reference of a dwelling with collective heating
    individual: str  # reference of a dwelling with its own boiler, alone at its address
    individual_address: tuple[str, str, str]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True)
class World:
    """Both members signed the agreement on referrals."""

    first: MemberWorld
    second: MemberWorld


def build_world(session: Session) -> World:
    """Write the two members as the owner of the tables."""
    session.add(NetworkReader(id=uuid4(), email=READER, name="Lectrice", password_hash=_HASH))
    return World(
        _member(session, "amont", "Amont Habitat", "80000", "80021", "Amiens"),
        _member(session, "aval", "Aval Habitat", "51100", "51454", "Reims"),
    )


def staff_of_role(session: Session, member: MemberWorld, role: str) -> str:
    """Add somebody of a role to a member, as the owner of the tables; return their address."""
    email = f"{role}-{uuid4().hex[:6]}@{member.slug}.example"
    session.add(
        Staff(
            id=uuid4(), member_id=member.id, email=email, name=f"Personne {role}", role=role, password_hash=_HASH,
            team_id=member.teams["agency"],
        )
    )  # fmt: skip
    session.flush()
    return email


def _member(session: Session, slug: str, name: str, postcode: str, insee: str, city: str) -> MemberWorld:
    member = Member(
        id=uuid4(), slug=slug, name=name, seat=city, colour="#1d5b43", dwellings=400, phone="03 53 01 00 00",
        accepts_referrals=True, minutes_to_mend=0,
    )  # fmt: skip
    agency = Agency(id=uuid4(), member_id=member.id, name=f"Agence de {city}", city=city)
    session.add(member)
    session.flush()
    session.add(agency)
    key = f"seve_key_of_{slug}"
    session.add(ApiKey(member_id=member.id, name="extranet", key_hash=hash_key(key), created_at=_now()))
    session.flush()
    teams = _teams(session, member.id, slug, agency)
    supplier = Organisation(
        id=uuid4(), member_id=member.id, name="Chaleur Picarde", kind="supplier", email=f"chaleur@{slug}.example",
        phone=None,
    )  # fmt: skip
    session.add(supplier)
    session.flush()
    _rules(session, member.id, teams, supplier.id)
    agent, supervisor = _staff(session, member.id, slug, teams["agency"])
    address = ("12 bis rue du Marais", postcode, city)
    _patrimoine(session, member.id, slug, agency, insee, address)
    session.flush()
    return MemberWorld(
        member.id, slug, name, key, agent, f"agente@{slug}.example", supervisor, teams, supplier.id,
        f"{slug}-0001", f"{slug}-0002", address,
    )  # fmt: skip


def _now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


def _teams(session: Session, member_id: UUID, slug: str, agency: Agency) -> dict[str, UUID]:
    kinds = {
        "sorting": ("Accueil et tri", None),
        "agency": (f"Équipe de {agency.city}", None),
        "technical": ("Service technique", f"technique@{slug}.example"),
        "on_call": ("Astreinte", f"astreinte@{slug}.example"),
        "tenancy": ("Gestion locative", None),
    }
    teams = {
        kind: Team(
            id=uuid4(),
            member_id=member_id,
            name=name,
            kind=kind,
            email=email,
            agency_id=agency.id if kind == "agency" else None,
        )
        for kind, (name, email) in kinds.items()
    }
    session.add_all(teams.values())
    session.flush()
    return {kind: team.id for kind, team in teams.items()}


def _rules(session: Session, member_id: UUID, teams: dict[str, UUID], supplier_id: UUID) -> None:
    version = RoutingVersion(
        id=uuid4(), member_id=member_id, number=1, note="Première table", created_at=_now(), published_at=_now()
    )
    session.add(version)
    session.flush()

    def rule(position: int, sentence: str, target: str, **conditions: object) -> None:
        session.add(
            RoutingRule(
                id=uuid4(),
                member_id=member_id,
                version_id=version.id,
                position=position,
                sentence=sentence,
                target=target,
                **conditions,
            )
        )

    rule(1, "Un danger va à l'astreinte.", "team", urgency="danger", team_id=teams["on_call"], needs_place=False)
    rule(
        2, "Le chauffage collectif est confié à Chaleur Picarde.", "supplier", category="chauffage",
        heating="collective", team_id=teams["technical"], organisation_id=supplier_id,
    )  # fmt: skip
    rule(3, "Le service technique suit le chauffage.", "team", category="chauffage", team_id=teams["technical"])
    rule(4, "Le loyer se règle avec la gestion locative.", "team", category="loyer", team_id=teams["tenancy"],
         needs_place=False)  # fmt: skip
    rule(5, "Votre agence suit la vie de la résidence.", "team", family="residence", use_agency_team=True)


def _staff(session: Session, member_id: UUID, slug: str, team_id: UUID) -> tuple[UUID, UUID]:
    agent = Staff(
        id=uuid4(), member_id=member_id, email=f"agente@{slug}.example", name="Ana Vidal", role="agent",
        password_hash=_HASH, team_id=team_id,
    )  # fmt: skip
    supervisor = Staff(
        id=uuid4(), member_id=member_id, email=f"responsable@{slug}.example", name="Rémi Sorel", role="supervisor",
        password_hash=_HASH, team_id=team_id,
    )  # fmt: skip
    session.add_all((agent, supervisor))
    return agent.id, supervisor.id


def _patrimoine(
    session: Session, member_id: UUID, slug: str, agency: Agency, insee: str, address: tuple[str, str, str]
) -> None:
    line, postcode, city = address
    towers = Residence(
        id=uuid4(), member_id=member_id, name="Les Tilleuls", agency_id=agency.id, postcode=postcode, insee=insee,
        city=city, heating="collective", has_lift=True,
    )  # fmt: skip
    house = Residence(
        id=uuid4(), member_id=member_id, name="Le Marais", agency_id=agency.id, postcode=postcode, insee=insee,
        city=city, heating="individual", has_lift=False,
    )  # fmt: skip
    session.add_all((towers, house))
    session.flush()

    def dwelling(reference: str, residence: Residence, where: str, floor: int) -> None:
        session.add(
            Dwelling(
                id=uuid4(), member_id=member_id, reference=reference, residence_id=residence.id, address_line=where,
                address_key=address_key(where, postcode), building="A", floor=floor, door="1",
            )
        )  # fmt: skip

    dwelling(f"{slug}-0001", towers, "3 allée des Tilleuls", 4)
    dwelling(f"{slug}-0003", towers, "3 allée des Tilleuls", 5)
    dwelling(f"{slug}-0002", house, line, 0)
    for residence, where in ((towers, "3 allée des Tilleuls"), (house, line)):
        for entry in (
            entry_of_line(where, postcode, insee, city),
            entry_of_name(residence.name, postcode, insee, city),
        ):
            session.add(Address(id=uuid4(), member_id=member_id, residence_id=residence.id, **asdict(entry)))
