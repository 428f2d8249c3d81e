"""Keys and passwords of the demonstration, drawn from the system and shown in one file only its owner may read."""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from service.demo.network import network
from service.journey.accounts import HASHER, hash_key

KEY_NAME = "Extranet de démonstration"
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
class MemberAccess:
    """What opens one member: its extranet's key, its supervisor's login, and dwellings to try."""

    slug: str
    name: str
    api_key: str
    staff: Login
    dwelling_references: list[str]


@dataclass(frozen=True)
class Access:
    """What stands in the file."""

    base_url: str
    members: list[MemberAccess]
    network: Login


def is_demonstration(connection: Connection) -> bool:
    """Say whether the members found in the database are those of the demonstration."""
    found = connection.execute("select 1 from network_readers where email = %s", [network().reader.email]).fetchone()
    return found is not None


def renew(connection: Connection, base_url: str, now: datetime) -> Access:
    """Give each member a new key and its supervisor a new password, and the reader too; return them."""
    found = connection.execute("select id, slug, name from members").fetchall()
    order = [plan.slug for plan in network().members]
    found.sort(key=lambda line: order.index(line[1]))
    members = [_renew_member(connection, member_id, slug, name, now) for member_id, slug, name in found]
    reader = Login(network().reader.email, secrets.token_urlsafe(12))
    connection.execute(
        "update network_readers set password_hash = %s where email = %s", [HASHER.hash(reader.password), reader.email]
    )
    return Access(base_url, members, reader)


def _renew_member(connection: Connection, member_id: UUID, slug: str, name: str, now: datetime) -> MemberAccess:
    key, password = f"seve_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(12)
    connection.execute(
        "update api_keys set revoked_at = %s where member_id = %s and name = %s and revoked_at is null",
        [now, member_id, KEY_NAME],
    )
    connection.execute(
        "insert into api_keys (id, member_id, name, key_hash, created_at) values (%s, %s, %s, %s, %s)",
        [uuid4(), member_id, KEY_NAME, hash_key(key), now],
    )
    email = connection.execute(
        "update staff set password_hash = %s where id = "
        "(select id from staff where member_id = %s and role = 'supervisor' order by email limit 1) returning email",
        [HASHER.hash(password), member_id],
    ).fetchone()
    references = connection.execute(_REFERENCES, {"member": member_id}).fetchall()
    return MemberAccess(slug, name, key, Login(email[0] if email else "", password), [line[0] for line in references])


def read_access(connection: Connection, path: Path) -> Access | None:
    """Return what the file says, or None when it is missing, damaged, or of another database."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        members = [MemberAccess(**(line | {"staff": Login(**line["staff"])})) for line in data["members"]]
        access = Access(data["base_url"], members, Login(**data["network"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    hashes = [hash_key(member.api_key) for member in members]
    living = connection.execute(
        "select count(*) from api_keys where key_hash = any(%s) and revoked_at is null", [hashes]
    ).fetchone()
    expected = connection.execute("select count(*) from members").fetchone()
    return access if living == expected == (len(members),) else None


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
