"""Reports to the monitoring centre, events for other systems, webhooks, API keys"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UNSENT = sa.text("state = 'waiting' AND sent_at IS NULL")


def upgrade():
    op.add_column("exchange_request", sa.Column("sent_at", db.tables.Moment(), nullable=True))
    op.create_index(
        "ix_exchange_request_unsent", "exchange_request", ["firm_id", "updated_at"],
        sqlite_where=UNSENT, postgresql_where=UNSENT,
    )  # fmt: skip
    op.create_table(
        "published_event",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "seq", name=op.f("pk_published_event")),
    )
    op.create_table(
        "webhook",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("target_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=40), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("began_at", db.tables.Moment(), nullable=False),
        sa.Column("next_at", db.tables.Moment(), nullable=False),
        sa.Column("ended_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_firm_id_webhook_id", "webhook_delivery", ["firm_id", "webhook_id", "state", "event_seq"]
    )
    op.create_index("ix_webhook_delivery_firm_id_event_seq", "webhook_delivery", ["firm_id", "event_seq"])
    op.create_table(
        "api_key",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("used_at", db.tables.Moment(), nullable=True),
        sa.Column("revoked_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_api_key")),
    )
    op.create_index("uq_api_key_firm_id_token_hash", "api_key", ["firm_id", "token_hash"], unique=True)


def downgrade():
    for table in ("api_key", "webhook_delivery", "webhook", "published_event"):
        op.drop_table(table)
    op.drop_index("ix_exchange_request_unsent", table_name="exchange_request")
    with op.batch_alter_table("exchange_request") as table:
        table.drop_column("sent_at")
