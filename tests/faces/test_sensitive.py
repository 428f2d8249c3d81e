"""A sensitive complaint, looked for on every way out by somebody who is not named for it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.domain.status import EventKind
from service.journey.clocks import digest
from service.journey.handling import handling
from service.journey.incidents import incident_news
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.incident import Incident
from service.models.member import Team
from service.settings import Settings
from tests.crawl import EVERY, fill, ids_of, staff_rules
from tests.faces.test_staff import Desk, submit
from tests.models.test_isolation import fill as fill_tables
from tests.work import kinds, work_off
from tests.world import MemberWorld, World, staff_of_role

pytestmark = pytest.mark.services

CANARY = "zibeline"
WORDS = f"Mon mari me frappe, {CANARY}, le radiateur reste froid"


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    assert world
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


@pytest.fixture
def named(engine: Engine, world: World) -> str:
    """Somebody named to see every sensitive complaint of the first member; their address."""
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "agent")
        session.execute(text("update staff set is_named = true where email = :email"), {"email": email})
        session.commit()
    return email


def person(engine: Engine, app: Flask, member: MemberWorld, role: str) -> Desk:
    with Session(engine) as session:
        email = staff_of_role(session, member, role)
        session.commit()
    return at(app, email)


def at(app: Flask, email: str) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(email).status_code == 303
    return desk


def sensitive(app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports, engine: Engine) -> UUID:
    """A complaint with a row in every table about it, then kept to named people; and another that everybody sees."""
    submit(client, member, "Le radiateur reste froid", name="Mme Tout le Monde", email="tous@poste.example")
    sent = submit(client, member, WORDS, name=f"Mme {CANARY}", email=f"{CANARY}@poste.example")
    complaint_id = UUID(sent["id"])
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            fill_tables(session, session.get_one(Complaint, complaint_id), member, ports.clock.now())
    with engine.connect() as connection:
        about = {"id": complaint_id}
        connection.execute(text("delete from confidants where complaint_id = :id"), about)
        connection.execute(text("delete from passkeys"))  # or a password alone opens no door
        connection.execute(text("update complaints set is_marked = true, assignee_id = null where id = :id"), about)
        for table, column in (("commitments", "what"), ("holds", "reason")):
            connection.execute(text(f"update {table} set {column} = '{CANARY}' where complaint_id = :id"), about)
        connection.commit()
    return complaint_id


def everything_shown(app: Flask, desk: Desk, own: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return every page and file this person reaches, links followed."""
    waiting = [fill(rule, own) for rule in staff_rules(app) if "GET" in (rule.methods or ())]
    waiting += [f"{url}?{name}={CANARY[:6]}" for url in waiting for name in ("q", "recherche", "quoi")]
    seen = set[str]()
    while waiting and len(seen) < 400:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = desk.client.get(url)
        if answer.status_code == 200:
            yield url, answer.get_data().decode("utf-8", "replace")
            if answer.mimetype == "text/html":
                waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/equipe/[^"#]*)', answer.text)]


def ids_about(engine: Engine, member: MemberWorld, complaint_id: UUID) -> dict[str, str]:
    """Return one id for each name of an address: those about the complaint where there are some."""
    ids = {table: found[0] for table, found in ids_of(engine, member.id).items() if found}
    with engine.connect() as connection:
        for table in EVERY:
            if table == "complaints":
                ids[table] = str(complaint_id)
                continue
            columns = connection.scalars(
                text("select column_name from information_schema.columns where table_name = :table"), {"table": table}
            ).all()
            if "complaint_id" in columns:
                mine = text(f"select id from {table} where complaint_id = :id limit 1")
                found = connection.scalar(mine, {"id": complaint_id})
                ids[table] = str(found) if found else ids.get(table, str(complaint_id))
    return {table: ids.get(table, str(complaint_id)) for table in EVERY}


@pytest.mark.parametrize("role", ["reader", "agent", "supervisor", "administrator"])
def test_whoever_is_not_named_finds_it_nowhere(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str, role: str
) -> None:
    complaint_id = sensitive(app, client, world.first, ports, engine)
    own, desk = ids_about(engine, world.first, complaint_id), person(engine, app, world.first, role)
    with engine.connect() as connection:
        reference = connection.scalar(text("select reference from complaints where id = :id"), {"id": complaint_id})
    shown = 0
    for url, page in everything_shown(app, desk, own):
        assert CANARY not in page, url
        assert reference not in page, url
        assert str(complaint_id) not in page, url
        shown += 1
    assert shown > 10
    assert desk.client.get(f"/equipe/demandes/{complaint_id}").status_code == 404
    # And whoever is named does find it: the pages are those where it would be.
    found = [url for url, page in everything_shown(app, at(app, named), own) if CANARY in page or reference in page]
    assert len(found) > 3


@pytest.mark.parametrize("role", ["reader", "agent", "supervisor", "administrator"])
def test_nothing_can_be_done_to_it_by_whoever_is_not_named(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str, role: str
) -> None:
    assert named
    complaint_id = sensitive(app, client, world.first, ports, engine)
    own, desk = ids_about(engine, world.first, complaint_id), person(engine, app, world.first, role)
    before = rows_about(engine, complaint_id)
    app.config["WTF_CSRF_ENABLED"] = False
    typed = {
        "text": "Bonjour", "reason": "Parce que", "category": "loyer", "urgency": "normal", "outcome": "solved",
        "sentence": "Réglé.", "assignee": str(world.first.agent_id), "seen": "0", "on": "0", "secrecy_reason": "Rien",
        "to": str(world.first.agent_id), "target": f"team:{world.first.teams['agency']}", "ids": str(complaint_id),
        "complaint_id": str(complaint_id), "demande": str(complaint_id), "explanation": "Parce que",
    }  # fmt: skip
    for rule in staff_rules(app):
        if "POST" in (rule.methods or ()) and "complaint_id" in str(rule):
            assert desk.client.post(fill(rule, own), data=typed).status_code in (403, 404), rule
    assert rows_about(engine, complaint_id) == before


def rows_about(engine: Engine, complaint_id: UUID) -> list[str]:
    """Return what is kept about a complaint, but who looked."""
    with engine.connect() as connection:
        tables = connection.scalars(
            text("select table_name from information_schema.columns where column_name = 'complaint_id'")
        ).all()
        rows = [
            row
            for table in sorted(tables)
            for row in connection.scalars(
                text(f"select row::text from {table} row where complaint_id = :id order by 1"), {"id": complaint_id}
            )
        ]
        itself = connection.execute(text("select * from complaints where id = :id"), {"id": complaint_id})
        return [*rows, str(itself.one())]


def test_counts_are_as_if_it_were_not_there(
    app: Flask, client: FlaskClient, world: World, engine: Engine, named: str
) -> None:
    desk = person(engine, app, world.first, "agent")
    submit(client, world.first, "Le radiateur reste froid")
    before = numbers(desk.read("/equipe/"))
    sent = submit(client, world.first, WORDS)
    assert numbers(desk.read("/equipe/")) != before
    with engine.connect() as connection:
        connection.execute(text("update complaints set is_marked = true where id = :id"), {"id": sent["id"]})
        connection.commit()
    assert numbers(desk.read("/equipe/")) == before
    assert numbers(at(app, named).read("/equipe/")) != before


def numbers(page: str) -> list[str]:
    """Return the figures of a page, the moments aside."""
    return re.findall(r">\s*(\d+)\s*<", page)


def test_a_subject_that_is_sensitive_by_itself_leads_back_to_the_inbox(
    app: Flask, client: FlaskClient, world: World, engine: Engine, named: str
) -> None:
    assert named
    sent = submit(client, world.first, "Le radiateur reste froid")
    desk = person(engine, app, world.first, "agent")
    page = f"/equipe/demandes/{sent['id']}"
    assert "vous ne verrez plus la demande" in desk.read(page)
    answer = desk.send(
        page, f"{page}/classement", category="accompagnement_social", urgency="normal", reason="Une aide"
    )
    assert (answer.status_code, answer.location) == (303, "/equipe/")
    assert "vous ne la voyez plus" in desk.read("/equipe/")
    assert desk.client.get(page).status_code == 404
    with engine.connect() as connection:  # and it was routed all the same
        status = connection.scalar(text("select status from complaints where id = :id"), {"id": sent["id"]})
    assert status in ("routed", "delivered")


def test_who_follows_it_marks_it_and_goes_on(
    app: Flask, client: FlaskClient, world: World, engine: Engine, named: str
) -> None:
    sent = submit(client, world.first, "Le radiateur reste froid")
    page = f"/equipe/demandes/{sent['id']}"
    ana = at(app, world.first.agent_email)
    assert "Réserver cette demande" not in ana.read(page)  # it is nobody's yet
    assert ana.send(page, f"{page}/reserve", on="1", secrecy_reason="Violences").status_code == 409
    ana.send(page, f"{page}/attribution", assignee=str(world.first.agent_id))
    answer = ana.send(page, f"{page}/reserve", on="1", secrecy_reason="Violences")
    assert answer.location == page
    assert "Dossier sensible" in ana.read(page)
    assert ana.send(page, f"{page}/reserve", on="0", secrecy_reason="Plus besoin").status_code == 409
    # Somebody named opens it again; a colleague sees it then.
    assert person(engine, app, world.first, "supervisor").client.get(page).status_code == 404
    assert at(app, named).send(page, f"{page}/reserve", on="0", secrecy_reason="Erreur").location == page
    assert person(engine, app, world.first, "supervisor").client.get(page).status_code == 200


def test_a_person_is_named_for_one_complaint_and_no_longer(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str
) -> None:
    complaint_id = sensitive(app, client, world.first, ports, engine)
    page, one, ana = f"/equipe/demandes/{complaint_id}", at(app, named), at(app, world.first.agent_email)
    assert ana.client.get(page).status_code == 404
    one.send(page, f"{page}/reserve/personnes", on="1", to=str(world.first.agent_id))
    assert "Dossier confié à Ana Vidal" in ana.read(page)
    assert ana.send(page, f"{page}/reserve/personnes", on="1", to=str(world.first.supervisor_id)).status_code == 409
    one.send(page, f"{page}/reserve/personnes", on="0", to=str(world.first.agent_id))
    assert ana.client.get(page).status_code == 404


def test_whoever_it_is_given_to_sees_it(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str
) -> None:
    complaint_id = sensitive(app, client, world.first, ports, engine)
    one, page = at(app, named), f"/equipe/demandes/{complaint_id}"
    one.send(page, f"{page}/attribution", assignee=str(world.first.agent_id))
    assert at(app, world.first.agent_email).client.get(page).status_code == 200
    with engine.connect() as connection:
        by, at_ = connection.execute(text("select named_by, named_at from confidants")).one()
    assert (by, at_) == ("Personne agent", ports.clock.now())
    refused = one.send(page, f"{page}/reserve/personnes", on="0", to=str(world.first.agent_id))
    assert refused.status_code == 409


def test_whoever_is_named_for_one_gives_it_to_nobody_who_does_not_see_it(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str
) -> None:
    complaint_id = sensitive(app, client, world.first, ports, engine)
    one, page = at(app, named), f"/equipe/demandes/{complaint_id}"
    one.send(page, f"{page}/attribution", assignee=str(world.first.agent_id))
    ana, boss = at(app, world.first.agent_email), at(app, "responsable@amont.example")
    refused = ana.send(page, f"{page}/attribution", assignee=str(world.first.supervisor_id))
    assert refused.status_code == 409
    assert "Seules les personnes nommées" in refused.text
    assert boss.client.get(page).status_code == 404
    one.send(page, f"{page}/reserve/personnes", on="1", to=str(world.first.supervisor_id))
    assert ana.send(page, f"{page}/attribution", assignee=str(world.first.supervisor_id)).location == page


def test_another_subject_opens_it_only_by_whoever_sees_them_all(
    app: Flask, client: FlaskClient, world: World, engine: Engine, named: str
) -> None:
    boss, other = at(app, "responsable@amont.example"), {"urgency": "normal", "reason": "Une panne"}
    for email, is_kept in ((world.first.agent_email, True), (named, False)):
        page = f"/equipe/demandes/{submit(client, world.first, 'Le radiateur reste froid')['id']}"
        subject = text("update complaints set category = 'accompagnement_social', assignee_id = :a where id = :id")
        with engine.begin() as connection:
            connection.execute(subject, {"a": world.first.agent_id, "id": page.rsplit("/", 1)[1]})
        assert boss.client.get(page).status_code == 404
        assert at(app, email).send(page, f"{page}/classement", category="chauffage", **other).location == page
        assert (boss.client.get(page).status_code == 404) is is_kept


def test_supervisors_see_them_until_somebody_is_named(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine
) -> None:
    complaint_id = sensitive(app, client, world.first, ports, engine)
    boss = at(app, "responsable@amont.example")
    assert "a nommé personne" in boss.read(f"/equipe/demandes/{complaint_id}")
    assert at(app, world.first.agent_email).client.get(f"/equipe/demandes/{complaint_id}").status_code == 404
    with engine.connect() as connection:
        connection.execute(text("update staff set is_named = true where email = 'agente@amont.example'"))
        connection.commit()
    assert boss.client.get(f"/equipe/demandes/{complaint_id}").status_code == 404
    assert at(app, world.first.agent_email).client.get(f"/equipe/demandes/{complaint_id}").status_code == 200


def test_mails_to_a_shared_box_say_nothing_of_what_it_is_about(
    app: Flask, client: FlaskClient, world: World, ports: Ports, settings: Settings, named: str
) -> None:
    assert named
    member, sent = world.first, submit(client, world.first, WORDS)
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Complaint, UUID(sent["id"])).is_marked = True
            session.get_one(Team, member.teams["technical"]).email = "boite@amont.example"
        handling.add_from_tenant(member.id, UUID(sent["id"]), "Je n'ai rien reçu", ports)
        work_off(member, ports)
    mails = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in settings.mail_dir.glob("*.eml")]
    written = [
        (mail["Subject"], str(mail.get_body(("plain",)))) for mail in mails if mail["To"] == "boite@amont.example"
    ]
    assert len(written) == 2
    for subject, body in written:
        assert "dossier réservé" in subject
        for word in (CANARY, "hauffage", "Tilleuls", "Amiens"):
            assert word not in subject + body


