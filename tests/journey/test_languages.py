from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service.domain.languages import LANGUAGES
from service.journey import languages
from service.journey.languages import language
from tests.catalogues import write_catalogue

PHOTOS = ("%(num)s photo", "%(num)s photos")
DAY = date(2026, 12, 1)
ARABIC = ("لا صور", "صورة واحدة", "صورتان", "%(num)s صور", "%(num)s صورة", "%(num)s من الصور")
UKRAINIAN = ("%(num)s світлина", "%(num)s світлини", "%(num)s світлин")


@pytest.fixture(autouse=True)
def _catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few sentences in Arabic, Ukrainian, English and easy French."""
    write_catalogue(tmp_path, "ar", {PHOTOS: ARABIC, "%(day)s à %(hour)s": "%(day)s، الساعة %(hour)s"})
    write_catalogue(tmp_path, "uk", {PHOTOS: UKRAINIAN})
    write_catalogue(tmp_path, "en", {PHOTOS: ("%(num)s photo", ""), "Bonjour %(name)s": "Hello %(name)s"})
    write_catalogue(tmp_path, "fr-falc", {"Votre sollicitation": "Votre message"})
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    language.cache_clear()
    yield
    language.cache_clear()


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "لا صور"), (1, "صورة واحدة"), (2, "صورتان"), (3, "3 صور"), (10, "10 صور"), (11, "11 صورة"),
        (99, "99 صورة"), (100, "100 من الصور"), (103, "103 صور"), (111, "111 صورة"),
    ],
)  # fmt: skip
def test_arabic_has_six_forms(number: int, form: str) -> None:
    assert language("ar").ngettext(*PHOTOS, number) == form


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "0 світлин"), (1, "1 світлина"), (2, "2 світлини"), (4, "4 світлини"), (5, "5 світлин"),
        (11, "11 світлин"), (12, "12 світлин"), (21, "21 світлина"), (22, "22 світлини"), (100, "100 світлин"),
    ],
)  # fmt: skip
def test_ukrainian_has_three_forms(number: int, form: str) -> None:
    assert language("uk").ngettext(*PHOTOS, number) == form


@pytest.mark.parametrize("code", ["fr", "fr-falc", None, "de"])
def test_the_plural_of_french_begins_at_two(code: str | None) -> None:
    said = [language(code).ngettext(*PHOTOS, number) for number in (0, 1, 2, 1200)]
    assert said[:3] == ["0 photo", "1 photo", "2 photos"]
    assert said[3].startswith("1\u202f200")


def test_what_is_not_translated_is_said_in_french() -> None:
    assert language("en").gettext("Bonjour %(name)s", name="Marie") == "Hello Marie"
    assert language("ar").gettext("Bonjour %(name)s", name="Marie") == "Bonjour Marie"
    assert language("tr").gettext("Bonjour %(name)s", name="Marie") == "Bonjour Marie"
    assert language("tr").ngettext(*PHOTOS, 0) == "0 photo"
    assert language("fr-falc").gettext("Votre sollicitation") == "Votre message"


def test_a_form_left_empty_is_said_in_french_too() -> None:
    assert language("en").ngettext(*PHOTOS, 3) == "3 photos"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("fr", "mardi 1er décembre 2026"),
        ("fr-falc", "mardi 1er décembre 2026"),
        ("en", "Tuesday, 1 December 2026"),
        ("ar", "الثلاثاء، 1 ديسمبر 2026"),
        ("tr", "1 Aralık 2026 Salı"),
        ("uk", "вівторок, 1 грудня 2026"),
        ("pt", "terça-feira, 1 de dezembro de 2026"),
    ],
)
def test_a_day_is_said_in_words(code: str, words: str) -> None:
    assert words in language(code).day(DAY).replace("\u202f", " ")


def test_an_hour_is_that_of_france_in_every_language() -> None:
    evening = datetime(2026, 12, 1, 21, 5, tzinfo=UTC)
    assert language("fr").moment(evening) == "mardi 1er décembre 2026 à 22 h 05"
    for tongue in LANGUAGES[2:]:
        assert {"22:05", "10:05"} & set(language(tongue.code).moment(evening).replace("\u202f", " ").split()), (
            tongue.code
        )
    assert "الساعة" in language("ar").moment(evening)


def test_a_number_is_written_in_the_figures_of_telephones() -> None:
    for tongue in LANGUAGES:
        assert language(tongue.code).number(1234).translate({ord(sign): None for sign in ".,\u202f\xa0 "}) == "1234"


def test_a_region_is_understood_and_an_unknown_language_is_french() -> None:
    assert [language(code).code for code in ("pt-BR", "AR", "de", "", None)] == ["pt", "ar", "fr", "fr", "fr"]
