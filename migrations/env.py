"""How migrations run: as the owner, one at a time, never waiting long for a lock."""

import os

from alembic import context
from sqlalchemy import create_engine, text

from service.models import everything  # noqa: F401  Alembic compares the tables with these.
from service.models.database import Base
from service.settings import read_settings

ADVISORY_LOCK = 0x5E7E


def migrate() -> None:
    """Bring the database to the wanted version."""
    url = context.config.get_main_option("sqlalchemy.url") or read_settings(os.environ).database_owner_url
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
        # Only once our turn has come: a second migration waits for the first, then waits long for nothing else.
        connection.execute(text("select set_config('lock_timeout', '4s', false)"))
        connection.execute(text("select set_config('statement_timeout', '5s', false)"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.commit()
    engine.dispose()


migrate()
