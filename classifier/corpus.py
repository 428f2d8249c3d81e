"""The written examples the model learns from: one JSON Lines file per category, plus danger, calm and filler."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILLER = "filler.jsonl"
GLOSSARY = "glossary.jsonl"
ASIDE = (FILLER, GLOSSARY)  # Files that hold no full example.


class CorpusInvalid(Exception):
    """A corpus file cannot be read as examples."""


@dataclass(frozen=True)
class Example:
    """One message with its labels; `scenario` and `author` say what must not be split between train and test."""

    text: str
    category: str
    secondary: str | None
    nature: str
    urgency: str
    scenario: str
    author: str


@dataclass(frozen=True)
class Phrase:
    """A trade or folk wording with the labels it speaks for; None where it says nothing."""

    text: str
    category: str | None
    nature: str | None
    urgency: str | None


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, one per line; raise CorpusInvalid naming the file and the line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusInvalid(f"{path.name}:{number}: not JSON ({error.msg})") from error
        if not isinstance(row, dict):
            raise CorpusInvalid(f"{path.name}:{number}: not an object")
        rows.append(row)
    return rows


def _example(row: dict[str, Any], where: str) -> Example:
    try:
        return Example(
            text=row["text"],
            category=row["category"],
            secondary=row["secondary"],
            nature=row["nature"],
            urgency=row["urgency"],
            scenario=row["scenario"],
            author=row["author"],
        )
    except KeyError as error:
        raise CorpusInvalid(f"{where}: key {error} is missing") from error


def read_examples(directory: Path) -> list[Example]:
    """Return every labelled example of a corpus, in the order of file names then lines."""
    paths = sorted(path for path in directory.glob("*.jsonl") if path.name not in ASIDE)
    if not paths:
        raise CorpusInvalid(f"{directory}: no example file")
    return [_example(row, path.name) for path in paths for row in read_lines(path)]


def read_filler(directory: Path) -> list[str]:
    """Return the sentences without a subject, or nothing when the corpus has none."""
    path = directory / FILLER
    return [str(row["text"]) for row in read_lines(path)] if path.exists() else []


def read_glossary(directory: Path) -> list[Phrase]:
    """Return the phrases of the glossary, or nothing when the corpus has none."""
    path = directory / GLOSSARY
    rows = read_lines(path) if path.exists() else []
    return [Phrase(str(row["text"]), row["category"], row["nature"], row["urgency"]) for row in rows]


@dataclass(frozen=True)
class Corpus:
    """Everything written: labelled examples, sentences without a subject, and the glossary."""

    examples: list[Example]
    filler: list[str]
    glossary: list[Phrase]


def read_corpus(directory: Path) -> Corpus:
    """Return a whole corpus; raise CorpusInvalid."""
    return Corpus(read_examples(directory), read_filler(directory), read_glossary(directory))


def digest(directory: Path) -> str:
    """Return the SHA-256 of the corpus files, names and bytes, as hexadecimal."""
    total = hashlib.sha256()
    for path in sorted(directory.glob("*.jsonl")):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
