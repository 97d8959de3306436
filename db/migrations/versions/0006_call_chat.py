"""Text within calls: lines between witness and customer, and among staff, sealed one by one"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "call_line",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_call_line")),
    )
    op.create_index("ix_call_line_firm_id_case_id", "call_line", ["firm_id", "case_id", "created_at"])


def downgrade():
    op.drop_table("call_line")
