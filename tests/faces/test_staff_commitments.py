"""Promises on the page of a complaint: made, kept, taken back, found again when late, and said before it is closed."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from tests.faces.test_staff import as_read
from tests.faces.test_staff_complaint import Case
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

DOOR = "Changer la porte du hall"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def promise(case: Case, **fields: str) -> tuple[int, str]:
    owner = f"equipe:{case.member.teams['technical']}"
    answer = case.do("engagements", **{"what": DOOR, "due_on": "2026-11-30", "owner": owner, **fields})
    return answer.status_code, as_read(answer).replace("&#39;", "'")


def actions(case: Case) -> list[str]:
    """Return the addresses of what may be done with promises."""
    return re.findall(r'action="[^"]*/demandes/[\w-]+/(engagements/[\w-]+/\w+)"', case.page())


def test_a_promise_stands_on_the_page_until_it_is_kept(case: Case) -> None:
    assert promise(case)[0] == 303
    assert promise(case)[0] == 303  # pressed twice
    page = case.page()
    assert page.count("Pour le lundi 30 novembre 2026, par Service technique.") == 2  # its card, and the history
    assert "À venir" in page
    kept = next(url for url in actions(case) if url.endswith("/fait"))
    assert case.do(kept).status_code == 303
    assert "Engagement tenu" in case.page()
    assert actions(case) == []


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"what": " "}, "what", "Écrivez au moins un mot."),
        ({"what": "x" * 301}, "what", "300 caractères au plus"),
        ({"due_on": "2026-11-24"}, "due_on", "Ce jour est déjà passé."),
        ({"due_on": "2028-01-01"}, "due_on", "C'est trop loin : un an au plus."),
        ({"due_on": "lundi"}, "due_on", "Donnez une date"),
        ({"owner": "quelqu'un"}, "owner", "Choisissez une réponse"),
        ({"owner": "equipe:00000000-0000-0000-0000-000000000001"}, "owner", "Choisissez une réponse"),
    ],
)
def test_what_cannot_be_promised_is_named_on_its_field(
    case: Case, fields: dict[str, str], field: str, sentence: str
) -> None:
    status, page = promise(case, **fields)
    assert status == 422
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-error"' in page
    assert sentence in page
    assert "committed" not in case.kinds()


def test_a_promise_is_put_to_another_day_or_refused_on_its_own_form(case: Case) -> None:
    promise(case)
    [taken_back] = [url for url in actions(case) if url.endswith("/retrait")]
    refused = case.do(taken_back, why_dropped="Rupture", new_day="2026-11-30")
    page = as_read(refused).replace("&#39;", "'")
    assert refused.status_code == 422
    assert "C'est le jour déjà promis." in page
    assert 'id="new_day-error"' in page
    assert 'value="Rupture"' in page
    assert case.do(taken_back, why_dropped="Rupture", new_day="2026-12-07").status_code == 303
    page = case.page()
    assert "Nouvelle date : lundi 7 décembre 2026." in page
    assert "Retiré" in page


def test_a_late_promise_is_found_in_its_list(case: Case, clock: SetClock) -> None:
    reference = re.findall(r'<span class="ref">([\w-]+)</span>', case.page())[0]
    promise(case)
    clock.forward(timedelta(minutes=1))
    assert reference not in case.desk.read("/equipe/?vue=engagements")
    clock.forward(timedelta(days=6))
    case.desk.sign_in(case.member.agent_email)
    assert reference in case.desk.read("/equipe/?vue=engagements")
    assert 'class="chip danger">En retard' in case.page()
    case.do(next(url for url in actions(case) if url.endswith("/fait")))
    assert reference not in case.desk.read("/equipe/?vue=engagements")
    assert "Tenu en retard" in case.page()


def test_closing_says_what_is_still_promised_and_may_go_on(case: Case) -> None:
    assert "pas encore tenu" not in case.page()
    promise(case)
    assert "1 engagement pas encore tenu :" in case.page()
    assert case.do("cloture", outcome="solved", sentence="Fait.").status_code == 303
    # What was promised may still be said to be done.
    assert case.do(next(url for url in actions(case) if url.endswith("/fait"))).status_code == 303
