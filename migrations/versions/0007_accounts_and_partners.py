"""Accounts that tell their owner what changed, people on call by day and by night, what an organisation may be sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ACCOUNTS = ("staff", "network_readers")
# What narrows a list stands in the index that orders it.
NARROWED = [
    "status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id", "residence_id",
    "incident_id", "confidence", "abstained", "category_by_person", "is_sensitive",
]  # fmt: skip
# The indexes of one column that narrows much: they are read also where a list is ordered by what is due.
ORDERED = (
    ("ix_complaints_member_category", "category", None),
    ("ix_complaints_organisation", "organisation_id", "organisation_id is not null"),
    ("ix_complaints_incident", "incident_id", "incident_id is not null"),
    ("ix_complaints_dangerous", "urgency", "urgency = 'danger'"),
)

# Columns that a search may be narrowed by.
SEARCHED_BY = (
    "status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id", "residence_id",
)  # fmt: skip
# As in migration 0005, where its reasons stand, but for the way it looks: how many of the newest it tries, and walks.
TRIED, WALKED = 500, 15_000
SEARCH = f"""
create or replace function seve_search(
    words text[], wanted jsonb, since timestamptz, until timestamptz, before_at timestamptz, before_id uuid,
    most integer
) returns setof uuid language plpgsql stable security definer
set search_path = public, pg_temp set jit = off as $$
declare
    query tsquery := seve_query(words);
    newest constant text := ' order by submitted_at desc, id desc';
    chosen text; one record; found uuid[]; hits bigint;
begin
    if seve_member() is null or numnode(query) = 0 then return; end if;
    chosen := format('from complaints where member_id = %L', seve_member());
    if seve_staff() is not null and not exists (
        select from staff where id = seve_staff() and member_id = seve_member() and is_active and (
            is_named or role in ('supervisor', 'administrator') and not exists (
                select from staff named
                where named.member_id = seve_member() and named.is_active and named.is_named)))
    then chosen := chosen || format(' and (not is_sensitive or exists (select from confidants '
        'where confidants.complaint_id = complaints.id and confidants.staff_id = %L))', seve_staff());
    end if;
    for one in select key, value from jsonb_each(wanted) loop
        if one.key not in ('{"', '".join(SEARCHED_BY)}') then raise 'not a column to search by'; end if;
        -- One value, and what is open, are said as the indexes that hold them in order say it.
        chosen := chosen || case when one.value = 'null' then format(' and %I is null', one.key)
            when jsonb_array_length(one.value) = 1 then format(' and %I = %L', one.key, one.value ->> 0)
            else format(' and %I = any(%L)', one.key, array(select jsonb_array_elements_text(one.value)))
        end || case when one.key = 'status' and not one.value ? 'closed' then ' and status <> ''closed''' else '' end;
    end loop;
    chosen := chosen || coalesce(' and submitted_at >= ' || quote_literal(since), '')
        || coalesce(' and submitted_at < ' || quote_literal(until), '')
        || coalesce(' and (submitted_at, id) < (' || quote_literal(before_at) || ', '
            || quote_literal(before_id) || ')', '');
    -- The planner knows neither that words go together ("eau chaude") nor that they go with a subject. So the newest
    -- complaints are tried first: where they tell that the next ones will suffice, these are looked through in their
    -- order. Elsewhere the index on words says which they are, or the planner does where nearly all are wanted.
    if most is null or most >= {WALKED} / 3 then
        return query execute format('select id %s and search @@ %L::tsquery %s', chosen, query, newest)
            || coalesce(' limit ' || most, '');
        return;
    end if;
    execute format('select count(*) from (select search %s %s limit {TRIED}) tried where search @@ %L::tsquery',
        chosen, newest, query) into hits;
    if hits * {WALKED} >= most * {TRIED} then
        execute format('select array(select id from (select id, search %s %s limit {WALKED}) recent '
            'where search @@ %L::tsquery limit %s)', chosen, newest, query, most) into found;
        if cardinality(found) >= most then return query select unnest(found); return; end if;
    end if;
    return query execute format('with found as materialized (select id, submitted_at %s and search @@ %L::tsquery) '
        'select id from found %s limit %s', chosen, query, newest, most);
