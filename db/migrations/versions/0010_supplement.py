"""Campaigns of 补签协议 and the customers they ask"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "supplement_campaign",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("reach", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("told_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_supplement_campaign")),
    )
    op.create_table(
        "supplement_request",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("told_on", sa.String(length=10), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_supplement_request")),
    )
    op.create_index(
        "uq_supplement_request_firm_id_campaign_id", "supplement_request", ["firm_id", "campaign_id", "customer_id"],
        unique=True,
    )  # fmt: skip
    op.create_index("ix_supplement_request_firm_id_customer_id", "supplement_request", ["firm_id", "customer_id"])
    op.create_index("ix_supplement_request_firm_id_case_id", "supplement_request", ["firm_id", "case_id"])


def downgrade():
    op.drop_table("supplement_request")
    op.drop_table("supplement_campaign")
