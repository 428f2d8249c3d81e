"""What a link or a form must not serve for: writing to strangers, marks no program can read, other people's frames."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError

from service.adapters.clock import SetClock
from service.domain.news import fits
from service.journey.delivery.packing import pack
from service.journey.parcels import Sms
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.settings import Settings
from service.tenant.asking_limits import ARRIVALS_PER_SENDER, MESSAGES, PER_RECIPIENT, WINDOW
from service.tenant.asking_limits import limits as asking_limits
from service.tenant.sending_limits import PER_RECIPIENT as COMPLAINTS_PER_RECIPIENT
from tests.following import Follower
from tests.tokens import claims_of, share_secret, sign
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services
EMAIL = "victime@poste.example"
WISH = {"channel": "email", "email": "", "phone": "", "pace": "now", "language": "fr"}


@pytest.fixture
def quiet(app: Flask) -> Iterator[FlaskClient]:
    """A client that is answered 500 where others see the fault itself."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app.test_client()
    app.config["PROPAGATE_EXCEPTIONS"] = None


def deliveries(app: Flask, world: World, ports: Ports, *conditions: object) -> list[Delivery]:
    with app.app_context():
        work_off(world.first, ports)
        with member_transaction(world.first.id) as session:
            return list(session.scalars(select(Delivery).where(*conditions)))  # type: ignore[arg-type]


# Marks of reading


