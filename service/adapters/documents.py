"""Documents, made anew: each page is drawn in a process of its own, and only what was drawn is kept."""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from service.domain.errors import BadInput
from service.journey.ports import Document

MAX_BYTES = 8 * 1024 * 1024
SECONDS = 8.0  # by the clock on the wall; the process itself is held to fewer of computing
AT_ONCE = 2  # documents drawn at the same time by one web process
_HEAD = 1024  # bytes before which a PDF begins
_DRAWING = Path(__file__).with_name("drawing.py")


class DrawnDocuments:
    """Draws each page of a PDF and binds the drawings anew, without anything that went with them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def clean(self, content: bytes) -> Document:
        """Return the document made anew, or raise BadInput; the code says why.

        The code `files_busy` says nothing of the document: too many are being drawn at this moment. Nobody waits for a
        turn here: whoever waited would hold a thread that answers others.
        """
        if len(content) > MAX_BYTES:
            raise BadInput("document_too_heavy", "files")
        if b"%PDF-" not in content[:_HEAD]:
            raise BadInput("not_a_document", "files")
        if not self._places.acquire(blocking=False):
            raise BadInput("files_busy", "files")
        try:
            about, made = _drawn(content, self._seconds)
        finally:
            self._places.release()
        if "refusal" in about:
            raise BadInput(str(about["refusal"]), "files")
        return Document("application/pdf", made, int(about["width"]), int(about["height"]), int(about["pages"]))


def _drawn(content: bytes, seconds: float) -> tuple[dict[str, int | str], bytes]:
    """Return what the process said and made. One that was stopped, or broke, read something it could not."""
    # Isolated: no folder of ours is searched for modules, and nothing of our environment is handed down.
    program = [sys.executable, "-I", str(_DRAWING)]
    with tempfile.TemporaryFile() as out:  # A file has a size limit, which a pipe has not.
        try:
            subprocess.run(  # noqa: S603  Our own program; the document comes by its standard input.
                program, input=content, stdout=out, stderr=subprocess.DEVNULL, env={}, timeout=seconds, check=True
            )
            out.seek(0)
            about: dict[str, int | str] = json.loads(out.readline())
            return about, out.read()
        except (subprocess.SubprocessError, ValueError):
            return {"refusal": "document_unreadable"}, b""
