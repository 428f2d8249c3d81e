"""A12: what surrounds the figures (sizes, order, headings, errors, logs) tells nothing that they do not."""

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.press import Noise
from service.logs import WithoutMessages, configure_logging
from service.models.database import db
from service.settings import Settings
from tests.privacy.city import SEPTEMBER, City, press_of, publish
from tests.privacy.conftest import Report
from tests.privacy.readers import OF_NO_MATTER, PREFIXES, ask, body, program, reader
from tests.town import Message, Town

pytestmark = [pytest.mark.services, pytest.mark.privacy]

PLANTED = 7919  # households about one subject: a number that nothing else would write
WRONG = (
    "/reseau/inconnu", "/reseau/?mois=1999-01", "/reseau/?mois=x", "/reseau/tendances.csv?mois=1999-01",
    "/reseau/api/v1/tables/INCONNU/2026-09-01", "/reseau/api/v1/tables/C1/1999-01-01", "/reseau/api/v1/tables/C1/x",
)  # fmt: skip
Answers = Mapping[str, tuple[int, Sequence[tuple[str, str]], bytes]]


def answers(app: Flask, clients: Sequence[FlaskClient], prefixes: Sequence[str] = PREFIXES) -> Answers:
    """Return all that a reader and a program are answered: status, headings, bytes."""
    made = {}
    for number, client in enumerate(clients):
        found = ask(app, client, prefixes) | {address: client.get(address) for address in WRONG}
        for address, answer in found.items():
            headings = [(name, value) for name, value in answer.headers if name not in OF_NO_MATTER]
            made[f"{number} {address}"] = (answer.status_code, headings, body(answer))
    return made


def structure(published: Sequence[Any]) -> list[tuple[object, ...]]:
    return [(one.number, one.product, one.period, one.keys, one.sigma, one.rho, one.most, one.cap) for one in published]


@contextmanager
def listening(app: Flask) -> Iterator[io.StringIO]:
    """Hear every log of the process from the lowest level on, as the service writes them."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure_logging()
    # The queries of a release hold counts: nothing of ours turns their log on.
    assert logging.getLogger("sqlalchemy.engine").getEffectiveLevel() >= logging.WARNING
    with app.app_context():
        assert not db.engine.echo
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutMessages("%(levelname)s %(name)s %(message)s"))
    ours = {
        one: one.level
        for one in map(logging.getLogger, list(logging.root.manager.loggerDict))
        if not one.name.startswith("sqlalchemy")
    }
    root.handlers = [handler]
    for one in (root, *ours):
        one.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.handlers = before
        root.setLevel(level)
        for one, was in ours.items():
            one.setLevel(was)


class Broken:
    """A noise that fails: its error holds what it was given, as errors do."""

    def __init__(self, inner: Noise) -> None:
        self.inner = inner

    def draw(self, counts: Sequence[int], *_others: Any) -> list[int]:
        raise RuntimeError(f"cannot draw {list(counts)}")


def test_all_that_surrounds_the_figures_depends_on_the_figures_alone(
    city: City, app: Flask, ports: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    """One network draws; another, with other households, is given what was drawn: readers cannot tell them apart."""
    city.watch()
    city.fill((SEPTEMBER,), 40)
    press, _ = press_of(app, tmp_path / "releases")
    drawn = publish(app, ports, press, SEPTEMBER)
    readers = (reader(app), program(app, ports))
    first = answers(app, readers)
    forget_all(city, "complaints")
    city.write(("amont", one, "chauffage", SEPTEMBER) for one in city.homes["amont", "urbain"][:7])
    assert publish(app, ports, press, SEPTEMBER) == drawn
    second = answers(app, readers)
    assert len(first) > 10
    assert [address for address in first if first[address] != second.get(address)] == []
    assert first.keys() == second.keys()

    other, _ = press_of(app, tmp_path / "others")
    forget_all(city)
    assert structure(publish(app, ports, other, SEPTEMBER)) == structure(drawn)

    monkeypatch.setitem(app.view_functions, "network.show_model", _leak(city))
    leaking = answers(app, readers, ("/reseau/modele",))
    forget_all(city, "complaints")
    city.write(("amont", one, "chauffage", SEPTEMBER) for one in city.homes["amont", "urbain"][:9])
    publish(app, ports, other, SEPTEMBER)
    other_leaking = answers(app, readers, ("/reseau/modele",))
    assert "0 /reseau/modele" in [one for one in leaking if leaking[one] != other_leaking[one]], "not found"
    report(
        "A12",
        "rien ne change autour des chiffres quand les foyers changent",
        f"0 octet de différence sur {len(first)} réponses, erreurs comprises",
        caught="une réponse dont la taille suit le vrai nombre",
    )


def _leak(city: City) -> Callable[[], tuple[str, dict[str, str]]]:
    """Seeded fault: an answer whose ETag follows what is in the members' tables."""

    def show() -> tuple[str, dict[str, str]]:
        with city.engine.connect() as connection:
            count = connection.exec_driver_sql("select count(*) from complaints").scalar_one()
        return "Rien", {"ETag": f'"{hash(count)}"'}

    return show


def forget_all(city: City, *others: str) -> None:
    """Bring the database back to a day before anything was published."""
    held = ("trend_snapshots", "trend_charges", "trend_errata")
    with city.engine.begin() as connection:
        for table in held:
            connection.exec_driver_sql(f"alter table {table} disable trigger user")
        for table in ("trend_snapshots", "trend_charges", "trend_contributions", "own_figures", *others):
            connection.exec_driver_sql(f"delete from {table}")
        for table in held:
            connection.exec_driver_sql(f"alter table {table} enable trigger user")


def test_no_log_and_no_error_holds_an_exact_number(
    city: City,
    app: Flask,
    ports: Ports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    report: Report,
) -> None:
    number = re.compile(rf"\b{PLANTED}\b")
    town = Town(settings.database_owner_url, city.members["aval"].id)
    (homes,) = town.residences([PLANTED], "urbain")
    town.write(Message(uuid4(), one, datetime(2026, 9, 15, 9, tzinfo=UTC), "chauffage") for one in homes)
    press, drawn = press_of(app, tmp_path)
    with listening(app) as heard:
        with pytest.raises(RuntimeError, match=number.pattern):
            _failing(lambda: publish(app, ports, replace(press, noise=Broken(press.noise)), SEPTEMBER))
        publish(app, ports, press, SEPTEMBER)
        clean = heard.getvalue()
    assert any(PLANTED in counts for counts, _ in drawn.draws)
    assert "RuntimeError" in clean  # the log was heard
    assert not number.search(clean)
    assert not number.search(app.test_client().get("/metrics").text)

    count = trends._count

    def counted(*given: Any) -> dict[str, int]:
        table: dict[str, int] = count(*given)
        logging.getLogger("service.journey.trends.trends").debug("counted %s", table)
        return table

    monkeypatch.setattr(trends, "_count", counted)
    with listening(app) as heard:
        forget_all(city)
        publish(app, ports, press_of(app, tmp_path / "again")[0], SEPTEMBER)
        assert number.search(heard.getvalue()), "the seeded log was not found"
    report(
        "A12",
        "",
        f"le nombre exact {PLANTED} n'est dans aucun journal",
        caught="le tableau exact écrit au journal",
    )


def _failing(act: Callable[[], object]) -> None:
    """Let an act fail as a process does: its error is logged."""
    try:
        act()
    except RuntimeError:
        logging.getLogger("service.clock").exception("clock_failed")
        raise
