"""Sorting: the question under the message, one press a complaint, and the next of the list that opens by itself."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.journey.classification import classification
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.people import Staff
from tests.faces.test_staff import Desk, at_desk
from tests.faces.test_staff_bulk import arrived, hidden, prepare
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

VAGUE = "Quelque chose ne va pas"
COLD = "Le radiateur est froid"
TO_SORT = "/equipe/?vue=a-trier"
WALK = 'name="suite" value="1"'


class Sorter:
    """Somebody in front of three messages that nobody understood, and these in the order of the list."""

    def __init__(self, app: Flask, member: MemberWorld, ports: Ports, text: str = VAGUE) -> None:
        self.app, self.member = app, member
        arrived(app, member, ports, 3, text)
        self.desk: Desk = at_desk(app, member)
        self.ids = re.findall(r'data-id="([\w-]+)"', self.desk.read("/equipe/"))

    def open(self, complaint_id: str, came_from: str | None = TO_SORT) -> str:
        headers = {"Referer": f"http://localhost{came_from}"} if came_from else {}
        answer = self.desk.client.get(url(complaint_id), headers=headers)
        assert answer.status_code == 200
        return plain(answer)

    def press(self, complaint_id: str, path: str = "classement", **fields: str) -> TestResponse:
        """Press what the page offers: it goes on where the page said so."""
        page = self.open(complaint_id, f"/equipe/demandes/{complaint_id}")
        sent = {"category": "loyer", "urgency": "normal", "reason": "", "csrf_token": hidden(page, "csrf_token")}
        walks = {"suite": "1"} if WALK in page else {}
        return self.desk.client.post(f"{url(complaint_id)}/{path}", data=sent | walks | fields)

    def change(self, complaint_id: str, **values: object) -> None:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            complaint = session.get_one(Complaint, UUID(complaint_id))
            for name, value in values.items():
                setattr(complaint, name, value)


def url(complaint_id: str) -> str:
    return f"/equipe/demandes/{complaint_id}"


def plain(answer: TestResponse) -> str:
    return answer.text.replace("&#39;", "'").replace("\u00a0", " ")


@pytest.fixture
def sorter(app: Flask, world: World, ports: Ports) -> Sorter:
    return Sorter(app, world.first, ports)


def test_the_question_stands_under_the_message_until_somebody_answers_it(sorter: Sorter) -> None:
    page = sorter.open(sorter.ids[0])
    assert page.index("Message du locataire") < page.index("De quoi s'agit-il ?") < page.index("Envoyer au locataire")
    keys = re.findall(r'data-key="(\d)"><kbd[^>]*>\d</kbd> ([^<]+)<', page)
    assert keys == [("1", "Autre ou hors périmètre"), ("2", "Accueil et suivi"), ("3", "Loyer et paiement")]
    sorter.press(sorter.ids[0])
    assert "De quoi s'agit-il ?" not in sorter.open(sorter.ids[0])


def test_one_press_opens_the_next_of_the_list_and_says_what_was_done(sorter: Sorter) -> None:
    sorter.open(sorter.ids[0])
    answer = sorter.press(sorter.ids[0])
    assert (answer.status_code, answer.location) == (303, url(sorter.ids[1]))
    page = sorter.open(sorter.ids[1], url(sorter.ids[0]))
    assert "classée en « Loyer et paiement »." in page
    assert f'<a href="{url(sorter.ids[0])}" data-key="u">Y revenir</a>' in page


def test_to_say_that_the_subject_is_right_leads_on_too(
    app: Flask, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classification, "is_drawn", lambda _: True)
    sorter = Sorter(app, world.first, ports, COLD)
    page = sorter.open(sorter.ids[0], "/equipe/?vue=tirage")
    assert re.search(r'data-key="0"><kbd[^>]*>0</kbd> C\'est le bon sujet', page)
    assert sorter.press(sorter.ids[0], "confirmation").location == url(sorter.ids[1])
    assert "classée en « Chauffage »." in sorter.open(sorter.ids[1], url(sorter.ids[0]))


def test_what_a_person_sorted_already_is_passed_over(sorter: Sorter) -> None:
    sorter.open(sorter.ids[0])
    sorter.change(sorter.ids[1], category_by_person=True)
    assert sorter.press(sorter.ids[0]).location == url(sorter.ids[2])


def test_the_last_of_the_list_leads_back_to_it(sorter: Sorter) -> None:
    sorter.open(sorter.ids[2])
    assert sorter.press(sorter.ids[2]).location == TO_SORT
    assert "C'était la dernière de la liste." in sorter.desk.read(TO_SORT).replace("&#39;", "'")


@pytest.mark.parametrize("came_from", [None, "/equipe/incidents", "/equipe/?cherche=Nora"])
def test_what_was_opened_from_elsewhere_stays_in_front(sorter: Sorter, came_from: str | None) -> None:
    assert WALK not in sorter.open(sorter.ids[0], came_from)
    answer = sorter.press(sorter.ids[0], suite="1")
    assert (answer.status_code, answer.location) == (303, url(sorter.ids[0]))


def test_a_sure_subject_that_is_corrected_stays_in_front(app: Flask, world: World, ports: Ports) -> None:
    sorter = Sorter(app, world.first, ports, COLD)
    sorter.open(sorter.ids[0], "/equipe/")
    assert sorter.press(sorter.ids[0]).location == url(sorter.ids[0])


def test_a_sure_subject_that_no_rule_could_route_leads_on(app: Flask, world: World, ports: Ports) -> None:
    sorter = Sorter(app, world.first, ports, COLD)
    sorter.change(sorter.ids[0], target="sorting")
    sorter.open(sorter.ids[0], "/equipe/")
    assert sorter.press(sorter.ids[0]).location == url(sorter.ids[1])


def test_a_danger_stays_in_front(sorter: Sorter) -> None:
    sorter.open(sorter.ids[0])
    assert sorter.press(sorter.ids[0], category="gaz_co", urgency="danger").location == url(sorter.ids[0])


def test_what_becomes_sensitive_goes_out_of_sight_and_leads_on(sorter: Sorter) -> None:
    sorter.open(sorter.ids[0])
    assert sorter.press(sorter.ids[0], category="accompagnement_social").location == url(sorter.ids[1])
    assert "réservée aux personnes nommées : vous ne la voyez plus" in sorter.open(sorter.ids[1], url(sorter.ids[0]))


def test_nobody_has_to_say_why(sorter: Sorter) -> None:
    page = sorter.open(sorter.ids[0])
    assert re.search(r'<input id="reason"(?![^>]*required)', page)
    assert sorter.press(sorter.ids[0], reason="  ").status_code == 303
    with sorter.app.app_context(), member_transaction(sorter.member.id) as session:
        assert session.scalars(select(Correction.reason)).all() == [""]


def test_a_subject_the_tenant_contests_is_corrected_without_a_reason(sorter: Sorter) -> None:
    sorter.change(sorter.ids[0], contested_at=sorter.app.extensions["seve"].ports.clock.now())
    assert sorter.press(sorter.ids[0]).status_code == 303
    with sorter.app.app_context(), member_transaction(sorter.member.id) as session:
        assert session.scalars(select(Correction.reason)).all() == ["Contesté par le locataire."]


def test_a_list_to_sort_leads_to_its_first_that_waits(sorter: Sorter) -> None:
    sorter.change(sorter.ids[0], category_by_person=True)
    for address in (TO_SORT, "/equipe/?vue=ouvertes&confiance=inconnu"):
        found = re.findall(r'data-key="t" href="([^"]+)"', sorter.desk.read(address))
        assert found == [url(sorter.ids[1])], address
    assert 'data-key="t"' not in sorter.desk.read("/equipe/")


def test_a_reader_is_asked_nothing(sorter: Sorter) -> None:
    with sorter.app.app_context(), member_transaction(sorter.member.id) as session:
        session.get_one(Staff, sorter.member.agent_id).role = "reader"
    assert "De quoi s'agit-il ?" not in sorter.open(sorter.ids[0])
    assert 'data-key="t"' not in sorter.desk.read(TO_SORT)


def test_many_are_sorted_at_once_by_a_subject_they_may_share(sorter: Sorter) -> None:
    sorter.change(sorter.ids[2], alternatives=[{"category": "accompagnement_social", "confidence": 0.2}])
    page = sorter.desk.read("/equipe/")
    sent = {"csrf_token": hidden(page, "csrf_token"), "vu": hidden(page, "vu"), "choisi": sorter.ids}
    chosen = plain(sorter.desk.client.post("/equipe/ensemble/classer", data=sent))
    offered = re.findall(r'name="category" value="(\w+)" data-key="(\d)"', chosen)
    # Each its own, or one for all; a sensitive subject is given one by one.
    assert offered == [("each", "0"), ("autre", "1"), ("relation_client", "2"), ("loyer", "3")]
    assert "(3 sur 3)" in chosen
    assert "(2 sur 3)" in chosen
    act = prepare(sorter.desk, "classer", sorter.ids, category="loyer", urgency="", reason="")
    assert "Classer 3 demandes" in sorter.desk.read(act)


def test_words_that_say_nothing_are_never_marked(sorter: Sorter) -> None:
    sorter.change(sorter.ids[0], text="je vous merci kan la fuite", words=["je", "merci", "kan", "fuite"])
    page = sorter.open(sorter.ids[0])
    assert re.findall(r"<mark>([^<]+)</mark>", page) == ["fuite", "fuite"]
    sorter.change(sorter.ids[0], words=["je", "merci"])
    page = sorter.open(sorter.ids[0])
    assert "<mark>" not in page
    assert "Aucun mot en particulier" in page
    assert "Surlignés" not in page
