"""Attacks: everything of one member's staff face, tried with what belongs to another; and every act, by every role."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from service.domain.permissions import Act, Role, may
from service.models.database import Base
from service.models.people import Staff, TeamRole
from service.settings import Settings
from service.staff.routes import BY_ENDPOINT
from tests.crawl import EVERY, Form, fill, forms_of, ids_of, named_ids, staff_rules, uuids_in
from tests.faces.test_staff import Desk
from tests.models.test_isolation import live
from tests.world import MemberWorld, World, staff_of_role

pytestmark = pytest.mark.services

CANARY = "zibeline"  # in every word of the other member
ROLES = tuple(role.value for role in Role)
# What a reader may send: what is about themselves alone. Another address that asks for reading only must be named here.
OF_ONES_OWN = (
    "/moi/",
    "/deconnexion",
    "/touches",
    "/absences/",
    "/vues",
    "/colonnes",
    "/demandes/<uuid:complaint_id>/presence",
)
# Written when somebody only looks.
BY_LOOKING = {"audit_entries", "complaint_views", "presences", "searches", "staff_sessions"}


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    assert world
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


@pytest.fixture
def full(app: Flask, client: FlaskClient, world: World, engine: Engine) -> World:
    """Both members with a row in every table, and the canary in all words of the second."""
    live(app, client, world)
    assert mark(engine, world.second.id) > 60
    return world


def mark(engine: Engine, member_id: UUID) -> int:
    """Put the canary into every column of words that takes it; return how many did."""
    marked = 0
    with engine.connect() as connection:
        columns = connection.execute(
            text(
                "select table_name, column_name from information_schema.columns where table_schema = 'public' and "
                "data_type in ('character varying', 'text') and is_generated = 'NEVER'"
            )
        ).all()
        for table, column in columns:
            if table not in Base.metadata.tables or "member_id" not in Base.metadata.tables[table].columns:
                continue
            if column in ("slug", "status", "language", "category", "kind", "token_hash", "key_hash", "recipient"):
                continue  # read by programs
            try:
                with connection.begin_nested():
                    words = f'update {table} set "{column}" = "{column}" || \' {CANARY}\' where member_id = :member'
                    marked += connection.execute(text(words), {"member": member_id}).rowcount > 0
            except DBAPIError:
                continue  # of a few values only
        connection.commit()
    return marked


def desks(app: Flask, engine: Engine, member: MemberWorld) -> dict[str, Desk]:
    """Return somebody of each role at their desk; forms are then sent without their token."""
    found = {}
    with Session(engine) as session:
        emails = {role: staff_of_role(session, member, role) for role in ROLES}
        session.commit()
    for role, email in emails.items():
        found[role] = Desk(app.test_client())
        assert found[role].sign_in(email).status_code == 303
    app.config["WTF_CSRF_ENABLED"] = False
    return found


def rows_of(engine: Engine, member_id: UUID, but: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    """Return a digest of each of a member's tables."""
    owned = [name for name, table in sorted(Base.metadata.tables.items()) if "member_id" in table.columns]
    one = (
        "select '{0}', md5(coalesce(string_agg(row::text, '|' order by row::text), '')) from \"{0}\" row "
        "where member_id = :member"
    )
    whole = text(" union all ".join(one.format(name) for name in owned if name not in but))
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(whole, {"member": member_id})}


def all_ids(engine: Engine, member_id: UUID) -> dict[str, list[str]]:
    return {table: ids for table, ids in ids_of(engine, member_id).items() if ids}


def nowhere() -> dict[str, str]:
    return {table: "999999999" if table == "events" else str(uuid4()) for table in EVERY}


def first_of(ids: dict[str, list[str]]) -> dict[str, str]:
    return {table: ids[table][0] for table in EVERY}


def asked(desk: Desk, method: str, url: str, data: dict[str, str] | None) -> TestResponse:
    """Send a request that says nothing of the one before it."""
    with desk.client.session_transaction() as session:
        session.pop("_flashes", None)
    return desk.client.open(url, method=method, data=data)


def read_alike(answer: TestResponse, *ids: dict[str, str]) -> list[str]:
    """Return an answer line by line, without what differs each time and without the ids it was asked for."""
    whole = f"{answer.status_code}\n{answer.headers.get('Location')}\n{answer.get_data(as_text=True)}"
    one = "|".join({value for some in ids for value in some.values()})
    whole = re.sub(rf"(?<![\w-])(?:{one})(?![\w-])", "-", whole)
    # Each look at a page of one's own adds to who looked.
    whole = re.sub(r'aria-labelledby="consultations">.*?</section>', "", whole, flags=re.DOTALL)
    return re.sub(r'(name="csrf_token" value|data-token|nonce)="[^"]*"', "", whole).splitlines()


def words_typed(desk: Desk, own: dict[str, str], app: Flask) -> dict[str, str]:
    """Return a value for every field of every form this person meets."""
    found: dict[str, str] = {}
    for form in forms(desk, own, app).values():
        found |= {name: value for name, value in form.typed().items() if name != "csrf_token"}
    return found


def forms(desk: Desk, own: dict[str, str], app: Flask) -> dict[str, Form]:
    """Return the forms of every page, by where they go, ids aside."""
    found: dict[str, Form] = {}
    for rule in staff_rules(app):
        if "GET" in (rule.methods or ()):
            answer = desk.client.get(fill(rule, own))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found |= {re.sub(r"[0-9a-f-]{36}|\d+", "-", one.action): one for one in forms_of(answer.text)}
    return found


