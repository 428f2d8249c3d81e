import pytest

from service.domain.readability import hardest, measure, sentences_of, syllables, words_of

PLAIN = "Dites-nous ce qui se passe. Une personne vous lit et vous répond."
HARD = (
    "La présente déclaration d'incident fera l'objet d'une instruction administrative préalable, "
    "conformément aux dispositions contractuelles applicables aux locataires concernés."
)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("demandes", 2), ("bailleur", 2), ("eau", 1), ("question", 2), ("quatre", 1), ("que", 1), ("vie", 1),
        ("enregistrée", 4), ("accessibilité", 6), ("aujourd'hui", 3), ("rendez-vous", 3), ("l'immeuble", 2), ("a", 1),
        ("parlent", 1), ("étaient", 2), ("moment", 2), ("souvent", 2), ("accidents", 3), ("80000", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word: str, number: int) -> None:
    assert syllables(word) == number


def test_what_is_written_apart_is_counted_apart() -> None:
    assert words_of("Appelez le 0 800 47 33 33, c'est gratuit.") == [
        "Appelez",
        "le",
        "0 800 47 33 33",
        "c'est",
        "gratuit",
    ]


def test_names_of_buttons_are_not_sentences() -> None:
    assert sentences_of("Envoyer ma demande") == []
    assert sentences_of("Bonjour. Une personne vous <strong>répond</strong> le %(day)s ! Merci.") == [
        "Une personne vous répond le nom !"
    ]


def test_plain_words_have_a_better_figure_than_those_of_an_office() -> None:
    plain, hard = measure(sentences_of(PLAIN)), measure(sentences_of(HARD))
    assert plain
    assert hard
    assert plain.score > 90
    assert hard.score < 30
    assert (plain.sentences, plain.words_per_sentence) == (2, 6.0)
    assert hard.long_words > 0.2 > plain.long_words


def test_nothing_to_read_has_no_figure() -> None:
    assert measure(sentences_of("OK")) is None


def test_the_hardest_sentences_come_first_and_once() -> None:
    assert hardest([*sentences_of(PLAIN), HARD, HARD], 2)[0] == HARD
    assert len(hardest([HARD, HARD])) == 1
