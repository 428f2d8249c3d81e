import re
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from service.adapters.sealing import FernetSealer
from service.adapters.webhooks import RememberingCaller
from service.app import Seve
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint, EndpointSecret
from tests.world import World

pytestmark = pytest.mark.services

URL = "https://si.example/seve"


def run(app: Flask, *words: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=words, input=typed)


def add(app: Flask, world: World, *words: str) -> str:
    """Add a webhook and return the first signs of its id."""
    made = run(app, "endpoints", "add", world.first.slug, "webhook", URL, *words)
    assert made.exit_code == 0, made.output
    found = re.search(r"\(([0-9a-f]{8})\)", made.output)
    assert found
    return found[1]


def test_an_endpoint_is_added_for_one_team_and_listed(app: Flask, world: World) -> None:
    short = add(app, world, "--team", "Service technique")
    with app.app_context(), member_transaction(world.first.id) as session:
        endpoint = session.scalars(select(Endpoint)).one()
        assert endpoint.team_id == world.first.teams["technical"]
    listed = run(app, "endpoints", "list", world.first.slug).output
    assert short in listed
    assert URL in listed
    assert "whsec" not in listed


def test_an_authority_is_added_with_its_key_typed_unseen_and_its_codes(app: Flask, ports: Ports, world: World) -> None:
    made = run(
        app, "endpoints", "add", world.first.slug, "open311", "https://ville.example/open311/v2",
        "--organisation", "Chaleur Picarde", "--service", "chauffage=12", "--jurisdiction", "ville.example",
        typed="clé de la ville\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "clé de la ville" not in made.output
    with app.app_context(), member_transaction(world.first.id) as session:
        endpoint = session.scalars(select(Endpoint)).one()
        assert endpoint.organisation_id == world.first.supplier_id
        assert endpoint.options == {"services": {"chauffage": "12"}, "jurisdiction_id": "ville.example"}
        assert ports.sealer.unseal(session.scalars(select(EndpointSecret.sealed)).one()) == "clé de la ville"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("webhook", "ftp://si.example"), "https://"),
        (("webhook", "https://nom:secret@si.example"), "mot de passe"),
        (("folder", "../autre"), "Un dossier se nomme"),
        (("webhook", URL, "--team", "Personne"), "Noms connus : Accueil et tri"),
        (("webhook", URL, "--team", "Astreinte", "--organisation", "Chaleur Picarde"), "pas les deux"),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(
    app: Flask, world: World, words: tuple[str, ...], sentence: str
) -> None:
    refused = run(app, "endpoints", "add", world.first.slug, *words)
    assert refused.exit_code == 1
    assert sentence in refused.output


def test_a_secret_is_renewed_with_an_overlap(app: Flask, world: World) -> None:
    short = add(app, world)
    renewed = run(app, "endpoints", "rotate", world.first.slug, short, "--overlap", "12h")
    assert renewed.exit_code == 0, renewed.output
    assert renewed.output.splitlines()[-1].startswith("whsec_")
    with app.app_context(), member_transaction(world.first.id) as session:
        ends = session.scalars(select(EndpointSecret.ends_at).order_by(EndpointSecret.ends_at)).all()
    assert len(ends) == 2
    assert ends[0] is not None
    assert ends[1] is None
    assert run(app, "endpoints", "rotate", world.first.slug, short, "--overlap", "une semaine").exit_code == 1


def test_a_test_call_is_made_and_a_failure_is_said_in_words(
    app: Flask, world: World, caller: RememberingCaller
) -> None:
    short = add(app, world)
    assert "L'essai est arrivé." in run(app, "endpoints", "test", world.first.slug, short).output
    caller.is_down = True
    failed = run(app, "endpoints", "test", world.first.slug, short)
    assert failed.exit_code == 1
    assert "L'essai n'est pas passé : l'adresse est éteinte." in failed.output


def test_a_retired_endpoint_is_found_no_more(app: Flask, world: World) -> None:
    short = add(app, world)
    assert run(app, "endpoints", "retire", world.first.slug, short).exit_code == 0
    assert run(app, "endpoints", "test", world.first.slug, short).exit_code == 1
    assert "retiré" in run(app, "endpoints", "list", world.first.slug).output


@pytest.mark.parametrize("beginning", ["", "zz", "%", "0000"])
def test_an_id_that_fits_nothing_is_refused(app: Flask, world: World, beginning: str) -> None:
    add(app, world)
    assert run(app, "endpoints", "test", world.first.slug, beginning).exit_code == 1


def test_secrets_are_resealed_and_a_lost_key_is_said(app: Flask, ports: Ports, world: World) -> None:
    add(app, world)
    settings = app.extensions["seve"].settings
    app.extensions["seve"] = Seve(settings, replace(ports, sealer=FernetSealer(["neuve", "only for tests too"])))
    assert "Secrets scellés de nouveau : 1." in run(app, "secrets", "reseal").output
    app.extensions["seve"] = Seve(settings, replace(ports, sealer=FernetSealer(["encore une autre"])))
    lost = run(app, "secrets", "reseal")
    assert lost.exit_code == 1
    assert URL in lost.output
