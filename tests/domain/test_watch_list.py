"""The public list of words: what may be on it, how a word is found, and when a change counts."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from service.domain.products import MOST_TERMS
from service.domain.watch_list import (
    THEMES,
    Listed,
    find_terms,
    in_force,
    phrases_of,
    term_of,
    watched_words,
    words_of,
)

CORPUS = Path(__file__).parents[2] / "classifier" / "corpus"
COMMONEST = 150
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
ROOM = 50  # terms that the working group can add


@pytest.fixture(scope="module")
def messages() -> list[str]:
    """Invented messages of tenants, of every subject."""
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def test_every_term_is_its_label_as_it_is_looked_for_and_stands_once() -> None:
    words = watched_words()
    assert [one.term for one in words] == [term_of(one.label) for one in words]
    assert len({one.term for one in words}) == len(words)
    assert {one.theme for one in words} == set(THEMES)
    assert all(one.from_month.day == 1 and len(one.term.split()) <= 2 for one in words)


def test_the_list_leaves_room_for_what_the_group_adds() -> None:
    assert 300 <= len(watched_words()) <= MOST_TERMS - ROOM


def test_no_pair_holds_a_word_that_is_listed_too() -> None:
    terms = {one.term for one in watched_words()}
    assert [term for term in terms if " " in term and terms & set(term.split())] == []


def test_none_of_the_commonest_words_of_complaints_is_listed(messages: list[str]) -> None:
    seen = Counter(word for message in messages for word in set(words_of(message)))
    common = {word for word, _ in seen.most_common(COMMONEST)}
    assert common & {one.term for one in watched_words()} == set()


def test_ordinary_messages_hold_few_listed_terms(messages: list[str]) -> None:
    # A household counts for two terms a month: what most messages hold would drive out what is new.
    terms = {one.term for one in watched_words()}
    found = [len(find_terms(message, terms)) for message in messages]
    assert sum(found) / len(found) < 0.25
    assert sum(count > 2 for count in found) / len(found) < 0.005


@pytest.mark.parametrize(
    "message",
    [
        "Des PUNAISES de lit partout",
        "une punaise de lit",
        "punaises  des\nlits !",
        "« punaise-lit »",
        "Punaıses de lit, ou punaises de lits".replace("ı", "i"),
    ],
)
def test_case_accents_plural_and_small_words_make_no_difference(message: str) -> None:
    assert find_terms(message, {"punaise lit"}) == {"punaise lit"}


def test_accents_typed_in_two_signs_and_ligatures_are_the_same() -> None:
    assert words_of("fume\u0301e d’œufs") == words_of("fumée d'oeuf") == ["fumee", "oeuf"]


def test_words_that_do_not_follow_each_other_are_no_pair() -> None:
    assert find_terms("le lit est neuf, pas de punaise", {"punaise lit", "lit punaise"}) == set()
    assert phrases_of("gaz") == {"gaz"}
    assert phrases_of("de la 🙂") == set()


def test_a_change_counts_from_its_month_on() -> None:
    added = Listed("mousse bleue", "mousse bleue", DECEMBER)
    changes = {(added.term, added.from_month): added}
    assert added.term not in in_force(NOVEMBER, changes)
    assert added.term in in_force(DECEMBER, changes)


def test_a_word_of_the_file_that_is_taken_off_counts_until_then_and_may_come_back() -> None:
    first = watched_words()[0]
    changes = {
        (first.term, first.from_month): Listed(first.term, first.label, first.from_month, DECEMBER),
        (first.term, JANUARY): Listed(first.term, first.label, JANUARY),
    }
    assert [first.term in in_force(month, changes) for month in (NOVEMBER, DECEMBER, JANUARY)] == [True, False, True]


def test_the_list_is_in_order_and_of_its_month() -> None:
    listed = in_force(NOVEMBER, {})
    assert list(listed) == sorted(one.term for one in watched_words())
    assert in_force(date(2023, 12, 1), {}) == {}
