import io
import time

import pytest

from service.embedded.progress import Progress


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
    with Progress(told).step("Redis"):
        time.sleep(0.35)
    drawn = told.getvalue()
    assert "⠙ Redis (0,1 s)" in drawn
    assert "(0,2 s)" in drawn
    assert drawn.endswith("\n")
