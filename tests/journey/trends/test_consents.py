"""What a member agrees to show: two persons to give, one to take back, and never for what is published."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed
from service.domain.naming import OPEN
from service.journey.administration import audit, four_eyes
from service.journey.administration.proposals import KINDS
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.journey.trends import consents
from service.journey.trends.published import read_published
from service.models.oversight import Proposal
from service.models.trends import TrendConsent
from service.network.cuts import for_everybody, for_readers
from service.settings import Settings
from tests.kept_tables import consent
from tests.network_figures import OCTOBER, SUMMER, add_members, publish_six
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)  # it is the 25th of November
WHY = "Pour comparer nos délais"


def agree(member: MemberWorld, staff_id: UUID, ports: Ports) -> None:
    with member_transaction(member.id) as session:
        waiting = select(Proposal.id).where(Proposal.kind == consents.KIND, Proposal.decision.is_(None))
        four_eyes.agree(session, session.scalars(waiting).one(), staff_id, KINDS, ports)


def held(member: MemberWorld) -> list[tuple[str, date, date | None]]:
    with member_transaction(member.id) as session:
        return [(row.product, row.from_month, row.until_month) for row in session.scalars(select(TrendConsent))]


def shown(product: str, period: date) -> set[str]:
    cuts = for_readers(read_published(), [product])
    return {slug for cut in cuts if cut.period == period for slug in cut.named}


def is_open(period: date, product: str = "C1") -> bool:
    return (product, period) in {(cut.code, cut.period) for cut in for_everybody(read_published())}


def test_two_persons_agree_and_it_holds_from_the_first_month_that_is_not_closed(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports
) -> None:
    member, first, second = leaders
    with app.app_context():
        consents.ask(member.id, first, "MF", WHY, ports)
        consents.ask(member.id, first, "MF", WHY, ports)  # a double click
        assert held(member) == []
        with pytest.raises(four_eyes.SecondPersonMissing):
            agree(member, first, ports)
        agree(member, second, ports)
        assert held(member) == [("MF", NOVEMBER, None)]
        with pytest.raises(NotAllowed, match="already_so"):
            consents.ask(member.id, first, "MF", WHY, ports)
        with member_transaction(member.id) as session:
            log = [(one.actor, one.action) for one in audit.entries(session, member.id, audit.Query())]
    assert log == [("Léa Roy", "created"), ("Léa Roy", "agreed"), ("Rémi Sorel", "proposed")]


def test_before_the_fifth_the_month_before_is_not_closed(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, clock: SetClock
) -> None:
    member, first, second = leaders
    clock.instant = datetime(2026, 12, 4, 12, tzinfo=UTC)
    with app.app_context():
        consents.ask(member.id, first, "MF", WHY, ports)
        agree(member, second, ports)
        assert held(member) == [("MF", NOVEMBER, None)]


def test_one_person_takes_it_back_for_later_months_only(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, settings: Settings
) -> None:
    member, first, _second = leaders
    add_members(settings)
    with app.app_context():
        publish_six([OCTOBER])
        consent(member.id, "MF", OCTOBER)
        consents.withdraw(member.id, first, "MF", ports)
        assert held(member) == [("MF", OCTOBER, NOVEMBER)]
        assert shown("MF", OCTOBER) == {"amont"}  # what is published stays
        with pytest.raises(NotAllowed, match="already_so"):
            consents.withdraw(member.id, first, "MF", ports)
        with member_transaction(member.id) as session:
            last = audit.entries(session, member.id, audit.Query()).first()
    assert last
    assert (last.actor, last.action, last.after) == ("Rémi Sorel", "removed", {"until": "2026-11-01"})


def test_a_month_that_is_late_to_be_published_is_taken_back_too(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, settings: Settings
) -> None:
    member, first, _second = leaders
    add_members(settings)
    with app.app_context():
        publish_six([date(2026, 9, 1)])  # October should have been published on the fifth of November
        consent(member.id, "MF", date(2026, 9, 1))
        consents.withdraw(member.id, first, "MF", ports)
        assert held(member) == [("MF", date(2026, 9, 1), OCTOBER)]


def test_what_begins_later_is_taken_back_before_it_served(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports
) -> None:
    member, first, _second = leaders
    with app.app_context():
        consent(member.id, "MF", DECEMBER)
        consents.withdraw(member.id, first, "MF", ports)
        assert held(member) == [("MF", DECEMBER, DECEMBER)]


@pytest.mark.parametrize("product", ["C1", "", "PROMISE"])
def test_only_lines_of_members_and_open_data_can_be_agreed_to(
    app: Flask, leaders: tuple[MemberWorld, UUID, UUID], ports: Ports, product: str
) -> None:
    member, first, _second = leaders
    with app.app_context():
        with pytest.raises(BadInput, match="unknown_value"):
            consents.ask(member.id, first, product, WHY, ports)
        with pytest.raises(BadInput, match="unknown_value"):
            consents.withdraw(member.id, first, product, ports)
        with pytest.raises(BadInput, match="reason_missing"):
            consents.ask(member.id, first, "MF", " ", ports)


def test_lines_are_shown_for_the_members_of_that_table(app: Flask, world: World, settings: Settings) -> None:
    add_members(settings)
    with app.app_context():
        assert shown("MF", OCTOBER) == set()  # nothing is published
        publish_six([date(2026, 9, 1), OCTOBER])
        for one in (world.first, world.second):
            consent(one.id, "MF", OCTOBER)
            consent(one.id, "Q2", SUMMER)
        assert shown("MF", OCTOBER) == {"amont", "aval"}
        assert shown("MF", date(2026, 9, 1)) == set()
        assert shown("Q2", SUMMER) == {"amont", "aval"}
        assert shown("SATIS", SUMMER) == set()


def test_data_are_open_once_the_last_member_agrees(app: Flask, settings: Settings) -> None:
    everybody = add_members(settings)
    with app.app_context():
        publish_six([date(2026, 9, 1), OCTOBER])
        for slug, member_id in everybody.items():
            assert not is_open(OCTOBER), slug
            consent(member_id, OPEN, SUMMER if slug == "amont" else OCTOBER)
        assert is_open(OCTOBER)
        assert not is_open(date(2026, 9, 1))
        assert not is_open(SUMMER, "Q2")
        assert not is_open(NOVEMBER)  # nothing is published


def test_names_of_members_are_public(app: Flask, world: World) -> None:
    with app.app_context():
        assert consents.member_names() == {one.slug: one.name for one in (world.first, world.second)}
