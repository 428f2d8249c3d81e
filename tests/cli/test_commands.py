import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.webhooks import RememberingCaller
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.endpoint import EndpointSecret
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def submit(client: FlaskClient, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return client.post("/api/v1/complaints", json={"text": "L'ascenseur fait un bruit"}, headers=headers).status_code


def test_a_key_opens_until_it_is_revoked(app: Flask, client: FlaskClient, world: World) -> None:
    made = run(app, "keys", "create", world.first.slug, "essai")
    assert made.exit_code == 0
    key = made.output.splitlines()[-1]
    assert submit(client, key) == 201
    assert run(app, "keys", "revoke", world.first.slug, "essai").exit_code == 0
    assert submit(client, key) == 401
    assert submit(client, world.first.key) == 201  # the member's other key still opens
    assert "Aucune clé" in run(app, "keys", "revoke", world.first.slug, "essai").output


def test_an_unknown_member_is_refused_with_the_known_ones(app: Flask, world: World) -> None:
    refused = run(app, "keys", "create", "personne", "essai")
    assert refused.exit_code == 1
    assert world.first.slug in refused.output


def test_a_webhook_is_called_until_it_is_removed(
    app: Flask, client: FlaskClient, world: World, ports: Ports, caller: RememberingCaller
) -> None:
    url = "https://si.example/seve"
    made = run(app, "webhooks", "add", world.first.slug, url)
    assert made.exit_code == 0
    with app.app_context(), member_transaction(world.first.id) as session:
        sealed = session.scalars(select(EndpointSecret.sealed)).one()
    secret = made.output.splitlines()[-1]
    assert secret not in sealed
    assert ports.sealer.unseal(sealed) == secret
    submit(client, world.first.key)
    with app.app_context():
        work_off(world.first, ports)
    assert [call.url for call in caller.calls] == [url]
    assert "ascenseur fait" not in caller.calls[0].body  # the tenant's words stay here
    assert run(app, "webhooks", "remove", world.first.slug, url).exit_code == 0
    submit(client, world.first.key)
    with app.app_context():
        work_off(world.first, ports)
    assert len(caller.calls) == 1


def test_an_address_that_is_not_http_is_refused(app: Flask, world: World) -> None:
    assert run(app, "webhooks", "add", world.first.slug, "ftp://si.example").exit_code == 1


@pytest.mark.parametrize(("month", "code"), [("2026-10", 0), ("2026-11", 1), ("2027-01", 1)])
def test_only_a_closed_month_is_published(app: Flask, world: World, month: str, code: int) -> None:
    assert world
    assert run(app, "trends", "release", month).exit_code == code
    if code == 0:
        assert "Déjà publié" in run(app, "trends", "release", month).output
