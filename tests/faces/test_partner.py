"""The signed page of suppliers and authorities: what it shows, what its forms do, what a wrong link says."""

import io
import re
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.handover import Attachment
from service.partner.face import MAX_ANSWER
from service.settings import Settings
from tests.faces.test_staff import as_read, at_desk
from tests.passing import COLD, Case, at_supplier
from tests.world import World

pytestmark = pytest.mark.services


class Page:
    """A supplier's telephone, on the page of one hand-over."""

    def __init__(self, case: Case, token: str) -> None:
        self.client: FlaskClient = case.app.test_client()
        self.url, self.token = f"/partenaire/{token}", ""

    def read(self, status: int = 200) -> str:
        answer = self.client.get(self.url)
        assert answer.status_code == status, answer.status_code
        return as_read(answer).replace("&#39;", "'")

    def open(self) -> None:
        """Look at the page, and keep its token as a page left open does."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(self.url).text)
        self.token = found[1] if found else self.token

    def send(self, action: str, **fields: object) -> TestResponse:
        self.open()
        boundary, body = encode_multipart({"csrf_token": self.token, **fields})
        return self.client.post(
            f"{self.url}/{action}", data=body, content_type=f"multipart/form-data; boundary={boundary}"
        )


def photo(name: str = "chaudiere.jpg", form: str = "JPEG", shade: int = 0) -> FileStorage:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 0, 0)).save(content, form)
    return file(name, content.getvalue())


def file(name: str, content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type="image/jpeg")


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    return at_supplier(app, world.first, ports, text=f"{COLD} <b>chez moi</b>")


@pytest.fixture
def page(case: Case) -> Page:
    return Page(case, case.token())


def attachments(case: Case) -> list[Attachment]:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return list(session.scalars(select(Attachment)).all())


def test_the_page_shows_what_is_needed_and_nobody_s_name(page: Page, case: Case) -> None:
    shown = page.read()
    for words in (case.complaint().reference, "Chauffage", "3 allée des Tilleuls", "Amont Habitat", "03 53 01 00 00",
                  "J'accepte cette demande", "Service technique", "avant le jeudi 26 novembre 2026"):  # fmt: skip
        assert words in shown, words
    for words in (COLD, "Petit", "06 00 00 00 00", "petit@poste.example"):
        assert words not in shown, words
    page.send("accepter")
    for words in (COLD, "Petit", "06 00 00 00 00"):
        assert words not in page.read(), words


def test_words_and_name_are_shown_when_the_member_lets_them_go(app: Flask, world: World, ports: Ports) -> None:
    case = at_supplier(app, world.first, ports, text=f"{COLD} <b>chez moi</b>")
    city = case.organisation("Mairie")
    case.transfer(TransferTarget(organisation_id=city, with_text=True), "public")
    case.work_off()
    page = Page(case, case.token())
    shown = page.read()
    assert f"{COLD} &lt;b&gt;chez moi&lt;/b&gt;" in shown
    assert "Mme Petit" not in shown
    page.send("accepter")
    for words in ("Mme Petit", "tel:0600000000"):
        assert words in page.read()
    page.send("fait", words="Fait.")
    for words in ("Mme Petit", COLD, "Tilleuls"):  # no longer needed
        assert words not in page.read()


def test_every_answer_leads_back_to_the_page(page: Page, case: Case) -> None:
    for action, fields, said in (
        ("accepter", {}, "Vous avez accepté cette demande."),
        ("planifier", {"on": "2026-11-30", "slot": "morning"}, "Passage prévu le lundi 30 novembre 2026, le matin."),
        ("planifier", {"on": "01/12/2026", "slot": "day"}, "Passage prévu le mardi 1er décembre 2026"),
        ("fait", {"words": "Pompe changée."}, "Vous avez dit que c'est fait, le mercredi 25 novembre 2026"),
    ):
        answer = page.send(action, **fields)
        assert (answer.status_code, answer.location) == (303, page.url)
        assert said in page.read()
    assert [kind for kind in case.kinds() if kind in ("accepted", "planned", "work_done")] == [
        "accepted", "planned", "planned", "work_done",
    ]  # fmt: skip


def test_going_back_and_sending_again_does_no_harm(page: Page, case: Case) -> None:
    page.send("fait", words="Fait.")
    for action, fields in (("accepter", {}), ("planifier", {"on": "2026-12-01", "slot": "day"})):
        answer = page.send(action, **fields)
        assert answer.status_code == 409
        assert "Cette réponse n'est plus possible" in as_read(answer).replace("&#39;", "'")
    assert case.handovers()[-1].status == "done"


def test_nothing_is_done_without_the_token_of_the_page(page: Page, case: Case) -> None:
    for action in ("accepter", "refuser", "planifier", "fait"):
        assert page.client.post(f"{page.url}/{action}").status_code == 400
        assert page.client.get(f"{page.url}/{action}").status_code == 405
    assert case.handovers()[-1].status == "offered"


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("planifier", {"on": "", "slot": "day"}, "Donnez une date comme 01/12/2026."),
        ("planifier", {"on": "2026-11-24", "slot": "day"}, "Cette date est passée."),
        ("planifier", {"on": "2026-12-01", "slot": "x"}, "Choisissez une réponse dans la liste."),
        ("fait", {"words": " "}, "Écrivez au moins un mot."),
        ("refuser", {"nobody_known": "1"}, "Choisissez une réponse dans la liste."),
        ("refuser", {"reason": "out_of_area"}, "Écrivez qui peut agir, ou cochez « Je ne sais pas »."),
        ("refuser", {"reason": "other", "nobody_known": "1"}, "Écrivez au moins un mot."),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(
    page: Page, case: Case, action: str, fields: dict[str, str], said: str
) -> None:
    answer = page.send(action, **fields)
    shown = as_read(answer).replace("&#39;", "'")
    assert answer.status_code == 422
    assert said in shown
    target = re.search(r'<li><a href="#([a-z_]+)"', shown)
    assert target
    assert f'id="{target[1]}"' in shown
    assert case.handovers()[-1].status == "offered"


def test_a_refusal_thanks_and_shows_nothing_more(page: Page, case: Case) -> None:
    answer = page.send("refuser", reason="out_of_contract", recipient="Gestion locative")
    assert answer.status_code == 303
    shown = page.read()
    assert "Votre refus est enregistré" in shown
    for words in (case.complaint().reference, "Tilleuls", "Chauffage"):
        assert words not in shown
    assert case.complaint().team_id == case.member.teams["tenancy"]
    assert page.send("refuser", reason="out_of_contract", nobody_known="1").status_code == 303
    assert case.kinds().count("refused") == 1


def test_photos_are_kept_and_shown_to_the_staff_of_the_member_only(
    page: Page, case: Case, app: Flask, world: World
) -> None:
    files = [photo(shade=10), photo("b.png", "PNG", shade=20), photo(shade=10)]
    assert page.send("fait", words="Pompe changée.", photos=files).status_code == 303
    kept = attachments(case)
    assert sorted(one.media_type for one in kept) == ["image/jpeg", "image/png"]
    desk = at_desk(app, world.first)
    shown = desk.read(f"/equipe/demandes/{case.id}")
    url = f"/equipe/demandes/{case.id}/fichiers/{kept[0].id}"
    assert f'<img src="{url}"' in shown
    assert re.search(r'alt="Photo \d sur 2, envoyée par Chaleur Picarde', shown)
    answer = desk.client.get(url)
    assert (answer.status_code, answer.content_type) == (200, kept[0].media_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.data)).size == (40, 30)
    assert at_desk(app, world.second).client.get(url).status_code == 404
    assert app.test_client().get(url).status_code == 303


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([photo(), file("devis.pdf", b"%PDF-1.7")], "« devis.pdf » : ce fichier n'est pas une photo"),
        ([file("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic")], "« IMG_1.HEIC » : ce format (HEIC)"),
        ([photo("a.jpg"), photo("b.jpg"), photo("c.jpg"), photo("d.jpg")], "« d.jpg » : Choisissez 3 photos au plus."),
        ([file("<script>.jpg", b"<svg/>")], "« &lt;script&gt;.jpg »"),
    ],
    ids=["pdf", "heic", "four", "name"],
)
def test_a_file_that_is_no_photo_is_named_and_nothing_is_kept(
    page: Page, case: Case, files: list[FileStorage], said: str
) -> None:
    answer = page.send("fait", words="Pompe changée.", photos=files)
    shown = as_read(answer).replace("&#39;", "'")
    assert answer.status_code == 422
    assert said in shown
    assert "Pompe changée." in shown
    assert attachments(case) == []
    assert case.handovers()[-1].status == "offered"


def test_three_heavy_photos_pass_and_what_is_heavier_is_refused_in_words(page: Page, case: Case) -> None:
    heavy = [file(f"{rank}.jpg", b"\xff" * (7 * 1024 * 1024)) for rank in range(3)]
    assert page.send("fait", words="Fait.", photos=heavy).status_code == 422  # read, and found to be no photo
    answer = page.send("fait", words="Fait.", photos=[file("lourd.jpg", b"\xff" * (MAX_ANSWER + 1))])
    assert answer.status_code == 413
    assert "L'envoi est trop lourd" in as_read(answer).replace("&#39;", "'")
    # Only there: elsewhere a request stays small.
    assert page.send("refuser", words="x" * (3 * 1024 * 1024)).status_code == 413
    assert case.handovers()[-1].status == "offered"


def test_a_link_that_is_not_ours_says_what_to_do_and_nothing_else(page: Page) -> None:
    for url in (f"{page.url}x", "/partenaire/nimporte-quoi", f"{page.url[:-2]}"):
        answer = page.client.get(url)
        assert answer.status_code == 404
        assert "Ce lien ne s'ouvre pas" in as_read(answer).replace("&#39;", "'")
        assert "Amont Habitat" not in answer.text


def test_a_link_withdrawn_expired_or_finished_says_so_and_shows_nothing(
    page: Page, case: Case, clock: SetClock
) -> None:
    page.open()
    clock.forward(timedelta(days=61))
    assert "Ce lien n'est plus valable" in page.read(410)
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    shown = page.read(410)
    assert "Cette demande n'est plus chez vous" in shown
    assert "03 53 01 00 00" in shown
    for words in (case.complaint().reference, "Tilleuls", "Chauffage", COLD):
        assert words not in shown
    assert page.send("accepter").status_code == 410


def test_danger_is_said_to_be_urgent(page: Page, case: Case) -> None:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).urgency = "danger"
    assert "<strong>Urgent.</strong> Un danger est signalé." in page.read()


def test_the_mail_leads_to_the_page(case: Case, settings: Settings) -> None:
    mails = [BytesParser(policy=default).parsebytes(path.read_bytes()) for path in settings.mail_dir.glob("*.eml")]
    [mail] = [mail for mail in mails if mail["To"] == "chaleur@amont.example"]
    body = mail.get_body(("plain",))
    assert body
    assert f"http://localhost/partenaire/{case.token()}" in body.get_content()
