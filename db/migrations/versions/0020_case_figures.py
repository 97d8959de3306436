"""Figures of cases by the day they were begun on: how far they came, and the reasons of rejections by stage"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _key():
    return (
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def upgrade():
    op.create_table(
        "rollup_case_day",
        *_key(),
        sa.Column("business", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("begun", "handed_in", "passed", "activated")),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "business", name=op.f("pk_rollup_case_day")),
        sqlite_with_rowid=False,
    )
    op.drop_table("rollup_reason_day")
    op.create_index("ix_case_file_firm_id_created_at", "case_file", ["firm_id", "created_at"])
    op.create_index("ix_review_decision_firm_id_case_id", "review_decision", ["firm_id", "case_id", "decided_at"])
    _mark_days()


def _mark_days():
    """What happened before this version is worked out by the worker once it runs."""
    day = "({} + 28800000) / 86400000"
    of_case = "SELECT c.firm_id, c.branch_id, {day} AS day FROM {table} x JOIN case_file c ON c.firm_id = x.firm_id AND c.id = x.case_id"  # fmt: skip
    found = " UNION ".join((
        f"SELECT firm_id, branch_id, {day.format('created_at')} AS day FROM case_file",
        of_case.format(day=day.format("x.created_at"), table="rejection"),
        of_case.format(day=day.format("x.decided_at"), table="review_decision"),
    ))  # fmt: skip
    op.execute(
        "INSERT INTO rollup_dirty (firm_id, id, day, branch_id) "
        f"SELECT firm_id, 'n' || branch_id || '-' || CAST(day AS VARCHAR), day, branch_id FROM ({found}) AS found"
    )


def downgrade():
    op.drop_index("ix_review_decision_firm_id_case_id", table_name="review_decision")
    op.drop_index("ix_case_file_firm_id_created_at", table_name="case_file")
    op.execute("DELETE FROM rollup_hist WHERE measure IN ('took', 'waited')")
    op.create_table(
        "rollup_reason_day",
        *_key(),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "code", name=op.f("pk_rollup_reason_day")),
        sqlite_with_rowid=False,
    )
    op.drop_table("rollup_case_day")
