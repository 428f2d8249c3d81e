"""The same words twice, words that arrive too late, words kept back: nothing goes twice unsaid, and nothing is lost."""

import re

import pytest
from flask import Flask

from service.journey.closing import closing
from service.journey.news import mending
from service.journey.ports import Ports
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read
from tests.faces.test_staff_complaint import Case
from tests.faces.test_staff_compose import HELLO, last_event, pane_open, plain, texts
from tests.mending import wait_to_mend
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

WAYS = (
    ("reponse", "text", "answered"),
    ("question", "question", "asked"),
    ("partenaire", "partner_text", "partner_written"),
    ("note", "internal_note", "noted"),
)


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, name="Mme Petit", email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def box(page: str, field: str) -> str:
    [found] = re.findall(rf'<textarea id="{field}"[^>]*>([^<]*)</textarea>', page)
    return str(found)


@pytest.mark.parametrize(("path", "field", "kind"), WAYS)
def test_the_same_words_from_a_page_shown_since_are_asked_about_once(
    case: Case, path: str, field: str, kind: str
) -> None:
    assert case.do(path, **{field: HELLO, "seen": str(last_event(case))}).status_code == 303
    since = str(last_event(case))  # the page that the browser shows again when one goes back
    refused = case.do(path, **{field: HELLO, "seen": since})
    page = plain(as_read(refused))
    assert refused.status_code == 409
    assert "mercredi 25 novembre 2026 à 12 h 00" in page
    assert texts(case, kind) == [HELLO]
    assert box(page, field) == HELLO
    [again] = re.findall(r'name="again" value="(\d+)"', page)
    [kept] = set(re.findall(r'name="seen" value="(\d+)"', page))
    for _ in range(2):  # a double click on what was asked sends once more, and not twice
        assert case.do(path, **{field: HELLO, "seen": kept, "again": again}).status_code == 303
    assert texts(case, kind) == [HELLO, HELLO]


def test_what_still_waits_to_leave_says_when_it_leaves(case: Case, settings: Settings) -> None:
    wait_to_mend(settings, case.member)
    case.do("reponse", text=HELLO, seen=str(last_event(case)))
    seen = str(last_event(case))
    page = plain(as_read(case.do("reponse", text=HELLO, seen=seen)))
    assert "Ce message est déjà écrit : il part à 12 h 20" in page
    assert "Ce message est déjà écrit" in plain(as_read(case.do("apercu", ecrire="reponse", text=HELLO, seen=seen)))
    assert texts(case, "answered") == [HELLO]


def test_other_words_and_the_same_from_a_colleague_are_no_repetition(case: Case) -> None:
    case.do("reponse", text=HELLO, seen=str(last_event(case)))
    assert case.do("reponse", text=f"{HELLO} Merci.", seen=str(last_event(case))).status_code == 303
    leader = Desk(case.app.test_client())
    leader.sign_in(f"responsable@{case.member.slug}.example")
    sent = leader.send(case.url, f"{case.url}/reponse", text=HELLO, seen=str(last_event(case)))
    assert sent.status_code == 303
    assert len(texts(case, "answered")) == 3


def test_what_was_kept_back_may_be_written_again(case: Case, settings: Settings, ports: Ports) -> None:
    wait_to_mend(settings, case.member)
    seen = str(last_event(case))
    case.do("reponse", text=HELLO, seen=seen)
    with case.app.app_context():
        mending.withhold(case.member.id, case.id, last_event(case), case.member.agent_id, ports)
    page = case.page()
    kept = page.split("Réponse au locataire")[1].split("</li>")[0]
    assert '<span class="badge internal">Retenue</span>' in kept
    assert '<span class="badge told">' not in kept
    [again] = re.findall(r'href="([^"]+)">Reprendre ces mots', kept)
    assert box(plain(case.desk.read(again.replace("&amp;", "&"))), "text") == HELLO
    assert box(page, "text") == ""
    # Neither a page shown before nor one shown since swallows it.
    assert case.do("reponse", text=HELLO, seen=seen).status_code == 303
    assert texts(case, "answered") == [HELLO, HELLO]


def test_nobodys_words_are_taken_up_but_those_kept_back(case: Case) -> None:
    case.do("reponse", text=HELLO, seen=str(last_event(case)))
    for number in (str(last_event(case)), "0", "rien", "9" * 30):
        assert box(plain(case.desk.read(f"{case.url}?reprendre={number}")), "text") == ""


@pytest.mark.parametrize(
    ("path", "fields"),
    [("reponse", {"text": HELLO}), ("question", {"question": HELLO}), ("partenaire", {"partner_text": HELLO}),
     ("cloture", {"sentence": HELLO, "outcome": "solved"}), ("apercu", {"text": HELLO, "ecrire": "reponse"})],
)  # fmt: skip
def test_words_that_come_after_the_end_wait_in_the_note(
    case: Case, ports: Ports, path: str, fields: dict[str, str]
) -> None:
    seen = str(last_event(case))
    with case.app.app_context():
        closing.close(
            case.member.id, case.id, case.member.supervisor_id, outcome="solved", sentence="Réparé.", ports=ports
        )
    refused = case.do(path, **(fields | {"seen": seen}))
    page = plain(as_read(refused))
    assert refused.status_code == 409
    assert "a terminé cette demande le mercredi 25 novembre 2026 à 12 h 00" in page
    assert "Relisez, puis envoyez" not in page
    assert pane_open(page) == "note"
    assert box(page, "internal_note") == HELLO
    assert 'href="#internal_note"' in page


def test_ending_pressed_twice_is_no_late_word(case: Case) -> None:
    seen = str(last_event(case))
    for _ in range(2):
        assert case.do("cloture", outcome="solved", sentence="Réparé.", seen=seen).status_code == 303
    assert texts(case, "closed") == ["Réparé."]
