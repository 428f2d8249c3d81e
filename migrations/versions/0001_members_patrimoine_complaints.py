"""Members, patrimoine, complaints and their isolation.

Row-level security stands from the first migration on: the application's role sees the rows of the member named in
`seve.member` for the transaction, and nothing when none is named. The owner of the tables is not restrained; the
application never connects as the owner, and takes the role `seve_app` on every connection.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the application may do with each table that a member owns. Nothing is deleted; events are only added.
OWNED = {
    "api_keys": "select, insert, update",
    "agencies": "select, insert, update",
    "teams": "select, insert, update",
    "organisations": "select, insert, update",
    "webhooks": "select, insert, update",
    "residences": "select, insert, update",
    "dwellings": "select, insert, update",
    "routing_rules": "select, insert, update",
    "staff": "select, insert, update",
    "complaints": "select, insert, update",
    "events": "select, insert",
    "corrections": "select, insert",
    "feedback": "select, insert",
    "submission_keys": "select, insert, update, delete",
    "referrals": "select, insert",
    "deliveries": "select, insert, update",
    "outbox": "select, insert, update, delete",
}

# The questions that may be asked before a member is known. Each answers members' ids and nothing more; the fourth,
# who holds a dwelling's reference, is below.
DOORS = {
    "seve_member_of_key": "select member_id from api_keys where key_hash = $1 and revoked_at is null",
    "seve_member_of_staff": "select member_id from staff where email = $1 and is_active",
    "seve_member_of_tracking": "select member_id from complaints where tracking_token = $1",
}


def _make_roles() -> None:
    for role in ("seve_app", "seve_network"):
        op.execute(
            f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') "
            f"then create role {role} nologin; end if; end $$"
        )
    op.execute(
        "do $$ begin if not pg_has_role('seve_app', 'seve_network', 'member') "
        "then grant seve_network to seve_app; end if; end $$"
    )


def _isolate_members() -> None:
    op.execute(
        "create function seve_member() returns uuid language sql stable parallel safe as "
        "$$ select nullif(current_setting('seve.member', true), '')::uuid $$"
    )
    for table, rights in OWNED.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy own_member on {table} to seve_app "
            "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
        )
        op.execute(f"grant {rights} on {table} to seve_app")


def _open_doors() -> None:
    for name, question in DOORS.items():
        op.execute(
            f"create function {name}(text) returns uuid language sql stable security definer "
            f"set search_path = public, pg_temp as $$ {question} $$"
        )
        op.execute(f"revoke all on function {name}(text) from public")
        op.execute(f"grant execute on function {name}(text) to seve_app")
    # A reference is not unique over the network: every member that agreed to referrals and holds it is named.
    op.execute(
        "create function seve_members_of_dwelling(text) returns setof uuid language sql stable security definer "
        "set search_path = public, pg_temp as "
        "$$ select d.member_id from dwellings d join members m on m.id = d.member_id "
        "where d.reference = $1 and m.accepts_referrals $$"
    )
    op.execute("revoke all on function seve_members_of_dwelling(text) from public")
    op.execute("grant execute on function seve_members_of_dwelling(text) to seve_app")


def _grant_the_rest() -> None:
    op.execute("grant select on members to seve_app")
    # Published figures are added by the clock and never changed; the network's role reads them and nothing else.
    op.execute("grant select, insert on trend_releases, trend_cells to seve_app")
    op.execute("grant select on trend_releases, trend_cells, network_readers to seve_network")


def upgrade() -> None:
    _make_roles()
    _create_tables()
    _isolate_members()
    _open_doors()
    _grant_the_rest()


def _create_tables() -> None:  # noqa: PLR0915  One statement a table reads best in one place.
    op.create_table(
        "members",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("dwellings", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("accepts_referrals", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("slug", name=op.f("uq_members_slug")),
    )
    op.create_table(
        "network_readers",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_readers")),
        sa.UniqueConstraint("email", name=op.f("uq_network_readers_email")),
    )
    op.create_table(
        "trend_releases",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dwellings", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_trend_releases")),
    )
    op.create_table(
        "agencies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_agencies_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
    )
    op.create_index(op.f("ix_agencies_member_id"), "agencies", ["member_id"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_api_keys_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_member_id"), "api_keys", ["member_id"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_organisations_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_organisations_member_id_name")),
    )
    op.create_index(op.f("ix_organisations_member_id"), "organisations", ["member_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("other_member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_referrals_member_id")),
        sa.ForeignKeyConstraint(["other_member_id"], ["members.id"], name=op.f("fk_referrals_other_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_member_id"), "referrals", ["member_id"], unique=False)
    op.create_table(
        "submission_keys",
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_submission_keys_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_keys")),
    )
    op.create_index(op.f("ix_submission_keys_member_id"), "submission_keys", ["member_id"], unique=False)
    op.create_index("uq_submission_keys_member_key", "submission_keys", ["member_id", "key_hash"], unique=True)
    op.create_table(
        "trend_cells",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("dwellings", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["month"], ["trend_releases.month"], name=op.f("fk_trend_cells_month")),
        sa.PrimaryKeyConstraint("month", "family", name=op.f("pk_trend_cells")),
    )
    op.create_table(
        "webhooks",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_webhooks_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_member_id"), "webhooks", ["member_id"], unique=False)
    op.create_table(
        "residences",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("heating", sa.String(), nullable=False),
        sa.Column("has_lift", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("heating in ('collective', 'individual')", name=op.f("ck_residences_heating")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_residences_agency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_residences_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residences")),
    )
    op.create_index(op.f("ix_residences_member_id"), "residences", ["member_id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_teams_agency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_teams_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_teams_member_id_name")),
    )
    op.create_index(op.f("ix_teams_member_id"), "teams", ["member_id"], unique=False)
    op.create_table(
        "dwellings",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("residence_id", sa.Uuid(), nullable=False),
        sa.Column("address_line", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=True),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("door", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dwellings_member_id")),
        sa.ForeignKeyConstraint(["residence_id"], ["residences.id"], name=op.f("fk_dwellings_residence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwellings")),
        sa.UniqueConstraint("member_id", "reference", name=op.f("uq_dwellings_member_id_reference")),
    )
    op.create_index("ix_dwellings_member_address", "dwellings", ["member_id", "address_key"], unique=False)
    op.create_index(op.f("ix_dwellings_member_id"), "dwellings", ["member_id"], unique=False)
    op.create_index(op.f("ix_dwellings_reference"), "dwellings", ["reference"], unique=False)
    op.create_index(op.f("ix_dwellings_residence_id"), "dwellings", ["residence_id"], unique=False)
    op.create_table(
        "routing_rules",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column("heating", sa.String(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("needs_place", sa.Boolean(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("use_agency_team", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("forwards_text", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("target in ('team', 'supplier', 'authority')", name=op.f("ck_routing_rules_target")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_routing_rules_agency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_routing_rules_member_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_routing_rules_organisation_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_routing_rules_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_index(op.f("ix_routing_rules_member_id"), "routing_rules", ["member_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_staff_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_staff_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_index(op.f("ix_staff_member_id"), "staff", ["member_id"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("tracking_token", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("place_given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_reference", sa.String(), nullable=True),
        sa.Column("tenant_name", sa.String(), nullable=True),
        sa.Column("tenant_email", sa.String(), nullable=True),
        sa.Column("tenant_phone", sa.String(), nullable=True),
        sa.Column("preferred_channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("chosen_category", sa.String(), nullable=True),
        sa.Column("dwelling_id", sa.Uuid(), nullable=True),
        sa.Column("residence_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("secondary", sa.String(), nullable=True),
        sa.Column("nature", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column("danger", sa.String(), nullable=False),
        sa.Column("danger_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("danger_is_judged", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("category_by_person", sa.Boolean(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("route_reason", sa.String(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("promised_answer_by", sa.Date(), nullable=False),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closing_sentence", sa.String(), nullable=True),
        sa.Column("surveyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status in ('submitted', 'classified', 'routed', 'delivered', 'handled', 'closed')",
            name=op.f("ck_complaints_status"),
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_complaints_assignee_id")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwellings.id"], name=op.f("fk_complaints_dwelling_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_complaints_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_complaints_organisation_id")),
        sa.ForeignKeyConstraint(["residence_id"], ["residences.id"], name=op.f("fk_complaints_residence_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["routing_rules.id"], name=op.f("fk_complaints_rule_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_complaints_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("reference", name=op.f("uq_complaints_reference")),
        sa.UniqueConstraint("tracking_token", name=op.f("uq_complaints_tracking_token")),
    )
    op.create_index(op.f("ix_complaints_member_id"), "complaints", ["member_id"], unique=False)
    op.create_index(
        "ix_complaints_member_status", "complaints", ["member_id", "status", "submitted_at", "id"], unique=False
    )
    op.create_index("ix_complaints_member_submitted", "complaints", ["member_id", "submitted_at", "id"], unique=False)
    op.create_index(op.f("ix_complaints_residence_id"), "complaints", ["residence_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("from_category", sa.String(), nullable=True),
        sa.Column("to_category", sa.String(), nullable=False),
        sa.Column("from_urgency", sa.String(), nullable=True),
        sa.Column("to_urgency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_corrections_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_corrections_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_corrections_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_complaint_id"), "corrections", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_corrections_member_id"), "corrections", ["member_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_events_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_events_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_complaint", "events", ["complaint_id", "id"], unique=False)
    op.create_index(op.f("ix_events_member_id"), "events", ["member_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("solved", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("score between 0 and 10", name=op.f("ck_feedback_score")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_feedback_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_feedback_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_complaint_id"), "feedback", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_feedback_member_id"), "feedback", ["member_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("with_text", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_deliveries_complaint_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_deliveries_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_complaint_id"), "deliveries", ["complaint_id"], unique=False)
    op.create_index(
        "ix_deliveries_failed",
        "deliveries",
        ["member_id"],
        unique=False,
        postgresql_where=sa.text("status = 'given_up'"),
    )
    op.create_index(op.f("ix_deliveries_member_id"), "deliveries", ["member_id"], unique=False)
    op.create_index(
        "uq_deliveries_event_recipient", "deliveries", ["event_id", "purpose", "channel", "recipient"], unique=True
    )
    op.create_table(
        "outbox",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_outbox_complaint_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_outbox_delivery_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_outbox_event_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_outbox_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_member_id"), "outbox", ["member_id"], unique=False)
    op.create_index(
        "ix_outbox_complaint_waiting", "outbox", ["complaint_id"], postgresql_where=sa.text("done_at is null")
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["member_id", "run_after"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )


def downgrade() -> None:
    for name in (*DOORS, "seve_members_of_dwelling"):
        op.execute(f"drop function {name}(text)")
    op.drop_table("outbox")
    op.drop_table("deliveries")
    op.drop_table("feedback")
    op.drop_table("events")
    op.drop_table("corrections")
    op.drop_table("complaints")
    op.drop_table("staff")
    op.drop_table("routing_rules")
    op.drop_table("dwellings")
    op.drop_table("teams")
    op.drop_table("residences")
    op.drop_table("webhooks")
    op.drop_table("trend_cells")
    op.drop_table("submission_keys")
    op.drop_table("referrals")
    op.drop_table("organisations")
    op.drop_table("api_keys")
    op.drop_table("agencies")
    op.drop_table("trend_releases")
    op.drop_table("network_readers")
    op.drop_table("members")
    op.execute("drop function seve_member()")
