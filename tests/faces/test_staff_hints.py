"""What could be plainer is said once before words leave for a tenant, and never a second time."""

import re

import pytest
from flask import Flask

from service.journey.ports import Ports
from tests.faces.test_staff_complaint import Case
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

UNPLAIN = "Nous allons diligenter une visite chez vous mardi."
PLAIN = "Nous venons chez vous mardi."
STOP = "Avant d'envoyer"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, name="Mme Petit", email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def told(page: str, pane: str) -> str:
    """Return what the form of a pane says was shown."""
    [found] = re.findall(rf'name="ecrire" value="{pane}"><input type="hidden" name="told" value="([^"]*)"', page)
    return str(found)


@pytest.mark.parametrize(
    ("path", "pane", "field", "kind"),
    [("reponse", "reponse", "text", "answered"), ("question", "question", "question", "asked"),
     ("cloture", "fin", "sentence", "closed")],
)  # fmt: skip
def test_what_could_be_plainer_is_shown_once_and_the_second_press_sends(
    case: Case, path: str, pane: str, field: str, kind: str
) -> None:
    fields = {"ecrire": pane, field: UNPLAIN, "outcome": "solved", "seen": "0", "at_once": "1"}
    first = case.do(path, **fields, told=told(case.page(), pane))
    page = first.text.replace("&#39;", "'")
    assert first.status_code == 200
    assert STOP in page
    assert "« diligenter » : écrivez plutôt « faire »" in page
    assert UNPLAIN in page.partition(f'name="{field}"')[2]
    assert kind not in case.kinds()
    assert case.do(path, **fields, told=told(page, pane)).status_code == 303
    assert case.kinds().count(kind) == 1


def test_plain_words_leave_at_once(case: Case) -> None:
    assert case.do("reponse", text=PLAIN, seen="0", told="").status_code == 303
    assert "answered" in case.kinds()


def test_mending_one_of_two_does_not_show_the_other_again_and_a_new_one_is_shown(case: Case) -> None:
    both = case.do("reponse", ecrire="reponse", text=f"{UNPLAIN} NOUS VENONS BIENTÔT.", seen="0", told="").text
    shown = told(both, "reponse")
    assert len(shown.split()) == 2
    new = case.do("reponse", ecrire="reponse", text=f"{UNPLAIN} Voir la VMC.", seen="0", told=shown).text
    assert "« vmc »" in new.lower()
    assert "answered" not in case.kinds()
    assert case.do("reponse", ecrire="reponse", text=UNPLAIN, seen="0", told=shown).status_code == 303


def test_what_the_preview_said_is_not_said_again(case: Case) -> None:
    fields = {"ecrire": "reponse", "text": UNPLAIN, "seen": "0"}
    page = case.do("apercu", **fields, told="").text
    assert STOP not in page.replace("&#39;", "'")
    assert case.do("reponse", **fields, told=told(page, "reponse")).status_code == 303


def test_words_to_a_partner_and_notes_are_the_sender_s_own(case: Case) -> None:
    assert case.do("note", internal_note=UNPLAIN, seen="0", told="").status_code == 303
    assert case.do("partenaire", partner_text=UNPLAIN, seen="0", told="").status_code == 303
