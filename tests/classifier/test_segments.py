import numpy as np
import pytest

from classifier.segments import pooled, segments

FILLER = "Bonjour à vous. Il pleut encore. Je vis ici depuis dix ans. Merci bien."


def test_a_short_message_is_read_whole() -> None:
    assert segments("Le robinet goutte.") == []
    assert segments("Bonjour. Le robinet goutte. Merci bien.") == []


def test_a_message_of_many_parts_is_cut_at_its_sentences_and_in_the_middle_of_endless_ones() -> None:
    assert segments(f"{FILLER} Le robinet goutte.")[-1] == "Le robinet goutte."
    assert (
        segments("je vis seule Il pleut Je suis Anne Merci bien Le robinet goutte fort")[-1] == "Le robinet goutte fort"
    )
    dictated = segments("mot " * 70)
    assert [len(part.split()) for part in dictated] == [14] * 5
    assert len(segments("mot " * 2500)) == 48


def test_the_part_with_a_subject_outweighs_those_without() -> None:
    whole = np.array([0.1, 0.2])
    parts = np.array([[1.0, -1.0], [-0.9, -0.8], [-0.8, -0.9], [-0.9, -0.9], [-0.9, -0.9]])
    aside = np.array([-1.0, 0.9, 0.9, 0.9, 0.9])
    assert whole.argmax() == 1
    assert pooled(whole, parts, aside) == pytest.approx([0.71, -0.62], abs=0.01)


def test_a_message_full_of_subjects_is_read_whole() -> None:
    whole = np.array([0.1, 0.2])
    parts = np.array([[1.0, -1.0]] * 4 + [[-0.9, -0.9]])
    aside = np.array([-1.0] * 4 + [0.9])
    assert pooled(whole, parts, aside) is whole


def test_a_message_of_asides_only_is_judged_by_the_least_empty() -> None:
    whole = np.array([0.0, 0.0])
    parts = np.array([[0.4, -1.0], [-0.9, -0.8], [-0.8, -0.9], [-0.9, -0.9], [-0.9, -0.9]])
    said = pooled(whole, parts, np.full(5, 0.9))
    assert said.argmax() == 0
    assert np.isfinite(said).all()
