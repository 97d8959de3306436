"""Legal holds, and certificates of deletions"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LIVE = sa.text("lifted_at IS NULL")


def upgrade():
    op.create_table(
        "legal_hold",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("set_at", db.tables.Moment(), nullable=False),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lifted_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        "uq_legal_hold_live", "legal_hold", ["firm_id", "case_id"], unique=True,
        sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip
    op.create_table(
        "erasure",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kept_as", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("erased_by", sa.String(length=80), nullable=False),
        sa.Column("erased_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "case_id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_firm_id_erased_at", "erasure", ["firm_id", "erased_at"])


def downgrade():
    op.drop_table("erasure")
    op.drop_table("legal_hold")
