"""Every address of the staff face, filled with ids of one's choice; and the forms its pages hold."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from service.models.database import Base

# What an address names -> the table where one of it is found. A name that is not here fails the tests over all
# addresses: add it, so that the ids of others are tried there too.
TABLES = {
    "act_id": "bulk_acts",
    "attachment_id": "attachments",
    "contact_id": "on_call_contacts",
    "contract_id": "contracts",
    "batch_id": "letter_batches",
    "closure_id": "closure_days",
    "commitment_id": "commitments",
    "complaint_id": "complaints",
    "delivery_id": "deliveries",
    "endpoint_id": "endpoints",
    "event_id": "events",
    "export_id": "exports",
    "hold_id": "holds",
    "incident_id": "incidents",
    "key_id": "passkeys",
    "line_id": "routing_rules",
    "organisation_id": "organisations",
    "person_id": "staff",
    "proposal_id": "proposals",
    "rule_id": "retention_rules",
    "session_id": "staff_sessions",
    "target_id": "targets",
    "team_id": "teams",
    "template_id": "answer_templates",
    "version_id": "routing_versions",
    "view_id": "saved_views",
}
# The same name for something else.
ELSEWHERE = (("/equipe/administration/connexions/cles/", "key_id", "api_keys"),)
# What an address names that is no id: one value to try.
WORDS = {"slug": "amont", "kind": "assign", "token": "inconnu"}
NAME = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")

Ids = Mapping[str, Sequence[str]]


def staff_rules(app: Flask) -> list[Rule]:
    """Return the addresses of the staff face."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]


def names_of(rule: Rule) -> list[str]:
    """Return what an address names; a name of no table fails."""
    names = NAME.findall(str(rule))
    unknown = set(names) - TABLES.keys() - WORDS.keys()
    assert not unknown, f"{rule}: say in tests/crawl.py what {unknown} is"
    return names


def table_of(rule: Rule, name: str) -> str:
    """Return the table of what an address names."""
    for path, special, table in ELSEWHERE:
        if special == name and str(rule).startswith(path):
            return table
    return TABLES[name]


def named_ids(rule: Rule) -> list[str]:
    """Return the tables of the ids that an address names, in their order."""
    return [table_of(rule, name) for name in names_of(rule) if name not in WORDS]


def fill(rule: Rule, ids: Mapping[str, str]) -> str:
    """Return an address with a value for each of its names."""
    values = {name: WORDS.get(name) or ids[table_of(rule, name)] for name in names_of(rule)}
    return NAME.sub(lambda found: values[found[1]], str(rule))


EVERY = (*TABLES.values(), *(table for _, _, table in ELSEWHERE))


def ids_of(engine: Engine, member_id: UUID) -> dict[str, list[str]]:
    """Return the ids of a member's rows, by table."""
    found = {}
    with engine.connect() as connection:
        for table in Base.metadata.tables.values():
            if {"member_id", "id"} <= set(table.columns.keys()):
                rows = text(f"select id from {table.name} where member_id = :member order by id")
                found[table.name] = [*map(str, connection.scalars(rows, {"member": member_id}))]
    return found


@dataclass
class Form:
    """A form of a page: where it goes, and what each of its fields holds when nothing is typed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def typed(self) -> dict[str, str]:
        """Return the form as somebody in a hurry sends it: the first choice, and a word in every empty field."""
        return {name: value or next(iter(filter(None, self.choices.get(name, ()))), "Bonjour") for name, value in
                self.fields.items()}  # fmt: skip


def forms_of(page: str) -> list[Form]:
    """Return the forms that a page sends with POST."""
    reader = _Reader()
    reader.feed(page)
    return [one for one in reader.found if one.action]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.form: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            self.found += [self.form] if self.form else []
        elif self.form and tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._read(tag, given, self.form)
        elif self.form and tag == "option" and self.select:
            self.form.choices.setdefault(self.select, []).append(given.get("value", ""))

    def _read(self, tag: str, given: Mapping[str, str], form: Form) -> None:
        name, value = given["name"], given.get("value", "")
        self.select = name if tag == "select" else ""
        form.fields.setdefault(name, value)
        if value:
            form.choices.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "select":
            self.select = ""


def uuids_in(values: Mapping[str, str]) -> Iterator[str]:
    """Return the names of the fields that hold an id."""
    for name, value in values.items():
        try:
            UUID(value)
        except ValueError:
            continue
        yield name
