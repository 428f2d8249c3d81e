"""What somebody on duty and a colleague see of the dangers that one round of calls stands for."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.journey.danger import duty
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from tests.faces.test_staff import as_read, at_desk
from tests.incidents import neighbours_write, settle_in
from tests.reading import SURE, WORDS
from tests.world import World

pytestmark = pytest.mark.services


def test_whoever_is_called_sees_the_list_and_takes_it_whole(
    app: Flask, client: FlaskClient, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    danger = replace(SURE, category="ascenseur", urgency="danger", danger="danger", danger_types=("trapped",))
    monkeypatch.setitem(WORDS, "bloquée", danger)
    member = world.first
    with app.app_context():
        ids = neighbours_write(member, settle_in(member, 3).homes, "Une personne est bloquée", ports)
        with member_transaction(member.id) as session:
            refs = [session.get_one(Complaint, one).reference for one in ids]
            call = session.scalars(select(Delivery).where(Delivery.purpose == "page")).first()
            assert call
            link = duty.url_of(call, ports).removeprefix("http://localhost")
    page = as_read(client.get(link))
    assert "3 demandes pour ce danger" in page
    assert "3 foyers le signalent" in page
    assert [refs[0] in page, *(f'<span class="ref">{ref}</span>, ' in page for ref in refs[1:])] == [True] * 3
    desk = at_desk(app, member)
    leading, following = (desk.read(f"/equipe/demandes/{one}") for one in ids[:2])
    assert "2 autres demandes pour ce danger" in leading
    assert re.search(rf"Les appels se font avec ceux de la demande <a [^>]*>{refs[0]}</a>", following)
    assert "Danger immédiat" in following or "Danger" in following
    assert client.post(link, data={"name": "Paul Roy"}).status_code == 303
    with app.app_context():
        ports.clock.forward(timedelta(minutes=1))
        neighbours_write(member, [], "", ports)
    page = as_read(client.get(link))
    assert "Paul Roy (astreinte) s'en occupe" in page.replace("&#39;", "'")
    assert refs[2] in page
