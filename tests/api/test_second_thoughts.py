"""Machines read what the tenant was told, and nothing that may still be mended or was kept back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.news import mending
from service.journey.ports import Ports
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.world import World

pytestmark = pytest.mark.services
WORDS = "Des mots que l'agent va regretter"
AFTER = timedelta(minutes=21)


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports, settings: Settings) -> Follower:
    wait_to_mend(settings, world.first)
    return Follower(app, world.first, ports)


def read(tenant: Follower, path: str = "") -> Any:
    address = f"/api/v1/complaints{path or f'/{tenant.id}'}"
    answer = tenant.client.get(address, headers=tenant.member.bearer)
    assert answer.status_code == 200, answer.text
    return answer.json


def open311(tenant: Follower, **query: str) -> list[dict[str, Any]]:
    asked = {"api_key": tenant.member.key, **query}
    found: list[dict[str, Any]] = tenant.client.get("/open311/v2/requests.json", query_string=asked).json
    return found


def event_in(complaint: Any, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in complaint["timeline"] if one["kind"] == kind)
    return found


def test_an_answer_is_read_once_it_left(tenant: Follower, clock: SetClock) -> None:
    tenant.answered(WORDS)
    before = read(tenant)
    assert WORDS not in str(before)
    assert event_in(before, "answered")["audience"] == "internal"
    assert before["status"] == "delivered"
    clock.forward(AFTER)
    after = read(tenant)
    assert event_in(after, "answered")["audience"] == "tenant"
    assert event_in(after, "answered")["data"]["text"] == WORDS
    assert after["status"] == "handled"


def test_mended_words_alone_are_read(tenant: Follower, clock: SetClock) -> None:
    tenant.answered(WORDS)
    (event,) = tenant.events("answered")
    with tenant.app.app_context():
        mending.mend(
            tenant.member.id, tenant.id, event.id, tenant.member.agent_id, text="D'autres mots.", seen=event.id,
            ports=tenant.ports,
        )  # fmt: skip
    assert "D'autres mots." not in str(read(tenant))
    clock.forward(AFTER)
    after = read(tenant)
    assert WORDS not in str(after)
    assert event_in(after, "answered")["data"]["text"] == "D'autres mots."


def test_what_was_kept_back_is_never_read(tenant: Follower, clock: SetClock) -> None:
    tenant.answered(WORDS)
    (event,) = tenant.events("answered")
    with tenant.app.app_context():
        mending.withhold(tenant.member.id, tenant.id, event.id, tenant.member.agent_id, tenant.ports)
    clock.forward(AFTER)
    after = read(tenant)
    assert WORDS not in str(after)
    assert event_in(after, "answered")["audience"] == "internal"


@pytest.mark.parametrize(
    "status",
    [
        lambda tenant: read(tenant)["status"],
        lambda tenant: read(tenant, "?since=2020-01-01")["complaints"][0]["status"],
        lambda tenant: open311(tenant)[0]["status"],
    ],
)
def test_an_end_is_one_once_the_tenant_was_told(
    tenant: Follower, clock: SetClock, status: Callable[[Follower], str]
) -> None:
    tenant.closed(sentence=WORDS)
    assert status(tenant) != "closed"
    assert WORDS not in str((read(tenant), open311(tenant)))
    assert read(tenant, "?status=closed")["complaints"] == []
    assert open311(tenant, status="closed") == []
    assert len(open311(tenant, status="open")) == 1
    clock.forward(AFTER)
    assert status(tenant) == "closed"
    assert len(read(tenant, "?status=closed")["complaints"]) == 1
    assert open311(tenant, status="open") == []
    (told,) = open311(tenant, status="closed")
    assert WORDS in told["status_notes"]
