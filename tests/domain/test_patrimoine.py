from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from service.domain.columns import COLUMNS, read_header, template
from service.domain.holdings import Checked, check
from service.domain.patrimoine import Fault, Line, read_line

GOOD: Mapping[str, object] = {
    "id_logement": "L1", "code_residence": "R1", "residence": "Les Tilleuls", "agence": "Agence Centre",
    "adresse": "12 bis rue de la République", "batiment": "C", "etage": "3", "porte": "301", "code_postal": "80000",
    "code_insee": "80021", "commune": "Amiens", "chauffage": "collectif", "ascenseur": "oui",
}  # fmt: skip
VERTICALINE, THERMIE = uuid4(), uuid4()
ORGANISATIONS = {"Ascenseurs Verticaline": VERTICALINE, "Thermie des Hortillons": THERMIE, "Thermie du Nord": uuid4()}


def read(**changes: object) -> Line | list[Fault]:
    cells = {**GOOD, **changes}
    return read_line(read_header(list(cells)), 2, list(cells.values()))


def good(**changes: object) -> Line:
    found = read(**changes)
    assert isinstance(found, Line), found
    return found


def reasons(**changes: object) -> list[tuple[str, str]]:
    found = read(**changes)
    assert isinstance(found, list), found
    return [(fault.column, fault.shown) for fault in found]


def check_all(*lines: Mapping[str, object], known: Mapping[str, UUID] = ORGANISATIONS) -> Checked:
    names = list(dict.fromkeys(name for line in lines for name in {**GOOD, **line}))
    rows = [(place, [{**GOOD, **line}.get(name, "") for name in names]) for place, line in enumerate(lines, start=2)]
    return check(read_header(names), rows, known)


def test_a_good_line_gives_its_values() -> None:
    line = good()
    assert (line.reference, line.address_line, line.building, line.floor, line.door) == (
        "L1", "12 bis rue de la République", "C", 3, "301",
    )  # fmt: skip
    assert (line.heating, line.has_lift, line.insee) == ("collective", True, "80021")


def test_an_address_in_parts_is_put_together() -> None:
    parts = {
        "adresse": "",
        "numero": 12.0,
        "indice_repetition": "B",
        "type_voie": "RUE",
        "nom_voie": "de la République",
    }
    assert good(**parts).address_line == "12 B RUE de la République"


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("Référence logement", "reference"), ("ID_LOGEMENT", "reference"), ("Code Postal", "postcode"),
        ("CP", "postcode"),
        ("N° de voie", "number"), ("Indice de répétition", "repetition"), ("Libellé commune", "city"),
        ("Code INSEE", "insee"), ("DEPCOM", "insee"), ("Bât.", "building"), ("Appartement", "door"),
        ("Mode de chauffage", "heating"), ("Libellé résidence", "residence_name"), (" étage ", "floor"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_usual_names(written: str, field: str) -> None:
    assert field in read_header([written]).places


def test_no_name_of_column_stands_for_two_fields() -> None:
    for key, column in COLUMNS.items():
        for name in (column.name, *column.others):
            assert list(read_header([name]).places) == [key], name


def test_missing_columns_are_named_and_unknown_ones_too() -> None:
    header = read_header(["id_logement", "commune", "couleur"])
    assert header.missing == ("agence", "code_postal", "code_insee", "chauffage", "nom_voie ou adresse")
    assert header.unknown == ("couleur",)


def test_the_template_is_accepted_as_it_is() -> None:
    names, example = template()
    checked = check(read_header(names), [(2, example)], ORGANISATIONS | {"Thermie": THERMIE})
    assert checked.faults == []
    assert checked.dwellings == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("02381", "02381"), ("2381", "02381"), (2381.0, "02381"), ("80000.0", "80000"), (80000.0, "80000"),
     (80000, "80000"),
     ("80 000", "80000")],
)  # fmt: skip
def test_a_postcode_that_lost_its_zero_is_mended(typed: object, kept: str) -> None:
    assert good(code_postal=typed).postcode == kept


@pytest.mark.parametrize(
    "typed",
    ["238", "8.0E+04", "800000", "8000A", "", 80000.5, datetime(2026, 1, 1), "00000", "２３８１０"],  # noqa: DTZ001
)
def test_a_postcode_that_cannot_be_mended_is_refused(typed: object) -> None:
    assert [column for column, _ in reasons(code_postal=typed)] == ["code_postal"]


