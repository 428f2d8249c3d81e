import pytest

from classifier.cleaning import clean, words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Radiateur FROID", "radiateur froid"),
        ("l’ascenseur d'à côté", "l ascenseur d a cote"),
        ("fe\u0301vrier", "fevrier"),
        ("cœur", "coeur"),
        ("trooooop froiiid", "trop froid"),
        ("bjr ya pu deau", "bonjour y a plus d eau"),
        ("Quand ?!", "quand ? !"),
        ("14°, 30 €", "14 ° 30 €"),
        ("robinet\x00\u200bfuit", "robinet fuit"),
        ("😀🔥", ""),
        ("", ""),
        ("sdb,cuisine;wc", "salle de bain cuisine wc"),
    ],
)
def test_a_message_is_read_as(typed: str, read: str) -> None:
    assert clean(typed) == read


def test_a_word_keeps_its_spelling() -> None:
    assert [(word.spelling, word.tokens) for word in words("Appt GELÉ")] == [
        ("Appt", ("appartement",)),
        ("GELÉ", ("gele",)),
    ]


def test_an_endless_word_is_cut() -> None:
    assert len(clean("ab" * 5000)) == 40
