"""A large member's two years of complaints, hand-overs and opinions, written by PostgreSQL itself."""

from sqlalchemy import Connection, text

from service.domain.taxonomy import categories
from tests.world import MemberWorld

# What happened to complaint `n` follows from its number: runs compare, and each figure has cases of every kind.
_COMPLAINTS = """
insert into complaints (
    id, member_id, reference, tracking_token, status, submitted_at, text, channel, place_given, preferred_channel,
    language, residence_id, category, urgency, confidence, target, team_id, organisation_id, hops, promised_answer_by,
    first_answered_at, closed_at, outcome, surveyed_at, category_by_person, is_marked, answer_due_at, answer_done_at,
    answer_days, full_due_at, full_done_at, full_days, reopenings, was_extended, first_category, first_team_id,
    lost_days, danger, danger_types, danger_is_judged, abstained, alternatives, words)
select gen_random_uuid(), :member, 'N' || n, 'lien-' || n, case when n % 12 = 0 then 'handled' else 'closed' end, at,
    repeat(md5(n::text) || ' Le radiateur du salon reste froid ', 8),
    (array['extranet', 'form', 'phone', 'email'])[1 + n % 4], '{}', 'email', 'fr',
    residences[1 + n % cardinality(residences)], category, (array['normal', 'normal', 'urgent', 'faible'])[1 + n % 4],
    0.9, 'team', team, case when n % 5 = 0 then cast(:supplier as uuid) end, n % 20 / 18, at::date + 4,
    at + days * interval '1 day',
    case when n % 12 > 0 then at + (days + 6) * interval '1 day' end,
    case when n % 12 > 0 then (array['solved', 'answered', 'refused'])[1 + n % 3] end,
    case when n % 12 > 0 then at + (days + 8) * interval '1 day' end, n % 4 = 0, n % 400 = 0,
    at + interval '4 days', at + days * interval '1 day', days, at + interval '30 days',
    case when n % 12 > 0 then at + (days + 6) * interval '1 day' end, case when n % 12 > 0 then days + 6 end,
    case when n % 40 in (1, 10) then 1 else 0 end, n % 50 = 0,
    case when n % 9 = 0 then null when n % 11 = 0 then 'loyer' else category end,
    case when n % 20 > 17 then other else team end, case when n % 20 > 17 then 2 end,
    'none', '[]', false, false, '[]', '[]'
from (
    select n, cast(:until as timestamptz) - n * (interval '730 days' / :count) as at, n % 9 as days,
        (cast(:categories as text[]))[1 + n % 40] as category, teams[1 + n % 4] as team,
        teams[1 + (n + 1) % 4] as other,
        residences
    from generate_series(1, :count) n,
        (select array_agg(id order by name) as teams from teams where member_id = :member) t,
        (select array_agg(id order by id) as residences from residences where member_id = :member) r
) told
"""
_HANDOVERS = """
with begun as (
    insert into events (member_id, complaint_id, kind, audience, actor, at, data)
    select member_id, id, 'routed', 'tenant', 'rules', submitted_at,
        '{"team": "Service technique"}' from complaints
    where member_id = :member and organisation_id is not null returning id, complaint_id, at
)
insert into handovers (
    id, member_id, complaint_id, event_id, organisation_id, with_text, status, offered_at, expires_at, answer_due_at,
    answered_at, done_at, refusal)
select gen_random_uuid(), :member, complaint_id, begun.id, :supplier, false,
    case when begun.id % 10 = 0 then 'refused' else 'done' end, at, at + interval '60 days', at + interval '2 days',
    at + begun.id % 4 * interval '1 day', case when begun.id % 10 > 0 then at + interval '6 days' end,
    case when begun.id % 10 = 0 then 'not_our_trade' end
from begun
"""
_REFUSALS = """
insert into events (member_id, complaint_id, kind, audience, actor, at, data)
select member_id, id, 'refused', 'internal', 'Service', submitted_at + interval '1 day', '{"code": "out_of_area"}'
from complaints where member_id = :member and hops > 0
"""
_OPINIONS = """
insert into feedback (id, member_id, complaint_id, score, solved, visit, at)
select gen_random_uuid(), member_id, id, abs(hashtext(reference)) % 11,
    (array['yes', 'partly', 'no', 'unknown'])[1 + abs(hashtext(reference)) % 4],
    (array['yes', 'no', 'none'])[1 + abs(hashtext(reference)) / 3 % 3], surveyed_at + interval '1 day'
from complaints where member_id = :member and surveyed_at is not null and abs(hashtext(reference)) % 3 = 0
"""
_RESIDENCES = """
insert into residences (id, member_id, name, agency_id, postcode, insee, city, heating, has_lift)
select gen_random_uuid(), member_id, 'Résidence ' || n, agency_id, postcode, insee, city, heating, has_lift
from (select * from residences where member_id = :member limit 1) one, generate_series(1, 600) n
"""


def load_history(connection: Connection, member: MemberWorld, count: int, until: str) -> None:
    """Write so many complaints of one member, the last of them at `until`, and what followed."""
    values = {
        "member": member.id, "supplier": member.supplier_id, "count": count, "until": until,
        "categories": list(categories()),
    }  # fmt: skip
    connection.execute(text("set local statement_timeout = 0"))
    for statement in (_RESIDENCES, _COMPLAINTS, _HANDOVERS, _REFUSALS, _OPINIONS):
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), used)
