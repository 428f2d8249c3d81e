"""The first accounts, from the command line."""

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.people import invitations, reader_links
from service.journey.people.accounts import sign_in_reader, sign_in_staff
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import AuditEntry
from tests.world import READER, World

pytestmark = pytest.mark.services

NEW = "quatre mots sans rapport"


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=arguments)
    return result.exit_code, result.output


def token_in(output: str) -> str:
    return output.strip().rpartition("/")[2]


def test_an_administrator_is_invited_and_the_link_shown(app: Flask, world: World, ports: Ports) -> None:
    arguments = ("people", "invite", "amont", "zoe@amont.example", "Zoé Roy", "--role", "administrator")
    code, first = run(app, *arguments)
    assert code == 0, first
    code, second = run(app, *arguments)  # the mail was lost: another link
    assert code == 0, second
    with app.app_context():
        assert invitations.look(token_in(first), ports).state == "expired"
        invitations.accept(token_in(second), NEW, ports)
        assert sign_in_staff("zoe@amont.example", NEW) is not None
        with member_transaction(world.first.id) as session:
            actors = session.execute(select(AuditEntry.action, AuditEntry.actor).order_by(AuditEntry.number)).all()
    assert [tuple(row) for row in actors][:2] == [("invited", "command"), ("renewed", "command")]


def test_an_address_that_has_an_account_is_refused(app: Flask, world: World) -> None:
    code, said = run(app, "people", "invite", "amont", world.second.agent_email, "Ana Vidal")
    assert (code, "a déjà un compte" in said) == (1, True)
    assert run(app, "people", "invite", "nulle-part", "a@b.example", "A")[0] == 1


def test_an_operator_is_made_and_chooses_a_password(app: Flask, world: World, ports: Ports) -> None:
    assert world
    code, said = run(app, "operators", "create", "ops@reseau.example", "Opératrice")
    assert code == 0, said
    with app.app_context():
        reader_links.accept(token_in(said), NEW, ports)
        assert sign_in_reader("ops@reseau.example", NEW, "operator") is not None
        assert sign_in_reader("ops@reseau.example", NEW) is None
    assert run(app, "operators", "create", "ops@reseau.example", "Encore")[0] == 1
    code, said = run(app, "operators", "link", READER)
    assert code == 0
    with app.app_context():
        assert reader_links.look(token_in(said), ports).is_open
    assert run(app, "operators", "link", "personne@reseau.example")[0] == 1
