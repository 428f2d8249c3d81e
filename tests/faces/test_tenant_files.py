"""The files of a tenant's page over HTTP: in pieces, with the form, and what nobody else may see."""

import io
import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from service.domain.errors import BadInput
from service.domain.status import Audience, EventKind
from service.journey.events import record
from service.journey.ports import Document, Picture, Ports
from service.journey.submission import pictures
from service.journey.submission.cleaning import MAX_BYTES
from service.journey.submission.pieces import BUSY, PIECE
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.handover import Attachment
from service.tenant import file_limits, files
from service.tenant.file_limits import FileLimits
from tests.faces.test_staff import as_read
from tests.journey.submission.test_uploads import photo
from tests.paper import pdf
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

NONCE = "a-page-of-its-own-0123456789"
FORM = f"/amont/fichiers/{NONCE}"


def begin(client: FlaskClient, size: int, base: str = FORM, upload_id: object = None) -> TestResponse:
    return client.post(base, data={"id": str(upload_id or uuid4()), "taille": str(size)})


def send(client: FlaskClient, content: bytes, base: str = FORM) -> TestResponse:
    answer = begin(client, len(content), base)
    for start in range(0, len(content), PIECE):
        answer = client.post(f"{base}/{answer.json['id']}?debut={start}", data=content[start : start + PIECE])
    return answer


def attached(name: str, content: bytes, kind: str = "image/jpeg") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, content_type=kind)


def submitted(app: Flask, world: World, ports: Ports, client: FlaskClient) -> tuple[UUID, str]:
    """Send a message with two files; return the complaint and the address of its page."""
    send(client, photo(10))
    send(client, pdf(pages=2))
    sent = {"nonce": NONCE, "text": "Le radiateur reste froid", "envoyer": "1", "dwelling_reference": "amont-0001"}
    answer = client.post("/amont/", data=sent)
    assert answer.status_code == 303, as_read(answer)
    with app.app_context():
        work_off(world.first, ports)
        with member_transaction(world.first.id) as session:
            complaint = session.scalars(select(Complaint)).one()
            return complaint.id, f"/suivi/{complaint.tracking_token}"


def post(client: FlaskClient, url: str, **fields: object) -> TestResponse:
    """Send a form as a browser without JavaScript does."""
    boundary, body = encode_multipart(fields)
    return client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.fixture
def sent(app: Flask, world: World, ports: Ports, client: FlaskClient) -> tuple[UUID, str]:
    return submitted(app, world, ports, client)


def kept(app: Flask, world: World, complaint_id: UUID) -> list[Attachment]:
    with app.app_context(), member_transaction(world.first.id) as session:
        mine = select(Attachment).where(Attachment.complaint_id == complaint_id)
        return list(session.scalars(mine.order_by(Attachment.at)))


def test_a_file_sent_in_pieces_is_told_and_given_back_made_anew(client: FlaskClient) -> None:
    content = photo(size=(1500, 1200)) + b"GPS 49.8942" + b"\x00" * 200_000 + b"end"
    assert len(content) > PIECE * 0.8
    answer = send(client, content)
    assert answer.json == {
        "id": answer.json["id"], "state": "clean", "received": len(content), "pages": 1, "document": False,
    }  # fmt: skip
    state = client.get(FORM)
    assert state.json["files"][0] | {"number": 1, "state": "clean"} == state.json["files"][0]
    assert state.headers["Cache-Control"] == "no-store"
    given = client.get(f"{FORM}/{answer.json['id']}")
    assert (given.status_code, given.content_type) == (200, "image/jpeg")
    assert b"GPS" not in given.data
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }.items():
        assert given.headers[header] == value
    assert "sandbox" in given.headers["Content-Security-Policy"]


