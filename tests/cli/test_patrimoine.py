"""`flask patrimoine …` as a member's computer person uses it: files of all kinds, and what is said of them."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from service.cli import tables
from service.cli.tables import NotATable, read_table
from service.journey.transactions import member_transaction
from service.models.patrimoine import Dwelling, Residence
from tests.cli.test_commands import run
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HEADER = ("Référence", "Résidence", "Agence", "Adresse", "Code postal", "Code INSEE", "Commune", "Chauffage", "Couleur")
GOOD = ("L1", "Les Saules", "Agence de Amiens", "1 rue des Saules", "80000", "80021", "Amiens", "collectif", "bleu")
ACCENTED = (
    "L2",
    "Les Érables",
    "Agence de Amiens",
    "3 rue de l'Été",
    "02100",
    "02691",
    "Saint-Quentin",
    "individuel",
    "",
)


def text_of(rows: Sequence[Sequence[object]], separator: str = ";") -> str:
    return "".join(separator.join(map(str, row)) + "\r\n" for row in rows)


def write(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def write_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> str:
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    workbook.close()
    return str(path)


def bring(app: Flask, member: MemberWorld, file: str, *words: str) -> Result:
    return run(app, "patrimoine", "import", file, "--member", member.slug, *words)


def cities(app: Flask, member: MemberWorld) -> dict[str, str]:
    """Return the town of each open dwelling, by its reference."""
    with app.app_context(), member_transaction(member.id) as session:
        join = select(Dwelling.reference, Residence.city).join(Residence, Residence.id == Dwelling.residence_id)
        return {row.reference: row.city for row in session.execute(join.where(Dwelling.closed_on.is_(None)))}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_csv_is_read_whatever_its_separator_and_encoding(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = (HEADER, GOOD, ACCENTED)
    table = read_table(Path(write(tmp_path / "a.csv", text_of(rows, separator).encode(encoding))))
    assert list(table.header) == list(HEADER)
    assert [(number, list(cells)) for number, cells in table.rows] == [(2, list(GOOD)), (3, list(ACCENTED))]
    assert table.warnings == ((tables.LATIN,) if encoding == "latin-1" else ())


def test_lines_are_numbered_as_people_see_them(tmp_path: Path) -> None:
    content = 'Référence;Note\nL1;"sur\ndeux lignes"\n\nL2;\n'
    assert [number for number, _ in read_table(Path(write(tmp_path / "a.csv", content))).rows] == [2, 5]
    sheet = write_xlsx(tmp_path / "a.xlsx", [(), ("Référence",), ("L1",), (), ("L2",)])
    assert [number for number, _ in read_table(Path(sheet)).rows] == [3, 5]


@pytest.mark.parametrize("content", [b"", b" \n\n", b"PK\x03\x04 torn"])
def test_a_file_without_a_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotATable):
        read_table(Path(write(tmp_path / "a.csv", content)))


def test_a_csv_is_brought_in_and_its_unknown_columns_are_named(app: Flask, world: World, tmp_path: Path) -> None:
    made = bring(app, world.first, write(tmp_path / "a.csv", text_of((HEADER, GOOD, ACCENTED))))
    assert made.exit_code == 0, made.output
    assert "Colonnes inconnues, laissées de côté : Couleur." in made.output
    assert "Logements ajoutés : 2, modifiés : 0, rouverts : 0, fermés : 3." in made.output
    assert cities(app, world.first) == {"L1": "Amiens", "L2": "Saint-Quentin"}


def test_a_workbook_is_brought_in_with_its_numbers_mended(app: Flask, world: World, tmp_path: Path) -> None:
    numbers = (1001, "Les Saules", "Agence de Amiens", "1 rue des Saules", 2100, 2691, "Saint-Quentin", "collectif", "")
    made = bring(app, world.first, write_xlsx(tmp_path / "a.xlsx", [HEADER, numbers]))
    assert made.exit_code == 0, made.output
    with app.app_context(), member_transaction(world.first.id) as session:
        found = session.scalars(select(Residence).where(Residence.name == "Les Saules")).one()
        assert (found.postcode, found.insee) == ("02100", "02691")
        assert session.scalars(select(Dwelling.reference).where(Dwelling.residence_id == found.id)).all() == ["1001"]


def test_missing_columns_stop_with_their_names(app: Flask, world: World, tmp_path: Path) -> None:
    refused = bring(app, world.first, write(tmp_path / "a.csv", "Référence;Commune\nL1;Amiens\n"))
    assert refused.exit_code == 1
    assert "Il manque des colonnes : agence, code_postal, code_insee, chauffage, nom_voie ou adresse." in refused.output


def test_a_header_alone_changes_nothing(app: Flask, world: World, tmp_path: Path) -> None:
    refused = bring(app, world.first, write(tmp_path / "a.csv", text_of((HEADER,))))
    assert refused.exit_code == 1
    assert len(cities(app, world.first)) == 3


def test_refused_lines_are_told_and_reported(app: Flask, world: World, tmp_path: Path) -> None:
    bad = ("L9", *GOOD[1:4], "=8000+1", *GOOD[5:])
    report = tmp_path / "refus.csv"
    file = write(tmp_path / "a.csv", text_of((HEADER, GOOD, bad)))
    refused = bring(app, world.first, file, "--report", str(report))
    assert refused.exit_code == 1
    assert "Ligne 3, colonne « Code postal », valeur « =8000+1 ». Un code postal a cinq chiffres" in refused.output
    assert "Rien n'est écrit" in refused.output
    assert "L1" not in cities(app, world.first)
    with report.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))
    assert rows[0] == ["ligne", "colonne", "valeur", "raison"]
    assert rows[1][:3] == ["3", "Code postal", "'=8000+1"]  # a spreadsheet must not compute it
    written = bring(app, world.first, file, "--partial")
    assert written.exit_code == 0
    assert "L1" in cities(app, world.first)


def test_a_dry_run_says_so(app: Flask, world: World, tmp_path: Path) -> None:
    said = bring(app, world.first, write(tmp_path / "a.csv", text_of((HEADER, GOOD))), "--dry-run")
    assert said.exit_code == 0
    assert "C'était un essai : rien n'est écrit." in said.output
    assert "L1" not in cities(app, world.first)


def test_the_template_can_be_brought_in(app: Flask, world: World, tmp_path: Path) -> None:
    shown = run(app, "patrimoine", "template")
    assert shown.output.startswith("id_logement;")
    file = write(
        tmp_path / "a.csv", shown.output.replace("Verticaline", "chaleur picarde").replace("Thermie", "Picarde")
    )
    made = bring(app, world.first, file)
    assert made.exit_code == 0, made.output
    assert cities(app, world.first) == {"L0012.034": "Amiens"}


def test_an_unknown_member_is_refused(app: Flask, world: World, tmp_path: Path) -> None:
    assert world
    file = write(tmp_path / "a.csv", text_of((HEADER, GOOD)))
    assert run(app, "patrimoine", "import", file, "--member", "personne").exit_code == 1


def test_addresses_of_all_members_are_made_again(app: Flask, world: World) -> None:
    made = run(app, "patrimoine", "readdress")
    assert made.output == f"{world.first.slug} : 4 adresses.\n{world.second.slug} : 4 adresses.\n"
