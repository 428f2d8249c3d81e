"""Keys and passwords of the demonstration, drawn from the system and shown in one file only its owner may read."""

import json
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from service.demo.network import ReaderPlan, network
from service.journey.people.accounts import HASHER, hash_key

KEY_NAME = "Extranet de démonstration"
SANDBOX_NAME = "Essais de démonstration"
INTRODUCTION_NAME = "demonstration"
ROLES = ("administrator", "agent", "reader")  # who of a member stands in the file beside its supervisor
_OWNER_ONLY = 0o600
# Five dwellings of five residences: three heated together, with a lift first, and two each on its own.
_REFERENCES = """
    (select min(d.reference) from dwellings d join residences r on r.id = d.residence_id
      where d.member_id = %(member)s and r.heating = 'collective'
      group by r.id, r.has_lift order by r.has_lift desc, 1 limit 3)
    union all
    (select min(d.reference) from dwellings d join residences r on r.id = d.residence_id
      where d.member_id = %(member)s and r.heating = 'individual' group by r.id order by 1 limit 2)
"""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Login:
    """An address and its password."""

    email: str
    password: str


@dataclass(frozen=True)
class Introduction:
    """With what the member's extranet signs who its tenants are: the `kid` of its tokens, and the shared secret."""

    name: str
    secret: str


@dataclass(frozen=True)
class PersonAccess:
    """One person of a member beside its supervisor: their role, and how they sign in."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class MemberAccess:
    """What opens one member: its extranet's keys, its people's logins, and dwellings to try."""

    slug: str
    name: str
    api_key: str
    staff: Login
    dwelling_references: list[str]
    sandbox_key: str
    introduction: Introduction
    people: list[PersonAccess]


@dataclass(frozen=True)
class Access:
    """What stands in the file."""

    base_url: str
    members: list[MemberAccess]
    network: Login
    operator: Login


def is_demonstration(connection: Connection) -> bool:
    """Say whether the members found in the database are those of the demonstration."""
    found = connection.execute("select 1 from network_readers where email = %s", [network().reader.email]).fetchone()
    return found is not None


def renew(connection: Connection, base_url: str, now: datetime, seal: Callable[[str], str]) -> Access:
    """Give each member new keys and its people new passwords, and those of the network too; return them."""
    found = connection.execute("select id, slug, name from members").fetchall()
    order = [plan.slug for plan in network().members]
    found.sort(key=lambda line: order.index(line[1]))
    members = [_renew_member(connection, member_id, slug, name, now, seal) for member_id, slug, name in found]
    reader = _renew_reader(connection, network().reader, "reader")
    return Access(base_url, members, reader, _renew_reader(connection, network().operator, "operator"))


def _renew_reader(connection: Connection, plan: ReaderPlan, role: str) -> Login:
    """Give a person of the network another password; whoever an older demonstration lacks is added."""
    login = Login(plan.email, secrets.token_urlsafe(12))
    connection.execute(
        "insert into network_readers (id, email, name, role, password_hash) values (%s, %s, %s, %s, %s) "
        "on conflict (email) do update set password_hash = excluded.password_hash",
        [uuid4(), plan.email, plan.name, role, HASHER.hash(login.password)],
    )
    return login


def _renew_member(
    connection: Connection, member_id: UUID, slug: str, name: str, now: datetime, seal: Callable[[str], str]
) -> MemberAccess:
    key = _renew_key(connection, member_id, now, sandbox=False)
    sandbox_key = _renew_key(connection, member_id, now, sandbox=True)
    logins = [(role, _renew_person(connection, member_id, role)) for role in ROLES]
    references = connection.execute(_REFERENCES, {"member": member_id}).fetchall()
    return MemberAccess(
        slug,
        name,
        key,
        _renew_person(connection, member_id, "supervisor"),
        [line[0] for line in references],
        sandbox_key,
        _renew_introduction(connection, member_id, now, seal),
        [PersonAccess(role, one.email, one.password) for role, one in logins if one.email],
    )


def _renew_person(connection: Connection, member_id: UUID, role: str) -> Login:
    """Give one person of a role another password: of the agents, one who sorts."""
    password = secrets.token_urlsafe(12)
    email = connection.execute(
        "update staff set password_hash = %s where id = (select staff.id from staff left join teams on "
        "teams.id = staff.team_id where staff.member_id = %s and role = %s and is_active "
        "order by teams.kind = 'sorting' desc nulls last, staff.email limit 1) returning email",
        [HASHER.hash(password), member_id, role],
    ).fetchone()
    return Login(email[0] if email else "", password)


def _renew_key(connection: Connection, member_id: UUID, now: datetime, *, sandbox: bool) -> str:
    """Revoke the key before, if there is one, and make another."""
    key = f"{'seve_essai' if sandbox else 'seve'}_{secrets.token_urlsafe(32)}"
    name = SANDBOX_NAME if sandbox else KEY_NAME
    connection.execute(
        "update api_keys set revoked_at = %s where member_id = %s and name = %s and revoked_at is null",
        [now, member_id, name],
    )
    connection.execute(
        "insert into api_keys (id, member_id, name, key_hash, is_sandbox, created_at) values (%s, %s, %s, %s, %s, %s)",
        [uuid4(), member_id, name, hash_key(key), sandbox, now],
    )
    return key


def _renew_introduction(
    connection: Connection, member_id: UUID, now: datetime, seal: Callable[[str], str]
) -> Introduction:
    """Give the key that introduces tenants another secret."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        "insert into introduction_keys (id, member_id, name, algorithm, sealed_secret, created_at) "
        "values (%s, %s, %s, 'HS256', %s, %s) on conflict (member_id, name) "
        "do update set sealed_secret = excluded.sealed_secret, revoked_at = null",
        [uuid4(), member_id, INTRODUCTION_NAME, seal(secret), now],
    )
    return Introduction(INTRODUCTION_NAME, secret)


def read_access(connection: Connection, path: Path) -> Access | None:
    """Return what the file says, or None when it is missing, damaged, or of another database."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        members = [
            MemberAccess(
                **(
                    line
                    | {
                        "staff": Login(**line["staff"]),
                        "introduction": Introduction(**line["introduction"]),
                        "people": [PersonAccess(**person) for person in line["people"]],
                    }
                )
            )
            for line in data["members"]
        ]
        access = Access(data["base_url"], members, Login(**data["network"]), Login(**data["operator"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    hashes = [hash_key(key) for member in members for key in (member.api_key, member.sandbox_key)]
    living = connection.execute(
        "select count(*) from api_keys where key_hash = any(%s) and revoked_at is null", [hashes]
    ).fetchone()
    expected = connection.execute("select count(*) from members").fetchone()
    return access if living == (len(hashes),) and expected == (len(members),) else None


def write_access(path: Path, access: Access) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(access), file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_OWNER_ONLY)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
