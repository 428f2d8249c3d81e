"""What `make run` executes: everything Sève is made of, started in order, watched, and stopped with it.

With arguments, runs that one command in the same environment: that of the Sève running in this folder if there is one,
else of servers started for the time it takes.
"""

import contextlib
import functools
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from service.embedded.environment import SHARED, Surroundings, read_port, surroundings
from service.embedded.errors import EmbeddedError
from service.embedded.ports import is_free
from service.embedded.process import Command
from service.embedded.procfile import Program, kept_running, read_procfile
from service.embedded.progress import Progress
from service.embedded.record import Hold, Record
from service.embedded.steps import Step, last_told, prepare, quote

ROOT = Path(__file__).resolve().parent.parent
BETWEEN_LOOKS = 0.2  # Seconds, as the patiences below.
PATIENCE_FOR_PORT = 5.0
PATIENCE_TO_BE_READY = 120.0
MOST_ENDS = 3


def has_model(directory: str) -> bool:
    """Say whether a text model that this code can read is in use; one of an older Sève is not."""
    if not Path(directory, "champion.json").exists():
        return False
    asked = (sys.executable, "-m", "classifier", "card", "--model", directory)
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0  # noqa: S603  Our own.


FLASK = (sys.executable, "-m", "flask", "--app", "service.app")
PREPARATION = (
    Step(
        "Apprentissage du modèle de classement (une seule fois)",
        "train",
        (sys.executable, "-m", "classifier", "train", "--model", "$MODEL_DIR"),
        r"\d+/\d+",
        lambda environment: not has_model(environment["MODEL_DIR"]),
    ),
    Step("Mise à jour de la base", "upgrade", (*FLASK, "database", "upgrade")),
    Step("Réseau de démonstration", "demo", (*FLASK, "demo", "install"), r"(?<=s\] ).+"),
)


class Stopped(BaseException):
    """Ctrl-C was typed, or a signal asked us to stop."""


def main() -> int:
    """Run Sève, or one command beside it, until it ends; a failure is one sentence and the code 1."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    _stop_on_signals()
    try:
        if sys.argv[1:]:
            return run_command(ROOT, sys.argv[1:], os.environ)
        run(ROOT, PREPARATION, os.environ)
    except OSError as error:
        sys.stderr.write(f"Sève ne peut pas continuer : {error}. Vérifiez la place libre, et à qui appartient var/.\n")
        return 1
    except EmbeddedError as error:
        sys.stderr.write(f"Sève ne peut pas continuer : {error}\n")
        return 1
    except Stopped:
        with contextlib.suppress(OSError):
            sys.stdout.write("Tout est arrêté.\n")
    return 0


def run(root: Path, preparation: Sequence[Step], given: Mapping[str, str]) -> None:
    """Start everything and keep it running until `Stopped` is raised.

    Raises
    ------
    EmbeddedError
        Something cannot start here, or Sève runs in this folder already.

    """
    var = _make_var(root)
    progress = Progress(sys.stdout)
    with _running(var), contextlib.ExitStack() as stack:
        _wait_for_port(read_port(given))
        progress.say("Sève démarre.")
        around = stack.enter_context(surroundings(var, given, progress))
        Record(var / "run.json").write(around.shared | {"pid": str(os.getpid())})
        for step in preparation:
            if step.is_needed(around.environment):
                log = var / "log" / f"{step.name}.log"
                with progress.step(step.label, functools.partial(last_told, log, step.telling)):
                    prepare(root, log, step, around.environment)
        programs = _programs(root, var, around.environment, progress)
        stack.enter_context(kept_running(programs, progress.say))
        with progress.step("Web, tâches de fond et horloge"):
            _wait_until_ready(int(around.environment["PORT"]), programs)
        progress.say(_welcome(var, around.environment["BASE_URL"]))
        while True:
            time.sleep(BETWEEN_LOOKS)
            _watch(around, programs, progress)


def run_command(root: Path, arguments: Sequence[str], given: Mapping[str, str]) -> int:
    """Run one command in Sève's environment and return its exit code."""
    var = _make_var(root)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_running(var))
        except EmbeddedError:
            shared = Record(var / "run.json").read()
            environment = dict(given) | {name: shared[name] for name in SHARED if name in shared}
            if not shared:
                raise EmbeddedError("Sève démarre encore dans ce dossier : réessayez dans un instant.") from None
        else:
            environment = stack.enter_context(surroundings(var, given, Progress(sys.stderr))).environment
        return subprocess.run(arguments, cwd=root, env=environment, check=False).returncode  # noqa: S603  # Our user's.


