"""Copies of the test's database, in which things are counted and thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

from service.app import create_app
from service.embedded.postgres import EmbeddedPostgres
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.town import Town


class Laboratory:
    """Makes copies of one database. Nobody may be connected to it then."""

    def __init__(self, postgres: EmbeddedPostgres, settings: Settings, ports: Ports, member_id: UUID) -> None:
        self.postgres, self.settings, self.ports, self.member_id = postgres, settings, ports, member_id
        self.base = settings.database_url.rpartition("/")[2]

    def town(self) -> Town:
        return Town(self.settings.database_owner_url, self.member_id)

    @contextmanager
    def copy(self) -> Iterator[Town]:
        name = f"{self.base}_{uuid4().hex[:8]}"
        self.postgres.create_database(name, template=self.base)
        owner = self.postgres.url("seve_owner", name)
        url = self.postgres.url("seve_app", name)
        app = create_app(replace(self.settings, database_url=url, database_owner_url=owner), self.ports)
        try:
            with app.app_context():
                yield Town(owner, self.member_id)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            self.postgres.drop_database(name)
