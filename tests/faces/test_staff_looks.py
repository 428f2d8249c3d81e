"""Nothing is found or shown of complaints without a trace: the ways round a search, acts on many, opinions."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Search
from tests.faces.test_staff import at_desk, submit
from tests.faces.test_views import looks
from tests.following import Follower
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
LIFT = "L'ascenseur fait un bruit"


def searches(app: Flask, member: MemberWorld) -> list[str]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Search.words).order_by(Search.at, Search.words)))


def test_an_empty_key_of_a_page_hides_no_search(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.first, LIFT, name="Awa Diallo")
    assert "Ascenseur" in at_desk(app, world.first).read("/equipe/?cherche=Diallo&apres=")
    assert searches(app, world.first) == ["Diallo"]


def test_a_list_that_stays_open_hides_no_search_and_is_one_look(
    app: Flask, client: FlaskClient, world: World, clock: SetClock
) -> None:
    sent, desk = submit(client, world.first, LIFT, name="Awa Diallo"), at_desk(app, world.first)
    for words in ("Diallo", "Martin", "Diallo"):
        found = desk.client.get(f"/equipe/etat?cherche={words}&vu=0").json
        assert found is not None
        assert found["in"] == ([sent["id"]] if words == "Diallo" else [])
    assert searches(app, world.first) == ["Diallo", "Martin"]
    assert clock


def test_what_an_act_on_many_would_change_is_a_look_at_each(app: Flask, client: FlaskClient, world: World) -> None:
    sent, desk = submit(client, world.first, LIFT, name="Awa Diallo"), at_desk(app, world.first)
    chosen = {"choisi": sent["id"], "assignee": str(world.first.agent_id)}
    preview = desk.send("/equipe/", "/equipe/ensemble/attribuer/preparation", **chosen).location
    assert looks(app, world.first) == []
    desk.client.head(preview)
    assert looks(app, world.first) == []
    for _ in range(2):
        assert "Awa Diallo" in desk.read(preview)
    assert [how for _, how in looks(app, world.first)] == ["act"]


def test_reading_opinions_is_a_look_at_their_complaints(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.closed()
    tenant.post("avis", note="2", regle="no", comment="Toujours froid")
    desk = at_desk(app, world.first)
    assert "Toujours froid" in desk.read("/equipe/avis")
    desk.read("/equipe/avis")
    assert looks(app, world.first) == [(tenant.id, "opinions")]
