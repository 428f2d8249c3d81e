"""`flask database …`: migrations, run as the owner of the tables."""

import click
from alembic import command
from alembic.config import Config
from flask.cli import AppGroup

from service.settings import ROOT

database = AppGroup("database", help="Migrations of the database.")


def alembic_config(url: str | None = None) -> Config:
    """Return Alembic's configuration; without an address, the one of the settings is used."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    if url:
        config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@database.command()
def upgrade() -> None:
    """Bring the tables to the latest version."""
    command.upgrade(alembic_config(), "head")


@database.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Go back to REVISION."""
    command.downgrade(alembic_config(), revision)


@database.command()
def check() -> None:
    """Fail when the tables and the models differ."""
    command.check(alembic_config())


@database.command()
@click.argument("number")
@click.argument("message")
def revision(number: str, message: str) -> None:
    """Write migration NUMBER (four digits) from what the models changed."""
    command.revision(alembic_config(), message=message, autogenerate=True, rev_id=number)