def test_the_morning_mail_of_a_supervisor_who_is_not_named_leaves_it_out(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock, engine: Engine
) -> None:
    member = world.first
    with Session(engine) as session:
        chief = staff_of_role(session, member, "supervisor")
        session.execute(text("update staff set is_named = true where email = :email"), {"email": chief})
        session.commit()
    seen, kept = submit(client, member, "Le radiateur reste froid"), submit(client, member, WORDS)
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            session.get_one(Complaint, UUID(kept["id"])).is_marked = True
        clock.forward(timedelta(days=40))
        clock.at = clock.at.replace(hour=9)
        while not digest.send_due(member.id, ports):
            clock.forward(timedelta(days=1))
        with member_transaction(member.id) as session:
            mails = {
                one.recipient: one.data
                for one in session.scalars(
                    select(Delivery).where(Delivery.purpose == "digest", Delivery.status != "cancelled")
                )
            }
    told = {to: {row[0] for row in data["complaints"]} for to, data in mails.items()}
    assert told[chief] == {seen["reference"], kept["reference"]}
    assert told["responsable@amont.example"] == {seen["reference"]}
    assert mails[chief]["counts"]["late"] == mails["responsable@amont.example"]["counts"]["late"] + 1


def test_news_of_an_incident_reach_its_tenant_all_the_same(
    app: Flask, client: FlaskClient, world: World, ports: Ports, engine: Engine, named: str
) -> None:
    assert named
    member, complaint_id = world.first, sensitive(app, client, world.first, ports, engine)
    with app.app_context(), looking_as(member.agent_id):
        with member_transaction(member.id) as session:
            incident_id = session.scalars(select(Incident.id).where(Incident.title == "Ascenseur en panne")).first()
            assert session.get(Complaint, complaint_id) is None
        assert incident_id
        told = incident_news.write_news(
            member.id, incident_id, member.agent_id, text="Réparé demain", seen=9, next_at=None, ports=ports
        )
    assert told == 1
    with app.app_context():
        assert EventKind.INCIDENT_NEWS in kinds(member, complaint_id)
