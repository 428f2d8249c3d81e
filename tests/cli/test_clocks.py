"""`flask clocks` and `flask duty`."""

import re

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from tests.faces.test_staff import submit
from tests.world import World

pytestmark = pytest.mark.services


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def test_a_delay_is_set_once_and_shown(app: Flask, client: FlaskClient, world: World) -> None:
    assert run(app, "clocks", "set", "amont", "first_answer", "4", "working_days", "--urgency", "normal").exit_code == 0
    said = run(app, "clocks", "set", "amont", "first_answer", "3", "working_days", "--urgency", "normal").output
    assert "première réponse (first_answer), tous les sujets, Normal : 3 jours ouvrés" in said
    shown = run(app, "clocks", "targets", "amont").output
    assert shown.count("tous les sujets, Normal") == 1
    assert "lecture par une personne (read), tous les sujets, toutes les urgences : 2 jours ouvrés" in shown
    assert submit(client, world.first, "L'ascenseur fait un bruit")["promised_answer_by"] == "2026-11-30"
    assert submit(client, world.second, "L'ascenseur fait un bruit")["promised_answer_by"] == "2026-12-02"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("amont", "first_answer", "2", "working_days", "--urgency", "danger"), "en heures"),
        (("amont", "first_answer", "121", "working_days"), "trop long"),
        (("amont", "first_answer", "0", "hours"), "0"),
        (("amont", "dance", "2", "hours"), "dance"),
        (("amont", "first_answer", "2", "hours", "--category", "rien"), "rien"),
        (("nulle-part", "first_answer", "2", "hours"), "Bailleur inconnu"),
    ],
)
def test_a_delay_that_cannot_be_is_refused(app: Flask, world: World, words: tuple[str, ...], why: str) -> None:
    assert world
    answer = run(app, "clocks", "set", *words)
    assert answer.exit_code != 0
    assert why in answer.output


def test_a_closure_day_puts_off_what_is_due(app: Flask, client: FlaskClient, world: World) -> None:
    complaint_id = submit(client, world.first, "L'ascenseur fait un bruit")["id"]
    said = run(app, "clocks", "closure", "amont", "2026-11-27", "Inventaire").output
    assert "Échéances déplacées : 1" in said
    assert "Échéances déplacées : 0" in run(app, "clocks", "closure", "amont", "2026-11-27", "Inventaire annuel").output
    assert "Inventaire annuel" in run(app, "clocks", "targets", "amont").output
    with app.app_context(), member_transaction(world.first.id) as session:
        due = session.scalars(select(Complaint.due_at).where(Complaint.id == complaint_id)).one()
        assert due
        assert due.date().isoformat() == "2026-11-30"


def test_what_is_kept_is_proved_to_be_what_the_events_say(app: Flask, client: FlaskClient, world: World) -> None:
    sent = submit(client, world.first, "L'ascenseur fait un bruit")
    assert run(app, "clocks", "recompute", "--check").exit_code == 0
    with app.app_context(), member_transaction(world.first.id) as session:
        session.execute(update(Complaint).values(due_at=None, is_paused=True))
    wrong = run(app, "clocks", "recompute", "--check")
    assert wrong.exit_code == 1
    assert sent["reference"] in wrong.output
    assert run(app, "clocks", "recompute").output == "Refaites : 1.\n"
    assert run(app, "clocks", "recompute", "--check").exit_code == 0


def test_contacts_are_added_listed_and_removed(app: Flask, world: World) -> None:
    assert world
    assert "Au niveau 2 : Rémi Sorel" in run(app, "duty", "list", "amont").output
    assert run(app, "duty", "add", "amont", "2", "Inès Faure", "--phone", "06 39 98 01 02").exit_code == 0
    listed = run(app, "duty", "list", "amont").output
    assert "Au niveau 1 : Astreinte" in listed
    assert "Au niveau 2 : Inès Faure" in listed
    found = re.search(r"^(\S+)  niveau 2  Inès Faure  06 39 98 01 02  jour et nuit$", listed, re.MULTILINE)
    assert found
    assert run(app, "duty", "remove", "aval", found[1]).exit_code == 1  # another member's
    assert run(app, "duty", "remove", "amont", found[1]).exit_code == 0
    assert "Inès Faure" not in run(app, "duty", "list", "amont").output


@pytest.mark.parametrize("words", [("1", "Paul Roy"), ("4", "Paul Roy", "--phone", "06"), ("1", " ", "--phone", "06")])
def test_a_contact_who_cannot_be_called_is_refused(app: Flask, world: World, words: tuple[str, ...]) -> None:
    assert world
    assert run(app, "duty", "add", "amont", *words).exit_code != 0