def test_a_document_is_given_as_a_file_and_never_shown_in_the_page(client: FlaskClient) -> None:
    answer = send(client, pdf(pages=2))
    assert (answer.json["document"], answer.json["pages"]) == (True, 2)
    given = client.get(f"{FORM}/{answer.json['id']}")
    assert given.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert given.content_type == "application/pdf"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni une photo ni un PDF"),
        (pdf(pages=11), "trop de pages : 10 au plus"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "capture d'écran"),
    ],
    ids=["svg", "pages", "heic"],
)
def test_a_refused_file_is_told_in_words(client: FlaskClient, content: bytes, said: str) -> None:
    answer = send(client, content)
    assert (answer.status_code, answer.json["state"]) == (200, "refused")
    assert said in answer.json["error"].replace("\xa0", " ")
    assert client.get(FORM).json == {"files": []}
    assert client.get(f"{FORM}/{answer.json['id']}").status_code == 404


@pytest.mark.parametrize("size", ["0", "-3", "", "abc", str(MAX_BYTES + 1), "9" * 400, "1e3", "²"])
def test_a_size_that_cannot_be_is_refused(client: FlaskClient, size: str) -> None:
    answer = client.post(FORM, data={"id": str(uuid4()), "taille": size})
    assert answer.status_code == 422
    assert answer.json["error"]


def test_what_is_no_piece_is_refused(client: FlaskClient) -> None:
    one = begin(client, 300_000).json["id"]
    assert client.post(f"{FORM}/{one}", data=b"x").status_code == 400
    assert client.post(f"{FORM}/{one}?debut=abc", data=b"x").status_code == 400
    assert client.post(f"{FORM}/{one}?debut=-5", data=b"x").status_code == 422
    assert client.post(f"{FORM}/{one}?debut=0", data=b"x" * (PIECE + 1)).status_code == 413
    assert client.post(f"{FORM}/{one}?debut=299999", data=b"xx").status_code == 422
    assert client.post(f"{FORM}/{uuid4()}?debut=0", data=b"x").status_code == 404
    assert client.post(FORM, data={"id": "not one", "taille": "5"}).status_code == 400
    after_a_gap = client.post(f"{FORM}/{one}?debut=1000", data=b"x" * 10)
    assert (after_a_gap.status_code, after_a_gap.json["received"]) == (200, 0)


def test_a_page_that_cannot_be_or_belongs_to_another_opens_nothing(client: FlaskClient) -> None:
    one = send(client, photo()).json["id"]
    strangers = (
        f"/aval/fichiers/{NONCE}",
        "/amont/fichiers/another-page-0123456789012",
    )
    for base in strangers:
        assert client.get(base).json == {"files": []}
        assert client.get(f"{base}/{one}").status_code == 404
        assert client.post(f"{base}/{one}?debut=0", data=b"x").status_code == 404
        assert begin(client, 300, base, one).status_code == 404
        assert client.post(f"{base}/{one}/retrait").status_code == 204
    for base in ("/amont/fichiers/too-short", f"/nobody/fichiers/{NONCE}", "/suivi/nobody-has-this-link/envois"):
        assert client.get(base).status_code == 404
        assert begin(client, 300, base).status_code == 404
    assert len(client.get(FORM).json["files"]) == 1
    assert client.post(f"{FORM}/{one}/retrait").status_code == 204
    assert client.get(FORM).json == {"files": []}


def test_a_sender_of_very_many_files_waits(client: FlaskClient, app: Flask) -> None:
    app.extensions[file_limits.NAME] = FileLimits(begun=2)
    assert [begin(client, 300).status_code for _ in range(3)] == [200, 200, 429]
    assert "Envoyez votre message sans fichier" in begin(client, 300).json["error"]


def test_a_sender_of_very_heavy_files_waits_whatever_their_number(client: FlaskClient, app: Flask) -> None:
    app.extensions[file_limits.NAME] = FileLimits(megabytes=20)
    assert [begin(client, MAX_BYTES).status_code for _ in range(3)] == [200, 200, 429]


