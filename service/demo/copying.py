"""Bringing rows into PostgreSQL by COPY, in the order foreign keys ask for."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Protocol

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

from service.models.database import Base


class Row(Protocol):
    """Anything with a table's name and one attribute for each of its columns."""

    @property
    def __tablename__(self) -> str:
        """The table's name."""
        ...


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _writers(columns: Iterable[Column[Any]]) -> list[tuple[str, object, Callable[[object], object]]]:
    return [(column.key, _default(column), Jsonb if isinstance(column.type, JSONB) else _plain) for column in columns]


def _default(column: Column[Any]) -> object:
    """Return what stands in a column that a row says nothing of."""
    default = column.default
    if default is None or column.primary_key:
        return None
    return default.arg(None) if default.is_callable else default.arg  # type: ignore[attr-defined]


def copy_rows(connection: psycopg.Connection[Any], rows: Iterable[Row]) -> dict[str, int]:
    """Copy the rows; return how many went to each table."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[row.__tablename__].append(row)
    for table in Base.metadata.sorted_tables:
        if table.name in by_table:
            columns = [one for one in table.columns if one.identity is None and one.computed is None]
            _copy(connection, table.name, columns, by_table[table.name])
    return {name: len(found) for name, found in by_table.items()}


def _copy(connection: psycopg.Connection[Any], table: str, columns: list[Column[Any]], rows: list[Row]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
    writers = _writers(columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_written(getattr(row, name), default, write) for name, default, write in writers])


def _written(value: object, default: object, write: Callable[[object], object]) -> object:
    kept = default if value is None else value
    return None if kept is None else write(kept)
