"""Dwellings of a member and what is written from them, brought into PostgreSQL in bulk, as the owner of the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

import psycopg

_numbers = count(1)
_STAGE = """
create temporary table told (
    id uuid, dwelling uuid, at timestamptz, category text, abstained boolean, first_category text, hops integer,
    target text, answer_due_at timestamptz, answer_done_at timestamptz, full_due_at timestamptz,
    full_done_at timestamptz, full_days integer, reopenings integer, was_extended boolean, words text, score integer,
    terms text[]
)
"""
_COMPLAINTS = """
insert into complaints (
    id, member_id, reference, tracking_token, status, submitted_at, text, channel, place_given, preferred_channel,
    language, dwelling_id, category, abstained, first_category, hops, target, answer_due_at, answer_done_at,
    full_due_at, full_done_at, full_days, reopenings, was_extended, promised_answer_by, danger, danger_types,
    danger_is_judged, alternatives, words, category_by_person)
select id, %(member)s, id::text, 'lien ' || id, 'delivered', at, told.words, 'extranet', '{}', 'email', 'fr', dwelling,
    category, abstained, first_category, hops, target, answer_due_at, answer_done_at, full_due_at, full_done_at,
    full_days, reopenings, was_extended, at::date, 'none', '[]', false, '[]', '[]', false
from told
"""
_OPINIONS = """
insert into feedback (id, member_id, complaint_id, score, at)
select gen_random_uuid(), %(member)s, id, score, at from told where score is not null
"""
_SIGHTINGS = """
insert into term_sightings (id, member_id, complaint_id, term)
select gen_random_uuid(), %(member)s, id, unnest(terms) from told
"""


@dataclass(frozen=True)
class Message:
    """One complaint as far as it is counted."""

    id: UUID
    dwelling: UUID | None
    at: datetime
    category: str | None = "chauffage"
    abstained: bool = False
    first_category: str | None = None
    hops: int = 0
    target: str | None = "team"
    answer_due_at: datetime | None = None
    answer_done_at: datetime | None = None
    full_due_at: datetime | None = None
    full_done_at: datetime | None = None
    full_days: int | None = None
    reopenings: int = 0
    was_extended: bool = False
    words: str = "Un message"
    score: int | None = None
    terms: Sequence[str] = ()  # sightings as a release would note them


class Town:
    """A member's patrimoine and messages, written past row-level security."""

    def __init__(self, owner_url: str, member_id: UUID) -> None:
        self.url, self.member_id = owner_url.replace("+psycopg", "", 1), member_id

    def residences(self, sizes: Sequence[int], area: str | None = None) -> list[list[UUID]]:
        """Add residences of so many dwellings; return the dwellings of each."""
        homes = [[uuid4() for _ in range(size)] for size in sizes]
        ids = [uuid4() for _ in sizes]
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute("select id from agencies where member_id = %s limit 1", [self.member_id])
            row = cursor.fetchone()
            assert row
            columns = "id, member_id, name, agency_id, postcode, insee, city, heating, has_lift, area_type"
            with cursor.copy(f"copy residences ({columns}) from stdin") as copy:
                for one in ids:
                    name = f"Résidence {next(_numbers)}"
                    copy.write_row(
                        (one, self.member_id, name, row[0], "80000", "80021", "Amiens", "collective", True, area)
                    )
            columns = "id, member_id, reference, residence_id, address_line, address_key"
            with cursor.copy(f"copy dwellings ({columns}) from stdin") as copy:
                for residence, dwellings in zip(ids, homes, strict=True):
                    for one in dwellings:
                        copy.write_row((one, self.member_id, f"plus-{next(_numbers)}", residence, "1 rue", "1 rue"))
        return homes

    def write(self, messages: Iterable[Message]) -> None:
        """Add complaints, opinions and sightings of words."""
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(_STAGE)
            columns = ", ".join(field.name for field in fields(Message))
            with cursor.copy(f"copy told ({columns}) from stdin") as copy:
                for one in messages:
                    copy.write_row([*astuple(one)[:-1], list(one.terms)])
            for statement in (_COMPLAINTS, _OPINIONS, _SIGHTINGS):
                cursor.execute(statement, {"member": self.member_id})

    def lighten(self) -> None:
        """Drop what only lists and searches need, so that many complaints are written and changed in no time."""
        with psycopg.connect(self.url) as connection:
            connection.execute("alter table complaints disable trigger sensitive")
            found = connection.execute(
                "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid "
                "where i.indrelid = 'complaints'::regclass and not i.indisunique"
            ).fetchall()
            for (name,) in found:
                connection.execute(f'drop index "{name}"'.encode())

    def execute(self, statement: str, *values: object) -> int:
        """Change something as the owner of the tables; return how many rows."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement.encode(), values).rowcount
