"""Row-level security, with the role the application really uses and queries that forget their filter."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from service.journey import steps
from service.journey.administration import audit
from service.journey.closing import closing
from service.journey.feedback import feedback
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, network_transaction, shared_transaction
from service.models.clock import OnCallContact, Page, Target
from service.models.complaint import Complaint, Event
from service.models.database import Base
from service.models.draft import Draft, Upload, UploadPiece
from service.models.feedback import OptOut, StageFeedback
from service.models.handover import Attachment, Handover
from service.models.incident import Incident, IncidentLink, IncidentNews
from service.models.introduction import Introduction, IntroductionKey
from service.models.member import ClosureDay, Team
from service.models.news import LetterBatch, LinkRequest
from service.models.oversight import ComplaintView, Confidant, Proposal, Search
from service.models.patrimoine import Address, Contract
from service.models.people import TeamRole
from service.models.signing_in import IdentityProvider, Invitation, Passkey, StaffSession
from service.models.trends import (
    Contribution,
    OwnFigures,
    OwnWords,
    TermProposal,
    TermSighting,
    TrendConsent,
    TrendObjection,
)
from service.models.upkeep import Erasure, Hold, RetentionRule, Threshold
from service.models.workspace import AnswerTemplate, BulkAct, Commitment, Export, ExportPiece, Presence, SavedView
from service.settings import Settings
from tests.work import add_webhook, correct, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

OWNED = sorted(table.name for table in Base.metadata.tables.values() if "member_id" in table.columns)
PUBLISHED = [
    "model_weeks", "network_keys", "term_approvals", "trend_charges", "trend_decisions", "trend_errata",
    "trend_snapshots", "watch_terms",
]  # fmt: skip
# What a release writes, and the application cannot read back.
OF_RELEASES = ["term_sightings", "trend_contributions"]
PUBLIC = ["members"]


def live(app: Flask, client: FlaskClient, world: World) -> None:
    """Give each member at least one row in every table it owns."""
    ports: Ports = app.extensions["seve"].ports
    for member, other in ((world.first, world.second), (world.second, world.first)):
        own = {"text": "Le radiateur reste froid", "dwelling": {"reference": member.collective}}
        made = client.post("/api/v1/complaints", json=own, headers=member.bearer)
        referred = own | {"dwelling": {"reference": other.collective}}
        assert client.post("/api/v1/complaints", json=referred, headers=member.bearer).status_code == 201
        complaint_id = UUID(made.json["id"])
        with app.app_context():
            with member_transaction(member.id) as session:
                add_webhook(session, member, ports, "https://si.example/")
            work_off(member, ports)
            correct(member, complaint_id, ports)
            steps.follow(member.id, complaint_id, ports)
            closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réglé.", ports=ports)
            feedback.give_feedback(member.id, complaint_id, score=9, solved="yes", comment="", ports=ports)
            with member_transaction(member.id) as session:
                fill(session, session.get_one(Complaint, complaint_id), member, ports.clock.now())


def fill(session: Session, complaint: Complaint, member: MemberWorld, now: datetime) -> None:
    """Write a row in the tables that the journey of one complaint does not reach."""
    event_id = session.scalars(select(Event.id).where(Event.complaint_id == complaint.id)).first()
    about = {"member_id": member.id, "complaint_id": complaint.id}
    incident = Incident(
        id=uuid4(), member_id=member.id, residence_id=complaint.residence_id, category="ascenseur", kind="outage",
        status="open", title="Ascenseur en panne", opened_by="Ana Vidal", opened_at=now, starts_at=now,
    )  # fmt: skip
    session.add(incident)
    session.flush()
    session.add_all((
        IncidentLink(**about, incident_id=incident.id, household="a", linked_by="Ana Vidal", linked_at=now),
        IncidentNews(member_id=member.id, incident_id=incident.id, text="Bientôt", author="Ana Vidal", at=now),
        Handover(
            **about, event_id=event_id, organisation_id=member.supplier_id, status="offered", offered_at=now,
            expires_at=now, answer_due_at=now,
        ),
        Attachment(
            **about, event_id=event_id, media_type="image/jpeg", sha256="0", width=1, height=1, content=b"0",
            author="Ana Vidal", at=now,
        ),
        Page(**about, event_id=event_id, started_at=now, next_round_at=now),
        Target(member_id=member.id, clock="first_answer", amount=3, unit="working_days"),
        OnCallContact(member_id=member.id, level=1, name="Ana Vidal", phone="06 00 00 00 00"),
        ClosureDay(member_id=member.id, day=now.date(), label="Pont"),
        Draft(member_id=member.id, token_hash="a", sealed="s", updated_at=now, expires_at=now),
        LetterBatch(member_id=member.id, made_by_id=member.agent_id, made_at=now),
        LinkRequest(member_id=member.id, sealed_address="s", language="fr", asked_at=now),
        OptOut(member_id=member.id, address_hash="a", purpose="survey", at=now),
        StageFeedback(member_id=member.id, stage="travaux", score=7, language="fr", at=now),
    ))  # fmt: skip
    fill_workspace(session, complaint, member, now)
    upload = Upload(id=uuid4(), member_id=member.id, holder_hash="a", size=1, state="receiving", at=now, expires_at=now)
    key = IntroductionKey(
        id=uuid4(), member_id=member.id, name="extranet", algorithm="HS256", sealed_secret="s", created_at=now
    )
    session.add_all((upload, key))
    session.flush()
    session.add_all((
        UploadPiece(member_id=member.id, upload_id=upload.id, start=0, content=b"0"),
        Introduction(
            member_id=member.id, key_id=key.id, jti_hash="a", token_hash="a", sealed="s", at=now, expires_at=now
        ),
    ))  # fmt: skip
    if session.scalars(select(Contract.id)).first() is None:
        session.add(Contract(member_id=member.id, organisation_id=member.supplier_id, trade="heating_collective"))
    if session.scalars(select(Address.id)).first() is None:
        session.add(
            Address(
                member_id=member.id, residence_id=complaint.residence_id, address_key="k", line="1 rue", number="1",
                street_key="rue", postcode="80000", insee="80021", city_key="amiens",
            )
        )  # fmt: skip


def _export_id(member: MemberWorld) -> UUID:
    return uuid5(member.id, "export")


def fill_workspace(session: Session, complaint: Complaint, member: MemberWorld, now: datetime) -> None:
    """Write a row in the tables that only people at work reach."""
    event_id = session.scalars(select(Event.id).where(Event.complaint_id == complaint.id)).first()
    own: dict[str, Any] = {"member_id": member.id}
    about, by = own | {"complaint_id": complaint.id}, own | {"staff_id": member.agent_id}
    audit.write(session, member.id, audit.SYSTEM, "created", "Une équipe", at=now)
    session.add_all((
        AnswerTemplate(**own, name="Merci", use="answer", body="Merci.", changed_by="Ana Vidal", changed_at=now),
        BulkAct(**by, kind="assign", values={}, items=[], made_at=now),
        Commitment(
            **about, event_id=event_id, what="Changer la pompe", due_on=now.date(), owner="Service technique",
            made_by="Ana Vidal", made_at=now,
        ),
        ComplaintView(**about, staff_id=member.agent_id, how="page", at=now),
        Confidant(**about, staff_id=member.agent_id, named_by="Ana Vidal", named_at=now),
        Erasure(**about, reference=complaint.reference, why="asked", at=now, counts={}),
        ExportPiece(**own, export_id=_export_id(member), number=0, content=b"x"),
        Export(**by, id=_export_id(member), kind="complaints",
               title="Tout", query={}, format="csv", status="waiting", made_at=now,
               expires_at=now),
        Hold(**about, reason="Litige", placed_by="Ana Vidal", placed_at=now),
        IdentityProvider(**own, name="Annuaire", issuer="https://i.example", client_id="seve", email_domains=[],
                         created_at=now),
        Invitation(**by, purpose="welcome", token_hash=str(member.id), made_by="Ana Vidal", made_at=now,
                   expires_at=now),
        Passkey(**by, name="Téléphone", credential_id=member.id.bytes, public_key=b"0", sign_count=0, created_at=now),
        Presence(**about, staff_id=member.agent_id, seen_at=now),
        Proposal(**own, kind="test", subject="Un essai", values={}, reason="Pour voir", asked_by_id=member.agent_id,
                 asked_at=now, expires_at=now),
        RetentionRule(**own, months=24),
        SavedView(**by, name="À moi", address={}, made_at=now),
        OwnWords(**own, month=now.date().replace(day=1), households=5, words={"mousse": [5, "mousse"]}),
        TermProposal(**own, term="mousse", label="mousse", at=now),
        TermSighting(**about, term="punaise"),
        TrendConsent(**own, product="MF", from_month=now.date(), until_month=None, given_by="Ana Vidal", at=now),
        TrendObjection(**own, dwelling_id=complaint.dwelling_id, at=now),
        Search(**by, words="ascenseur", found=0, at=now),
        StaffSession(**by, means="password", device="Firefox", created_at=now, seen_at=now),
        TeamRole(**by, team_id=member.teams["agency"], role="supervisor"),
        Threshold(**own, category="ascenseur", confidence=0.9),
    ))  # fmt: skip


def fill_released(settings: Settings, world: World) -> None:
    """Write a row in the tables that only a release writes."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        for member in (world.first, world.second):
            own: dict[str, Any] = {"member_id": member.id, "product": "C1", "period": date(2026, 10, 1)}
            session.add_all((Contribution(**own, household=b"a", cells=1), OwnFigures(**own, figures={})))
        session.commit()
    engine.dispose()


