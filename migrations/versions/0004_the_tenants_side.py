"""The tenant's side: drafts, files on their way, introductions by an extranet, letters, surveys."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What the application may do with each new table that a member owns. What is only on its way is forgotten.
OWNED = {
    "drafts": "select, insert, update, delete",
    "introduction_keys": "select, insert, update",
    "introductions": "select, insert, update, delete",
    "letter_batches": "select, insert, update",
    "link_requests": "select, insert, update, delete",
    "opt_outs": "select, insert, delete",
    "stage_feedback": "select, insert",
    "upload_pieces": "select, insert, delete",
    "uploads": "select, insert, update, delete",
}

OURS = "#1d5b43"  # the colour of a member whose own could not be read

# Deliveries that no process brings outside now: for the mail of the evening, or for a person.
HELD_BY_PEOPLE = {
    "ix_deliveries_evening": "status = 'held'",
    "ix_deliveries_by_hand": "channel in ('phone', 'post') and status = 'waiting'",
}


def upgrade() -> None:
    with _no_hurry():
        _create_tables()
        _alter_tables()
        _isolate_members()
        _let_members_choose_their_colour()
        # The questions that follow the score are answered later.
        op.execute("grant update on feedback to seve_app")


@contextmanager
def _no_hurry() -> Iterator[None]:
    """Let statements take the time that large tables need: nobody waits for them, the processes are stopped."""
    before = op.get_bind().scalar(sa.text("select current_setting('statement_timeout')"))
    op.execute("set local statement_timeout = 0")
    yield
    op.get_bind().execute(sa.text("select set_config('statement_timeout', :before, true)"), {"before": before})


def _isolate_members() -> None:
    for table, rights in OWNED.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy own_member on {table} to seve_app "
            "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
        )
        op.execute(f"grant {rights} on {table} to seve_app")


def _let_members_choose_their_colour() -> None:
    """Let the application change one column of members, each member's own line only."""
    op.execute("update members set colour = lower(colour)")
    op.execute(f"update members set colour = '{OURS}' where colour !~ '^#[0-9a-f]{{6}}$'")
    op.create_check_constraint(op.f("ck_members_colour"), "members", "colour ~ '^#[0-9a-f]{6}$'")
    op.execute("alter table members enable row level security")
    op.execute("create policy everybodys on members for select using (true)")
    op.execute(
        "create policy own_line on members for update to seve_app "
        "using (id = (select seve_member())) with check (id = (select seve_member()))"
    )
    op.execute("grant update (colour) on members to seve_app")


def _take_colours_back() -> None:
    op.execute("revoke update (colour) on members from seve_app")
    op.execute("drop policy own_line on members")
    op.execute("drop policy everybodys on members")
    op.execute("alter table members disable row level security")
    op.drop_constraint(op.f("ck_members_colour"), "members", type_="check")


