"""A mail as people open it: in their language, on a dark screen, read aloud, without images."""

from html.parser import HTMLParser

from service.domain.languages import tongue_of
from service.journey.news.messages import Frame, Letter, Title, Typed

FRAME = Frame(
    tongue_of("fr"), "Amont Habitat", "#1d5b43", ("Appelez le 03 53 01 00 00.",), (("Changer", "https://a/b"),)
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(letter: Letter, frame: Frame = FRAME) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Reader()
    reader.feed(letter.html(frame))
    return reader.tags


def test_it_has_a_language_one_heading_and_no_image() -> None:
    found = tags(Letter("Objet", ["Un.", Title("Deux"), "Trois."], [("Suivre", "https://a/suivi")], heading="Titre"))
    names = [name for name, _attributes in found]
    assert names.count("h1") == 1
    assert not {"img", "table", "script"} & set(names)
    html = next(attributes for name, attributes in found if name == "html")
    assert (html["lang"], html["dir"]) == ("fr", "ltr")


def test_arabic_is_read_from_the_right_and_what_staff_typed_stays_french() -> None:
    found = tags(Letter("Objet", [Typed("Il passe demain."), "…"]), Frame(tongue_of("ar"), "Amont Habitat"))
    assert next(attributes for name, attributes in found if name == "html")["dir"] == "rtl"
    typed = [attributes for name, attributes in found if name == "p" and attributes.get("lang") == "fr"]
    assert len(typed) == 1
    assert typed[0]["dir"] == "auto"


def test_the_digits_of_a_telephone_number_stay_together() -> None:
    assert "03\u00a053\u00a001\u00a000\u00a000" in Letter("Objet", []).html(FRAME)
    assert "03 53 01 00 00" in Letter("Objet", []).text(FRAME)


def test_it_may_turn_dark_and_shows_a_second_line_beside_the_subject() -> None:
    page = Letter("Objet", ["Un."], preheader="Ce qui suit").html(FRAME)
    assert "prefers-color-scheme:dark" in page
    assert page.index("Ce qui suit") < page.index("<h1")


def test_words_that_look_like_html_stay_words() -> None:
    page = Letter("<b>", [Typed('<img src=x onerror="a()">')], [('"><script>', 'https://a/"><script>')]).html(FRAME)
    assert "<img" not in page
    assert "<script" not in page


def test_the_plain_part_says_the_same_with_its_links() -> None:
    text = Letter("Objet", ["Un."], [("Suivre", "https://a/suivi")]).text(FRAME)
    assert text.startswith("Un.\n\nSuivre :\nhttps://a/suivi\n")
    assert text.rstrip().endswith("Changer :\nhttps://a/b")
