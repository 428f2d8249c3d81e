"""An address that nobody has asks the database as much as one that somebody has: how long it takes tells nothing."""

import pytest
from flask import Flask
from sqlalchemy import event

from service.journey.people.accounts import sign_in_staff
from service.models.database import db
from service.settings import Settings
from tests.signing_in import as_owner
from tests.world import World

pytestmark = pytest.mark.services


def test_whoever_does_not_exist_is_asked_for_as_whoever_does(app: Flask, world: World, settings: Settings) -> None:
    as_owner(settings, "update staff set is_active = false where email = 'agente@aval.example'")
    asked: list[str] = []
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement)

        seen = []
        for email in (world.first.agent_email, world.second.agent_email, "personne@amont.example", "", "\x00"):
            asked.clear()
            assert sign_in_staff(email, "faux mot de passe") is None
            seen.append(list(asked))
        event.remove(db.engine, "before_cursor_execute", count)
    assert seen == [seen[0]] * len(seen)
