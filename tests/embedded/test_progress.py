import io
import re
import time
from pathlib import Path

import pytest

from service.embedded.progress import Progress
from service.embedded.steps import Step, last_told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_lines_are_written_where_nothing_moves() -> None:
    told = io.StringIO()
    with Progress(told).step("Redis"):
        pass
    assert told.getvalue() == "  … Redis\n  ✓ Redis (0,0 s)\n"


def test_a_step_that_fails_is_marked() -> None:
    told = io.StringIO()
    with pytest.raises(RuntimeError), Progress(told).step("Redis"):
        raise RuntimeError
    assert "✗ Redis" in told.getvalue()


def test_the_time_runs_on_a_terminal() -> None:
    told = Terminal()
    with Progress(told).step("Redis", lambda: "3/4 " + "x" * 500):
        time.sleep(0.35)
    drawn = told.getvalue()
    assert re.search(r"[⠋⠙⠹⠸⠼] Redis \(0,\d s\) 3/4", drawn)
    assert max(map(len, drawn.split("\r"))) < 100
    assert len({*re.findall(r"\((0,\d) s\)", drawn)}) > 1
    assert drawn.endswith("\n")


def test_the_last_telling_words_of_a_journal_are_found(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    assert last_told(log, r"\d+/\d+") == ""
    log.write_text("scores 1/4\nscores 2/4\nwriting\n")
    assert last_told(log, r"\d+/\d+") == "2/4"
    assert last_told(log, Step("", "", ()).telling) == ""
