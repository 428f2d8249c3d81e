import io
import logging

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError

from service.journey.transactions import member_transaction
from service.logs import WithoutMessages
from tests.world import World

PARAMETERS = {"name": "Camille Inventée"}  # apart: a log quotes the lines of code it went through

pytestmark = pytest.mark.services


def test_an_error_of_the_database_does_not_tell_what_was_written(app: Flask, world: World) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutMessages("%(message)s"))
    refused = pytest.raises(DataError, match="Camille")  # what a plain log would have kept
    with app.app_context(), refused as caught, member_transaction(world.first.id) as session:
        session.execute(text("select cast(:name as uuid)"), PARAMETERS)
    information = (caught.type, caught.value, caught.tb)
    handler.handle(logging.LogRecord("test", logging.ERROR, "", 0, "step_failed", (), information))
    written = stream.getvalue()
    assert "step_failed" in written
    assert "DataError 22P02" in written
    assert "test_logs.py" in written  # where it happened
    assert "Camille" not in written
