"""How fast the lists of half a million complaints are: every list, every filter, pairs, searches, far pages.

Each figure is a whole page as a browser asks for it: signed in, counted, drawn. So is whatever else the machine does.
"""

import re
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from random import Random
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from service.adapters.assemble import assemble
from service.adapters.clock import SetClock
from service.app import create_app
from service.embedded.postgres import EmbeddedPostgres
from service.journey.inbox.pages import COUNTED, PAGE, Key, write_cursor
from service.settings import Settings
from service.staff.inbox.lists import BY_SLUG
from tests import bench_crowd
from tests.inbox_load import NOW, load_complaints
from tests.world import PASSWORD, World

COMPLAINTS, RUNS, FAR = 500_000, 5, 1000  # FAR: the page that is as quick as the first
TRIPLES = 200
COMMON = ("bonjour", "ascenseur", "martin", "fuite plafond")  # of the words above and beside them
SORTS = ("recentes", "anciennes", "echeance")
FILTERS = {
    "statut": "closed", "categorie": "ascenseur", "famille": "gestion", "urgence": "danger", "nature": "contestation",
    "confiance": "inconnu", "canal": "counter", "personne": "aucune", "incident": "oui", "periode": "mois-dernier",
}  # fmt: skip
SEARCHES = (
    "dossier4242", "zzzz", "bonjour", "mart", "ascenseur martin", "poubelles débordent", "rue des lilas", "abbeville",
    "chauffage radiateur", "06 00 04 23 42", "ascenseur&categorie=ascenseur", "bonjour ascenseur&categorie=loyer",
    "mar&categorie=ascenseur&periode=mois-dernier", "bonjour&vue=danger", "ascenseur&vue=echecs",
)  # fmt: skip


def bench(settings: Settings, postgres: EmbeddedPostgres, world: World, open_share: float) -> None:
    """Print the median and the slowest of each kind of page."""
    member = world.first
    with psycopg.connect(postgres.owner_url.replace("+psycopg", "")) as connection:
        start = time.perf_counter()
        load_complaints(connection, member.id, COMPLAINTS, open_share=open_share)
        print(f"{COMPLAINTS:,} complaints, {open_share:.0%} open, loaded in {time.perf_counter() - start:.0f} s")
        keys = dict(_far_keys(connection, member.id))
    app = create_app(settings, replace(assemble(settings), clock=SetClock(NOW)))
    client = app.test_client()
    _sign_in(client, member.agent_email)
    print(f"{'milliseconds for a whole page':<34} {'median':>8} {'slowest':>8} {'pages':>6}  slowest page")
    for kind, addresses in _kinds(keys, str(member.teams["technical"]), str(member.supplier_id)).items():
        _print(client, kind, addresses)
    bench_crowd.bench(settings, member)


def _kinds(keys: dict[str, Key], team: str, company: str) -> dict[str, list[str]]:
    filters = FILTERS | {"equipe": team, "organisme": company}
    one = [f"vue=toutes&{name}={value}" for name, value in filters.items()]
    two = [
        f"vue={view}&{a}={filters[a]}&{b}={filters[b]}&tri={sort}"
        for a, b in combinations(filters, 2)
        for view, sort in (("toutes", "recentes"), ("toutes", "echeance"), ("ouvertes", "recentes"))
    ]
    return {
        "each list, by each order": [f"vue={slug}&tri={sort}" for slug in BY_SLUG for sort in SORTS],
        "each filter": one,
        "pairs of filters": two,
        "triples of filters, drawn at random": list(_triples(filters)),
        "searches": [f"cherche={words}" for words in SEARCHES],
        "searches, each with a filter": [
            f"cherche={words}&{name}={value}" for words in COMMON for name, value in filters.items()
        ],
        f"page {FAR:,}": [f"vue=toutes&tri={sort}&apres={write_cursor(key)}" for sort, key in keys.items()],
        f"page {FAR:,} of a search": [f"cherche=bonjour&apres={write_cursor(keys['recentes'])}"],
        f"page {FAR:,} of a filter": [f"{each}&apres={write_cursor(keys['recentes'])}" for each in one],
    }


def _triples(filters: Mapping[str, str]) -> Iterator[str]:
    random = Random(TRIPLES)
    for _ in range(TRIPLES):
        view, sort = random.choice(("toutes", "ouvertes")), random.choice(SORTS)
        three = "&".join(f"{name}={filters[name]}" for name in random.sample(list(filters), 3))
        yield f"vue={view}&{three}&tri={sort}"


def _far_keys(connection: psycopg.Connection[object], member_id: UUID) -> Iterator[tuple[str, Key]]:
    orders = ("submitted_at desc, id desc", "submitted_at, id", "due_key, id")
    for sort, order in zip(SORTS, orders, strict=True):
        column = order.partition(",")[0].partition(" ")[0]
        found = connection.execute(
            f"select {column}, id from complaints where member_id = %s order by {order} offset %s limit 1",
            (member_id, FAR * PAGE),
        ).fetchone()
        assert isinstance(found, tuple)
        at, complaint_id = found
        assert isinstance(at, datetime)
        assert isinstance(complaint_id, UUID)
        yield sort, Key(at, complaint_id, COUNTED + 1)


def _sign_in(client: FlaskClient, email: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/equipe/connexion").text)
    assert token
    form = {"csrf_token": token[1], "email": email, "password": PASSWORD}
    assert client.post("/equipe/connexion", data=form).status_code == 303


def _print(client: FlaskClient, kind: str, addresses: list[str]) -> None:
    medians = {address: statistics.median(_times(client, address)) for address in addresses}
    slowest = max(medians, key=lambda address: medians[address])
    middle = statistics.median(medians.values())
    print(f"{kind:<34} {middle:8.0f} {medians[slowest]:8.0f} {len(addresses):6}  {slowest[:60]}")


def _times(client: FlaskClient, address: str) -> Iterator[float]:
    for _ in range(RUNS):
        start = time.perf_counter()
        answer = client.get(f"/equipe/?{address}")
        yield (time.perf_counter() - start) * 1000
        assert answer.status_code == 200, (address, answer.status_code)
