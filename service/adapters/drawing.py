"""The process that draws a document. It is started alone, reads a PDF, writes one, and has little room for mischief.

It imports nothing of the service: nothing it could be made to do has a secret or a connection at hand. What it writes
is one line of JSON, then the document bound anew from the drawings of the pages.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, features
from pypdfium2 import raw

MAX_PAGES = 10
MEMORY = 1024 * 1024 * 1024  # bytes of address space, the libraries included
SECONDS = 5  # of computing
MAX_OUT = 24 * 1024 * 1024  # bytes
_LONG_SIDE = 1754  # pixels: an A4 page at 150 dots an inch
_DOTS = 150  # an inch: small print stays readable
_POINTS = 72  # an inch
_QUALITY = 60
_GREY = 12  # levels by which the colours of a grey page may differ
_PATIENCE = 10  # niceness: those who wait for a page go first


def main() -> None:
    """Draw what comes in and write what was made, or why nothing was."""
    _bind_hands()
    content = sys.stdin.buffer.read()
    try:
        about, made = _redrawn(content)
    except (ValueError, RuntimeError, OSError, MemoryError, AttributeError):  # What the drawing library raises.
        about, made = {"refusal": "document_unreadable"}, b""
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + made)
    sys.stdout.buffer.flush()


def _bind_hands() -> None:
    """Give up what is not needed to draw. What is needed at first use is used before."""
    features.check("libtiff")
    Image.init()
    os.nice(_PATIENCE)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MAX_OUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def _redrawn(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as broken:
        is_locked = broken.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return {"refusal": "document_locked" if is_locked else "document_unreadable"}, b""
    document.init_forms()  # What was typed in a form is part of what is seen.
    pages = len(document)
    if pages < 1:
        return {"refusal": "document_unreadable"}, b""
    if pages > MAX_PAGES:
        return {"refusal": "too_many_pages"}, b""
    drawn = list(_drawings(document))
    width, height = drawn[0].size
    return {"pages": pages, "width": width, "height": height}, _bound(drawn)


def _drawings(document: pypdfium2.PdfDocument) -> Iterator[Image.Image]:
    for page in document:
        longer = max(page.get_size())
        scale = min(_DOTS / _POINTS, _LONG_SIDE / longer) if longer > 0 else 1
        picture = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
        yield picture.convert("L") if _is_grey(picture) else picture


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    apart = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return all(max(one.histogram()[_GREY + 1 :]) == 0 for one in apart)


def _bound(drawn: list[Image.Image]) -> bytes:
    """Return one document of the drawings. It holds no date: the same pages give the same bytes."""
    first, *others = drawn
    out = io.BytesIO()
    undated = {"creationDate": None, "modDate": None}
    first.save(out, "PDF", save_all=True, append_images=others, resolution=_DOTS, quality=_QUALITY, **undated)
    return out.getvalue()


if __name__ == "__main__":
    main()
