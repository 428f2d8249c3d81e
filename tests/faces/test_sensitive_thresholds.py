"""How sure the model must be, as one administrator sets it, opens no sensitive complaint to everybody."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.administration import audit
from service.journey.classification import thresholds
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from tests import reading
from tests.faces.test_staff import submit
from tests.people import desk_of
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/equipe/administration/confiance"
SUBJECT = "accompagnement_social"


def test_no_threshold_holds_back_what_is_sensitive_by_its_subject(
    app: Flask, client: FlaskClient, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word, subject in (("mari", SUBJECT), ("chaudière", "chauffage")):
        known = replace(reading.SURE, category=subject, confidence=0.97)
        monkeypatch.setitem(reading.WORDS, word, known)
    desk, member = desk_of(app, world.first, "administrator"), world.first
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, member.supervisor_id).is_named = True
    page = desk.read(PAGE)
    assert f'name="{SUBJECT}"' not in page
    assert "toujours lues par les personnes nommées" in page
    assert desk.send(PAGE, PAGE, **{SUBJECT: "100", "chauffage": "100"}).status_code == 303
    with app.app_context():
        with member_transaction(member.id) as session:
            assert thresholds.kept(session) == {"chauffage": 1.0}
        thresholds.save(member.id, audit.COMMAND, SUBJECT, 1.0, ports)  # as it may have been before
        sent = [submit(client, member, words)["id"] for words in ("Mon mari est violent", "La chaudière est froide")]
        work_off(member, ports)
        with member_transaction(member.id) as session:
            found = [session.get_one(Complaint, one) for one in sent]
            assert [(one.abstained, one.is_sensitive) for one in found] == [(False, True), (True, False)]