def _stop_on_signals() -> None:
    watched = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if _is_heeded(number)]

    def stop_once(_number: int, _frame: FrameType | None) -> None:
        for number in watched:
            signal.signal(number, signal.SIG_IGN)  # The stop is under way and bounded: let it finish.
        raise Stopped

    for number in watched:
        signal.signal(number, stop_once)


def _is_heeded(number: signal.Signals) -> bool:
    return signal.getsignal(number) != signal.SIG_IGN


def _make_var(root: Path) -> Path:
    # Root's PostgreSQL runs as nobody, who must be able to pass through; a normal user's stays private.
    var = root / "var"
    var.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    return var


@contextlib.contextmanager
def _running(var: Path) -> Iterator[None]:
    record = Record(var / "run.json")
    known = record.read()
    place = f"{known.get('BASE_URL', '?')} (processus {known.get('pid', '?')})"
    with Hold(var / "run.lock", f"elle tourne déjà dans ce dossier, à l'adresse {place}."):
        record.path.unlink(missing_ok=True)
        try:
            yield
        finally:
            record.path.unlink(missing_ok=True)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_FOR_PORT  # A Sève just killed may still be leaving.
    while not is_free(port):
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"le port {port} est pris par un autre programme : arrêtez-le, ou choisissez un autre port, "
                f"par exemple « PORT={port + 80} make run »."
            )
        time.sleep(BETWEEN_LOOKS)


def _programs(root: Path, var: Path, environment: Mapping[str, str], progress: Progress) -> list[Program]:
    return [
        Program(name, Command(arguments, environment, root), var / "log" / f"{name}.log", progress.say)
        for name, arguments in read_procfile(root / "Procfile", environment).items()
    ]


def _wait_until_ready(port: int, programs: Sequence[Program]) -> None:
    deadline = time.monotonic() + PATIENCE_TO_BE_READY
    while not _is_ready(port):
        for program in programs:
            program.look(time.monotonic())
            if program.ends >= MOST_ENDS or time.monotonic() > deadline:
                raise EmbeddedError(f"« {program.name} » ne démarre pas.\n{quote(program.log)}")
        time.sleep(BETWEEN_LOOKS)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _watch(around: Surroundings, programs: Sequence[Program], progress: Progress) -> None:
    for server in around.servers:
        if not server.is_running:
            progress.say(f"{server.name} s'est arrêté ; nouveau départ. Son journal : {server.log}")
            port = server.port
            server.start()
            if server.port != port:
                raise EmbeddedError(f"{server.name} a dû changer de port : relancez « make run ».")
    for program in programs:
        program.look(time.monotonic())


def _welcome(var: Path, base_url: str) -> str:
    demo = var / "demo.json"
    told = json.loads(demo.read_text(encoding="utf-8")) if demo.exists() else {}
    member: dict[str, Any] = next(iter(told.get("members", ())), {})
    doors = {
        "Locataires": (f"{member['slug']}/" if member else "", {}),
        "Équipes": ("equipe/", member.get("staff", {})),
        "Réseau": ("reseau/", told.get("network", {})),
    }
    lines = ["", "Sève est prête.", ""]
    for label, (path, login) in doors.items():
        known = f"   {login['email']}   mot de passe : {login['password']}" if login else ""
        lines.append(f"  {label:<11} {base_url.rstrip('/')}/{path}{known}")
    return "\n".join([*lines, "", f"  Ctrl-C arrête tout. Journaux : {var / 'log'}", ""])


if __name__ == "__main__":
    sys.exit(main())
