"""What a tenant may do from the page of their complaint, and how calmly it is refused."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from tests.following import Follower, as_read
from tests.work import correct
from tests.world import World

pytestmark = pytest.mark.services

ACTIONS = ("regle", "retrait", "relecture", "sujet")


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


def test_each_page_says_what_happens_and_changes_nothing(tenant: Follower) -> None:
    tenant.answered()
    before = tenant.kinds()
    for path, words in (
        ("regle", "Si vous confirmez, votre demande est terminée."),
        ("retrait", "Retirer ma demande ?"),
        ("relecture", "Ce n'est pas celle qui vous a répondu."),
        ("sujet", "Une personne vérifie, corrige si besoin, et vous le dit."),
    ):
        answer = tenant.get(path)
        assert answer.status_code == 200
        assert words in as_read(answer)
        assert answer.text.count("<h1>") == 1
        assert '<form method="post"' in answer.text
    assert tenant.kinds() == before


def test_it_is_settled_and_the_page_says_so(tenant: Follower) -> None:
    answer = tenant.post("regle", mots="Le gardien est passé")
    assert answer.status_code == 303
    page = as_read(tenant.client.get(answer.location))
    assert "C'est noté : c'est réglé. Votre demande est terminée." in page
    assert "Terminée : vous nous avez dit que c'est réglé" in page
    assert "Le gardien est passé" in page
    assert "médiateur" not in page
    assert tenant.post("regle").status_code == 303
    assert tenant.kinds().count("closed") == 1


def test_it_is_taken_back(tenant: Follower) -> None:
    page = as_read(tenant.client.get(tenant.post("retrait").location))
    assert "Votre demande est retirée." in page
    assert "Votre avis compte" not in page
    assert "Ce n'est pas réglé" in page


def test_what_the_tenant_ended_they_may_open_again(tenant: Follower) -> None:
    tenant.post("regle")
    tenant.post("avis", regle="no", rouvrir="1", comment="C'est revenu")
    assert tenant.complaint().status == "routed"


def test_a_made_up_address_announces_nothing(tenant: Follower) -> None:
    for done in ("regle", "retrait", "relecture", "conteste", "garde", "autre"):
        page = tenant.page(f"?fait={done}")
        assert "C'est noté" not in page
        assert "C'est demandé" not in page
        assert "est retirée" not in page
        assert "peut-être d'un danger" not in page


def test_in_a_danger_a_person_decides_and_the_page_says_so(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports, "Une odeur de gaz dans la cuisine")
    assert "une personne vérifie, puis termine la demande" in as_read(tenant.get("regle"))
    page = as_read(tenant.client.get(tenant.post("regle", mots="GRDF est passé").location))
    assert "Il parle peut-être d'un danger : une personne le lit, et vérifie avant de terminer." in page
    assert tenant.complaint().status != "closed"
    assert "GRDF est passé" in page


def test_another_look_is_asked_with_a_reason(tenant: Follower) -> None:
    assert "Personne ne vous a encore répondu" in as_read(tenant.get("relecture"))
    assert tenant.post("relecture", raison="Non").status_code == 409
    tenant.closed()
    blank = tenant.post("relecture", raison=" ")
    assert blank.status_code == 422
    assert 'href="#raison"' in blank.text
    page = as_read(tenant.client.get(tenant.post("relecture", raison="Personne n'est venu").location))
    assert "une autre personne relit votre demande" in page
    assert "Vous demandez qu'une autre personne relise. Personne n'est venu" in page
    assert "Relecture demandée" in page
    assert "C'est déjà demandé" in as_read(tenant.get("relecture"))


def test_the_subject_is_contested_in_plain_words(tenant: Follower) -> None:
    form = tenant.get("sujet").text
    assert len(re.findall(r"<option ", form)) == 41
    assert "Je ne sais pas" in form
    page = as_read(tenant.client.get(tenant.post("sujet", quoi="category", sujet="plomberie", mots="").location))
    assert "Une personne vérifie, corrige si besoin, et vous le dit ici." in page
    assert "Vous dites : le sujet n'est pas le bon. D'après vous : Plomberie et robinetterie." in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "quoi"),
        ({"quoi": "autre"}, "quoi"),
        ({"quoi": "category", "sujet": "rien"}, "sujet"),
        ({"quoi": "recipient", "mots": "  "}, "mots"),
        ({"quoi": "category", "sujet": "inconnu", "mots": "x" * 301}, "mots"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(
    tenant: Follower, fields: dict[str, str], field: str
) -> None:
    answer = tenant.post("sujet", **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "x" * 301 not in fields.values() or "x" * 301 in answer.text
    assert tenant.complaint().contested_at is None


def test_a_person_who_does_not_know_may_say_so(tenant: Follower) -> None:
    assert tenant.post("sujet", quoi="category", sujet="inconnu").status_code == 303
    assert tenant.events("contested")[0].data["category"] is None


def test_after_a_correction_the_page_tells_of_it(tenant: Follower, app: Flask) -> None:
    from_contest = tenant.post("sujet", quoi="category", sujet="plomberie")
    assert from_contest.status_code == 303
    with app.app_context():
        correct(tenant.member, tenant.id, tenant.ports, category="plomberie", reason="Une fuite")
    page = tenant.page()
    assert "Une personne a corrigé le sujet" in page
    assert "Le sujet de votre demande est maintenant : Plomberie et robinetterie." in page
    assert "Une fuite" not in page


def test_what_is_no_longer_possible_is_said_calmly_and_words_are_not_lost(tenant: Follower) -> None:
    tenant.closed("refused", "Ce n'est pas prévu.")
    for path in ("regle", "retrait", "sujet"):
        answer = tenant.post(path, quoi="category", sujet="inconnu", mots="Mes mots à moi")
        assert answer.status_code == 409
        assert "Votre demande est déjà terminée." in as_read(answer)
        assert "Mes mots à moi" in answer.text
        assert '<form method="post"' not in answer.text
    assert tenant.complaint().outcome == "refused"


def test_one_word_more_after_the_end_is_a_note_for_the_team(tenant: Follower) -> None:
    tenant.closed()
    assert "Un dernier mot pour l'équipe" in tenant.page()
    for _ in range(2):
        answer = tenant.post("messages", text="Merci, le radiateur chauffe", apres="1")
        assert answer.status_code == 303
    page = as_read(tenant.client.get(answer.location))
    assert "Votre message est transmis à l'équipe. La demande reste terminée." in page
    assert page.count("Merci, le radiateur chauffe") == 1
    assert tenant.complaint().status == "closed"
    assert [event.data["after_closing"] for event in tenant.events("noted")] == [True]
    assert len(tenant.deliveries("note")) == 1
    assert "Un dernier mot pour l'équipe" not in page
    second = tenant.post("messages", text="Encore un mot", apres="1")
    assert second.status_code == 422
    assert "Encore un mot" in second.text


def test_thirty_days_after_the_end_nothing_more_is_added(tenant: Follower, clock: SetClock) -> None:
    tenant.closed()
    clock.forward(timedelta(days=31))
    assert "Un dernier mot pour l'équipe" not in tenant.page()
    assert tenant.post("messages", text="Bonjour", apres="1").status_code == 422


def test_a_danger_said_after_the_end_opens_it_again(tenant: Follower) -> None:
    tenant.closed()
    answer = tenant.post("messages", text="Maintenant une odeur de gaz", apres="1")
    assert "Odeur de gaz" in as_read(tenant.client.get(answer.location))
    tenant.delivered()
    complaint = tenant.complaint()
    assert complaint.status != "closed"
    assert complaint.urgency == "danger"


def test_a_stranger_can_do_nothing(app: Flask, world: World, tenant: Follower) -> None:
    assert world
    client = app.test_client()
    for path in (*ACTIONS, "mes-donnees", "lu"):
        assert client.post(f"/suivi/unlienquinexistepas/{path}", data={"vu": "x"}).status_code == 404
    assert tenant.complaint().status != "closed"


def test_the_help_page_names_everybody_and_the_mediator(app: Flask, world: World) -> None:
    assert world
    answer = app.test_client().get("/amont/aide")
    page = as_read(answer)
    for words in (
        "médiateur de la consommation", "commission départementale de conciliation", "ADIL",
        "associations de locataires", "03 53 01 00 00", "112", "CNIL", "Aujourd'hui, rien n'est effacé tout seul.",
    ):  # fmt: skip
        assert words in page, words
    assert app.test_client().get("/inconnu/aide").status_code == 404
