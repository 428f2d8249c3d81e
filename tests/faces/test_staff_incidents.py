"""Collective incidents on the staff face: their list, one of them, the three buttons beside a complaint, announcing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from tests.cli.test_commands import run
from tests.faces.test_staff import SOME_ID, Desk, as_read, at_desk
from tests.incidents import GAS, LIFT, Street, incident_of, neighbours_write, opened, settle_in, the_one, write
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

LIST = "/equipe/incidents"


class Office:
    """A person of a member whose tenants have neighbours."""

    def __init__(self, app: Flask, member: MemberWorld, ports: Ports) -> None:
        self.app, self.member, self.ports = app, member, ports
        self.desk: Desk = at_desk(app, member)
        with app.app_context():
            self.street: Street = settle_in(member, 8)

    def proposed(self, count: int = 3) -> str:
        with self.app.app_context():
            neighbours_write(self.member, self.street.homes[:count], LIFT, self.ports)
            return f"{LIST}/{the_one(self.member).id}"

    def opened(self, count: int = 3) -> tuple[str, list[UUID]]:
        with self.app.app_context():
            incident, ids = opened(self.member, self.street, self.ports, count)
            return f"{LIST}/{incident.id}", ids

    def write(self, home: int, text: str = LIFT) -> UUID:
        with self.app.app_context():
            found = write(self.member, self.street.homes[home], text, self.ports)
            work_off(self.member, self.ports)
            return found

    def reference(self, complaint_id: UUID) -> str:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return session.get_one(Complaint, complaint_id).reference

    def linked(self, complaint_id: UUID) -> bool:
        with self.app.app_context():
            return incident_of(self.member, complaint_id) is not None

    def kinds(self, complaint_id: UUID) -> list[str]:
        with self.app.app_context():
            return kinds(self.member, complaint_id)

    def status(self) -> str:
        with self.app.app_context():
            return the_one(self.member).status

    def read(self, url: str) -> str:
        return self.desk.read(url).replace("&#39;", "'").replace("&#34;", '"')

    def send(self, page: str, path: str, **fields: str) -> TestResponse:
        return self.desk.send(page, f"{page}/{path}", **fields)


@pytest.fixture
def office(app: Flask, world: World, ports: Ports) -> Iterator[Office]:
    return Office(app, world.first, ports)


def words_of(answer: TestResponse) -> str:
    return as_read(answer).replace("&#39;", "'")


def test_an_empty_list_says_so_and_offers_to_announce(office: Office) -> None:
    page = office.read(LIST)
    assert "Aucun incident en cours." in page
    assert f'href="{LIST}/annonce"' in page
    assert f'href="{LIST}"' in office.read("/equipe/")


def test_a_proposal_says_why_in_words_and_what_accepting_does(office: Office, clock: SetClock) -> None:
    with office.app.app_context():
        for home in office.street.homes[:4]:
            neighbours_write(office.member, [home], LIFT, office.ports)
            clock.forward(timedelta(minutes=10))
    assert "À décider" in office.read(LIST)
    with office.app.app_context():
        page = office.read(f"{LIST}/{the_one(office.member).id}")
    assert re.search(r"4 foyers en 30 minutes ; par hasard, moins d'une fois sur 1 000 000 000\.", page)
    assert "Si oui, 4 demandes seront liées" in page
    assert "logement amont-A-0003, bâtiment A, étage 1" in page


def test_accepting_opens_and_dismissing_sets_aside(office: Office) -> None:
    page = office.proposed()
    assert office.send(page, "decision", decision="accept").status_code == 303
    assert office.status() == "open"
    assert "3 foyers" in office.read(page)
    assert office.send(page, "decision", decision="dismiss").status_code == 303
    assert office.status() == "dismissed"
    assert "Demandes déliées (3)" in office.read(page)
    answer = office.desk.send("/equipe/", f"{page}/decision", decision="accept")
    assert answer.status_code == 409
    assert "il n'est pas ouvert" in words_of(answer)


def test_what_is_changed_is_shown_and_what_is_wrong_is_named(office: Office) -> None:
    page, _ = office.opened()
    good = {"title": "Ascenseur arrêté", "building": "", "ends_at": "2026-11-28T18:00", "next_news_at": ""}
    assert office.send(page, "changement", **good).status_code == 303
    shown = office.read(page)
    for words in ("Ascenseur arrêté", "toute la résidence", "samedi 28 novembre 2026 à 18 h 00", "Rien de promis"):
        assert words in shown
    for field, typed, sentence in (
        ("title", " ", "Écrivez au moins un mot"),
        ("ends_at", "demain", "Donnez une date et une heure"),
        ("ends_at", "2020-01-01T10:00", "avant la date de début"),
        ("next_news_at", "25/11/2026 09:00", "déjà passé"),
    ):
        answer = office.send(page, "changement", **(good | {field: typed}))
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert f'id="{field}-error"' in answer.text


def test_a_complaint_is_linked_by_its_reference_and_taken_off_again(office: Office) -> None:
    page, _ = office.opened()
    other = office.write(5, "Le radiateur est froid")
    reference = office.reference(other)
    assert office.send(page, "lien", reference=reference.lower()).status_code == 303
    assert office.linked(other)
    assert reference in office.read(page)
    assert office.send(page, "retrait", complaint=reference).status_code == 303
    assert not office.linked(other)
    assert "Demandes déliées (1)" in office.read(page)
    for typed, sentence in (("K7M4", "un signe manque"), ("", "un signe manque")):
        answer = office.send(page, "lien", reference=typed)
        assert (answer.status_code, sentence in words_of(answer)) == (422, True)


def test_news_are_read_before_they_leave_and_leave_once(office: Office) -> None:
    page, ids = office.opened()
    words = {"text": "Pour {logement} : la pièce arrive.", "seen": "0", "next_at": "2026-11-26T09:00"}
    before = office.send(page, "nouvelles", what="preview", **words)
    assert before.status_code == 200
    assert re.search(r"Pour le logement amont-A-000\d : la pièce arrive\.", before.text)
    assert ">Pour {logement} : la pièce arrive.</textarea>" in before.text
    assert "incident_news" not in office.kinds(ids[0])
    assert "Elles vont à 3 foyers, dont 3 par e-mail." in office.read(page)
    for _ in range(2):
        assert office.send(page, "nouvelles", what="send", **words).status_code == 303
    assert [office.kinds(one).count("incident_news") for one in ids] == [1, 1, 1]
    assert "jeudi 26 novembre 2026 à 9 h 00" in office.read(page)
    first = office.read(f"/equipe/demandes/{ids[0]}")
    assert f"Pour le logement {office.street.homes[0]} : la pièce arrive." in first


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"text": " "}, "text", "Écrivez au moins un mot"),
        ({"text": "Bonjour {nom}"}, "text", "seuls {logement} et {reference}"),
        ({"text": "mot gardé", "next_at": "hier"}, "next_at", "Donnez une date et une heure"),
        ({"text": "mot gardé", "next_at": "2026-11-25T09:00"}, "next_at", "déjà passé"),
    ],
)
@pytest.mark.parametrize("what", ["send", "preview"])
def test_news_to_mend_are_named_and_nothing_leaves(
    office: Office, fields: dict[str, str], field: str, sentence: str, what: str
) -> None:
    page, ids = office.opened()
    answer = office.send(page, "nouvelles", what=what, **fields)
    if what == "preview" and field == "next_at":
        assert answer.status_code == 200  # looked at when it leaves
    else:
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert f'id="{field}-error"' in answer.text
    assert "incident_news" not in office.kinds(ids[0])


def test_an_incident_ends_with_all_its_complaints_or_without(office: Office) -> None:
    page, ids = office.opened()
    asks = office.read(page)
    assert "Terminer aussi les 3 demandes ouvertes qui y sont liées" in asks
    answer = office.send(page, "fin", closes="1", sentence="Réparé.")
    assert (answer.status_code, office.status()) == (422, "open")
    assert office.send(page, "fin", closes="1", outcome="solved", sentence="Réparé.").status_code == 303
    assert office.status() == "resolved"
    assert all("closed" in office.kinds(one) for one in ids)
    ended = office.read(page)
    assert "Demandes terminées avec lui : 3." in ended
    assert "Donner des nouvelles" not in ended


def test_news_that_are_due_come_first(office: Office, clock: SetClock) -> None:
    page, _ = office.opened()
    clock.forward(timedelta(hours=25))
    office.desk.sign_in(office.member.agent_email)  # the session before is long over
    with office.app.app_context():
        neighbours_write(office.member, office.street.homes[4:5], GAS, office.ports)
    shown = office.read(LIST)
    assert "Nouvelles dues" in shown
    assert shown.index(page) < shown.index("Odeur de gaz")


def test_beside_a_complaint_an_incident_is_reported(office: Office) -> None:
    complaint = office.write(0)
    url = f"/equipe/demandes/{complaint}"
    assert "Signaler un incident collectif" in office.read(url)
    assert office.send(url, "incident").status_code == 303
    shown = office.read(url)
    assert "Cette demande est liée à" in shown
    assert "Signaler un incident collectif" not in shown
    assert "Liée à un incident collectif : Ascenseur en panne" in shown
    with office.app.app_context():
        page, incident_id = f"{LIST}/{the_one(office.member).id}", str(the_one(office.member).id)
    assert "Ouvert par Ana Vidal." in office.read(page)
    assert office.send(url, "incident-retrait", incident=incident_id).status_code == 303
    assert not office.linked(complaint)
    assert "C'est l'incident connu : Ascenseur en panne" in office.read(url)
    assert office.send(url, "incident-connu", incident=incident_id).status_code == 303
    assert office.linked(complaint)


def test_a_complaint_without_a_place_offers_no_incident_and_a_forced_one_is_refused(office: Office) -> None:
    with office.app.app_context():
        nowhere = write(office.member, None, LIFT, office.ports)
    url = f"/equipe/demandes/{nowhere}"
    assert "Incident collectif" not in office.read(url)
    answer = office.send(url, "incident")
    assert answer.status_code == 409
    assert "un incident a besoin d'une résidence" in words_of(answer)
    for typed in ("", "licorne"):
        assert office.send(url, "incident-connu", incident=typed).status_code == 422


ANNOUNCED = {
    "kind": "works", "residence": "les tilleuls", "building": "", "category": "plomberie",
    "title": "Coupure d'eau pour travaux", "starts_at": "2026-11-26T08:00", "ends_at": "2026-11-26T12:00",
    "text": "Pour {logement}, l'eau revient à midi.",
}  # fmt: skip


def test_works_are_announced_and_wait_in_the_list(office: Office) -> None:
    answer = office.desk.send(f"{LIST}/annonce", f"{LIST}/annonce", **ANNOUNCED)
    assert answer.status_code == 303
    shown = office.read(LIST)
    for words in ("Annoncés", "Coupure d'eau pour travaux", "À partir du jeudi 26 novembre 2026 à 8 h 00"):
        assert words in shown
    assert "Annoncé par Ana Vidal." in office.read(answer.location)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("residence", "Nulle part", "Aucune résidence n'a ce nom"),
        ("category", "", "Choisissez une réponse"),
        ("title", " ", "Écrivez au moins un mot"),
        ("starts_at", "", "Donnez une date et une heure"),
        ("ends_at", "", "Donnez une date et une heure"),
        ("ends_at", "2026-11-26T07:00", "avant la date de début"),
        ("text", "{qui}", "seuls {logement} et {reference}"),
    ],
)
def test_an_announcement_to_mend_is_named_and_kept(office: Office, field: str, typed: str, sentence: str) -> None:
    answer = office.desk.send(f"{LIST}/annonce", f"{LIST}/annonce", **(ANNOUNCED | {field: typed}))
    assert answer.status_code == 422
    page = words_of(answer)
    assert sentence in page
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-error"' in page
    if field != "title":
        assert "Coupure d'eau pour travaux" in page.replace("&#39;", "'")
    assert "Aucun incident en cours." in office.read(LIST)


def test_works_are_announced_from_a_terminal(office: Office) -> None:
    words = ["incidents", "announce", "amont", "Les Tilleuls, Amiens", "ascenseur", "Visite", "Une heure."]
    assert "ajoutez --until" in run(office.app, *words).output
    done = run(office.app, *words, "--from", "2026-11-26 08:00", "--until", "2026-11-26 09:00")
    assert done.exit_code == 0
    assert "/equipe/incidents/" in done.output
    assert "Visite" in office.read(LIST)
    assert "Aucune résidence" in run(office.app, "incidents", "announce", "amont", "X", "ascenseur", "A", "B").output


def test_another_members_incident_does_not_exist_here(app: Flask, office: Office, world: World) -> None:
    page, ids = office.opened()
    desk = at_desk(app, world.second)
    assert desk.client.get(page).status_code == 404
    for path, fields in (
        ("decision", {"decision": "dismiss"}), ("changement", {"title": "X"}), ("fin", {}),
        ("lien", {"reference": office.reference(ids[0])}), ("nouvelles", {"text": "X", "what": "send"}),
    ):  # fmt: skip
        assert desk.send("/equipe/", f"{page}/{path}", **fields).status_code in {404, 422}, path
    assert office.status() == "open"
    assert desk.client.get(f"{LIST}/{SOME_ID}").status_code == 404


def test_html_in_news_and_titles_is_shown_harmlessly_and_pages_keep_the_policy(office: Office) -> None:
    page, _ = office.opened()
    office.send(page, "changement", title="<script>alert(1)</script>")
    office.send(page, "nouvelles", what="send", text="<img src=x onerror=alert(1)>")
    for url in (page, LIST, f"{LIST}/annonce"):
        shown = office.desk.client.get(url).text
        for raw in ("<script>", "<img src=x", " style=", "<style", " onclick"):
            assert raw not in shown
