from pathlib import Path

import pytest

from classifier.config import CORPUS
from classifier.corpus import GLOSSARY
from classifier.lint import lint
from tests.classifier.small_corpus import example, write_lines

THEMES = ("vis", "clou", "joint", "gond", "rail")


def _sound(directory: Path) -> list[dict[str, str | None]]:
    rows = [
        example(f"le {THEMES[number % 5]} {number}", "bruit", ("aube", "brume")[number % 2]) for number in range(30)
    ]
    write_lines(directory / "bruit.jsonl", rows)
    return rows


@pytest.mark.slow
def test_the_corpus_we_ship_is_sound() -> None:
    assert lint(CORPUS) == []


def test_a_sound_corpus_has_no_fault(tmp_path: Path) -> None:
    _sound(tmp_path)
    assert lint(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"nature": "plainte"}, "nature 'plainte' is unknown"),
        ({"urgency": "haute"}, "urgency 'haute' is unknown"),
        ({"secondary": "lune"}, "secondary 'lune' is unknown"),
        ({"secondary": "bruit"}, "repeats the category"),
        ({"danger": "fire"}, "does not agree with urgency"),
        ({"urgency": "danger"}, "does not agree with urgency"),
        ({"text": "LE VIS, 5"}, "same text as bruit.jsonl:6"),
        ({"text": " "}, "must be words"),
        ({"extra": "x"}, "keys differ: ['extra']"),
        ({"category": "lune"}, "is in the wrong file"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, change: dict[str, str | None], fault: str) -> None:
    rows = _sound(tmp_path)
    rows[7] = rows[7] | change
    write_lines(tmp_path / "bruit.jsonl", rows)
    assert [line for line in lint(tmp_path) if line.startswith("bruit.jsonl:8: ") and fault in line]


def test_few_examples_and_one_author_are_faults(tmp_path: Path) -> None:
    write_lines(tmp_path / "bruit.jsonl", [example("le vis", "bruit", "aube")])
    assert lint(tmp_path) == ["bruit: 1 examples, at least 25 are needed", "bruit: at least 2 authors are needed"]


def test_unreadable_lines_and_an_empty_directory_are_faults(tmp_path: Path) -> None:
    assert lint(tmp_path) == [f"{tmp_path}: no category file"]
    (tmp_path / "bruit.jsonl").write_text("nope\n", encoding="utf-8")
    assert "bruit.jsonl:1: not JSON" in lint(tmp_path)[0]


def test_the_glossary_is_checked_too(tmp_path: Path) -> None:
    _sound(tmp_path)
    write_lines(tmp_path / GLOSSARY, [{"text": "vis", "category": "lune", "nature": None, "urgency": None}])
    assert lint(tmp_path) == ["glossary.jsonl:1: category 'lune' is unknown"]
