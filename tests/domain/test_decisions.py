"""You said, we did: what may be written, and what a measure says."""

from datetime import date

import pytest

from service.domain.decisions import (
    Verdict,
    check_days,
    check_subject,
    check_words,
    effect_of,
    months_after,
    months_compared,
)
from service.domain.errors import BadInput
from service.domain.figures import Figure

WORDS = {"said": "Trop d'attente", "decided": "Un second technicien", "owner": "Directions techniques"}
TODAY = date(2026, 11, 25)


def months(*households: int, sigma: float = 4.0) -> list[Figure]:
    return [Figure(one, sigma) for one in households]


def test_words_are_kept_without_spaces_around() -> None:
    assert check_words(WORDS | {"said": "  Trop d'attente\n"}) == WORDS


@pytest.mark.parametrize("field", ["said", "decided", "owner"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (" ", "blank"),
        ("a" * 501, "too_long"),
        ("mot\x00", "unstorable"),
        ("Écrire à jean.petit@poste.example", "names_somebody"),
        ("Appeler le 06 12 34 56 78", "names_somebody"),
        ("Payer sur FR76 3000 6000 0112 3456 7890 189", "names_somebody"),
        ("Voir avec Mme Josette Durand", "names_somebody"),
        ("12 rue des Lilas, appartement 4", "names_somebody"),
        ("Le 2 84 05 78 006 048 22", "names_somebody"),
        ("Contrat n° 0045871", "names_somebody"),
        ("https://seve/t/abc123", "names_somebody"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(field: str, words: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_words(WORDS | {field: words})
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "words",
    [
        "Directions techniques des six bailleurs",
        "Monsieur le Directeur de la maîtrise d'ouvrage",
        "Un second technicien avant le 1er décembre 2026, 3 passages par semaine, 120 000 € par an",
        "Une panne de 48 h au 3e étage, dans 14 résidences",
    ],
)
def test_what_decides_without_naming_anybody_is_kept(words: str) -> None:
    assert check_words(WORDS | {"decided": words})["decided"] == words


def test_a_subject_is_a_theme_or_a_category() -> None:
    assert check_subject("logement") == "logement"
    assert check_subject("chauffage") == "chauffage"
    with pytest.raises(BadInput, match="unknown_value"):
        check_subject("autre chose")


@pytest.mark.parametrize(
    ("decided_on", "measured_from", "code"),
    [
        (date(1999, 1, 1), None, "not_a_day"),
        (date(2028, 1, 1), None, "not_a_day"),
        (date(2026, 10, 20), date(2028, 1, 1), "not_a_month"),
        (date(2026, 10, 20), date(2026, 9, 1), "before_decision"),
    ],
)
def test_days_that_nobody_means_are_refused(decided_on: date, measured_from: date | None, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        check_days(decided_on, measured_from, TODAY)


def test_an_effect_may_begin_in_the_month_of_the_decision() -> None:
    check_days(date(2026, 10, 20), date(2026, 10, 1), TODAY)


def test_three_months_are_compared_with_those_of_a_year_before_or_just_before() -> None:
    first = date(2026, 1, 1)
    assert months_after(first) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert months_compared(first, is_year_before=True) == [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    assert months_compared(first, is_year_before=False) == [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)]


def test_a_gap_is_told_beyond_the_margin_of_noise_and_chance_only() -> None:
    less = effect_of(months(100, 100, 100), months(160, 160, 160), is_year_before=True)
    more = effect_of(months(160, 160, 160), months(100, 100, 100), is_year_before=True)
    same = effect_of(months(100, 100, 100), months(120, 120, 120), is_year_before=True)
    assert less
    assert more
    assert same
    assert (less.verdict, more.verdict, same.verdict) == (Verdict.LESS, Verdict.MORE, Verdict.WITHIN_MARGIN)
    # Chance alone moves 100 households by 10 a month: without it, a gap of 20 would seem clear of a noise of 4.
    assert 20 < same.margin < 30


def test_too_few_households_measure_nothing() -> None:
    assert effect_of(months(100, 3, 100), months(100, 100, 100), is_year_before=False) is None
