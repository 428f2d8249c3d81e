"""Lists of names are in the order of a dictionary."""

from uuid import uuid4

import pytest
from flask import Flask

from service.journey import reading
from service.journey.transactions import member_transaction
from service.models.member import Team
from tests.world import World

pytestmark = pytest.mark.services


def test_an_accent_moves_no_team_to_the_end(app: Flask, world: World) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        session.add_all(
            Team(id=uuid4(), member_id=world.first.id, name=name, kind="technical")
            for name in ("Vide-ordures", "Élévateurs", "Espaces verts", "Eau")
        )
        session.flush()
        names = [team.name for team in reading.teams(session)]
    found = [name for name in names if name in ("Vide-ordures", "Élévateurs", "Espaces verts", "Eau")]
    assert found == ["Eau", "Élévateurs", "Espaces verts", "Vide-ordures"]
