"""Writing an answer as JSON or as XML: one structure, and the standard's way from one to the other."""

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from flask import Response

EXTENSIONS = ("json", "xml")
# What one item of a list is called in XML; in JSON it has no name.
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
# What XML 1.0 cannot hold, written as a character or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(name: str, value: Any, extension: str, status: int = 200) -> Response:
    """Return the answer: `name` is its root in XML, left out in JSON."""
    if extension == "json":
        return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json; charset=utf-8")
    root = ET.Element(name)
    _fill(root, value)
    content = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, status, content_type="text/xml; charset=utf-8")


def extension_of(path: str) -> str:
    """Return the format an address asks for; XML, the one every client reads, when it asks for none."""
    return "json" if path.endswith(".json") else "xml"


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(ET.SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(ET.SubElement(element, ITEMS[element.tag]), inner)
    elif value is not None:
        element.text = _FORBIDDEN.sub("\ufffd", _plain(value))


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
