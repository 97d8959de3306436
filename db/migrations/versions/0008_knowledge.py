"""Knowledge tests: one row per attempt, what was asked and answered sealed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "knowledge_attempt",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_knowledge_attempt")),
    )
    op.create_index("ix_knowledge_attempt_firm_id_owner", "knowledge_attempt", ["firm_id", "owner", "started_at"])
    op.create_index("ix_knowledge_attempt_firm_id_case_id", "knowledge_attempt", ["firm_id", "case_id", "started_at"])
    op.create_index(
        "uq_knowledge_attempt_open",
        "knowledge_attempt",
        ["firm_id", "owner"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade():
    op.drop_table("knowledge_attempt")
