"""The tenant's own copy: everything held about them, and nothing of anybody else."""

import gc
import io
import json
import re
import zipfile
from datetime import datetime
from uuid import UUID
from weakref import WeakSet

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from service.domain.status import Audience, EventKind
from service.journey.delivery import answers, handovers
from service.journey.events import record
from service.journey.news import given_files
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Attachment, Handover
from service.settings import Settings
from service.tenant.asking_limits import DOWNLOADS
from tests.following import Follower, as_read
from tests.mending import wait_to_mend
from tests.work import correct
from tests.world import World

pytestmark = pytest.mark.services

SECRET = "Note entre nous : locataire pénible"


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports, name="Mme Petit", email="petit@poste.example", phone="06 12 34 56 78")


def copy_of(tenant: Follower, query: str = "") -> dict[str, bytes]:
    answer = tenant.client.post(f"{tenant.url}/mes-donnees{query}")
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def picture(shade: int = 0) -> bytes:
    memory = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 90, 90)).save(memory, "JPEG")
    return memory.getvalue()


def test_a_page_says_what_it_holds_and_a_scanner_gets_nothing(tenant: Follower) -> None:
    page = tenant.get("mes-donnees")
    assert page.content_type.startswith("text/html")
    assert "Les notes de travail des équipes" in as_read(page)
    assert "Télécharger ma copie" in page.text


def test_it_holds_what_they_gave_what_was_read_and_what_was_said(tenant: Follower) -> None:
    tenant.answered("Nous passons demain.")
    tenant.delivered()
    held = copy_of(tenant)
    assert list(held) == ["lisez-moi.txt", "demande.json", "demande.html"]
    facts = json.loads(held["demande.json"])
    assert facts["complaint"]["text"] == "Le radiateur est froid"
    assert (facts["tenant"]["name"], facts["tenant"]["email"]) == ("Mme Petit", "p…@poste.example")
    assert (facts["reading"]["category"], facts["reading"]["confidence"]) == ("chauffage", 0.95)
    assert facts["reading"]["words"] == ["radiateur"]
    assert facts["reading"]["model_version"] == "keywords"
    assert [one["text"] for one in facts["history"] if one["kind"] == "answered"] == ["Nous passons demain."]
    assert {(one["about"], one["to"]) for one in facts["messages_sent"]} == {
        ("received", "p…@poste.example"), ("answered", "p…@poste.example"),
    }  # fmt: skip
    page = held["demande.html"].decode()
    assert "Nous passons demain." in page
    assert not re.search(r"(?:src|href)=\"(?!fichiers/)|<script|<link|url\(", page)
    assert "Amont Habitat" in held["lisez-moi.txt"].decode()


def test_it_holds_the_tenants_files(tenant: Follower, app: Flask) -> None:
    with app.app_context():
        uploads.add_at_once(tenant.member.id, tenant.token, [uploads.Sent("a.jpg", picture())], tenant.ports)
    assert tenant.post("messages", text="Voici une photo").status_code == 303
    held = copy_of(tenant)
    assert "fichiers/01.jpg" in held
    Image.open(io.BytesIO(held["fichiers/01.jpg"])).verify()
    assert json.loads(held["demande.json"])["files"][0]["name"] == "fichiers/01.jpg"


def test_nothing_of_the_staff_of_suppliers_or_of_others_is_in_it(
    tenant: Follower, app: Flask, ports: Ports, world: World
) -> None:
    Follower(app, world.first, ports, "Le voisin crie", name="M. Voisin", email="voisin@poste.example")
    with app.app_context():
        with member_transaction(tenant.member.id) as session:
            complaint = session.get_one(Complaint, tenant.id)
            record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor="Ana Vidal", data={"text": SECRET})
            token = handovers.token_of(session.query(Handover).filter_by(complaint_id=tenant.id).one(), ports)
        answers.finish(token, "Vanne changée, code du local 4521", [], ports)
        correct(tenant.member, tenant.id, ports, reason="Un motif interne")
    tenant.delivered()
    whole = b"\n".join(copy_of(tenant).values()).decode(errors="replace")
    for hidden in (SECRET, "4521", "Un motif interne", "M. Voisin", "voisin@poste.example", token, tenant.token,
                   "technique@amont.example", "chaleur@amont.example"):  # fmt: skip
        assert hidden not in whole, hidden
    # That a person corrected the subject is theirs to know.
    assert json.loads(copy_of(tenant)["demande.json"])["reading"]["corrections"][0]["to"] == "loyer"


def test_what_has_not_left_yet_is_not_in_it(tenant: Follower, settings: Settings) -> None:
    wait_to_mend(settings, tenant.member)
    tenant.closed("refused", "Une phrase à corriger")
    facts = json.loads(copy_of(tenant)["demande.json"])
    assert "Une phrase à corriger" not in json.dumps(facts, ensure_ascii=False)
    assert (facts["complaint"]["outcome"], facts["complaint"]["closed_at"]) == (None, None)


