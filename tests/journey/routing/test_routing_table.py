"""Drafts and versions: copied, edited by one person, published once and for good."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from service.domain.errors import BadInput, NotAllowed, NotFound, Refusal
from service.domain.routing import Rule
from service.domain.rule_check import MAX_LINES
from service.journey.ports import Ports
from service.journey.routing import routing_drafts
from service.journey.routing.routing_table import lines_of, table_in_force, version_in_force, versions
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.models.routing import RoutingRule, RoutingVersion
from tests.tables import line, put_in_force, residence_of
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


def start(member: MemberWorld, ports: Ports, source_id: UUID | None = None, staff_id: UUID | None = None) -> UUID:
    return routing_drafts.start(member.id, staff_id or member.supervisor_id, ports, source_id)


def save(member: MemberWorld, draft_id: UUID, rule: Rule) -> None:
    routing_drafts.save_line(member.id, member.supervisor_id, draft_id, rule)


def publish(member: MemberWorld, draft_id: UUID, ports: Ports, note: str = "Un essai") -> None:
    routing_drafts.publish(member.id, member.supervisor_id, draft_id, note, ports)


def sentences(member: MemberWorld, version_id: UUID) -> list[str]:
    with member_transaction(member.id) as session:
        return [rule.sentence for rule in lines_of(session, version_id)]


def in_force(member: MemberWorld) -> UUID:
    with member_transaction(member.id) as session:
        version = version_in_force(session)
        assert version
        return version.id


def colleague(member: MemberWorld, role: str = "supervisor") -> UUID:
    staff_id = uuid4()
    with member_transaction(member.id) as session:
        session.add(
            Staff(
                id=staff_id, member_id=member.id, email=f"{staff_id}@amont.example", name="Lou Petit", role=role,
                password_hash="-",
            )
        )  # fmt: skip
    return staff_id


def test_a_draft_copies_the_lines_in_force_and_changes_nothing(member: MemberWorld, ports: Ports) -> None:
    before = in_force(member)
    draft_id = start(member, ports)
    assert sentences(member, draft_id) == sentences(member, before)
    save(member, draft_id, line(member, position=1))
    assert in_force(member) == before
    with member_transaction(member.id) as session:
        own = [rule for rule in table_in_force(session).table.rules if not rule.is_default]
    assert [rule.sentence for rule in own] == sentences(member, before)


def test_a_member_without_lines_starts_from_nothing(member: MemberWorld, ports: Ports) -> None:
    with member_transaction(member.id) as session:
        for kind in (RoutingRule, RoutingVersion):
            session.query(kind).delete()
    draft_id = start(member, ports)
    assert sentences(member, draft_id) == []
    with member_transaction(member.id) as session:
        assert table_in_force(session).number is None
    publish(member, draft_id, ports)
    with member_transaction(member.id) as session:
        assert table_in_force(session).number == 1


def test_lines_are_added_changed_moved_and_removed(member: MemberWorld, ports: Ports) -> None:
    draft_id = start(member, ports)
    kept = sentences(member, draft_id)
    new = line(member, sentence="Nouvelle.", category="bruit", need="langue", has_lift=False, position=2)
    save(member, draft_id, new)
    save(member, draft_id, new)  # a double click
    assert sentences(member, draft_id) == [kept[0], "Nouvelle.", *kept[1:]]
    with member_transaction(member.id) as session:
        assert lines_of(session, draft_id)[1] == new
    save(member, draft_id, replace(new, sentence="Changée.", position=10_000))
    assert sentences(member, draft_id) == [*kept, "Changée."]
    act: Callable[[int], None] = lambda by: routing_drafts.move_line(  # noqa: E731
        member.id, member.supervisor_id, draft_id, new.id, by
    )
    act(1)  # already the last
    assert sentences(member, draft_id) == [*kept, "Changée."]
    for _ in range(len(kept) + 1):
        act(-1)
    assert sentences(member, draft_id) == ["Changée.", *kept]
    for _ in range(2):
        routing_drafts.remove_line(member.id, member.supervisor_id, draft_id, new.id)
    assert sentences(member, draft_id) == kept
    with member_transaction(member.id) as session:
        assert [rule.position for rule in lines_of(session, draft_id)] == list(range(1, len(kept) + 1))


def test_publishing_puts_the_draft_in_force_with_its_author_and_its_note(member: MemberWorld, ports: Ports) -> None:
    draft_id = start(member, ports)
    save(member, draft_id, line(member, position=1, sentence="Nouvelle."))
    publish(member, draft_id, ports, "Parce que.")
    publish(member, draft_id, ports, "Un double clic.")
    with member_transaction(member.id) as session:
        version = version_in_force(session)
        assert version
        assert (version.id, version.number, version.note) == (draft_id, 2, "Parce que.")
        assert (version.author_id, version.published_at) == (member.supervisor_id, ports.clock.now())
        assert [one.number for one in versions(session)] == [2, 1]


def test_a_published_version_never_changes(member: MemberWorld, ports: Ports) -> None:
    version_id = in_force(member)
    before = sentences(member, version_id)
    with member_transaction(member.id) as session:
        first = lines_of(session, version_id)[0]
        session.get_one(RoutingVersion, version_id).author_id = member.supervisor_id
    who = (member.id, member.supervisor_id, version_id)
    for attempt in (
        lambda: routing_drafts.save_line(*who, replace(first, sentence="Changée.")),
        lambda: routing_drafts.save_line(*who, line(member)),
        lambda: routing_drafts.move_line(*who, first.id, 1),
        lambda: routing_drafts.remove_line(*who, first.id),
        lambda: routing_drafts.discard(*who),
        lambda: routing_drafts.take_over(*who),
    ):
        with pytest.raises(NotAllowed, match="published"):
            attempt()
    # Nor through a draft that names one of its lines.
    draft_id = start(member, ports)
    for attempt in (
        lambda: save(member, draft_id, replace(first, sentence="Changée.")),
        lambda: routing_drafts.move_line(member.id, member.supervisor_id, draft_id, first.id, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    routing_drafts.remove_line(member.id, member.supervisor_id, draft_id, first.id)
    assert sentences(member, version_id) == before


def test_a_draft_thrown_away_leaves_nothing(member: MemberWorld, ports: Ports) -> None:
    draft_id = start(member, ports)
    routing_drafts.discard(member.id, member.supervisor_id, draft_id)
    with member_transaction(member.id) as session:
        assert session.get(RoutingVersion, draft_id) is None
        assert lines_of(session, draft_id) == []
    assert start(member, ports) != draft_id


def test_an_older_version_is_taken_up_again_in_a_draft(member: MemberWorld, ports: Ports) -> None:
    first = in_force(member)
    with member_transaction(member.id) as session:
        put_in_force(session, member)
    draft_id = start(member, ports, first)
    assert sentences(member, draft_id) == sentences(member, first)
    publish(member, draft_id, ports)
    assert in_force(member) == draft_id


def test_one_draft_a_member_and_its_author_alone_changes_it(member: MemberWorld, ports: Ports) -> None:
    other = colleague(member)
    draft_id = start(member, ports)
    assert start(member, ports) == draft_id
    with pytest.raises(NotAllowed, match="draft_exists"):
        start(member, ports, in_force(member))
    before = sentences(member, draft_id)
    with member_transaction(member.id) as session:
        first = lines_of(session, draft_id)[0]
    theirs = (member.id, other, draft_id)
    for attempt in (
        lambda: start(member, ports, staff_id=other),
        lambda: routing_drafts.save_line(*theirs, line(member)),
        lambda: routing_drafts.move_line(*theirs, first.id, 1),
        lambda: routing_drafts.remove_line(*theirs, first.id),
        lambda: routing_drafts.publish(*theirs, "Note", ports),
        lambda: routing_drafts.discard(*theirs),
    ):
        with pytest.raises(NotAllowed, match="draft_of_another"):
            attempt()
    assert sentences(member, draft_id) == before
    # Nothing stays stuck: the colleague may take it over, and then it is theirs.
    routing_drafts.take_over(*theirs)
    with pytest.raises(NotAllowed, match="draft_of_another"):
        save(member, draft_id, line(member))
    routing_drafts.publish(*theirs, "Note", ports)
    assert in_force(member) == draft_id


@pytest.mark.parametrize("role", ["agent", "gone"])
def test_only_supervisors_change_rules(member: MemberWorld, ports: Ports, role: str) -> None:
    draft_id = start(member, ports)
    if role == "agent":
        staff_id = member.agent_id
    else:
        staff_id = colleague(member)
        with member_transaction(member.id) as session:
            session.get_one(Staff, staff_id).is_active = False
    who = (member.id, staff_id)
    for attempt in (
        lambda: routing_drafts.start(*who, ports),
        lambda: routing_drafts.take_over(*who, draft_id),
        lambda: routing_drafts.save_line(*who, draft_id, line(member)),
        lambda: routing_drafts.publish(*who, draft_id, "Note", ports),
        lambda: routing_drafts.discard(*who, draft_id),
    ):
        with pytest.raises(NotAllowed, match="supervisors_only"):
            attempt()


def test_what_is_not_the_member_s_is_not_named_in_a_line(member: MemberWorld, world: World, ports: Ports) -> None:
    draft_id = start(member, ports)
    before = sentences(member, draft_id)
    other = world.second
    with member_transaction(other.id) as session:
        residence_id = residence_of(session, other.collective)
    for given in (
        {"team_id": other.teams["technical"]},
        {"organisation_id": other.supplier_id},
        {"residence_id": residence_id},
        {"agency_id": uuid4()},
        {"insee": "51454"},
    ):
        with pytest.raises(Refusal):
            save(member, draft_id, line(member, **given))
    assert sentences(member, draft_id) == before


def test_another_member_s_draft_does_not_exist(member: MemberWorld, world: World, ports: Ports) -> None:
    draft_id = start(member, ports)
    other = world.second
    with pytest.raises(NotFound):
        routing_drafts.take_over(other.id, other.supervisor_id, draft_id)
    with pytest.raises(NotFound):
        start(other, ports, draft_id)


def test_a_line_keeps_what_kind_of_desk_it_leads_to(member: MemberWorld, ports: Ports) -> None:
    draft_id = start(member, ports)
    for given in ({}, {"trade": "lift"}, {"organisation_id": member.supplier_id}):
        save(member, draft_id, line(member, **given))
    with member_transaction(member.id) as session:
        kept = select(RoutingRule.target).where(RoutingRule.version_id == draft_id).order_by(RoutingRule.position)
        assert list(session.scalars(kept))[-3:] == ["team", "supplier", "supplier"]


@pytest.mark.parametrize(("note", "code"), [("  ", "blank"), ("a" * 301, "too_long")])
def test_a_note_says_why(member: MemberWorld, ports: Ports, note: str, code: str) -> None:
    draft_id = start(member, ports)
    with pytest.raises(BadInput, match=code):
        publish(member, draft_id, ports, note)
    assert in_force(member) != draft_id


def test_a_table_has_an_end(member: MemberWorld, ports: Ports) -> None:
    with member_transaction(member.id) as session:
        put_in_force(session, member, *[{"team_id": member.teams["technical"]}] * MAX_LINES)
    draft_id = start(member, ports)
    with pytest.raises(BadInput, match="too_many_lines"):
        save(member, draft_id, line(member))
