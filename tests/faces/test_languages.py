import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.domain.languages import LANGUAGES
from service.journey import languages
from service.journey.languages import language
from tests.catalogues import write_catalogue
from tests.world import World

pytestmark = pytest.mark.services

GERMAN, ARABIC, BRAZILIAN = ({"Accept-Language": said} for said in ("de-DE,de;q=0.9", "ar-MA,ar;q=0.9", "pt-BR"))


@pytest.fixture(autouse=True)
def _catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few sentences in Arabic and English."""
    said = {
        "Écrire à mon bailleur": "اكتب إلى المؤجر",
        "Cette page n'existe pas": "هذه الصفحة غير موجودة",
        "Police ou gendarmerie": "الشرطة أو الدرك",
        "En danger ? Appelez d'abord.": "<b>خطر</b> ؟ اتصل أولا",
    }
    write_catalogue(tmp_path / "po", "ar", said)
    write_catalogue(tmp_path / "po", "en", {"Cette page n'existe pas": "This page does not exist"})
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path / "po")
    language.cache_clear()
    yield
    language.cache_clear()


def switch(page: str) -> dict[str, str]:
    """The links of the switch: language in its own name, and where it leads."""
    (found,) = re.findall(r'<details class="languages">.*?</details>', page, re.DOTALL)
    return {name: unescape(address) for address, name in re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', found)}


def root(page: str) -> str:
    found = re.search(r"<html[^>]*>", page)
    assert found
    return found[0]


def test_a_page_is_french_until_somebody_chooses(client: FlaskClient, world: World) -> None:
    assert world
    for headers in ({}, GERMAN, ARABIC):
        page = client.get("/", headers=headers).text
        assert root(page) == '<html lang="fr" dir="ltr">'
        assert "Écrire à mon bailleur" in page


def test_every_language_is_one_link_away_in_its_own_name(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get("/").text
    assert list(switch(page)) == [tongue.name for tongue in LANGUAGES]
    assert 'lang="ar" dir="rtl" hreflang="ar">العربية</a>' in page
    assert 'hreflang="fr" aria-current="true">Français</a>' in page


def test_arabic_is_read_from_right_to_left_and_kept_in_every_link(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get(switch(client.get("/").text)["العربية"]).text
    assert root(page) == '<html lang="ar" dir="rtl">'
    assert "اكتب إلى المؤجر" in page
    assert "الشرطة أو الدرك" in page
    inside = set(re.findall(r'href="(/(?!static|equipe|reseau)[^"#]*)"', page))
    assert "/amont/?langue=ar" in inside
    assert [address for address in inside if "langue=" not in address and not address.endswith(".css")] == []


def test_a_link_of_the_switch_keeps_the_page_and_its_query(client: FlaskClient, world: World) -> None:
    assert world
    address = client.post("/amont/", data={"text": "Le radiateur est froid", "envoyer": "1"}).location
    links = switch(client.get(f"{address.partition('?')[0]}?nouveau=1&langue=tr").text)
    assert links["English"] == f"{address.partition('?')[0]}?nouveau=1&langue=en"
    assert links["Français"].endswith("&langue=fr")


def test_a_query_cannot_break_out_of_the_switch(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get('/?x="><script>alert(1)</script>&langue=en').text
    assert "<script>alert" not in page


def test_a_page_that_was_posted_to_has_no_switch_for_its_words_would_be_lost(client: FlaskClient, world: World) -> None:
    assert world
    page = client.post("/amont/?langue=ar", data={"text": ""}, headers=BRAZILIAN)
    assert page.status_code == 422
    assert 'class="languages"' not in page.text
    assert 'class="offer"' not in page.text
    assert 'dir="rtl"' in root(page.text)


@pytest.mark.parametrize(
    ("headers", "path", "words"),
    [
        (ARABIC, "/", 'href="/?langue=ar" lang="ar" dir="rtl" hreflang="ar">اقرأ هذه الصفحة بالعربية</a>'),
        (BRAZILIAN, "/amont/", "Ler esta página em português"),
        ({"Accept-Language": "en;q=0.8,de"}, "/accessibilite", "Read this page in English"),
    ],
)
def test_a_browser_is_offered_its_language_in_that_language(
    client: FlaskClient, world: World, headers: dict[str, str], path: str, words: str
) -> None:
    assert world
    assert words in client.get(path, headers=headers).text


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({}, "/"),
        (GERMAN, "/"),
        ({"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.8"}, "/"),
        ({"Accept-Language": "*"}, "/"),
        (ARABIC, "/?langue=fr"),
        (ARABIC, "/?langue=ar"),
        (ARABIC, "/rien"),
    ],
)
def test_nothing_is_offered_to_who_has_chosen_or_reads_french(
    client: FlaskClient, world: World, headers: dict[str, str], path: str
) -> None:
    assert world
    assert 'class="offer"' not in client.get(path, headers=headers).text


def test_an_error_speaks_the_language_of_tenants_and_french_to_staff(client: FlaskClient, world: World) -> None:
    assert world
    for path, words in (
        ("/rien?langue=en", "This page does not exist"),
        ("/suivi/trop?langue=ar", "هذه الصفحة غير موجودة"),
        ("/inconnu/?langue=ar", "هذه الصفحة غير موجودة"),
    ):
        answer = client.get(path)
        assert (answer.status_code, words in answer.text) == (404, True), path
    staff = client.get("/equipe/connexion?langue=ar")
    assert 'lang="fr"' in root(staff.text)


def test_a_language_that_is_not_ours_changes_nothing(client: FlaskClient, world: World) -> None:
    assert world
    for code in ("de", "", "fr-falc%00", "../../etc"):
        assert root(client.get(f"/?langue={code}").text) == '<html lang="fr" dir="ltr">'


def test_easy_french_has_larger_letters(client: FlaskClient, world: World) -> None:
    assert world
    assert re.search(r'<body class="tenant +easy">', client.get("/?langue=fr-falc").text)
    assert root(client.get("/?langue=fr-falc").text) == '<html lang="fr" dir="ltr">'


def test_a_sign_of_french_never_begins_a_line(client: FlaskClient, world: World) -> None:
    assert world
    assert "Quel est votre bailleur\u00a0?" in client.get("/").text
    assert "En danger ?" not in client.get("/?langue=fr-falc").text
    assert "Quel est votre bailleur ?" in client.get("/?langue=en").text
