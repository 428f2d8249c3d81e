"""The attacks on the published figures: a fast lane with all tests, the full one by `make privacy`.

PRIVACY_FULL runs the full lane. PRIVACY_REPORT names the file in which the results are written for the data sheet:
only when every attack ran and nothing failed.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from service.settings import Settings
from tests.privacy.city import City, open_city
from tests.privacy.report import ATTACKS, Record, as_json, by_attack, is_whole
from tests.world import World

_NAME = "privacy"
_IS_FULL = bool(os.environ.get("PRIVACY_FULL"))
_PATIENCE = 900  # seconds for one test of the full lane, on a machine that does other things too
_records: list[Record] = []

Report = Callable[..., None]


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether the full lane runs."""
    return _IS_FULL


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of the full lane the time that they need; those of the fast one have as much as any test."""
    for item in items if _IS_FULL else ():
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(_PATIENCE))


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Write down what an attack found, after its assertions; kept if the test ends well.

    `claimed`, `measured`, `caught` (the seeded faults that were found) and `detail` are read on the data sheet: short,
    plain French, without a final full stop.
    """

    def write(attack: str, claimed: str, measured: str, *, caught: str, detail: str = "") -> None:
        assert attack in ATTACKS, attack
        request.node.user_properties.append(
            (_NAME, json.dumps(asdict(Record(attack, claimed, measured, caught, detail))))
        )

    return write


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather the records of the tests that passed, whichever process ran them."""
    if report.when == "call" and report.passed:
        _records.extend(Record(**json.loads(value)) for name, value in report.user_properties if name == _NAME)  # type: ignore[arg-type]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Show one line an attack, and write the run where the data sheet finds it."""
    if not _records:
        return
    terminalreporter.section("Attaques sur les chiffres publiés")
    for one in by_attack(_records):
        terminalreporter.write_line(one.line())
    path = os.environ.get("PRIVACY_REPORT")
    if path is None:
        return
    if exitstatus or not is_whole(_records):
        terminalreporter.write_line(f"{path} n'est pas écrit : une attaque a échoué ou manque.")
        return
    lane = "full" if _IS_FULL else "fast"
    Path(path).write_text(as_json(_records, lane=lane, day=datetime.now(UTC).date()), encoding="utf-8")
    terminalreporter.write_line(f"{path} est écrit.")


@pytest.fixture
def city(world: World, settings: Settings) -> Iterator[City]:
    """Six members on the test's own database."""
    with open_city(world, settings) as opened:
        yield opened


@pytest.fixture
def within(app: Flask) -> Iterator[None]:
    """The application's context, for tests that send no request: what one request keeps, another must not find."""
    with app.app_context():
        yield
