"""Style sheets, scripts and pictures: compressed once, kept by browsers for a year while their content stays.

Only these files are compressed. A page holds a secret beside words that its sender chose: its length on the wire must
tell nothing.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

FOLDER = Path(__file__).parent.resolve() / "static"
SUFFIXES = frozenset({".css", ".js", ".svg"})  # what is worth compressing
_YEAR = 365 * 24 * 3600  # seconds
_HOUR = 3600


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent: `version` changes with its content."""

    content: bytes
    compressed: bytes | None
    kind: str
    version: str


def static_file(name: str) -> StaticFile | None:
    """Return a file by its name under the folder; None when there is none, or the name leads elsewhere."""
    path = (FOLDER / name).resolve()
    if not path.is_relative_to(FOLDER) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _written_at: int) -> StaticFile:
    content = path.read_bytes()
    compressed = gzip.compress(content, mtime=0) if path.suffix in SUFFIXES else None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(content, compressed, kind, hashlib.sha256(content).hexdigest()[:12])


def send(filename: str) -> Response:
    """Send a file, compressed for whoever understands it."""
    file = static_file(filename) or abort(404)
    response = Response(file.content, content_type=_with_charset(file.kind))
    if file.compressed:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip"):
            response.data = file.compressed
            response.content_encoding = "gzip"
    # An address without the right version may be an old page's: its file is kept for a short time only.
    is_lasting = request.args.get("v") == file.version
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR if is_lasting else _HOUR
    response.cache_control.immutable = is_lasting or None  # type: ignore[assignment]
    response.set_etag(file.version + ("-gz" if response.content_encoding else ""))
    response.make_conditional(request)
    return response


def register(app: Flask) -> None:
    """Serve the files, and give each of their addresses its version."""
    app.add_url_rule("/static/<path:filename>", "static", send)
    # The one file that members' pages name: its address never changes.
    app.add_url_rule("/integration.js", "integration_script", send, defaults={"filename": "integration.js"})
    app.url_defaults(_add_version)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        file = static_file(values["filename"])
        if file:
            values["v"] = file.version


def _with_charset(kind: str) -> str:
    is_text = kind.startswith("text/") or kind == "image/svg+xml"
    return f"{kind}; charset=utf-8" if is_text else kind
