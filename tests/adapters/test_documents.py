"""Documents that people send: what is kept is what their pages show, drawn by a process that can do nothing else."""

import io
import threading
import time
import zlib
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from service.adapters import documents
from service.adapters.documents import MAX_BYTES, DrawnDocuments
from service.domain.errors import BadInput
from tests.paper import TEXT, packed, pdf, written

SECRET = b"SECRET-49.8942-2.2957"


def shown(content: bytes, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    return document[page].render(scale=1).to_pil().convert("L")


def refusal(content: bytes, drawer: DrawnDocuments | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        (drawer or DrawnDocuments()).clean(content)
    return refused.value.code


def test_a_document_keeps_what_its_pages_show() -> None:
    made = DrawnDocuments().clean(pdf(pages=3))
    assert (made.media_type, made.pages) == ("application/pdf", 3)
    assert (made.width, made.height) == (1240, 1754)
    again = pypdfium2.PdfDocument(made.content)
    assert len(again) == 3
    assert [round(side) for side in again[2].get_size()] == [595, 842]
    assert shown(made.content, 2).getextrema()[0] < 60, "nothing is written on the page"
    assert shown(DrawnDocuments().clean(pdf(b"")).content).getextrema() == (255, 255)


def test_the_same_document_twice_is_the_same_bytes_and_holds_no_date() -> None:
    first, second = (DrawnDocuments().clean(pdf(pages=2)).content for _ in range(2))
    assert first == second
    assert b"Date" not in first


def test_a_text_page_stays_light() -> None:
    line = b"1 0 0 1 60 %d Tm (Madame, monsieur, le chauffage est en panne depuis dimanche.) Tj"
    lines = b" ".join(line % (800 - 16 * number) for number in range(46))
    made = DrawnDocuments().clean(pdf(b"BT /F1 12 Tf " + lines + b" ET"))
    assert len(made.content) < 450_000


SCRIPT = b"<< /S /JavaScript /JS (app.alert('" + SECRET + b"')) >>"
HIDDEN = {
    "script at opening": {"catalog": b"/OpenAction " + SCRIPT},
    "script of a page": {"page": b"/AA << /O " + SCRIPT + b" >>"},
    "program to start": {"catalog": b"/OpenAction << /S /Launch /F (" + SECRET + b".exe) >>"},
    "file inside": {
        "catalog": b"/Names << /EmbeddedFiles << /Names [(a.exe) 100 0 R] >> >>",
        "more": {
            100: b"<< /Type /Filespec /F (a.exe) /EF << /F 101 0 R >> >>",
            101: b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(SECRET), SECRET),
        },
    },
    "link": {
        "page": b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A << /S /URI /URI (http://x/" + SECRET
        + b") >> >>]"
    },
    "metadata": {
        "catalog": b"/Metadata 100 0 R",
        "more": {100: b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(SECRET), SECRET)},
    },
    "words nobody sees": {"content": b"3 Tr " + TEXT.replace(b"Quittance de mars", SECRET).replace(b"BT", b"BT 3 Tr")},
}  # fmt: skip


POWERS = (
    b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/Launch", b"/EmbeddedFile", b"/Annots", b"/URI", b"PK\x03",
)  # fmt: skip


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_what_hides_in_a_document_stays_behind(hidden: dict[str, bytes]) -> None:
    content = pdf(**hidden) + b"PK\x03\x04" + SECRET  # type: ignore[arg-type]
    made = DrawnDocuments().clean(content)
    assert SECRET in content
    assert b"SECRET" not in made.content
    assert [word for word in POWERS if word in made.content] == []


def test_what_was_typed_in_a_form_is_seen() -> None:
    look = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 300 40] /Resources << /Font << /F1 3 0 R >> >> "
        b"/Length %d >>\nstream\n%s\nendstream"
    )
    words = b"BT /F1 24 Tf 2 10 Td (Durand) Tj ET"
    form = {
        100: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (nom) /V (Durand) /F 4 /Rect [100 400 400 440] "
        b"/P 10 0 R /AP << /N 101 0 R >> >>",
        101: look % (len(words), words),
    }
    made = DrawnDocuments().clean(
        pdf(b"", catalog=b"/AcroForm << /Fields [100 0 R] /DA (/F1 24 Tf 0 g) >>", page=b"/Annots [100 0 R]", more=form)
    )
    assert shown(made.content).getextrema()[0] < 60


def locked() -> bytes:
    """Return a document that asks for a password: its fingerprint is that of another than the empty one."""
    mark = b"<" + b"41" * 32 + b">"
    trailer = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >> /ID [<0102> <0102>]" % (mark, mark)
    return pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R " + trailer)


