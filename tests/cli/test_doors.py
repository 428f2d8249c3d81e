"""`flask introductions`, `flask keys --sandbox`: what an administrator does for a member's extranet."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select

from service.adapters.sealing import FernetSealer
from service.app import Seve
from service.journey.people.accounts import caller_of_key
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.introduction import IntroductionKey
from tests.world import World

pytestmark = pytest.mark.services


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def test_a_secret_is_shown_once_and_never_listed(app: Flask, world: World) -> None:
    made = run(app, "introductions", "create", "amont", "extranet")
    assert made.exit_code == 0, made.output
    assert 'aud : "http://localhost/amont"' in made.output
    secret = made.output.split()[-1]
    assert len(secret.encode()) >= 32
    listed = run(app, "introductions", "list", "amont").output
    assert "extranet  HS256" in listed
    assert secret not in listed
    assert run(app, "introductions", "list", "aval").output == ""
    assert run(app, "introductions", "create", "amont", "extranet").exit_code != 0
    assert world


def test_a_key_is_revoked(app: Flask, world: World) -> None:
    assert world
    run(app, "introductions", "create", "amont", "extranet")
    assert run(app, "introductions", "revoke", "amont", "extranet").exit_code == 0
    assert "révoquée" in run(app, "introductions", "list", "amont").output
    assert run(app, "introductions", "revoke", "amont", "autre").exit_code != 0
    assert run(app, "introductions", "revoke", "aval", "extranet").exit_code != 0


def test_a_public_key_is_read_from_a_file(app: Flask, world: World, tmp_path: Path) -> None:
    assert world
    pem = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "cle.pem").write_bytes(pem)
    (tmp_path / "bruit.pem").write_bytes(b"\xff\xfe")
    words = ("introductions", "create", "amont", "paire", "--algorithm", "ES256")
    assert run(app, *words, "--public-key", str(tmp_path / "bruit.pem")).exit_code != 0
    assert run(app, *words).exit_code != 0
    made = run(app, *words, "--public-key", str(tmp_path / "cle.pem"))
    assert made.exit_code == 0, made.output
    assert "Secret" not in made.output


def test_a_sandbox_key_is_told_from_a_real_one(app: Flask, world: World) -> None:
    real = run(app, "keys", "create", "amont", "extranet-2").output.split()[-1]
    tried = run(app, "keys", "create", "amont", "essai", "--sandbox").output.split()[-1]
    with app.app_context():
        found, caller = caller_of_key(real), caller_of_key(tried)
    assert found is not None
    assert caller is not None
    assert (found.member_id, found.is_sandbox, caller.is_sandbox) == (world.first.id, False, True)


def test_secrets_are_sealed_under_a_new_key(app: Flask, world: World, ports: Ports) -> None:
    secret = run(app, "introductions", "create", "amont", "extranet").output.split()[-1]
    seve: Seve = app.extensions["seve"]
    newer = FernetSealer(("a newer key", "only for tests too"))
    app.extensions["seve"] = replace(seve, ports=replace(ports, sealer=newer))
    resealed = run(app, "secrets", "reseal")
    assert resealed.exit_code == 0, resealed.output
    with app.app_context(), member_transaction(world.first.id) as session:
        kept = session.scalars(select(IntroductionKey.sealed_secret)).one()
    assert kept is not None
    assert FernetSealer(("a newer key",)).unseal(kept) == secret
    app.extensions["seve"] = replace(seve, ports=replace(ports, sealer=FernetSealer(("a lost key",))))
    assert run(app, "secrets", "reseal").exit_code != 0
