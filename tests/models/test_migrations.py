from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, text

from service.cli.database import alembic_config
from service.settings import Settings

pytestmark = pytest.mark.services


def test_migrations_and_models_agree_and_go_down_and_up(settings: Settings) -> None:
    config = alembic_config(settings.database_owner_url)
    command.check(config)
    command.downgrade(config, "base")
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        left = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
    engine.dispose()
    assert left == ["alembic_version"]
    command.upgrade(config, "head")
    command.check(config)


@pytest.fixture
def before(settings: Settings) -> Iterator[Engine]:
    """The database as version 0002 left it, as its owner, with no member in it."""
    config = alembic_config(settings.database_owner_url)
    command.downgrade(config, "base")
    command.upgrade(config, "0002")
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


def insert(connection: Connection, table: str, **row: object) -> UUID:
    """Write a row of a table that no model describes any more; what it needs and nobody named is made up."""
    columns = connection.execute(
        text(
            "select column_name, data_type from information_schema.columns where table_schema = 'public' "
            "and table_name = :table and is_nullable = 'NO' and column_default is null and is_identity = 'NO'"
        ),
        {"table": table},
    )
    made_up = {"uuid": uuid4(), "jsonb": "{}", "boolean": False, "integer": 0, "date": "2026-12-01",
               "timestamp with time zone": "2026-01-01"}  # fmt: skip
    # What must be unique is: a text is its own.
    needed = {name: made_up.get(kind) if kind in made_up else f"{name} {uuid4()}" for name, kind in columns}
    row = needed | {"id": uuid4()} | row
    if table == "events":
        row.pop("id")
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return connection.execute(text(f"insert into {table} ({names}) values ({values}) returning id"), row).scalar_one()


def test_what_a_member_had_survives_the_third_migration(before: Engine, settings: Settings) -> None:
    with before.begin() as connection:
        member = insert(connection, "members", slug="amont", name="Amont Habitat")
        team = insert(connection, "teams", member_id=member, name="Service technique", kind="technical")
        rules = [
            insert(
                connection, "routing_rules", member_id=member, position=position, sentence=f"Règle {position}.",
                category="chauffage", target="team", team_id=team,
            )
            for position in (1, 2)
        ]  # fmt: skip
        hooks = {
            is_active: insert(
                connection, "webhooks", member_id=member, url=f"https://si.example/{is_active}",
                secret=f"whsec_{is_active}", is_active=is_active,
            )
            for is_active in (True, False)
        }  # fmt: skip
        complaint = insert(
            connection, "complaints", member_id=member, reference="K7M4-AXH2", text="Le radiateur reste froid",
            status="delivered", channel="extranet", urgency="normal", danger="none", team_id=team, rule_id=rules[0],
            submitted_at="2026-11-25", place_given="{}",
        )  # fmt: skip
        event = insert(
            connection, "events", member_id=member, complaint_id=complaint, kind="routed", audience="internal",
            actor="rules", at="2026-11-25", data="{}",
        )  # fmt: skip
        about = {"member_id": member, "complaint_id": complaint, "event_id": event}
        sent = {"purpose": "arrival", "attempts": 1, "with_text": False, **about}
        deliveries = {
            status: insert(
                connection, "deliveries", channel="webhook", recipient=str(hooks[status != "given_up"]), status=status,
                **sent,
            )
            for status in ("waiting", "given_up")
        }  # fmt: skip
        later = insert(
            connection, "events", member_id=member, complaint_id=complaint, kind="answered", audience="internal",
            actor="Ana Vidal", at="2026-11-25", data="{}",
        )  # fmt: skip
        sent["event_id"] = later
        deliveries["sent"] = insert(
            connection, "deliveries", channel="webhook", recipient=str(hooks[True]), status="sent", **sent
        )
        deliveries["mail"] = insert(
            connection, "deliveries", channel="email", recipient="technique@amont.example", status="waiting", **sent
        )
        for status in ("waiting", "mail"):
            insert(
                connection, "outbox", name="send", delivery_id=deliveries[status], run_after="2026-11-25", attempts=1,
                **about,
            )  # fmt: skip
        # Writes down how long the rewriting of a delivery may take, and of which.
        connection.execute(text("create table touched (id uuid, may_take text)"))
        connection.execute(
            text(
                "create function touch() returns trigger language plpgsql as $$ begin "
                "insert into touched values (new.id, current_setting('statement_timeout')); return new; end $$"
            )
        )
        connection.execute(
            text("create trigger touch before update on deliveries for each row execute function touch()")
        )
    command.upgrade(alembic_config(settings.database_owner_url), "0003")
    with before.begin() as connection:
        told = connection.execute(
            text(
                "select e.id, e.kind, e.address, e.is_active, s.sealed from endpoints e "
                "join endpoint_secrets s on s.endpoint_id = e.id"
            )
        ).all()
        assert {tuple(row) for row in told} == {
            (hook, "webhook", f"https://si.example/{is_active}", is_active, f"plain:whsec_{is_active}")
            for is_active, hook in hooks.items()
        }
        lines = connection.execute(
            text(
                "select r.id, r.position, r.sentence, v.number, v.published_at is not null from routing_rules r "
                "join routing_versions v on v.id = r.version_id and v.member_id = r.member_id order by r.position"
            )
        ).all()
        assert [tuple(row) for row in lines] == [
            (rule, position, f"Règle {position}.", 1, True) for position, rule in enumerate(rules, 1)
        ]
        kept = connection.execute(text("select id, status, endpoint_id, give_up_at is not null from deliveries")).all()
        assert {row[0]: tuple(row[1:]) for row in kept} == {
            deliveries["waiting"]: ("waiting", hooks[True], True),
            deliveries["given_up"]: ("given_up", hooks[False], False),
            deliveries["sent"]: ("sent", None, False),  # as it was: there may be very many
            deliveries["mail"]: ("waiting", None, False),
        }
        steps = connection.execute(text("select delivery_id, name from outbox")).all()
        assert {tuple(row) for row in steps} == {(deliveries["waiting"], "call"), (deliveries["mail"], "send")}
        assert connection.scalar(text("select rule_id from complaints")) == rules[0]
        touched = connection.execute(text("select distinct id, may_take from touched")).all()
        assert {tuple(row) for row in touched} == {(deliveries[one], "0") for one in ("waiting", "given_up")}
    command.downgrade(alembic_config(settings.database_owner_url), "0002")
    with before.begin() as connection:
        back = connection.execute(text("select id, url, secret, is_active from webhooks")).all()
        assert {tuple(row) for row in back} == {
            (hook, f"https://si.example/{is_active}", f"whsec_{is_active}", is_active)
            for is_active, hook in hooks.items()
        }


@pytest.mark.parametrize(
    ("had", "has"), [("#1D5B43", "#1d5b43"), ("#A3161A", "#a3161a"), ("vert", "#1d5b43"), ("", "#1d5b43")]
)
def test_the_fourth_migration_takes_any_colour(before: Engine, settings: Settings, had: str, has: str) -> None:
    config = alembic_config(settings.database_owner_url)
    command.upgrade(config, "0003")
    with before.begin() as connection:
        member = insert(connection, "members", slug="amont", name="Amont Habitat", colour=had)
    command.upgrade(config, "head")
    with before.begin() as connection:
        assert connection.scalar(text("select colour from members where id = :id"), {"id": member}) == has
