"""Addresses as tenants type them, on an invented patrimoine full of traps."""

from dataclasses import asdict, dataclass
from datetime import date
from itertools import product
from random import Random
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from service.domain.addresses import address_key, entry_of_line, entry_of_name
from service.journey.patrimoine.places import Address as Typed
from service.journey.patrimoine.places import Place, find_place, place_in_words
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Agency
from service.models.patrimoine import Address, Dwelling, Residence
from service.models.submission import Referral
from service.settings import Settings
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

TOWNS = {
    "Amiens": ("80000", "80021"),
    "Amiens Nord": ("80080", "80021"),  # the same town under another postcode
    "Rivery": ("80136", "80674"),
    "Ailly-sur-Somme": ("80470", "80011"),
    "Saint-Quentin": ("02100", "02691"),
    "Reims": ("51100", "51454"),
    "Le Crotoy": ("80550", "80228"),
}
# residence, town, lines, buildings with how many flats each
FIRST = (
    ("Les Ormes", "Amiens", ("12 bis rue de la République",), {"A": 2, "B": 2, "C": 3}),
    ("Le Clos Marin", "Amiens", ("12 rue de la République",), {"A": 2}),
    ("République Rivery", "Rivery", ("12 rue de la République",), {"A": 2}),
    ("Les Deux Tours Est", "Amiens", ("40 boulevard de Strasbourg",), {"A": 3, "B": 3}),
    ("Les Deux Tours Ouest", "Amiens", ("40 boulevard de Strasbourg",), {"C": 3, "D": 3}),
    ("Les Glycines", "Amiens", ("5 rue Saint-Leu", "7 rue Saint-Leu"), {"": 4}),
    ("La Roseraie", "Amiens", ("9 rue Saint-Leu",), {"": 4}),
    ("Pavillon Leclerc", "Amiens", ("3 avenue du Général Leclerc",), {"": 1}),
    ("Jaurès", "Ailly-sur-Somme", ("8 rue Jean Jaurès",), {"": 6}),
    ("La Porte", "Amiens", ("6 rue de la Porte de Paris",), {"": 3}),
    ("Huit Mai", "Amiens", ("11 place du 8 mai 1945",), {"": 3}),
    ("Verdun", "Amiens", ("4 rue de Verdun",), {"": 3}),
    ("Verdon", "Amiens", ("2 rue du Verdon",), {"": 3}),
    ("Nord", "Amiens Nord", ("21 allée des Pinsons",), {"": 3}),
    ("L'Abbaye", "Saint-Quentin", ("15 rue de l'Abbaye",), {"": 3}),
    ("Les Dunes", "Le Crotoy", ("1 quai Courbet",), {"": 3}),
    ("Hoche", "Amiens", ("18 rue Hoche",), {"": 3}),
    ("Partagée", "Amiens", ("33 rue Partagée",), {"": 3}),
    ("Les Bleuets", "Amiens", ("1 rue du Nord",), {"": 3}),
    ("Les Bleuets", "Rivery", ("2 rue du Nord",), {"": 3}),
    ("Fermée", "Amiens", ("50 rue Close",), {"": 3}),
    ("Le Prieuré", "Amiens", ("10 rue Neuve", "12 rue Neuve"), {"": 4}),
)
SECOND = (
    ("Partagée aussi", "Amiens", ("33 rue Partagée",), {"": 3}),
    ("Ailleurs", "Reims", ("30 rue des Carmes",), {"": 1}),
    ("Ailleurs encore", "Reims", ("32 rue des Carmes", "32 bis rue des Carmes"), {"": 3}),
    ("Même code", "Reims", ("6 rue du Puits",), {"": 3}),
)
# (line, postcode, city) -> the residence, or the reason why none
WRITINGS: tuple[tuple[tuple[str, str, str], str], ...] = (
    (("12 bis rue de la République", "80000", "Amiens"), "Les Ormes"),
    (("12bis r. de la republique, amiens, bat C", "", ""), "Les Ormes"),
    (("12 BIS RUE DE LA REPUBLIQUE 80000 AMIENS", "", ""), "Les Ormes"),
    (("12 B rue de la republique", "80000", "Amiens"), "Les Ormes"),
    (("12-bis, rue de la République", "80000", "amiens"), "Les Ormes"),
    (("12b rue République", "", "Amiens"), "Les Ormes"),
    (("n°12 bis rue de la République\n80000 Amiens", "", ""), "Les Ormes"),
    (("n° 12 rue de la République", "80000", "Amiens"), "Le Clos Marin"),
    (("12 rue de la République", "80000", "Amiens"), "Le Clos Marin"),
    (("12, rue de la République", "80000", "Amiens"), "Le Clos Marin"),
    (("12 republique amiens", "", ""), "Le Clos Marin"),
    (("12 rue de la Republique 80 000 Amiens", "", ""), "Le Clos Marin"),
    (("rue de la République 12, Amiens", "", ""), "Le Clos Marin"),
    (("rue de la république n°12, 80000 amiens", "", ""), "Le Clos Marin"),
    (("12 rue de la Répubique", "80000", "Amiens"), "Le Clos Marin"),
    (("12 rue de la repuplique", "80000", "Amiens"), "Le Clos Marin"),
    (("12 rue de la repbliqe", "80000", "Amiens"), "Le Clos Marin"),
    (("12 reu de la république", "80000", "Amiens"), "Le Clos Marin"),
    (("12 rue de la République", "80136", "Rivery"), "République Rivery"),
    (("12 rue de la république, rivery", "", ""), "République Rivery"),
    (("12 rue de la République", "80136", ""), "République Rivery"),
    (("12 rue de la République", "", ""), "town"),
    (("12 rue de la République", "80136", "Amiens"), "town"),
    (("12 rue de la République", "80100", "Abbeville"), "not_found"),
    (("12 rue de la République, Abbeville", "", ""), "town"),
    (("12 rue de la République, Abbeville", "80000", ""), "not_found"),
    (("12 rue de la République 80000 Abbeville", "", ""), "not_found"),
    (("12 rue de la République 80136 Rivery", "80000", "Amiens"), "town"),
    (("12 rue de la République, Rivery", "80000", "Amiens"), "town"),
    (("12 ter rue de la République", "80000", "Amiens"), "not_found"),
    (("120 rue de la République", "80000", "Amiens"), "not_found"),
    (("12 avenue de la République", "80000", "Amiens"), "not_found"),
    (("12 rue de la République Française", "80000", "Amiens"), "not_found"),
    (("rue de la République", "80000", "Amiens"), "several"),
    (("40 boulevard de Strasbourg", "80000", "Amiens"), "several"),
    (("40 bd de strasbourg bat A", "80000", "Amiens"), "Les Deux Tours Est"),
    (("bâtiment D, 40 bld Strasbourg, Amiens", "", ""), "Les Deux Tours Ouest"),
    (("40 Bd de Strasbourg\nBAT. C APPT 2\n80000 AMIENS", "", ""), "Les Deux Tours Ouest"),
    (("40 boulevard de Strasbourg bat Z", "80000", "Amiens"), "several"),
    (("Résidence les Deux Tours Ouest, 40 boulevard de Strasbourg", "80000", "Amiens"), "Les Deux Tours Ouest"),
    (("5 rue St Leu", "80000", "Amiens"), "Les Glycines"),
    (("7 rue saint-leu 3e étage porte droite", "80000", "Amiens"), "Les Glycines"),
    (("9 r st leu amiens", "", ""), "La Roseraie"),
    (("rue Saint-Leu", "80000", "Amiens"), "several"),
    (("3 av Gal Leclerc", "80000", "Amiens"), "Pavillon Leclerc"),
    (("3 avenue Leclerc", "80000", "Amiens"), "Pavillon Leclerc"),
    (("3 avenue du Maréchal Leclerc", "80000", "Amiens"), "Pavillon Leclerc"),
    (("8 rue J. Jaurès", "80470", "Ailly-sur-Somme"), "Jaurès"),
    (("8 rue jean jaures ailly s/ somme", "", ""), "Jaurès"),
    (("8 rue Jean-Jaurès, Ailly sur Somme", "", ""), "Jaurès"),
    (("8 rue jeanjaures", "80470", "Ailly"), "Jaurès"),
    (("6 rue de la porte de paris", "80000", "Amiens"), "La Porte"),
    (("11 pl. du 8 mai 1945", "80000", "Amiens"), "Huit Mai"),
    (("11 place du 8 mai, Amiens", "", ""), "not_found"),
    (("place du 8 mai 1945, Amiens", "", ""), "Huit Mai"),
    (("4 rue de verdum", "80000", "Amiens"), "Verdun"),
    (("4 rue du Verdon", "80000", "Amiens"), "not_found"),
    (("21 allée des Pinsons", "80080", "Amiens"), "Nord"),
    (("21 allée des Pinsons", "80000", "Amiens"), "Nord"),
    (("21 allée des Pinsons", "80100", "Amiens"), "town"),
    (("15 rue de l’Abbaye", "02100", "St Quentin"), "L'Abbaye"),
    (("15 rue de l abbaye 02100 ST-QUENTIN CEDEX", "", ""), "L'Abbaye"),
    (("1 quai Courbet, Crotoy", "", ""), "Les Dunes"),
    (("18 rue Roche", "80000", "Amiens"), "not_found"),
    (("Mme Dupont, appt 3, 18 rue Hoche, 80000 Amiens", "", ""), "Hoche"),
    (("18 rue Hoche 3ème étage gauche", "80000", ""), "Hoche"),
    (("18 rue Hoche bâtiment Acacia, amiens", "", ""), "Hoche"),
    (("Bat 3 - 18 rue Hoche - Amiens", "", ""), "Hoche"),
    (("18 rue Hoche chez M. Martin\n80000 Amiens", "", ""), "Hoche"),
    (("18 RUE HOCHE AMIENS 80", "", ""), "Hoche"),
    (("J'habite au 18 rue Hoche à Amiens", "", ""), "Hoche"),
    (("Résidence Les Ormes 12 bis rue de la République Amiens", "", ""), "Les Ormes"),
    (("12 bis résidence les Ormes, rue de la République", "80000", "Amiens"), "Les Ormes"),
    (("12 résidence les ormes amiens", "", ""), "Les Ormes"),
    (("Résidence Porte d'Amiens, 12 rue de la République, Abbeville", "", ""), "not_found"),
    (("33 rue Partagée", "80000", "Amiens"), "shared"),
    (("33 rue partagee", "80000", "Amiens"), "shared"),
    (("33 partagée amiens", "", ""), "shared"),
    (("résidence les ormes", "80000", "Amiens"), "Les Ormes"),
    (("Résidence Les Ormes Amiens", "", ""), "Les Ormes"),
    (("les ormes, amiens, bat c", "", ""), "Les Ormes"),
    (("RESIDENCE LES BLEUETS", "80000", "AMIENS"), "Les Bleuets"),
    (("résidence les bleuets", "", ""), "town"),
    (("50 rue Close", "80000", "Amiens"), "not_found"),
    (("14 rue Neuve", "80000", "Amiens"), "not_found"),
    (("rue Neuve", "80000", "Amiens"), "Le Prieuré"),
    (("12 rue des Inconnus", "80000", "Amiens"), "not_found"),
    (("Amiens", "80000", "Amiens"), "not_found"),
    (("80000 Amiens", "", ""), "not_found"),
    (("", "", ""), "town"),
    (("'; drop table addresses; --", "80000", "Amiens"), "not_found"),
    (("🏠🏠🏠", "80000", "Amiens"), "not_found"),
    (("30 rue des Carmes", "51100", "Reims"), "-> Ailleurs"),
    (("30 r. des carmes, 51100 reims", "", ""), "-> Ailleurs"),
    (("30 r. des carmes 51100 reims", "", ""), "-> Ailleurs"),
    (("32 b rue des Carmes bat Z", "51100", "Reims"), "-> Ailleurs encore"),
    (("30 rue des Carme", "51100", "Reims"), "not_found"),
    (("30 rue des Carmes", "", "Reims"), "not_found"),
    (("30 rue des Carmes", "51100", "Tinqueux"), "not_found"),
    (("30 rue des Carmes", "80000", "Amiens"), "not_found"),
)


