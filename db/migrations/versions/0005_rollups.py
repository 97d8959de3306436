"""Rollups: figures per hour, day, member of staff and reason, histograms, marks of what changed; indexes for a million
cases, so that finding a case by its owner or a ticket by its case never reads them all"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rollup_agent_day",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("online_s", sa.BigInteger(), nullable=False),
        sa.Column("busy_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.Column("break_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "day", "branch_id", "staff_id", name=op.f("pk_rollup_agent_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_day",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=False),
        sa.Column("in_target", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("short_abandoned", sa.BigInteger(), nullable=False),
        sa.Column("gone_left", sa.BigInteger(), nullable=False),
        sa.Column("gone_vanished", sa.BigInteger(), nullable=False),
        sa.Column("gone_closed", sa.BigInteger(), nullable=False),
        sa.Column("gone_gave_up", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("wait_s", sa.BigInteger(), nullable=False),
        sa.Column("talked", sa.BigInteger(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("promised", sa.BigInteger(), nullable=False),
        sa.Column("promise_kept", sa.BigInteger(), nullable=False),
        sa.Column("promise_early", sa.BigInteger(), nullable=False),
        sa.Column("promised_s", sa.BigInteger(), nullable=False),
        sa.Column("promised_wait_s", sa.BigInteger(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=False),
        sa.Column("clean", sa.BigInteger(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("no_show", sa.BigInteger(), nullable=False),
        sa.Column("host_no_show", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "business", name=op.f("pk_rollup_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_dirty",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_rollup_dirty")),
    )
    op.create_table(
        "rollup_hist",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.String(length=10), nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.Column("buckets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "measure", "business", name=op.f("pk_rollup_hist")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_hour",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=False),
        sa.Column("wait_s", sa.BigInteger(), nullable=False),
        sa.Column("abandoned_wait_s", sa.BigInteger(), nullable=False),
        sa.Column("talked", sa.BigInteger(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=False),
        sa.Column("duty_s", sa.BigInteger(), nullable=False),
        sa.Column("busy_s", sa.BigInteger(), nullable=False),
        sa.Column("wrap_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "hour", name=op.f("pk_rollup_hour")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_reason_day",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "code", name=op.f("pk_rollup_reason_day")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_file_firm_id_owner", "case_file", ["firm_id", "owner"])
    op.create_index("ix_case_file_firm_id_submitted_at", "case_file", ["firm_id", "submitted_at"])
    op.create_index("ix_rejection_firm_id_created_at", "rejection", ["firm_id", "created_at"])
    op.create_index("ix_reservation_firm_id_day", "reservation", ["firm_id", "day"])
    _mark_everything()


def _mark_everything():
    """What happened before this version is worked out by the worker once it runs."""
    found = " UNION ".join(
        f"SELECT firm_id, branch_id, ({moment} + 28800000) / 86400000 AS day FROM {table} WHERE {moment} IS NOT NULL"
        for table, moment in (("ticket", "enqueued_at"), ("case_file", "submitted_at"))
    )
    op.execute(
        "INSERT INTO rollup_dirty (firm_id, id, day, branch_id) "
        f"SELECT firm_id, branch_id || '-' || CAST(day AS VARCHAR), day, branch_id FROM ({found}) AS found"
    )


def downgrade():
    for table, column in (
        ("case_file", "owner"), ("case_file", "submitted_at"), ("rejection", "created_at"), ("reservation", "day"),
    ):  # fmt: skip
        op.drop_index(f"ix_{table}_firm_id_{column}", table_name=table)
    for name in ("reason_day", "hour", "hist", "dirty", "day", "agent_day"):
        op.drop_table(f"rollup_{name}")
