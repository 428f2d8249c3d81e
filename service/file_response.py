"""A file that somebody sent, given to somebody's browser: as what it is, and powerless."""

from flask import Response, make_response

# By media type: shown in the page, or kept as a file of that name.
_AS_FILES = {"application/pdf": "document.pdf"}


def file_response(media_type: str, content: bytes) -> Response:
    """Return the answer that holds the file; nothing in it can run, and no other site may show it."""
    response = make_response(content)
    name = _AS_FILES.get(media_type)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"' if name else "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
