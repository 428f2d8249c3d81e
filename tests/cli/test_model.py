"""`flask model …`: what the text model's own program is given, what is left behind, and what is said when it fails."""

import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.cli import model
from service.journey.classification import classification
from service.journey.ports import Ports
from service.journey.transactions import shared_transaction
from service.models.quality import ModelWeek
from service.settings import ROOT, Settings
from tests.cli.test_commands import run
from tests.world import World

pytestmark = pytest.mark.services


@dataclass
class Program:
    """Stands for the text model's program: keeps what it was started with, and what its file held."""

    code: int = 0
    commands: list[list[str]] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    modes: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    failure: BaseException | None = None

    def run(self, command: list[str], *, cwd: Path, check: bool) -> subprocess.CompletedProcess[bytes]:
        assert cwd == ROOT
        assert not check
        self.commands.append(command)
        for word in command:
            if word.endswith(".jsonl"):
                self.paths.append(Path(word))
                self.modes.append(stat.S_IMODE(Path(word).stat().st_mode))
                self.rows += [json.loads(line) for line in Path(word).read_text(encoding="utf-8").splitlines()]
        if self.failure:
            raise self.failure
        return subprocess.CompletedProcess(command, self.code)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    fake = Program()
    monkeypatch.setattr(model.subprocess, "run", fake.run)
    monkeypatch.setattr(model.tempfile, "tempdir", str(tmp_path))
    return fake


def said_by_people(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    for member in (world.first, world.second):
        body = {
            "text": "Mon radiateur est froid, 06 12 34 56 78",
            "dwelling": {"reference": member.collective},
            "tenant": {"name": "Josiane Perdrix"},
        }
        sent = client.post("/api/v1/complaints", json=body, headers=member.bearer)
        with app.app_context():
            classification.correct(
                member.id, UUID(sent.json["id"]), member.agent_id, category="loyer", urgency="normal", reason="Vu",
                ports=ports,
            )  # fmt: skip


def started(settings: Settings, *words: str) -> list[str]:
    return [sys.executable, "-m", "classifier", *words, "--model", str(settings.model_dir)]


def test_training_takes_what_people_of_every_member_said_and_leaves_no_file(
    app: Flask, client: FlaskClient, world: World, ports: Ports, settings: Settings, program: Program, tmp_path: Path
) -> None:
    said_by_people(app, client, world, ports)
    done = run(app, "model", "train")
    assert done.exit_code == 0, done.output
    assert "Exemples donnés par des personnes, sans nom : 2." in done.output
    assert program.commands == [started(settings, "train", "--corrections", str(program.paths[0]))]
    assert program.modes == [0o600]
    assert [set(row) for row in program.rows] == [{"text", "category", "nature", "urgency", "incident", "author"}] * 2
    assert {row["text"] for row in program.rows} == {"Mon radiateur est froid, [téléphone]"}
    assert list(tmp_path.glob("*.jsonl")) == []


def test_training_without_a_word_of_people_goes_on_the_corpus_alone(
    app: Flask, world: World, settings: Settings, program: Program
) -> None:
    assert world
    assert run(app, "model", "train").exit_code == 0
    assert program.commands == [started(settings, "train")]


@pytest.mark.parametrize("failure", [None, OSError("no such program"), KeyboardInterrupt()])
def test_the_file_goes_whatever_happens(
    app: Flask, client: FlaskClient, world: World, ports: Ports, program: Program, failure: BaseException | None
) -> None:
    said_by_people(app, client, world, ports)
    program.code, program.failure = 2, failure
    done = run(app, "model", "train")
    assert done.exit_code != 0
    assert not program.paths[0].exists()
    if failure is None:
        assert "Le modèle en service reste le même" in done.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_file_goes_when_the_command_is_stopped(
    app: Flask, client: FlaskClient, world: World, ports: Ports, program: Program, monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:  # fmt: skip
    said_by_people(app, client, world, ports)
    before = signal.getsignal(number)

    def stopped(command: list[str], **given: Any) -> subprocess.CompletedProcess[bytes]:
        program.run(command, **given)
        os.kill(os.getpid(), number)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(model.subprocess, "run", stopped)
    assert run(app, "model", "train").exit_code == 128 + number
    assert not program.paths[0].exists()
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("words", [("gate", "abc"), ("promote", "abc"), ("rollback",), ("versions",)])
def test_the_other_commands_are_passed_on(
    app: Flask, world: World, settings: Settings, program: Program, words: tuple[str, ...]
) -> None:
    assert world
    assert run(app, "model", *words).exit_code == 0
    assert program.commands == [started(settings, *words)]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("gate", "abc"), 1, "abc ne passe pas la barrière"),
        (("promote", "abc"), 1, "l'ancienne version reste en service"),
        (("promote", "abc"), 2, "« flask model versions » donne les versions"),
        (("gate", "abc"), -9, "n'a pas abouti"),
        (("rollback",), 2, "n'a pas abouti"),
        (("rollback",), 1, "n'a pas abouti"),
        (("versions",), 1, "n'a pas abouti"),
    ],
)
def test_what_fails_is_said_with_how_to_mend_it(
    app: Flask, world: World, program: Program, words: tuple[str, ...], code: int, sentence: str
) -> None:
    assert world
    program.code = code
    done = run(app, "model", *words)
    assert done.exit_code == 1
    assert sentence in done.output


