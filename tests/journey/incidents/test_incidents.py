"""Neighbours report one trouble: it is found, opened by rules or by a person, told to all, and ended."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.incidents import Outcome, Verdict
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.incidents import incident_desk, incident_news, incident_opening, incidents
from service.journey.incidents.incident_desk import Changes, Ending
from service.journey.incidents.incident_links import households_of
from service.journey.incidents.incident_opening import Announcement
from service.journey.ports import Ports
from service.journey.submission.known import known, known_in
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.incident import Incident, IncidentLink
from service.models.member import ClosureDay
from service.models.outbox import OutboxStep
from service.models.patrimoine import Dwelling
from service.settings import Settings
from tests import incidents as tests
from tests.incidents import (
    COLD,
    GAS,
    LIFT,
    Street,
    incident_of,
    letters,
    neighbours_write,
    opened,
    settle_in,
    the_one,
    write,
)
from tests.work import correct, kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture
def member(app: Flask, world: World) -> Iterator[MemberWorld]:
    with app.app_context():
        yield world.first


@pytest.fixture
def street(member: MemberWorld) -> Street:
    return settle_in(member, 8)


def all_of(member: MemberWorld) -> list[Incident]:
    with member_transaction(member.id) as session:
        return tests.incidents(session)


def households(member: MemberWorld, incident_id: UUID) -> int:
    with member_transaction(member.id) as session:
        return households_of(session, incident_id)


def sent(member: MemberWorld, purpose: str) -> int:
    with member_transaction(member.id) as session:
        counted = select(func.count()).select_from(Delivery)
        return session.scalars(counted.where(Delivery.purpose == purpose, Delivery.status == "sent")).one()


def complaint(member: MemberWorld, complaint_id: UUID) -> Complaint:
    with member_transaction(member.id) as session:
        return session.get_one(Complaint, complaint_id)


def watch_again(member: MemberWorld, complaint_id: UUID, ports: Ports) -> None:
    """Take the step once more, as after a worker that died before it said that it was done."""
    with member_transaction(member.id) as session:
        routed = select(Event).where(Event.complaint_id == complaint_id, Event.kind == "routed")
        event = session.scalars(routed.order_by(Event.id.desc())).first()
        assert event
        held = session.get_one(Complaint, complaint_id, with_for_update=True)
        incidents.watch(session, held, event, ports)


def announcement(street: Street, starts_at: datetime, hours: int = 8, **changes: object) -> Announcement:
    values = {
        "residence_id": street.residence_id, "category": "ascenseur", "title": "Remplacement de l'ascenseur",
        "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours), "text": "Pour {logement} : une journée.",
    }  # fmt: skip
    return Announcement(**(values | changes))  # type: ignore[arg-type]


# Found.


def test_three_neighbours_and_a_lift_make_a_proposal_that_tells_nobody_yet(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    ids = neighbours_write(member, street.homes[:2], LIFT, ports)
    assert all_of(member) == []
    ids += neighbours_write(member, street.homes[2:3], LIFT, ports)
    incident = the_one(member)
    assert (incident.status, incident.category, incident.kind) == ("proposed", "ascenseur", "outage")
    assert (incident.households, incident.building, incident.title) == (3, "A", "Ascenseur en panne")
    assert incident.chance is not None
    assert incident.chance < 1e-5
    assert all(incident_of(member, one) is None for one in ids)
    assert sent(member, "linked") == 0


def test_one_household_that_insists_and_a_neighbour_are_no_incident(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    for number, home in enumerate([street.homes[0]] * 4 + [street.homes[1]]):
        write(member, home, LIFT, ports, email=f"quelqu-un-{number}@poste.example")
    work_off(member, ports)
    assert all_of(member) == []


def test_what_came_more_than_a_day_ago_does_not_count(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    neighbours_write(member, street.homes[:2], LIFT, ports)
    clock.forward(timedelta(hours=25))
    neighbours_write(member, street.homes[2:3], LIFT, ports)
    assert all_of(member) == []


def test_two_buildings_have_two_lifts(member: MemberWorld, street: Street, ports: Ports) -> None:
    other = settle_in(member, 2, building="B")
    neighbours_write(member, [*street.homes[:2], *other.homes], LIFT, ports)
    assert all_of(member) == []
    opened(member, Street(street.residence_id, street.homes[2:]), ports, 1)
    late = neighbours_write(member, other.homes, LIFT, ports)
    assert all(incident_of(member, one) is None for one in late)


def test_another_residence_and_an_unknown_place_do_not_count(member: MemberWorld, street: Street, ports: Ports) -> None:
    neighbours_write(member, street.homes[:2], LIFT, ports)
    for home in (member.individual, None, "inconnu"):
        write(member, home, LIFT, ports, email="ailleurs@poste.example")
    work_off(member, ports)
    assert all_of(member) == []


def test_a_proposal_follows_what_comes_and_stays_one(member: MemberWorld, street: Street, ports: Ports) -> None:
    neighbours_write(member, street.homes[:5], LIFT, ports)
    assert the_one(member).households == 5


def test_no_heating_in_the_cold_season_opens_without_a_person(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    ids = neighbours_write(member, street.homes[:4], COLD, ports)
    incident = the_one(member)
    assert (incident.status, incident.opened_by, incident.building) == ("open", "rules", None)
    assert households(member, incident.id) == 4
    assert [kinds(member, one).count("linked") for one in ids] == [1] * 4
    assert sent(member, "linked") == 4


def test_no_heating_in_summer_waits_for_a_person(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    clock.forward(timedelta(days=240))
    neighbours_write(member, street.homes[:3], COLD, ports)
    assert the_one(member).status == "proposed"


def test_one_smell_of_gas_opens_at_once_and_still_goes_its_own_way(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    first, second = neighbours_write(member, street.homes[:2], GAS, ports)
    incident = the_one(member)
    assert (incident.status, incident.title) == ("open", "Odeur de gaz ou alarme de monoxyde")
    assert incident.next_news_at is not None
    assert incident.next_news_at - incident.opened_at == timedelta(hours=4)
    assert households(member, incident.id) == 2
    for one in (first, second):
        assert complaint(member, one).team_id == member.teams["on_call"]
        assert kinds(member, one)[:3] == ["submitted", "classified", "routed"]
        assert kinds(member, one).count("delivered") == 1


def test_a_link_changes_nothing_of_a_complaints_own_way(member: MemberWorld, street: Street, ports: Ports) -> None:
    alone = write(member, member.individual, LIFT, ports)
    work_off(member, ports)
    _, ids = opened(member, street, ports)
    late = neighbours_write(member, street.homes[5:6], LIFT, ports)[0]
    columns = ("status", "urgency", "danger", "promised_answer_by", "first_answered_at", "closed_at", "target")
    for one in (ids[0], late):
        assert [getattr(complaint(member, one), name) for name in columns] == [
            getattr(complaint(member, alone), name) for name in columns
        ]


def test_a_new_arrival_attaches_and_is_told_how_many(
    member: MemberWorld, street: Street, ports: Ports, settings: Settings
) -> None:
    incident, _ = opened(member, street, ports)
    late = neighbours_write(member, street.homes[3:4], LIFT, ports)[0]
    assert incident_of(member, late) == incident.id
    with member_transaction(member.id) as session:
        event = session.scalars(select(Event).where(Event.complaint_id == late, Event.kind == "linked")).one()
    assert event.audience == "tenant"
    assert event.data == {"incident": str(incident.id), "title": "Ascenseur en panne", "households": 4}
    told = [text for text in letters(settings.mail_dir) if "parle d'un problème connu" in text]
    assert len(told) == 4
    assert all("votre résidence : Ascenseur en panne." in text for text in told)
    assert sum("4 foyers l'ont signalé." in text for text in told) == 1
    assert all("Prochaines nouvelles au plus tard le jeudi 26 novembre 2026 à 12 h 00." in text for text in told)


def test_few_households_are_not_counted_aloud(
    member: MemberWorld, street: Street, ports: Ports, settings: Settings
) -> None:
    neighbours_write(member, street.homes[:2], GAS, ports)
    told = [text for text in letters(settings.mail_dir) if "parle d'un problème connu" in text]
    assert len(told) == 1  # the first of them told us
    assert not any("foyer" in text for text in told)


def test_the_step_taken_twice_does_nothing_twice(member: MemberWorld, street: Street, ports: Ports) -> None:
    incident, ids = opened(member, street, ports)
    for one in ids:
        watch_again(member, one, ports)
    assert work_off(member, ports) == 0
    assert households(member, incident.id) == 3
    assert [kinds(member, one).count("linked") for one in ids] == [1] * 3


def test_a_complaint_somebody_holds_is_linked_a_little_later(
    member: MemberWorld, street: Street, ports: Ports, app: Flask
) -> None:
    ids = neighbours_write(member, street.homes[:3], LIFT, ports)
    incident = the_one(member)
    from_elsewhere = app.extensions["sqlalchemy"].engine.connect()
    with from_elsewhere.begin():
        from_elsewhere.exec_driver_sql(f"select set_config('seve.member', '{member.id}', true)")
        from_elsewhere.exec_driver_sql(f"select 1 from complaints where id = '{ids[1]}' for update")
        incident_desk.accept(member.id, incident.id, member.agent_id, ports)
        assert [incident_of(member, one) is None for one in ids] == [False, True, False]
    from_elsewhere.close()
    work_off(member, ports)
    assert incident_of(member, ids[1]) == incident.id


def test_a_closed_complaint_counts_but_is_left_in_peace(member: MemberWorld, street: Street, ports: Ports) -> None:
    ids = neighbours_write(member, street.homes[:2], COLD, ports)
    closing.close(member.id, ids[0], member.agent_id, outcome="answered", sentence="Un technicien vient.", ports=ports)
    neighbours_write(member, street.homes[2:3], COLD, ports)
    assert the_one(member).households == 3
    assert incident_of(member, ids[0]) is None


# A person's word.


def test_a_person_accepts_and_all_are_linked_and_told_once(member: MemberWorld, street: Street, ports: Ports) -> None:
    incident, ids = opened(member, street, ports)
    assert (incident.status, incident.opened_by) == ("open", "Ana Vidal")
    assert households(member, incident.id) == 3
    for one in ids:
        assert incident_of(member, one) == incident.id
    assert sent(member, "linked") == 3
    incident_desk.accept(member.id, incident.id, member.agent_id, ports)
    assert work_off(member, ports) == 0


def test_what_was_dismissed_is_not_proposed_again_within_the_window(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    neighbours_write(member, street.homes[:3], LIFT, ports)
    incident_desk.dismiss(member.id, the_one(member).id, member.agent_id, ports)
    clock.forward(timedelta(hours=2))
    neighbours_write(member, street.homes[3:7], LIFT, ports)
    assert the_one(member).status == "dismissed"
    with pytest.raises(NotAllowed):
        incident_desk.accept(member.id, the_one(member).id, member.agent_id, ports)
    clock.forward(timedelta(hours=26))
    neighbours_write(member, street.homes[:5], LIFT, ports)  # it was no incident, so they write much: three are few
    assert [one.status for one in all_of(member)] == ["dismissed", "proposed"]


def test_a_false_alarm_that_the_rules_opened_is_taken_back(member: MemberWorld, street: Street, ports: Ports) -> None:
    only = neighbours_write(member, street.homes[:1], GAS, ports)[0]
    incident_desk.dismiss(member.id, the_one(member).id, member.agent_id, ports)
    assert incident_of(member, only) is None
    assert kinds(member, only)[-1] == "unlinked"
    watch_again(member, only, ports)
    assert the_one(member).status == "dismissed"
    neighbours_write(member, street.homes[1:2], GAS, ports)  # another household smells gas: nobody has judged of that
    assert [one.status for one in all_of(member)] == ["dismissed", "open"]


def test_a_correction_to_another_subject_unlinks_and_back_links_again(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    incident, ids = opened(member, street, ports)
    late = neighbours_write(member, street.homes[3:4], LIFT, ports)[0]
    for one in (late, ids[0]):  # linked by the rules, linked by a person who accepted
        correct(member, one, ports, category="loyer")
        work_off(member, ports)
        assert incident_of(member, one) is None
        assert "unlinked" in kinds(member, one)
    assert households(member, incident.id) == 2
    correct(member, late, ports, category="ascenseur", reason="Bien l'ascenseur")
    work_off(member, ports)
    assert incident_of(member, late) == incident.id


def test_a_correction_that_leaves_the_desk_as_it_is_unlinks_too(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    _, ids = opened(member, street, ports)
    before = kinds(member, ids[0]).count("routed")
    correct(member, ids[0], ports, category="proprete")  # the agency has both
    work_off(member, ports)
    assert kinds(member, ids[0]).count("routed") == before
    assert incident_of(member, ids[0]) is None


def test_a_complaint_taken_off_by_a_person_is_not_put_back_by_a_rule(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    incident, ids = opened(member, street, ports)
    incident_opening.unlink_one(member.id, incident.id, ids[0], member.agent_id, ports)
    watch_again(member, ids[0], ports)
    assert incident_of(member, ids[0]) is None
    incident_opening.link_one(member.id, incident.id, ids[0], member.agent_id, ports)
    assert incident_of(member, ids[0]) == incident.id
    with member_transaction(member.id) as session:
        history = session.scalars(select(IncidentLink).where(IncidentLink.complaint_id == ids[0])).all()
    assert sorted(str(one.unlinked_by) for one in history) == ["Ana Vidal", "None"]
    assert kinds(member, ids[0])[-3:] == ["linked", "unlinked", "linked"]


def test_a_link_made_by_hand_outlives_the_rules(member: MemberWorld, street: Street, ports: Ports) -> None:
    incident, _ = opened(member, street, ports)
    noise = write(member, street.homes[7], "Mon voisin crie dans l'escalier", ports)
    work_off(member, ports)
    incident_opening.link_one(member.id, incident.id, noise, member.agent_id, ports)
    watch_again(member, noise, ports)
    assert incident_of(member, noise) == incident.id
    correct(member, noise, ports, category="loyer")  # a later word of a person
    work_off(member, ports)
    assert incident_of(member, noise) is None


def test_an_incident_opened_from_a_complaint_takes_those_that_say_the_same(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    ids = neighbours_write(member, street.homes[:2], LIFT, ports)
    found = {incident_opening.open_from(member.id, one, member.agent_id, ports) for one in (ids[0], ids[0], ids[1])}
    assert found == {the_one(member).id}
    assert households(member, the_one(member).id) == 2
    assert [kinds(member, one).count("linked") for one in ids] == [1, 1]


def test_opening_from_a_complaint_accepts_the_proposal_about_it(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    ids = neighbours_write(member, street.homes[:3], LIFT, ports)
    incident_opening.open_from(member.id, ids[0], member.agent_id, ports)
    assert (the_one(member).status, the_one(member).opened_by) == ("open", "Ana Vidal")
    assert households(member, the_one(member).id) == 3


def test_what_cannot_be_an_incident_is_refused_by_name(member: MemberWorld, street: Street, ports: Ports) -> None:
    nowhere = write(member, None, LIFT, ports)
    unread = write(member, street.homes[0], "bla bla", ports)
    for one, code in ((nowhere, "no_place"), (unread, "no_subject")):
        with pytest.raises(NotAllowed, match=code):
            incident_opening.open_from(member.id, one, member.agent_id, ports)
    assert all_of(member) == []


def test_another_members_incident_does_not_exist_here(
    member: MemberWorld, street: Street, ports: Ports, world: World
) -> None:
    incident, ids = opened(member, street, ports)
    other = world.second
    changes = Changes("Titre", None, None, None)
    for act in (
        lambda: incident_desk.accept(other.id, incident.id, other.agent_id, ports),
        lambda: incident_desk.dismiss(other.id, incident.id, other.agent_id, ports),
        lambda: incident_desk.change(other.id, incident.id, changes, ports),
        lambda: incident_desk.resolve(other.id, incident.id, other.agent_id, ending=None, ports=ports),
        lambda: incident_opening.link_one(other.id, incident.id, ids[0], other.agent_id, ports),
        lambda: incident_news.write_news(
            other.id, incident.id, other.agent_id, text="Bonjour", seen=0, next_at=None, ports=ports
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_what_a_person_changes_is_kept_and_checked(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    incident, _ = opened(member, street, ports)
    soon = clock.now() + timedelta(hours=5)
    incident_desk.change(member.id, incident.id, Changes(" Ascenseur arrêté ", None, soon, soon), ports)
    changed = the_one(member)
    assert (changed.title, changed.building, changed.ends_at, changed.next_news_at) == (
        "Ascenseur arrêté", None, soon, soon,
    )  # fmt: skip
    late = clock.now() - timedelta(days=2)
    for wrong, field in (
        (Changes(" ", None, None, None), "title"),
        (Changes("A", None, late, None), "ends_at"),
        (Changes("A", None, None, late), "next_news_at"),
    ):
        with pytest.raises(BadInput) as refusal:
            incident_desk.change(member.id, incident.id, wrong, ports)
        assert refusal.value.field == field


# News.


def news(member: MemberWorld, incident: Incident, ports: Ports, text: str, seen: int = 0) -> int:
    later = ports.clock.now() + timedelta(hours=6)
    told = incident_news.write_news(
        member.id, incident.id, member.agent_id, text=text, seen=seen, next_at=later, ports=ports
    )
    work_off(member, ports)
    return told


def test_news_reach_each_household_with_its_own_dwelling_once(
    member: MemberWorld, street: Street, ports: Ports, settings: Settings
) -> None:
    incident, ids = opened(member, street, ports)
    words = "Pour {logement}, demande {reference} : le réparateur vient demain."
    assert news(member, incident, ports, words) == 3
    assert news(member, incident, ports, words) == 0  # a double click
    told = [text for text in letters(settings.mail_dir) if "le réparateur vient demain" in text]
    for one, home in zip(ids, street.homes, strict=False):
        expected = f"Pour le logement {home}, demande {complaint(member, one).reference} : le réparateur vient demain."
        assert sum(expected in text for text in told) == 1
        assert kinds(member, one).count("incident_news") == 1
        assert complaint(member, one).first_answered_at == ports.clock.now()
    assert len(told) == 3
    assert news(member, incident, ports, words, seen=1) == 3  # said again, on purpose, from a page that shows the first


def test_news_do_not_go_to_what_is_closed_or_unlinked_and_go_to_what_is_reopened(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    incident, ids = opened(member, street, ports)
    closing.close(member.id, ids[0], member.agent_id, outcome="answered", sentence="Voilà.", ports=ports)
    incident_opening.unlink_one(member.id, incident.id, ids[1], member.agent_id, ports)
    assert news(member, incident, ports, "Un") == 1
    with member_transaction(member.id) as session:
        closing.reopen(session, session.get_one(Complaint, ids[0], with_for_update=True), "Toujours en panne", ports)
    assert news(member, incident, ports, "Deux", seen=1) == 2


def test_news_are_refused_where_nobody_reads_them_or_a_blank_is_unknown(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    neighbours_write(member, street.homes[:3], LIFT, ports)
    proposed = the_one(member)
    with pytest.raises(NotAllowed):
        news(member, proposed, ports, "Bonjour")
    with pytest.raises(BadInput, match="unknown_blank"):
        news(member, proposed, ports, "Bonjour {nom}")
    with pytest.raises(BadInput, match="in_the_past"):
        incident_news.write_news(
            member.id, proposed.id, member.agent_id, text="Bonjour", seen=0, next_at=ports.clock.now(), ports=ports
        )


def test_whom_news_reach_is_said_before(member: MemberWorld, street: Street, ports: Ports) -> None:
    incident, _ = opened(member, street, ports)
    write(member, street.homes[4], LIFT, ports)  # without an e-mail
    work_off(member, ports)
    with member_transaction(member.id) as session:
        assert incident_news.readers(session, incident.id) == incident_news.Readers(4, 4, 3)
        assert "Pour le logement amont-A-" in incident_news.preview(session, incident.id, "Pour {logement}")


def test_news_that_do_not_come_are_work_for_a_person(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    incident, _ = opened(member, street, ports)

    def due() -> int:
        with member_transaction(member.id) as session:
            return incidents.news_due(session, clock.now())

    assert due() == 0
    clock.forward(timedelta(days=2))
    assert due() == 1
    news(member, incident, ports, "Nous cherchons une pièce.")
    assert due() == 0


# Announced.


def test_works_announced_before_anybody_writes_take_what_comes(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock, settings: Settings
) -> None:
    start = clock.now() + timedelta(hours=1)
    announced = {incident_opening.announce(member.id, "Ana Vidal", announcement(street, start), ports) for _ in "ab"}
    assert announced == {the_one(member).id}
    early = neighbours_write(member, street.homes[:1], LIFT, ports)[0]
    assert incident_of(member, early) is None
    clock.forward(timedelta(hours=2))
    during = neighbours_write(member, street.homes[1:2], LIFT, ports)[0]
    assert incident_of(member, during) == the_one(member).id
    told = [text for text in letters(settings.mail_dir) if "parle d'un problème connu" in text]
    assert len(told) == 1
    assert "La fin est prévue le mercredi 25 novembre 2026 à 21 h 00." in told[0]


def test_works_end_by_themselves_and_what_comes_after_is_new(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    incident_opening.announce(member.id, "Ana Vidal", announcement(street, clock.now()), ports)
    assert incidents.tick(ports) == 0
    clock.forward(timedelta(hours=9))
    assert [incidents.tick(ports), incidents.tick(ports)] == [1, 0]
    assert the_one(member).status == "resolved"
    clock.forward(timedelta(minutes=1))
    after = neighbours_write(member, street.homes[:3], LIFT, ports)
    assert [one.status for one in all_of(member)] == ["resolved", "proposed"]
    assert incident_of(member, after[0]) is None


def test_an_outage_announced_takes_what_was_written_since_it_began(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    before = neighbours_write(member, street.homes[:1], LIFT, ports)[0]
    clock.forward(timedelta(hours=2))
    since = clock.now()
    clock.forward(timedelta(hours=1))
    during = neighbours_write(member, street.homes[1:2], LIFT, ports)[0]
    outage = announcement(street, since, kind="outage", ends_at=None)
    incident_opening.announce(member.id, "Ana Vidal", outage, ports)
    assert the_one(member).next_news_at is not None
    assert incident_of(member, during) == the_one(member).id
    assert incident_of(member, before) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": "Bonjour {nom}"}, "text"),
        ({"category": "licorne"}, "category"),
        ({"category": "accompagnement_social"}, "category"),
        ({"residence_id": UUID(int=1)}, "residence"),
        ({"ends_at": None}, "ends_at"),
        ({"hours": -1}, "ends_at"),
    ],
)
def test_an_announcement_that_cannot_be_is_refused_by_name(
    member: MemberWorld, street: Street, ports: Ports, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        incident_opening.announce(
            member.id,
            "Ana Vidal",
            announcement(street, ports.clock.now(), **changes),
            ports,  # type: ignore[arg-type]
        )
    assert refusal.value.field == field
    assert all_of(member) == []


# Ended.


def test_an_incident_ends_and_closes_each_complaint_which_may_be_reopened_alone(
    member: MemberWorld, street: Street, ports: Ports, settings: Settings
) -> None:
    incident, ids = opened(member, street, ports)
    ending = Ending("solved", "Pour {logement} : la pièce est changée.")

    def resolve() -> tuple[int, int]:
        return incident_desk.resolve(member.id, incident.id, member.agent_id, ending=ending, ports=ports)

    assert resolve() == (3, 0)
    with member_transaction(member.id) as session:
        closing.reopen(session, session.get_one(Complaint, ids[0], with_for_update=True), "Non", ports)
    assert resolve() == (0, 0)
    work_off(member, ports)
    assert [complaint(member, one).status == "closed" for one in ids] == [False, True, True]
    assert [kinds(member, one).count("closed") for one in ids] == [1, 1, 1]
    sentence = f"Pour le logement {street.homes[1]} : la pièce est changée."
    assert complaint(member, ids[1]).closing_sentence == sentence
    assert sum(sentence in text for text in letters(settings.mail_dir)) == 1
    assert the_one(member).status == "resolved"
    watch_again(member, ids[0], ports)  # reopened, it begins nothing new by itself
    assert the_one(member).status == "resolved"


def test_an_incident_may_end_without_closing_anything(member: MemberWorld, street: Street, ports: Ports) -> None:
    incident, ids = opened(member, street, ports)
    assert incident_desk.resolve(member.id, incident.id, member.agent_id, ending=None, ports=ports) == (0, 0)
    assert the_one(member).status == "resolved"
    assert all(complaint(member, one).status != "closed" for one in ids)


@pytest.mark.parametrize(
    ("ending", "field"),
    [
        (Ending("licorne", "Fini."), "outcome"),
        (Ending("solved", " "), "sentence"),
        (Ending("solved", "{x}"), "sentence"),
    ],
)
def test_an_ending_to_mend_ends_nothing(
    member: MemberWorld, street: Street, ports: Ports, ending: Ending, field: str
) -> None:
    incident, ids = opened(member, street, ports)
    with pytest.raises(BadInput) as refusal:
        incident_desk.resolve(member.id, incident.id, member.agent_id, ending=ending, ports=ports)
    assert refusal.value.field == field
    assert the_one(member).status == "open"
    assert all(complaint(member, one).status != "closed" for one in ids)


def test_an_incident_the_rules_opened_ends_with_its_last_complaint(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    only = neighbours_write(member, street.homes[:1], GAS, ports)[0]
    assert incidents.tick(ports) == 0
    closing.close(member.id, only, member.agent_id, outcome="solved", sentence="Réparé.", ports=ports)
    assert incidents.tick(ports) == 1
    assert the_one(member).status == "resolved"


def test_after_an_end_the_same_trouble_is_counted_anew(
    member: MemberWorld, street: Street, ports: Ports, clock: SetClock
) -> None:
    incident, _ = opened(member, street, ports)
    incident_desk.resolve(member.id, incident.id, member.agent_id, ending=None, ports=ports)
    clock.forward(timedelta(minutes=10))
    neighbours_write(member, street.homes[3:5], LIFT, ports)
    assert len(all_of(member)) == 1
    neighbours_write(member, street.homes[5:6], LIFT, ports)
    assert [one.status for one in all_of(member)] == ["resolved", "proposed"]


# Read.


def test_what_is_known_counts_households_and_says_small_numbers_to_nobody(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    incident, _ = opened(member, street, ports)
    neighbours_write(member, [street.homes[0]], LIFT, ports)
    with member_transaction(member.id) as session:
        found = known(session, incident.id)
        assert found
        assert (found.households, found.neighbours) == (3, 3)
        assert [one.id for one in known_in(session, street.residence_id, "ascenseur", ports.clock.now())] == [
            incident.id
        ]
        assert known_in(session, street.residence_id, "chauffage", ports.clock.now()) == []


def test_no_step_is_left_and_no_household_is_lost(member: MemberWorld, street: Street, ports: Ports) -> None:
    opened(member, street, ports, 5)
    with member_transaction(member.id) as session:
        assert session.scalars(select(OutboxStep).where(OutboxStep.done_at.is_(None))).all() == []
        dwellings = session.scalars(select(Dwelling.id).where(Dwelling.reference.in_(street.homes[:5]))).all()
        linked = session.scalars(select(Complaint.dwelling_id).where(Complaint.incident_id.is_not(None))).all()
    assert sorted(linked, key=str) == sorted(dwellings, key=str)


def test_an_incident_dismissed_while_a_message_is_weighed_stays_dismissed(
    app: Flask, member: MemberWorld, street: Street, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbours_write(member, street.homes[:3], LIFT, ports)
    proposed = the_one(member).id

    def dismiss() -> None:
        with app.app_context():
            incident_desk.dismiss(member.id, proposed, member.agent_id, ports)

    person = threading.Thread(target=dismiss)

    def weigh(*_: object, **__: object) -> Verdict:
        person.start()
        person.join(1)  # it waits for us; did it not, it would be done long before
        return Verdict(Outcome.OPEN, 4, 1e-9, ())

    monkeypatch.setattr(incidents.rules, "decide", weigh)
    write(member, street.homes[3], LIFT, ports)
    work_off(member, ports)
    person.join()
    assert the_one(member).status == "dismissed"
    with member_transaction(member.id) as session:
        live = select(func.count()).select_from(IncidentLink).where(IncidentLink.unlinked_at.is_(None))
        assert session.scalars(live).one() == 0


def test_a_dismissal_that_broke_off_goes_on_when_asked_again(
    member: MemberWorld, street: Street, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, ids = opened(member, street, ports)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(incident_desk, "unlink", broken)
        with pytest.raises(ZeroDivisionError):
            incident_desk.dismiss(member.id, incident.id, member.agent_id, ports)
    incident_desk.dismiss(member.id, incident.id, member.agent_id, ports)
    assert the_one(member).status == "dismissed"
    assert [incident_of(member, one) for one in ids] == [None] * 3


def test_a_danger_written_just_before_an_incident_ends_is_heard(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    incident, ids = opened(member, street, ports)
    handling.add_from_tenant(member.id, ids[0], "Odeur de gaz et de fumée dans la cabine", ports)
    ending = Ending("solved", "L'ascenseur marche.")
    assert incident_desk.resolve(member.id, incident.id, member.agent_id, ending=ending, ports=ports) == (3, 0)
    work_off(member, ports)
    assert (complaint(member, ids[0]).status != "closed", complaint(member, ids[0]).urgency) == (True, "danger")
    assert kinds(member, ids[0]).count("paged") == 1
    assert complaint(member, ids[1]).status == "closed"


def test_the_first_news_are_promised_for_a_day_on_which_the_member_works(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    with member_transaction(member.id) as session:
        session.add_all(ClosureDay(member_id=member.id, day=date(2026, 11, day), label="Fermeture") for day in (26, 27))
    incident, _ = opened(member, street, ports)
    assert incident.next_news_at is not None
    assert incident.next_news_at.astimezone(PARIS) == datetime(2026, 11, 30, 12, tzinfo=PARIS)


def test_whoever_tells_of_it_first_does_not_read_that_it_is_known(
    member: MemberWorld, street: Street, ports: Ports
) -> None:
    first = write(member, street.homes[0], GAS, ports, email="premiere@poste.example")
    work_off(member, ports)
    second = write(member, street.homes[1], GAS, ports, email="seconde@poste.example")
    work_off(member, ports)
    with member_transaction(member.id) as session:
        told = session.scalars(select(Delivery.complaint_id).where(Delivery.purpose == "linked")).all()
    assert first not in told
    assert told == [second]
