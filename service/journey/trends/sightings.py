"""What is seen for each product: the dwellings of one member and the keys they touch, in SQL without a word of text.

Each question gives `dwelling_id` and `key`; it may use :start and :end (of the period), :families (category -> family,
JSON) and :bins. Nothing here bounds anything: see journey.trends.bounding.
"""

from collections.abc import Mapping

# What nobody was sure of is not a fact; what was found in no patrimoine belongs to no household.
_KNOWN = "c.dwelling_id is not null and c.category is not null and not c.abstained"
_IN_PERIOD = "c.submitted_at >= :start and c.submitted_at < :end"
_RECEIVED = f"{_KNOWN} and {_IN_PERIOD}"
_FAMILY = "cast(:families as jsonb) ->> c.category"
_DAYS = "(cast(:bins as integer[]))[width_bucket(greatest(c.full_days, 0), cast(:bins as integer[]))]::text"  # its bin
_FULLY_ANSWERED = f"{_KNOWN} and c.full_days is not null and c.full_done_at >= :start and c.full_done_at < :end"

_SUBJECTS = f"select c.dwelling_id, c.category as key from complaints c where {_RECEIVED}"
_THEMES = f"select c.dwelling_id, {_FAMILY} as key from complaints c where {_RECEIVED}"
_PROMISE = (
    "select c.dwelling_id, {family} || '|{promise}|' || "
    "case when c.{promise}_done_at <= c.{promise}_due_at then 'kept' else 'broken' end as key "
    "from complaints c where {known} and c.{promise}_due_at >= :start and c.{promise}_due_at < :end"
)

SIGHTINGS: Mapping[str, str] = {
    "C1": _SUBJECTS,
    "MF": _THEMES,
    "AF": _THEMES,
    "Q2": _SUBJECTS,
    "Q3": _SUBJECTS,
    "WK": _THEMES,
    "DELAY_FAM": f"select c.dwelling_id, {_FAMILY} || '|' || {_DAYS} as key from complaints c where {_FULLY_ANSWERED}",
    "DELAY_MEM": f"select c.dwelling_id, {_DAYS} as key from complaints c where {_FULLY_ANSWERED}",
    # One note a household: the last it gave.
    "SATIS": (
        "select distinct on (c.dwelling_id) c.dwelling_id, f.score::text as key from feedback f "
        "join complaints c on c.id = f.complaint_id "
        "where c.dwelling_id is not null and f.at >= :start and f.at < :end order by c.dwelling_id, f.at desc, f.id"
    ),
    "TERMS": (
        "select c.dwelling_id, s.term as key from term_sightings s join complaints c on c.id = s.complaint_id "
        "where c.dwelling_id is not null and c.submitted_at >= :start and c.submitted_at < :end"
    ),
    "BOUNCE": (
        f"{_SUBJECTS} and c.hops > 0 "
        "union "
        f"{_SUBJECTS} and c.first_team_id is not null and c.team_id is distinct from c.first_team_id"
    ),
    "PROMISE": " union ".join(
        _PROMISE.format(family=_FAMILY, promise=promise, known=_KNOWN) for promise in ("answer", "full")
    ),
    "LATE": (
        f"select c.dwelling_id, {_FAMILY} || '|' || case when c.hops > 0 then 'passed' "
        "when c.target = 'authority' then 'authority' when c.target = 'supplier' then 'supplier' "
        "when c.was_extended then 'extended' else 'team' end as key "
        f"from complaints c where {_KNOWN} and c.full_due_at >= :start and c.full_due_at < :end "
        "and (c.full_done_at is null or c.full_done_at > c.full_due_at)"
    ),
    # Whoever wrote is in it once, also where nobody knows yet on what: it is how many wrote.
    "MODEL": (
        "select c.dwelling_id, case when c.first_category is null or c.category is null or c.abstained then 'person' "
        "when c.first_category <> c.category then 'corrected' else 'kept' end as key "
        f"from complaints c where c.dwelling_id is not null and {_IN_PERIOD}"
    ),
}
