"""Files for old systems: one line of a table each, in the columns that maintenance software exchanges."""

import csv
import io
from collections.abc import Mapping

# The columns of an operation as Intent Technologies' exchange files name them.
COLUMNS = (
    "reference",
    "description",
    "contractReference",
    "status",
    "event",
    "eventDate",
    "logDate",
    "serviceCode",
    "location.assetReference",
    "workType",
    "contacts",
    "criticalLevel",
    "equipmentWorkingOrder",
    "origin",
)
# what is told -> (status of the operation, event)
STATES = {
    "arrival": ("open", "requested"),
    "handover": ("open", "requested"),
    "answered": ("pending", "acknowledged"),
    "closed": ("closed", "done"),
    "withdrawn": ("closed", "canceled"),
}
DONE = frozenset({"solved", "partly_solved", "answered"})  # outcomes of a complaint after which something was done
# Spreadsheets take what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_line(values: Mapping[str, str]) -> bytes:
    """Return a file with its header and one line, in UTF-8, separated by semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow([neutral(values.get(column, "")) for column in COLUMNS])
    return text.getvalue().encode("utf-8")


def neutral(value: str) -> str:
    """Return the value so that no spreadsheet computes it."""
    flat = value.replace("\0", "")
    return f"'{flat}" if flat.lstrip(" \u00a0\u202f").startswith(FORMULA) else flat


def state_of(purpose: str, outcome: str | None) -> tuple[str, str]:
    """Return the status of the operation and the event, for what is told."""
    if purpose == "closed" and outcome not in DONE:
        return "closed", "canceled"
    return STATES[purpose]