def _create_tables() -> None:
    op.create_table(
        "drafts",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_drafts_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_expires_at"), "drafts", ["expires_at"], unique=False)
    op.create_index(op.f("ix_drafts_member_id"), "drafts", ["member_id"], unique=False)
    op.create_index("uq_drafts_token_hash", "drafts", ["member_id", "token_hash"], unique=True)
    op.create_table(
        "introduction_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=True),
        sa.Column("public_key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(sealed_secret is null) <> (public_key is null)", name=op.f("ck_introduction_keys_one_of_both")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_introduction_keys_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_keys")),
    )
    op.create_index(op.f("ix_introduction_keys_member_id"), "introduction_keys", ["member_id"], unique=False)
    op.create_index("uq_introduction_keys_name", "introduction_keys", ["member_id", "name"], unique=True)
    op.create_table(
        "link_requests",
        sa.Column("sealed_address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_link_requests_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    op.create_index(op.f("ix_link_requests_member_id"), "link_requests", ["member_id"], unique=False)
    op.create_table(
        "opt_outs",
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_opt_outs_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
    )
    op.create_index(op.f("ix_opt_outs_member_id"), "opt_outs", ["member_id"], unique=False)
    op.create_index("uq_opt_outs_address_hash", "opt_outs", ["member_id", "address_hash", "purpose"], unique=True)
    op.create_table(
        "stage_feedback",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("dwelling_reference", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("score between 0 and 10", name=op.f("ck_stage_feedback_score")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_stage_feedback_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_feedback")),
    )
    op.create_index(op.f("ix_stage_feedback_member_id"), "stage_feedback", ["member_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("holder_hash", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_uploads_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_expires_at"), "uploads", ["expires_at"], unique=False)
    op.create_index("ix_uploads_holder", "uploads", ["member_id", "holder_hash"], unique=False)
    op.create_index(op.f("ix_uploads_member_id"), "uploads", ["member_id"], unique=False)
    op.create_table(
        "introductions",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("jti_hash", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=True),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["introduction_keys.id"], name=op.f("fk_introductions_key_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_introductions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(op.f("ix_introductions_expires_at"), "introductions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_introductions_member_id"), "introductions", ["member_id"], unique=False)
    op.create_index("uq_introductions_jti_hash", "introductions", ["member_id", "jti_hash"], unique=True)
    op.create_index("uq_introductions_token_hash", "introductions", ["member_id", "token_hash"], unique=True)
    op.create_table(
        "upload_pieces",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_upload_pieces_member_id")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_pieces_upload_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_pieces")),
    )
    op.create_index(op.f("ix_upload_pieces_member_id"), "upload_pieces", ["member_id"], unique=False)
    op.create_index("uq_upload_pieces_start", "upload_pieces", ["upload_id", "start"], unique=True)
    op.create_table(
        "letter_batches",
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_letter_batches_made_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_letter_batches_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batches")),
    )
    op.create_index(op.f("ix_letter_batches_member_id"), "letter_batches", ["member_id"], unique=False)


def _alter_tables() -> None:
    op.add_column("api_keys", sa.Column("is_sandbox", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("attachments", sa.Column("pages", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "complaints",
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("complaints", sa.Column("return_url", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("entered_by_id", sa.Uuid(), nullable=True))
    op.add_column("complaints", sa.Column("pace", sa.String(), server_default="now", nullable=False))
    op.add_column("complaints", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("review_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_complaints_to_survey",
        "complaints",
        ["member_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at is not null"),
    )
    op.create_index(
        "ix_complaints_surveyed",
        "complaints",
        ["member_id", "surveyed_at"],
        unique=False,
        postgresql_where=sa.text("surveyed_at is not null"),
    )
    op.create_check_constraint(op.f("ck_complaints_read_at"), "complaints", "read_at >= submitted_at")
    # Both in one statement: the table is written anew once.
    op.execute(
        "alter table complaints "
        "add column email_key varchar generated always as (lower(tenant_email)) stored, "
        "add column phone_key varchar generated always as "
        r"(right(regexp_replace(tenant_phone, '\D', '', 'g'), 9)) stored"
    )
    op.create_index("ix_complaints_email", "complaints", ["member_id", "email_key"], unique=False)
    op.create_index("ix_complaints_phone", "complaints", ["member_id", "phone_key"], unique=False)
    op.create_foreign_key(op.f("fk_complaints_entered_by_id"), "complaints", "staff", ["entered_by_id"], ["id"])
    op.add_column("deliveries", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_deliveries_batch_id"), "deliveries", ["batch_id"], unique=False)
    for name, condition in HELD_BY_PEOPLE.items():
        op.create_index(name, "deliveries", ["member_id"], unique=False, postgresql_where=sa.text(condition))
    op.create_foreign_key(op.f("fk_deliveries_batch_id"), "deliveries", "letter_batches", ["batch_id"], ["id"])
    op.add_column("feedback", sa.Column("visit", sa.String(), nullable=True))
    op.add_column("feedback", sa.Column("work", sa.Integer(), nullable=True))
    op.add_column("feedback", sa.Column("courtesy", sa.Integer(), nullable=True))
    op.add_column("feedback", sa.Column("informed", sa.Integer(), nullable=True))
    op.add_column(
        "members",
        sa.Column(
            "frame_origins", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column("members", sa.Column("mediator", sa.String(), server_default="", nullable=False))
    op.add_column("members", sa.Column("privacy_contact", sa.String(), server_default="", nullable=False))
    op.add_column("members", sa.Column("minutes_to_mend", sa.Integer(), server_default="20", nullable=False))
    op.create_check_constraint(op.f("ck_feedback_work"), "feedback", "work between 1 and 4")
    op.create_check_constraint(op.f("ck_feedback_courtesy"), "feedback", "courtesy between 1 and 4")
    op.create_check_constraint(op.f("ck_feedback_informed"), "feedback", "informed between 1 and 4")


def downgrade() -> None:
    _take_colours_back()
    op.execute("revoke update on feedback from seve_app")
    op.drop_column("members", "minutes_to_mend")
    op.drop_column("members", "privacy_contact")
    op.drop_column("members", "mediator")
    op.drop_column("members", "frame_origins")
    op.drop_column("feedback", "informed")
    op.drop_column("feedback", "courtesy")
    op.drop_column("feedback", "work")
    op.drop_column("feedback", "visit")
    op.drop_constraint(op.f("fk_deliveries_batch_id"), "deliveries", type_="foreignkey")
    for name, condition in HELD_BY_PEOPLE.items():
        op.drop_index(name, table_name="deliveries", postgresql_where=sa.text(condition))
    op.drop_index(op.f("ix_deliveries_batch_id"), table_name="deliveries")
    op.drop_column("deliveries", "batch_id")
    op.drop_constraint(op.f("fk_complaints_entered_by_id"), "complaints", type_="foreignkey")
    op.drop_index("ix_complaints_phone", table_name="complaints")
    op.drop_index("ix_complaints_email", table_name="complaints")
    op.drop_column("complaints", "phone_key")
    op.drop_column("complaints", "email_key")
    op.drop_index(
        "ix_complaints_surveyed", table_name="complaints", postgresql_where=sa.text("surveyed_at is not null")
    )
    op.drop_index("ix_complaints_to_survey", table_name="complaints", postgresql_where=sa.text("closed_at is not null"))
    op.drop_column("complaints", "review_asked_at")
    op.drop_column("complaints", "contested_at")
    op.drop_constraint(op.f("ck_complaints_read_at"), "complaints", type_="check")
    op.drop_column("complaints", "read_at")
    op.drop_column("complaints", "pace")
    op.drop_column("complaints", "entered_by_id")
    op.drop_column("complaints", "return_url")
    op.drop_column("complaints", "details")
    op.drop_column("attachments", "pages")
    op.drop_column("api_keys", "is_sandbox")
    _drop_tables()


def _drop_tables() -> None:
    op.drop_index(op.f("ix_letter_batches_member_id"), table_name="letter_batches")
    op.drop_table("letter_batches")
    op.drop_index("uq_upload_pieces_start", table_name="upload_pieces")
    op.drop_index(op.f("ix_upload_pieces_member_id"), table_name="upload_pieces")
    op.drop_table("upload_pieces")
    op.drop_index("uq_introductions_token_hash", table_name="introductions")
    op.drop_index("uq_introductions_jti_hash", table_name="introductions")
    op.drop_index(op.f("ix_introductions_member_id"), table_name="introductions")
    op.drop_index(op.f("ix_introductions_expires_at"), table_name="introductions")
    op.drop_table("introductions")
    op.drop_index(op.f("ix_uploads_member_id"), table_name="uploads")
    op.drop_index("ix_uploads_holder", table_name="uploads")
    op.drop_index(op.f("ix_uploads_expires_at"), table_name="uploads")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_stage_feedback_member_id"), table_name="stage_feedback")
    op.drop_table("stage_feedback")
    op.drop_index("uq_opt_outs_address_hash", table_name="opt_outs")
    op.drop_index(op.f("ix_opt_outs_member_id"), table_name="opt_outs")
    op.drop_table("opt_outs")
    op.drop_index(op.f("ix_link_requests_member_id"), table_name="link_requests")
    op.drop_table("link_requests")
    op.drop_index("uq_introduction_keys_name", table_name="introduction_keys")
    op.drop_index(op.f("ix_introduction_keys_member_id"), table_name="introduction_keys")
    op.drop_table("introduction_keys")
    op.drop_index("uq_drafts_token_hash", table_name="drafts")
    op.drop_index(op.f("ix_drafts_member_id"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_expires_at"), table_name="drafts")
    op.drop_table("drafts")
