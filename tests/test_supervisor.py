import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service import supervisor

ROOT = Path(__file__).parents[1]
START = """
import sys
from pathlib import Path
from service import supervisor

supervisor.ROOT = Path(sys.argv.pop(1))
supervisor.PREPARATION = (
    supervisor.Step("Stand-in", "prepare", (sys.executable, "prepare.py")),
    supervisor.Step("Never", "never", ("false",), is_needed=lambda environment: False),
)
supervisor.PATIENCE_FOR_PORT = 0.5
sys.exit(supervisor.main())
"""
WEB = """
import http.server, os

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
"""
PREPARE = """
import json, os
open("prepared.json", "w").write(json.dumps(dict(os.environ)))
"""
PROCFILE = f"web: {sys.executable} web.py\nworker: {sys.executable} -c 'import time; time.sleep(600)'\n"

pytestmark = pytest.mark.services


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def processes_of(folder: Path) -> set[int]:
    """Every living process that was told of the folder, by an argument, its environment or its place."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            place = str((process / "cwd").readlink())
            if os.fsencode(folder) in words or place.startswith(str(folder)):
                found.add(int(process.name))
    return found


class Seve:
    """One supervisor over stand-in programs in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.said = folder / "said.txt"
        (folder / "Procfile").write_text(PROCFILE)
        (folder / "web.py").write_text(WEB)
        (folder / "prepare.py").write_text(PREPARE)
        self.process: subprocess.Popen[bytes] | None = None

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", START, str(self.folder), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PORT": str(self.port)}

    def start(self) -> None:
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(self.command(), env=self.environment, stdout=said, stderr=said)
        wait_for(lambda: self.has_said("Ctrl-C arrête tout") or self.ended, "Sève did not start")
        assert not self.ended, self.said.read_text()

    def has_said(self, words: str) -> bool:
        return words in self.said.read_text()

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def children(self) -> dict[str, int]:
        """The processes that the supervisor started itself, by the last word of their program."""
        assert self.process is not None
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        named = {}
        for number in listed:
            words = Path(f"/proc/{number}/cmdline").read_bytes().decode()
            for name in ("web.py", "time.sleep", "postgres", "redis-server"):
                if name in words:
                    named[name] = int(number)
        return named

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def seve(tmp_path: Path) -> Iterator[Seve]:
    seve = Seve(tmp_path)
    yield seve
    if not seve.ended:
        seve.end(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_and_a_second_start_finds_the_same_servers(
    seve: Seve, number: signal.Signals
) -> None:
    seve.start()
    first = json.loads((seve.folder / "prepared.json").read_text())
    assert len(seve.children()) == 4
    assert seve.end(number) == 0
    assert processes_of(seve.folder) == set()
    assert not (seve.folder / "var" / "run.json").exists()
    seve.start()
    again = json.loads((seve.folder / "prepared.json").read_text())
    assert {name: first[name] for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}.items() <= again.items()


def test_what_the_programs_are_given(seve: Seve) -> None:
    seve.start()
    given = json.loads((seve.folder / "prepared.json").read_text())
    assert given["DATABASE_URL"].startswith("postgresql+psycopg://seve_app:")
    assert given["DATABASE_OWNER_URL"].startswith("postgresql+psycopg://seve_owner:")
    assert given["BASE_URL"] == f"http://127.0.0.1:{seve.port}"
    assert given["MAIL_DIR"] == str(seve.folder / "var" / "mail")
    assert given["MODEL_DIR"] == str(seve.folder / "var" / "model")
    assert len(given["SECRET_KEY"]) > 40
    assert given["PATH"].startswith(str(Path(sys.executable).parent))


def test_killing_the_supervisor_leaves_nothing_running_and_it_starts_again(seve: Seve) -> None:
    seve.start()
    assert seve.end(signal.SIGKILL) == -signal.SIGKILL
    wait_for(lambda: not processes_of(seve.folder), "something outlived the supervisor")
    seve.start()


def test_each_killed_child_is_started_again(seve: Seve) -> None:
    seve.start()
    first = seve.children()
    for name, killed in first.items():
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda name=name, killed=killed: seve.children().get(name, killed) != killed, f"{name} did not return")
    assert sorted(first) == ["postgres", "redis-server", "time.sleep", "web.py"]
    assert seve.said.read_text().count("s'est arrêté") == 4
    assert not seve.ended