@dataclass(frozen=True)
class Map:
    """The names of the residences by id."""

    names: dict[UUID, str]
    towns: dict[UUID, str]


def town_of(key: str) -> tuple[str, str, str]:
    postcode, insee = TOWNS[key]
    return postcode, insee, key.replace(" Nord", "")


def settle(session: Session, member: MemberWorld, plan: tuple[tuple[object, ...], ...]) -> dict[UUID, tuple[str, str]]:
    """Write residences with their dwellings and addresses."""
    agency_id = session.scalars(select(Agency.id).where(Agency.member_id == member.id)).first()
    made: dict[UUID, tuple[str, str]] = {}
    number = 0
    for name, key, lines, buildings in plan:
        town = town_of(str(key))
        residence = Residence(
            id=uuid4(), member_id=member.id, name=str(name), agency_id=agency_id, postcode=town[0], insee=town[1],
            city=town[2], heating="collective", has_lift=False,
            closed_on=date(2026, 1, 1) if name == "Fermée" else None,
        )  # fmt: skip
        session.add(residence)
        session.flush()
        made[residence.id] = (str(name), town[2])
        entries = [entry_of_name(residence.name, *town), *(entry_of_line(line, *town) for line in lines)]
        for entry in entries:
            session.add(Address(id=uuid4(), member_id=member.id, residence_id=residence.id, **asdict(entry)))
        for line, (building, flats) in product(lines, buildings.items()):
            for flat in range(flats):
                number += 1
                session.add(
                    Dwelling(
                        id=uuid4(), member_id=member.id, reference=f"{member.slug}/{number}", residence_id=residence.id,
                        address_line=line, address_key=address_key(line, town[0]), building=building or None,
                        floor=flat, door=str(flat + 1),
                    )
                )  # fmt: skip
    session.flush()
    return made


