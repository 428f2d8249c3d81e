"""Words of danger are heard wherever a tenant writes them, and nothing that is asked of a tenant holds them up."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.app import create_app
from service.domain.errors import BadInput
from service.journey.ports import Document, Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.database import db
from service.models.handover import Attachment
from service.settings import Settings
from service.tenant.sending_limits import DANGERS_PER_SENDER, PER_RECIPIENT, PER_SENDER
from tests import reading
from tests.following import Follower, as_read
from tests.journey.submission.test_uploads import photo
from tests.mending import wait_to_mend
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

GAS = "Il y a maintenant une forte odeur de gaz dans la cuisine"
ONLY_THE_MODEL = "bébé tout bleu"  # the lexicon hears nothing in it


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


@pytest.fixture
def ended(tenant: Follower) -> Follower:
    tenant.closed()
    tenant.delivered()
    return tenant


@pytest.fixture(autouse=True)
def _a_danger_only_the_model_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    hears = replace(reading.SURE, category="gaz_co", urgency="danger", danger="danger")
    monkeypatch.setitem(reading.WORDS, ONLY_THE_MODEL, hears)


def is_heard(tenant: Follower) -> bool:
    """Say whether the complaint is open, a danger, and its words kept for the team."""
    tenant.delivered()
    complaint = tenant.complaint()
    assert (complaint.danger, complaint.urgency, "danger_raised" in tenant.kinds()) == ("danger",) * 2 + (True,)
    return complaint.status != "closed"


def said(tenant: Follower) -> list[str]:
    """Return the words of the tenant that stand in the conversation."""
    events = [*tenant.events("tenant_wrote"), *tenant.events("reopened")]
    return [event.data["text"] for event in events if event.data.get("text")]


@pytest.mark.parametrize("words", [GAS, ONLY_THE_MODEL])
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("avis", {"regle": "no", "comment": ""}),
        ("avis", {"rouvrir": "1", "comment": ""}),
        ("avis", {"note": "2", "comment": ""}),
        ("avis", {"note": "2", "regle": "yes", "comment": ""}),
        ("avis", {"comment": ""}),
        ("messages", {"apres": "1", "text": ""}),
        ("regle", {"mots": ""}),
    ],
)
def test_words_said_after_the_end_open_it_again_as_a_danger(
    ended: Follower, path: str, fields: dict[str, str], words: str
) -> None:
    answer = ended.post(path, **{name: value or words for name, value in fields.items()})
    assert answer.status_code == 303
    assert is_heard(ended)
    assert sum(words in one for one in said(ended)) == 1


def test_a_tenant_told_that_it_is_open_again_reads_what_to_do(ended: Follower) -> None:
    answer = ended.client.post(f"{ended.url}/avis", data={"note": "2", "comment": GAS}, follow_redirects=True)
    assert "Votre demande est rouverte" in as_read(answer)
    assert "Odeur de gaz" in answer.text


def test_the_rest_of_the_survey_is_heard(ended: Follower) -> None:
    ended.post("avis", note="9")
    ended.post("avis", suite="1", informed="4", comment=GAS)
    assert is_heard(ended)
    assert said(ended) == [GAS]


def test_the_rest_of_the_survey_is_heard_when_its_month_is_over(ended: Follower, clock: SetClock) -> None:
    ended.post("avis", note="9")
    clock.forward(timedelta(days=31))
    ended.post("avis", suite="1", comment=GAS)
    assert is_heard(ended)


def test_a_comment_is_heard_when_it_is_open_again_already(ended: Follower) -> None:
    ended.post("avis", note="2", regle="no", comment="Toujours froid")
    ended.post("avis", regle="no", comment="Toujours froid")
    ended.post("avis", suite="1", comment=GAS)
    assert is_heard(ended)
    assert sorted(said(ended)) == sorted(["Toujours froid", GAS])


def test_one_word_more_is_heard_when_no_other_may_be_said(ended: Follower, clock: SetClock) -> None:
    ended.post("messages", apres="1", text="Merci")
    clock.forward(timedelta(days=31))
    assert ended.post("messages", apres="1", text="Encore merci").status_code == 422
    assert ended.post("messages", apres="1", text=GAS).status_code == 303
    assert is_heard(ended)


@pytest.mark.parametrize("way", ["regle", "retrait"])
@pytest.mark.parametrize("words", [GAS, ONLY_THE_MODEL])
def test_words_of_danger_end_nothing(tenant: Follower, way: str, words: str) -> None:
    answer = tenant.client.post(f"{tenant.url}/{way}", data={"mots": words}, follow_redirects=True)
    assert "Votre message est gardé. Il parle peut-être d'un danger" in as_read(answer)
    assert is_heard(tenant)


def test_words_without_danger_still_end_it(tenant: Follower) -> None:
    tenant.post("regle", mots="Merci, il fait chaud")
    assert tenant.complaint().status == "closed"


def test_words_to_an_end_nobody_was_told_of_are_kept(tenant: Follower, settings: Settings) -> None:
    tenant.closed()
    tenant.post("avis", note="3")
    wait_to_mend(settings, tenant.member)
    tenant.post("avis", regle="no", comment="Toujours froid")
    tenant.closed()
    tenant.post("avis", regle="no", comment=GAS)
    assert is_heard(tenant)
    assert sorted(said(tenant)) == sorted(["Toujours froid", GAS])


def complaints(app: Flask, member: MemberWorld) -> list[Complaint]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Complaint)))


def attachments(app: Flask, member: MemberWorld) -> list[Attachment]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Attachment)))


def send(
    client: FlaskClient, page: int = 0, text: str = GAS, sender: str = "203.0.113.7", **fields: object
) -> TestResponse:
    form = {"nonce": f"page-{page:022d}", "text": text, **fields}
    return client.post("/amont/", data=form, environ_overrides={"REMOTE_ADDR": sender})


def attached(content: bytes = b"not a photo", name: str = "a.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"email": "victime@poste"}, "votre adresse e-mail"),
        ({"phone": "18", "preferred_channel": "phone"}, "votre numéro de téléphone"),
        ({"name": "x" * 301}, "votre nom"),
        ({"city": "Ami\x00ens"}, "la ville"),
    ],
)
def test_a_field_with_a_fault_holds_up_no_danger_and_is_named(
    app: Flask, world: World, fields: dict[str, str], named: str
) -> None:
    client = app.test_client()
    answer = send(client, **fields)
    assert answer.status_code == 303
    assert f"Nous n'avons pas pu lire : {named}." in as_read(client.get(answer.location))
    assert send(client, **fields).location == answer.location
    assert len(complaints(app, world.first)) == 1


def test_what_is_right_stays_and_a_postcode_is_kept_as_typed(app: Flask, world: World) -> None:
    answer = send(app.test_client(), email="victime@poste", phone="06 12 34 56 78", postcode="8000", city="Amiens")
    assert answer.status_code == 303
    (complaint,) = complaints(app, world.first)
    assert (complaint.tenant_email, complaint.tenant_phone) == (None, "06 12 34 56 78")
    assert complaint.preferred_channel == "phone"
    assert (complaint.place_given["address"]["postcode"], complaint.place_given["address"]["city"]) == (
        "8000", "Amiens",
    )  # fmt: skip


def test_nothing_is_missing_but_what_is(app: Flask, world: World) -> None:
    client = app.test_client()
    assert world
    there = send(client, email="victime@poste.example").location
    assert "Nous n'avons pas pu lire" not in as_read(client.get(f"{there}&manque=email"))


@pytest.mark.parametrize("field", ["email", "nothing"])
def test_what_others_wait_for_holds_up_no_danger(app: Flask, world: World, field: str) -> None:
    client, fields = app.test_client(), {"email": "victime@poste.example"} if field == "email" else {}
    for page in range(PER_RECIPIENT if fields else PER_SENDER):
        assert send(client, page, f"Le radiateur {page}", envoyer="1", **fields).status_code == 303
    assert send(client, 200, "Le radiateur", envoyer="1", **fields).status_code == 429
    assert send(client, 201, **fields).status_code == 303
    assert [one.danger for one in complaints(app, world.first)].count("danger") == 1


def test_a_flood_of_dangers_ends_too(app: Flask, world: World) -> None:
    client = app.test_client()
    assert world
    for page in range(PER_SENDER + DANGERS_PER_SENDER):
        assert send(client, page).status_code == 303
    refused = send(client, 300)
    assert refused.status_code == 429
    assert "Odeur de gaz" in refused.text


def test_the_files_of_a_danger_go_with_it(app: Flask, world: World) -> None:
    for _ in range(2):
        assert send(app.test_client(), fichiers=attached(photo())).status_code == 303
    (complaint,) = complaints(app, world.first)
    assert [(one.complaint_id, one.author) for one in attachments(app, world.first)] == [(complaint.id, "tenant")]


def test_a_danger_of_another_landlord_takes_its_files_there(app: Flask, world: World) -> None:
    assert send(app.test_client(), dwelling_reference=world.second.collective, fichiers=attached(photo()))
    assert not complaints(app, world.first)
    assert len(attachments(app, world.second)) == 1


def test_a_file_that_is_refused_is_named(app: Flask, world: World) -> None:
    client = app.test_client()
    answer = send(client, fichiers=attached())
    assert len(complaints(app, world.first)) == 1
    assert "Vos fichiers ne sont pas partis." in as_read(client.get(answer.location))


class Slow:
    """Documents that are drawn slowly: what is stored meanwhile is looked at."""

    def __init__(self, app: Flask, member: MemberWorld) -> None:
        self.app, self.member, self.stored = app, member, [0]

    def clean(self, _content: bytes) -> Document:
        self.stored.append(len(complaints(self.app, self.member)))
        raise BadInput("document_unreadable", "files")


def test_a_danger_is_stored_before_its_files_are_drawn(
    app: Flask, settings: Settings, ports: Ports, world: World
) -> None:
    slow = Slow(app, world.first)
    other = create_app(settings, replace(ports, documents=slow))
    answer = send(other.test_client(), fichiers=attached(b"%PDF-1.4 x", "a.pdf"))
    assert (answer.status_code, slow.stored) == (303, [0, 1])
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_taking_a_file_off_sends_no_danger(app: Flask, world: World) -> None:
    assert send(app.test_client(), retirer="00000000-0000-0000-0000-000000000001").status_code == 200
    assert not complaints(app, world.first)


def test_a_danger_added_is_kept_whatever_its_file_is(tenant: Follower) -> None:
    answer = tenant.client.post(f"{tenant.url}/messages", data={"text": GAS, "fichiers": attached()})
    assert answer.status_code == 303
    assert is_heard(tenant)
    assert "Vos fichiers ne sont pas partis." in as_read(tenant.client.get(answer.location))


@pytest.mark.parametrize("is_ended", [False, True])
def test_the_files_of_a_danger_added_stand_beside_its_words(tenant: Follower, *, is_ended: bool) -> None:
    if is_ended:
        tenant.closed()
    data = {"text": GAS, "apres": "1", "fichiers": attached(photo())}
    assert tenant.client.post(f"{tenant.url}/messages", data=data).status_code == 303
    (file,) = attachments(tenant.app, tenant.member)
    assert file.event_id == tenant.events("tenant_wrote")[-1].id


@pytest.mark.parametrize("words", ["Voici la photo", GAS])
def test_files_of_words_written_to_a_page_closed_meanwhile_go_with_the_reopening(tenant: Follower, words: str) -> None:
    tenant.closed()
    data = {"text": words, "fichiers": attached(photo())}
    assert tenant.client.post(f"{tenant.url}/messages", data=data).status_code == 409
    tenant.post("avis", rouvrir="1", comment=words)
    (file,) = attachments(tenant.app, tenant.member)
    assert file.event_id == tenant.events("reopened")[0].id


def test_no_score_is_taken_before_the_end_is_told(tenant: Follower, settings: Settings, clock: SetClock) -> None:
    wait_to_mend(settings, tenant.member)
    tenant.closed()
    assert tenant.post("avis", note="9").status_code == 409
    assert "feedback_given" not in tenant.kinds()
    clock.forward(timedelta(minutes=21))
    assert tenant.post("avis", note="9").status_code == 303
    assert "feedback_given" in tenant.kinds()
