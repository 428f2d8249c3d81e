import gzip
import re

import pytest
from flask.testing import FlaskClient

from service.static_files import FOLDER, static_file
from tests.world import World

pytestmark = pytest.mark.services

GZIP = {"Accept-Encoding": "gzip, br"}


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


def test_every_file_of_a_page_has_the_address_of_its_content_and_is_kept_for_a_year(
    client: FlaskClient, world: World
) -> None:
    assert world
    found = addresses(client.get("/").text)
    assert len(found) >= 4
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert re.fullmatch(r"/static/[\w.]+\?v=[0-9a-f]{12}", address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("version", ["", "?v=000000000000", "?v="])
def test_an_old_address_still_answers_and_is_not_kept_for_long(client: FlaskClient, version: str) -> None:
    answer = client.get(f"/static/seve.css{version}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_files_are_compressed_for_who_understands_it(client: FlaskClient) -> None:
    plain, packed = client.get("/static/seve.css"), client.get("/static/seve.css", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == (FOLDER / "seve.css").read_bytes()
    assert len(packed.data) < len(plain.data) / 2
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert client.get("/static/seve.css", headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data


def test_pages_are_never_compressed(client: FlaskClient, world: World) -> None:
    """A page holds a secret beside words its sender chose: its length must tell nothing."""
    assert world
    assert "Content-Encoding" not in client.get("/amont/", headers=GZIP).headers


def test_a_browser_that_has_the_file_is_sent_nothing(client: FlaskClient) -> None:
    first = client.get("/static/tenant.js")
    again = client.get("/static/tenant.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("seve.css", "text/css; charset=utf-8"),
        ("tenant.js", "text/javascript; charset=utf-8"),
        ("seve.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_file_says_what_it_is(client: FlaskClient, name: str, kind: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../app.py", "../../pyproject.toml", "rien.css", "", "..%2fapp.py", "/etc/passwd"])
def test_nothing_outside_of_the_folder_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in {404, 308}
    assert static_file(name) is None
