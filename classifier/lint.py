"""What must hold of the corpus before anything is learned from it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.cleaning import clean
from classifier.corpus import ASIDE, GLOSSARY, CorpusInvalid, read_lines
from classifier.labels import DANGER_TYPES, NATURES, URGENCIES

KEYS = frozenset({"text", "category", "secondary", "nature", "urgency", "scenario", "author", "style", "danger"})
_STYLES = frozenset(
    [
        "courteous",
        "dry",
        "angry",
        "ironic",
        "pleading",
        "legal",
        "sms",
        "dictation",
        "capitals",
        "allophone",
        "elderly",
        "teen",
        "third_party",
    ]
)
_DANGERS = frozenset({*DANGER_TYPES, "fall", "lift"})
_APART = ("danger", "calm")  # Files that gather examples of many categories.
_FEWEST_EXAMPLES = 25
_FEWEST_AUTHORS = 2
Row = dict[str, Any]


def _codes(row: Row, categories: frozenset[str]) -> Iterator[str]:
    allowed: dict[str, frozenset[str] | tuple[str, ...]] = {
        "category": categories,
        "nature": NATURES,
        "urgency": URGENCIES,
        "style": _STYLES,
    }
    for key, codes in allowed.items():
        if row[key] not in codes:
            yield f"{key} {row[key]!r} is unknown"
    if row["secondary"] is not None and (row["secondary"] not in categories or row["secondary"] == row["category"]):
        yield f"secondary {row['secondary']!r} is unknown or repeats the category"
    if row["danger"] is not None and row["danger"] not in _DANGERS:
        yield f"danger {row['danger']!r} is unknown"
    if (row["danger"] is not None) != (row["urgency"] == URGENCIES[0]):
        yield f"danger {row['danger']!r} does not agree with urgency {row['urgency']!r}"


def _row(row: Row, categories: frozenset[str]) -> Iterator[str]:
    if set(row) != KEYS:
        yield f"keys differ: {sorted(set(row) ^ KEYS)}"
        return
    if not all(isinstance(row[key], str) and row[key].strip() for key in ("text", "scenario", "author")):
        yield "text, scenario and author must be words"
        return
    yield from _codes(row, categories)


def _counts(rows: list[Row], categories: frozenset[str]) -> Iterator[str]:
    authors: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        authors[row.get("category", "")].append(row.get("author", ""))
    for category in sorted(categories):
        if len(authors[category]) < _FEWEST_EXAMPLES:
            yield f"{category}: {len(authors[category])} examples, at least {_FEWEST_EXAMPLES} are needed"
        if len(set(authors[category])) < _FEWEST_AUTHORS:
            yield f"{category}: at least {_FEWEST_AUTHORS} authors are needed"


def _phrase(row: Row, categories: frozenset[str]) -> Iterator[str]:
    allowed: dict[str, frozenset[str] | tuple[str, ...]] = {
        "category": categories,
        "nature": NATURES,
        "urgency": URGENCIES,
    }
    if set(row) != {"text", *allowed}:
        yield f"keys differ: {sorted(set(row) ^ {'text', *allowed})}"
        return
    said = {key: row[key] for key in allowed if row[key] is not None}
    if not said:
        yield "a phrase must speak for something"
    for key, code in said.items():
        if code not in allowed[key]:
            yield f"{key} {code!r} is unknown"


def _glossary(path: Path, categories: frozenset[str]) -> list[str]:
    rows, faults = _read(path) if path.exists() else ([], [])
    return faults + [
        f"{path.name}:{number}: {fault}"
        for number, row in enumerate(rows, start=1)
        for fault in _phrase(row, categories)
    ]


def _read(path: Path) -> tuple[list[Row], list[str]]:
    try:
        return read_lines(path), []
    except CorpusInvalid as error:
        return [], [str(error)]


def _files(paths: list[Path], categories: frozenset[str]) -> tuple[list[Row], list[str]]:
    everything: list[Row] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        rows, unreadable = _read(path)
        faults += unreadable
        for number, row in enumerate(rows, start=1):
            where = f"{path.name}:{number}"
            faults += [f"{where}: {fault}" for fault in _row(row, categories)]
            if path.stem not in _APART and row.get("category") != path.stem:
                faults.append(f"{where}: category {row.get('category')!r} is in the wrong file")
            key = clean(str(row.get("text", "")))
            if key in seen:
                faults.append(f"{where}: same text as {seen[key]}")
            seen.setdefault(key, where)
        everything += rows
    return everything, faults


def lint(directory: Path) -> list[str]:
    """Return every fault of a corpus, one sentence each; an empty list when it is sound."""
    paths = sorted(path for path in directory.glob("*.jsonl") if path.name not in ASIDE)
    categories = frozenset(path.stem for path in paths if path.stem not in _APART)
    if not categories:
        return [f"{directory}: no category file"]
    everything, faults = _files(paths, categories)
    return [*faults, *_glossary(directory / GLOSSARY, categories), *_counts(everything, categories)]
