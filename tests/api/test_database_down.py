import socket
from dataclasses import replace

import pytest

from service.app import create_app
from service.journey.ports import Ports
from service.settings import Settings
from tests.world import World

pytestmark = pytest.mark.services


def test_a_database_that_is_away_is_said_in_each_faces_way(settings: Settings, ports: Ports, world: World) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = replace(settings, database_url=f"postgresql+psycopg://seve_app:x@127.0.0.1:{port}/seve")
    client = create_app(away, ports).test_client()
    answer = client.post("/api/v1/complaints", json={"text": "Bonjour"}, headers=world.first.bearer)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json; charset=utf-8"
    page = client.get(f"/{world.first.slug}/")
    assert page.status_code == 503
    assert "112" in page.text  # the emergency numbers need no database
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
