"""One complaint on the staff face: what is shown, and what each action leaves in its history."""

import re
from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.domain.closing import MEDIATION
from service.journey import reading
from service.journey.classification import classification
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.staff.complaint.highlight import Piece, mark_words
from tests.faces.test_staff import Desk, as_read, at_desk, submit
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

COLD = "Le radiateur reste froid"


class Case:
    """One complaint, and a person of its member who works on it."""

    def __init__(self, app: Flask, member: MemberWorld, text: str = COLD, **tenant: str) -> None:
        self.app, self.member = app, member
        self.desk: Desk = at_desk(app, member)
        self.id = UUID(submit(app.test_client(), member, text, **tenant)["id"])
        self.url = f"/equipe/demandes/{self.id}"

    def do(self, path: str, **fields: str) -> TestResponse:
        return self.desk.send(self.url, f"{self.url}/{path}", **fields)

    def page(self) -> str:
        return self.desk.read(self.url).replace("&#39;", "'")

    def kinds(self) -> list[str]:
        with self.app.app_context():
            return kinds(self.member, self.id)


@pytest.fixture
def case(app: Flask, world: World) -> Case:
    return Case(app, world.first, name="Mme Petit", phone="06 00 00 00 00", email="petit@poste.example")


def test_the_page_shows_all_that_is_known(case: Case) -> None:
    page = case.page()
    assert "Le <mark>radiateur</mark> reste froid" in page
    for words in (
        "Mme Petit", "petit@poste.example", "tel:0600000000", "3 allée des Tilleuls, 80000 Amiens", "Chauffage",
        "sûr", "<mark>radiateur</mark>", "keywords", "Chaleur Picarde", "Service technique", "Prestataire",
        "Le chauffage collectif est confié à Chaleur Picarde.", "jeudi 26 novembre 2026", "Interne", MEDIATION,
        "Le modèle, mercredi 25 novembre 2026 à 12 h 00",
    ):  # fmt: skip
        assert words in page, words


def test_a_complaint_of_another_member_does_not_exist_here(app: Flask, world: World) -> None:
    theirs = Case(app, world.second)
    desk = at_desk(app, world.first)
    assert desk.client.get(theirs.url).status_code == 404
    for path, fields in (
        ("reponse", {"text": "Bonjour"}), ("attribution", {"assignee": str(world.first.agent_id)}),
        ("cloture", {"outcome": "solved", "sentence": "Fini."}),
        ("classement", {"category": "loyer", "urgency": "normal", "reason": "Erreur."}), ("confirmation", {}),
    ):  # fmt: skip
        assert desk.send("/equipe/", f"{theirs.url}/{path}", **fields).status_code == 404
    assert theirs.kinds() == ["submitted", "classified", "routed"]


def test_html_in_any_text_is_shown_harmlessly(app: Flask, world: World) -> None:
    case = Case(app, world.first, "<script>alert(1)</script>\n<img src=x onerror=alert(1)> radiateur", name="<b>X</b>")
    case.do("reponse", text="<script>alert(2)</script>")
    page = case.page()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n&lt;img" in page
    assert "&lt;script&gt;alert(2)" in page
    for raw in ("<script>", "<img src=x", "<b>X"):
        assert raw not in page


def test_safety_advice_stands_first_in_danger(app: Flask, world: World) -> None:
    page = Case(app, world.first, "Il y a une odeur de gaz", phone="06 00 00 00 00").page()
    assert page.index("À dire au locataire") < page.index("Message du locataire")
    assert "Ne touchez à aucun interrupteur" in page
    assert 'href="tel:0800473333"' in page


def test_a_correction_is_kept_and_routes_again(case: Case) -> None:
    answer = case.do("classement", category="loyer", urgency="faible", reason="C'est une question de quittance.")
    assert (answer.status_code, answer.location) == (303, case.url)
    assert case.kinds() == ["submitted", "classified", "routed", "corrected", "routed"]
    page = case.page()
    for words in ("Sujet corrigé : Chauffage devient Loyer et paiement", "C'est une question de quittance.",
                  "Gestion locative", "vérifié", "Ana Vidal, mercredi 25", "La demande a été orientée"):  # fmt: skip
        assert words in page, words
    case.do("classement", category="loyer", urgency="faible", reason="C'est une question de quittance.")
    assert case.kinds().count("corrected") == 1
    with case.app.app_context(), member_transaction(case.member.id) as session:
        assert session.scalars(select(Correction.to_category)).all() == ["loyer"]


