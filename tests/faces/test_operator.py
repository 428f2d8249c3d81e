"""The operators' face: members, readers, what waits in numbers, and never a complaint."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from service.domain.audit import first_fault
from service.journey.administration import audit
from service.journey.people import operating, reader_links
from service.journey.people.accounts import sign_in_reader
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, operator_transaction, shared_transaction
from service.models.database import Base
from service.models.member import Member, Team
from service.models.oversight import AuditEntry
from service.models.people import NetworkReader, Staff
from service.models.signing_in import Invitation
from tests.faces.test_staff import Desk, submit
from tests.people import hire
from tests.work import work_off
from tests.world import _HASH, PASSWORD, READER, World

pytestmark = pytest.mark.services

HOME = "/exploitation/"
SIGN_IN = "/exploitation/connexion"
READERS = "/exploitation/lecteurs"
OPERATOR = "exploitation@reseau.example"
NEW = "quatre mots sans rapport"
SPACE = {
    "name": "Rives Habitat", "slug": "rives", "seat": "Laon", "colour": "#1d5b43", "dwellings": "1200",
    "phone": "03 53 01 00 11", "opens_at": "08:30", "closes_at": "17:30",
}  # fmt: skip
# All that operators may read. What is not here is refused to them, table by table.
READABLE = {"network_choices", "model_weeks", "network_keys", "members", "teams", "network_readers", "audit_entries"}


@pytest.fixture
def operator(app: Flask, world: World) -> UUID:
    assert world
    made = NetworkReader(id=uuid4(), email=OPERATOR, name="Opératrice", role="operator", password_hash=_HASH)
    with app.app_context(), shared_transaction() as session:
        session.add(made)
    return made.id


@pytest.fixture
def desk(app: Flask, operator: UUID) -> Desk:
    assert operator
    desk = Desk(app.test_client())
    assert sign_in(desk, OPERATOR).location == HOME
    return desk


def sign_in(desk: Desk, email: str, password: str = PASSWORD) -> TestResponse:
    return desk.send(SIGN_IN, SIGN_IN, email=email, password=password)


def members(app: Flask) -> list[Member]:
    with app.app_context(), shared_transaction() as session:
        return list(session.scalars(select(Member).order_by(Member.slug)))


def chain_of(app: Flask, member_id: UUID | None) -> list[AuditEntry]:
    with app.app_context(), operator_transaction() as session:
        own = select(AuditEntry).where(AuditEntry.member_id.is_not_distinct_from(member_id))
        found = list(session.scalars(own.order_by(AuditEntry.number)))
    assert first_fault((audit.link_of(entry), entry.digest) for entry in found) is None
    return found


def test_operators_read_their_own_tables_and_no_other(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.first, "Le radiateur reste froid")
    with app.app_context():
        for table in Base.metadata.tables:
            if table in READABLE:
                with operator_transaction() as session:
                    session.execute(text(f"select count(*) from {table}"))
                continue
            for question in (f"select * from {table}", f"delete from {table}"):
                with pytest.raises(ProgrammingError, match="permission denied"), operator_transaction() as session:
                    session.execute(text(question))
        # Of people, what says who administers; never how they sign in, nor where they are reached.
        for column in ("name", "email", "password_hash", "totp_sealed", "subject"):
            with pytest.raises(ProgrammingError, match="permission denied"), operator_transaction() as session:
                session.execute(text(f"select {column} from staff"))


def test_no_page_of_the_operators_says_a_word_of_a_complaint(
    app: Flask, client: FlaskClient, desk: Desk, world: World, ports: Ports
) -> None:
    sent = submit(client, world.first, "Le radiateur reste froid", name="Zoé Canari", email="zoe@canari.example")
    with app.app_context():
        work_off(world.first, ports)
    pages = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("operator.") and "GET" in (rule.methods or ()):
            url = re.sub("<token>", "x", str(rule)).replace("<uuid:member_id>", str(world.first.id))
            answer = desk.client.get(url)
            assert answer.status_code in (200, 303, 404), url
            pages += answer.status_code == 200
            for word in (sent["reference"], sent["id"], "radiateur", "Canari", "Ana Vidal"):
                assert word not in answer.text, (url, word)
    assert pages >= 7


def test_every_page_is_guarded(app: Flask, world: World) -> None:
    assert world
    app.config["WTF_CSRF_ENABLED"] = False
    client, guarded = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("operator.") or rule.endpoint in (
            "operator.sign_in", "operator.second_step", "operator.invitation",
        ):  # fmt: skip
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(re.sub("<uuid:[a-z_]+>", str(uuid4()), str(rule)), method=method)
            assert (answer.status_code, answer.location) == (303, SIGN_IN), rule
            guarded += 1
    assert guarded >= 10


def test_readers_and_staff_do_not_come_in_and_operators_go_nowhere_else(app: Flask, desk: Desk, world: World) -> None:
    for email in (READER, world.first.agent_email):
        assert sign_in(Desk(app.test_client()), email).status_code == 422
    with app.app_context():
        assert sign_in_reader(OPERATOR, PASSWORD) is None
    assert desk.client.get("/reseau/").status_code == 303
    assert desk.client.get("/equipe/").status_code == 303
    with desk.client.session_transaction() as session:
        session["network"] = session["operator"]
    assert desk.client.get("/reseau/").status_code == 303


def test_the_space_of_a_member_opens_with_a_desk_and_its_first_administrator(
    app: Flask, desk: Desk, operator: UUID
) -> None:
    opened = desk.send(HOME, "/exploitation/bailleurs", **SPACE)
    assert opened.status_code == 303
    made = next(one for one in members(app) if one.slug == "rives")
    with app.app_context(), member_transaction(made.id) as session:
        assert session.scalars(select(Team.kind)).all() == ["sorting"]
    assert "Personne n'administre" in desk.read(opened.location).replace("&#39;", "'")
    invite = f"{opened.location}/administrateur"
    assert desk.send(HOME, invite, name="Zoé Roy", email="zoe@rives.example").status_code == 303
    page = desk.read(opened.location)
    with app.app_context(), member_transaction(made.id) as session:
        staff, invitation = session.scalars(select(Staff)).one(), session.scalars(select(Invitation)).one()
        assert (staff.role, staff.email) == ("administrator", "zoe@rives.example")
        assert "/equipe/invitation/" not in page  # whoever has the link reads complaints
        assert invitation.made_by == "Opératrice"
    assert [(one.action, one.actor_id) for one in chain_of(app, made.id)] == [
        ("created", operator), ("invited", operator)
    ]  # fmt: skip
    assert [one.subject for one in chain_of(app, None)] == ["Bailleur « Rives Habitat »"]
    with app.test_client() as tenant:
        assert tenant.get("/rives/").status_code == 200


def test_once_an_administrator_has_come_operators_let_nobody_in(app: Flask, desk: Desk, world: World) -> None:
    hire(app, world.first, "administrator")
    page = f"/exploitation/bailleurs/{world.first.id}"
    answer = desk.send(page, f"{page}/administrateur", name="Intrus", email="intrus@ailleurs.example")
    assert (answer.status_code, "a déjà un administrateur" in answer.text) == (409, True)
    assert desk.client.get(f"/exploitation/bailleurs/{uuid4()}").status_code == 404
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(Staff).where(Staff.name == "Intrus")).all() == []


def test_where_somebody_works_already_operators_make_no_administrator(app: Flask, desk: Desk, world: World) -> None:
    page = f"/exploitation/bailleurs/{world.first.id}"
    answer = desk.send(page, f"{page}/administrateur", name="Intrus", email="intrus@ailleurs.example")
    assert (answer.status_code, "flask people invite" in answer.text) == (409, True)
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(Staff).where(Staff.name == "Intrus")).all() == []


def test_an_administrator_who_has_not_come_gets_another_link(app: Flask, desk: Desk) -> None:
    page = desk.send(HOME, "/exploitation/bailleurs", **SPACE).location
    for _ in range(2):
        sent = desk.send(page, f"{page}/administrateur", name="Zoé Roy", email="zoe@rives.example")
        assert sent.status_code == 303
    made = next(one for one in members(app) if one.slug == "rives")
    with app.app_context(), member_transaction(made.id) as session:
        assert len(session.scalars(select(Invitation)).all()) == 2
        assert len(session.scalars(select(Staff).where(Staff.role == "administrator")).all()) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "equipe"}, "Certains mots sont pris"),
        ({"slug": "exploitation"}, "Certains mots sont pris"),
        ({"slug": "Rives Habitat"}, "lettres sans accent"),
        ({"slug": "amont"}, "Un autre bailleur a déjà ce nom court"),
        ({"colour": "#ffff00"}, "ne se lit pas assez bien"),
        ({"colour": "vert"}, "un dièse"),
        ({"dwellings": "0"}, "nombre entier"),
        ({"dwellings": "beaucoup"}, "nombre entier"),
        ({"phone": "12"}, "numéro de téléphone"),
        ({"closes_at": "08:00"}, "avant celle"),
        ({"opens_at": "tôt"}, "Donnez une heure"),
        ({"name": " "}, "au moins un mot"),
        ({"seat": ""}, "au moins un mot"),
    ],
)
def test_a_space_that_makes_no_sense_is_not_opened(app: Flask, desk: Desk, wrong: dict[str, str], said: str) -> None:
    answer = desk.send(HOME, "/exploitation/bailleurs", **SPACE | wrong)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'").replace("\u202f", " ")
    assert [one.slug for one in members(app)] == ["amont", "aval"]


def link_in(answer: TestResponse) -> str:
    found = re.search(r"<code>http://localhost([^<]+)</code>", answer.text)
    assert found, answer.status_code
    return found[1]


def test_a_reader_is_added_with_a_link_that_serves_once(app: Flask, desk: Desk) -> None:
    url = link_in(desk.send(READERS, READERS, name="Ida Blin", email="Ida@reseau.example"))
    assert url not in desk.read(READERS)
    newcomer = Desk(app.test_client())
    assert newcomer.send(url, url, new_password="court", again="court").status_code == 422
    assert newcomer.send(url, url, new_password=NEW, again="autre").status_code == 422
    chosen = newcomer.send(url, url, new_password=NEW, again=NEW)
    assert (chosen.status_code, chosen.location) == (303, "/reseau/connexion")
    with app.app_context():
        assert sign_in_reader("ida@reseau.example", NEW) is not None
    assert newcomer.client.get(url).status_code == 410
    assert newcomer.client.get(f"{url}x").status_code == 404
    again = desk.send(READERS, READERS, name="Ida", email="ida@reseau.example")
    assert (again.status_code, "a déjà un compte" in again.text) == (422, True)
    assert [one.action for one in chain_of(app, None)] == ["invited", "renewed", "renewed"]


def test_a_reader_is_switched_off_and_on(app: Flask, desk: Desk, operator: UUID) -> None:
    with app.app_context():
        ida = next(one.id for one in operating.readers() if one.email == READER)
        before = reader_links.make(ida, audit.COMMAND, app.extensions["seve"].ports)
    assert desk.send(READERS, f"{READERS}/{ida}/compte", on="0").status_code == 303
    with app.app_context():
        assert sign_in_reader(READER, PASSWORD) is None
    assert app.test_client().get(before.removeprefix("http://localhost")).status_code == 410
    assert desk.send(READERS, f"{READERS}/{ida}/lien").status_code == 404
    assert desk.send(READERS, f"{READERS}/{ida}/compte", on="1").status_code == 303
    with app.app_context():
        assert sign_in_reader(READER, PASSWORD) is not None
    for act in ("compte", "lien"):  # an operator is made and ended on the machine
        assert desk.send(READERS, f"{READERS}/{operator}/{act}", on="0").status_code == 404


def test_what_waits_is_said_in_numbers(client: FlaskClient, desk: Desk, world: World) -> None:
    submit(client, world.first, "Le radiateur reste froid")
    page = desk.read("/exploitation/etat")
    found = re.search(r"Étapes en attente</th><td class=\"number\">(\d+)<", page)
    assert found
    assert int(found[1]) > 0
    waiting = re.search(r"seve_outbox_waiting (\d+)", client.get("/metrics").text)
    assert waiting
    assert waiting[1] == found[1]


def test_the_role_of_the_operators_is_nobodys_to_log_in_with(app: Flask, world: World) -> None:
    assert world
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as connection:
        found = connection.execute(text("select rolcanlogin, rolsuper from pg_roles where rolname = 'seve_operator'"))
        assert found.one() == (False, False)
    engine.dispose()
