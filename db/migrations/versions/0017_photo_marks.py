"""Marks on pictures, opinions about findings, results of reading"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "photo_mark",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("drawn_on", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("marked_by", sa.String(length=60), nullable=False),
        sa.Column("rejection_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_photo_mark")),
    )
    op.create_index("ix_photo_mark_firm_id_case_id", "photo_mark", ["firm_id", "case_id"])
    op.create_table(
        "finding_judgement",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=False),
        sa.Column("judged_by", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "evidence_id", "finding", "judged_by", name=op.f("pk_finding_judgement")),
    )
    op.create_index("ix_finding_judgement_firm_id_case_id", "finding_judgement", ["firm_id", "case_id"])
    op.create_table(
        "read_result",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=10), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "evidence_id", "field", name=op.f("pk_read_result")),
    )


def downgrade():
    for table in ("read_result", "finding_judgement", "photo_mark"):
        op.drop_table(table)