DRAWN = "Tirée au sort pour vérifier le classement automatique"


@pytest.fixture
def drawn(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(classification, "is_drawn", lambda _: True)
    return Case(app, world.first)


def test_a_drawn_complaint_asks_whether_the_subject_is_right(drawn: Case) -> None:
    page = drawn.page()
    assert DRAWN in page
    assert "C'est le bon sujet" in page
    assert "Enregistrer le sujet" in page
    answer = drawn.do("confirmation")
    assert (answer.status_code, answer.location) == (303, drawn.url)
    page = drawn.page()
    for words in ("C'est noté : le sujet est vérifié.", "Sujet vérifié : Chauffage", "vérifié</span>",
                  "Ana Vidal, mercredi 25"):  # fmt: skip
        assert words in page, words
    assert DRAWN not in page
    assert drawn.kinds() == ["submitted", "classified", "routed", "confirmed"]
    assert drawn.do("confirmation").status_code == 303  # from the page left open
    assert drawn.kinds().count("confirmed") == 1


def test_a_correction_answers_the_draw_too(drawn: Case) -> None:
    drawn.do("classement", category="loyer", urgency="faible", reason="Une quittance.")
    assert DRAWN not in drawn.page()


def test_a_complaint_that_was_not_drawn_asks_nothing(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classification, "is_drawn", lambda _: False)
    assert DRAWN not in Case(app, world.first).page()


def test_a_closed_complaint_asks_nothing_and_takes_no_confirmation(drawn: Case) -> None:
    drawn.desk.send("/equipe/", f"{drawn.url}/cloture", outcome="solved", sentence="Réglé.")
    assert DRAWN not in drawn.page()
    assert drawn.do("confirmation").status_code == 409


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("Le radiateur est froid", ["radiateur", "froid"], ["radiateur", "froid"]),
        ("Radiateur, radiateurs et radiateur", ["radiateur"], ["radiateur"]),  # whole, and in this very case
        ("l'été, l'ete", ["été"], ["été"]),  # and with these accents
        ("eau et eau chaude", ["eau", "chaude"], ["eau", "eau", "chaude"]),
        ("3e étage à 17° ?", ["17", "?", "e"], ["e", "17", "?"]),  # a figure and a letter are two words
        ("a.b (c) [d] \\ +", ["a.b", "(c)", "+"], ["a.b", "(c)", "+"]),
        ("froid", [], []),
        ("froid", [""], []),
        ("", ["froid"], []),
    ],
)
def test_the_words_that_weighed_are_cut_out_as_spelled(text: str, words: list[str], told: list[str]) -> None:
    pieces = mark_words(text, words)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.told] == told
    assert all(isinstance(piece, Piece) for piece in pieces)


def test_a_marked_text_stays_harmless(app: Flask, world: World) -> None:
    case = Case(app, world.first, "<em>radiateur</em> & <ins>froid</ins>")
    with app.app_context(), member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).words = ["radiateur", "em", "&", "<ins>"]
    page = case.page()
    assert "&lt;<mark>em</mark>&gt;<mark>radiateur</mark>&lt;/<mark>em</mark>&gt; <mark>&amp;</mark>" in page
    assert "<mark>&lt;ins&gt;</mark>" in page
    assert "<ins>" not in page


def test_the_page_says_what_the_model_nearly_read(case: Case) -> None:
    assert "Chauffage (95 %) plutôt que « Accueil et suivi » (20 %)" in case.page()
    case.do("classement", category="loyer", urgency="faible", reason="Une quittance.")
    assert "plutôt que «" not in case.page()  # a person decided: the model's other ideas no longer matter


def test_a_complaint_is_taken_then_given(case: Case) -> None:
    case.do("attribution", assignee=str(case.member.agent_id))
    case.do("attribution", assignee=str(case.member.supervisor_id))
    case.do("attribution", assignee=str(case.member.supervisor_id))
    assert case.kinds()[-2:] == ["assigned", "assigned"]
    assert "Attribuée à Rémi Sorel" in case.page()


