"""Children that never outlive their parent."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.embedded.identity import Identity

LEASH = Path(__file__).with_name("leash.py")
AS_WE_ARE = Identity()
LARGEST_LOG = 5_000_000  # Bytes.


@dataclass(frozen=True)
class Command:
    """What to run, where, and what it is told on its standard input."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path = Path("/")
    told: bytes = b""


def spawn(
    command: Command, log: Path, *, death_signal: signal.Signals, identity: Identity = AS_WE_ARE
) -> subprocess.Popen[bytes]:
    """Start a program in its own session, writing to `log`; it receives `death_signal` should we die.

    Its own session keeps a Ctrl-C typed in the terminal from reaching it: we are the one who stops it, in order.
    The thread that calls this must live as long as the child, for the kernel watches the thread.
    """
    leash = [sys.executable, "-I", "-S", str(LEASH), str(int(death_signal)), str(os.getpid())]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # Commands of ours only.
            [*leash, str(identity.user), str(identity.group), *identity.prefix, *command.arguments],
            stdin=subprocess.PIPE if command.told else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(command.environment),
            cwd=command.folder,
            start_new_session=True,
        )
    if process.stdin:
        with contextlib.suppress(BrokenPipeError), process.stdin as told:
            told.write(command.told)
    return process


def set_aside(log: Path) -> None:
    """Begin a new journal once the old one is long; the one before it is kept."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def stop(process: subprocess.Popen[bytes], asked: signal.Signals, patience: float) -> None:
    """Ask a child to end, wait `patience` seconds, then insist; what it left in its session goes with it."""
    if process.poll() is None:
        process.send_signal(asked)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
