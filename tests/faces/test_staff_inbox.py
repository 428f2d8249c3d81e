"""The inbox: what is in it, how it is narrowed, how it is paged."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from service.adapters.clock import SetClock
from service.journey import reading
from service.journey.classification import classification
from service.journey.handling import handling
from service.journey.inbox import pages
from service.journey.inbox.lists import Filters
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.staff import wording
from service.staff.inbox import lists
from tests.faces.test_staff import at_desk, submit
from tests.world import World

pytestmark = pytest.mark.services

COLD = "Le radiateur reste froid"
LIFT = "L'ascenseur fait un bruit"
GAS = "Il y a une odeur de gaz dans la cuisine"
UNCLEAR = "Bonjour, rien à dire de précis"


def listed(page: str) -> list[str]:
    """Return the references of a list, in its order."""
    return re.findall(r"<strong [^>]+>([0-9A-Z]{4}-[0-9A-Z]{4})</strong>", page)


def counts(page: str) -> dict[str, int]:
    """Return the figures of the rail."""
    lines = re.findall(r'<a href="[^"]*vue=([a-z-]+)"[^>]*><span>[^<]+</span> <span class="number">(\d+)', page)
    return {slug: int(number) for slug, number in lines}


def test_a_row_says_in_words_what_matters(app: Flask, client: FlaskClient, world: World) -> None:
    sent = submit(client, world.first, GAS)
    page = at_desk(app, world.first).read("/equipe/")
    assert listed(page) == [sent["reference"]]
    for words in ("Danger</span>", "odeur de gaz", "Les Tilleuls, Amiens", "Gaz et monoxyde", "sûr", "Astreinte",
                  "Personne encore", "aujourd'hui"):  # fmt: skip
        assert words in page.replace("&#39;", "'"), words


def test_nothing_of_another_member_is_listed_or_counted(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.second, GAS)
    page = at_desk(app, world.first).read("/equipe/?vue=toutes")
    assert listed(page) == []
    assert set(counts(page).values()) == {0}
    assert "Aucune demande pour le moment" in page


def test_the_rail_counts_what_each_view_lists(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = world.first
    monkeypatch.setattr(classification, "is_drawn", lambda _: False)
    late = submit(client, member, COLD)
    clock.forward(timedelta(days=3))
    mine, danger, unsorted = (submit(client, member, text) for text in (LIFT, GAS, UNCLEAR))
    monkeypatch.setattr(classification, "is_drawn", lambda _: True)
    drawn, done = (submit(client, member, LIFT) for _ in range(2))
    with app.app_context():
        handling.assign(member.id, _id(mine), member.agent_id, member.agent_id, ports)
        _give_up_a_delivery(world, _id(mine))
        classification.confirm(member.id, _id(done), member.agent_id, ports)
    desk = at_desk(app, member)
    expected = {
        "a-trier": [unsorted], "danger": [danger], "a-verifier": [], "tirage": [drawn],
        "ouvertes": [unsorted, danger, mine, late, drawn, done], "les-miennes": [mine],
        "en-retard": [late], "aujourd-hui": [danger], "en-attente": [], "echecs": [mine],
        "toutes": [unsorted, danger, mine, late, drawn, done],
    }  # fmt: skip
    for slug, complaints in expected.items():
        page = desk.read(f"/equipe/?vue={slug}")
        assert set(listed(page)) == {one["reference"] for one in complaints}, slug
        assert counts(page).items() >= {name: len(found) for name, found in expected.items()}.items()
    assert "2 jours de retard" in desk.read("/equipe/?vue=en-retard")


def test_the_danger_views_hold_exactly_what_is_marked(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    states = [
        {
            "urgency": urgency,
            "danger": danger,
            "category": category,
            "danger_types": types,
            "category_by_person": person,
        }
        for urgency, category in (("danger", "gaz_co"), ("normal", "gaz_co"), (None, None))
        for danger in ("none", "check", "danger")
        for types in ([], ["gas"])
        for person in (False, True)
    ]
    with app.app_context():
        for state in states:
            sent = submit(client, member, COLD)
            with member_transaction(member.id) as session:
                session.execute(update(Complaint).where(Complaint.id == sent["id"]).values(**state))
        with member_transaction(member.id) as session:
            now = app.extensions["seve"].ports.clock.now()
            every = pages.page(session, Filters(), now).complaints
            every_list = lists.all_of(member.agent_id, None)
            shown = {
                tone: {one.id for one in pages.page(session, every_list[slug], now).complaints}
                for tone, slug in (("danger", "danger"), ("warn", "a-verifier"))
            }
    marks = {one.id: wording.danger(one) for one in every}
    assert len(every) == len(states)
    for tone, ids in shown.items():
        assert ids == {key for key, mark in marks.items() if mark and mark.tone == tone}


def test_filters_narrow_and_their_chips_take_them_away(app: Flask, client: FlaskClient, world: World) -> None:
    cold, lift = submit(client, world.first, COLD), submit(client, world.first, LIFT)
    desk = at_desk(app, world.first)
    team = world.first.teams["technical"]
    for query, wanted in (
        ("categorie=ascenseur", lift), ("urgence=urgent", cold), (f"equipe={team}", cold),
        ("statut=routed&categorie=chauffage&du=2026-11-25&au=2026-11-25", cold),
    ):  # fmt: skip
        assert listed(desk.read(f"/equipe/?{query}")) == [wanted["reference"]], query
    assert listed(desk.read("/equipe/?au=2026-11-24")) == []
    page = desk.read("/equipe/?vue=toutes&categorie=ascenseur&urgence=normal")
    assert "Sujet : Ascenseur" in page
    assert 'href="/equipe/?vue=toutes&amp;urgence=normal"' in page


def test_a_reference_is_found_in_any_list_and_as_people_type_it(app: Flask, client: FlaskClient, world: World) -> None:
    sent = submit(client, world.first, COLD)
    submit(client, world.first, LIFT)
    typed = sent["reference"].replace("-", " ").lower()
    assert listed(at_desk(app, world.first).read(f"/equipe/?vue=danger&reference={typed}")) == [sent["reference"]]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("reference=AAAA-AAAA", "un signe manque ou est faux"),
        ("categorie=licorne", "Choisissez une réponse dans la liste"),
        ("statut=%00", "Choisissez une réponse dans la liste"),
        (f"equipe={'0' * 32}", "Choisissez une réponse dans la liste"),
        ("du=hier", "Donnez une date"),
        ("au=9999-12-31", "Donnez une date"),
        ("du=2026-11-25&au=2026-11-01", "avant la date de début"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named(app: Flask, world: World, query: str, sentence: str) -> None:
    assert sentence in at_desk(app, world.first).read(f"/equipe/?{query}")


def test_a_list_is_paged_by_key(
    app: Flask, client: FlaskClient, world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    for _ in range(5):
        sent.append(submit(client, world.first, LIFT)["reference"])
        clock.forward(timedelta(minutes=1))
    page_of_two = pages.page
    monkeypatch.setattr(pages, "page", lambda *given, **how: page_of_two(*given, size=2, **how))
    desk, url, seen = at_desk(app, world.first), "/equipe/?vue=toutes&categorie=ascenseur", []
    while url:
        page = desk.read(url)
        seen += listed(page)
        found = re.search(r'href="([^"]+)" rel="next">Demandes plus anciennes', page)
        url = found[1].replace("&amp;", "&") if found else ""
    assert seen == sent[::-1]
    assert desk.client.get("/equipe/?apres=nimporte").status_code == 400


def test_a_message_with_html_is_shown_as_typed(app: Flask, client: FlaskClient, world: World) -> None:
    submit(client, world.first, "<script>alert(1)</script> & <b>ascenseur</b>")
    page = at_desk(app, world.first).read("/equipe/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page
    assert "<script>" not in page


def _id(sent: dict[str, str]) -> UUID:
    return UUID(sent["id"])


def _give_up_a_delivery(world: World, complaint_id: UUID) -> None:
    with member_transaction(world.first.id) as session:
        event = reading.sheet(session, complaint_id).events[0]
        session.add(
            Delivery(
                member_id=world.first.id, complaint_id=complaint_id, event_id=event.id, purpose="received",
                channel="email", recipient="locataire@poste.example", status="given_up", attempts=7,
            )
        )  # fmt: skip
