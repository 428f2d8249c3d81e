import re
from datetime import date

import pytest

from service.domain.safety import EmergencyNumber, advice_for, emergency_numbers, numbers_always_shown

FORM = re.compile(r"^(1[578]|112|114|119|3919|3114|0 800 \d\d \d\d \d\d|0 806 \d{3} \d{3})$")


@pytest.mark.parametrize("number", emergency_numbers(), ids=lambda number: number.code)
def test_every_number_is_dated_sourced_and_well_formed(number: EmergencyNumber) -> None:
    assert FORM.match(number.phone), number.phone
    assert isinstance(number.verified_on, date)
    assert number.source
    assert number.label


def test_the_numbers_that_save_lives_are_always_shown() -> None:
    assert {number.dialled for number in numbers_always_shown()} >= {"15", "17", "18", "112", "114", "0800473333"}


def test_the_general_advice_is_never_left_out() -> None:
    for types in ([], ["gas"], ["unknown"], ["fire", "gas"]):
        assert advice_for(types)[-1].phone == "112"
    assert advice_for(["gas"])[0].phone == "0 800 47 33 33"
    assert advice_for(["distress"])[0].phone == "3114"


KINDS = "gas co trapped fire electric flood structure aggression distress child weapon health"


@pytest.mark.parametrize("kind", KINDS.split())
def test_every_danger_the_lexicon_names_has_its_advice(kind: str) -> None:
    assert len(advice_for([kind])) == 2


def test_whoever_is_locked_in_at_home_is_not_told_of_a_lift() -> None:
    told = advice_for(["trapped", "locked_in"])
    assert [one.title for one in told] == ["Enfermé chez soi", "En cas de danger immédiat"]
    assert advice_for(["trapped"])[0].title == "Personne bloquée"
