"""What may be said of a passage, and how often a complaint may be passed."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain import transfers
from service.domain.transfers import Handover, because, is_silent, may_answer, may_pass, passed_to, sends_away, stops


def test_the_tenant_reads_who_and_why() -> None:
    clause = transfers.TRANSFERS["trade"].because
    assert passed_to("Chaleur Picarde", clause) == (
        "Votre demande est passée à Chaleur Picarde parce que ce travail est son métier."
    )


@pytest.mark.parametrize(
    ("clause", "read"),
    [
        ("il faut un couvreur", "parce qu'il faut un couvreur"),
        ("Une équipe répare la toiture.", "parce qu'une équipe répare la toiture"),
        ("Enedis répare le réseau", "parce qu'Enedis répare le réseau"),
        ("La SNCF gère ce mur", "parce que la SNCF gère ce mur"),
        ("Chaleur Picarde a le contrat", "parce que Chaleur Picarde a le contrat"),
    ],
)
def test_a_reason_is_joined_as_french_joins_it(clause: str, read: str) -> None:
    assert because(clause) == read


@pytest.mark.parametrize(
    "words",
    [
        "Ce n'est pas notre compétence",
        "ce n'est pas de notre ressort",
        "cela ne relève pas de nous, pas notre responsabilité",
        "ça ne nous concerne pas",
        "nous ne sommes pas responsables",
        "c'est hors de notre compétence",
    ],
)
def test_words_that_send_the_tenant_away_are_known(words: str) -> None:
    assert sends_away(words)


@pytest.mark.parametrize(
    "words",
    ["la mairie entretient ce trottoir", "ce service répare les fuites avant compteur", "il n'y a pas de gardien ici"],
)
def test_words_that_say_who_can_act_are_welcome(words: str) -> None:
    assert not sends_away(words)


def test_no_reason_of_ours_sends_the_tenant_away() -> None:
    tables = (transfers.TRANSFERS, transfers.REFUSALS, transfers.PASSAGES)
    for reason in (reason for table in tables for reason in table.values()):
        assert not sends_away(reason.because), reason
    assert not sends_away(transfers.A_PERSON_DECIDES)


def test_at_most_two_passages_then_one_person_decides() -> None:
    assert [may_pass(hops, is_the_person=False) for hops in range(4)] == [True, True, False, False]
    assert all(may_pass(hops, is_the_person=True) for hops in range(4))
    assert [stops(passages) for passages in range(4)] == [False, False, True, True]


def test_an_organisation_may_answer_from_where_it_makes_sense() -> None:
    live = {Handover.OFFERED, Handover.ACCEPTED, Handover.PLANNED}
    for status in Handover:
        for answer in (Handover.PLANNED, Handover.DONE, Handover.REFUSED):
            assert may_answer(status, answer) == (status in live)
        assert may_answer(status, Handover.ACCEPTED) == (status == Handover.OFFERED)


def test_silence_is_twice_the_delay() -> None:
    offered = datetime(2026, 11, 25, 11, tzinfo=UTC)
    due = offered + timedelta(hours=4)
    assert not is_silent(offered, due, offered + timedelta(hours=7, minutes=59))
    assert is_silent(offered, due, offered + timedelta(hours=8))