def test_an_answer_reaches_the_tenant_once_for_a_form_sent_twice(case: Case, ports: Ports) -> None:
    with case.app.app_context():
        work_off(case.member, ports)
    seen = str(_last_event(case))
    for _ in range(2):
        assert case.do("reponse", text="Un technicien\r\npasse demain.", seen=seen).status_code == 303
    assert case.kinds().count("answered") == 1
    assert "Un technicien\npasse demain." in case.page()
    with case.app.app_context():
        work_off(case.member, ports)
        with member_transaction(case.member.id) as session:
            told = session.scalars(select(Delivery.recipient).where(Delivery.purpose == "answered")).all()
    assert told == ["petit@poste.example"]
    asked = case.do("reponse", text="Un technicien\npasse demain.", seen=str(_last_event(case)))
    assert asked.status_code == 409  # the page showed the first: is it said again on purpose?
    [again] = re.findall(r'name="again" value="(\d+)"', asked.text)
    case.do("reponse", text="Un technicien\npasse demain.", seen=str(_last_event(case)), again=again)
    assert case.kinds().count("answered") == 2


def test_closing_says_how_it_ended_and_takes_no_more_action(case: Case) -> None:
    for _ in range(2):
        case.desk.send("/equipe/", f"{case.url}/cloture", outcome="solved", sentence="La pompe est changée.")
    assert case.kinds().count("closed") == 1
    page = case.page()
    for words in ("Le problème est résolu", "La pompe est changée.", "Terminée le mercredi 25 novembre 2026"):
        assert words in page, words
    assert "Envoyer au locataire" not in page
    late = case.desk.send("/equipe/", f"{case.url}/reponse", text="Encore un mot")
    assert late.status_code == 409
    assert "a terminé cette demande" in as_read(late)
    assert "answered" not in case.kinds()


@pytest.mark.parametrize(
    ("path", "fields", "anchor", "sentence"),
    [
        ("reponse", {"text": "  "}, "text", "Écrivez au moins un mot."),
        ("reponse", {"text": "mot gardé " * 1001}, "text", "10 000 caractères au plus"),
        ("reponse", {"text": "mot gardé \x00"}, "text", "Retirez-le."),
        ("cloture", {"outcome": "disparu", "sentence": "mot gardé"}, "outcome", "Choisissez une réponse"),
        ("cloture", {"outcome": "solved", "sentence": ""}, "sentence", "Écrivez au moins un mot."),
        ("attribution", {"assignee": "moi"}, "assignee", "Choisissez une réponse"),
        ("attribution", {"assignee": str(UUID(int=7))}, "assignee", "ne fait plus partie"),
        ("classement", {"category": "licorne", "urgency": "normal", "reason": "mot gardé"}, "category", "Choisissez"),
        ("classement", {"category": "loyer", "urgency": "hier", "reason": "mot gardé"}, "urgency", "Choisissez"),
        ("classement", {"category": "loyer", "urgency": "normal", "reason": "mot gardé" * 40}, "reason", "300 carac"),
    ],
)
def test_a_field_to_mend_is_named_and_what_was_typed_stays(
    case: Case, path: str, fields: dict[str, str], anchor: str, sentence: str
) -> None:
    answer = case.do(path, **fields)
    page = as_read(answer)
    assert answer.status_code == 422
    assert f'<a href="#{anchor}">' in page
    assert f'id="{anchor}-error"' in page
    assert f'id="{anchor}"' in page
    assert sentence in page
    assert "<title>Erreur" in page
    if any("mot gardé" in value for value in fields.values()):
        assert "mot gardé" in page
    assert case.kinds() == ["submitted", "classified", "routed"]


def test_a_failed_delivery_names_who_must_warn(case: Case) -> None:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        event_id = reading.sheet(session, case.id).events[0].id
        common = {"member_id": case.member.id, "complaint_id": case.id}
        session.add(
            Delivery(
                **common, event_id=event_id, purpose="received", channel="email", recipient="petit@poste.example",
                status="given_up", attempts=7,
            )
        )  # fmt: skip
        data = {"purpose": "received", "channel": "email", "error": "refused", "given_to": "Rémi Sorel"}
        session.add(
            Event(**common, kind="delivery_failed", audience="internal", actor="system", at=_now(case), data=data)
        )
    page = case.page()
    assert "<strong>Rémi Sorel</strong> doit prévenir" in page
    assert "L'accusé de réception au locataire, par e-mail à petit@poste.example : 7 essais." in page


def test_pages_carry_nothing_the_browser_would_refuse(case: Case) -> None:
    """The content security policy allows no inline script and no inline style."""
    for page in (case.page(), case.desk.read("/equipe/"), case.desk.client.get("/equipe/").text):
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def _now(case: Case) -> datetime:
    now: datetime = case.app.extensions["seve"].ports.clock.now()
    return now


def _last_event(case: Case) -> int:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return reading.sheet(session, case.id).events[-1].id
