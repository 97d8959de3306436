"""Marks of persons over cases, block list by two persons, samples for quality checked by somebody else"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('waiting','active')")


def upgrade():
    op.create_table(
        "person_mark",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value_index", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "kind", "value_index", "subject", name=op.f("pk_person_mark")),
    )
    op.create_index("ix_person_mark_firm_id_subject", "person_mark", ["firm_id", "subject"])
    op.create_table(
        "block_entry",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value_index", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", db.tables.Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.tables.Moment(), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_block_entry_four_eyes")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_block_entry")),
    )
    op.create_index("ix_block_entry_firm_id_value_index", "block_entry", ["firm_id", "kind", "value_index", "state"])
    op.create_index(
        "uq_block_entry_live", "block_entry", ["firm_id", "kind", "value_index"], unique=True,
        sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip
    op.create_table(
        "quality_sample",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("done_by", sa.String(length=40), nullable=False),
        sa.Column("done_at", db.tables.Moment(), nullable=False),
        sa.Column("drawn_at", db.tables.Moment(), nullable=False),
        sa.Column("draw", sa.JSON(), nullable=False),
        sa.Column("checked_by", sa.String(length=40), nullable=True),
        sa.Column("checked_at", db.tables.Moment(), nullable=True),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("checked_by IS NULL OR checked_by <> done_by", name=op.f("ck_quality_sample_four_eyes")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_quality_sample")),
    )
    op.create_index("uq_quality_sample_ref", "quality_sample", ["firm_id", "kind", "ref"], unique=True)
    op.create_index("ix_quality_sample_firm_id_checked_at", "quality_sample", ["firm_id", "checked_at"])


def downgrade():
    for table in ("quality_sample", "block_entry", "person_mark"):
        op.drop_table(table)