def test_files_of_a_form_count_with_the_others(client: FlaskClient, app: Flask) -> None:
    app.extensions[file_limits.NAME] = FileLimits(begun=1)
    sent = {"text": "Le radiateur reste froid", "fichiers": [(io.BytesIO(photo(n)), f"{n}.jpg") for n in (1, 2)]}
    answer = client.post("/amont/", data=sent)
    assert answer.status_code == 422
    assert "Trop de fichiers arrivent" in as_read(answer)


def test_documents_are_drawn_so_many_times_for_one_sender(client: FlaskClient, app: Flask) -> None:
    app.extensions[file_limits.NAME] = FileLimits(documents=1)
    told = []
    for content in (pdf(), pdf(pages=2), photo()):
        one = begin(client, len(content)).json["id"]
        told.append(client.post(f"{FORM}/{one}?debut=0", data=content))
    assert [one.status_code for one in told] == [200, 503, 200]
    assert "Attendez une minute" in told[1].json["error"]


def test_a_document_sent_back_because_others_are_drawn_does_not_count(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_content: bytes) -> Document:
        raise BadInput(BUSY, "files")

    app.extensions[file_limits.NAME] = FileLimits(documents=1)
    content = pdf()
    one = begin(client, len(content)).json["id"]
    with monkeypatch.context() as busily:
        busily.setattr(app.extensions["seve"].ports.documents, "clean", busy)
        assert client.post(f"{FORM}/{one}?debut=0", data=content).status_code == 503
    assert client.post(f"{FORM}/{one}?debut={len(content)}", data=b"").json["state"] == "clean"


def test_files_of_a_form_without_javascript_go_with_the_message(client: FlaskClient, app: Flask, world: World) -> None:
    page = client.get("/amont/").text
    assert 'enctype="multipart/form-data"' in page
    assert 'type="file" id="fichiers" name="fichiers" multiple' in page
    sent = {
        "nonce": NONCE, "text": "Le radiateur reste froid", "envoyer": "1", "dwelling_reference": "amont-0001",
        "fichiers": [attached("a.jpg", photo(10)), attached("b.exe", pdf(), "application/x-msdownload")],
    }  # fmt: skip
    assert post(client, "/amont/", **sent).status_code == 303
    with app.app_context(), member_transaction(world.first.id) as session:
        complaint_id = session.scalars(select(Complaint.id)).one()
    assert [one.media_type for one in kept(app, world, complaint_id)] == ["image/jpeg", "application/pdf"]


def test_a_file_that_is_not_kept_is_named_and_every_word_stays(client: FlaskClient, app: Flask, world: World) -> None:
    sent = {
        "nonce": NONCE, "text": "Le radiateur <reste> froid", "envoyer": "1",
        "fichiers": [attached('../..\\"><script>.jpg', b"<html>")],
    }  # fmt: skip
    answer = post(client, "/amont/", **sent)
    shown = as_read(answer)
    assert answer.status_code == 422
    assert "ni une photo ni un PDF" in shown
    assert "<script>.jpg" not in answer.text
    assert "Le radiateur &lt;reste&gt; froid" in answer.text
    assert 'id="fichiers-error"' in shown
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(Complaint)).all() == []


def test_a_good_file_stays_while_something_else_is_mended_and_can_be_taken_off(client: FlaskClient) -> None:
    answer = post(client, "/amont/", nonce=NONCE, text="", fichiers=[attached("a.jpg", photo(10))])
    assert answer.status_code == 422
    found = re.search(r'name="retirer" value="([0-9a-f-]{36})"', answer.text)
    assert found
    assert f'href="{FORM}/{found[1]}"' in answer.text
    again = client.post("/amont/", data={"nonce": NONCE, "text": "Il fait froid", "retirer": found[1]})
    assert again.status_code == 200
    assert "Il fait froid" in again.text
    assert 'name="retirer"' not in again.text
    assert client.post("/amont/", data={"nonce": NONCE, "text": "x", "retirer": "nothing"}).status_code == 400


