"""What the pages and the file of the journal say of a value: French words, never the codes that are kept."""

import pytest

from service.domain.audit import Change, changes, said


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("answer", "Réponse au locataire"), ("first", "Première réponse"), (0.9, "0,9"), ("2026-12-24", "24/12/2026"),
        (True, "oui"), (36, "36"), ("2026-12", "2026-12"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words(value: object, words: str) -> None:
    assert said(value) == words


def test_a_reason_is_nothing_that_was_there_before() -> None:
    assert changes({"why": "Vu ensemble"}, None) == [Change("raison", None, "Vu ensemble")]
    assert changes({"why": "Vu", "role": "agent"}, {"role": "reader"}) == [
        Change("rôle", "agent", "lecteur"), Change("raison", None, "Vu"),
    ]  # fmt: skip
