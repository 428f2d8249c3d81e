from pathlib import Path

import pytest

from classifier.config import CORPUS, GOLD
from classifier.corpus import GLOSSARY
from classifier.lint import lint
from classifier.quotas import Quotas
from tests.classifier.small_corpus import example, write_lines

THEMES = ("vis", "clou", "joint", "gond", "rail")
NO_QUOTAS = Quotas(
    examples=0, examples_broad=0, authors=1, scenarios=0, most_per_scenario=99, implicit=0, opening=1, stock_openings=1,
    short=0, very_long=0, style=0, dangers=0, danger_types=0, calm=0, per_calm_reason=0, filler=0,
)  # fmt: skip


def _lint(directory: Path) -> list[str]:
    return lint(directory, quotas=NO_QUOTAS)


def _sound(directory: Path) -> list[dict[str, str | None]]:
    rows = [
        example(f"le {THEMES[number % 5]} {number}", "bruit", ("aube", "brume")[number % 2]) for number in range(30)
    ]
    write_lines(directory / "bruit.jsonl", rows)
    return rows


@pytest.mark.slow
def test_the_corpus_we_ship_is_sound() -> None:
    assert lint(CORPUS, GOLD) == []


def test_a_sound_corpus_has_no_fault(tmp_path: Path) -> None:
    _sound(tmp_path)
    assert _lint(tmp_path) == []


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
        ({"subject": "lune"}, "subject 'lune' is unknown"),
        ({"style": "chanté"}, "style 'chanté' is unknown"),
        ({"length": "long"}, "length is short"),
        ({"calm": "parce que"}, "calm 'parce que' is unknown"),
        ({"danger": "fire", "urgency": "danger", "calm": "past"}, "both a danger and calm"),
        ({"scenario": "brume-x", "author": "aube"}, "does not begin with its author"),
        ({"extra": "x"}, "keys differ: ['extra']"),
        ({"category": "lune"}, "is in the wrong file"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, change: dict[str, str | None], fault: str) -> None:
    rows = _sound(tmp_path)
    rows[7] = rows[7] | change
    write_lines(tmp_path / "bruit.jsonl", rows)
    assert [line for line in _lint(tmp_path) if line.startswith("bruit.jsonl:8: ") and fault in line]


def test_unreadable_lines_and_an_empty_directory_are_faults(tmp_path: Path) -> None:
    assert _lint(tmp_path) == [f"{tmp_path}: no category file"]
    (tmp_path / "bruit.jsonl").write_text("nope\n", encoding="utf-8")
    assert "bruit.jsonl:1: not JSON" in _lint(tmp_path)[0]


def test_the_glossary_is_checked_too(tmp_path: Path) -> None:
    _sound(tmp_path)
    write_lines(tmp_path / GLOSSARY, [{"text": "vis", "category": "lune", "nature": None, "urgency": None}])
    assert _lint(tmp_path) == ["glossary.jsonl:1: category 'lune' is unknown"]


def test_a_scenario_has_one_category_and_no_twin(tmp_path: Path) -> None:
    long = "le radiateur de la petite chambre du fond reste froid depuis lundi matin"
    write_lines(tmp_path / "bruit.jsonl", [example(long, "bruit", "aube", scenario="aube-un")])
    rows = [
        example("tout autre chose, vraiment, et rien de plus", "loyer", "aube", scenario="aube-un"),
        example(f"{long} !", "loyer", "brume", scenario="brume-deux"),
    ]
    write_lines(tmp_path / "loyer.jsonl", rows)
    assert _lint(tmp_path) == [
        "scenario aube-un is told in ['bruit', 'loyer']",
        "near-duplicate (0.93) of aube-un: brume-deux",
    ]


def test_what_is_kept_apart_shares_no_author_and_no_text(tmp_path: Path) -> None:
    long = "le radiateur de la petite chambre du fond reste froid depuis lundi matin"
    write_lines(tmp_path / "bruit.jsonl", [example(long, "bruit", "aube", scenario="aube-un")])
    gold = tmp_path / "gold"
    gold.mkdir()
    rows = [
        example(f"{long} ?", "bruit", "brume", scenario="brume-un"),
        example("rien de tel dans ce message-là, promis", "bruit", "aube"),
    ]
    write_lines(gold / "ordinary.jsonl", rows)
    assert lint(tmp_path, gold, NO_QUOTAS) == [
        "author aube writes both to learn from and to judge by",
        "leak (0.94): brume-un is close to aube-un",
    ]
