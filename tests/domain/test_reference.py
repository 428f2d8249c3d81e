import random

import pytest

from service.domain.reference import ALPHABET, make_reference, read_reference

REFERENCES = [make_reference(random.Random(seed).randrange) for seed in range(200)]


@pytest.mark.parametrize("reference", REFERENCES[:20])
def test_a_reference_reads_back_however_it_is_typed(reference: str) -> None:
    assert len(reference) == 9
    for typed in (reference, reference.lower(), reference.replace("-", ""), f" {reference[:4]} {reference[5:]} "):
        assert read_reference(typed) == reference


@pytest.mark.parametrize("reference", REFERENCES[:10])
def test_every_single_wrong_sign_is_found(reference: str) -> None:
    for place in (0, 1, 2, 3, 5, 6, 7, 8):
        for sign in set(ALPHABET) - {reference[place]}:
            assert read_reference(reference[:place] + sign + reference[place + 1 :]) is None


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_swap_of_neighbours_is_found(reference: str) -> None:
    signs = reference.replace("-", "")
    for place in range(7):
        swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
        if swapped != signs:
            assert read_reference(swapped) is None


@pytest.mark.parametrize("typed", ["", "K7M4", "0000-0000", "K7M4-AXH2-2", "🙂" * 8])
def test_what_is_not_a_reference_is_none(typed: str) -> None:
    assert read_reference(typed) is None
