"""Bounding what one household weighs, in one member, in SQL; the sum that comes out is a table of whole numbers.

In order: a household counts once a key; at most `most` keys a period, in an order that depends on a secret and on
nothing it wrote; at most `cap` in any twelve months; and in a residence of fewer than 20 dwellings each key counts at
most 3 households. The last step moves a cell by one at most when one household comes or goes, so the first three hold.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.areas import UNKNOWN
from service.domain.periods import end_of, instants_of, year_before
from service.domain.products import DELAY_BINS, SMALL_MOST, SMALL_RESIDENCE, Product
from service.domain.taxonomy import categories
from service.journey.trends.sightings import SIGHTINGS

_BLOCK = 64  # bytes, of SHA-256
# HMAC-SHA256 (RFC 2104) of a text, with the two keys that Python has padded.
_HMAC = "sha256(:outer || sha256(:inner || convert_to({}, 'UTF8')))"
_SEEN = """
    select distinct seen.dwelling_id, w.residence_id,
        case when :by_area then coalesce(
            cast(:areas as jsonb) ->> r.area_type, cast(:areas as jsonb) ->> cast(:unknown as text)
        ) || '|' else '' end || seen.key as key
    from ({sightings}) seen join dwellings w on w.id = seen.dwelling_id join residences r on r.id = w.residence_id
    where seen.key is not null
        and not exists (select from trend_objections o where o.dwelling_id = seen.dwelling_id)
"""
_BOUNDED = f"""
with seen as ({_SEEN}),
named as (select {_HMAC.format("dwelling_id::text")} as household, residence_id, key from seen),
used as (
    select household, sum(cells) as cells from trend_contributions
    where product = :product and period > :year_before and period < :year_after group by household
),
ordered as (
    select named.*, least(:most, :cap - coalesce(used.cells, 0)) as room,
        row_number() over (partition by named.household order by
            {_HMAC.format("encode(named.household, 'hex') || '|' || named.key || '|' || :product || '|' || :period")}
        ) as place
    from named left join used using (household)
),
kept as (select * from ordered where place <= room),
written as (
    insert into trend_contributions (id, member_id, product, period, household, cells)
    select gen_random_uuid(), :member, :product, cast(:period as date), household, count(*) from kept group by household
),
size as (
    select residence_id, count(*) as dwellings from dwellings
    where closed_on is null or closed_on >= cast(:period as date) group by residence_id
),
cells as (
    select kept.residence_id, kept.key, case when coalesce(max(size.dwellings), 0) < :small
        then least(count(*), :small_most) else count(*) end as households
    from kept left join size using (residence_id) group by kept.residence_id, kept.key
)
"""
_SUM = "select key, sum(households)::integer from cells group by key"
_EXACT = f"select key, count(*)::integer from (select distinct dwelling_id, key from ({_SEEN}) s) each_one group by key"


def bounded_table(
    session: Session, member_id: UUID, product: Product, period: date, areas: Mapping[str, str], secret: bytes
) -> dict[str, int]:
    """Return a member's bounded households by key, and write what each household contributed, in this transaction.

    `areas` says under which area each type is published. `secret` is the member's own: 32 bytes.
    """
    question = text((_BOUNDED + _SUM).replace("{sightings}", SIGHTINGS[product.code]))
    rows = session.execute(
        question,
        _needed(product, period, areas)
        | {
            "inner": bytes(byte ^ 0x36 for byte in secret.ljust(_BLOCK, b"\0")),
            "outer": bytes(byte ^ 0x5C for byte in secret.ljust(_BLOCK, b"\0")),
            "member": member_id, "product": product.code, "period": period.isoformat(),
            "most": product.most, "cap": product.cap, "small": SMALL_RESIDENCE, "small_most": SMALL_MOST,
            "year_before": year_before(period, product.length), "year_after": end_of(period, product.length),
        },
    )  # fmt: skip
    return {key: count for key, count in rows}  # noqa: C416  A row is a tuple, mypy wants it unpacked.


def exact_table(session: Session, product: Product, period: date) -> dict[str, int]:
    """Return a member's own households by key, exact: for that member and nobody else, and without what is reserved.

    Whoever steers reads them, named for sensitive complaints or not: those are not counted.
    """
    question = text(_EXACT.replace("{sightings}", SIGHTINGS[product.code]))
    session.execute(text("select set_config('seve.own', 'on', true)"))
    rows = session.execute(question, _needed(product, period, {})).all()
    session.execute(text("select set_config('seve.own', '', true)"))
    return {key: count for key, count in rows}  # noqa: C416  As above.


def secret_of(release_secret: str, member_id: UUID) -> bytes:
    """Return the secret by which one member's households are named and ordered."""
    return hmac.new(release_secret.encode(), f"trends|{member_id}".encode(), hashlib.sha256).digest()


def _needed(product: Product, period: date, areas: Mapping[str, str]) -> dict[str, object]:
    start, end = instants_of(period, product.length)
    return {
        "start": start,
        "end": end,
        "families": json.dumps({code: one.family for code, one in categories().items()}),
        "bins": list(DELAY_BINS),
        "by_area": product.split == "area",
        "areas": json.dumps(dict(areas)),
        "unknown": UNKNOWN,
    }