end $$
"""

# As domain.follow_up has them: what a tenant says, what a person does of it, and what leaves for the tenant.
SAYS = (
    "(said.kind in ('tenant_wrote', 'reopened', 'contested', 'review_asked') "
    "or said.kind = 'noted' and said.actor = 'tenant')"
)
HANDLES = (
    "(done.kind in ('closed', 'erased') or done.actor not in ('tenant', 'model', 'lexicon', 'rules', 'system') "
    "and done.kind in ('answered', 'asked', 'committed', 'noted', 'passed_on', 'planned', 'transferred', 'assigned', "
    "'corrected', 'confirmed', 'acknowledged', 'extended', 'mended', 'partner_written', 'placed'))"
)
TELLS = (
    "told.audience = 'tenant' and told.kind in ('answered', 'asked', 'closed', 'commitment_dropped', 'committed', "
    "'extended', 'incident_news', 'linked', 'passed_on', 'planned', 'reopened', 'submitted', 'transferred')"
)


def upgrade() -> None:
    _create_tables()
    for table in ACCOUNTS:
        op.add_column(table, sa.Column("totp_next_sealed", sa.String(), nullable=True))
    op.add_column("on_call_contacts", sa.Column("hours", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_on_call_contacts_hours"), "on_call_contacts", "hours in ('working', 'off')")
    op.add_column(
        "organisations", sa.Column("takes_words", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    _grant()
    _quicken_lists()
    _follow_words()


def _create_tables() -> None:
    op.create_table(
        "network_letters",
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status in ('waiting', 'sent', 'given_up')", name=op.f("ck_network_letters_status")),
        sa.ForeignKeyConstraint(["reader_id"], ["network_readers.id"], name=op.f("fk_network_letters_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_letters")),
    )
    op.create_index(
        "ix_network_letters_waiting",
        "network_letters",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "network_choices",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_factor", sa.String(), server_default="optional", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_network_choices_one")),
        sa.CheckConstraint("second_factor in ('optional', 'required')", name=op.f("ck_network_choices_second_factor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_choices")),
    )
    op.execute("insert into network_choices (id) values (1)")


def _grant() -> None:
    op.execute("grant select, insert, update, delete on network_letters to seve_app")
    op.execute("grant select on network_choices to seve_app")
    op.execute("grant select, update on network_choices to seve_operator")


def _quicken_lists() -> None:
    """Read what did not arrive without asking row by row who may see it; open complaints by what is due."""
    op.execute("set local statement_timeout = 0")  # large tables; the processes are stopped
    op.execute(
        "create view delivery_failures with (security_barrier) as select complaint_id from deliveries "
        "where member_id = (select seve_member()) and status = 'given_up' and complaint_id is not null"
    )
    op.execute("grant select on delivery_failures to seve_app")
    op.drop_index("ix_complaints_due", table_name="complaints")
    op.create_index(
        "ix_complaints_due",
        "complaints",
        ["member_id", "due_key", "id"],
        postgresql_include=[*NARROWED, "submitted_at", "moved_at"],
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.drop_index("ix_complaints_member_category", table_name="complaints")
    for name, column, where in ORDERED:
        _create_ordered(name, column, where, ["due_key"])
    # What says who may see a complaint, and what figures of hand-overs and opinions ask of it: never the row itself.
    op.create_index(
        "ix_complaints_read",
        "complaints",
        ["id"],
        postgresql_include=[
            "member_id", "is_sensitive", "status", "team_id", "category", "urgency", "residence_id", "reopenings",
        ],
    )  # fmt: skip
    op.drop_index("ix_complaints_surveyed", table_name="complaints")
    op.create_index(
        "ix_complaints_surveyed",
        "complaints",
        ["member_id", "surveyed_at"],
        postgresql_include=["id", "team_id", "category", "residence_id", "urgency", "is_sensitive"],
        postgresql_where=sa.text("surveyed_at is not null"),
    )
    # The other complaints of the same contract stand beside each complaint.
    op.create_index("ix_complaints_tenant", "complaints", ["member_id", "tenant_reference"])
    op.execute(SEARCH)


def _follow_words() -> None:
    """Keep when a tenant was last told something, whatever else moved, and since when their words wait for somebody."""
    op.add_column("complaints", sa.Column("unread_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update complaints set unread_at = said.at from (select said.complaint_id, min(said.at) as at from events said "
        f"where {SAYS} and said.id > coalesce((select max(done.id) from events done "
        f"where done.complaint_id = said.complaint_id and {HANDLES}), 0) group by said.complaint_id) said "
        "where said.complaint_id = complaints.id and erased_at is null "
        "and (status <> 'closed' or moved_at > now() - interval '30 days')"
    )
    op.execute(
        "update complaints set moved_at = coalesce((select max(told.at) from events told "
        f"where told.complaint_id = complaints.id and {TELLS}), submitted_at) where status <> 'closed'"
    )
    op.alter_column("complaints", "moved_at", new_column_name="told_at")
    op.create_index(
        "ix_complaints_unread",
        "complaints",
        ["member_id", "submitted_at", "id"],
        postgresql_include=["is_sensitive", "status", "unread_at"],
        postgresql_where=sa.text("unread_at is not null"),
    )


def _create_ordered(name: str, column: str, where: str | None, more: list[str]) -> None:
    op.create_index(
        name,
        "complaints",
        ["member_id", column, "submitted_at", "id"],
        postgresql_include=[*(name for name in NARROWED if name != column), *more],
        postgresql_where=sa.text(where) if where else None,
    )


def downgrade() -> None:
    op.execute("set local statement_timeout = 0")
    op.drop_index("ix_complaints_unread", table_name="complaints")
    op.alter_column("complaints", "told_at", new_column_name="moved_at")
    op.execute(
        "update complaints set moved_at = coalesce((select max(at) from events where complaint_id = complaints.id), "
        "submitted_at) where status <> 'closed'"
    )
    op.drop_column("complaints", "unread_at")
    # The search stays: it finds what its older form found.
    op.drop_index("ix_complaints_tenant", table_name="complaints")
    op.drop_index("ix_complaints_read", table_name="complaints")
    op.drop_index("ix_complaints_surveyed", table_name="complaints")
    op.create_index(
        "ix_complaints_surveyed",
        "complaints",
        ["member_id", "surveyed_at"],
        postgresql_where=sa.text("surveyed_at is not null"),
    )
    for name, _, _ in ORDERED:
        op.drop_index(name, table_name="complaints")
    _create_ordered("ix_complaints_member_category", "category", None, [])
    op.drop_index("ix_complaints_due", table_name="complaints")
    op.create_index(
        "ix_complaints_due",
        "complaints",
        ["member_id", "due_at", "id"],
        postgresql_include=["is_sensitive", "submitted_at", "category"],
        postgresql_where=sa.text("status <> 'closed' and due_at is not null"),
    )
    op.execute("drop view delivery_failures")
    op.drop_column("organisations", "takes_words")
    op.drop_constraint(op.f("ck_on_call_contacts_hours"), "on_call_contacts")
    op.drop_column("on_call_contacts", "hours")
    for table in reversed(ACCOUNTS):
        op.drop_column(table, "totp_next_sealed")
    op.drop_table("network_choices")
    op.drop_index("ix_network_letters_waiting", table_name="network_letters")
    op.drop_table("network_letters")
