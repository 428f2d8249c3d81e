"""Delays on the staff face: what is promised, due and waited for, and what a person may do about it."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.handling import handling
from service.journey.ports import Ports
from tests.faces.test_staff_complaint import Case
from tests.faces.test_staff_inbox import counts
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

LIFT = "L'ascenseur fait un bruit"
GAS = "Il y a une odeur de gaz dans la cuisine"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    found = Case(app, world.first, LIFT, email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return found


def read(case: Case) -> str:
    return case.desk.read(case.url).replace("&#39;", "'")


def test_the_panel_says_what_was_promised_and_what_is_due(case: Case) -> None:
    page = read(case)
    for words in (
        "Promis au locataire</dt><dd>mercredi 2 décembre 2026",
        "Lecture par une personne</dt><dd>avant le vendredi 27 novembre 2026 à 17 h 30",
        "Première réponse</dt><dd>avant le mercredi 2 décembre 2026 à 17 h 30",
        "À lire : dans 2 jours", "Délais fixés", "Le délai attend sa réponse, vingt jours ouvrés au plus.",
    ):  # fmt: skip
        assert words in page, words
    assert "Prolonger" not in page


def test_what_is_late_is_said_in_words_and_in_the_list(case: Case, clock: SetClock) -> None:
    clock.forward(timedelta(days=2, hours=6))  # Friday at six in the evening
    case.desk.sign_in(case.member.agent_email)  # the session has ended meanwhile
    page = read(case)
    assert "<strong>attendu avant le vendredi 27 novembre 2026 à 17 h 30 : en retard</strong>" in page
    assert "À lire : 30 minutes de retard" in page
    assert counts(case.desk.read("/equipe/"))["en-retard"] == 1
    clock.forward(timedelta(hours=4))
    case.desk.sign_in(case.member.agent_email)  # the session has ended meanwhile
    assert "À lire : 4 heures de retard" in read(case)
    clock.forward(timedelta(days=3))
    case.desk.sign_in(case.member.agent_email)  # the session has ended meanwhile
    assert "À lire : 3 jours de retard" in read(case)


def test_a_question_leaves_and_the_delay_waits(case: Case, clock: SetClock) -> None:
    assert case.do("question", question="Depuis quand ?", seen="0").status_code == 303
    assert case.do("question", question="Depuis quand ?", seen="0").status_code == 303
    assert case.kinds().count("asked") == 1
    page = read(case)
    assert "depuis le mercredi 25 novembre 2026 à 12 h 00" in page
    assert "le délai repart le mercredi 23 décembre 2026 à 17 h 30" in page
    assert "attend le locataire" in page
    assert counts(case.desk.read("/equipe/"))["en-attente"] == 1
    assert "Attend le locataire" in page
    clock.forward(timedelta(days=7))
    case.desk.sign_in(case.member.agent_email)  # the session has ended meanwhile
    with case.app.app_context():
        handling.add_from_tenant(case.member.id, case.id, "Depuis hier", case.app.extensions["seve"].ports)
    assert counts(case.desk.read("/equipe/"))["en-attente"] == 0


def test_an_empty_question_is_refused_where_it_was_typed(case: Case) -> None:
    answer = case.do("question", question="  ", seen="0")
    assert answer.status_code == 422
    assert 'id="question-error"' in answer.text
    assert "asked" not in case.kinds()


def test_the_full_answer_is_put_back_once(case: Case) -> None:
    case.do("reponse", text="Nous cherchons.", seen="0")
    assert "Prolonger le délai, une seule fois" in read(case)
    for days, field in (("0", "days"), ("11", "days"), ("-1", "days"), ("dix", "days"), ("", "days")):
        answer = case.do("delai", days=days, extension_reason="La pièce est commandée.")
        assert answer.status_code == 422, days
        assert f'id="{field}-error"' in answer.text
    answer = case.do("delai", days="3", extension_reason=" ")
    assert answer.status_code == 422
    assert 'id="extension_reason-error"' in answer.text
    assert case.do("delai", days="3", extension_reason="La pièce est commandée.").status_code == 303
    page = read(case)
    assert "Délai prolongé jusqu'au lundi 14 décembre 2026" in page
    assert "Prolonger le délai, une seule fois" not in page
    again = case.do("delai", days="3", extension_reason="Encore.")
    assert again.status_code == 409
    assert "Ce délai ne peut pas être prolongé" in again.text.replace("&#39;", "'")


def test_a_danger_says_that_nothing_waits_and_who_is_called(app: Flask, world: World, ports: Ports) -> None:
    case = Case(app, world.first, GAS)
    with app.app_context():
        work_off(world.first, ports)
    page = read(case)
    for words in ("Personne ne s'en occupe encore", "Appelés : Astreinte.", "1 tour d'appels",
                  "ces délais ne s'arrêtent pas", "Le délai n'attend pas sa réponse."):  # fmt: skip
        assert words in page, words
    assert case.do("astreinte").status_code == 303
    assert case.do("astreinte").status_code == 303
    page = read(case)
    assert "Appels arrêtés" in page
    assert "Ana Vidal, le mercredi 25 novembre 2026" in page
    assert case.kinds().count("acknowledged") == 1


def test_a_reopened_page_of_another_member_moves_no_clock(app: Flask, world: World, case: Case) -> None:
    theirs = Case(app, world.second, LIFT)
    for path, fields in (
        ("question", {"question": "Quand ?"}), ("delai", {"days": "3", "extension_reason": "Non."}), ("astreinte", {}),
    ):  # fmt: skip
        assert case.desk.send("/equipe/", f"{theirs.url}/{path}", **fields).status_code == 404
    assert theirs.kinds() == ["submitted", "classified", "routed"]


def test_the_tenant_reads_that_an_answer_is_waited_for(case: Case, clock: SetClock) -> None:
    case.do("question", question="Depuis quand ?", seen="0")
    clock.forward(timedelta(days=12))
    page = case.app.test_client().get(_tracking(case)).text
    assert "Nous vous avons posé une question" in page
    assert "Depuis quand ?" in page
    assert "Nous sommes en retard" not in page


def _tracking(case: Case) -> str:
    answer = case.app.test_client().get(f"/api/v1/complaints/{case.id}", headers=case.member.bearer)
    url: str = answer.json["tracking_url"]
    return url.removeprefix("http://localhost")
