"""Trends: tables drawn once, the ledger of what they cost, and a role that publishes without reading a word."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What the application may do with each new table that a member owns.
OWNED = {
    "own_figures": "select",
    "own_words": "select, insert, delete",
    "term_proposals": "select, insert, delete",
    "term_sightings": "insert, delete",
    "trend_consents": "select, insert, update",
    "trend_objections": "select, insert, delete",
}
# What the role that publishes may read of a member, whose rows it sees one member after the other: no word, no name.
COUNTED = {
    "complaints": "id, member_id, dwelling_id, submitted_at, category, abstained, first_category, first_team_id, "
    "team_id, hops, target, answer_due_at, answer_done_at, full_due_at, full_done_at, full_days, reopenings, was_extended",  # noqa: E501
    "feedback": "id, member_id, complaint_id, score, at",
    "dwellings": "id, member_id, residence_id, closed_on",
    "residences": "id, member_id, area_type",
    "trend_objections": "id, member_id, dwelling_id",
}
# What it may write of a member: what households weighed, and the member's own figures.
KEPT = {
    "own_figures": "select, insert, delete",
    "term_sightings": "select, delete",
    "trend_contributions": "select, insert, delete",
}
PUBLISHED = ("trend_charges", "trend_snapshots")
# What the working group's role may do. It still sees no complaint.
NETWORK = {
    "network_keys": "select",
    "term_approvals": "select, insert",
    "trend_charges": "select",
    "trend_consents": "select (id, member_id, product, from_month, until_month)",
    "trend_decisions": "select",
    "trend_errata": "select",
    "trend_snapshots": "select",
    "watch_terms": "select, insert, update (until_month, at)",
    "members": "select (id, slug, name, dwellings)",
}


def _make_release_role() -> None:
    op.execute(
        "do $$ begin if not exists (select from pg_roles where rolname = 'seve_release') "
        "then create role seve_release nologin; end if; end $$"
    )
    op.execute(
        "do $$ begin if not pg_has_role('seve_app', 'seve_release', 'member') "
        "then grant seve_release to seve_app; end if; end $$"
    )
    op.execute("grant select (id, slug, dwellings) on members to seve_release")
    for table, columns in COUNTED.items():
        op.execute(f"grant select ({columns}) on {table} to seve_release")
        op.execute(
            f"create policy counted on {table} for select to seve_release using (member_id = (select seve_member()))"
        )
    for table, rights in KEPT.items():
        op.execute(f"grant {rights} on {table} to seve_release")
        op.execute(
            f"create policy counted on {table} to seve_release "
            "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
        )
    op.execute(f"grant select, insert on {', '.join(PUBLISHED)}, trend_errata to seve_release")
    # Anybody who steers reads the member's own figures: while those are counted, sensitive complaints are out of sight.
    op.execute(
        "create policy own_figures on complaints as restrictive for select to seve_release "
        "using (not is_sensitive or coalesce(current_setting('seve.own', true), '') = '')"
    )


def _isolate_members() -> None:
    for table in (*OWNED, "trend_contributions"):
        op.execute(f"alter table {table} enable row level security")
    for table, rights in OWNED.items():
        op.execute(
            f"create policy own_member on {table} to seve_app "
            "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
        )
        op.execute(f"grant {rights} on {table} to seve_app")
    op.execute("grant select on watch_terms to seve_app")
    # A reader writes what the group decided as the application, which alone writes the log of who did what.
    op.execute("grant select, insert, update on trend_decisions to seve_app")


def _hold_what_is_published() -> None:
    """Refuse, to whoever asks, that what was published changes or goes."""
    op.execute(
        "create function seve_refuse_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'what was published is never changed' using "
        "errcode = 'integrity_constraint_violation'; end $$"
    )
    for table in (*PUBLISHED, "trend_errata"):
        op.execute(
            f"create trigger never_changed before update or delete or truncate on {table} "
            "for each statement execute function seve_refuse_change()"
        )


def _open_to_network() -> None:
    for table, rights in NETWORK.items():
        op.execute(f"grant {rights} on {table} to seve_network")
    op.execute("create policy network on trend_consents for select to seve_network using (true)")
    # Words that three members propose or more; who proposes them is nobody's business.
    op.execute(
        "create function seve_proposed_terms() returns table (term text, label text) language sql stable "
        "security definer set search_path = public, pg_temp as "
        "$$ select p.term, min(p.label) from term_proposals p group by p.term "
        "having count(distinct p.member_id) >= 3 order by p.term $$"
    )
    op.execute("revoke all on function seve_proposed_terms() from public")
    op.execute("grant execute on function seve_proposed_terms() to seve_network")
    op.execute("grant select, insert, update on network_keys to seve_operator")
    # The weeks of the text model are exact: whoever runs Sève reads them, the working group reads the published table.
    op.execute("revoke select on model_weeks from seve_network")
    op.execute("grant select on model_weeks to seve_operator")


def upgrade() -> None:
    _create_tables()
    _isolate_members()
    _make_release_role()
    _hold_what_is_published()
    _open_to_network()


def _create_tables() -> None:
    op.create_table(
        "network_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_network_keys_key_hash")),
    )
    op.create_table(
        "trend_charges",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sigma", sa.Double(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("rho", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("product", "period", name=op.f("pk_trend_charges")),
    )
    op.create_table(
        "trend_decisions",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("decided", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("measured_from", sa.Date(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('planned', 'under_way', 'done', 'dropped')", name=op.f("ck_trend_decisions_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_decisions")),
    )
    op.create_table(
        "trend_errata",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_errata")),
    )
    op.create_table(
        "watch_terms",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("until_month", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_terms")),
        sa.UniqueConstraint("term", "from_month", name=op.f("uq_watch_terms_term_from_month")),
    )
    op.create_table(
        "own_words",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_own_words_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
        sa.UniqueConstraint("member_id", "month", name=op.f("uq_own_words_member_id_month")),
    )
    op.create_index(op.f("ix_own_words_member_id"), "own_words", ["member_id"], unique=False)
    op.create_table(
        "own_figures",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_own_figures_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_figures")),
        sa.UniqueConstraint("member_id", "product", "period", name=op.f("uq_own_figures_member_id_product_period")),
    )
    op.create_index(op.f("ix_own_figures_member_id"), "own_figures", ["member_id"], unique=False)
    op.create_table(
        "term_approvals",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("does", sa.String(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["reader_id"], ["network_readers.id"], name=op.f("fk_term_approvals_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_approvals")),
        sa.CheckConstraint("does in ('add', 'remove')", name=op.f("ck_term_approvals_does")),
    )
    op.create_index("ix_term_approvals_term", "term_approvals", ["term"], unique=False)
    op.create_table(
        "term_proposals",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_term_proposals_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_proposals")),
        sa.UniqueConstraint("member_id", "term", name=op.f("uq_term_proposals_member_id_term")),
    )
    op.create_index(op.f("ix_term_proposals_member_id"), "term_proposals", ["member_id"], unique=False)
    op.create_table(
        "trend_consents",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("until_month", sa.Date(), nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_trend_consents_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_consents")),
    )
    op.create_index(op.f("ix_trend_consents_member_id"), "trend_consents", ["member_id"], unique=False)
    op.create_index("ix_trend_consents_product", "trend_consents", ["product"], unique=False)
    op.create_table(
        "trend_contributions",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("household", sa.LargeBinary(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_trend_contributions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_contributions")),
        sa.UniqueConstraint(
            "member_id",
            "product",
            "period",
            "household",
            name=op.f("uq_trend_contributions_member_id_product_period_household"),
        ),
    )
    op.create_index(op.f("ix_trend_contributions_member_id"), "trend_contributions", ["member_id"], unique=False)
    op.create_table(
        "trend_snapshots",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("sigma", sa.Double(), nullable=False),
        sa.Column("rho", sa.Double(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("stock", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("program", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product", "period"],
            ["trend_charges.product", "trend_charges.period"],
            name=op.f("fk_trend_snapshots_product"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trend_snapshots")),
        sa.UniqueConstraint("previous", name=op.f("uq_trend_snapshots_previous")),
        sa.UniqueConstraint("product", "period", name=op.f("uq_trend_snapshots_product_period")),
    )
    op.create_table(
        "trend_objections",
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_trend_objections_complaint_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwellings.id"], name=op.f("fk_trend_objections_dwelling_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_trend_objections_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_objections")),
        sa.UniqueConstraint("dwelling_id", name=op.f("uq_trend_objections_dwelling_id")),
    )
    op.create_index(op.f("ix_trend_objections_member_id"), "trend_objections", ["member_id"], unique=False)
    op.create_table(
        "term_sightings",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_term_sightings_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_term_sightings_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_sightings")),
        sa.UniqueConstraint("complaint_id", "term", name=op.f("uq_term_sightings_complaint_id_term")),
    )
    op.create_index(op.f("ix_term_sightings_member_id"), "term_sightings", ["member_id"], unique=False)
    op.drop_table("trend_cells")
    op.drop_table("trend_releases")
    op.add_column("residences", sa.Column("area_type", sa.String(), nullable=True))


def downgrade() -> None:
    op.execute("grant select on model_weeks to seve_network")
    op.execute("revoke all on model_weeks from seve_operator")
    op.execute("drop function seve_proposed_terms()")
    op.execute("revoke all on members from seve_network, seve_release")
    op.execute("drop policy own_figures on complaints")
    for table in COUNTED.keys() - {"trend_objections"}:
        op.execute(f"drop policy counted on {table}")
        op.execute(f"revoke all on {table} from seve_release")
    _drop_tables()
    op.execute("drop function seve_refuse_change()")
    op.execute("grant select, insert on trend_releases, trend_cells to seve_app")
    op.execute("grant select on trend_releases, trend_cells to seve_network")


def _drop_tables() -> None:
    op.drop_column("residences", "area_type")
    op.create_table(
        "trend_releases",
        sa.Column("month", sa.DATE(), autoincrement=False, nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), autoincrement=False, nullable=False),
        sa.Column("dwellings", sa.INTEGER(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.INTEGER(), autoincrement=False, nullable=True),
        sa.Column("satisfied", sa.INTEGER(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_trend_releases")),
    )
    op.create_table(
        "trend_cells",
        sa.Column("month", sa.DATE(), autoincrement=False, nullable=False),
        sa.Column("family", sa.VARCHAR(), autoincrement=False, nullable=False),
        sa.Column("dwellings", sa.INTEGER(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["month"], ["trend_releases.month"], name=op.f("fk_trend_cells_month")),
        sa.PrimaryKeyConstraint("month", "family", name=op.f("pk_trend_cells")),
    )
    op.drop_index(op.f("ix_term_sightings_member_id"), table_name="term_sightings")
    op.drop_table("term_sightings")
    op.drop_index(op.f("ix_trend_objections_member_id"), table_name="trend_objections")
    op.drop_table("trend_objections")
    op.drop_table("trend_snapshots")
    op.drop_index(op.f("ix_trend_contributions_member_id"), table_name="trend_contributions")
    op.drop_table("trend_contributions")
    op.drop_index("ix_trend_consents_product", table_name="trend_consents")
    op.drop_index(op.f("ix_trend_consents_member_id"), table_name="trend_consents")
    op.drop_table("trend_consents")
    op.drop_index(op.f("ix_term_proposals_member_id"), table_name="term_proposals")
    op.drop_table("term_proposals")
    op.drop_index("ix_term_approvals_term", table_name="term_approvals")
    op.drop_table("term_approvals")
    op.drop_index(op.f("ix_own_words_member_id"), table_name="own_words")
    op.drop_table("own_words")
    op.drop_index(op.f("ix_own_figures_member_id"), table_name="own_figures")
    op.drop_table("own_figures")
    op.drop_table("watch_terms")
    op.drop_table("trend_errata")
    op.drop_table("trend_decisions")
    op.drop_table("trend_charges")
    op.drop_table("network_keys")
