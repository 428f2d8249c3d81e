import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.embedded.errors import EmbeddedError
from service.embedded.process import Command, set_aside, stop
from service.embedded.procfile import Program, kept_running, read_procfile


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, list[str]], Program]:
    def make(code: str, said: list[str]) -> Program:
        command = Command([sys.executable, "-c", code], {"PYTHONUNBUFFERED": "1"})
        return Program("web", command, tmp_path / "web.log", said.append)

    return make


def test_names_are_replaced_from_the_environment_and_no_shell_is_used(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text(
        "# Comment\n\nweb: gunicorn 'app:create()' --bind 127.0.0.1:$PORT\nclock: tick ${WORDS} $UNKNOWN\n"
    )
    assert read_procfile(procfile, {"PORT": "8000", "WORDS": "a b; c"}) == {
        "web": ["gunicorn", "app:create()", "--bind", "127.0.0.1:8000"],
        "clock": ["tick", "a b; c", "$UNKNOWN"],
    }


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: true\nworker\n")
    with pytest.raises(EmbeddedError, match="ligne 2"):
        read_procfile(tmp_path / "Procfile", {})


def test_our_own_procfile_can_be_read() -> None:
    procfile = Path(__file__).parents[2] / "Procfile"
    assert list(read_procfile(procfile, {"PORT": "8000"})) == [
        "web",
        "worker",
        "pager",
        "mailer",
        "caller",
        "exporter",
        "clock",
    ]


def test_an_ended_program_starts_again_after_pauses_that_grow(program: Callable[[str, list[str]], Program]) -> None:
    said: list[str] = []
    ended = program("raise SystemExit(3)", said)
    starts = []
    now = 0.0
    for _ in range(3):
        ended.start(now)
        starts.append(now)
        assert ended.process is not None
        ended.process.wait()
        ended.look(now)
        pause = float(said[-1].partition("dans ")[2].partition(" s")[0])
        ended.look(now + pause - 0.1)
        assert ended.process is None
        now += pause
    assert starts == [0.0, 1.0, 3.0]
    assert "web s'est arrêté (code 3)" in said[0]
    assert ended.ends == 3


def test_the_terminal_is_told_of_errors_and_nothing_else(program: Callable[[str, list[str]], Program]) -> None:
    said: list[str] = []
    noisy = program("print('GET /errors 200'); print('ERROR no room left'); print('fine')", said)
    noisy.start(time.monotonic())
    assert noisy.process is not None
    noisy.process.wait()
    noisy.look(time.monotonic())
    assert said[0] == "web | ERROR no room left"
    assert len(said) == 2  # The other one tells that it ended.
    assert noisy.log.read_text() == "GET /errors 200\nERROR no room left\nfine\n"


def test_a_long_journal_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.embedded.process.LARGEST_LOG", 10)
    log = tmp_path / "web.log"
    log.write_text("short")
    set_aside(log)
    log.write_text("long enough by now")
    set_aside(log)
    assert [path.name for path in tmp_path.iterdir()] == ["web.log.1"]


def test_a_program_deaf_to_the_signal_does_not_stay(
    program: Callable[[str, list[str]], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.embedded.procfile.PATIENCE_TO_STOP", 0.3)
    deaf = program("import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(600)", [])
    with kept_running([deaf], lambda _: None):
        while "deaf" not in deaf.log.read_text():
            time.sleep(0.01)
        assert deaf.process is not None
    assert deaf.process.poll() == -9


def test_what_a_program_left_in_its_session_goes_with_it(program: Callable[[str, list[str]], Program]) -> None:
    parent = program(
        "import os, time; child = os.fork(); print(child, flush=True) if child else 0; time.sleep(600)", []
    )
    parent.start(time.monotonic())
    while not (child := parent.log.read_text().strip()):
        time.sleep(0.01)
    assert parent.process is not None
    stop(parent.process, signal.SIGTERM, 5)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}/stat").exists() and b" Z " not in Path(f"/proc/{child}/stat").read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.01)
