"""What is printed of the network: PDF that holds the page's figures, always the same bytes, and nothing hidden."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.bars import Length, draw_bars
from service.charts import Scale, Series, all_months
from service.charts import draw as draw_chart
from service.domain.readability import score_of
from service.journey.trends.published import read_published
from service.network.council import make_council
from service.network.paper import Cover, Style
from service.network.paper_parts import draw_paper
from service.network.paper_words import plain
from service.network.report import COUNCIL, REPORT, draw, drawing
from service.network.sheet import Picture, Section, Table, Tile
from tests.faces.test_network import send, sign_in
from tests.faces.test_network_decisions import TYPED
from tests.faces.test_network_files import MONTHS, SECRET, value_of
from tests.kept_tables import keep
from tests.world import World

COVER = Cover("Tendances", "octobre 2026", "Pour essai", "Source : Sève.", datetime(2026, 11, 5, tzinfo=UTC))
EASY = 50  # of Kandel and Moles: plain French
DOCUMENTS = ("rapport", "conseils")


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pages_of(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def nothing_drawn(_picture: Picture) -> str:
    return '<svg viewBox="0 0 320 152"><rect x="1" y="1" width="9" height="9"/></svg>'


def many_rows(count: int) -> Section:
    rows = tuple((f"Ligne {rank}", str(rank), "n.s.") for rank in range(count))
    return Section("t", "Un tableau", tables=(Table("t", "Des lignes", ("Quoi", "Foyers", "Avant"), rows),))


def test_the_same_parts_make_the_same_bytes() -> None:
    assert draw_paper(COVER, [many_rows(3)], nothing_drawn) == draw_paper(COVER, [many_rows(3)], nothing_drawn)
    later = replace(COVER, made_at=datetime(2026, 12, 5, tzinfo=UTC))
    assert draw_paper(later, [many_rows(3)], nothing_drawn) != draw_paper(COVER, [many_rows(3)], nothing_drawn)


def test_every_page_says_what_it_is_and_its_number_and_repeats_the_heads_of_a_table() -> None:
    pages = pages_of(draw_paper(COVER, [many_rows(120)], nothing_drawn))
    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert f"Page{number}/{len(pages)}" in re.sub(r"\s", "", page)
        assert "Source : Sève" in page.replace("\u00a0", " ")
        assert "Foyers" in page
    assert "octobre 2026" in pages[1]
    seen = re.findall(r"Ligne (\d+)", "\n".join(pages))
    assert [int(rank) for rank in seen] == list(range(120))


def test_a_document_is_named_has_a_language_an_outline_and_words_for_its_charts() -> None:
    line = draw_chart(
        Series(all_months(date(2026, 1, 1), date(2026, 3, 1)), [Decimal(1)] * 3, [False] * 3), Scale(Decimal(2)), "1"
    )
    section = Section("s", "Les thèmes", pictures=(Picture("p", "Logement", line, "Un foyer en mars."),))
    content = draw_paper(COVER, [section], nothing_drawn)
    with pypdfium2.PdfDocument(content) as document:
        assert document.get_metadata_value("Title") == "Tendances, octobre 2026"
        assert [item.get_title() for item in document.get_toc()] == ["Les thèmes"]
    assert b"/Lang (fr)" in content
    assert b"/Alt" in content


@pytest.mark.parametrize(
    "words", ["n.s.", "1\u202f234 ± 15", "−3,5 % ≥ 2 → œuvre d'été « là »", "漢字 🦊", "", "a\x00b", "</svg><script>"]
)
def test_no_words_stop_the_printing(words: str) -> None:
    section = Section(
        "s", words, words, (words, words), (Tile(words, words, words, words, words, words),),
        tables=(Table("t", words, (words, words), ((words, words), (words, words))),), errata=(words,),
    )  # fmt: skip
    assert draw_paper(COVER, [section], nothing_drawn).startswith(b"%PDF")


def test_words_keep_what_western_letters_can_say() -> None:
    assert plain("«été» : 1\u202f234 − œ €") == "«été»\u00a0: 1\u00a0234 - œ €"


def test_long_words_and_many_columns_stay_on_the_page() -> None:
    heads = ("Quoi", *(f"Colonne numéro {rank}" for rank in range(11)))
    rows = (("x" * 200, *("123 456" for _ in range(11))), ("mot " * 60, *("n.s." for _ in range(11))))
    content = draw_paper(COVER, [Section("s", "Large", tables=(Table("t", "Large", heads, rows),))], nothing_drawn)
    assert text_of(content).count("n.s.") == 11


@pytest.mark.services
class TestOfTheNetwork:
    """With published tables."""

    @pytest.fixture
    def reader(self, app: Flask, world: World) -> FlaskClient:
        assert world
        with app.app_context():
            keep(MONTHS, value_of)
        client = app.test_client()
        sign_in(client)
        return client

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_a_document_is_a_page_and_a_pdf(self, reader: FlaskClient, name: str) -> None:
        page, paper = reader.get(f"/reseau/{name}"), reader.get(f"/reseau/{name}.pdf")
        assert (page.status_code, paper.status_code, paper.mimetype) == (200, 200, "application/pdf")
        assert f'filename="seve-{name}-2026-10.pdf"' in paper.headers["Content-Disposition"]
        assert reader.get(f"/reseau/{name}.pdf").data == paper.data
        for text in (page.text, text_of(paper.data)):
            assert "octobre 2026" in text
            assert str(SECRET) not in text
            assert "Aval" not in text

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_an_older_month_is_read_as_it_stood(self, reader: FlaskClient, name: str) -> None:
        assert "septembre 2026" in reader.get(f"/reseau/{name}?mois=2026-09").text
        paper = reader.get(f"/reseau/{name}.pdf?mois=2026-09")
        assert "octobre" not in text_of(paper.data).replace("le 5 octobre 2026", "")  # the day it was published
        assert "seve-" + name + "-2026-09" in paper.headers["Content-Disposition"]
        for wrong in ("2026-13", "2020-01", "'", "2026-9", "2026-09-01", ""):
            assert reader.get(f"/reseau/{name}?mois={wrong}").status_code == 404
            assert reader.get(f"/reseau/{name}.pdf?mois={wrong}").status_code == 404

    def test_every_figure_of_the_report_is_on_paper_too(self, app: Flask, reader: FlaskClient) -> None:
        assert reader
        with app.test_request_context("/reseau/rapport"):
            published = read_published()
            sections, text = REPORT.sections(published), text_of(draw(REPORT, published))
        flat = re.sub(r"\s+", "", text)
        for section in sections:
            assert re.sub(r"\s+", "", plain(section.title)) in flat
            for table in section.tables:
                for row in table.rows:
                    assert all(re.sub(r"\s+", "", plain(cell)) in flat for cell in row), row

    def test_a_decision_stands_under_the_chart_of_its_subject(self, app: Flask, reader: FlaskClient) -> None:
        values = TYPED | {"subject": "residence", "decided": "Un second technicien"}
        assert send(reader, "/reseau/decisions", "/reseau/decisions", **values).status_code == 303
        with app.test_request_context("/reseau/rapport"):
            pictures = [one for section in REPORT.sections(read_published()) for one in section.pictures]
        (said,) = [words for one in pictures for words in one.decisions]
        for address in ("/reseau/", "/reseau/rapport"):
            assert "Un second technicien" in reader.get(address).text.partition('<ul class="said">')[2][:400]
        paper = re.sub(r"\s+", "", text_of(reader.get("/reseau/rapport.pdf").data))
        assert re.sub(r"\s+", "", plain(f"Décidé : {said}")) in paper

    def test_the_pack_of_councils_says_what_the_page_says(self, app: Flask, reader: FlaskClient) -> None:
        assert reader
        with app.test_request_context("/reseau/"):
            shown, handed = REPORT.sections(read_published()), COUNCIL.sections(read_published())
        on_page = {tile.label: tile.value for one in shown for tile in one.tiles}
        tiles = [tile for one in handed for tile in one.tiles]
        assert [tile.value for tile in tiles[:2]] == [on_page[tile.label] for tile in tiles[:2]]
        assert tiles[2].value == on_page["Notes de 7 à 10"]
        assert "n.s." not in {tile.value for tile in tiles}

    def test_the_pack_of_councils_is_easy_to_read_and_shows_no_decision_maker(
        self, app: Flask, reader: FlaskClient
    ) -> None:
        assert reader
        with app.app_context():
            sections = make_council(read_published(), [])
        sentences = [words for one in sections for words in (*one.sentences, one.intro) if len(words.split()) > 3]
        assert len(sentences) > 8
        assert sum(map(score_of, sentences)) / len(sentences) > EASY
        with app.test_request_context("/reseau/conseils"):
            assert len(pages_of(draw(COUNCIL, read_published()))) == 4

    def test_a_chart_on_paper_is_the_chart_of_the_page(self, app: Flask) -> None:
        bars = draw_bars([Length("Chauffage", Decimal(3), "3,0"), Length("Bruit", None, "n.s.")], Scale(Decimal(4)))
        section = Section("s", "Thèmes", pictures=(Picture("p", "Barres", bars, "Trois."),))
        with app.app_context():
            text = text_of(draw_paper(COVER, [section], drawing, Style()))
        assert "Chauffage" in text
        assert "3,0" in text
        assert "n.s." in text


@pytest.mark.services
def test_before_the_first_month_there_is_a_page_that_says_so(app: Flask, world: World) -> None:
    assert world
    client = app.test_client()
    sign_in(client)
    for name in DOCUMENTS:
        for address in (f"/reseau/{name}", f"/reseau/{name}.pdf"):
            answer = client.get(address)
            assert answer.status_code == 404
            assert "Rien n'est encore publié" in answer.text
