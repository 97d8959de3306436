"""Decisions of the review with their times, and how many of a day were made as promised"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "review_decision",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("submitted_at", db.tables.Moment(), nullable=False),
        sa.Column("due_at", db.tables.Moment(), nullable=False),
        sa.Column("decided_at", db.tables.Moment(), nullable=False),
        sa.Column("working_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_review_decision")),
    )
    op.create_index("ix_review_decision_firm_id_decided_at", "review_decision", ["firm_id", "decided_at"])
    for name in ("decided", "decided_in_time"):
        op.add_column("rollup_day", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))


def downgrade():
    for name in ("decided_in_time", "decided"):
        op.drop_column("rollup_day", name)
    op.execute("DELETE FROM rollup_hist WHERE measure = 'review'")
    op.drop_index("ix_review_decision_firm_id_decided_at", table_name="review_decision")
    op.drop_table("review_decision")
