"""How a tenant wants to be told: the form, the new address that says yes, and refusing what nobody needs."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.journey.news.addresses import MOST_A_DAY, OPEN_FOR
from service.journey.news.personal_links import UNSUBSCRIBE, url_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.feedback import OptOut
from service.settings import Settings
from tests.mending import complaint_of, events_of, submitted
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
HTML = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def complaint(app: Flask, client: FlaskClient, ports: Ports, world: World) -> Complaint:
    with app.app_context():
        complaint_id = submitted(client, world.first)
        work_off(world.first, ports)
        return complaint_of(world.first, complaint_id)


def _wish(**changed: str) -> dict[str, str]:
    return {"channel": "email", "email": "", "phone": "", "pace": "now", "language": "fr"} | changed


def _mails(settings: Settings, to: str) -> list[EmailMessage]:
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*")]
    return [one for one in found if one["To"] == to]


def _link(mail: EmailMessage, beginning: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http://localhost(/{beginning}/\S+)", body.get_content())
    assert found
    return found[1]


def test_the_form_hides_most_of_what_we_have(client: FlaskClient, complaint: Complaint) -> None:
    page = client.get(f"/suivi/{complaint.tracking_token}/nouvelles").text
    assert "l…@poste.example" in page
    assert "locataire@poste.example" not in page


def test_pace_language_and_number_change_at_once(
    app: Flask, client: FlaskClient, world: World, complaint: Complaint
) -> None:
    address = f"/suivi/{complaint.tracking_token}/nouvelles"
    wish = _wish(channel="sms", phone="06 12 34 56 78", pace="daily", language="en")
    answer = client.post(f"{address}?langue=fr", data=wish)
    assert answer.status_code == 303
    assert "langue" not in answer.location
    with app.app_context():
        after = complaint_of(world.first, complaint.id)
        assert (after.preferred_channel, after.tenant_phone, after.pace, after.language) == (
            "sms", "+33612345678", "daily", "en",
        )  # fmt: skip
        client.post(address, data=wish)  # a double tap
        changed = [event for event in events_of(world.first, complaint.id) if event.kind == "contact_changed"]
        assert len(changed) == 1
        assert changed[0].audience == "internal"
        assert "34" not in str(changed[0].data)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (_wish(email="pas une adresse"), "pas complète"),
        (_wish(email="a@b.fr\r\nBcc: tous@exemple.fr"), "pas complète"),
        (_wish(phone="12"), "pas complet"),
        (_wish(channel="sms", phone="03 22 00 00 00"), "06 ou 07"),
        (_wish(channel="phone"), "écrivez votre numéro"),
        (_wish(channel="pigeon"), "dans la liste"),
        (_wish(pace="never"), "dans la liste"),
        (_wish(language="xx"), "dans la liste"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_named_and_changes_nothing(
    app: Flask, client: FlaskClient, world: World, complaint: Complaint, wish: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"/suivi/{complaint.tracking_token}/nouvelles", data=wish)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    with app.app_context():
        assert "contact_changed" not in [event.kind for event in events_of(world.first, complaint.id)]


def test_a_new_address_counts_once_somebody_there_says_yes(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings, complaint: Complaint
) -> None:
    answer = client.post(f"/suivi/{complaint.tracking_token}/nouvelles", data=_wish(email="neuve@poste.example"))
    assert "fait=confirmer" in answer.location
    with app.app_context():
        work_off(world.first, ports)
        assert complaint_of(world.first, complaint.id).tenant_email == "locataire@poste.example"
    warned = [one for one in _mails(settings, "locataire@poste.example") if "changer d'adresse" in one["Subject"]]
    assert len(warned) == 1
    assert "neuve@poste.example" not in warned[0].as_string()
    (mail,) = _mails(settings, "neuve@poste.example")
    # A stranger may read this: nothing in it opens the complaint.
    assert complaint.tracking_token not in mail.as_string()
    assert mail["Reply-To"] is None
    link = _link(mail, "adresse")
    page = client.get(link)
    assert "neuve@poste.example" in page.text
    with app.app_context():
        assert (
            complaint_of(world.first, complaint.id).tenant_email == "locataire@poste.example"
        )  # a scanner followed it
    for _twice in range(2):
        assert client.post(link).status_code == 303
    with app.app_context():
        assert complaint_of(world.first, complaint.id).tenant_email == "neuve@poste.example"
        changed = [event for event in events_of(world.first, complaint.id) if event.kind == "contact_changed"]
        assert len(changed) == 2


def test_a_link_too_old_forged_or_replaced_confirms_nothing(
    app: Flask,
    client: FlaskClient,
    ports: Ports,
    clock: SetClock,
    world: World,
    settings: Settings,
    complaint: Complaint,
) -> None:
    address = f"/suivi/{complaint.tracking_token}/nouvelles"
    client.post(address, data=_wish(email="une@poste.example"))
    client.post(address, data=_wish(email="deux@poste.example"))
    with app.app_context():
        work_off(world.first, ports)
    first = _link(_mails(settings, "une@poste.example")[0], "adresse")
    second = _link(_mails(settings, "deux@poste.example")[0], "adresse")
    assert client.post(first).status_code == 410
    assert client.get(first).status_code == 410
    assert client.post(second[:-2] + "xx").status_code == 404
    clock.forward(OPEN_FOR)
    assert client.post(second).status_code == 410
    with app.app_context():
        assert complaint_of(world.first, complaint.id).tenant_email == "locataire@poste.example"


def test_one_page_does_not_serve_to_write_to_many_strangers(
    app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings, complaint: Complaint
) -> None:
    address = f"/suivi/{complaint.tracking_token}/nouvelles"
    for number in range(MOST_A_DAY):
        assert client.post(address, data=_wish(email=f"n{number}@poste.example")).status_code == 303
    refused = client.post(address, data=_wish(email="encore@poste.example"))
    assert refused.status_code == 422
    assert "demain" in refused.text
    with app.app_context():
        work_off(world.first, ports)
    assert _mails(settings, "encore@poste.example") == []


def _incident_letter(app: Flask, world: World, complaint: Complaint, ports: Ports) -> str:
    """Return the path of the link by which the news of an incident are refused."""
    member: MemberWorld = world.first
    with app.app_context(), member_transaction(member.id) as session:
        event = session.scalars(select(Event).where(Event.complaint_id == complaint.id)).first()
        assert event
        delivery = Delivery(
            member_id=member.id, complaint_id=complaint.id, event_id=event.id, purpose="incident_news",
            channel="email", recipient="locataire@poste.example", status="sent", data={},
        )  # fmt: skip
        session.add(delivery)
        session.flush()
        return url_of(delivery, UNSUBSCRIBE, ports).removeprefix("http://localhost")


def test_one_click_refuses_and_another_takes_it_again(
    app: Flask, client: FlaskClient, ports: Ports, world: World, complaint: Complaint
) -> None:
    link = _incident_letter(app, world, complaint, ports)

    def refused() -> int:
        with app.app_context(), member_transaction(world.first.id) as session:
            return len(session.scalars(select(OptOut)).all())

    assert client.get(link).status_code == 200
    assert refused() == 0
    for _twice in range(2):
        # As a mail program presses it (RFC 8058).
        pressed = client.post(link, data={"List-Unsubscribe": "One-Click"}, headers=HTML)
        assert pressed.status_code == 200
        assert "Set-Cookie" not in pressed.headers
    assert refused() == 1
    assert "ne vous envoie plus" in client.get(link).text
    client.post(link, data={"encore": "1"})
    assert refused() == 0
    assert client.post(f"{link[:-3]}xxx").status_code == 404


def test_a_link_to_refuse_does_not_confirm_an_address(
    app: Flask, client: FlaskClient, ports: Ports, world: World, complaint: Complaint
) -> None:
    link = _incident_letter(app, world, complaint, ports)
    assert client.post(link.replace("/desabonner/", "/adresse/")).status_code == 404


def test_another_secret_signs_no_link_of_ours(
    app: Flask, client: FlaskClient, ports: Ports, world: World, complaint: Complaint
) -> None:
    forged = _incident_letter(app, world, complaint, replace(ports, secret_key="guessed"))
    assert client.post(forged).status_code == 404
