"""What people teach the text model, and how it does week after week.

The two columns that may be empty and the one with a constant default are added without rewriting the table; the index
of the audit queue holds the complaints that wait in it and no other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaints", sa.Column("family", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("unknown_share", sa.Double(), nullable=True))
    # The default stays: a web process of the version before still adds complaints while this one is put in service.
    op.add_column("complaints", sa.Column("audit_due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_complaints_audit",
        "complaints",
        ["member_id", "submitted_at", "id"],
        unique=False,
        postgresql_where=sa.text("audit_due"),
    )
    _create_examples()
    _create_weeks()


def _create_examples() -> None:
    op.create_table(
        "training_examples",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("nature", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source in ('correction', 'confirmation', 'audit')", name=op.f("ck_training_examples_source")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_training_examples_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_training_examples_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_examples")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_training_examples_complaint_id")),
    )
    op.create_index(op.f("ix_training_examples_member_id"), "training_examples", ["member_id"], unique=False)
    op.execute("alter table training_examples enable row level security")
    op.execute(
        "create policy own_member on training_examples to seve_app "
        "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
    )
    # A later word replaces the one before. Nothing is deleted but with the complaint, by the owner of the tables.
    op.execute("grant select, insert, update on training_examples to seve_app")


def _create_weeks() -> None:
    op.create_table(
        "model_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("unknown_share", sa.Double(), nullable=True),
        sa.Column("overridden", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("audited", sa.Integer(), nullable=False),
        sa.Column("audited_right", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "model_version", name=op.f("pk_model_weeks")),
    )
    # Written by the clock, again while corrections still come in; the network's role reads it.
    op.execute("grant select, insert, update on model_weeks to seve_app")
    op.execute("grant select on model_weeks to seve_network")


def downgrade() -> None:
    op.drop_table("model_weeks")
    op.drop_table("training_examples")
    op.drop_index("ix_complaints_audit", table_name="complaints")
    for name in ("audit_due", "unknown_share", "family"):
        op.drop_column("complaints", name)
