"""Looking changes nothing: programs that check links, and browsers that look ahead, ask with GET and HEAD."""

import re
from collections.abc import Iterator, Mapping, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from service.journey.news import personal_links
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.database import Base
from service.models.delivery import Delivery
from service.settings import Settings
from tests.faces.test_network import send as send_form
from tests.faces.test_network import sign_in as sign_in_reader
from tests.following import Follower
from tests.passing import at_supplier
from tests.world import PASSWORD, MemberWorld, World

pytestmark = pytest.mark.services

SIGN_IN = "/equipe/connexion"
# What an address of ours may name besides complaints and links: the table where one of it is found.
TABLES = {
    "incident_id": "incidents",
    "delivery_id": "deliveries",
    "version_id": "routing_versions",
    "line_id": "routing_rules",
}
# What is written of the staff who look, and of nothing else, when they look at a page: never for its headings alone.
OF_LOOKING = {"audit_entries", "complaint_views", "searches", "staff_sessions", "network_sessions"}
_FIELD = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")

Given = Mapping[str, Sequence[str]]


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    assert world
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


def everything(engine: Engine) -> dict[str, str]:
    """Return a digest of every row of each table."""
    one = "select '{0}', md5(coalesce(string_agg(row::text, '|' order by row::text), '')) from \"{0}\" row"
    whole = " union all ".join(one.format(name) for name in sorted(Base.metadata.tables))
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text(whole))}


def changed(engine: Engine, before: dict[str, str]) -> list[str]:
    return [name for name, digest in everything(engine).items() if digest != before[name]]


def addresses(rule: Rule, given: Given) -> Iterator[str]:
    """Return addresses of a route: one for each value of what it names."""
    names = _FIELD.findall(str(rule))
    for rank in range(max((len(given.get(name, "?")) for name in names), default=1)):
        values = {name: _pick(given.get(name, ("inconnu",)), rank) for name in names}
        yield _FIELD.sub("{\\1}", str(rule)).format(**values)


def _pick(values: Sequence[str], rank: int) -> str:
    return values[min(rank, len(values) - 1)]


def visitors(app: Flask, world: World) -> dict[str, tuple[FlaskClient, tuple[str, ...]]]:
    """Return a browser of each kind of person, and the faces made for them."""
    agent, reader, system = app.test_client(), app.test_client(), app.test_client()
    answer = send_form(agent, SIGN_IN, SIGN_IN, email=world.first.agent_email, password=PASSWORD)
    assert answer.status_code == 303
    sign_in_reader(reader)
    system.environ_base["HTTP_AUTHORIZATION"] = world.first.bearer["Authorization"]
    return {
        "stranger": (app.test_client(), ("",)),
        "agent": (agent, ("staff.",)),
        "reader": (reader, ("network.",)),
        "system": (system, ("api", "open311")),
    }


def links(app: Flask, member: MemberWorld, ports: Ports) -> list[str]:
    """Return the secrets of every link in a letter."""
    with app.app_context(), member_transaction(member.id) as session:
        letters = session.scalars(select(Delivery).where(Delivery.complaint_id.is_not(None))).all()
    urls = [personal_links.url_of(one, does, ports) for one in letters for does in ("adresse", "desabonner")]
    return [url.rpartition("/")[2] for url in urls]


def everything_there_is(app: Flask, world: World, ports: Ports, engine: Engine) -> Given:
    """Fill the first member with one of each; return what its addresses name."""
    member = world.first
    tenant = Follower(app, member, ports, email="x@poste.example")
    tenant.post("nouvelles", channel="email", email="neuve@poste.example", phone="", pace="now", language="fr")
    tenant.answered()
    ended = Follower(app, member, ports, "L'ascenseur est en panne", email="y@poste.example")
    ended.closed()
    ended.delivered()
    case = at_supplier(app, member, ports)
    own = {"token": [tenant.token, ended.token, case.token(), *links(app, member, ports)]}
    own |= {"slug": [member.slug], "stage": ["entree"], "filename": ["seve.css"], "extension": ["json"]}
    own |= {"complaint_id": [str(tenant.id), str(ended.id), str(case.id)]}
    own |= {"request_id": [tenant.complaint().reference], "holder": ["a-page-of-its-own-0123456789"]}
    with engine.connect() as connection:
        for name, table in TABLES.items():
            own[name] = [*map(str, connection.scalars(text(f'select id from "{table}" limit 1'))), "inconnu"]
    return own


def test_no_page_of_any_face_changes_anything_by_being_looked_at(
    app: Flask, world: World, ports: Ports, engine: Engine
) -> None:
    given, people, found, shown = everything_there_is(app, world, ports, engine), visitors(app, world), [], 0
    before = everything(engine)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for client, faces in people.values():
        for rule in rules:
            for address in addresses(rule, given) if rule.endpoint.startswith(faces) else ():
                for method in ("HEAD", "GET"):
                    answer = client.open(address, method=method)
                    shown += answer.status_code == 200
                    if tables := changed(engine, before):
                        before = everything(engine)
                        told = set(tables) - (OF_LOOKING if method == "GET" and "staff." in faces else set())
                        found += [(method, address, told)] if told else []
    assert not found
    assert shown > len(rules)


@pytest.mark.parametrize("path", ["regle", "retrait", "relecture", "sujet"])
def test_head_of_a_page_with_a_button_ends_nothing(app: Flask, world: World, ports: Ports, path: str) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.answered()
    before = tenant.kinds()
    assert tenant.client.head(f"{tenant.url}/{path}").status_code == 200
    assert tenant.kinds() == before


def test_head_uses_up_no_copy_and_no_attempt_to_sign_in(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    for _ in range(20):
        assert tenant.client.head(f"{tenant.url}/mes-donnees").status_code == 200
        for page in (SIGN_IN, "/reseau/connexion"):
            assert tenant.client.head(page).status_code == 200
    assert tenant.client.post(f"{tenant.url}/mes-donnees").status_code == 200
