from datetime import timedelta

import pytest

from service.domain.delivery import BACK_OFF, JITTER, LONGEST, failure_in_words, next_wait
from service.domain.drops import COLUMNS, neutral, state_of, write_line


def test_each_wait_is_longer_than_the_last_whatever_chance_does() -> None:
    for number in range(1, len(BACK_OFF)):
        longest, shortest = next_wait(number, 1.0), next_wait(number + 1, 0.0)
        assert longest
        assert shortest
        assert longest < shortest


def test_chance_moves_a_wait_by_a_fifth_at_most() -> None:
    assert JITTER == 0.2
    assert next_wait(1, 0.5) == timedelta(seconds=10)
    assert next_wait(1, 0.0) == timedelta(seconds=8)
    assert next_wait(1, 1.0) == timedelta(seconds=12)


def test_after_the_last_wait_it_is_given_up_within_a_day() -> None:
    assert next_wait(len(BACK_OFF), 0.5) == BACK_OFF[-1]
    assert next_wait(len(BACK_OFF) + 1, 0.5) is None
    assert sum(BACK_OFF, timedelta()) * (1 + JITTER) < LONGEST


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("webhook answered 503", "l'adresse répond par une erreur (503)"),
        ("address not public", "l'adresse n'est pas sur l'internet public, et n'est pas permise"),
        ("address has_password", "l'adresse est mal écrite"),
        ("not reached: SSLCertVerificationError", "la connexion n'est pas sûre : son certificat n'est pas reconnu"),
        ("no answer in time", "pas de réponse à temps"),
        ("no answer: closed half-way", "la connexion a été coupée en route"),
        ("not reached: ConnectionRefusedError", "la machine ne répond pas"),
        ("seal broken", "son secret ne peut plus être lu : renouvelez-le"),
        ("smtp SMTPDataError 550", "le serveur d'e-mails n'a pas pris le message"),
        ("ZeroDivisionError", "raison inconnue"),
        (None, "raison inconnue"),
    ],
)
def test_a_failure_is_said_in_plain_words(error: str | None, words: str) -> None:
    assert failure_in_words(error) == words


@pytest.mark.parametrize("value", ["=1+1", "+33", "-2", "@sum", "\t=1", "  =cmd", "\u00a0=cmd", "＝1"])
def test_what_a_spreadsheet_would_compute_is_neutralised(value: str) -> None:
    assert neutral(value) == f"'{value}"


def test_ordinary_words_stay_as_they_are() -> None:
    assert neutral("L'ascenseur = en panne") == "L'ascenseur = en panne"
    assert neutral("") == ""


def test_a_file_has_its_header_and_one_line_even_with_separators_in_the_words() -> None:
    written = write_line({"reference": "K7M4", "description": 'un ; deux "trois"\nquatre'}).decode("utf-8")
    assert written.splitlines()[0] == ";".join(COLUMNS)
    assert '"un ; deux ""trois""\nquatre"' in written


@pytest.mark.parametrize(
    ("purpose", "outcome", "state"),
    [
        ("arrival", None, ("open", "requested")),
        ("handover", None, ("open", "requested")),
        ("answered", None, ("pending", "acknowledged")),
        ("closed", "solved", ("closed", "done")),
        ("closed", "refused", ("closed", "canceled")),
        ("withdrawn", None, ("closed", "canceled")),
    ],
)
def test_what_happened_is_said_in_the_words_of_exchange_files(
    purpose: str, outcome: str | None, state: tuple[str, str]
) -> None:
    assert state_of(purpose, outcome) == state
