from pathlib import Path

import pytest

from classifier.corpus import PER_AUTHOR, PER_INCIDENT, CorpusInvalid, read_corpus, read_corrections
from tests.classifier.small_corpus import write_lines

WORDS = "abcdefghijklmnopqrstuvwxyz"


def _correction(number: int, incident: str, author: str) -> dict[str, str | None]:
    text = f"message {WORDS[number % 26]}{WORDS[number // 26 % 26]}{WORDS[number // 676]}"
    return {"text": text, "category": "bruit", "nature": None, "urgency": None, "incident": incident, "author": author}


def test_an_incident_and_a_person_only_teach_so_much(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    write_lines(path, [_correction(number, "panne", f"agent {number}") for number in range(30)])
    assert len(read_corrections(path)) == PER_INCIDENT
    write_lines(path, [_correction(number, f"panne {number}", "agent") for number in range(PER_AUTHOR + 30)])
    assert len(read_corrections(path)) == PER_AUTHOR


def test_the_same_words_teach_once(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    row = _correction(1, "panne", "agent")
    write_lines(path, [row, row | {"text": f"{row['text']} ;;", "incident": "autre"}])
    assert len(read_corrections(path)) == 1


def test_a_correction_without_a_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    row = _correction(1, "panne", "agent")
    del row["incident"]
    write_lines(path, [row])
    with pytest.raises(CorpusInvalid, match="incident"):
        read_corrections(path)


def test_a_correction_that_is_in_the_corpus_already_is_left_out(small_corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    known = read_corpus(small_corpus).examples[0].text
    write_lines(path, [_correction(1, "panne", "agent") | {"text": known}, _correction(2, "panne", "agent")])
    assert [phrase.text for phrase in read_corpus(small_corpus, path).corrections] == [_correction(2, "", "")["text"]]
