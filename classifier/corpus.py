"""The written examples the model learns from: one JSON Lines file per category, plus danger, calm and filler.

docs/corpus.md describes the record.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.cleaning import clean

FILLER = "filler.jsonl"
GLOSSARY = "glossary.jsonl"
ASIDE = (FILLER, GLOSSARY)  # Files that hold no full example.
PER_INCIDENT, PER_AUTHOR = 5, 200
APART = ("danger", "calm")  # Files that gather examples of many categories.


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
    subject: str = ""
    style: str = ""
    danger: str | None = None  # The type of a present danger.
    calm: str | None = None  # Why a message with words of danger tells of none.


@dataclass(frozen=True)
class Phrase:
    """A text outside the folds, with the labels it speaks for; None where it says nothing."""

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
            subject=row["subject"],
            style=row["style"],
            danger=row["danger"],
            calm=row["calm"],
        )
    except KeyError as error:
        raise CorpusInvalid(f"{where}: key {error} is missing") from error


def example_files(directory: Path) -> list[Path]:
    """Return the files of labelled examples of a directory, in order."""
    return sorted(path for path in directory.glob("*.jsonl") if path.name not in ASIDE)


def read_file(path: Path) -> list[Example]:
    """Return the labelled examples of one file."""
    return [_example(row, path.name) for row in read_lines(path)]


def read_examples(directory: Path) -> list[Example]:
    """Return every labelled example of a corpus, in the order of file names then lines."""
    paths = example_files(directory)
    if not paths:
        raise CorpusInvalid(f"{directory}: no example file")
    return [example for path in paths for example in read_file(path)]


def read_filler(directory: Path) -> list[str]:
    """Return the sentences without a subject, or nothing when the corpus has none."""
    path = directory / FILLER
    return [str(row["text"]) for row in read_lines(path)] if path.exists() else []


def read_glossary(directory: Path) -> list[Phrase]:
    """Return the phrases of the glossary, or nothing when the corpus has none."""
    path = directory / GLOSSARY
    rows = read_lines(path) if path.exists() else []
    return [Phrase(str(row["text"]), row["category"], row["nature"], row["urgency"]) for row in rows]


def read_corrections(path: Path) -> list[Phrase]:
    """Return what staff corrected, at most a few of one incident and of one person; the first lines are kept.

    Each line holds text, category, nature, urgency (the last three may be null), incident and author. An incident and
    an author are any strings that do not tell who or where; an outage must not teach two hundred times the same thing,
    nor one hand write the whole model.
    """
    incidents: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    kept: dict[str, Phrase] = {}
    for row in read_lines(path):
        try:
            phrase = Phrase(str(row["text"]), row["category"], row["nature"], row["urgency"])
            incident, author = str(row["incident"]), str(row["author"])
        except KeyError as error:
            raise CorpusInvalid(f"{path.name}: key {error} is missing") from error
        if incidents[incident] < PER_INCIDENT and authors[author] < PER_AUTHOR and clean(phrase.text) not in kept:
            incidents[incident] += 1
            authors[author] += 1
            kept[clean(phrase.text)] = phrase
    return list(kept.values())


@dataclass(frozen=True)
class Corpus:
    """Everything to learn from: examples, sentences without a subject, the glossary, and what staff corrected."""

    examples: list[Example]
    filler: list[str]
    glossary: list[Phrase]
    corrections: list[Phrase]


def read_corpus(directory: Path, corrections: Path | None = None) -> Corpus:
    """Return a whole corpus, with the corrections of a file if there are any; raise CorpusInvalid."""
    examples = read_examples(directory)
    written = {clean(example.text) for example in examples}  # What is held out must not come back by another door.
    corrected = read_corrections(corrections) if corrections else []
    new = [phrase for phrase in corrected if clean(phrase.text) not in written]
    return Corpus(examples, read_filler(directory), read_glossary(directory), new)


def digest(directory: Path, corrections: Path | None = None) -> str:
    """Return the SHA-256 of the corpus files, names and bytes, as hexadecimal; the place of a file does not count."""
    total = hashlib.sha256()
    for path in sorted(directory.glob("*.jsonl")):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    if corrections:
        total.update(b"corrections\0" + corrections.read_bytes())
    return total.hexdigest()
