"""What must stay in sight: who else is at a complaint, who did the last thing in a row."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.people import Staff
from tests.browser.conftest import Sit
from tests.faces.test_staff_bulk import arrived
from tests.world import MemberWorld, World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

LEADER = "responsable@amont.example"
LONG = "Marie-Charlotte de la Rochefoucauld-Montmorency"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


def test_who_else_is_there_stays_in_sight_when_the_page_is_scrolled(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    (one,) = arrived(app, member, ports, 1)
    for email in (LEADER, member.agent_email):
        page = sit(email)
        page.goto(f"{address}/equipe/demandes/{one}")
    page.reload()
    notice = page.locator("#presence .here")
    expect(notice).to_be_visible()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(notice).to_be_in_viewport()


def test_who_did_the_last_thing_is_never_cut(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    (one,) = arrived(app, member, ports, 1)
    with app.app_context():
        with member_transaction(member.id) as session:
            session.execute(update(Staff).where(Staff.id == member.supervisor_id).values(name=LONG))
        handling.assign(member.id, one, member.supervisor_id, member.agent_id, ports)
    page: Page = sit(member.agent_email)
    page.goto(f"{address}/equipe/")
    who = page.locator(".row .last .by")
    expect(who).to_contain_text(LONG)
    cut = "one => one.scrollHeight > one.clientHeight + 1 || getComputedStyle(one).webkitLineClamp !== 'none'"
    assert not who.evaluate(cut)
    inside = "one => one.getBoundingClientRect().bottom <= one.closest('.row').getBoundingClientRect().bottom"
    assert who.evaluate(inside)
    assert who.locator("xpath=..").evaluate("one => getComputedStyle(one).webkitLineClamp") == "none"
