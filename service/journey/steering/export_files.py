"""Writing a table into a file, line after line: a long one is never whole in memory."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter

from service.domain.drops import neutral
from service.journey.dates import PARIS

Value = str | int | float | Decimal | date | datetime | None
MOST = 1_000_000  # lines that a spreadsheet still opens
_WIDTH = 18  # signs
_SHEET, _ABOUT = "Export", "Cet export"


class TableFile(Protocol):
    """A file on its way. It is opened with a mark that says who asked for what, and stays in it."""

    def write(self, values: Sequence[Value]) -> None:
        """Add a line."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class CsvFile:
    """Semicolons, UTF-8 with the sign by which French spreadsheets know it, dates as ISO says.

    What says where it comes from heads a last column, which is empty: every line below is one of the table.
    """

    def __init__(self, path: Path, heads: Sequence[str], mark: str) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=";", lineterminator="\r\n")
        self._writer.writerow([_in_text(head) for head in (*heads, mark)])

    def write(self, values: Sequence[Value]) -> None:
        """Add a line."""
        self._writer.writerow([*(_in_text(value) for value in values), ""])

    def close(self) -> None:
        """End it."""
        self._file.close()


class XlsxFile:
    """A workbook whose first sheet is the table, and whose second one says where it comes from."""

    def __init__(self, path: Path, heads: Sequence[str], mark: str) -> None:
        self._mark = mark
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._days = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self._moments = self._book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        self._sheet = self._book.add_worksheet(_SHEET)
        self._sheet.set_column(0, max(len(heads) - 1, 0), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        self._columns, self._line = len(heads), 0
        bold = self._book.add_format({"bold": True})
        self._sheet.write_row(0, 0, [neutral(head) for head in heads], bold)

    def write(self, values: Sequence[Value]) -> None:
        """Add a line."""
        self._line += 1
        for place, value in enumerate(values):
            self._put(place, value)

    def _put(self, place: int, value: Value) -> None:
        if isinstance(value, datetime):
            there = value.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
            self._sheet.write_datetime(self._line, place, there, self._moments)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._line, place, value, self._days)
        elif isinstance(value, str):
            self._sheet.write_string(self._line, place, neutral(value))
        elif value is not None:
            self._sheet.write_number(self._line, place, float(value))

    def close(self) -> None:
        """End it, with filters on its header."""
        self._sheet.autofilter(0, 0, self._line, self._columns - 1)
        about = self._book.add_worksheet(_ABOUT)
        about.set_column(0, 0, 100)
        about.write_string(0, 0, neutral(self._mark))
        self._book.close()


FORMATS: dict[str, type[CsvFile | XlsxFile]] = {"csv": CsvFile, "xlsx": XlsxFile}


def _in_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(PARIS).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return neutral(value)
    return "" if value is None else str(value).replace(".", ",")
