"""Drafts of the firm's own rules, decided by a second person"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rule_draft",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("effective_on", sa.String(length=10), nullable=True),
        sa.Column("open_cases", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", db.tables.Moment(), nullable=False),
        sa.Column("proposed_at", db.tables.Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_at", db.tables.Moment(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("numbers", sa.JSON(), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> made_by", name=op.f("ck_rule_draft_four_eyes")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL", name=op.f("ck_rule_draft_decided")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_rule_draft")),
    )
    op.create_index("ix_rule_draft_firm_id_kind", "rule_draft", ["firm_id", "kind", "made_at"])
    op.create_index("ix_rule_draft_firm_id_state", "rule_draft", ["firm_id", "state", "made_at"])


def downgrade():
    op.drop_table("rule_draft")
