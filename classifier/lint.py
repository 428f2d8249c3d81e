"""What must hold of the corpus before anything is learned from it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from classifier.cleaning import clean
from classifier.corpus import (
    APART,
    GLOSSARY,
    CorpusInvalid,
    Example,
    example_files,
    read_examples,
    read_filler,
    read_lines,
)
from classifier.labels import (
    CALM_REASONS,
    NATURES,
    STYLES,
    URGENCIES,
    WRITTEN_DANGERS,
    length_of,
    subjects_of,
)
from classifier.likeness import alike
from classifier.quotas import Quotas, quota_faults

KEYS = (
    "text", "category", "secondary", "nature", "urgency", "subject", "scenario", "author", "style", "length", "danger",
    "calm",
)  # fmt: skip
Row = dict[str, Any]


def _codes(row: Row, categories: frozenset[str]) -> Iterator[str]:
    allowed: dict[str, Collection[str | None]] = {
        "category": categories,
        "nature": NATURES,
        "urgency": URGENCIES,
        "subject": subjects_of(row["category"]) or [row["subject"]],
        "style": STYLES,
        "length": [length_of(row["text"])],
        "danger": (None, *WRITTEN_DANGERS),
        "calm": (None, *CALM_REASONS),
    }
    for key, codes in allowed.items():
        if row[key] not in codes:
            yield f"{key} {row[key]!r} is unknown" if key != "length" else f"length is {length_of(row['text'])}"
    if row["secondary"] is not None and (row["secondary"] not in categories or row["secondary"] == row["category"]):
        yield f"secondary {row['secondary']!r} is unknown or repeats the category"
    if (row["danger"] is not None) != (row["urgency"] == URGENCIES[0]):
        yield f"danger {row['danger']!r} does not agree with urgency {row['urgency']!r}"
    if row["danger"] is not None and row["calm"] is not None:
        yield "a text cannot be both a danger and calm"


def _row(row: Row, categories: frozenset[str]) -> Iterator[str]:
    if set(row) != set(KEYS):
        yield f"keys differ: {sorted(set(row) ^ set(KEYS))}"
        return
    if not all(isinstance(row[key], str) and row[key].strip() for key in ("text", "subject", "scenario", "author")):
        yield "text, subject, scenario and author must be words"
        return
    if not row["scenario"].startswith(f"{row['author']}-"):
        yield f"scenario {row['scenario']!r} does not begin with its author"
    yield from _codes(row, categories)


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


def _files(paths: list[Path], categories: frozenset[str], *, by_category: bool) -> list[str]:
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        rows, unreadable = _read(path)
        faults += unreadable
        for number, row in enumerate(rows, start=1):
            where = f"{path.name}:{number}"
            faults += [f"{where}: {fault}" for fault in _row(row, categories)]
            if by_category and path.stem not in APART and row.get("category") != path.stem:
                faults.append(f"{where}: category {row.get('category')!r} is in the wrong file")
            key = clean(str(row.get("text", "")))
            if key in seen:
                faults.append(f"{where}: same text as {seen[key]}")
            seen.setdefault(key, where)
    return faults


def _scenarios(examples: Sequence[Example]) -> list[str]:
    told: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        told[example.scenario].add(example.category)
    return [f"scenario {name} is told in {sorted(codes)}" for name, codes in sorted(told.items()) if len(codes) > 1]


def _alike(examples: Sequence[Example], least: float) -> list[str]:
    return [
        f"near-duplicate ({cosine:.2f}) of {examples[first].scenario}: {examples[second].scenario}"
        for first, second, cosine in alike([example.text for example in examples], least)
        if examples[first].scenario != examples[second].scenario
    ]


def _leaks(examples: Sequence[Example], kept_apart: Sequence[Example], least: float) -> list[str]:
    """Return what the examples kept for judging share with those learned from."""
    authors = {example.author for example in examples} & {example.author for example in kept_apart}
    faults = [f"author {author} writes both to learn from and to judge by" for author in sorted(authors)]
    texts = [example.text for example in examples]
    return faults + [
        f"leak ({cosine:.2f}): {kept_apart[first].scenario} is close to {examples[second].scenario}"
        for first, second, cosine in alike([example.text for example in kept_apart], least, texts)
    ]


def lint(directory: Path, gold: Path | None = None, quotas: Quotas | None = None) -> list[str]:
    """Return every fault of a corpus, one sentence each; an empty list when it is sound.

    `gold` is the directory of the examples kept apart for judging. Quotas are only looked at once every record is
    sound.
    """
    quotas = quotas or Quotas()
    paths = example_files(directory)
    categories = frozenset(path.stem for path in paths if path.stem not in APART)
    if not categories:
        return [f"{directory}: no category file"]
    faults = [*_files(paths, categories, by_category=True), *_glossary(directory / GLOSSARY, categories)]
    if gold:
        faults += _files(example_files(gold), categories, by_category=False)
    if faults:
        return faults
    examples = read_examples(directory)
    faults += quota_faults(examples, read_filler(directory), quotas)
    faults += [*_scenarios(examples), *_alike(examples, quotas.near_duplicate)]
    if gold and (kept_apart := read_examples(gold)):
        faults += _leaks(examples, kept_apart, quotas.near_duplicate)
    return faults