def owners(settings: Settings, table: str) -> set[UUID]:
    """Return who has rows in a table, as its owner sees it."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = set(connection.scalars(text(f"select member_id from {table}")))
    engine.dispose()
    return found


def test_every_table_is_owned_published_or_public() -> None:
    others = set(Base.metadata.tables) - set(OWNED) - set(PUBLISHED) - set(PUBLIC)
    assert others == {
        "network_choices", "network_letters", "network_readers", "network_sessions", "sign_in_attempts"
    }  # fmt: skip


def test_a_query_without_filter_sees_one_member_only_and_none_without_a_member(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    live(app, client, world)
    fill_released(settings, world)
    for table in OWNED:
        assert owners(settings, table) == {world.first.id, world.second.id}, f"{table}: nothing to hide, no test"
        if table in OF_RELEASES:
            continue
        with app.app_context():
            with member_transaction(world.first.id) as session:
                assert set(session.scalars(text(f"select member_id from {table}"))) == {world.first.id}, table
            with shared_transaction() as session:
                assert session.scalar(text(f"select count(*) from {table}")) == 0, table


@pytest.mark.parametrize("table", OF_RELEASES)
def test_the_application_cannot_read_what_a_release_counts_by(app: Flask, world: World, table: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with app.app_context(), refused, member_transaction(world.first.id) as session:
        session.execute(text(f"select member_id from {table}"))


@pytest.mark.parametrize("table", [*OWNED, *PUBLIC])
def test_the_network_cannot_read_what_members_own(app: Flask, table: str) -> None:
    with (
        app.app_context(),
        pytest.raises(ProgrammingError, match="permission denied"),
        network_transaction() as session,
    ):
        session.execute(text(f"select * from {table}"))


def test_a_row_cannot_be_written_for_another_member(app: Flask, world: World) -> None:
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with app.app_context(), refused, member_transaction(world.first.id) as session:
        session.add(Team(id=uuid4(), member_id=world.second.id, name="Intrus", kind="agency"))


def test_another_members_row_cannot_be_changed(app: Flask, world: World) -> None:
    with app.app_context():
        with member_transaction(world.first.id) as session:
            changed = session.execute(
                text("update teams set name = 'pris' where id = :id"), {"id": world.second.teams["sorting"]}
            )
            assert changed.rowcount == 0
        with member_transaction(world.second.id) as session:
            names = session.scalars(select(Team.name)).all()
    assert "pris" not in names


def test_the_member_of_one_transaction_is_forgotten_by_the_next(app: Flask, world: World) -> None:
    with app.app_context():
        with member_transaction(world.first.id) as session:
            session.execute(text("select 1"))
        with shared_transaction() as session:
            assert session.scalar(text("select seve_member()")) is None


def test_events_are_only_added(app: Flask, client: FlaskClient, world: World) -> None:
    live(app, client, world)
    for statement in ("update events set kind = 'x'", "delete from events", "delete from complaints"):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with app.app_context(), refused, member_transaction(world.first.id) as session:
            session.execute(text(statement))


def test_the_application_works_as_a_role_that_owns_nothing_and_bypasses_nothing(app: Flask) -> None:
    with app.app_context(), shared_transaction() as session:
        role = session.execute(
            text("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        ).one()
        owned = session.scalar(text("select count(*) from pg_tables where tableowner = current_user"))
    assert tuple(role) == ("seve_app", False, False)
    assert owned == 0


@pytest.mark.parametrize("table", ["trend_charges", "trend_snapshots"])
def test_published_tables_cannot_be_changed_by_the_application(app: Flask, table: str) -> None:
    with app.app_context(), pytest.raises(ProgrammingError, match="permission denied"), shared_transaction() as session:
        session.execute(text(f"update {table} set rho = 0"))