@pytest.fixture
def places(world: World, settings: Settings) -> Map:
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        made = settle(session, world.first, FIRST) | settle(session, world.second, SECOND)
        session.commit()
    engine.dispose()
    return Map({key: name for key, (name, _) in made.items()}, {key: town for key, (_, town) in made.items()})


def find(app: Flask, member: MemberWorld, line: str, postcode: str, city: str) -> Place:
    with app.app_context(), member_transaction(member.id) as session:
        return find_place(session, member.id, None, Typed(line, postcode, city))


def outcome(world: World, places: Map, place: Place) -> str:
    if place.residence_id is None:
        return str(place.why)
    name = places.names[place.residence_id]
    return name if place.member_id == world.first.id else f"-> {name}"


def sign(settings: Settings, slug: str, *, signs: bool) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update members set accepts_referrals = :yes where slug = :s"), {"yes": signs, "s": slug}
        )
    engine.dispose()


def test_every_writing_leads_to_its_residence_or_to_a_named_doubt(app: Flask, world: World, places: Map) -> None:
    wrong = []
    for typed, expected in WRITINGS:
        found = outcome(world, places, find(app, world.first, *typed))
        if found != expected:
            wrong.append((typed, expected, found))
    assert not wrong


def spoil(random: Random, line: str) -> str:
    """Write a line as somebody in a hurry does."""
    for _ in range(random.randrange(3)):
        place = random.randrange(len(line))
        kind = random.randrange(3)
        letter = random.choice("aeinrstlu ")
        line = line[:place] + ("", letter, letter + line[place])[kind] + line[place + 1 :]
    return random.choice((str.lower, str.upper, str))(line)


