"""What tenants say, as their landlord's people read it: exact, and their own only."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.domain.feedback import Answers
from service.journey.closing import closing
from service.journey.feedback import feedback, stage_feedback, surveys, thanks
from service.journey.ports import Ports
from tests.faces.test_staff import at_desk, submit
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PAGE = "/equipe/avis"


def plain(page: str) -> str:
    return page.replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")


def judged(app: Flask, member: MemberWorld, score: int, comment: str = "", **rest: object) -> UUID:
    """Return a complaint that ended and was judged."""
    ports: Ports = app.extensions["seve"].ports
    complaint_id = UUID(submit(app.test_client(), member, "Le radiateur reste froid")["id"])
    with app.app_context():
        work_off(member, ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
        feedback.give_feedback(member.id, complaint_id, score=score, solved=None, comment=comment, ports=ports)
        if rest:
            feedback.complete(member.id, complaint_id, Answers(**rest), ports)  # type: ignore[arg-type]
    return complaint_id


def said(app: Flask, member: MemberWorld, stage: str, score: int, comment: str = "") -> None:
    ports: Ports = app.extensions["seve"].ports
    with app.app_context():
        stage_feedback.say(
            member.id, stage, score=score, comment=comment, dwelling_reference="amont-0001", language="fr",
            key=ports.random.token(), ports=ports,
        )  # fmt: skip


def read(app: Flask, member: MemberWorld, query: str = "") -> str:
    return plain(at_desk(app, member).read(f"{PAGE}{query}"))


def test_the_figures_are_those_of_the_member(app: Flask, world: World) -> None:
    for score in (10, 7, 6):
        judged(app, world.first, score)
    judged(app, world.second, 0, "Honteux")
    page = read(app, world.first)
    assert "3 locataires ont répondu. La note moyenne est de 7,7 sur 10. 67 % donnent 7 ou plus." in page
    assert "Honteux" not in page
    assert "1 locataire a répondu. La note moyenne est de 0,0 sur 10." in read(app, world.second)


def test_low_scores_and_words_are_read_with_a_link_to_their_complaint(app: Flask, world: World) -> None:
    low, wordy, quiet = (judged(app, world.first, *one) for one in ((4, ""), (9, "<b>Bravo</b>"), (9, "")))
    page = read(app, world.first)
    for complaint_id in (low, wordy):
        assert f'href="/equipe/demandes/{complaint_id}"' in page
    assert str(quiet) not in page
    assert "&lt;b&gt;Bravo" in page


def test_the_other_answers_stand_beside_the_score(app: Flask, world: World) -> None:
    complaint_id = judged(app, world.first, 3, "Long", visit="no", work=1, courtesy=4, solved="partly")
    for page in (read(app, world.first), plain(at_desk(app, world.first).read(f"/equipe/demandes/{complaint_id}"))):
        for words in ("Non, il n'a pas été respecté", "Très mal", "Très bien", "En partie", "Long", "3 sur 10"):
            assert words in page, words
    assert 'Travail et propreté</th><td class="number">0 sur 1' in read(app, world.first)


def test_a_complaint_that_was_asked_and_not_answered_says_so(
    app: Flask, world: World, clock: SetClock, ports: Ports
) -> None:
    complaint_id = judged(app, world.first, 8)
    other = UUID(submit(app.test_client(), world.first, "Le radiateur", email="ada@exemple.fr")["id"])
    page = f"/equipe/demandes/{other}"
    with app.app_context():
        work_off(world.first, ports)
        closing.close(world.first.id, other, world.first.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
    assert "Avis du locataire" not in at_desk(app, world.first).read(page)
    clock.forward(timedelta(days=2, minutes=1))
    with app.app_context():
        assert surveys.ask_due(ports) == 1
    assert "Demandé vendredi 27 novembre 2026 à 12 h 01. Pas encore de réponse." in at_desk(app, world.first).read(page)
    assert "Pas encore de réponse." not in at_desk(app, world.first).read(f"/equipe/demandes/{complaint_id}")


def test_stages_and_thanks_are_shown(app: Flask, world: World) -> None:
    said(app, world.first, "travaux", 9, "Chantier propre")
    said(app, world.first, "travaux", 2)
    said(app, world.second, "depart", 1, "Ailleurs")
    complaint_id = judged(app, world.first, 9)
    with app.app_context():
        thanks.say_thanks(world.first.id, complaint_id, "Merci Ana", app.extensions["seve"].ports)
    page = read(app, world.first)
    assert "Chantier propre" in page
    assert 'Des travaux chez moi ou dans l\'immeuble</th><td class="number">2</td><td class="number">5,5</td>' in page
    assert "Merci Ana" in page
    assert "Pour Ana Vidal." in page
    assert "Ailleurs" not in page
    assert 'href="/amont/avis"' in page


def test_the_period_asked_for_counts(app: Flask, world: World, clock: SetClock) -> None:
    judged(app, world.first, 9)
    clock.forward(timedelta(days=40))
    for query, answered in (("", True), ("?periode=30", False), ("?periode=365", True), ("?periode=x", True)):
        assert ("1 locataire a répondu" in read(app, world.first, query)) is answered, query
        assert ("Personne n'a encore répondu" in read(app, world.first, query)) is not answered


def test_with_nothing_said_the_page_says_so(app: Flask, world: World) -> None:
    page = read(app, world.first)
    assert "Personne n'a encore répondu sur cette période." in page
    assert "Aucun merci sur cette période." in page


def test_nobody_reads_it_without_signing_in(client: FlaskClient, world: World) -> None:
    assert world
    assert client.get(PAGE).status_code == 303
