"""Twenty people of one member at their lists and complaints at once, through the web server of the Procfile."""

import http.client
import os
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from service.embedded.ports import choose_port
from service.embedded.process import Command
from service.embedded.procfile import Program, kept_running, read_procfile
from service.embedded.record import Record
from service.settings import ROOT, Settings
from service.staff.inbox.lists import BY_SLUG
from tests.world import PASSWORD, MemberWorld

PEOPLE, SECONDS = 20, 30
SIGN_IN = "/equipe/connexion"
LOOKS = 3  # complaints opened from each list
FILTERS = ("", "&canal=counter", "&categorie=ascenseur", "&urgence=danger", "&famille=gestion&tri=echeance")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_OPENED = re.compile(r'<a class="open" href="([^"]+)"')


@dataclass
class Person:
    """Somebody at work: a connection that stays open, as a browser keeps it, and what each page took."""

    connection: http.client.HTTPConnection
    random: Random
    cookies: dict[str, str] = field(default_factory=dict)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, path: str, kind: str = "", form: dict[str, str] | None = None) -> str:
        """Return a page, and keep how long it took under its kind, in milliseconds."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        start = time.perf_counter()
        asked = ("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        try:
            self.connection.request(*asked)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for two seconds: a browser opens another one too
            self.connection.close()
            self.connection.request(*asked)
            answer = self.connection.getresponse()
        page = answer.read().decode()
        if kind:
            self.took[kind].append((time.perf_counter() - start) * 1000)
        assert answer.status == (303 if path == SIGN_IN and form else 200), (path, answer.status)
        for given in answer.headers.get_all("Set-Cookie", []):
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        return page

    def sign_in(self, email: str) -> None:
        """Sign in with a password."""
        token = _TOKEN.search(self.ask(SIGN_IN))
        assert token
        self.ask(SIGN_IN, "", {"csrf_token": token[1], "email": email, "password": PASSWORD})

    def work(self, until: float) -> None:
        """Read lists, open some of their complaints, and let the page of the list ask what is new, until it is time."""
        while time.perf_counter() < until:
            address = f"vue={self.random.choice(list(BY_SLUG))}{self.random.choice(FILTERS)}"
            page = self.ask(f"/equipe/?{address}", "lists")
            for path in self.random.sample(found := _OPENED.findall(page), min(LOOKS, len(found))):
                self.ask(path, "complaints")
            self.ask(f"/equipe/etat?{address}&vu={2**62}", "what is new, nothing")
            self.ask(f"/equipe/etat?{address}&vu=1", "what is new, much")


def bench(settings: Settings, member: MemberWorld) -> None:
    """Print how many pages a second twenty people are given, and how long each kind takes."""
    emails = _people(settings, member.id)
    with tempfile.TemporaryDirectory() as name, _web(settings, Path(name)) as port:
        people = [Person(http.client.HTTPConnection("127.0.0.1", port, timeout=60), Random(n)) for n in range(PEOPLE)]
        for person, email in zip(people, emails, strict=True):
            person.sign_in(email)
        with ThreadPoolExecutor(PEOPLE) as pool:
            until = time.perf_counter() + SECONDS
            list(pool.map(lambda person: person.work(until), people))
    took: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for kind, times in person.took.items():
            took[kind] += times
    print(f"{f'{PEOPLE} people at once':<34} {'median':>8} {'p99':>8} {'a second':>8}")
    for kind, times in took.items():
        slow = statistics.quantiles(times, n=100)[-1]
        print(f"{kind:<34} {statistics.median(times):8.0f} {slow:8.0f} {len(times) / SECONDS:8.1f}")


def _people(settings: Settings, member_id: UUID) -> list[str]:
    """Give colleagues a password and return their addresses."""
    with psycopg.connect(settings.database_owner_url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "update staff set password_hash = (select password_hash from staff where member_id = %(member)s "
            "and password_hash is not null limit 1), team_id = (select team_id from staff where member_id = %(member)s "
            "and team_id is not null limit 1) where id in (select id from staff where member_id = %(member)s "
            "and email like 'collegue%%' order by email limit %(people)s) returning email",
            {"member": member_id, "people": PEOPLE},
        )
        return [str(email) for (email,) in rows]


@contextmanager
def _web(settings: Settings, folder: Path) -> Iterator[int]:
    """Start the web server as the Procfile says, and wait until it answers."""
    port = choose_port(Record(folder / "ports.json"), "web")
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]), "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": settings.secret_key, "VAR_DIR": str(folder),
        "DATABASE_URL": settings.database_url, "DATABASE_OWNER_URL": settings.database_owner_url,
        "REDIS_URL": settings.redis_url, "MODEL_DIR": str(settings.model_dir),
    }  # fmt: skip
    arguments = read_procfile(ROOT / "Procfile", environment)["web"]
    web = Program("web", Command(arguments, environment, ROOT), folder / "web.log", print)
    with kept_running([web], lambda _: None):
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert time.monotonic() < deadline, web.log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.2)
        yield port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