@pytest.mark.parametrize(
    "seen", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_reading_at_the_ends_of_time_is_kept_within_the_complaint(
    app: Flask, world: World, ports: Ports, quiet: FlaskClient, seen: str
) -> None:
    tenant = Follower(app, world.first, ports)
    assert tenant.post("lu", vu=seen).status_code == 204
    complaint = tenant.complaint()
    assert complaint.read_at
    assert complaint.submitted_at <= complaint.read_at <= ports.clock.now()
    assert quiet.get(tenant.url).status_code == 200
    assert quiet.get("/api/v1/complaints", headers=world.first.bearer).status_code == 200


def test_the_database_keeps_no_reading_before_the_complaint(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    with app.app_context(), member_transaction(world.first.id) as session:
        complaint = session.get_one(Complaint, tenant.id)
        complaint.read_at = complaint.submitted_at - timedelta(seconds=1)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


# Writing to strangers


def test_complaints_with_one_number_are_limited_however_it_is_typed(app: Flask, world: World, ports: Ports) -> None:
    typed = ("06 12 34 56 78", "+33612345678", "06.12.34.56.78")
    codes = [
        app.test_client()
        .post(
            f"/{world.first.slug}/",
            data={"text": f"Panne {n}", "envoyer": "1", "phone": typed[n % 3], "preferred_channel": "sms"},
        )
        .status_code
        for n in range(COMPLAINTS_PER_RECIPIENT + 2)
    ]
    assert codes == [303] * COMPLAINTS_PER_RECIPIENT + [429] * 2
    assert len(deliveries(app, world, ports, Delivery.channel == "sms")) == COMPLAINTS_PER_RECIPIENT


@pytest.mark.parametrize("wish", [{"email": EMAIL}, {"channel": "sms", "phone": "06 12 34 56 78"}])
def test_many_pages_do_not_serve_to_write_to_one_stranger(
    app: Flask, world: World, ports: Ports, clock: SetClock, wish: dict[str, str]
) -> None:
    tenants = [Follower(app, world.first, ports, f"Panne {n}") for n in range(PER_RECIPIENT + 1)]
    codes = [one.post("nouvelles", **WISH | wish).status_code for one in tenants]
    assert codes == [303] * PER_RECIPIENT + [422]
    refused = tenants[-1].post("nouvelles", **WISH | wish)
    assert "Réessayez demain" in refused.text
    assert tenants[-1].post("nouvelles", **WISH | {"email": "autre@poste.example"}).status_code == 303
    assert tenants[-1].post("nouvelles", **WISH | {"email": "", "language": "en"}).status_code in {303, 422}
    clock.forward(timedelta(days=1, seconds=1))
    assert tenants[-1].post("nouvelles", **WISH | wish).status_code == 303


def test_one_link_does_not_flood_its_team_and_a_danger_always_passes(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    for n in range(MESSAGES):
        assert tenant.post("messages", text=f"Toujours froid {n}").status_code == 303
    waits = tenant.post("messages", text="Encore <froid>")
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, str(int(WINDOW.total_seconds())))
    assert "Encore &lt;froid&gt;</textarea>" in waits.text
    assert "Attendez dix minutes" in waits.text
    assert tenant.post("messages", text="Maintenant ça sent fort : odeur de gaz").status_code == 303
    tenant.delivered()
    assert tenant.complaint().urgency == "danger"
    assert Follower(app, world.first, ports, "Autre chose").post("messages", text="Bonjour").status_code == 303


# Addresses and numbers


@pytest.mark.parametrize("email", ["a\x00b@exemple.fr", "a\x1bb@exemple.fr", "a@exem\x7fple.fr"])
def test_an_address_with_control_signs_is_none(
    app: Flask, world: World, ports: Ports, quiet: FlaskClient, email: str
) -> None:
    tenant = Follower(app, world.first, ports)
    answer = quiet.post(f"{tenant.url}/nouvelles", data=WISH | {"email": email})
    assert answer.status_code == 422
    assert "pas complète" in answer.text


def test_neither_is_it_in_the_form(client: FlaskClient, world: World) -> None:
    sent = {"text": "Le radiateur est froid", "envoyer": "1", "email": '"a\x1bb"@exemple.fr'}
    assert client.post(f"/{world.first.slug}/", data=sent).status_code == 422


def test_the_old_number_is_told_that_it_was_changed(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports, phone="06 12 34 56 78", preferred_channel="sms")
    tenant.post("nouvelles", **WISH | {"channel": "sms", "phone": "06 98 76 54 32"})
    (told,) = deliveries(app, world, ports, Delivery.purpose == "address_changes")
    assert (told.channel, told.recipient) == ("sms", "+33612345678")
    with app.app_context(), member_transaction(world.first.id) as session:
        parcel = pack(session, told, None, ports)
    assert isinstance(parcel, Sms)
    assert fits(parcel.text)
    assert tenant.complaint().reference in parcel.text
    assert tenant.token not in parcel.text  # whoever has the number may be a stranger
    tenant.post("nouvelles", **WISH | {"channel": "sms", "phone": "0698765432"})
    assert len(deliveries(app, world, ports, Delivery.purpose == "address_changes")) == 1


def test_an_old_number_without_messages_is_told_by_mail(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports, phone="03 22 00 00 00", email="lou@poste.example")
    tenant.post("nouvelles", **WISH | {"phone": "06 98 76 54 32"})
    (told,) = deliveries(app, world, ports, Delivery.purpose == "address_changes")
    assert (told.channel, told.recipient) == ("email", "lou@poste.example")


# Frames and arrivals


@pytest.mark.parametrize("mark", ["%00", "aval", "inconnu"])
def test_a_tracking_page_is_in_nobody_elses_frame(
    app: Flask, world: World, ports: Ports, quiet: FlaskClient, settings: Settings, mark: str
) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update members set frame_origins = '[\"https://ailleurs.example\"]'"))
    engine.dispose()
    tenant = Follower(app, world.first, ports)
    answer = quiet.get(f"{tenant.url}?cadre={mark}")
    assert answer.status_code == 404
    assert "ailleurs.example" not in answer.headers["Content-Security-Policy"]
    assert quiet.get(f"/suivi/{'a' * 12}?cadre={mark}").status_code == 404
    own = quiet.get(f"{tenant.url}?cadre={world.first.slug}")
    assert own.status_code == 200
    assert re.search(r"frame-ancestors https://ailleurs\.example", own.headers["Content-Security-Policy"])


@pytest.mark.parametrize(
    "header", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_a_link_fetched_ahead_is_not_used_up(app: Flask, world: World, ports: Ports, header: dict[str, str]) -> None:
    token = sign(share_secret(app, world.first, ports), claims_of(world.first, ports))
    address = f"/{world.first.slug}/arrivee?jeton={token}"
    assert app.test_client().get(address, headers=header).status_code == 204
    assert "arrivee=" in app.test_client().get(address).location


def test_arrivals_from_one_place_are_limited(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    token = sign(share_secret(app, world.first, ports), claims_of(world.first, ports))
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(ARRIVALS_PER_SENDER):
            assert asking_limits().may_arrive(ports.clock.now())
    waits = client.post(f"/{world.first.slug}/arrivee", data={"jeton": token})
    assert waits.status_code == 429
    assert "Attendez dix minutes" in waits.text
    elsewhere = client.post(
        f"/{world.first.slug}/arrivee", data={"jeton": token}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 303
