"""Classing many at once, with what each tenant wrote in front, and each by the subject proposed for it."""

from uuid import UUID

import pytest
from flask import Flask

from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from tests.faces.test_staff import Desk, as_read, at_desk
from tests.faces.test_staff_bulk import arrived, confirm, hidden, prepare
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

COLD, LIFT, VAGUE = "Le radiateur est froid", "L'ascenseur est en panne", "Quelque chose ne va pas"
EACH = "Confirmer le sujet proposé de chacune"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return at_desk(app, member)


def chosen(desk: Desk, slug: str, ids: list[str]) -> str:
    page = desk.read("/equipe/")
    sent = {"csrf_token": hidden(page, "csrf_token"), "vu": hidden(page, "vu"), "choisi": ids}
    return as_read(desk.client.post(f"/equipe/ensemble/{slug}", data=sent))


def read(app: Flask, member: MemberWorld, ids: list[str]) -> list[tuple[str | None, bool]]:
    with app.app_context(), member_transaction(member.id) as session:
        found = [session.get_one(Complaint, UUID(one)) for one in ids]
        return [(one.category, one.category_by_person) for one in found]


def test_what_each_tenant_wrote_stands_beside_what_is_done(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = [one for text in (COLD, LIFT) for one in arrived(app, member, ports, 1, text)]
    for slug in ("classer", "attribuer", "repondre", "lier"):
        page = chosen(desk, slug, ids)
        assert COLD in page, slug
        assert "ascenseur est en panne" in page, slug


def test_each_is_classed_by_the_subject_proposed_for_it(
    app: Flask, member: MemberWorld, ports: Ports, desk: Desk
) -> None:
    ids = [one for text in (COLD, LIFT) for one in arrived(app, member, ports, 1, text)]
    assert EACH in chosen(desk, "classer", ids)
    assert read(app, member, ids) == [("chauffage", False), ("ascenseur", False)]
    act = prepare(desk, "classer", ids, category="each", urgency="", reason="")
    assert "Classer 2 demandes" in desk.read(act)
    confirm(desk, act)
    assert read(app, member, ids) == [("chauffage", True), ("ascenseur", True)]
    assert EACH not in chosen(desk, "classer", ids)


def test_what_has_no_subject_yet_is_left_aside(app: Flask, member: MemberWorld, ports: Ports, desk: Desk) -> None:
    ids = [one for text in (COLD, VAGUE) for one in arrived(app, member, ports, 1, text)]
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, UUID(ids[1])).category = None
    act = prepare(desk, "classer", ids, category="each", urgency="", reason="")
    page = desk.read(act)
    assert "Classer 1 demande" in page
    assert "Laissées de côté" in page
