"""People who sign in with more than a password, for the tests that need them."""

import re
from html import unescape

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.settings import Settings
from tests.world import PASSWORD

STAFF, NETWORK = "/equipe", "/reseau"


class Visitor:
    """A browser at one face: it reads pages and sends their forms, token included."""

    def __init__(self, app: Flask, email: str, face: str = STAFF, *, network: str = "127.0.0.1") -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = network
        self.email, self.face = email, face

    def read(self, path: str = "/moi") -> str:
        answer = self.client.get(self.face + path)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return readable(answer)

    def is_in(self) -> bool:
        return self.client.get(self.face + "/moi").status_code == 200

    def send(self, form_page: str, path: str, **fields: str) -> TestResponse:
        return self.client.post(self.face + path, data={"csrf_token": self.token(form_page), **fields})

    def token(self, form_page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(self.face + form_page).text)
        assert found, form_page
        return found[1]

    def sign_in(self, password: str = PASSWORD) -> TestResponse:
        return self.send("/connexion", "/connexion", email=self.email, password=password)

    def entered(self) -> "Visitor":
        answer = self.sign_in()
        assert (answer.status_code, answer.location) == (303, self.face + "/"), answer.location
        return self

    def step(self, **code: str) -> TestResponse:
        return self.send("/connexion/code", "/connexion/code", **code)

    def cookie(self) -> str:
        found = self.client.get_cookie("seve")
        assert found
        return found.value

    def set_up_code(self, clock: SetClock) -> tuple[pyotp.TOTP, list[str]]:
        """Install an application; return what it holds, and the printed list."""
        page = "/moi/verification"
        assert self.send(page, f"{page}/application").status_code == 303
        found = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', self.read(page))
        assert found
        totp = pyotp.TOTP(found[1].replace(" ", ""))
        shown = self.send(page, f"{page}/application/code", code=totp.at(clock.now()))
        assert shown.status_code == 200
        return totp, re.findall(r"<code>([0-9A-Z-]{19})</code>", shown.text)


def readable(answer: TestResponse) -> str:
    """Return a page with ordinary spaces and apostrophes, as a test writes them."""
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def as_owner(settings: Settings, statement: str, **values: object) -> list[tuple[object, ...]]:
    """Do something in the database as the owner of its tables; return the rows, if there are any."""
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows
