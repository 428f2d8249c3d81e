"""What the network reads and what a member reads beside it, with two years published, judged by axe-core."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.domain.naming import OPEN
from service.journey.ports import Ports
from service.journey.trends import own_words
from service.journey.trends.snapshots import Erratum, attach_erratum
from service.models.trends import Decision, TermProposal
from service.settings import Settings
from tests.browser.looking import headings_skip, inline_code, nameless, tree_of
from tests.browser.test_pages import DESKTOP, PHONE, check, page_of, sign_in
from tests.journey.trends.test_own_words import a_year_of
from tests.kept_tables import consent
from tests.network_figures import OCTOBER, add_members, keep_all_own, months_until, publish_six
from tests.people import hire
from tests.world import READER, World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

LONG_AGO = date(2024, 1, 1)
# address -> words that are there only when the page has something to show
NETWORK = {
    "/reseau/": "Estuaire Habitat",
    "/reseau/?mois=2026-03": "La page telle qu'elle était",
    "/reseau/rapport": "Vous avez dit, nous avons fait",
    "/reseau/conseils": "Un second technicien",
    "/reseau/modele": "Ce que vaut le modèle",
    "/reseau/protection": "Dernier mois publié",
    "/reseau/mots": "reflet bleuté",
    "/reseau/decisions": "Un second technicien",
    "/reseau/dictionnaire": "Sujets, par mois",
    "/reseau/moi": "",
    "/reseau/moi/mot-de-passe": "",
    "/reseau/moi/verification": "",
}
SCREENS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def published(app: Flask, world: World, settings: Settings, ports: Ports, clock: SetClock) -> Flask:
    """Six members with two years published: some named, all open, a decision, a correction and a word proposed."""
    everybody = add_members(settings)
    with app.app_context():
        publish_six(months_until(OCTOBER, 25))
        keep_all_own(world.first.id, 437)
        for slug, member_id in everybody.items():
            consent(member_id, OPEN, LONG_AGO)
            if slug in ("aval", "berge", "estuaire"):
                consent(member_id, "MF", LONG_AGO)
        attach_erratum(Erratum("C1", OCTOBER, "Un import était en retard.", is_withdrawn=False), "Exploitation", ports)
        a_year_of(world.first, "un reflet bleuté")
        own_words.count_due(ports)
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        session.add(
            Decision(
                subject="logement", said="Trop d'attente", decided="Un second technicien", owner="Directions",
                decided_on=date(2026, 3, 10), state="under_way", measured_from=date(2026, 4, 1), written_by="Lectrice",
                at=clock.now(),
            )
        )  # fmt: skip
        for member_id in list(everybody.values())[:3]:
            session.add(TermProposal(member_id=member_id, term="reflet bleute", label="reflet bleuté", at=clock.now()))
        session.commit()
    engine.dispose()
    return app


def judge(page: Page, path: str, words: str) -> None:
    """Open a page, see that it has what is to be judged, and judge it."""
    page.goto(path)
    assert words in page.inner_text("main"), path
    for closed in page.locator("main details").all():
        closed.evaluate("one => { one.open = true }")
    check(page)
    assert inline_code(page.content()) == []
    levels = tree_of(page)["levels"]
    assert not headings_skip(levels), f"{path}: {levels}"
    assert nameless(page) == [], path


@SCREENS
def test_the_pages_of_the_network(published: Flask, browser: Browser, address: str, viewport: dict[str, int]) -> None:
    assert published
    with page_of(browser, address, viewport) as page:
        page.goto("/reseau/")
        check(page)
        sign_in(page, "/reseau/connexion", READER)
        for path, words in NETWORK.items():
            judge(page, path, words)


@SCREENS
def test_before_the_first_month(world: World, browser: Browser, address: str, viewport: dict[str, int]) -> None:
    with page_of(browser, address, viewport) as page:
        judge(page, "/donnees-ouvertes/", "ouvert")
        sign_in(page, "/reseau/connexion", READER)
        for path in ("/reseau/", "/reseau/rapport", "/reseau/protection", "/reseau/modele", "/reseau/decisions"):
            judge(page, path, "")
    with page_of(browser, address, viewport) as page:
        sign_in(page, "/equipe/connexion", f"responsable@{world.first.slug}.example")
        for path in ("/equipe/reseau", "/equipe/mots"):
            judge(page, path, "")


@SCREENS
def test_what_is_open_to_all(published: Flask, browser: Browser, address: str, viewport: dict[str, int]) -> None:
    assert published
    with page_of(browser, address, viewport) as page:
        judge(page, "/donnees-ouvertes/", "Licence Ouverte")


@SCREENS
def test_the_pages_of_a_member_beside_the_network(
    published: Flask, world: World, browser: Browser, address: str, viewport: dict[str, int]
) -> None:
    hire(published, world.first, "administrator")
    with page_of(browser, address, viewport) as page:
        sign_in(page, "/equipe/connexion", f"responsable@{world.first.slug}.example")
        judge(page, "/equipe/reseau", "437")
        judge(page, "/equipe/mots", "reflet bleuté")
    with page_of(browser, address, viewport) as page:
        sign_in(page, "/equipe/connexion", f"administrator@{world.first.slug}.example")
        judge(page, "/equipe/administration/reseau", "Retirer notre accord")