def test_a_file_too_heavy_is_named_and_what_is_far_too_heavy_is_told_what_to_do(client: FlaskClient) -> None:
    heavy = attached("film.mp4", b"\xff" * (MAX_BYTES + 1))
    answer = post(client, "/amont/", nonce=NONCE, text="Il fait froid", fichiers=[heavy])
    assert answer.status_code == 422
    said = re.sub(r"[\xa0\u202f]", " ", as_read(answer))
    assert "« film.mp4 » : Ce fichier est trop lourd : 8 Mo au plus." in said
    assert "Il fait froid" in answer.text
    most = files.ROOM["tenant.submit"]
    answer = post(client, "/amont/", nonce=NONCE, fichiers=[attached("a", b"\xff" * most)])
    assert answer.status_code == 413
    assert "L'envoi est trop lourd" in as_read(answer)
    assert "vos mots y sont encore." in as_read(answer)


def test_nothing_else_lets_so_much_in(client: FlaskClient) -> None:
    assert client.post("/amont/securite", data={"text": "x" * (3 * 1024 * 1024)}).status_code == 413


def test_the_tenant_sees_the_files_that_went_with_the_message(
    sent: tuple[UUID, str], client: FlaskClient, app: Flask, world: World
) -> None:
    complaint_id, url = sent
    assert client.get(FORM).json == {"files": []}
    picture, paper = kept(app, world, complaint_id)
    shown = client.get(url).text
    assert (
        f'<img src="{url}/fichiers/{picture.id}" width="40" height="30" loading="lazy" alt="Photo 1 de votre' in shown
    )
    assert f'href="{url}/fichiers/{paper.id}" download>Document 2 (2 pages)</a>' in shown
    given = client.get(f"{url}/fichiers/{picture.id}")
    assert (given.status_code, given.content_type) == (200, "image/jpeg")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert client.get(f"{url}/fichiers/{uuid4()}").status_code == 404
    assert client.get(f"/suivi/nobody-has-this-link/fichiers/{picture.id}").status_code == 404


def test_the_tenant_does_not_see_what_others_sent_nor_another_complaint_s(
    sent: tuple[UUID, str], client: FlaskClient, app: Flask, world: World, ports: Ports
) -> None:
    complaint_id, url = sent
    with app.app_context(), member_transaction(world.first.id) as session:
        complaint = session.get_one(Complaint, complaint_id, with_for_update=True)
        event = record(
            session, complaint, EventKind.NOTED, at=ports.clock.now(), actor="Chaleur Picarde",
            audience=Audience.INTERNAL, data={"text": "Devis"},
        )  # fmt: skip
        pictures.keep(session, complaint, event, [Picture("image/png", b"PNG", 1, 1)])
    theirs = next(one for one in kept(app, world, complaint_id) if one.author == "Chaleur Picarde")
    assert client.get(f"{url}/fichiers/{theirs.id}").status_code == 404
    assert str(theirs.id) not in client.get(url).text
    mine = next(one for one in kept(app, world, complaint_id) if one.author == "tenant")
    other = client.post(
        "/amont/", data={"nonce": "another-page-0123456789012", "text": "Autre chose", "envoyer": "1"}
    ).location
    assert client.get(f"{other.partition('?')[0]}/fichiers/{mine.id}").status_code == 404


def test_a_message_of_the_tracking_page_brings_its_files(
    sent: tuple[UUID, str], client: FlaskClient, app: Flask, world: World
) -> None:
    complaint_id, url = sent
    one = send(client, photo(90), f"{url}/envois").json["id"]
    assert f'href="{url}/envois/{one}"' in client.get(url).text
    assert client.get(f"{url}/envois/{one}").status_code == 200
    answer = post(client, f"{url}/messages", text="Voici deux photos", fichiers=[attached("b.jpg", photo(200))])
    assert answer.status_code == 303, as_read(answer)
    assert [one.author for one in kept(app, world, complaint_id)] == ["tenant"] * 4
    assert client.get(f"{url}/envois").json == {"files": []}
    assert client.get(url).text.count('loading="lazy"') == 3
