"""Whoever accepts that complaints are erased sooner reads what held until then, and how many go at once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.retention import Line
from service.journey.administration import four_eyes, retention_table
from service.journey.administration.proposals import KINDS, details_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import AuditEntry, Proposal
from tests.following import Follower
from tests.people import hire
from tests.world import World

pytestmark = pytest.mark.services


def test_a_proposal_and_the_journal_name_the_months_before(
    app: Flask, world: World, ports: Ports, clock: SetClock
) -> None:
    tenant = Follower(app, world.first, ports, "Le radiateur reste froid", email="josiane@poste.example")
    tenant.answered("Nous venons.")
    tenant.closed(sentence="C'est réparé.")
    clock.forward(timedelta(days=31 * 31))
    other = hire(app, world.first, "administrator")
    with app.app_context():
        assert retention_table.save_line(world.first.id, world.first.supervisor_id, Line(30), "Avis du délégué", ports)
        with member_transaction(world.first.id) as session:
            proposal = session.scalars(select(Proposal)).one()
            assert details_of(proposal) == [
                ("Mois jusqu'ici", "36"), ("Mois", "30"), ("Demandes de plus à effacer aussitôt", "1"),
            ]  # fmt: skip
            four_eyes.agree(session, proposal.id, other, KINDS, ports)
        with member_transaction(world.first.id) as session:
            kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "changed")).one()
            assert (kept.before, kept.after) == ({"mois": "36 (sans cette ligne)"}, {"mois": 30})