def test_whoever_has_the_link_reads_no_whole_address_or_number(tenant: Follower, app: Flask, ports: Ports) -> None:
    """Words they typed themselves stay as they are."""
    assert tenant.post("messages", text="Appelez le 06 98 76 54 32").status_code == 303
    letter = "Mme Petit\nBâtiment C\n7 rue Cachée\n75019 Paris"
    with app.app_context(), member_transaction(tenant.member.id) as session:
        sent = session.scalars(select(Delivery).where(Delivery.complaint_id == tenant.id)).first()
        assert sent
        for way, recipient in (("post", letter), ("sms", "+33612345678")):
            told = {"purpose": "answered", "channel": way, "recipient": recipient, "status": "sent"}
            whose = {"member_id": sent.member_id, "complaint_id": sent.complaint_id, "event_id": sent.event_id}
            session.add(Delivery(**told, **whose, key=f"test:{way}", sent_at=ports.clock.now(), data={}))
    held = copy_of(tenant)
    assert "Votre e-mail et votre numéro sont cachés en partie" in held["lisez-moi.txt"].decode()
    assert "Votre e-mail et votre numéro sont cachés en partie" in as_read(tenant.get("mes-donnees"))
    for name in ("demande.json", "demande.html"):
        whole = held[name].decode()
        assert "06 98 76 54 32" in whole
        assert "p…@poste.example" in whole
        assert [one for one in ("petit@", "06 12 34 56 78", "612345678", "rue Cachée") if one in whole] == []
    facts = json.loads(held["demande.json"])
    assert facts["tenant"]["phone"] == "… 78"
    assert {one["to"] for one in facts["messages_sent"]} == {"p…@poste.example", "… 78", ""}


def test_it_tells_how_the_house_works_to_nobody(tenant: Follower, app: Flask, ports: Ports) -> None:
    with app.app_context(), member_transaction(tenant.member.id) as session:
        complaint = session.get_one(Complaint, tenant.id)
        for kind in EventKind:
            data = {"text": "Des mots", "sentence": "Des mots", "inside": SECRET, "households": 1}
            event = Event(member_id=complaint.member_id, complaint_id=complaint.id, kind=kind, at=ports.clock.now(),
                          actor="tenant", audience=Audience.INTERNAL, data=data)  # fmt: skip
            session.add(event)
    whole = copy_of(tenant)["demande.json"].decode()
    history = json.loads(whole)["history"]
    (routed,) = [one["data"] for one in history if one["kind"] == "routed" and one["by"] == "rules"]
    assert set(routed) == {"team", "organisation", "reason"}
    assert len(history) > len(EventKind)
    assert SECRET not in whole
    assert "households" not in whole


def test_its_files_are_read_one_after_the_other(tenant: Follower, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        files = [uploads.Sent(f"{shade}.jpg", picture(shade)) for shade in (10, 20, 30)]
        uploads.add_at_once(tenant.member.id, tenant.token, files, tenant.ports)
    assert tenant.post("messages", text="Voici trois photos").status_code == 303
    at_once, most, read = WeakSet[Attachment](), [], given_files.read_of_tenant

    def counted(member_id: UUID, complaint_id: UUID, attachment_id: UUID, now: datetime) -> Attachment:
        one = read(member_id, complaint_id, attachment_id, now)
        at_once.add(one)
        gc.collect()
        most.append(len(at_once))
        return one

    monkeypatch.setattr(given_files, "read_of_tenant", counted)
    answer = tenant.client.post(f"{tenant.url}/mes-donnees")
    assert answer.content_length == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        packing = [one.compress_type for one in archive.infolist() if one.filename.startswith("fichiers/")]
    assert packing == [zipfile.ZIP_STORED] * 3
    assert len(most) == 3
    assert max(most) <= 2, "the one before is let go of when the next one is there"


def test_whatever_was_typed_is_shown_harmlessly(app: Flask, world: World, ports: Ports) -> None:
    hostile = "<script>alert(1)</script> radiateur"
    tenant = Follower(app, world.first, ports, hostile, name="<img src=x onerror=alert(1)>")
    page = copy_of(tenant)["demande.html"].decode()
    assert "<script" not in page
    assert "<img" not in page


def test_it_is_given_in_the_language_of_the_page(tenant: Follower) -> None:
    page = copy_of(tenant, "?langue=ar")["demande.html"].decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_it_is_not_given_without_end(tenant: Follower) -> None:
    codes = [tenant.post("mes-donnees").status_code for _ in range(DOWNLOADS + 1)]
    assert codes == [200] * DOWNLOADS + [429]


def test_it_changes_nothing(tenant: Follower) -> None:
    before = tenant.kinds()
    copy_of(tenant)
    assert tenant.kinds() == before