@pytest.mark.parametrize("role", ROLES)
def test_what_is_of_another_member_is_as_if_it_were_nowhere(app: Flask, full: World, engine: Engine, role: str) -> None:
    desk = desks(app, engine, full.first)[role]
    own, foreign, none = first_of(all_ids(engine, full.first.id)), first_of(all_ids(engine, full.second.id)), nowhere()
    typed, before = words_typed(desk, own, app), rows_of(engine, full.second.id)
    mine = rows_of(engine, full.first.id, BY_LOOKING)  # the forms were looked at already
    tried = 0
    for rule in staff_rules(app):
        names = named_ids(rule)
        # All of it foreign, and what is foreign beside what is one's own.
        mine_first = {table: own[table] for table in names[:1]} if len(names) > 1 else {}
        for ids, nothing in ((foreign, none), (foreign | mine_first, none | mine_first)):
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}) if names else ():
                data = typed if method == "POST" else None
                answer = asked(desk, method, fill(rule, ids), data)
                expected = asked(desk, method, fill(rule, nothing), data)
                # Beside what is one's own, an id of nothing may be that of a line not written yet.
                assert answer.status_code != 200 or mine_first, f"{method} {rule}"
                assert CANARY not in answer.get_data(as_text=True), f"{method} {rule}"
                apart = {*read_alike(answer, ids, nothing)} ^ {*read_alike(expected, ids, nothing)}
                assert not apart, f"{method} {rule}"
                tried += 1
        assert rows_of(engine, full.second.id) == before, rule
        assert rows_of(engine, full.first.id, BY_LOOKING) == mine, rule
    assert tried > 100


@pytest.mark.parametrize("role", ["agent", "supervisor", "administrator"])
def test_no_form_takes_an_id_of_another_member(app: Flask, full: World, engine: Engine, role: str) -> None:
    desk = desks(app, engine, full.first)[role]
    ids, others = all_ids(engine, full.first.id), all_ids(engine, full.second.id)
    table_of = {value: table for table, values in ids.items() for value in values}
    before, tried = rows_of(engine, full.second.id), 0
    for form in forms(desk, first_of(ids), app).values():
        typed = form.typed()
        for name in [*uuids_in(typed)]:
            table = table_of.get(typed[name])
            if table is None or table not in others:
                continue  # made by the page itself, so that a double click counts once
            answer = desk.client.post(form.action, data=typed | {name: others[table][0]})
            assert CANARY not in answer.get_data(as_text=True), form.action
            assert strangers(engine, full.first.id, others) == [], (form.action, name)
            tried += 1
        assert rows_of(engine, full.second.id) == before, form.action
    assert tried


def strangers(engine: Engine, member_id: UUID, others: dict[str, list[str]]) -> list[str]:
    """Return the tables of a member in which an id of the other stands; both log what passed between them."""
    foreign = "|".join({value for values in others.values() for value in values if len(value) == len(str(member_id))})
    owned = [name for name, table in Base.metadata.tables.items() if "member_id" in table.columns]
    one = "select '{0}' from \"{0}\" row where member_id = :member and row::text ~ :foreign"
    whole = text(" union ".join(one.format(name) for name in owned if name not in ("referrals", "submission_keys")))
    with engine.connect() as connection:
        return sorted(connection.scalars(whole, {"member": member_id, "foreign": foreign}))


@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_a_word_of_another_member(app: Flask, full: World, engine: Engine, role: str) -> None:
    desk, own = desks(app, engine, full.first)[role], first_of(all_ids(engine, full.first.id))
    seen, waiting = set[str](), [fill(rule, own) for rule in staff_rules(app) if "GET" in (rule.methods or ())]
    waiting += [f"{url}?{name}={CANARY[:6]}" for url in waiting for name in ("q", "recherche", "quoi", "residence")]
    while waiting and len(seen) < 400:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = desk.client.get(url)
        assert CANARY.encode() not in answer.get_data(), url
        if answer.status_code == 200 and answer.mimetype == "text/html":
            waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/equipe/[^"#]*)', answer.text)]
    assert len(seen) > 50


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_its_acts_say_and_no_more(app: Flask, world: World, engine: Engine, role: str) -> None:
    desk = desks(app, engine, world.first)[role]
    for rule in staff_rules(app):
        route = BY_ENDPOINT[rule.endpoint]
        for method in () if route.is_open or route.name in ("sign_out", "own_sessions_end") else route.methods:
            answer = desk.client.open(fill(rule, nowhere()), method=method)
            assert (answer.status_code == 403) is not may(role, route.act), f"{role} {method} {rule}"


def test_what_a_reader_may_send_is_about_themselves_alone() -> None:
    sent = [one for one in BY_ENDPOINT.values() if "POST" in one.methods and one.act == Act.READ and not one.is_open]
    assert [one.path for one in sent if not one.path.startswith(OF_ONES_OWN)] == []


def test_a_role_in_a_team_counts_on_what_that_team_holds_only(app: Flask, full: World, engine: Engine) -> None:
    member = full.first
    with Session(engine) as session:
        reader = session.query(Staff).filter_by(email=staff_of_role(session, member, "reader")).one()
        own, other = ids_of(engine, member.id)["complaints"][:2]
        session.execute(
            text("update complaints set team_id = :team where id = :id"),
            [{"team": member.teams["technical"], "id": own}, {"team": member.teams["tenancy"], "id": other}],
        )
        session.add(TeamRole(member_id=member.id, staff_id=reader.id, team_id=member.teams["technical"], role="agent"))
        session.commit()
        email = reader.email
    desk = Desk(app.test_client())
    desk.sign_in(email)
    app.config["WTF_CSRF_ENABLED"] = False
    for complaint, status in ((own, 422), (other, 403)):
        answer = desk.client.post(f"/equipe/demandes/{complaint}/classement", data={"category": "?"})
        assert answer.status_code == status
    assert desk.client.post("/equipe/regles/brouillon").status_code == 403