def test_a_second_one_in_the_same_folder_says_where_the_first_runs(seve: Seve) -> None:
    seve.start()
    second = seve.call()
    assert second.returncode == 1
    assert re.search(rf"tourne déjà dans ce dossier, à l'adresse http://127\.0\.0\.1:{seve.port} ", second.stderr)
    assert "Traceback" not in second.stderr
    assert not seve.ended


def test_a_taken_port_is_said_before_anything_starts(seve: Seve) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", seve.port))
        other.listen()
        refused = seve.call()
    assert refused.returncode == 1
    assert f"le port {seve.port} est pris par un autre programme" in refused.stderr
    assert "make run" in refused.stderr
    assert not (seve.folder / "var" / "postgres-18").exists()


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(seve: Seve) -> None:
    (seve.folder / "var").write_text("not a folder")
    refused = seve.call()
    assert refused.returncode == 1
    assert "Vérifiez la place libre, et à qui appartient var/" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_step_that_fails_is_quoted_and_stops_everything(seve: Seve) -> None:
    (seve.folder / "prepare.py").write_text("raise SystemExit('no table of that name')")
    refused = seve.call()
    assert refused.returncode == 1
    assert "« Stand-in » a échoué (code 1)" in refused.stderr
    assert "no table of that name" in refused.stderr
    assert processes_of(seve.folder) == set()


def test_a_program_that_never_starts_is_quoted_and_stops_everything(seve: Seve) -> None:
    (seve.folder / "web.py").write_text("raise SystemExit('no such module')")
    refused = seve.call()
    assert refused.returncode == 1
    assert "« web » ne démarre pas" in refused.stderr
    assert "no such module" in refused.stderr
    assert processes_of(seve.folder) == set()


def test_a_command_alone_has_servers_for_the_time_it_takes(seve: Seve) -> None:
    told = seve.call(sys.executable, "-c", "import os; print(os.environ['DATABASE_OWNER_URL']); raise SystemExit(7)")
    assert told.stdout.startswith("postgresql+psycopg://seve_owner:")
    assert told.returncode == 7
    assert processes_of(seve.folder) == set()


def test_a_command_beside_a_running_one_uses_its_servers(seve: Seve) -> None:
    seve.start()
    told = seve.call(sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'])")
    assert told.stdout.strip() == json.loads((seve.folder / "prepared.json").read_text())["DATABASE_URL"]
    assert (seve.folder / "var" / "run.json").stat().st_mode & 0o777 == 0o600
    assert "PYTHONPATH" not in (seve.folder / "var" / "run.json").read_text()


def test_the_addresses_and_logins_of_the_demonstration_are_shown(seve: Seve) -> None:
    (seve.folder / "var").mkdir(mode=0o711)
    demo = {
        "members": [{"slug": "un-bailleur", "staff": {"email": "a@un.example", "password": "mot-a"}}],
        "network": {"email": "b@reseau.example", "password": "mot-b"},
    }
    (seve.folder / "var" / "demo.json").write_text(json.dumps(demo))
    seve.start()
    base = f"http://127.0.0.1:{seve.port}"
    assert seve.has_said(f"{base}/un-bailleur/\n")
    assert re.search(rf"{base}/equipe/ +a@un\.example +mot de passe : mot-a", seve.said.read_text())
    assert re.search(rf"{base}/reseau/ +b@reseau\.example +mot de passe : mot-b", seve.said.read_text())


def test_the_servers_of_the_user_are_used_instead_of_ours(seve: Seve, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = {
        "DATABASE_URL": "postgresql://x@db.example/seve",
        "REDIS_URL": "redis://cache.example/0",
        "SMTP_URL": "smtp://m",
    }
    environment = {**seve.environment, **theirs}
    monkeypatch.setattr(Seve, "environment", environment)
    seve.start()
    given = json.loads((seve.folder / "prepared.json").read_text())
    assert theirs.items() <= given.items()
    assert given["DATABASE_OWNER_URL"] == theirs["DATABASE_URL"]
    assert "MAIL_DIR" not in given
    assert sorted(seve.children()) == ["time.sleep", "web.py"]


def test_a_model_that_this_code_cannot_read_is_trained_again(trained_model: Path, tmp_path: Path) -> None:
    assert not supervisor.has_model(str(tmp_path / "nowhere"))
    assert supervisor.has_model(str(trained_model))
    older = tmp_path / "older"
    shutil.copytree(trained_model, older)
    manifest = next(older.glob("*/manifest.json"))
    said = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(said | {"format": said["format"] - 1}), encoding="utf-8")
    assert not supervisor.has_model(str(older))
