"""Everything that a reader can ask for: each address of the network, what pages link to, files and interface."""

import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import product
from types import MappingProxyType

from flask import Flask
from flask.testing import FlaskClient
from pypdfium2 import PdfDocument
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service.attempts import Attempts
from service.domain.products import PRODUCTS
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.trends import network_keys
from service.journey.trends.snapshots import read_snapshots
from service.network import api
from tests.faces.test_network import sign_in
from tests.faces.test_staff import at_desk
from tests.world import MemberWorld

PREFIXES = ("/reseau", "/ouvert", "/donnees")
_IS_FULL = bool(os.environ.get("PRIVACY_FULL"))
MOST = 240 if _IS_FULL else 90  # answers of one reader
EACH = 24 if _IS_FULL else 5  # of one rule, at most: spread over all its values
NO_LIMIT = 100_000
OF_NO_MATTER = ("Date", "Set-Cookie")  # of each request, whatever is asked
_FIELD = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_LINK = re.compile(r'(?:href|src|action)="([^"#]+)|"(/reseau/[^"]+)"')
_OWN = re.compile(rb'(?:name="csrf_token" value|nonce)="[^"]+"')  # differs from one request to the next
_LEAVE = ("deconnexion",)


def reader(app: Flask) -> FlaskClient:
    """Return the browser of a person of the working group."""
    client = app.test_client()
    assert sign_in(client).status_code == 303
    return client


def program(app: Flask, ports: Ports) -> FlaskClient:
    """Return a program that holds a key to the network's interface."""
    client = app.test_client()
    app.extensions[api._LIMITS] = (Attempts(NO_LIMIT, api.WINDOW), Attempts(NO_LIMIT, api.WINDOW))
    with app.app_context():
        key = network_keys.create("essai", audit.SYSTEM, ports)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def staff_of(app: Flask, member: MemberWorld) -> FlaskClient:
    """Return the browser of a person who works in one member."""
    return at_desk(app, member).client


def ask(
    app: Flask, client: FlaskClient, prefixes: Sequence[str] = PREFIXES, most: int = MOST
) -> dict[str, TestResponse]:
    """Ask for every address under some prefixes, then for all that the answers link to."""
    found: dict[str, TestResponse] = {}
    with app.app_context():
        waiting = deque(_addresses(app, prefixes))
    while waiting and len(found) < most:
        address = waiting.popleft()
        if address in found or any(word in address for word in _LEAVE):
            continue
        answer = found[address] = client.get(address)
        if answer.mimetype in ("text/html", "application/json"):
            links = (unescape(one or other) for one, other in _LINK.findall(answer.text))
            waiting.extend(one for one in links if one.startswith(tuple(prefixes)))
    return found


def _addresses(app: Flask, prefixes: Sequence[str]) -> Iterator[str]:
    periods = {one.period.isoformat() for one in read_snapshots("C1", "Q2")}
    values = MappingProxyType({
        "product": sorted(PRODUCTS), "code": sorted(PRODUCTS), "name": ["tendances", *PRODUCTS],
        "period": sorted(periods),
        "month": sorted({one[:7] for one in periods}), "extension": ["csv", "json", "pdf"], "form": ["csv", "json"],
    })  # fmt: skip
    for rule in app.url_map.iter_rules():
        if str(rule).startswith(tuple(prefixes)) and "GET" in (rule.methods or ()):
            every = list(_filled(rule, values))
            yield from every[:: 1 + len(every) // EACH]


def _filled(rule: Rule, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names = _FIELD.findall(str(rule))
    for chosen in product(*(values.get(name, ["inconnu"]) for name in names)):
        yield _FIELD.sub("{\\1}", str(rule)).format(**dict(zip(names, chosen, strict=True)))


def body(answer: TestResponse) -> bytes:
    """Return what was answered, without what each request has of its own."""
    return _OWN.sub(b"", answer.get_data())


def whole(answer: TestResponse) -> str:
    """Return an answer as text, its headings before it, ordinary spaces in it; of a PDF all that a program finds."""
    headings = "\n".join(f"{name}: {value}" for name, value in answer.headers if name not in OF_NO_MATTER)
    content = _of_paper(answer.get_data()) if answer.mimetype == "application/pdf" else body(answer).decode()
    return re.sub("[\u00a0\u202f\u2009]", " ", f"{headings}\n{content}")


def _of_paper(content: bytes) -> str:
    with PdfDocument(content) as document:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
        return "\n".join([*pages, *map(str, document.get_metadata_dict().values())])