def test_no_writing_leads_to_a_residence_of_another_town(app: Flask, world: World, places: Map) -> None:
    random = Random(20261126)
    lines = [line for *_, lines, _ in FIRST for line in lines] + ["résidence les Bleuets", "résidence les Ormes"]
    towns = [town_of(key) for key in TOWNS]
    found = 0
    for _ in range(600):
        line, (postcode, _, city) = spoil(random, random.choice(lines)), random.choice(towns)
        form = random.randrange(5)
        typed = (
            (line, postcode, city), (line, "", city), (f"{line}, {city}", "", ""),
            (f"{line} {postcode} {city}", "", ""), (f"{line} {city.upper()}", "", ""),
        )[form]  # fmt: skip
        place = find(app, world.first, *typed)
        if place.residence_id:
            found += 1
            assert places.towns[place.residence_id] == city, typed
    assert found > 40


def test_a_postcode_and_a_town_that_disagree_lead_nowhere(app: Flask, world: World, places: Map) -> None:
    assert places
    lines = [line for *_, lines, _ in FIRST for line in lines]
    towns = [town_of(key) for key in TOWNS]
    for line, (postcode, _, city), (_, _, other) in product(lines, towns, towns):
        if city != other:
            assert find(app, world.first, line, postcode, other).residence_id is None, (line, postcode, other)