def test_the_program_is_really_there(app: Flask, world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """No model is trained here: the program says so itself, under its own name."""
    assert world
    done = run(app, "model", "rollback")
    assert done.exit_code == 1
    assert "ModelMissing" in capfd.readouterr().err


def test_adapting_needs_enough_messages(app: Flask, client: FlaskClient, world: World, program: Program) -> None:
    assert client.post("/api/v1/complaints", json={"text": "Froid"}, headers=world.first.bearer).status_code == 201
    done = run(app, "model", "adapt")
    assert done.exit_code == 1
    assert "Messages des 90 derniers jours : 1. Il en faut 300" in done.output
    assert program.commands == []


def test_adapting_gives_recent_messages_without_names(
    app: Flask, client: FlaskClient, world: World, ports: Ports, settings: Settings, program: Program, clock: SetClock,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(model, "FEWEST_TEXTS", 2)
    client.post("/api/v1/complaints", json={"text": "Trop vieux"}, headers=world.first.bearer)
    clock.forward(timedelta(days=91))
    said_by_people(app, client, world, ports)
    assert run(app, "model", "adapt").exit_code == 0
    assert program.commands == [started(settings, "adapt", str(program.paths[0]))]
    assert program.rows == [{"text": "Mon radiateur est froid, [téléphone]"}] * 2
    assert program.modes == [0o600]
    assert list(tmp_path.glob("*.jsonl")) == []


def test_weeks_are_summed_up_and_shown_with_their_alarms(app: Flask, world: World) -> None:
    assert world
    assert "0 semaine(s)" in run(app, "model", "weeks").output
    assert "Aucune semaine n'est encore résumée" in run(app, "model", "drift").output
    with app.app_context(), shared_transaction() as session:
        for weeks in range(9):
            session.add(
                ModelWeek(
                    week=date(2026, 11, 16) - timedelta(weeks=weeks), model_version="one", messages=100, abstained=0,
                    confidence=0.5, unknown_share=0.1 if weeks else 0.4, overridden=0, drawn=0, audited=0,
                    audited_right=0,
                )
            )  # fmt: skip
    shown = run(app, "model", "drift")
    assert shown.exit_code == 0
    words = shown.output.replace("\u202f", " ")
    assert "2026-11-16  one  100 messages" in words
    assert f"inconnus  {'█' * 12}{' ' * 18} 40,0 %" in words
    assert "ALERTE. Mots inconnus : 40,0 %" in words
