"""How a complaint ends on its page: mediation in full, a duplicate that leads on, what colleagues keep of it."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from werkzeug.test import TestResponse

from service.journey.delivery import packing
from service.journey.parcels import Mail
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.settings import Settings
from tests.faces.test_staff import submit
from tests.faces.test_staff_complaint import Case
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

MEDIATOR = "Médiation Habitat, 4 rue des Accords, mediation.example"
SAID = "Nous suivons votre autre demande."
OWN = "petit@poste.example"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports, settings: Settings) -> Case:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update members set mediator = :mediator"), {"mediator": MEDIATOR})
    engine.dispose()
    found = Case(app, world.first, name="Mme Petit", email=OWN)
    with app.app_context():
        work_off(world.first, ports)
    return found


def reference_of(case: Case, complaint_id: UUID) -> str:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return session.get_one(Complaint, complaint_id).reference


def token_of(case: Case, complaint_id: UUID) -> str:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return session.get_one(Complaint, complaint_id).tracking_token


def another(case: Case, email: str) -> UUID:
    return UUID(submit(case.app.test_client(), case.member, "Mon radiateur est froid", email=email)["id"])


def close(case: Case, outcome: str = "duplicate", **fields: str) -> TestResponse:
    return case.do("cloture", outcome=outcome, sentence=SAID, seen="0", **fields)


def ended(case: Case) -> Event:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return session.scalars(select(Event).where(Event.complaint_id == case.id, Event.kind == "closed")).one()


def letter(case: Case, ports: Ports) -> str:
    with case.app.app_context():
        work_off(case.member, ports)
        with member_transaction(case.member.id) as session:
            sent = select(Delivery).where(Delivery.complaint_id == case.id, Delivery.purpose == "closed")
            mail = packing.pack(session, session.scalars(sent).one(), None, ports)
            assert isinstance(mail, Mail)
            return mail.text


def tracking(case: Case, client: FlaskClient) -> str:
    return client.get(f"/suivi/{token_of(case, case.id)}").text.replace("&#39;", "'").replace("\u00a0", " ")


def test_the_mediator_stands_in_the_letter_its_preview_the_panel_and_on_the_tenant_s_page(
    case: Case, client: FlaskClient, ports: Ports
) -> None:
    assert MEDIATOR in case.page()
    shown = case.do("apercu", ecrire="fin", outcome="solved", sentence=SAID, seen="0").text
    assert shown.partition("Voici ce qui partirait")[2].partition("</section>")[0].count(MEDIATOR) == 1
    close(case, "solved")
    assert MEDIATOR in letter(case, ports)
    assert MEDIATOR in tracking(case, client)


def test_a_duplicate_of_one_s_own_says_which_goes_on_and_links_to_it_in_the_mail(
    case: Case, client: FlaskClient, ports: Ports
) -> None:
    other = another(case, OWN.upper())
    reference, link = reference_of(case, other), f"/suivi/{token_of(case, other)}"
    assert close(case, goes_on=f" {reference.lower()} ").status_code == 303
    mail, page = letter(case, ports), tracking(case, client)
    assert f"La demande qui continue : {reference}." in mail
    assert link in mail
    assert f"La demande qui continue : {reference}." in page
    assert link not in page
    assert f"Celle qui continue : {reference}" in case.page()
    # A link, never a merge.
    with case.app.app_context(), member_transaction(case.member.id) as session:
        assert session.get_one(Complaint, other).status != "closed"


def test_of_the_duplicate_of_another_household_the_tenant_reads_only_that_there_is_one(
    case: Case, client: FlaskClient, ports: Ports
) -> None:
    other = another(case, "voisine@poste.example")
    reference, token = reference_of(case, other), token_of(case, other)
    close(case, goes_on=reference)
    for told in (letter(case, ports), tracking(case, client)):
        assert "La demande est traitée avec une autre" in told
        assert reference not in told
        assert token not in told
    assert f"Celle qui continue : {reference}" in case.page()


def test_a_duplicate_needs_a_request_that_goes_on(case: Case) -> None:
    done = another(case, OWN)
    case.desk.send(case.url, f"/equipe/demandes/{done}/cloture", outcome="solved", sentence=SAID, seen="0")
    for typed, said in (
        ("", "Aucune de vos demandes n'a cette référence"),
        ("XXX-000", "Aucune de vos demandes n'a cette référence"),
        (reference_of(case, case.id), "C'est la référence de cette demande"),
        (reference_of(case, done), "Cette demande est terminée elle aussi"),
    ):
        answer = close(case, goes_on=typed)
        assert answer.status_code == 422, typed
        assert said in answer.text.replace("&#39;", "'")
        assert 'id="goes_on-error"' in answer.text
    assert "closed" not in case.kinds()


def test_what_colleagues_keep_is_read_by_colleagues_alone(case: Case, client: FlaskClient, ports: Ports) -> None:
    lesson = "Prévenir le chauffagiste dès septembre"
    assert close(case, "solved", remedy="apology", lesson=f" {lesson} ").status_code == 303
    assert {name: ended(case).data.get(name) for name in ("remedy", "lesson")} == {
        "remedy": "apology", "lesson": lesson,
    }  # fmt: skip
    page = case.page()
    assert lesson in page
    assert "Remède : des excuses." in page
    assert lesson not in letter(case, ports)
    assert lesson not in tracking(case, client)
    api = client.get(f"/api/v1/complaints/{case.id}", headers=case.member.bearer)
    assert api.status_code == 200
    assert SAID in api.text
    for inside in ("lesson", "remedy", "by_id", "dès septembre"):
        assert inside not in api.text, inside


def test_a_remedy_of_no_list_and_a_lesson_too_long_are_refused_where_they_stand(case: Case) -> None:
    for fields, field in (({"remedy": "money"}, "remedy"), ({"lesson": "x" * 2001}, "lesson")):
        answer = close(case, "solved", **fields)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert "closed" not in case.kinds()