@pytest.mark.parametrize(
    ("typed", "kept"), [("2A004", "2A004"), ("2b033", "2B033"), (2691.0, "02691"), ("02691", "02691")]
)
def test_a_commune_code_stays_text(typed: object, kept: str) -> None:
    assert good(code_insee=typed).insee == kept


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id_logement", ""), ("id_logement", "1,23E+12"), ("id_logement", "1234.0"), ("id_logement", 1e16),
        ("id_logement", date(2026, 2, 1)), ("porte", "01-févr"), ("porte", date(2026, 2, 1)), ("etage", "haut"),
        ("chauffage", "au bois"), ("ascenseur", "peut-être"), ("code_insee", "2C004"), ("commune", ""),
        ("adresse", ""), ("adresse", "12"), ("adresse", "x" * 600), ("commune", "Ami\x00ens"), ("id_rpls", "123"),
        ("siren", "12345"), ("contrats", "ascenseur Verticaline"), ("contrats", "sorcellerie=Verticaline"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_column(column: str, value: object) -> None:
    assert [name for name, _ in reasons(**{column: value})] == [column]


@pytest.mark.parametrize(
    ("typed", "floor"),
    [("RDC", 0), ("Rez-de-chaussée", 0), ("1er", 1), ("3e étage", 3), (4.0, 4), ("-1", -1), ("", None)],
)
def test_a_floor_is_a_number(typed: object, floor: int | None) -> None:
    assert good(etage=typed).floor == floor


def test_every_fault_of_a_line_is_told_with_its_reference() -> None:
    found = read(code_postal="8", code_insee="9", chauffage="bois")
    assert isinstance(found, list)
    assert [fault.column for fault in found] == ["code_postal", "code_insee", "chauffage"]
    assert {fault.reference for fault in found} == {"L1"}


def test_a_reference_met_twice_is_refused_on_both_lines_each_naming_the_other() -> None:
    checked = check_all({}, {"id_logement": "L2"}, {})
    assert [(fault.line, fault.reason) for fault in checked.faults] == [
        (2, "Cette référence est aussi à la ligne 4."),
        (4, "Cette référence est aussi à la ligne 2."),
    ]
    assert [line.reference for holding in checked.holdings for line in holding.lines] == ["L2"]


def test_lines_make_one_residence_by_code_then_by_name_in_a_town_then_by_address() -> None:
    nameless = {"code_residence": "", "residence": ""}
    checked = check_all(
        {"id_logement": "a"}, {"id_logement": "b"}, {"id_logement": "c", "code_residence": ""},
        {"id_logement": "d", "code_residence": "", "residence": "LES TILLEULS"},
        {"id_logement": "e", "code_residence": "", "code_insee": "80674"},
        {"id_logement": "f", **nameless}, {"id_logement": "g", **nameless, "adresse": "12 bis r. de la Republique"},
        {"id_logement": "h", **nameless, "adresse": "14 rue de la République"},
    )  # fmt: skip
    assert checked.faults == []
    assert [[line.reference for line in one.lines] for one in checked.holdings] == [
        ["a", "b"], ["c", "d"], ["e"], ["f", "g"], ["h"],
    ]  # fmt: skip


def test_a_residence_says_one_agency_or_the_other_lines_are_refused() -> None:
    checked = check_all({}, {"id_logement": "L2", "agence": "Agence Nord"}, {"id_logement": "L3", "agence": ""})
    assert [(fault.line, fault.column) for fault in checked.faults] == [(3, "agence")]
    assert checked.holdings[0].agency == "Agence Centre"
    assert len(checked.holdings[0].lines) == 2


def test_heating_that_no_line_says_is_refused_and_the_rest_follows_the_residence() -> None:
    assert {fault.line for fault in check_all({"chauffage": ""}, {"chauffage": "", "id_logement": "L2"}).faults} == {
        2,
        3,
    }
    mixed = check_all(
        {"id_logement": "a"}, {"id_logement": "b", "chauffage": ""}, {"id_logement": "c", "chauffage": "individuel"},
        {"id_logement": "d"},
    )  # fmt: skip
    assert mixed.faults == []
    assert mixed.holdings[0].heating == "collective"


@pytest.mark.parametrize(
    ("written", "area"),
    [("QPV", "qpv"), ("Quartier prioritaire", "qpv"), ("Urbain", "urbain"), ("Péri-urbain", "periurbain"),
     ("périurbain", "periurbain"), ("rural", "rural"), ("", None)],
)  # fmt: skip
def test_a_type_of_area_is_read_in_the_usual_words(written: str, area: str | None) -> None:
    assert good(zone=written).area == area


def test_an_unknown_type_of_area_is_refused_with_what_to_write() -> None:
    found = read(zone="montagne")
    assert isinstance(found, list)
    assert [(fault.column, fault.shown) for fault in found] == [("zone", "montagne")]
    assert "« qpv », « urbain », « périurbain » ou « rural »" in found[0].reason


def test_a_residence_is_where_most_of_its_lines_say() -> None:
    lines = [{"id_logement": f"L{place}", "zone": zone} for place, zone in enumerate(("qpv", "urbain", "qpv", ""))]
    checked = check_all(*lines)
    assert checked.faults == []
    assert checked.holdings[0].area == "qpv"


def test_contracts_name_known_organisations_of_known_trades() -> None:
    checked = check_all({"contrats": "ascenseur=Verticaline; chauffage collectif = thermie des hortillons"})
    assert checked.faults == []
    assert checked.holdings[0].contracts == {"lift": VERTICALINE, "heating_collective": THERMIE}


@pytest.mark.parametrize("written", ["ascenseur=Inconnue", "chaufferie=Thermie"])
def test_an_organisation_unknown_or_of_two_possible_names_refuses_the_line(written: str) -> None:
    checked = check_all({"contrats": written})
    assert [fault.column for fault in checked.faults] == ["contrats"]
    assert checked.holdings == []


def test_one_trade_of_a_residence_has_one_organisation() -> None:
    checked = check_all(
        {"contrats": "ascenseur=Verticaline"}, {"id_logement": "L2", "contrats": "ascenseur=Thermie du Nord"}
    )
    assert [fault.line for fault in checked.faults] == [3]
