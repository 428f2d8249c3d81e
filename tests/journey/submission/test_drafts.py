"""Drafts: sealed, opened by the secret of their address, one for each page and words, forgotten in time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.adapters.sealing import FernetSealer
from service.journey.ports import Ports
from service.journey.submission import drafts
from service.journey.submission.submission import Receipt
from service.settings import Settings
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

CONTENT = {"typed": {"text": "Le radiateur est froid", "email": "marie@exemple.fr"}}


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


@pytest.fixture
def token(member: MemberWorld, ports: Ports) -> str:
    """The secret of a draft that is kept."""
    token = drafts.token_of(member.id, "page", CONTENT, ports)
    drafts.keep(member.id, token, CONTENT, ports)
    return token


def resting(settings: Settings) -> list[str]:
    """What the database holds of drafts, as its owner reads it."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = [" ".join(map(str, row)) for row in connection.execute(text("select * from drafts"))]
    engine.dispose()
    return found


def test_a_draft_is_found_again_and_rests_sealed(
    member: MemberWorld, ports: Ports, token: str, settings: Settings
) -> None:
    opened = drafts.open_draft(member.id, token, ports)
    assert opened
    assert (opened.content, opened.sent) == (CONTENT, None)
    [row] = resting(settings)
    for secret in ("radiateur", "marie", token):
        assert secret not in row


def test_the_same_page_and_words_are_one_draft_and_any_other_is_another(
    member: MemberWorld, world: World, ports: Ports, token: str, settings: Settings
) -> None:
    assert drafts.token_of(member.id, "page", CONTENT, ports) == token
    others = {
        drafts.token_of(member.id, "another page", CONTENT, ports),
        drafts.token_of(member.id, "page", {"typed": {"text": "Autre chose"}}, ports),
        drafts.token_of(world.second.id, "page", CONTENT, ports),
        drafts.token_of(member.id, "page", CONTENT, replace(ports, secret_key="another")),
    }
    assert len(others | {token}) == 5
    drafts.keep(member.id, token, CONTENT, ports)
    assert len(resting(settings)) == 1


def test_another_member_or_another_secret_opens_nothing(
    member: MemberWorld, world: World, ports: Ports, token: str
) -> None:
    assert drafts.open_draft(world.second.id, token, ports) is None
    assert drafts.open_draft(member.id, token[:-1] + ("A" if token[-1] != "A" else "B"), ports) is None


def test_a_draft_lasts_three_days_from_its_last_change(
    member: MemberWorld, ports: Ports, clock: SetClock, token: str, settings: Settings
) -> None:
    clock.forward(timedelta(days=2))
    drafts.keep(member.id, token, CONTENT, ports)
    clock.forward(timedelta(days=2))
    assert drafts.open_draft(member.id, token, ports)
    assert drafts.prune(member.id, ports) == 0
    clock.forward(timedelta(days=1, seconds=1))
    assert drafts.open_draft(member.id, token, ports) is None
    assert drafts.prune(member.id, ports) == 1
    assert resting(settings) == []


def test_once_sent_it_holds_nothing_and_leads_to_the_complaint_for_a_day(
    member: MemberWorld, world: World, ports: Ports, clock: SetClock, token: str
) -> None:
    receipt = Receipt(world.second.id, uuid4(), is_new=True)
    drafts.mark_sent(member.id, token, receipt, ports)
    drafts.mark_sent(member.id, token, Receipt(member.id, uuid4(), is_new=True), ports)
    drafts.keep(member.id, token, CONTENT, ports)  # a page left open in another tab
    opened = drafts.open_draft(member.id, token, ports)
    assert opened
    assert opened.sent
    assert (opened.sent.member_id, opened.sent.complaint_id) == (receipt.member_id, receipt.complaint_id)
    assert opened.content == {}
    clock.forward(timedelta(days=1, seconds=1))
    assert drafts.open_draft(member.id, token, ports) is None


def test_a_draft_sealed_under_a_key_that_is_gone_is_as_if_it_were_over(
    member: MemberWorld, ports: Ports, token: str
) -> None:
    assert drafts.open_draft(member.id, token, replace(ports, sealer=FernetSealer(("another key",)))) is None
