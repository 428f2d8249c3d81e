"""Pictures that people send: what is kept is what was seen."""

import io
import struct
import threading
import time
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from service.adapters import pictures
from service.adapters.pictures import MAX_BYTES, SIDE, PillowPictures
from service.domain.errors import BadInput
from service.journey.ports import Picture

SECRET = b"SECRET-49.8942-2.2957"


def drawn(form: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    image = Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 0)
    image.save(written, form, **options)  # type: ignore[arg-type]
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("form", "kept"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")])
def test_a_picture_is_made_anew(form: str, kept: str) -> None:
    made = PillowPictures().clean(drawn(form))
    assert (made.media_type, made.width, made.height) == (kept, 64, 48)
    assert f"image/{str(opened(made.content).format).lower()}" == kept


def test_the_same_picture_twice_is_the_same_bytes() -> None:
    content = drawn()
    assert PillowPictures().clean(content) == PillowPictures().clean(content)


def test_a_large_picture_is_made_small() -> None:
    made = PillowPictures().clean(drawn(size=(4000, 1000)))
    assert (made.width, made.height) == (SIDE, SIDE // 4)


def test_position_camera_comments_and_what_is_glued_behind_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # the maker
    exif.get_ifd(0x8825)[1] = "N"  # a position
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    content = drawn(exif=exif, comment=SECRET, icc_profile=SECRET) + b"PK\x03\x04" + SECRET
    assert content.count(b"SECRET") >= 4
    made = PillowPictures().clean(content)
    assert b"SECRET" not in made.content
    again = opened(made.content)
    assert not again.getexif()
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_texts_and_profiles_of_a_png_are_gone() -> None:
    texts = PngInfo()
    texts.add_text("Comment", SECRET.decode())
    made = PillowPictures().clean(drawn("PNG", pnginfo=texts, icc_profile=SECRET))
    assert b"SECRET" not in made.content
    assert opened(made.content).info == {}


def test_what_a_png_says_of_its_place_in_any_of_its_ways_is_gone() -> None:
    exif, texts = Image.Exif(), PngInfo()
    exif[0x010F] = SECRET.decode()
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET.decode()}</x:xmpmeta>")
    texts.add_text("Raw profile type exif", SECRET.decode(), zip=True)
    made = PillowPictures().clean(drawn("PNG", pnginfo=texts, exif=exif))
    assert opened(made.content).info == {}
    assert b"SECRET" not in made.content


def test_what_a_webp_says_of_its_place_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    content = drawn("WEBP", exif=exif, xmp=SECRET)
    assert SECRET in content
    assert b"SECRET" not in PillowPictures().clean(content).content


@pytest.mark.parametrize("glued", [b"<script>alert(1)</script>", b"%PDF-1.7\n", b"PK\x03\x04", b"#!/bin/sh\n"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_also_something_else_is_only_a_picture_afterwards(form: str, glued: bytes) -> None:
    content = drawn(form, comment=glued) if form == "JPEG" else drawn(form)
    assert glued not in PillowPictures().clean(content + glued).content


def test_few_pictures_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = [0], [0], threading.Lock()

    def redrawn(content: bytes) -> Picture:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.02)
        with lock:
            at_work[0] -= 1
        return Picture("image/png", content, 1, 1)

    monkeypatch.setattr(pictures, "_redrawn", redrawn)
    cleaner = PillowPictures()
    threads = [threading.Thread(target=cleaner.clean, args=(b"x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == pictures.AT_ONCE


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    made = PillowPictures().clean(drawn(size=(64, 48), exif=exif))
    assert (made.width, made.height) == (48, 64)


BENT = (b"II*\0", b"MM\0*", b"II*\0\1", b"XX", b"Exif\0\0II*\0", b"\xff" * 40)


def bent() -> list[bytes]:
    """Return what goes with a picture, said in ways that break those who read it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x011A], exif[0x9003] = 6, "maker", (72, 1), "2026"
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.0)
    whole = exif.tobytes()
    one_off = [whole[:at] + bytes([wrong]) + whole[at + 1 :] for at in range(6, len(whole)) for wrong in (0, 5, 255)]
    return [*BENT, *one_off]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_odd_words_about_a_picture_cost_no_picture(form: str) -> None:
    for exif in bent():
        made = PillowPictures().clean(drawn(form, exif=exif))
        assert sorted((made.width, made.height)) == [48, 64], exif


@pytest.mark.parametrize("way", range(1, 9))
def test_a_picture_is_set_upright_from_each_of_the_ways_it_may_lie(way: int) -> None:
    """Two corners tell the eight ways apart."""
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste("red", (0, 0, 20, 20))
    upright.paste("blue", (40, 0, 60, 20))
    turns = Image.Transpose
    back = (None, turns.FLIP_LEFT_RIGHT, turns.ROTATE_180, turns.FLIP_TOP_BOTTOM, turns.TRANSPOSE, turns.ROTATE_90,
            turns.TRANSVERSE, turns.ROTATE_270)[way - 1]  # fmt: skip
    exif, lying = Image.Exif(), io.BytesIO()
    exif[0x0112] = way
    (upright.transpose(back) if back is not None else upright).save(lying, "PNG", exif=exif)
    made = opened(PillowPictures().clean(lying.getvalue()).content)
    assert made.tobytes() == upright.tobytes()


@pytest.mark.parametrize("raised", [struct.error, AttributeError, ZeroDivisionError, RecursionError])
def test_whatever_a_decoder_raises_is_a_refusal(monkeypatch: pytest.MonkeyPatch, raised: type[Exception]) -> None:
    def redrawn(_content: bytes) -> Picture:
        raise raised

    monkeypatch.setattr(pictures, "_redrawn", redrawn)
    with pytest.raises(BadInput, match="not_a_picture"):
        PillowPictures().clean(b"x")


def test_nobody_waits_for_a_turn_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaner, may_go = PillowPictures(turn=0.01), threading.Event()

    def redrawn(content: bytes) -> Picture:
        may_go.wait()
        return Picture("image/png", content, 1, 1)

    monkeypatch.setattr(pictures, "_redrawn", redrawn)
    busy = [threading.Thread(target=cleaner.clean, args=(b"x",)) for _ in range(pictures.AT_ONCE)]
    for thread in busy:
        thread.start()
    while cleaner._places._value:  # type: ignore[attr-defined]
        time.sleep(0.01)
    with pytest.raises(BadInput, match="files_busy"):
        cleaner.clean(b"x")
    may_go.set()
    for thread in busy:
        thread.join()
    assert cleaner.clean(b"x").width == 1


def test_transparency_stays_in_a_png_and_becomes_paper_in_a_jpeg() -> None:
    png = PillowPictures().clean(drawn("PNG", mode="RGBA"))
    assert opened(png.content).mode == "RGBA"
    clear = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(clear, "WEBP")
    jpeg = opened(PillowPictures().clean(clear.getvalue()).content)
    assert jpeg.getpixel((10, 10)) == (255, 255, 255)


def png_that_says(width: int, height: int) -> bytes:
    """Return a small PNG whose first bytes claim a size."""
    content = bytearray(drawn("PNG"))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"%PDF-1.7 and more", "not_a_picture"),
        (b"GIF89a/*\x00\x00\x00\x00*/=1;alert(1)", "not_a_picture"),
        (b"\xff\xd8\xff\xe0 not really", "not_a_picture"),
        (drawn("GIF"), "not_a_picture"),
        (drawn()[:-400], "not_a_picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "picture_heic"),
        (b"\xff" * (MAX_BYTES + 1), "picture_too_heavy"),
        (png_that_says(40_000, 40_000), "picture_too_large"),
        (png_that_says(8_000, 5_001), "picture_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        PillowPictures().clean(content)
    assert refused.value.code == code
