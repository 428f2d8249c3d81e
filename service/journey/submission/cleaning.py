"""A file of a tenant, made anew: a picture or a document, told apart by what it holds."""

import hashlib
from dataclasses import dataclass

from service.domain.errors import BadInput
from service.journey.ports import Document, Picture, Ports

MAX_BYTES = 8 * 1024 * 1024  # of one file, as it is sent
PDF = "application/pdf"
FIELD = "fichiers"  # of the forms of the tenants' pages
_HEAD = 1024  # bytes before which a PDF has to begin
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8")


@dataclass(frozen=True)
class Cleaned:
    """A file made anew. Sides are in pixels; those of a document are those of its first page."""

    media_type: str
    content: bytes
    width: int
    height: int
    pages: int
    sha256: str


class FileRefused(BadInput):
    """A file that is not kept; `name` is the one its sender gave it, where there was one."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code, FIELD)
        self.name = name


def check_size(size: int, name: str = "") -> None:
    """Refuse a file by its size in bytes alone."""
    if size < 1:
        raise FileRefused("file_empty", name)
    if size > MAX_BYTES:
        raise FileRefused("file_too_heavy", name)


def is_document(content: bytes) -> bool:
    """Say whether a file is to be read as a PDF. One that begins as a picture is a picture, whatever follows."""
    return b"%PDF-" in content[:_HEAD] and not content.startswith(_PICTURES)


def clean(content: bytes, ports: Ports, name: str = "") -> Cleaned:
    """Return the file made anew. Called with no transaction open: it computes for a while.

    Raises
    ------
    FileRefused
        When it is neither a picture nor a document we keep; the code says why.

    """
    check_size(len(content), name)
    try:
        made: Document | Picture = (ports.documents if is_document(content) else ports.pictures).clean(content)
    except BadInput as refusal:
        raise FileRefused(refusal.code, name) from refusal
    pages = made.pages if isinstance(made, Document) else 1
    digest = hashlib.sha256(made.content).hexdigest()
    return Cleaned(made.media_type, made.content, made.width, made.height, pages, digest)
