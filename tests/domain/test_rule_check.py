from dataclasses import replace
from uuid import uuid4

import pytest

from service.domain.errors import BadInput
from service.domain.routing import Rule
from service.domain.rule_check import check_line

LINE = Rule(
    id=uuid4(), position=1, sentence="L'équipe répond.", team_id=uuid4(), category="bruit", family="tranquillite",
    urgency="urgent", nature="relance", heating="collective", hours="off", need="langue", trade="waste",
)  # fmt: skip


def test_a_line_may_ask_for_everything() -> None:
    check_line(LINE)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"category": "chat"}, "unknown_value", "category"),
        ({"family": "chat"}, "unknown_value", "family"),
        ({"urgency": "chat"}, "unknown_value", "urgency"),
        ({"nature": "chat"}, "unknown_value", "nature"),
        ({"heating": "chat"}, "unknown_value", "heating"),
        ({"hours": "chat"}, "unknown_value", "hours"),
        ({"need": "chat"}, "unknown_value", "need"),
        ({"trade": "chat"}, "unknown_value", "trade"),
        ({"family": "logement"}, "not_of_family", "family"),
        ({"team_id": None}, "unknown_value", "team"),
        ({"use_agency_team": True, "needs_place": False}, "agency_needs_place", "needs_place"),
        ({"urgency": "danger"}, "danger_needs_team", "target"),
        ({"sentence": " "}, "blank", "explanation"),
        ({"sentence": "a" * 301}, "too_long", "explanation"),
    ],
)
def test_what_cannot_be_read_or_done_is_named(given: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_line(replace(LINE, **given))  # type: ignore[arg-type]
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_danger_may_go_to_a_named_organisation_followed_by_a_team() -> None:
    check_line(replace(LINE, urgency="danger", trade=None, organisation_id=uuid4()))
