"""Files of the network: the same figures as its pages, hidden by the same rule, and nothing that a spreadsheet runs."""

import csv
import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.figures import Figure
from service.domain.products import PRODUCTS, Product, keys_of
from service.journey.trends.published import read_published
from service.network import dictionary
from service.network.cuts import Cut, for_readers
from service.network.files import as_csv
from service.network.lines import lines_of
from service.settings import Settings
from tests.faces.test_network import sign_in
from tests.kept_tables import AREAS, MEMBERS, TERMS, consent, keep
from tests.network_figures import add_members
from tests.world import World

pytestmark = pytest.mark.services

MONTHS = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
SECRET = 7919  # of one member: the network sees it in no file
HIDDEN = 3
OF_C1 = Figure(1234, PRODUCTS["C1"].sigma)


def value_of(product: Product, key: str) -> int:
    if key.endswith(("nuisibles", "relation", "punaise")):
        return HIDDEN
    if product.split == "member":
        return SECRET if key.startswith("aval|") else 2500
    return (SECRET + 5000) // 2 if product.split == "area" else 1234


@pytest.fixture
def reader(app: Flask, world: World) -> FlaskClient:
    assert world
    with app.app_context():
        keep(MONTHS, value_of)
    client = app.test_client()
    sign_in(client)
    return client


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_a_spreadsheet_in_french_opens_the_file(reader: FlaskClient) -> None:
    answer = reader.get("/reseau/tendances.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbftableau;")
    rows = table(answer.text)
    assert {row["tableau"] for row in rows} == set(PRODUCTS)
    (heating,) = [
        row for row in rows if (row["tableau"], row["debut"], row["cle"]) == ("C1", "2026-10-01", "chauffage")
    ]
    assert heating["periode"] == "octobre 2026"
    assert (heating["fin"], heating["theme"], heating["sujet"]) == ("2026-10-31", "Mon logement", "Chauffage")
    assert (heating["foyers"], heating["ns"], heating["marge"]) == ("1234", "non", str(OF_C1.margin))
    assert heating["ecart_type"] == f"{OF_C1.sigma:.4f}".replace(".", ",")
    assert len(heating["instantanes"]) == 64


def test_what_is_not_shown_is_empty_and_never_zero(reader: FlaskClient) -> None:
    rows = [row for row in table(reader.get("/reseau/tendances/C1.csv").text) if row["cle"] == "nuisibles"]
    assert len(rows) == len(MONTHS)
    assert {(row["foyers"], row["ns"]) for row in rows} == {("", "oui")}
    (body,) = [one for one in reader.get("/reseau/tendances/C1.json").json["tables"] if one["period"] == "2026-10-01"]
    (cell,) = [row for row in body["rows"] if row["key"] == "nuisibles"]
    assert cell["value"] is None
    assert cell["ns"] is True
    assert cell["margin"] == OF_C1.margin


def test_no_file_holds_the_line_of_a_member(reader: FlaskClient) -> None:
    for name in ("tendances", *(f"tendances/{code}" for code in PRODUCTS)):
        for extension in ("csv", "json"):
            text = reader.get(f"/reseau/{name}.{extension}").text
            assert str(SECRET) not in text, name
            assert "aval" not in text, name


def test_the_line_of_a_member_is_there_once_all_agree(app: Flask, reader: FlaskClient, settings: Settings) -> None:
    everybody = add_members(settings)
    with app.app_context():
        consent(everybody["amont"], "MF", date(2026, 9, 1))
        consent(everybody["aval"], "MF", date(2026, 9, 1))
    assert str(SECRET) not in reader.get("/reseau/tendances/MF.csv").text  # one hidden member would be told
    with app.app_context():
        consent(everybody["berge"], "MF", date(2026, 9, 1))
    rows = [row for row in table(reader.get("/reseau/tendances/MF.csv").text) if row["perimetre"] == "Bailleur"]
    assert {row["debut"] for row in rows} == {"2026-09-01", "2026-10-01"}  # not what was published before
    assert {row["foyers"] for row in rows if row["lieu"] == "Aval Habitat" and row["cle"] == "logement"} == {
        str(SECRET)
    }
    assert str(SECRET) not in reader.get("/reseau/tendances/Q2.csv").text  # agreed to for one table, not for another