def test_a_dwelling_is_named_only_when_exactly_one_fits(app: Flask, world: World, places: Map) -> None:
    assert places

    def dwelling(line: str) -> UUID | None:
        return find(app, world.first, line, "80000", "Amiens").dwelling_id

    assert dwelling("12 bis rue de la République") is None
    assert dwelling("12 bis rue de la République bat C") is None
    assert dwelling("12 bis rue de la République appt 3") is not None  # only building C has three flats
    one = dwelling("12 bis rue de la République bat B appt 01")
    assert one is not None
    assert (
        one
        == dwelling("Bâtiment B porte 1, 12 bis rue de la République")
        == dwelling("12 bis rue de la République, Bt B, rdc")
    )
    assert dwelling("12 bis rue de la République bat B appt 9") is None
    assert dwelling("3 avenue du Général Leclerc") is not None  # a house


def test_a_closed_dwelling_is_not_found_by_its_reference(app: Flask, world: World, settings: Settings) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update dwellings set closed_on = '2026-01-01' where reference = :ref"),
            {"ref": world.first.collective},
        )
    engine.dispose()
    with app.app_context(), member_transaction(world.first.id) as session:
        assert find_place(session, world.first.id, world.first.collective, None).dwelling_id is None
        assert find_place(session, world.first.id, world.first.individual, None).dwelling_id is not None


@pytest.mark.parametrize("unsigned", ["amont", "aval"])
def test_an_address_crosses_to_another_member_only_when_both_signed(
    app: Flask, world: World, places: Map, settings: Settings, unsigned: str
) -> None:
    typed = ("30 rue des Carmes", "51100", "Reims")
    assert find(app, world.first, *typed).member_id == world.second.id
    sign(settings, unsigned, signs=False)
    place = find(app, world.first, *typed)
    assert (place.member_id, place.residence_id) == (world.first.id, None)
    assert places.names


def test_a_complaint_about_another_members_address_is_logged_on_both_sides(
    app: Flask, client: FlaskClient, world: World, places: Map
) -> None:
    address = {"line": "30 rue des Carmes", "postcode": "51100", "city": "Reims"}
    body = {"text": "Plus de chauffage", "dwelling": {"address": address}}
    made = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    complaint_id = UUID(made.json["id"])
    with app.app_context():
        for member, direction in ((world.first, "sent"), (world.second, "received")):
            with member_transaction(member.id) as session:
                log = session.scalars(select(Referral).where(Referral.complaint_id == complaint_id)).one()
                assert (log.direction, log.reference) == (direction, "30 rue des Carmes 51100 Reims")
        with member_transaction(world.second.id) as session:
            complaint = session.get_one(Complaint, complaint_id)
            assert places.names[complaint.residence_id] == "Ailleurs"
            assert complaint.dwelling_id is not None


@pytest.mark.parametrize(
    ("line", "why", "words"),
    [
        ("40 boulevard de Strasbourg", "several", "deux résidences possibles"),
        ("33 rue Partagée", "shared", "adresse aussi gérée par un autre bailleur"),
    ],
)
def test_staff_read_why_no_residence_was_chosen(
    app: Flask, client: FlaskClient, world: World, places: Map, line: str, why: str, words: str
) -> None:
    assert places
    address = {"line": line, "postcode": "80000", "city": "Amiens"}
    body = {"text": "Plus de chauffage", "dwelling": {"address": address}}
    made = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    assert made.json["routed_to"]["kind"] == "sorting"
    with app.app_context(), member_transaction(world.first.id) as session:
        complaint = session.get_one(Complaint, UUID(made.json["id"]))
        assert complaint.place_given == {"reference": None, "address": address, "why": why}
        assert place_in_words(session, complaint).endswith(f"{line}, 80000 Amiens : {words})")
