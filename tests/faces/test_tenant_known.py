"""What a tenant reads of a problem known in their residence: on the tracking page and through the API."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.closing import closing
from service.journey.incidents import incident_desk, incident_news
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.tenant.known import known_in
from tests.incidents import GAS, Street, incident_of, neighbours_write, opened, settle_in, the_one
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

BOX = "Problème connu dans votre résidence : Ascenseur en panne"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def street(app: Flask, member: MemberWorld) -> Iterator[Street]:
    with app.app_context():
        return settle_in(member, 6)


def page_of(app: Flask, member: MemberWorld, complaint_id: UUID) -> str:
    with app.app_context(), member_transaction(member.id) as session:
        token = session.get_one(Complaint, complaint_id).tracking_token
    answer = app.test_client().get(f"/suivi/{token}")
    assert answer.status_code == 200
    return answer.text.replace("&#39;", "'").replace("\u00a0", " ")


def test_the_page_says_what_is_known_how_many_and_when_news_come(
    app: Flask, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        _, ids = opened(member, street, ports)
    page = page_of(app, member, ids[0])
    assert BOX in page
    assert "3 foyers l'ont signalé. Prochaines nouvelles au plus tard le jeudi 26 novembre 2026 à 12 h 00." in page
    assert "Votre demande reste suivie comme les autres." in page
    assert " style=" not in page


def test_a_proposal_and_somebody_elses_incident_are_not_shown(
    app: Flask, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        ids = neighbours_write(member, street.homes[:3], "L'ascenseur est en panne", ports)
        other = neighbours_write(member, street.homes[5:6], "Le voisin crie", ports)[0]
    assert "Problème connu" not in page_of(app, member, ids[0])
    with app.app_context():
        incident_desk.accept(member.id, the_one(member).id, member.agent_id, ports)
    assert "Problème connu" not in page_of(app, member, other)


def test_below_three_households_no_number_is_said(
    app: Flask, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        ids = neighbours_write(member, street.homes[:2], GAS, ports)
    page = page_of(app, member, ids[0])
    assert "Odeur de gaz ou alarme de monoxyde" in page
    assert "foyer" not in page.partition("Problème connu")[2].partition("</section>")[0]


def test_news_are_shown_with_the_households_own_dwelling(
    app: Flask, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        incident, ids = opened(member, street, ports)
        incident_news.write_news(
            member.id, incident.id, member.agent_id, text="Pour {logement} : demain.", seen=0, next_at=None, ports=ports
        )
        late = neighbours_write(member, street.homes[3:4], "L'ascenseur est en panne", ports)[0]
        work_off(member, ports)
        assert incident_of(member, late) == incident.id
    for complaint_id, home in ((ids[0], street.homes[0]), (late, street.homes[3])):
        page = page_of(app, member, complaint_id)
        assert f"Pour le logement {home} : demain." in page
    assert street.homes[0] not in page_of(app, member, late)
    messages = page_of(app, member, ids[0]).partition('id="messages"')[2]
    assert "Ana Vidal, Amont Habitat" in messages


def test_the_box_goes_with_the_incident_and_with_the_complaint(
    app: Flask, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        incident, ids = opened(member, street, ports)
        closing.close(member.id, ids[0], member.agent_id, outcome="solved", sentence="Voilà.", ports=ports)
    assert BOX not in page_of(app, member, ids[0])
    assert BOX in page_of(app, member, ids[1])
    with app.app_context():
        incident_desk.resolve(member.id, incident.id, member.agent_id, ending=None, ports=ports)
    assert BOX not in page_of(app, member, ids[1])


def test_the_api_answers_what_is_known(app: Flask, member: MemberWorld, street: Street, ports: Ports) -> None:
    client: FlaskClient = app.test_client()
    with app.app_context():
        incident, ids = opened(member, street, ports)
        alone = neighbours_write(member, street.homes[5:6], "Le voisin crie", ports)[0]
    assert incident.next_news_at
    expected = {
        "id": str(incident.id),
        "title": "Ascenseur en panne",
        "neighbours": 3,
        "next_news_at": incident.next_news_at.isoformat(),
    }
    one = client.get(f"/api/v1/complaints/{ids[0]}", headers=member.bearer).json
    assert one
    assert one["incident"] == expected
    listed = client.get("/api/v1/complaints", headers=member.bearer).json
    assert listed
    assert {each["id"]: each["incident"] for each in listed["complaints"]}[str(alone)] is None
    assert sum(each["incident"] == expected for each in listed["complaints"]) == 3
    described = client.get("/openapi.json").json
    assert described
    assert "incident" in described["components"]["schemas"]["ComplaintOut"]["properties"]


def test_whoever_is_about_to_write_may_be_told(app: Flask, member: MemberWorld, street: Street, ports: Ports) -> None:
    with app.app_context():
        opened(member, street, ports)
        with member_transaction(member.id) as session:
            found = known_in(session, street.residence_id, "ascenseur", ports.clock.now())
    assert [(one.title, one.households) for one in found] == [("Ascenseur en panne", "3 foyers l'ont signalé.")]
