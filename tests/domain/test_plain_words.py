"""Hints: what could be plainer, pointed at, and nothing where all is well."""

import pytest

from service.domain.plain_words import hints


def codes(text: str, *, asks_for_a_day: bool = True) -> list[str]:
    return [hint.code for hint in hints(text, asks_for_a_day=asks_for_a_day)]


def test_a_plain_message_gets_no_hint() -> None:
    assert codes("Bonjour, nous passons chez vous mardi matin.") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Vous serez rappelé mardi. " + "Nous vous disons que " + "le technicien passe et " * 8 + "voilà.",
            "long_sentence",
        ),
        ("Suite à votre message, nous passons chez vous mardi.", "jargon"),
        ("Nous passons chez vous mardi, dans les meilleurs délais.", "jargon"),
        ("Le technicien passe mardi.", "no_you"),
        ("Nous passons chez vous.", "no_day"),
        ("Vous DEVEZ LIRE ceci avant mardi.", "shouted"),
        ("Vous. " * 181 + "Mardi.", "long_text"),
    ],
)
def test_what_could_be_plainer_is_pointed_at(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_jargon_says_what_to_write_instead() -> None:
    [hint] = hints("Le prestataire passe chez vous mardi.")
    assert (hint.about, hint.instead) == ("prestataire", "l'entreprise")
    assert codes("Les Prestataires passent chez vous mardi.") == ["jargon"]


def test_a_part_of_a_word_is_no_jargon() -> None:
    assert codes("Vous verrez le désordonné mardi.") == []


def test_an_ending_needs_no_day() -> None:
    assert codes("Votre robinet est réparé.", asks_for_a_day=False) == []
