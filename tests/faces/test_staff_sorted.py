"""What a person has sorted leaves the list of what is to sort, even where no desk but the sorting one answers it."""

import pytest
from flask import Flask

from service.journey.ports import Ports
from tests.faces.test_staff_sorting import TO_SORT, Sorter, plain
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def sorter(app: Flask, world: World, ports: Ports) -> Sorter:
    return Sorter(app, world.first, ports)


def test_what_no_subject_fits_leaves_the_list_once_a_person_said_so(sorter: Sorter) -> None:
    first, *others = sorter.ids
    sorter.open(first)
    answer = sorter.press(first, category="autre")
    assert "Elle reste à Accueil et tri, qui y répond" in plain(sorter.desk.client.get(answer.location))
    page = sorter.desk.read(TO_SORT)
    assert first not in page
    assert all(one in page for one in others)


def test_what_is_brought_back_to_be_sorted_is_in_the_list_again(sorter: Sorter) -> None:
    first = sorter.ids[0]
    sorter.change(first, category="autre", category_by_person=True, routed_by_person=True)
    assert first in sorter.desk.read(TO_SORT)
