"""One person is not two: not by whom they bring in, nor by whom they let go. And nobody is kept out for ever."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.administration import api_keys, audit, four_eyes, provider_settings
from service.journey.people import departures, hiring, sessions
from service.journey.people.accounts import Person, caller_of_key
from service.journey.people.people import Profile
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff
from tests.journey.administration.test_four_eyes import agree, ask, is_named, waiting
from tests.people import hire
from tests.world import MemberWorld

pytestmark = pytest.mark.services

MONTH = four_eyes.BROUGHT + timedelta(days=1)
PROVIDER = provider_settings.Typed("Le mien", "https://mien.example", "seve", "", "", is_public=True)

Leaders = tuple[MemberWorld, UUID, UUID]


@pytest.fixture(autouse=True)
def context(app: Flask) -> object:
    with app.app_context():
        yield


@pytest.fixture
def pair(leaders: Leaders) -> Leaders:
    """Two leaders who have both come."""
    member, _, second = leaders
    with member_transaction(member.id) as session:
        session.get_one(Staff, second).password_hash = "set"
    return leaders


def brought(member: MemberWorld, by: UUID, ports: Ports) -> UUID:
    invited = hiring.invite(member.id, by, "pia@amont.example", Profile("Pia Noël", "supervisor"), "Elle arrive", ports)
    assert invited
    return invited.id


def is_alone(member: MemberWorld, by: UUID, ports: Ports) -> bool:
    """Say whether a person makes an administrator at once."""
    profile = Profile("Paul Faux", "administrator")
    return hiring.invite(member.id, by, "paul@amont.example", profile, "Il arrive", ports) is not None


def demote(member: MemberWorld, by: UUID, whom: UUID, ports: Ports) -> None:
    hiring.change(member.id, whom, by, Profile("Léa Roy", "agent"), "", ports)


def test_whoever_brought_in_the_asker_is_no_second_person(pair: Leaders, ports: Ports, clock: SetClock) -> None:
    member, first, second = pair
    pia = brought(member, first, ports)
    ask(member, pia, ports)
    (one,) = waiting(member, ports)
    with pytest.raises(four_eyes.SecondPersonMissing, match="brought_asker"):
        agree(member, one, first, ports)
    agree(member, one, second, ports)  # who did not
    assert is_named(member)
    clock.forward(MONTH)
    ask(member, pia, ports, is_on=False)
    (one,) = waiting(member, ports)
    agree(member, one, first, ports)
    assert not is_named(member)


def test_whoever_made_the_asker_a_leader_is_no_second_person(pair: Leaders, ports: Ports) -> None:
    member, first, second = pair
    demote(member, first, second, ports)
    hiring.change(member.id, second, first, Profile("Léa Roy", "supervisor"), "", ports)
    ask(member, second, ports)
    (one,) = waiting(member, ports)
    with pytest.raises(four_eyes.SecondPersonMissing, match="brought_asker"):
        agree(member, one, first, ports)


def test_whoever_makes_agents_of_the_others_is_not_alone_for_a_month(
    pair: Leaders, ports: Ports, clock: SetClock
) -> None:
    member, first, second = pair
    demote(member, first, second, ports)
    assert not is_alone(member, first, ports)
    assert not hiring.change(member.id, second, first, Profile("Léa Roy", "administrator"), "Elle aussi", ports)
    assert not api_keys.ask(member.id, first, "du soir", "Un essai", ports).is_done
    assert not provider_settings.save(member.id, first, PROVIDER, "Le premier", ports)
    clock.forward(MONTH)
    assert is_alone(member, first, ports)


def test_whoever_closes_the_accounts_of_the_others_is_not_alone_for_a_month(
    pair: Leaders, ports: Ports, clock: SetClock
) -> None:
    member, first, second = pair
    departures.leave(member.id, second, first, None, ports)
    assert not is_alone(member, first, ports)
    clock.forward(MONTH)
    assert is_alone(member, first, ports)


def test_an_invitation_to_a_wrong_address_is_taken_back_without_a_month_of_waiting(
    leaders: Leaders, ports: Ports
) -> None:
    member, first, never_came = leaders
    departures.leave(member.id, never_came, first, None, ports)
    assert is_alone(member, first, ports)


def test_whose_account_is_untied_from_the_provider_has_come_all_the_same(
    app: Flask, leaders: Leaders, ports: Ports
) -> None:
    member, first, second = leaders
    departures.leave(member.id, second, first, None, ports)  # who never came
    tied = hire(app, member, "supervisor", "tim@amont.example", subject="tim", name="Tim")
    with member_transaction(member.id) as session:
        session.get_one(Staff, tied).password_hash = None
    sessions.open_for(Person(tied, member.id), "provider", "Firefox", ports)
    provider_settings.unlink(member.id, first, tied, ports)
    assert not is_alone(member, first, ports)
    departures.leave(member.id, tied, first, None, ports)
    assert not is_alone(member, first, ports)


def test_whom_operators_bring_in_is_a_second_person_at_once(pair: Leaders, ports: Ports, clock: SetClock) -> None:
    member, first, second = pair
    demote(member, first, second, ports)
    with member_transaction(member.id) as session:
        profile = Profile("Zoé Petit", "administrator")
        zoe = hiring.welcome(session, member.id, audit.COMMAND, "zoe@amont.example", profile, ports).id
    clock.forward(timedelta(minutes=1))
    ask(member, first, ports)
    (one,) = waiting(member, ports)
    agree(member, one, zoe, ports)
    assert is_named(member)


def test_a_key_that_reads_waits_for_a_second_person_and_counts_from_then_on(pair: Leaders, ports: Ports) -> None:
    member, first, second = pair
    made = api_keys.ask(member.id, first, "du soir", "Un essai", ports)
    assert not made.is_done
    assert caller_of_key(made.key) is None
    (one,) = waiting(member, ports)
    agree(member, one, second, ports)
    found = caller_of_key(made.key)
    assert found
    assert (found.member_id, found.is_sandbox) == (member.id, False)
    with member_transaction(member.id) as session:
        assert made.key not in str(session.get_one(Proposal, one).values)


def test_a_key_is_made_at_once_by_whoever_leads_alone(pair: Leaders, ports: Ports) -> None:
    member, first, second = pair
    with member_transaction(member.id) as session:
        session.get_one(Staff, second).role = "agent"  # long ago
    made = api_keys.ask(member.id, first, "extranet 2027", "", ports)
    assert made.is_done
    assert caller_of_key(made.key)


def test_a_first_provider_waits_where_anybody_else_has_come(pair: Leaders, ports: Ports) -> None:
    member, first, second = pair
    with member_transaction(member.id) as session:
        for person in (second, member.agent_id):
            session.get_one(Staff, person).role = "agent"  # long ago
        session.get_one(Staff, second).password_hash = None
    assert not provider_settings.save(member.id, first, PROVIDER, "Le premier", ports)
    with member_transaction(member.id) as session:
        session.get_one(Staff, member.agent_id).password_hash = None
    assert provider_settings.save(member.id, first, PROVIDER, "Le premier", ports)
