"""Bringing a patrimoine in: all or nothing, again and again, one member at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.domain.columns import read_header
from service.journey.patrimoine import patrimoine_writing
from service.journey.patrimoine.patrimoine import Choices, Outcome, bring_in, read_file, readdress
from service.journey.patrimoine.places import Address as Typed
from service.journey.patrimoine.places import find_place
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Agency
from service.models.patrimoine import Address, Contract, Dwelling, Residence
from service.settings import Settings
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
TODAY = NOON.date()
NAMES = (
    "id_logement", "code_residence", "residence", "agence", "adresse", "batiment", "etage", "porte", "code_postal",
    "code_insee", "commune", "chauffage", "ascenseur",
)  # fmt: skip
Cells = Mapping[str, object]


def home(reference: str, code: str = "R1", **changes: object) -> dict[str, object]:
    """Return a good line."""
    values = (
        reference, code, f"Les Saules {code}", "Agence de Amiens", f"{code[1:]} rue des Saules", "A", 1,
        reference[-1:], "80000", "80021", "Amiens", "collectif", "oui",
    )  # fmt: skip
    return {**dict(zip(NAMES, values, strict=True)), **changes}


def bring(app: Flask, member: MemberWorld, lines: Sequence[Cells], **choices: bool) -> Outcome:
    names = list(dict.fromkeys(name for line in lines for name in line))
    rows = [(place, [line.get(name, "") for name in names]) for place, line in enumerate(lines, start=2)]
    with app.app_context():
        return bring_in(member.id, read_file(member.id, read_header(names), rows), Choices(**choices), NOON)


def counted(outcome: Outcome) -> tuple[int, int, int, int]:
    counts = outcome.counts
    return counts.added, counts.changed, counts.reopened, counts.missing


@contextmanager
def seen_by(app: Flask, member: MemberWorld) -> Iterator[Session]:
    with app.app_context(), member_transaction(member.id) as session:
        yield session


def open_references(app: Flask, member: MemberWorld) -> set[str]:
    with seen_by(app, member) as session:
        return set(session.scalars(select(Dwelling.reference).where(Dwelling.closed_on.is_(None))))


def snapshot(settings: Settings) -> dict[str, list[Any]]:
    """Return every row of the patrimoine of every member."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        tables = ("agencies", "residences", "dwellings", "addresses", "contracts")
        found = {name: connection.execute(text(f"select * from {name} order by id")).all() for name in tables}
    engine.dispose()
    return {name: list(rows) for name, rows in found.items()}


def add_dwellings(settings: Settings, member: MemberWorld, count: int) -> None:
    """Give a member many more dwellings than a file of a test has."""
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into dwellings (id, member_id, reference, residence_id, address_line, address_key) "
                "select gen_random_uuid(), :member, 'X' || n, "
                "(select residence_id from dwellings where reference = :ref), "
                "'3 allée des Tilleuls', '80000 3 allee tilleuls' from generate_series(1, :count) n"
            ),
            {"member": member.id, "ref": member.collective, "count": count},
        )
    engine.dispose()


def test_a_file_is_written_with_its_residences_agencies_and_addresses(app: Flask, world: World) -> None:
    lines = [
        home("L1"),
        home("L2"),
        home("L3", "R2", agence="Agence Neuve", gardien="Mme Exemple", chauffage="individuel"),
    ]
    outcome = bring(app, world.first, lines)
    assert outcome.is_written
    assert counted(outcome) == (3, 0, 0, 3)
    assert outcome.new_agencies == ("Agence Neuve",)
    with seen_by(app, world.first) as session:
        residences = {one.code: one for one in session.scalars(select(Residence).where(Residence.code.is_not(None)))}
        assert set(residences) == {"R1", "R2"}
        second = residences["R2"]
        assert (second.name, second.heating, second.has_lift, second.caretaker, second.insee) == (
            "Les Saules R2", "individual", True, "Mme Exemple", "80021",
        )  # fmt: skip
        assert session.get_one(Agency, second.agency_id).name == "Agence Neuve"
        assert set(session.scalars(select(Address.address_key).where(Address.residence_id == second.id))) == {
            "80000 2 rue saules", "80000 residence saules r2",
        }  # fmt: skip
        first = session.scalars(select(Dwelling).where(Dwelling.reference == "L1")).one()
        assert (first.building, first.floor, first.door, first.heating) == ("A", 1, "1", None)
        place = find_place(session, world.first.id, None, Typed("1 r des saules porte 2, amiens", "", ""))
        assert place.residence_id == residences["R1"].id
        assert place.dwelling_id == session.scalars(select(Dwelling.id).where(Dwelling.reference == "L2")).one()


def test_the_same_file_again_changes_nothing(app: Flask, world: World, settings: Settings) -> None:
    lines = [home("L1"), home("L2", "R2")]
    bring(app, world.first, lines)
    before = snapshot(settings)
    assert counted(bring(app, world.first, lines)) == (0, 0, 0, 0)
    assert snapshot(settings) == before


