"""What the data sheet is told of a run: every attack in order, and nothing before all of them passed."""

import json
from datetime import date

from service.network.data_sheet import Attack
from tests.privacy.report import ATTACKS, Record, as_json, by_attack, is_whole

ALL = [Record(attack, "promis", "mesuré", "semé") for attack in reversed(ATTACKS)]


def test_records_are_in_the_order_of_the_list_and_those_of_one_attack_are_together() -> None:
    twice = [*ALL, Record("A9", "", "autre chose", "", "à part")]
    found = by_attack(twice)
    assert [one.attack for one in found] == list(ATTACKS)
    assert found[8] == Record("A9", "promis", "mesuré ; autre chose", "semé", "à part")


def test_a_run_without_one_of_the_attacks_is_not_whole() -> None:
    assert is_whole(ALL)
    assert not is_whole(ALL[1:])


def test_the_data_sheet_reads_what_a_run_writes() -> None:
    written = json.loads(as_json(ALL, lane="full", day=date(2026, 11, 26)))
    assert [Attack(**one).name for one in written["attacks"]] == list(ATTACKS.values())
    assert written["run_on"] == "2026-11-26"
    assert {"code", "parameters"} <= set(written["program"])
