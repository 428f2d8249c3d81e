import pytest
from alembic import command
from sqlalchemy import create_engine, text

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