def test_a_changed_line_changes_its_dwelling_and_its_addresses(app: Flask, world: World) -> None:
    bring(app, world.first, [home("L1"), home("L2")])
    lines = [home("L1", adresse="5 rue des Aulnes"), home("L2", adresse="5 rue des Aulnes", porte="9")]
    assert counted(bring(app, world.first, lines)) == (0, 2, 0, 0)
    with seen_by(app, world.first) as session:
        assert set(
            session.scalars(select(Address.line).where(Address.number != "", Address.line.like("%rue des%")))
        ) == {"5 rue des Aulnes"}
        assert session.scalars(select(Dwelling.door).where(Dwelling.reference == "L2")).one() == "9"
        find = Typed("1 rue des Saules", "80000", "Amiens")
        assert find_place(session, world.first.id, None, find).residence_id is None


def test_a_column_the_file_does_not_have_leaves_what_was_known(app: Flask, world: World) -> None:
    bring(app, world.first, [home("L1", gardien="Mme Exemple")])
    line = {name: value for name, value in home("L1").items() if name not in ("porte", "etage")}
    assert counted(bring(app, world.first, [line])) == (0, 0, 0, 0)
    with seen_by(app, world.first) as session:
        dwelling = session.scalars(select(Dwelling).where(Dwelling.reference == "L1")).one()
        assert (dwelling.door, dwelling.floor) == ("1", 1)
        assert session.get_one(Residence, dwelling.residence_id).caretaker == "Mme Exemple"


def test_a_type_of_area_is_kept_until_a_file_says_otherwise(app: Flask, world: World) -> None:
    def area() -> str | None:
        with seen_by(app, world.first) as session:
            return session.scalars(select(Residence.area_type).where(Residence.code == "R1")).one()

    bring(app, world.first, [home("L1", zone="Quartier prioritaire")])
    assert area() == "qpv"
    bring(app, world.first, [home("L1")])  # no such column: nothing is said of it
    assert area() == "qpv"
    bring(app, world.first, [home("L1", zone="")])
    assert area() is None


def test_what_the_file_lost_is_closed_and_what_comes_back_is_opened(
    app: Flask, client: FlaskClient, world: World
) -> None:
    bring(app, world.first, [home("L1"), home("L2", "R2")])
    body = {"text": "Plus de chauffage", "dwelling": {"reference": "L2"}}
    made = client.post("/api/v1/complaints", json=body, headers=world.first.bearer).json
    assert counted(bring(app, world.first, [home("L1")])) == (0, 0, 0, 1)
    assert open_references(app, world.first) == {"L1"}
    typed = Typed("2 rue des Saules", "80000", "Amiens")
    with seen_by(app, world.first) as session:
        residence = session.scalars(select(Residence).where(Residence.code == "R2")).one()
        assert residence.closed_on == TODAY
        assert session.scalars(select(Dwelling.closed_on).where(Dwelling.reference == "L2")).one() == TODAY
        assert session.get_one(Complaint, UUID(made["id"])).residence_id == residence.id
        assert find_place(session, world.first.id, "L2", typed).residence_id is None
        residence_id = residence.id
    assert counted(bring(app, world.first, [home("L1"), home("L2", "R2")])) == (0, 0, 1, 0)
    with seen_by(app, world.first) as session:
        assert session.get_one(Residence, residence_id).closed_on is None
        assert find_place(session, world.first.id, "L2", None).residence_id == residence_id
        assert find_place(session, world.first.id, None, typed).residence_id == residence_id


def test_a_refused_line_stops_everything_unless_asked(app: Flask, world: World, settings: Settings) -> None:
    lines = [home("L1"), home("L2", code_postal="8")]
    before = snapshot(settings)
    assert not bring(app, world.first, lines).is_written
    assert snapshot(settings) == before
    assert bring(app, world.first, lines, is_partial=True).is_written
    assert open_references(app, world.first) == {"L1"}


def test_the_dwelling_of_a_refused_line_is_not_closed_and_stays_found(app: Flask, world: World) -> None:
    bring(app, world.first, [home("L1"), home("L2", "R2"), home("L3", "R3")])
    outcome = bring(app, world.first, [home("L1"), home("L2", "R2", code_postal="8")], is_partial=True)
    assert counted(outcome) == (0, 0, 0, 1)  # L3 only
    assert open_references(app, world.first) == {"L1", "L2"}
    with seen_by(app, world.first) as session:
        for typed in (
            Typed("2 rue des Saules", "80000", "Amiens"),
            Typed("résidence les saules r2", "80000", "Amiens"),
        ):
            assert find_place(session, world.first.id, None, typed).residence_id is not None, typed


