"""Notes on customers, proposals for two persons (investor class, phone), requests about personal data"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade():
    op.create_table(
        "customer_note",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_customer_note")),
    )
    op.create_index("ix_customer_note_firm_id_subject", "customer_note", ["firm_id", "subject", "created_at"])
    op.create_table(
        "proposal",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid_to", sa.String(length=10), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", db.tables.Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", db.tables.Moment(), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_proposal_four_eyes")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_firm_id_customer_id", "proposal", ["firm_id", "customer_id", "proposed_at"])
    op.create_index("ix_proposal_firm_id_state", "proposal", ["firm_id", "state", "kind", "valid_to"])
    op.create_index(
        "uq_proposal_waiting", "proposal", ["firm_id", "customer_id", "kind"], unique=True,
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip
    op.create_table(
        "data_request",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("due_at", db.tables.Moment(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("answered_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_data_request")),
    )
    op.create_index("ix_data_request_firm_id_subject", "data_request", ["firm_id", "subject", "created_at"])
    op.create_index("ix_data_request_firm_id_due_at", "data_request", ["firm_id", "due_at", "answered_at"])
    op.create_index("ix_customer_firm_id_name_index", "customer", ["firm_id", "name_index"])
    op.create_index("ix_sms_message_firm_id_owner", "sms_message", ["firm_id", "owner", "created_at"])


def downgrade():
    op.drop_index("ix_sms_message_firm_id_owner", table_name="sms_message")
    op.drop_index("ix_customer_firm_id_name_index", table_name="customer")
    for table in ("data_request", "proposal", "customer_note"):
        op.drop_table(table)