def test_words_are_written_as_on_the_public_list(reader: FlaskClient) -> None:
    details = {row["cle"]: row["detail"] for row in table(reader.get("/reseau/tendances/TERMS.csv").text)}
    assert details == {"punaise": "Punaises", "eau froide": "eau froide"}  # the second is on no list any more
    labels = {row["label"] for one in reader.get("/reseau/tendances/TERMS.json").json["tables"] for row in one["rows"]}
    assert labels == set(details.values())


def test_both_halves_of_a_table_agree(app: Flask, reader: FlaskClient) -> None:
    assert reader
    with app.app_context():
        published = read_published()
        whole = {line.part: line.figure.noisy for line in lines_of(published, Cut("MF", MONTHS[-1]))}
        areas = lines_of(published, Cut("AF", MONTHS[-1]))
    for part, noisy in whole.items():
        assert noisy == pytest.approx(sum(line.figure.noisy for line in areas if line.part == part))


def test_a_name_that_is_no_table_is_not_found(reader: FlaskClient) -> None:
    for name in ("tendances/c1.csv", "tendances/C1.xlsx", "tendances/..%2fC1.csv", "tendances.exe", "dictionnaire.xml"):
        assert reader.get(f"/reseau/{name}").status_code == 404


def test_files_have_the_same_lines_whatever_they_hold(app: Flask, world: World) -> None:
    assert world
    with app.app_context():
        keep(MONTHS, value_of)
        full = [len(lines_of(read_published(), cut)) for cut in for_readers(read_published(), PRODUCTS)]
    assert min(full) > 0
    sizes = {
        code: len(keys_of(product, list(MEMBERS), list(AREAS), TERMS))
        // (len(MEMBERS) if product.split == "member" else 1)
        for code, product in PRODUCTS.items()
    }
    with app.app_context():
        for cut in for_readers(read_published(), PRODUCTS):
            assert len(lines_of(read_published(), cut)) == sizes[cut.code]


def test_the_dictionary_says_every_code_of_every_table(reader: FlaskClient) -> None:
    assert reader
    for code, product in PRODUCTS.items():
        for key in keys_of(product, [], [], TERMS) if product.split == "network" else ():
            for dimension, one in dictionary.codes_in(code, key).items():
                assert dimension == "term" or one in dictionary.WORDS[dimension], (code, key)
    page = reader.get("/reseau/dictionnaire").text
    for product in PRODUCTS.values():
        assert f"<code>{product.code}</code>" in page
        assert product.label.replace("'", "&#39;") in page
    assert {one["product"]: one["sigma"] for one in reader.get("/reseau/dictionnaire.json").json["products"]} == {
        code: round(product.sigma, 4) for code, product in PRODUCTS.items()
    }
    heads = reader.get("/reseau/tendances/C1.csv").text.removeprefix("\ufeff").splitlines()[0].split(";")
    said = [row["code"] for row in table(reader.get("/reseau/dictionnaire.csv").text) if row["ou"] == "colonne"]
    assert said == heads


def test_a_word_that_looks_like_a_formula_is_not_run() -> None:
    assert "\r\n'=1+1;" in as_csv(("a", "b"), [("=1+1", "b")])


def test_an_empty_network_gives_files_without_a_line(app: Flask, world: World) -> None:
    assert world
    client = app.test_client()
    sign_in(client)
    assert len(client.get("/reseau/tendances.csv").text.splitlines()) == 1
    assert client.get("/reseau/tendances.json").json["tables"] == []
