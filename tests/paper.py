"""Documents written by hand, so that a test can hide in them what no honest program would."""

import zlib
from collections.abc import Mapping

TEXT = b"BT /F1 24 Tf 72 700 Td (Quittance de mars) Tj ET"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(
    content: bytes = TEXT,
    *,
    pages: int = 1,
    box: str = "0 0 595 842",
    catalog: bytes = b"",
    page: bytes = b"",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """Return a PDF whose pages all show `content`; `catalog`, `page` and objects from 100 on are added as they are."""
    kids = b" ".join(b"%d 0 R" % (10 + number * 0 + number) for number in range(min(pages, 80)))
    if pages > 80:
        kids = b"10 0 R " * pages
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        3: _FONT,
        4: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    }
    for number in range(1 if pages > 80 else pages):
        objects[10 + number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> %s >>"
            % (box.encode(), page)
        )
    return written(objects | dict(more or {}))


def written(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """Return the file that holds these objects, with a table of where they are."""
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, last = len(out), max(objects)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, trailer, start)


def packed(content: bytes, rounds: int = 1) -> bytes:
    """Return a stream object whose content is compressed, several times over if asked."""
    for _ in range(rounds):
        content = zlib.compress(content, 9)
    filters = b" ".join([b"/FlateDecode"] * rounds)
    return b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(content), filters, content)
