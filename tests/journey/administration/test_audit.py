"""The audit log: one chain for each member, whoever writes; and every way of tampering with it is seen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from service.domain.audit import changes
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.routing import routing_drafts
from service.journey.transactions import member_transaction, operator_transaction, shared_transaction
from service.settings import Settings
from tests.world import World

pytestmark = pytest.mark.services

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
VERIFY, HEAD = ("audit", "verify"), ("audit", "head")


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    assert world
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


def written(app: Flask, member_id: UUID | None, count: int = 5) -> list[str]:
    """Write some entries; return their digests."""
    digests = []
    for number in range(count):
        at, who = NOON + timedelta(minutes=number, microseconds=7), audit.Actor("Rémi Sorel", UUID(int=number))
        with app.app_context(), member_transaction(member_id) if member_id else shared_transaction() as session:
            entry = audit.write(
                session, member_id, who, "changed", f"Délai n° {number}", at=at,
                before={"jours": number, "mot": "é", "liste": [1, None]}, after={"jours": number + 1, "part": 0.25},
            )  # fmt: skip
            digests.append(entry.digest)
    return digests


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=words)
    return result.exit_code, result.output


def test_a_chain_holds_after_a_round_through_the_database(app: Flask, world: World) -> None:
    digests = written(app, world.first.id)
    code, said = run(app, *VERIFY, "amont", "--since", digests[2])
    assert code == 0, said
    assert f"amont : 5 entrées, dernière empreinte {digests[-1]}" in said


def test_each_member_has_its_chain_and_so_has_the_platform(app: Flask, world: World) -> None:
    first, second, platform = (written(app, one, 2) for one in (world.first.id, world.second.id, None))
    code, said = run(app, *VERIFY, "--all")
    assert code == 0
    assert said.splitlines() == [
        f"plateforme : 2 entrées, dernière empreinte {platform[-1]}",
        f"amont : 2 entrées, dernière empreinte {first[-1]}",
        f"aval : 2 entrées, dernière empreinte {second[-1]}",
    ]
    assert f"aval\t2\t{second[-1]}" in run(app, *HEAD)[1].splitlines()


CHANGE = "update audit_entries set "
SHIFT = f"{CHANGE}number = number - 1 where number > 3"
SWAP = f"{CHANGE}number = -number where number in (2, 3); {CHANGE}number = 5 + number where number < 0"
INSERT = (
    f"{CHANGE}number = -number where number > 2; {CHANGE}number = 1 - number where number < 0; "
    "insert into audit_entries (member_id, number, at, actor, action, subject, previous, digest) "
    "select member_id, 3, at, actor, action, subject, digest, repeat('a', 64) from audit_entries where number = 2"
)


@pytest.mark.parametrize(
    ("tampering", "fault", "why"),
    [
        (f"{CHANGE}actor = 'Personne' where number = 3", 3, "changée"),
        (f"{CHANGE}actor_id = null where number = 3", 3, "changée"),
        (f"{CHANGE}after = '{{}}' where number = 3", 3, "changée"),
        (f"{CHANGE}at = at + interval '1 microsecond' where number = 3", 3, "changée"),
        (f"{CHANGE}before = null where number = 5", 5, "changée"),
        ("delete from audit_entries where number = 1", 1, "manque"),
        ("delete from audit_entries where number = 3", 3, "manque"),
        (f"delete from audit_entries where number = 3; {SHIFT}", 3, "ne suit pas"),
        (SWAP, 2, "ne suit pas"),
        (INSERT, 3, "changée"),
    ],
)
def test_whatever_the_owner_of_the_database_does_to_a_chain_is_seen(
    app: Flask, world: World, engine: Engine, tampering: str, fault: int, why: str
) -> None:
    written(app, world.first.id)
    assert run(app, *VERIFY, "amont")[0] == 0
    with engine.begin() as connection:
        connection.execute(text(tampering))
    code, said = run(app, *VERIFY, "amont")
    assert code == 1
    assert f"FAUTE à l'entrée {fault}" in said
    assert why in said


def test_entries_cut_off_the_end_are_seen_by_the_digest_kept_elsewhere(
    app: Flask, world: World, engine: Engine
) -> None:
    kept = written(app, world.first.id)[-1]
    with engine.begin() as connection:
        connection.execute(text("delete from audit_entries where number > 3"))
    assert run(app, *VERIFY, "amont")[0] == 0  # nothing inside says how long it was
    code, said = run(app, *VERIFY, "--all", "--since", kept)
    assert code == 1
    assert f"Empreinte {kept} : introuvable" in said


def test_a_chain_made_anew_from_one_entry_on_is_seen_by_the_digest_kept_elsewhere(
    app: Flask, world: World, engine: Engine
) -> None:
    kept = written(app, world.first.id)[-1]
    with engine.begin() as connection:
        connection.execute(text("delete from audit_entries where number > 2"))
    written(app, world.first.id, 3)
    assert run(app, *VERIFY, "amont")[0] == 0
    assert run(app, *VERIFY, "amont", "--since", kept)[0] == 1


def test_two_members_or_none_at_all_cannot_be_asked_for_at_once(app: Flask, world: World) -> None:
    assert world
    assert run(app, *VERIFY)[0] == run(app, *VERIFY, "amont", "--all")[0] == 2
    assert run(app, *VERIFY, "ailleurs")[0] == 1


def test_many_who_write_at_once_make_one_chain(app: Flask, world: World) -> None:
    writers = [Thread(target=written, args=(app, world.first.id, 5)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    code, said = run(app, *VERIFY, "amont")
    assert code == 0, said
    assert "amont : 30 entrées" in said


def test_the_application_can_neither_change_nor_remove_an_entry(app: Flask, world: World) -> None:
    written(app, world.first.id, 1)
    for statement in ("update audit_entries set actor = 'x'", "delete from audit_entries", "truncate audit_entries"):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with app.app_context(), refused, member_transaction(world.first.id) as session:
            session.execute(text(statement))


def test_an_operator_writes_in_the_chain_of_the_member(app: Flask, world: World) -> None:
    written(app, world.first.id, 2)
    with app.app_context(), operator_transaction() as session:
        entry = audit.write(session, world.first.id, audit.Actor("Opérateur"), "created", "Un compte", at=NOON)
        assert entry.number == 3
    assert run(app, *VERIFY, "amont")[0] == 0


def test_an_action_that_is_no_action_is_refused(app: Flask, world: World) -> None:
    with app.app_context(), pytest.raises(ValueError, match="guessed"), member_transaction(world.first.id) as session:
        audit.write(session, world.first.id, audit.SYSTEM, "guessed", "Rien", at=NOON)


def test_only_what_differs_is_written(app: Flask, world: World) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        same = {"nom": "Agence", "ville": "Amiens"}
        assert audit.write_change(session, world.first.id, audit.SYSTEM, "Équipe", same, same, at=NOON) is None
        entry = audit.write_change(
            session, world.first.id, audit.SYSTEM, "Équipe", same, same | {"ville": "Reims"}, at=NOON
        )
    assert entry
    assert (entry.before, entry.after) == ({"ville": "Amiens"}, {"ville": "Reims"})
    (one,) = changes(entry.before, entry.after)
    assert (one.name, one.before, one.after) == ("ville", "Amiens", "Reims")


def test_a_table_of_rules_put_in_force_is_written_with_its_author(app: Flask, world: World, ports: Ports) -> None:
    member = world.first
    with app.app_context():
        draft = routing_drafts.start(member.id, member.supervisor_id, ports)
        for _ in range(2):  # a double click
            routing_drafts.publish(member.id, member.supervisor_id, draft, "Nouvelle table", ports)
        with member_transaction(member.id) as session:
            (entry,) = audit.entries(session, member.id, audit.Query())
    assert (entry.actor, entry.subject) == ("Rémi Sorel", "Table des règles")
    assert entry.after == {"version": 2, "lignes": 5, "note": "Nouvelle table"}


def test_what_is_typed_on_the_machine_is_written_too(app: Flask, world: World) -> None:
    member = world.first
    added = ("duty", "add", member.slug, "1", "Ana Vidal", "--phone", "06 00 00 00 00")
    for words in (added, ("themes", "set", member.slug, "--colour", "#1d3b5b")):
        assert run(app, *words)[0] == 0
    with app.app_context(), member_transaction(member.id) as session:
        subjects = {(one.actor, one.subject) for one in audit.entries(session, member.id, audit.Query())}
    assert ("command", "Astreinte : Ana Vidal") in subjects
    assert len(subjects) == 2
