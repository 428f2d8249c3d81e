"""Endpoints added, tried, given new secrets, resealed and retired."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service.adapters.clock import SetClock
from service.adapters.sealing import FernetSealer
from service.adapters.webhooks import RememberingCaller
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.journey.delivery import endpoints
from service.journey.parcels import Call
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint, EndpointSecret
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

URL = "https://si.example/seve"


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


def add(member: MemberWorld, ports: Ports, url: str = URL) -> endpoints.Added:
    return endpoints.add(member.id, endpoints.NewEndpoint("webhook", url), ports)


def sealed(member: MemberWorld) -> list[str]:
    with member_transaction(member.id) as session:
        return list(session.scalars(select(EndpointSecret.sealed).order_by(EndpointSecret.created_at)))


def headers_of(call: Call) -> dict[str, str]:
    return {
        "webhook-id": call.key,
        "webhook-timestamp": str(int(call.at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(call.key, call.at, call.body) for one in call.secrets),
    }


def verifies(secret: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda _self, _header: call.at, raising=True)
    try:
        Webhook(secret).verify(call.body, headers_of(call))
    except WebhookVerificationError:
        return False
    return True


def test_the_secret_of_a_webhook_rests_sealed_and_is_shown_once(member: MemberWorld, ports: Ports) -> None:
    added = add(member, ports)
    assert added.secret
    assert added.secret.startswith("whsec_")
    (kept,) = sealed(member)
    assert added.secret.removeprefix("whsec_") not in kept
    assert ports.sealer.unseal(kept) == added.secret


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (endpoints.NewEndpoint("webhook", "ftp://si.example"), BadInput),
        (endpoints.NewEndpoint("webhook", "https://nom:secret@si.example"), BadInput),
        (endpoints.NewEndpoint("folder", "../autre"), BadInput),
        (endpoints.NewEndpoint("fax", URL), BadInput),
        (endpoints.NewEndpoint("webhook", URL, team_id=uuid4(), organisation_id=uuid4()), BadInput),
    ],
)
def test_what_could_never_be_called_is_refused(
    member: MemberWorld, ports: Ports, new: endpoints.NewEndpoint, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        endpoints.add(member.id, new, ports)
    assert sealed(member) == []


def test_the_same_address_twice_for_the_same_owner_is_refused(member: MemberWorld, ports: Ports) -> None:
    add(member, ports)
    with pytest.raises(NotAllowed):
        add(member, ports)
    endpoints.add(member.id, endpoints.NewEndpoint("webhook", URL, organisation_id=member.supplier_id), ports)


def test_while_a_secret_changes_both_sign_and_after_the_overlap_the_new_one_alone(
    member: MemberWorld, ports: Ports, clock: SetClock, caller: RememberingCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(member, ports)
    clock.forward(timedelta(days=1))
    newer = endpoints.rotate(member.id, added.endpoint_id, ports, overlap=timedelta(days=7))
    assert added.secret
    assert endpoints.try_out(member.id, added.endpoint_id, ports) is None
    during = caller.calls[-1]
    assert during.secrets == (newer, added.secret)
    assert verifies(newer, during, monkeypatch)
    assert verifies(added.secret, during, monkeypatch)
    clock.forward(timedelta(days=7, seconds=1))
    assert endpoints.try_out(member.id, added.endpoint_id, ports) is None
    after = caller.calls[-1]
    assert after.secrets == (newer,)
    assert not verifies(added.secret, after, monkeypatch)


def test_a_second_change_does_not_lengthen_what_was_ending(member: MemberWorld, ports: Ports, clock: SetClock) -> None:
    added = add(member, ports)
    endpoints.rotate(member.id, added.endpoint_id, ports, overlap=timedelta(hours=1))
    clock.forward(timedelta(minutes=30))
    endpoints.rotate(member.id, added.endpoint_id, ports, overlap=timedelta(days=7))
    with member_transaction(member.id) as session:
        ends = session.scalars(select(EndpointSecret.ends_at).order_by(EndpointSecret.created_at)).all()
    assert ends == [clock.now() + timedelta(minutes=30), clock.now() + timedelta(days=7), None]


def test_resealing_brings_every_secret_of_every_member_under_the_newest_key(
    member: MemberWorld, world: World, ports: Ports
) -> None:
    added = [add(one, ports) for one in (world.first, world.second)]
    with member_transaction(member.id) as session:
        session.scalars(select(EndpointSecret)).one().sealed = f"plain:{added[0].secret}"
    newest = FernetSealer(["neuve", "only for tests too"])
    with_both = replace(ports, sealer=newest)
    ids = [world.first.id, world.second.id]
    done = endpoints.reseal(ids, with_both)
    assert (done.anew, done.before, done.broken) == (2, 0, [])
    for one, kept in zip((world.first, world.second), added, strict=True):
        (now_sealed,) = sealed(one)
        assert FernetSealer(["neuve"]).unseal(now_sealed) == kept.secret
    again = endpoints.reseal(ids, with_both)
    assert (again.anew, again.before) == (0, 2)


def test_resealing_names_what_no_key_opens_and_does_the_rest(member: MemberWorld, ports: Ports) -> None:
    add(member, ports)
    add(member, ports, "https://gmao.example/")
    with member_transaction(member.id) as session:
        first = session.scalars(select(EndpointSecret).join(Endpoint).where(Endpoint.address == URL)).one()
        first.sealed = FernetSealer(["perdue"]).seal("whsec_x")
    done = endpoints.reseal([member.id], replace(ports, sealer=FernetSealer(["neuve", "only for tests too"])))
    assert (done.anew, done.broken) == (1, [URL])


def test_a_test_call_says_what_went_wrong_and_harms_nothing(
    member: MemberWorld, ports: Ports, caller: RememberingCaller
) -> None:
    added = add(member, ports)
    caller.is_down = True
    assert endpoints.try_out(member.id, added.endpoint_id, ports) == "webhook switched off"
    with member_transaction(member.id) as session:
        assert session.get_one(Endpoint, added.endpoint_id).failures == 0
    caller.is_down = False
    assert endpoints.try_out(member.id, added.endpoint_id, ports) is None
    with member_transaction(member.id) as session:
        assert session.get_one(Endpoint, added.endpoint_id).last_success_at == ports.clock.now()


def test_another_members_endpoint_does_not_exist(member: MemberWorld, world: World, ports: Ports) -> None:
    added = add(member, ports)
    for act in (
        lambda other: endpoints.rotate(other, added.endpoint_id, ports),
        lambda other: endpoints.retire(other, added.endpoint_id, ports),
        lambda other: endpoints.try_out(other, added.endpoint_id, ports),
    ):
        with pytest.raises(NotFound):
            act(world.second.id)


def test_what_has_no_secret_gets_none(member: MemberWorld, ports: Ports) -> None:
    folder = endpoints.add(member.id, endpoints.NewEndpoint("folder", "gmao"), ports)
    assert folder.secret is None
    with pytest.raises(NotAllowed):
        endpoints.rotate(member.id, folder.endpoint_id, ports)
    civic = endpoints.add(member.id, endpoints.NewEndpoint("open311", "https://ville.example/", secret="clé"), ports)
    with pytest.raises(BadInput):
        endpoints.rotate(member.id, civic.endpoint_id, ports)
    assert endpoints.rotate(member.id, civic.endpoint_id, ports, key="autre") == "autre"


def test_the_team_or_organisation_of_another_member_owns_no_endpoint_here(
    member: MemberWorld, world: World, ports: Ports
) -> None:
    other = world.second
    for field, new in (
        ("team", endpoints.NewEndpoint("webhook", URL, team_id=other.teams["technical"])),
        ("organisation", endpoints.NewEndpoint("webhook", URL, organisation_id=other.supplier_id)),
    ):
        with pytest.raises(BadInput) as refused:
            endpoints.add(member.id, new, ports)
        assert (refused.value.code, refused.value.field) == ("unknown_value", field)
    assert sealed(member) == []
