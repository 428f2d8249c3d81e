"""Files that staff add: made anew, held under their form, and opened by whoever may read the words they go with."""

import io
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.handling import own_data
from service.journey.news import mending
from service.journey.ports import Ports
from service.journey.submission.upload_room import MOST
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.draft import Upload
from service.models.handover import Attachment
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, at_desk
from tests.faces.test_tenant_contact import _mails
from tests.faces.test_tenant_files import attached, post, submitted
from tests.journey.submission.test_uploads import photo
from tests.mending import complaint_of, wait_to_mend
from tests.mending import submitted as sent_by_api
from tests.paper import pdf
from tests.passing import at_supplier
from tests.work import work_off
from tests.world import World, staff_of_role

pytestmark = pytest.mark.services

LOCATION = 0x8825  # the part of EXIF that says where


def located() -> bytes:
    """Return a photo that says where and by what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Marque de l'appareil"
    exif.get_ifd(LOCATION)[2] = (49.0, 53.0, 40.0)
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 120, 90)).save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.fixture
def complaint(app: Flask, client: FlaskClient, ports: Ports, world: World) -> Complaint:
    with app.app_context():
        complaint_id = sent_by_api(client, world.first)
        work_off(world.first, ports)
        return complaint_of(world.first, complaint_id)


@pytest.fixture
def page(complaint: Complaint) -> str:
    return f"/equipe/demandes/{complaint.id}"


def write(desk: Desk, page: str, act: str, code: str, **fields: object) -> TestResponse:
    shown = desk.client.get(page).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert token
    assert seen
    return post(desk.client, f"{page}/{act}", **({"csrf_token": token[1], "seen": seen[1], "ecrire": code} | fields))


def files_of(app: Flask, world: World, complaint_id: UUID) -> list[tuple[Attachment, Event]]:
    with app.app_context(), member_transaction(world.first.id) as session:
        rows = select(Attachment, Event).join(Event, Event.id == Attachment.event_id)
        mine = rows.where(Attachment.complaint_id == complaint_id).order_by(Attachment.event_id, Attachment.at)
        return [(one, event) for one, event in session.execute(mine)]


def waiting(app: Flask, world: World) -> int:
    with app.app_context(), member_transaction(world.first.id) as session:
        return len(session.scalars(select(Upload.id).where(Upload.state == "clean")).all())


def tenant_sees(app: Flask, complaint: Complaint, attachment_id: UUID) -> bool:
    """Say whether the tenant's page shows a file, and opens it: both, or neither."""
    client = app.test_client()
    is_shown = str(attachment_id) in client.get(f"/suivi/{complaint.tracking_token}").text
    status = client.get(f"/suivi/{complaint.tracking_token}/fichiers/{attachment_id}").status_code
    assert status == (200 if is_shown else 404)
    return is_shown


def test_a_photo_of_a_visit_stays_with_colleagues(app: Flask, world: World, complaint: Complaint, page: str) -> None:
    desk = at_desk(app, world.first)
    fields = {"internal_note": "Vu sur place", "fichiers": [attached("IMG_1.jpg", located())]}
    assert write(desk, page, "note", "note", **fields).status_code == 303
    ((kept, event),) = files_of(app, world, complaint.id)
    assert (kept.author, event.kind, event.audience, event.data["files"]) == ("Ana Vidal", "noted", "internal", 1)
    answer = desk.client.get(f"{page}/fichiers/{kept.id}")
    assert answer.status_code == 200
    assert not Image.open(io.BytesIO(answer.data)).getexif()
    assert b"Marque" not in answer.data
    shown = desk.read(page)
    assert f'src="{page}/fichiers/{kept.id}"' in shown[shown.index('id="historique"') :]
    assert not tenant_sees(app, complaint, kept.id)


