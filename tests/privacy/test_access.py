"""A14: every role on every table, every kind of person on every address; and no way from a page to the noise."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from service.journey.ports import Ports
from service.journey.transactions import member_transaction, name_member, release_transaction
from service.models.database import Base
from service.settings import Settings
from tests.privacy.city import SEPTEMBER, City, press_of, publish
from tests.privacy.conftest import Report
from tests.privacy.readers import ask, program, reader, staff_of

pytestmark = [pytest.mark.services, pytest.mark.privacy]

ROOT = Path(__file__).parents[2]
HELD = ("trend_charges", "trend_errata", "trend_snapshots")  # what is published
OWNED = sorted(table.name for table in Base.metadata.tables.values() if "member_id" in table.columns)
# Columns of words or of opaque bytes that the role that publishes may read: codes of fixed lists, slugs, digests.
CODES = {
    "complaints.category", "complaints.first_category", "complaints.target", "members.slug", "residences.area_type",
    "own_figures.product", "own_figures.figures", "term_sightings.term", "trend_contributions.product",
    "trend_contributions.household", "trend_charges.product", "trend_errata.product", "trend_errata.author",
    "trend_errata.words", "trend_snapshots.product", "trend_snapshots.keys", "trend_snapshots.stock",
    "trend_snapshots.program", "trend_snapshots.previous", "trend_snapshots.sha256",
}  # fmt: skip
WORDS = ("character varying", "text", "jsonb", "json", "bytea", "tsvector")
# Owned tables of which the network's role reads columns without a word of a tenant.
TO_NETWORK = {"trend_consents"}
NO_WAY_TO = ("service.press", "service.adapters.noise", "service.adapters.archive", "service.journey.trends.trends")
FACES = ("api", "open311", "tenant", "staff", "partner", "duty", "network", "operator")

_READABLE = """
    select table_name || '.' || column_name as one, data_type from information_schema.columns
    where table_schema = 'public' and has_column_privilege(:role, table_name::regclass, column_name, 'select')
