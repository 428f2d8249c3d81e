"""A guess the model was not sure of makes nothing sensitive, nor does giving another subject instead."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.domain.bulk import Kind
from service.journey.inbox import bulk, bulk_choices, live
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import Desk, submit
from tests.world import World

pytestmark = pytest.mark.services

OTHER = {"category": "chauffage", "urgency": "normal", "reason": "Plus d'eau chaude"}


@pytest.fixture
def guessed(app: Flask, client: FlaskClient, world: World, settings: Settings) -> UUID:
    """A complaint that may be about social support, as the model has it; somebody is named for those that are."""
    complaint_id = UUID(submit(client, world.first, "Le radiateur reste froid")["id"])
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.supervisor_id).is_named = True
    unsure = "update complaints set category = 'accompagnement_social', confidence = 0.27, abstained = true"
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text(f"{unsure}, category_by_person = false where id = :id"), {"id": complaint_id})
    engine.dispose()
    return complaint_id


def test_an_unsure_guess_is_corrected_and_everybody_still_sees_it(app: Flask, world: World, guessed: UUID) -> None:
    desk, page = Desk(app.test_client()), f"/equipe/demandes/{guessed}"
    desk.sign_in(world.first.agent_email)
    assert desk.send(page, f"{page}/classement", **OTHER).location == page
    assert desk.client.get(page).status_code == 200


def test_an_unsure_guess_corrected_with_others_stays_open_to_everybody(
    app: Flask, world: World, ports: Ports, guessed: UUID
) -> None:
    member = world.first
    with app.app_context(), looking_as(member.agent_id):
        with member_transaction(member.id) as session:
            now = ports.clock.now()
            choice = bulk_choices.choice(session, Kind.CATEGORISE, OTHER, [str(guessed)], now.date())
            act_id = bulk.prepare(session, member.agent_id, choice, live.last_event(session), now)
        bulk.perform(member.id, act_id, member.agent_id, ports)
        with member_transaction(member.id) as session:
            found = session.get_one(Complaint, guessed)
            assert (found.category, found.is_marked, found.is_sensitive) == ("chauffage", False, False)