def test_a_document_given_with_an_answer_is_on_the_tenants_page_and_not_in_the_mail(
    app: Flask, ports: Ports, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    fields = {"text": "Voici le rapport.", "fichiers": [attached("rapport.pdf", pdf(pages=2), "application/pdf")]}
    assert write(desk, page, "reponse", "reponse", **fields).status_code == 303
    ((kept, _event),) = files_of(app, world, complaint.id)
    assert (kept.media_type, kept.pages) == ("application/pdf", 2)
    assert tenant_sees(app, complaint, kept.id)
    with app.app_context():
        work_off(world.first, ports)
    (mail,) = [one for one in _mails(settings, "locataire@poste.example") if "réponse" in one["Subject"]]
    body = mail.get_body(("plain",))
    assert body
    assert "une ou plusieurs pièces jointes. Elles sont sur votre page de suivi." in body.get_content()
    assert list(mail.iter_attachments()) == []
    copy = app.test_client().get(f"/suivi/{complaint.tracking_token}")
    assert "rapport" not in as_read(copy).replace("Voici le rapport.", "")


def test_what_has_not_left_or_was_kept_back_gives_the_tenant_nothing(
    app: Flask, clock: SetClock, ports: Ports, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    wait_to_mend(settings, world.first)
    desk = at_desk(app, world.first)
    for shade, text in ((1, "Une première réponse."), (2, "Une seconde réponse.")):
        fields = {"text": text, "fichiers": [attached("a.jpg", photo(shade))]}
        assert write(desk, page, "reponse", "reponse", **fields).status_code == 303
    (first, said), (second, _) = files_of(app, world, complaint.id)
    assert not tenant_sees(app, complaint, first.id)
    with app.app_context():
        mending.withhold(world.first.id, complaint.id, said.id, world.first.agent_id, ports)
    clock.forward(timedelta(minutes=21))
    assert not tenant_sees(app, complaint, first.id)
    assert tenant_sees(app, complaint, second.id)


def test_a_question_brings_its_file_to_the_tenant(app: Flask, world: World, complaint: Complaint, page: str) -> None:
    fields = {"question": "Est-ce cette porte ?", "fichiers": [attached("a.jpg", photo(5))]}
    assert write(at_desk(app, world.first), page, "question", "question", **fields).status_code == 303
    ((kept, event),) = files_of(app, world, complaint.id)
    assert event.kind == "asked"
    assert tenant_sees(app, complaint, kept.id)


def test_a_file_for_the_organisation_is_on_its_page_and_nowhere_else(app: Flask, world: World, ports: Ports) -> None:
    case = at_supplier(app, world.first, ports)
    desk, page = at_desk(app, world.first), f"/equipe/demandes/{case.id}"
    note = {"internal_note": "Entre nous", "fichiers": [attached("a.jpg", photo(8))]}
    assert write(desk, page, "note", "note", **note).status_code == 303
    fields = {"partner_text": "Voici la porte.", "fichiers": [attached("a.jpg", photo(9))]}
    assert write(desk, page, "partenaire", "partenaire", **fields).status_code == 303
    (inside, _), (given, event) = files_of(app, world, case.id)
    assert event.kind == "partner_written"
    supplier, url = app.test_client(), f"/partenaire/{case.token()}"
    shown = supplier.get(url).text
    assert f"{url}/fichiers/{given.id}" in shown
    answer = supplier.get(f"{url}/fichiers/{given.id}")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    for other in (inside.id, uuid4()):
        assert supplier.get(f"{url}/fichiers/{other}").status_code == 404
    assert supplier.get(f"{url[:-3]}abc/fichiers/{given.id}").status_code == 404
    assert not tenant_sees(app, case.complaint(), given.id)
    elsewhere = at_supplier(app, world.first, ports)
    assert supplier.get(f"/partenaire/{elsewhere.token()}/fichiers/{given.id}").status_code == 404
    case.refuse()
    case.work_off()
    assert supplier.get(f"{url}/fichiers/{given.id}").status_code == 404, "it is no longer theirs"


def test_the_same_photo_goes_with_a_note_and_with_an_answer_and_a_double_click_brings_it_once(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    seen = re.search(r'name="seen" value="(\d+)"', desk.client.get(page).text)
    assert seen
    for _twice in range(2):
        for act, code, field in (("note", "note", "internal_note"), ("reponse", "reponse", "text")):
            fields = {field: "La porte.", "fichiers": [attached("a.jpg", photo(3))], "seen": seen[1]}
            assert write(desk, page, act, code, **fields).status_code == 303
    found = files_of(app, world, complaint.id)
    assert [event.kind for _, event in found] == ["noted", "answered"]
    assert [tenant_sees(app, complaint, one.id) for one, _ in found] == [False, True]
    assert waiting(app, world) == 0


def test_a_photo_of_the_tenant_is_kept_although_a_colleague_had_it_in_a_note(
    app: Flask, client: FlaskClient, world: World, complaint: Complaint, page: str
) -> None:
    fields = {"internal_note": "Reçue par un voisin", "fichiers": [attached("a.jpg", photo(4))]}
    assert write(at_desk(app, world.first), page, "note", "note", **fields).status_code == 303
    answer = post(
        client, f"/suivi/{complaint.tracking_token}/messages", text="Voici", fichiers=[attached("b.jpg", photo(4))]
    )
    assert answer.status_code == 303
    (_, (mine, event)) = files_of(app, world, complaint.id)
    assert (mine.author, event.kind) == ("tenant", "tenant_wrote")
    assert tenant_sees(app, complaint, mine.id)


def test_what_is_refused_keeps_the_words_and_the_files_that_wait(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    blank = write(desk, page, "note", "note", internal_note="", fichiers=[attached("a.jpg", photo(1))])
    assert blank.status_code == 422
    assert "Joint à ce message" in as_read(blank)
    fields = {"internal_note": "Mes mots", "fichiers": [attached("virus.exe", b"MZ" * 200)]}
    refused = write(desk, page, "note", "note", **fields)
    assert refused.status_code == 422
    shown = as_read(refused).replace("&#39;", "'")
    assert "« virus.exe » : Ce n'est ni une photo ni un PDF" in shown
    assert 'href="#pieces"' in shown
    assert "Mes mots" in shown
    assert files_of(app, world, complaint.id) == []
    assert write(desk, page, "note", "note", internal_note="Mes mots").status_code == 303
    assert len(files_of(app, world, complaint.id)) == 1, "the one that waited went with them"


def test_a_file_is_taken_off_and_a_look_before_sending_keeps_it(
    app: Flask, world: World, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    fields = {"text": "Voici le rapport.", "fichiers": [attached("a.jpg", photo(1))]}
    looked = as_read(write(desk, page, "apercu", "reponse", **fields))
    assert "une ou plusieurs pièces jointes" in looked
    held = re.search(r'name="retirer" value="([^"]+)"', looked)
    assert held
    colleague = Desk(app.test_client())
    colleague.sign_in(f"responsable@{world.first.slug}.example")
    assert held[1] not in colleague.read(page), "what somebody prepares is theirs"
    write(colleague, page, "pieces", "reponse", retirer=held[1])
    assert waiting(app, world) == 1
    for taken in ("nimporte", held[1], held[1]):
        answer = write(desk, page, "pieces", "reponse", text="Voici le rapport.", retirer=taken)
        assert answer.status_code == (422 if taken == "nimporte" else 200)
        assert "Voici le rapport." in answer.text
    assert waiting(app, world) == 0
    assert files_of(app, world, complaint.id) == []


def test_too_many_files_are_refused_together(app: Flask, world: World, page: str) -> None:
    several = [attached(f"{shade}.jpg", photo(shade)) for shade in range(MOST + 1)]
    answer = write(at_desk(app, world.first), page, "note", "note", internal_note="Six", fichiers=several)
    assert answer.status_code == 422
    assert f"{MOST} fichiers au plus" in as_read(answer)
    assert waiting(app, world) == 0


def test_neither_another_member_nor_a_reader_adds_or_opens_a_file(
    app: Flask, client: FlaskClient, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    fields = {"internal_note": "Vu", "fichiers": [attached("a.jpg", photo(2))]}
    assert write(desk, page, "note", "note", **fields).status_code == 303
    ((kept, _),) = files_of(app, world, complaint.id)
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        email = staff_of_role(session, world.first, "reader")
        session.commit()
    engine.dispose()
    reader, stranger = Desk(app.test_client()), at_desk(app, world.second)
    reader.sign_in(email)
    with app.app_context():
        own = f"/equipe/demandes/{sent_by_api(client, world.second)}"
    assert stranger.client.get(f"{page}/fichiers/{kept.id}").status_code == 404
    assert stranger.client.get(f"{own}/fichiers/{kept.id}").status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    for act, field in (("note", "internal_note"), ("reponse", "text"), ("partenaire", "partner_text"), ("pieces", "x")):
        for who, status in ((stranger, 404), (reader, 403)):
            sent = {"ecrire": "note", "seen": "1", field: "Bonjour", "fichiers": [attached("a.jpg", photo(2))]}
            assert post(who.client, f"{page}/{act}", **sent).status_code == status
    with app.app_context(), member_transaction(world.second.id) as session:
        assert session.scalars(select(Upload)).all() == [], "a stranger's file is not even looked at"
    assert len(files_of(app, world, complaint.id)) == 1


def test_a_scan_of_a_letter_is_the_tenants_own(app: Flask, world: World) -> None:
    desk, url = at_desk(app, world.first), "/equipe/demandes/nouvelle"
    shown = desk.client.get(url).text
    token, nonce = (re.search(rf'name="{name}" value="([^"]+)"', shown) for name in ("csrf_token", "nonce"))
    assert token
    assert nonce
    fields = {
        "csrf_token": token[1], "nonce": nonce[1], "channel": "paper", "text": "Le radiateur reste froid",
        "dwelling": world.first.collective, "name": "Ada Petit", "email": "ada@poste.example",
        "preferred_channel": "email", "language": "fr",
    }  # fmt: skip
    refused = post(desk.client, url, **fields, action="check", fichiers=[attached("lettre.txt", b"bonjour")])
    assert refused.status_code == 422
    assert "« lettre.txt »" in as_read(refused)
    checked = post(desk.client, url, **fields, action="check", fichiers=[attached("lettre.jpg", located())])
    assert "Joint à ce message" in as_read(checked)
    assert "Rien n'est encore enregistré" in as_read(checked).replace("&#39;", "'")
    sent = post(desk.client, url, **fields, action="send")
    assert sent.status_code == 303
    with app.app_context(), member_transaction(world.first.id) as session:
        complaint = session.scalars(select(Complaint)).one()
    ((kept, event),) = files_of(app, world, complaint.id)
    assert (kept.author, event.kind) == ("tenant", "submitted")
    assert tenant_sees(app, complaint, kept.id)
    again = post(desk.client, url, **fields, action="send")
    assert again.location == sent.location, "the same form twice is one message"


def test_files_of_a_sensitive_complaint_are_not_found_by_others(
    app: Flask, world: World, settings: Settings, complaint: Complaint, page: str
) -> None:
    desk = at_desk(app, world.first)
    fields = {"internal_note": "Vu", "fichiers": [attached("a.jpg", photo(2))]}
    assert write(desk, page, "note", "note", **fields).status_code == 303
    ((kept, _),) = files_of(app, world, complaint.id)
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        session.get_one(Complaint, complaint.id).is_marked = True
        session.commit()
    engine.dispose()
    assert desk.client.get(f"{page}/fichiers/{kept.id}").status_code == 404
    more = {"ecrire": "note", "seen": "1", "internal_note": "Encore", "fichiers": [attached("b.jpg", photo(6))]}
    app.config["WTF_CSRF_ENABLED"] = False
    assert post(desk.client, f"{page}/note", **more).status_code == 404
    assert waiting(app, world) == 0


def test_the_tenants_own_copy_holds_what_was_given_and_no_note(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    complaint_id, _ = submitted(app, world, ports, client)
    desk, page = at_desk(app, world.first), f"/equipe/demandes/{complaint_id}"
    note = {"internal_note": "Vu", "fichiers": [attached("a.jpg", photo(101))]}
    assert write(desk, page, "note", "note", **note).status_code == 303
    answer = {"text": "Voici.", "fichiers": [attached("b.jpg", photo(102))]}
    assert write(desk, page, "reponse", "reponse", **answer).status_code == 303
    with app.app_context():
        copy = own_data.gather(world.first.id, complaint_id, ports)
    kept = {one.id for one, event in files_of(app, world, complaint_id) if event.kind != "noted"}
    assert {one.id for one in copy.files} == kept
    assert len(kept) == 3