def turning() -> bytes:
    """Return a document whose list of objects follows itself."""
    content = pdf()
    return content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % content.rindex(b"xref\n0"))


def test_a_table_that_follows_itself_is_followed_once() -> None:
    assert DrawnDocuments().clean(turning()).pages == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_document"),
        (b"\xff\xd8\xff\xe0 a photo", "not_a_document"),
        (b" " * 2000 + pdf(), "not_a_document"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "document_unreadable"),
        (pdf()[:300], "document_unreadable"),
        (b"%PDF-" + b"\x00" * MAX_BYTES, "document_too_heavy"),
        (pdf(pages=11), "too_many_pages"),
        (pdf(pages=10_000), "too_many_pages"),
        (locked(), "document_locked"),
        (
            written({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 3 >>"}),
            "document_unreadable",
        ),
    ],
    ids=["nothing", "photo", "late", "page", "cut", "heavy", "eleven", "ten thousand", "locked", "loop"],
)
def test_anything_else_is_refused_by_name(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize("box", ["0 0 1000000 1000000", "0 0 1 14400", "0 0 0 0", "0 0 -100 -300"])
def test_a_page_of_any_size_is_drawn_small(box: str) -> None:
    made = DrawnDocuments().clean(pdf(box=box))
    assert 1 <= made.width <= 1754
    assert 1 <= made.height <= 1754


def nested(depth: int = 30, times: int = 10) -> bytes:
    """Return a page that shows a drawing that shows another ten times, and so on: more than could ever be drawn."""
    resources = b"/Resources << /XObject << /X %d 0 R >> >>"
    objects = {10: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " + resources % 100 + b" >>"}
    for number in range(100, 100 + depth):
        body = b"/X Do " * times if number < 99 + depth else b"0 0 m 500 500 l S "
        objects[number] = (
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] " + resources % (number + 1)
            + b" /Length %d >>\nstream\n%s\nendstream" % (len(body), body)
        )  # fmt: skip
    return pdf(b"/X Do", more=objects)


@pytest.mark.slow
def test_a_document_that_swells_is_stopped_before_the_machine_is_full() -> None:
    pump = zlib.compressobj(9)
    huge = b"".join(pump.compress(bytes(2**20)) for _ in range(1024)) + pump.flush()
    swelling = pdf(more={4: packed(huge, 1).replace(b"[/FlateDecode]", b"[/FlateDecode /FlateDecode]")})
    assert len(swelling) < MAX_BYTES
    assert refusal(swelling) == "document_unreadable"
    assert refusal(nested()) == "document_unreadable"


def test_a_process_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "still there"
    asleep = tmp_path / "asleep.py"
    asleep.write_text(f"import pathlib, time\ntime.sleep(3)\npathlib.Path({str(mark)!r}).touch()\n", encoding="utf-8")
    monkeypatch.setattr(documents, "_DRAWING", asleep)
    assert refusal(pdf(), DrawnDocuments(seconds=0.3)) == "document_unreadable"
    time.sleep(3.2)
    assert not mark.exists()


def test_the_process_is_given_no_secret_and_little_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEVE_SECRET_KEY", "secret")
    spy = tmp_path / "spy.py"
    source = documents._DRAWING.read_text(encoding="utf-8")
    spy.write_text(
        source.replace(
            "    content = sys.stdin.buffer.read()\n",
            "    limits = [resource.getrlimit(one)[0] for one in (resource.RLIMIT_AS, resource.RLIMIT_CPU, "
            "resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC)]\n"
            "    sys.stdout.write(json.dumps({'refusal': str((sorted(os.environ), limits))}) + '\\n')\n"
            "    return\n",
        ),
        encoding="utf-8",
    )
    monkeypatch.setattr(documents, "_DRAWING", spy)
    told = refusal(pdf())
    assert "SEVE" not in told
    assert told.endswith(f"[{2**30}, 5, {24 * 2**20}, 0])")


def test_few_are_drawn_at_once_and_the_others_are_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    monkeypatch.setattr(documents, "_DRAWING", slow)
    drawer = DrawnDocuments(seconds=2)
    busy = [threading.Thread(target=refusal, args=(pdf(), drawer)) for _ in range(documents.AT_ONCE)]
    for thread in busy:
        thread.start()
    while drawer._places._value:  # type: ignore[attr-defined]
        time.sleep(0.01)
    assert refusal(pdf(), drawer) == "files_busy"
    for thread in busy:
        thread.join()


def test_a_picture_glued_before_a_document_is_not_carried_along() -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(jpeg, "JPEG")
    glued = jpeg.getvalue()[:200] + pdf()
    made = DrawnDocuments().clean(glued)
    assert made.content.startswith(b"%PDF-")
