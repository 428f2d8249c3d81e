"""The standard network brought into PostgreSQL by COPY, as the owner of the tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from service.journey.people.accounts import HASHER
from service.models.member import Agency, Member, Team
from service.models.patrimoine import Residence
from service.models.people import NetworkReader
from tests.standard_network import AREAS, MEMBERS, SEED, Standard, subjects, terms

READER = "groupe@reseau.example"  # and their password
_FILLER = "Bonjour, je vous écris encore une fois au sujet de mon logement, merci de faire quelque chose rapidement. "
_STAGE = """
create temporary table told (
    number integer, member uuid, dwelling uuid, residence uuid, team uuid, other uuid, category text, at timestamp,
    done_at timestamp, answer_days integer, days integer, hops integer, was_corrected boolean, score integer, words text
) on commit drop
"""
# Moments are told in Paris time. What is not done on the day the network stands at is not done.
_COMPLAINTS = """
insert into complaints (
    id, member_id, reference, tracking_token, status, submitted_at, text, channel, place_given, preferred_channel,
    language, dwelling_id, residence_id, category, urgency, confidence, target, team_id, hops, promised_answer_by,
    answer_due_at, answer_done_at, answer_days, full_due_at, full_done_at, full_days, reopenings, was_extended,
    first_category, first_team_id, danger, danger_types, danger_is_judged, abstained, alternatives, words,
    category_by_person, closed_at, outcome)
select gen_random_uuid(), member, 'S' || number, 'lien-' || number,
    case when is_done then 'closed' else 'delivered' end, sent, words, 'extranet', '{}', 'email', 'fr', dwelling,
    residence, category, 'normal', 0.9, (array['team', 'team', 'supplier', 'authority'])[1 + number % 4], team, hops,
    at::date + 4, sent + interval '6 days', sent + least(answer_days * 1.4, days) * interval '1 day', answer_days,
    sent + interval '21 days', case when is_done then done end, case when is_done then days end,
    case when number % 40 = 0 then 1 else 0 end, number % 20 = 0,
    case when was_corrected then 'loyer' else category end, case when hops > 0 then other else team end,
    'none', '[]', false, false, '[]', '[]', was_corrected, case when is_done then done end,
    case when is_done then 'solved' end
from (
    select told.*, at at time zone 'Europe/Paris' as sent, done_at at time zone 'Europe/Paris' as done,
        done_at < :end as is_done
    from told
) moments
"""
_OPINIONS = """
insert into feedback (id, member_id, complaint_id, score, at)
select gen_random_uuid(), c.member_id, c.id, score, c.full_done_at from told
join complaints c on c.reference = 'S' || number where score >= 0 and c.full_done_at is not null
"""


def load(connection: Connection, network: Standard) -> dict[str, UUID]:
    """Write the whole network; return the id of each member."""
    random = Random(SEED)
    members = _members(connection, random)
    residences = _residences(connection, network, list(members.values()), random)
    dwellings = [_id(random) for _ in network.stock.residence]
    owners = [list(members.values())[place] for place in network.stock.member]
    _copy(
        connection,
        "dwellings (id, member_id, reference, residence_id, address_line, address_key)",
        (
            (dwelling, owners[place], f"S{number}", residences[place], f"{number} rue", f"80000 {number} rue")
            for number, (dwelling, place) in enumerate(zip(dwellings, network.stock.residence, strict=True))
        ),
    )
    connection.execute(text("set local statement_timeout = 0"))
    connection.execute(text(_STAGE))
    teams = _teams(connection, members, random)
    _copy(connection, "told", _told(network, dwellings, residences, owners, teams))
    # What is known on the fifth of the month after the last one.
    end = datetime.combine(network.start, time()) + timedelta(days=_days(network) + 4)
    connection.execute(text(_COMPLAINTS), {"end": end})
    connection.execute(text("analyze dwellings, residences, complaints"))
    connection.execute(text(_OPINIONS))
    return members


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _days(network: Standard) -> int:
    """Return how many days the history has."""
    months = network.start.month - 1 + network.months
    return (network.start.replace(year=network.start.year + months // 12, month=months % 12 + 1) - network.start).days


def _members(connection: Connection, random: Random) -> dict[str, UUID]:
    members = {slug: _id(random) for slug in MEMBERS}
    with Session(connection) as session:
        session.add_all(
            Member(
                id=members[slug], slug=slug, name=slug.title(), seat="Ville", colour="#1d5b43", dwellings=size,
                phone="03 53 01 00 00",
            )
            for slug, size in MEMBERS.items()
        )  # fmt: skip
        session.add(NetworkReader(id=_id(random), email=READER, name="Lectrice", password_hash=HASHER.hash(READER)))
        session.flush()
    return members


def _residences(connection: Connection, network: Standard, members: Sequence[UUID], random: Random) -> list[UUID]:
    agencies = [_id(random) for _ in members]
    ids = [_id(random) for _ in network.stock.size]
    with Session(connection) as session:
        session.add_all(
            Agency(id=agency, member_id=member, name="Agence", city="Ville")
            for agency, member in zip(agencies, members, strict=True)
        )
        session.flush()
        session.add_all(
            Residence(
                id=one, member_id=members[place], name=f"Résidence {number}", agency_id=agencies[place],
                postcode="80000", insee="80021", city="Ville", heating="collective", has_lift=True,
                area_type=AREAS[area],
            )
            for number, (one, place, area) in enumerate(
                zip(ids, network.stock.member, network.stock.area, strict=True)
            )
        )  # fmt: skip
        session.flush()
    return ids


def _teams(connection: Connection, members: dict[str, UUID], random: Random) -> dict[UUID, tuple[UUID, UUID]]:
    teams = {member: (_id(random), _id(random)) for member in members.values()}
    with Session(connection) as session:
        for member, ids in teams.items():
            session.add_all(
                Team(id=one, member_id=member, name=f"Équipe {place}", kind="technical", agency_id=None, email=None)
                for place, one in enumerate(ids)
            )
        session.flush()
    return teams


def _told(
    network: Standard,
    dwellings: Sequence[UUID],
    residences: Sequence[UUID],
    owners: Sequence[UUID],
    teams: dict[UUID, tuple[UUID, UUID]],
) -> Iterator[tuple[Any, ...]]:
    codes, listed, messages = subjects(), terms(), network.messages
    start = datetime.combine(network.start, time())
    columns = (
        messages.dwelling, messages.category, messages.day, messages.minute, messages.done_day, messages.answer_days,
        messages.days, messages.hops, messages.was_corrected, messages.score,
    )  # fmt: skip
    for number, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        home, category, day, minute, done, *rest = row
        place = network.stock.residence[home]
        member = owners[place]
        at = start + timedelta(days=day, minutes=minute)
        done_at = max(start + timedelta(days=done, hours=20), at + timedelta(hours=1))
        words = " puis ".join([_FILLER * 3, *(listed[one] for one in messages.terms[number])])
        yield (
            number,
            member,
            dwellings[home],
            residences[place],
            *teams[member],
            codes[category],
            at,
            done_at,
            *rest,
            words,
        )


def _copy(connection: Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
