from datetime import date
from uuid import uuid4

from service.domain.comparison import EXAMPLES, Desk, Replayed, Share, compare
from service.domain.desks import Case, Desks, Term
from service.domain.routing import Rule, Situation, Table, TargetKind

SORTING, ONE, OTHER, COMPANY = uuid4(), uuid4(), uuid4(), uuid4()
DESKS = Desks(
    SORTING, {SORTING: "sorting", ONE: "technical", OTHER: "peace"}, {}, {COMPANY: TargetKind.SUPPLIER},
    {("lift", None): [Term(COMPANY)]},
)  # fmt: skip


def rule(category: str, **given: object) -> Rule:
    return Rule(id=uuid4(), position=1, sentence="", category=category, **({"team_id": ONE} | given))  # type: ignore[arg-type]


def past(category: str, count: int, urgency: str = "normal") -> list[Replayed]:
    situation = Situation(category, urgency, abstained=False, place_is_known=True)
    case = Case(situation, None, date(2026, 11, 25))
    return [Replayed(uuid4(), f"{category}-{number}", case) for number in range(count)]


BEFORE = Table([rule("bruit"), rule("ascenseur"), rule("loyer")])
AFTER = Table([rule("bruit", team_id=OTHER), rule("ascenseur", trade="lift"), rule("loyer")])


def test_it_says_who_gains_who_loses_and_what_moves() -> None:
    cases = past("bruit", 3) + past("ascenseur", 2) + past("loyer", 4) + past("dechets", 1) + past("bruit", 1, "danger")
    found = compare(cases, BEFORE, AFTER, DESKS)
    assert (found.total, found.changed, found.dangers) == (11, 6, 1)
    # The largest change first.
    assert [(share.before, share.after, share.gain) for share in found.shares] == [
        (10, 4, -6), (0, 4, 4), (0, 2, 2), (1, 1, 0),
    ]  # fmt: skip
    assert found.shares[0] == Share(ONE, None, 10, 4)
    assert [(moved.category, moved.changed, moved.total) for moved in found.categories] == [
        ("bruit", 4, 4), ("ascenseur", 2, 2),
    ]  # fmt: skip


def test_examples_are_of_every_way_to_move_and_not_too_many() -> None:
    found = compare(past("bruit", 40) + past("ascenseur", 1), BEFORE, AFTER, DESKS)
    assert len(found.examples) == EXAMPLES
    assert {(example.before, example.after) for example in found.examples} == {
        (Desk(ONE, None, None), Desk(OTHER, None, None)),
        (Desk(ONE, None, None), Desk(ONE, COMPANY, None)),
    }
    assert found.examples[0].reference == "bruit-0"  # as given: the newest first


def test_what_becomes_only_proposed_counts_as_a_change_and_stays_with_the_team() -> None:
    proposed = Table([rule("ascenseur", trade="lift", is_automatic=False)])
    found = compare(past("ascenseur", 2), BEFORE, proposed, DESKS)
    assert found.changed == 2
    assert found.shares == [Share(ONE, None, 2, 2)]
    assert found.examples[0].after == Desk(ONE, None, COMPANY)


def test_the_same_table_changes_nothing() -> None:
    found = compare(past("bruit", 5), BEFORE, BEFORE, DESKS)
    assert (found.total, found.changed, found.examples, found.categories) == (5, 0, [], [])