def test_nothing_is_closed_when_a_refused_line_may_be_any_dwelling(app: Flask, world: World) -> None:
    bring(app, world.first, [home("L1"), home("L2")])
    outcome = bring(app, world.first, [home("L1"), home("")], is_partial=True)
    assert outcome.is_written
    assert outcome.keeps_missing
    assert open_references(app, world.first) == {"L1", "L2"}


def test_a_dry_run_counts_and_writes_nothing(app: Flask, world: World, settings: Settings) -> None:
    before = snapshot(settings)
    outcome = bring(app, world.first, [home("L1", agence="Agence Neuve")], is_dry_run=True)
    assert counted(outcome) == (1, 0, 0, 3)
    assert not outcome.is_written
    assert snapshot(settings) == before


@pytest.mark.parametrize(("count", "stops"), [(97, False), (98, True)])
def test_a_file_that_closes_too_many_is_stopped(
    app: Flask, world: World, settings: Settings, count: int, stops: bool
) -> None:
    add_dwellings(settings, world.first, count)  # with the three it has: a hundred, then one more
    outcome = bring(app, world.first, [home("L1")])
    assert outcome.closes_too_many == stops
    assert outcome.is_written != stops
    if stops:
        assert "L1" not in open_references(app, world.first)
        assert bring(app, world.first, [home("L1")], allows_closing=True).is_written
    assert open_references(app, world.first) == {"L1"}


def test_an_import_that_dies_half_way_leaves_nothing(
    app: Flask, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(settings)
    statements = patrimoine_writing.READDRESS
    monkeypatch.setattr(patrimoine_writing, "READDRESS", (*statements, "select pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(OperationalError):
        bring(app, world.first, [home("L1", agence="Agence Neuve")])
    assert snapshot(settings) == before
    monkeypatch.undo()
    assert bring(app, world.first, [home("L1")]).is_written


def test_another_members_patrimoine_is_left_alone(app: Flask, world: World, settings: Settings) -> None:
    def others() -> dict[str, list[Any]]:
        return {
            name: [row for row in rows if row.member_id == world.second.id] for name, rows in snapshot(settings).items()
        }

    bring(app, world.second, [home("L1"), home("L2", "R2")])
    before = others()
    bring(app, world.first, [home("L1", "R2")])
    bring(app, world.first, [home("L3", "R2")])
    assert others() == before


def test_residences_set_up_without_a_code_are_met_by_their_name(app: Flask, world: World) -> None:
    line = home(world.first.collective, "T1", residence="les tilleuls", adresse="3 allée des Tilleuls")
    bring(app, world.first, [line])
    with seen_by(app, world.first) as session:
        named = session.scalars(select(Residence).where(func.lower(Residence.name) == "les tilleuls")).one()
        assert (named.code, named.closed_on) == ("T1", None)


def test_contracts_follow_the_file(app: Flask, world: World) -> None:
    def trades() -> set[str]:
        with seen_by(app, world.first) as session:
            return set(session.scalars(select(Contract.trade).where(Contract.residence_id.is_not(None))))

    bring(app, world.first, [home("L1", contrats="chaufferie=Chaleur Picarde; ascenseur=chaleur picarde")])
    assert trades() == {"heating_collective", "lift"}
    bring(app, world.first, [home("L1")])  # no such column: nothing is said of contracts
    assert trades() == {"heating_collective", "lift"}
    bring(app, world.first, [home("L1", contrats="ascenseur=Chaleur Picarde")])
    assert trades() == {"lift"}


def test_codes_stay_text(app: Flask, world: World) -> None:
    bring(app, world.first, [home("L1", code_insee=2691.0, code_postal=2100.0), home("L2", "R2", code_insee="2A004")])
    with seen_by(app, world.first) as session:
        rows = session.execute(select(Residence.insee, Residence.postcode).where(Residence.code.in_(("R1", "R2"))))
        assert {tuple(row) for row in rows} == {("02691", "02100"), ("2A004", "80000")}


def test_addresses_are_made_again_from_the_dwellings(app: Flask, world: World, settings: Settings) -> None:
    bring(app, world.first, [home("L1"), home("L2", "R2", code_postal="80080"), home("L3", "R3")])
    bring(app, world.first, [home("L1"), home("L2", "R2", code_postal="80080")])
    engine = create_engine(settings.database_owner_url)

    def kept() -> set[tuple[Any, ...]]:
        with engine.connect() as connection:
            rows = connection.execute(
                text("select member_id, residence_id, address_key, number, postcode from addresses")
            )
            return {tuple(row) for row in rows}

    before = kept()
    with engine.begin() as connection:
        connection.execute(text("delete from addresses where postcode <> '80080'"))
        connection.execute(text("update dwellings set address_key = 'old' where reference = 'L1'"))
    with app.app_context():
        for member in (world.first, world.second):
            readdress(member.id)
    assert kept() == before
    with engine.connect() as connection:
        assert (
            connection.scalar(text("select address_key from dwellings where reference = 'L1'")) == "80000 1 rue saules"
        )
    engine.dispose()
