"""Reading a table from a file a spreadsheet wrote: CSV or XLSX, as rows of cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how an XLSX and an old XLS begin
_SEPARATORS = ";,\t"
LATIN = (
    "Le fichier n'est pas en UTF-8 : il est lu comme venant d'un ancien Windows. "
    "Vérifiez les accents, ou enregistrez-le en « CSV UTF-8 »."
)
Row = tuple[int, Sequence[object]]  # the number of the line as people see it, and its cells


class NotATable(Exception):
    """The file cannot be read as a table; the message says why, in French."""


@dataclass(frozen=True)
class Table:
    """The first filled line, the lines behind it, and what is to be told of how they were read."""

    header: Sequence[object]
    rows: list[Row]
    warnings: tuple[str, ...] = ()


def read_table(path: Path) -> Table:
    """Return the table of a file.

    Raises
    ------
    NotATable
        When it holds none.

    """
    content = path.read_bytes()
    warnings: tuple[str, ...] = ()
    if content.startswith(_SPREADSHEETS):
        rows = _spreadsheet(content)
    else:
        text, warnings = _decode(content)
        rows = _lines(text)
    filled = [row for row in rows if any(cell is not None and str(cell).strip() for cell in row[1])]
    if not filled:
        raise NotATable("Le fichier est vide.")
    return Table(filled[0][1], filled[1:], warnings)


def _spreadsheet(content: bytes) -> Iterable[Row]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as failure:
        raise NotATable("Ce classeur ne s'ouvre pas : enregistrez-le de nouveau, au format XLSX ou CSV.") from failure
    return enumerate(sheet, start=1)


def _decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), (LATIN,)


def _lines(text: str) -> Iterable[Row]:
    """Yield the records of a CSV with the number of the line each begins on."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as failure:
        raise NotATable(f"Le fichier ne se lit plus à partir de la ligne {number}.") from failure
