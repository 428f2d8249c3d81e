"""The network's interface for programs: a key opens it, nothing else does, and it gives what the page gives."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.products import PRODUCTS
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.trends import network_keys
from service.journey.trends.snapshots import Erratum, attach_erratum, read_charges
from service.network.api import PER_KEY, PER_STRANGER, WINDOW
from service.settings import Settings
from tests.faces.test_network import sign_in
from tests.faces.test_network_files import HIDDEN, MONTHS, SECRET, value_of
from tests.kept_tables import keep
from tests.world import World

pytestmark = pytest.mark.services

ROOT = "/reseau/api/v1"
ADDRESSES = ("products", "dictionary", "releases", "tables/C1/2026-10-01", "ledger", "verify")
OCTOBER = MONTHS[-1]


@pytest.fixture
def key(app: Flask, world: World, ports: Ports) -> str:
    assert world
    with app.app_context():
        keep(MONTHS, value_of)
        return network_keys.create("Tableau de bord", audit.COMMAND, ports)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_reads_what_is_published(client: FlaskClient, key: str) -> None:
    products = client.get(f"{ROOT}/products", headers=bearer(key)).json["products"]
    assert [one["product"] for one in products] == list(PRODUCTS)
    assert products[0]["periods"] == [month.isoformat() for month in MONTHS]
    table = client.get(f"{ROOT}/tables/C1/2026-10-01", headers=bearer(key)).json
    assert table["period_label"] == "octobre 2026"
    by_key = {row["key"]: row for row in table["rows"]}
    assert by_key["chauffage"]["value"] == 1234
    assert (by_key["nuisibles"]["value"], by_key["nuisibles"]["ns"]) == (None, True)
    releases = client.get(f"{ROOT}/releases", headers=bearer(key)).json["releases"]
    assert [one["number"] for one in releases] == list(range(1, len(releases) + 1))
    assert table["snapshots"][0]["sha256"] in {one["sha256"] for one in releases}
    assert client.get(f"{ROOT}/verify", headers=bearer(key)).json["is_intact"] is True
    ledger = client.get(f"{ROOT}/ledger", headers=bearer(key)).json
    assert 0 < ledger["worst_rho"] <= ledger["promised_rho"] == 0.4
    assert ledger["charges"] == len(releases)


def test_the_proof_reads_what_was_charged_too(
    app: Flask, client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        dear = [replace(one, sigma=one.sigma / 2) for one in read_charges()]
    monkeypatch.setattr("service.network.api.read_charges", lambda: dear)
    said = client.get(f"{ROOT}/verify", headers=bearer(key)).json
    assert said["is_intact"] is False
    assert "même bruit" in said["faults"][0]
    assert "Douze mois coûteraient" in said["faults"][-1]


def test_nobody_comes_in_without_a_key_in_service(
    app: Flask, client: FlaskClient, key: str, world: World, ports: Ports
) -> None:
    sign_in(client)  # the session of a reader is no key
    wrong = ({}, bearer("faux"), bearer(""), bearer("\x00"), {"Authorization": f"Basic {key}"}, world.first.bearer)
    for address in ADDRESSES:
        for headers in wrong[: PER_STRANGER // len(ADDRESSES)]:
            answer = client.get(f"{ROOT}/{address}", headers=headers)
            assert answer.status_code == 401, (address, headers)
            assert answer.mimetype == "application/problem+json"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get(f"{ROOT}/ledger?key={key}").status_code in (401, 429)
    with app.app_context():
        network_keys.revoke("Tableau de bord", audit.COMMAND, ports)
    assert client.get(f"{ROOT}/ledger", headers=bearer(key)).status_code in (401, 429)


def test_a_key_of_the_network_opens_nothing_else(client: FlaskClient, key: str) -> None:
    for address in ("/api/v1/complaints", "/open311/requests.json", "/reseau/", "/equipe/", "/exploitation/"):
        assert client.get(address, headers=bearer(key)).status_code in (302, 303, 400, 401, 403, 404)
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(f"{ROOT}/ledger", headers=bearer(key)).status_code == 405


def test_what_is_not_published_is_not_found(client: FlaskClient, key: str) -> None:
    asked = (
        "C1/2026-11-01", "C1/2026-10-02", "C1/20261001", "C1/2026-W40-4", "c1/2026-10-01", "X/2026-10-01", "C1/",
        "C1/2026-10-01'--", "C1/%00", "C1/2026-10-01%0a", "OPEN/2026-10-01", "Q2/2026-10-01",
    )  # fmt: skip
    for one in asked:
        answer = client.get(f"{ROOT}/tables/{one}", headers=bearer(key))
        assert answer.status_code == 404, one
        assert answer.mimetype == "application/problem+json", one
    assert client.get(f"{ROOT}/nowhere", headers=bearer(key)).mimetype == "application/problem+json"


def test_no_answer_holds_a_hidden_figure_or_the_line_of_a_member(client: FlaskClient, key: str) -> None:
    for code in PRODUCTS:
        listed = client.get(f"{ROOT}/products", headers=bearer(key)).json["products"]
        (periods,) = [one["periods"] for one in listed if one["product"] == code]
        table = client.get(f"{ROOT}/tables/{code}/{periods[-1]}", headers=bearer(key))
        assert str(SECRET) not in table.text
        assert "aval" not in table.text
        assert all(row["value"] != HIDDEN for row in table.json["rows"])
        assert all(row["scope"] != "member" for row in table.json["rows"])


def test_what_did_not_change_is_not_sent_again(app: Flask, client: FlaskClient, key: str, ports: Ports) -> None:
    first = client.get(f"{ROOT}/tables/C1/2026-10-01", headers=bearer(key))
    again = client.get(f"{ROOT}/tables/C1/2026-10-01", headers={**bearer(key), "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{ROOT}/tables/C1/2026-10-01", headers=bearer(key)).data == first.data
    with app.app_context():
        attach_erratum(Erratum("C1", OCTOBER, "Une agence manque.", is_withdrawn=False), "Groupe", ports)
    changed = client.get(
        f"{ROOT}/tables/C1/2026-10-01", headers={**bearer(key), "If-None-Match": first.headers["ETag"]}
    )
    assert changed.status_code == 200
    assert changed.json["errata"] == ["Une agence manque."]
    assert changed.json["rows"] == first.json["rows"]


def test_a_withdrawn_table_is_listed_and_not_given(app: Flask, client: FlaskClient, key: str, ports: Ports) -> None:
    with app.app_context():
        attach_erratum(Erratum("AF", OCTOBER, "Types de territoire faux.", is_withdrawn=True), "Groupe", ports)
    assert client.get(f"{ROOT}/tables/AF/2026-10-01", headers=bearer(key)).status_code == 404
    releases = client.get(f"{ROOT}/releases", headers=bearer(key)).json["releases"]
    assert [one["period"] for one in releases if one["withdrawn"]] == ["2026-10-01"]
    alone = client.get(f"{ROOT}/tables/MF/2026-10-01", headers=bearer(key)).json
    assert [one["product"] for one in alone["snapshots"]] == ["MF"]
    assert {row["scope"] for row in alone["rows"]} == {"network"}


def test_a_key_that_asks_too_often_waits(client: FlaskClient, key: str, clock: SetClock) -> None:
    for _ in range(PER_KEY):
        assert client.get(f"{ROOT}/ledger", headers=bearer(key)).status_code == 200
    answer = client.get(f"{ROOT}/ledger", headers=bearer(key))
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == "60"
    clock.forward(WINDOW + timedelta(seconds=1))
    assert client.get(f"{ROOT}/ledger", headers=bearer(key)).status_code == 200


def test_wrong_keys_do_not_hold_back_a_good_one(client: FlaskClient, key: str) -> None:
    for _ in range(PER_STRANGER):
        assert client.get(f"{ROOT}/ledger", headers=bearer("faux")).status_code == 401
    assert client.get(f"{ROOT}/ledger", headers=bearer("faux")).status_code == 429
    assert client.get(f"{ROOT}/ledger", headers=bearer(key)).status_code == 200


def test_the_description_tells_every_address(app: Flask, client: FlaskClient) -> None:
    described = client.get(f"{ROOT}/openapi.json").json
    rules = {
        str(rule).removeprefix(ROOT).replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("network_api.") and not rule.endpoint.endswith("show_description")
    }
    assert set(described["paths"]) == rules


def test_only_the_digest_of_a_key_is_kept_and_both_acts_are_written_down(
    app: Flask, key: str, ports: Ports, settings: Settings
) -> None:
    with app.app_context():
        with pytest.raises(NotAllowed):
            network_keys.create(" Tableau  de bord ", audit.COMMAND, ports)
        with pytest.raises(BadInput):
            network_keys.create(" ", audit.COMMAND, ports)
        network_keys.revoke("Tableau de bord", audit.COMMAND, ports)
        with pytest.raises(NotFound):
            network_keys.revoke("Tableau de bord", audit.COMMAND, ports)
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        kept = "".join(str(row) for row in connection.execute(text("select * from network_keys")))
        acts = connection.scalars(
            text("select action from audit_entries where subject like 'Clé du réseau%' order by number")
        ).all()
    engine.dispose()
    assert key not in kept
    assert acts == ["created", "revoked"]


def test_operators_make_list_and_revoke_keys_on_the_command_line(app: Flask, world: World) -> None:
    assert world
    run = app.test_cli_runner().invoke
    made = run(args=["network", "key", "Observatoire"])
    assert made.exit_code == 0
    secret = made.output.strip().splitlines()[-1]
    assert app.test_client().get(f"{ROOT}/ledger", headers=bearer(secret)).status_code == 200
    assert "porte déjà ce nom" in run(args=["network", "key", "Observatoire"]).output
    listed = run(args=["network", "keys"]).output
    assert "Observatoire" in listed
    assert secret not in listed
    assert run(args=["network", "revoke", "Observatoire"]).exit_code == 0
    assert app.test_client().get(f"{ROOT}/ledger", headers=bearer(secret)).status_code == 401
    assert "Aucune clé en service" in run(args=["network", "revoke", "Observatoire"]).output


def test_before_the_first_release_there_is_nothing_and_no_error(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    assert world
    with app.app_context():
        key = network_keys.create("Tôt", audit.COMMAND, ports)
    for address in ("products", "dictionary", "releases", "ledger", "verify"):
        assert client.get(f"{ROOT}/{address}", headers=bearer(key)).status_code == 200
    assert client.get(f"{ROOT}/tables/C1/{date(2026, 10, 1)}", headers=bearer(key)).status_code == 404
