"""A message tried out: what is shown is what sending does, and nothing stays."""

import pytest
from flask import Flask
from sqlalchemy import text

from service.journey import reading, steps
from service.journey.ports import Ports
from service.journey.submission import rehearsal, submission
from service.journey.submission.sent import Submission, Tenant
from service.journey.transactions import member_transaction
from tests.world import World

pytestmark = pytest.mark.services
TABLES = ("complaints", "events", "outbox", "referrals", "submission_keys")


def look(sheet: reading.Sheet) -> tuple[object, ...]:
    complaint = sheet.complaint
    organisation = sheet.organisation.name if sheet.organisation else None
    return complaint.category, complaint.urgency, sheet.member.name, organisation, complaint.promised_answer_by


@pytest.mark.parametrize("owner", ["first", "second"])
def test_what_is_shown_is_what_sending_does_and_nothing_stays(
    app: Flask, ports: Ports, world: World, owner: str
) -> None:
    member, reference = world.first, getattr(world, owner).collective
    sent = Submission("Le radiateur reste froid", "form", Tenant(), dwelling_reference=reference)
    with app.app_context():
        shown = rehearsal.rehearse(member.id, sent, look, ports)
        for one in (world.first, world.second):
            with member_transaction(one.id) as session:
                for table in TABLES:
                    assert session.scalar(text(f"select count(*) from {table}")) == 0, table
        receipt = submission.submit(member.id, sent, "key", ports)
        steps.follow(receipt.member_id, receipt.complaint_id, ports)
        with member_transaction(receipt.member_id) as session:
            assert look(reading.sheet(session, receipt.complaint_id)) == shown
    assert shown[0] == "chauffage"
    assert shown[3] == "Chaleur Picarde"