"""


def readable(connection: Connection, role: str) -> Mapping[str, str]:
    """Return the columns that a role may read, with their type."""
    return {row.one: row.data_type for row in connection.execute(text(_READABLE), {"role": role})}


def faults_of_rights(engine: Engine) -> list[str]:
    """Return what a role may do that it must not."""
    with engine.connect() as connection:
        release, network, operator = (
            readable(connection, f"seve_{role}") for role in ("release", "network", "operator")
        )
        writes = connection.execute(
            text(
                "select r || ' may ' || p || ' ' || t from unnest(cast(:roles as text[])) r, "
                "unnest(cast(:tables as text[])) t, "
                "unnest(array['insert', 'update', 'delete', 'truncate']) p "
                "where has_table_privilege(r, t, p) and not (r = 'seve_release' and p = 'insert')"
            ),
            {"roles": ["seve_app", "seve_network", "seve_operator", "seve_release"], "tables": list(HELD)},
        )
        faults = list(writes.scalars())
        open_tables = connection.scalars(
            text("select relname from pg_class where relname = any(:tables) and not relrowsecurity"), {"tables": OWNED}
        )
        faults += [f"{table} has no row-level security" for table in open_tables]
    faults += [f"seve_release reads {one}" for one, kind in release.items() if kind in WORDS and one not in CODES]
    tables = {one.partition(".")[0] for one in network} & set(OWNED)
    faults += [f"seve_network reads {table}" for table in tables - TO_NETWORK]
    return faults + [f"seve_operator reads {one}" for one in operator if one.startswith("complaints.")]


def faults_of_rows(engine: Engine, members: Iterable[UUID]) -> list[str]:
    """Return the tables in which a member's transaction sees another's rows or loses its own, role by role."""
    with engine.connect() as connection:
        seen_by = {
            role: sorted(
                {one.partition(".")[0] for one in readable(connection, f"seve_{role}") if one.endswith(".member_id")}
                & set(OWNED)
            )
            for role in ("app", "release")
        }
        own = {
            (table, row[0]): row[1]
            for table in OWNED
            for row in connection.execute(text(f"select member_id, count(*) from {table} group by member_id"))
        }
    faults = []
    for member in members:
        for role, session in (("app", member_transaction(member)), ("release", _of_release(member))):
            with session as opened:
                for table in seen_by[role]:
                    rows = opened.execute(text(f"select member_id, count(member_id) from {table} group by member_id"))
                    seen = {row[0]: row[1] for row in rows}
                    if seen != {one: count for (name, one), count in own.items() if (name, one) == (table, member)}:
                        faults.append(f"seve_{role} sees other rows of {table} than {own.get((table, member), 0)}")
    return faults


@contextmanager
def _of_release(member: UUID) -> Iterator[Session]:
    with release_transaction() as session:
        name_member(session, member)
        yield session


def _is_found(engine: Engine, statement: str, look: Callable[[], set[str]]) -> bool:
    """Break a wall, and say whether something is found that was not before."""
    before = look()
    with engine.begin() as connection:
        connection.execute(text(statement))
    return bool(look() - before)


FAULTS = {
    "une règle d'isolement retirée": "drop policy counted on own_figures",
    "une règle d'isolement ouverte à tous": "create policy everyone on own_figures to seve_app using (true)",
    "l'isolement d'une table éteint": "alter table trend_consents disable row level security",
    "le texte ouvert au rôle qui publie": "grant select (text) on complaints to seve_release",
    "une demande ouverte au réseau": "grant select (category) on complaints to seve_network",
    "le publié ouvert à l'écriture": "grant update on trend_snapshots to seve_app",
}


@pytest.mark.usefixtures("within")
def test_each_role_reaches_what_is_its_own_and_nothing_else(
    city: City, app: Flask, ports: Ports, tmp_path: Path, report: Report
) -> None:
    city.watch()
    city.fill((SEPTEMBER,), 20)
    publish(app, ports, press_of(app, tmp_path)[0], SEPTEMBER)
    engine, members = city.engine, [one.id for one in city.members.values()]
    assert faults_of_rights(engine) == []
    assert faults_of_rows(engine, members) == []
    with engine.begin() as connection:
        connection.execute(text("insert into trend_consents (id, member_id, product, from_month, given_by, at) "
            "select gen_random_uuid(), id, 'MF', '2026-01-01', 'x', now() from members"))  # fmt: skip

    def look() -> set[str]:
        return {*faults_of_rights(engine), *faults_of_rows(engine, members)}

    assert not look()
    for name, statement in FAULTS.items():
        assert _is_found(engine, statement, look), name
    report(
        "A14",
        "chaque rôle lit ce qui est à lui ; celui qui publie ne lit aucun texte ; personne ne réécrit le publié",
        f"0 droit de trop dans {len(Base.metadata.tables)} tables",
        caught=", ".join(FAULTS),
    )


def test_what_is_published_is_refused_to_whoever_changes_it(
    city: City, app: Flask, ports: Ports, settings: Settings, tmp_path: Path
) -> None:
    city.fill((SEPTEMBER,), 20)
    publish(app, ports, press_of(app, tmp_path)[0], SEPTEMBER)
    service = create_engine(settings.database_url)
    done = []
    for engine, roles in (
        (service, ("seve_app", "seve_release", "seve_network", "seve_operator")),
        (city.engine, ("",)),
    ):
        for role, table in product(roles, HELD):
            for statement in (f"delete from {table}", f"update {table} set product = ''", f"truncate {table} cascade"):
                with engine.connect() as connection:
                    if role:
                        connection.execute(text(f"set local role {role}"))
                    with suppress(ProgrammingError, IntegrityError):
                        connection.execute(text(statement))
                        done.append((role, statement))
    service.dispose()
    assert done == []


def test_each_person_opens_their_own_doors_only(city: City, app: Flask, ports: Ports, tmp_path: Path) -> None:
    city.fill((SEPTEMBER,), 20)
    publish(app, ports, press_of(app, tmp_path)[0], SEPTEMBER)
    inside = {address for address, answer in ask(app, reader(app), ("/reseau",)).items() if answer.status_code == 200}
    machine = {one for one, answer in ask(app, program(app, ports), ("/reseau",)).items() if answer.status_code == 200}
    strangers = {
        "nobody": app.test_client(),
        "staff of a member": staff_of(app, city.members["amont"]),
        "a member's own system": app.test_client(),
        "a wrong key": app.test_client(),
    }
    strangers["a member's own system"].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {city.members['amont'].key}"
    strangers["a wrong key"].environ_base["HTTP_AUTHORIZATION"] = "Bearer seve_reseau_invente"
    opened = {
        who: sorted(one for one in inside | machine if client.get(one).status_code == 200 and one not in OPEN)
        for who, client in strangers.items()
    }
    assert {"/reseau/", "/reseau/modele", "/reseau/api/v1/products"} <= inside | machine
    assert not any(opened.values()), opened


# What is open to whoever asks: the door itself, and what describes the interface.
OPEN = {"/reseau/connexion", "/reseau/connexion/code", "/reseau/api/v1/openapi.json"}


@cache
def _imports(module: str) -> frozenset[str]:
    """Return the modules of the service that one imports at its head or anywhere in it."""
    path = ROOT / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.exists():
        return frozenset()
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{one.name}" for one in node.names}
    return frozenset(one for one in found if one.startswith("service."))


def _reached(start: Iterable[str]) -> set[str]:
    """Return all modules that are reached from some."""
    waiting, seen = list(start), set()
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            waiting.extend(_imports(one))
    return seen


def test_no_face_reaches_what_publishes() -> None:
    faces = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for face in FACES
        for path in (ROOT / "service" / face).glob("*.py")
    ]
    reached = _reached(faces)
    assert not reached & set(NO_WAY_TO)
    assert "service.journey.trends.published" in reached  # the way was followed
    assert "service.press" in _reached(["service.clock"])  # and a way there would be seen


def test_a_web_process_never_loads_the_noise() -> None:
    program = "import sys, service.app; sys.exit('opendp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
