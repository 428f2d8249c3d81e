"""What is done once before the programs start: the model, the tables, the demonstration."""

import re
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import EmbeddedError
from service.embedded.process import Command, spawn, stop
from service.embedded.procfile import PATIENCE_TO_STOP, expand

LINES_QUOTED = 12


@dataclass(frozen=True)
class Step:
    """A command to run to its end; `telling` matches what of its journal is worth showing while it runs."""

    label: str
    name: str
    arguments: Sequence[str]
    telling: str = "(?!)"
    is_needed: Callable[[Mapping[str, str]], bool] = lambda _: True


def prepare(root: Path, log: Path, step: Step, environment: Mapping[str, str]) -> None:
    """Run a step to its end.

    Raises
    ------
    EmbeddedError
        it failed; the end of its journal is quoted.

    """
    log.parent.mkdir(mode=0o711, exist_ok=True)
    log.unlink(missing_ok=True)
    process = spawn(Command(expand(step.arguments, environment), environment, root), log, death_signal=signal.SIGTERM)
    try:
        code = process.wait()
    finally:
        stop(process, signal.SIGTERM, PATIENCE_TO_STOP)
    if code != 0:
        raise EmbeddedError(f"« {step.label} » a échoué (code {code}).\n{quote(log)}")


def last_told(log: Path, telling: str) -> str:
    """Return the last words of a journal that match, none when nothing does."""
    try:
        words = [found[0] for found in re.finditer(telling, log.read_text(encoding="utf-8", errors="replace"))]
    except OSError:
        return ""
    return words[-1] if words else ""


def quote(log: Path) -> str:
    """Return the end of a journal, indented, and where the whole of it is."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_QUOTED:]
    return "\n".join([*(f"    {line}" for line in lines), f"Journal entier : {log}"])
