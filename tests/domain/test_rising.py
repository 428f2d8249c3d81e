"""Words that rise in one member's own messages, and what is never kept of a message."""

from uuid import UUID, uuid4

import pytest

from service.domain.rising import LEAST_HOUSEHOLDS, Month, count_words, is_public_word, rising

HOMES = [uuid4() for _ in range(40)]
RESIDENCES = [uuid4() for _ in range(8)]


def wrote(text: str, households: int = 12, residences: int = 4) -> list[tuple[UUID, UUID, str]]:
    return [(HOMES[rank], RESIDENCES[rank % residences], text) for rank in range(households)]


def quiet(households: int = 100, **words: int) -> Month:
    return Month(households, {term.replace("_", " "): (count, term) for term, count in words.items()})


def test_a_word_is_counted_once_a_household_with_the_spelling_most_use() -> None:
    month = count_words([*wrote("L'eau a un reflet bleuté"), *wrote("reflets bleutés ! Reflet bleuté")], frozenset())
    assert month.households == 12
    assert month.words["reflet bleute"] == (12, "reflet bleuté")


@pytest.mark.parametrize(("households", "residences"), [(LEAST_HOUSEHOLDS - 1, 4), (30, 2)])
def test_what_few_households_or_few_residences_write_is_not_kept(households: int, residences: int) -> None:
    assert count_words(wrote("un reflet bleuté", households, residences), frozenset()).words == {}
    assert "reflet" in count_words(wrote("un reflet bleuté", LEAST_HOUSEHOLDS, 3), frozenset()).words


@pytest.mark.parametrize(
    "text",
    [
        "Le chat Momo crie",  # a capital where none is due
        "madame perdrix tousse".replace("madame", "Mme"),  # announced by a title
        "appelez le 0612345678",
        "écrivez à momo12",
        "je m'appelle perdrix",
    ],
)
def test_names_and_numbers_are_not_kept(text: str) -> None:
    kept = " ".join(count_words(wrote(f"{text} souvent"), frozenset()).words)
    assert not {"momo", "perdri", "momo12", "0612345678"} & set(kept.split())


def test_what_the_registers_know_is_not_kept_alone_or_in_a_pair() -> None:
    month = count_words(wrote("le gardien perdrix dort"), frozenset({"perdrix", "perdri"}))
    assert set(month.words) == {"gardien", "dort"}


def test_a_message_in_capitals_or_the_start_of_a_sentence_makes_no_name() -> None:
    month = count_words([*wrote("REFLET BLEUTÉ"), *wrote("Reflet bleuté. Reflet ?\nReflet")], frozenset())
    assert "reflet" in month.words


@pytest.mark.parametrize(
    "term",
    ["<b>gale</b>", "06 12", "a" * 60, "trois petits mots", "x@y", "rue-haute", "", "le", "GALE", "gale ", "gâle"],
)
def test_what_is_not_one_or_two_plain_words_is_never_public(term: str) -> None:
    assert not is_public_word(term)
    assert is_public_word("eau bleutee")


def test_a_word_rises_against_its_usual_part_of_the_households() -> None:
    before = [quiet(reflet=8), quiet(reflet=8), quiet(reflet=8)]
    (one,) = rising(quiet(reflet=40), before, ())
    assert (one.term, one.households, one.usual) == ("reflet", 40, 8)
    assert rising(quiet(500, reflet=40), before, ()) == []  # five times as many wrote: as usual


def test_a_word_that_was_too_rare_to_be_kept_rises_too() -> None:
    (one,) = rising(quiet(reflet=14), [quiet(), quiet(), quiet()], ())
    assert one.usual == 3
    assert rising(quiet(reflet=8), [quiet(), quiet(), quiet()], ()) == []


def test_nothing_rises_before_three_months_in_which_anybody_wrote() -> None:
    assert rising(quiet(reflet=40), [quiet(), quiet(), quiet(0)], ()) == []


def test_what_is_on_the_public_list_is_left_out_and_the_clearest_comes_first() -> None:
    before = [quiet(), quiet(), quiet()]
    latest = quiet(gale=50, reflet_bleute=38, reflet=40)
    assert [one.term for one in rising(latest, before, {"gale"})] == ["reflet", "reflet bleute"]


def test_words_that_only_link_others_or_say_when_are_not_kept() -> None:
    assert set(count_words(wrote("bonjour depuis lundi nous avons un reflet"), frozenset()).words) == {"reflet"}
