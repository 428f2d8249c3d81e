"""Which of the words that weighed are worth showing: those that speak of a subject by themselves."""

import pytest

from service.domain.grammar import telling


def test_words_that_link_greet_or_thank_are_left_out_whatever_their_accents_and_capitals() -> None:
    assert telling(["Bonjour", "je", "radiateur", "LES", "Merci", "à", "été", "l", "d'un", "froid"]) == [
        "radiateur",
        "froid",
    ]


@pytest.mark.parametrize("word", ["kan", "c", "g", "pr", "ds", "pk", "koi", "bjr", "slt", "mrc", "svp", "jsuis", "?"])
def test_words_as_thumbs_shorten_them_are_left_out(word: str) -> None:
    assert telling([word, "fuite"]) == ["fuite"]


@pytest.mark.parametrize("word", ["gaz", "nuit", "clé", "19", "€", "wc", "porte d'entrée"])
def test_what_speaks_of_a_subject_stays(word: str) -> None:
    assert telling([word]) == [word]


def test_nothing_may_be_left() -> None:
    assert telling(["je", "vous", "remercie"]) == []
