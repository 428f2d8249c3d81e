"""A second factor that operators and readers of the network must have: nothing opens before."""

import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from service.adapters.clock import SetClock
from service.app import create_app
from service.embedded.environment import SHARED, _settings
from service.journey.ports import Ports
from service.journey.transactions import shared_transaction
from service.models.database import db
from service.models.people import NetworkReader
from service.network import face as network
from service.operator import face as operator
from service.settings import SettingMissing, Settings, read_settings
from tests.faces.test_operator import OPERATOR, READERS
from tests.signing_in import NETWORK, Visitor, as_owner
from tests.world import _HASH, PASSWORD, READER, World

pytestmark = pytest.mark.services

PAGE = "/moi/verification"
OPERATORS = "/exploitation"
NEEDED = {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x", "SECRET_KEY": "x"}


@pytest.fixture
def strict(app: Flask, settings: Settings, ports: Ports) -> Iterator[Flask]:
    """The application as it is outside the demonstration, with an operator and a reader who must have a factor."""
    made = NetworkReader(id=uuid4(), email=OPERATOR, name="Opératrice", role="operator", password_hash=_HASH)
    with app.app_context(), shared_transaction() as session:
        session.add(made)
    as_owner(settings, "update network_choices set second_factor = 'required'")
    strict = create_app(replace(settings, operators_need_factor=True), replace(ports, operators_need_factor=True))
    strict.testing = True
    yield strict
    with strict.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("email", "face", "name"), [(READER, NETWORK, "network"), (OPERATOR, OPERATORS, "operator")])
def test_nothing_opens_before_and_all_of_it_after(
    strict: Flask, world: World, clock: SetClock, email: str, face: str, name: str
) -> None:
    assert world
    visitor, tried = Visitor(strict, email, face).entered(), 0
    strict.config["WTF_CSRF_ENABLED"] = False
    may_open = {"network": network.SETTING_UP, "operator": operator.SETTING_UP}[name]
    for rule in strict.url_map.iter_rules():
        if not rule.endpoint.startswith(f"{name}.") or rule.endpoint in may_open:
            continue
        url = re.sub("<[^>]*>", lambda found: str(uuid4()) if "uuid" in found[0] else "csv", str(rule))
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = visitor.client.open(url, method=method)
            assert (answer.status_code, answer.location) == (303, face + PAGE), rule
            tried += 1
    assert tried > 20
    strict.config["WTF_CSRF_ENABLED"] = True
    assert "La plateforme demande cette double vérification" in visitor.read(PAGE)
    visitor.set_up_code(clock)
    assert visitor.client.get(f"{face}/").status_code == 200
    assert Visitor(strict, email, face).sign_in().location == f"{face}/connexion/code"
    refused = visitor.send(PAGE, f"{PAGE}/application/retrait", password=PASSWORD)
    assert refused.status_code == 409
    assert "obligatoire" in refused.text


def test_what_opens_before_is_setting_up_and_leaving() -> None:
    for opens in (network.SETTING_UP, operator.SETTING_UP):
        assert {name.partition(".")[2] for name in opens} == {
            "sign_out", "own_factors", "own_code_begin", "own_code_confirm"
        }  # fmt: skip


def test_an_operator_decides_it_for_all_readers_at_once(app: Flask, strict: Flask, settings: Settings) -> None:
    as_owner(settings, "update network_choices set second_factor = 'optional'")
    reader = Visitor(strict, READER, NETWORK).entered()
    assert reader.client.get("/reseau/").status_code == 200
    desk = Visitor(app, OPERATOR, OPERATORS).entered()
    for required, location in (("1", f"/reseau{PAGE}"), ("0", None)):
        assert desk.send("/lecteurs", "/lecteurs/double-verification", required=required).location == READERS
        desk.send("/lecteurs", "/lecteurs/double-verification", required=required)  # pressed twice
        assert reader.client.get("/reseau/").location == location
    log = "select count(*) from audit_entries where member_id is null and subject like 'Double vérification%'"
    assert as_owner(settings, log) == [(2,)]
    assert as_owner(settings, "select count(*) from network_choices") == [(1,)]


def test_the_command_decides_it_too(app: Flask, world: World, settings: Settings) -> None:
    assert world
    runner: FlaskCliRunner = app.test_cli_runner()
    assert "obligatoire" in runner.invoke(args=["network", "second-factor", "required"]).output
    assert as_owner(settings, "select second_factor from network_choices") == [("required",)]
    assert runner.invoke(args=["network", "second-factor", "perhaps"]).exit_code


def test_a_reader_cannot_decide_it(app: Flask, world: World, settings: Settings) -> None:
    assert world
    reader = Visitor(app, READER, NETWORK).entered()
    token = reader.token("/moi/mot-de-passe")
    answer = reader.client.post(
        "/exploitation/lecteurs/double-verification", data={"csrf_token": token, "required": "1"}
    )
    assert answer.location == "/exploitation/connexion"
    assert as_owner(settings, "select second_factor from network_choices") == [("optional",)]


def test_operators_must_have_one_unless_it_is_written_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert read_settings(NEEDED).operators_need_factor
    assert read_settings(NEEDED | {"OPERATORS_SECOND_FACTOR": "required"}).operators_need_factor
    assert not read_settings(NEEDED | {"OPERATORS_SECOND_FACTOR": "optional"}).operators_need_factor
    with pytest.raises(SettingMissing):
        read_settings(NEEDED | {"OPERATORS_SECOND_FACTOR": "non"})
    # What « make run » starts is the demonstration: the password of its file is enough, unless the user says otherwise.
    var = tmp_path_factory.mktemp("var")
    assert _settings(var, {"SMTP_URL": "smtp://x"})["OPERATORS_SECOND_FACTOR"] == "optional"
    given = {"SMTP_URL": "smtp://x", "OPERATORS_SECOND_FACTOR": "required"}
    assert _settings(var, given)["OPERATORS_SECOND_FACTOR"] == "required"
    assert "OPERATORS_SECOND_FACTOR" in SHARED
