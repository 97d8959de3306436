"""Campaigns of 补签协议: whom else they are narrowed to, what happens after the last day, reminders by themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("supplement_campaign") as table:
        table.add_column(sa.Column("only", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("consequence", sa.String(length=60), nullable=False, server_default=""))
        table.add_column(sa.Column("remind_days", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    with op.batch_alter_table("supplement_campaign") as table:
        for name in ("remind_days", "consequence", "only"):
            table.drop_column(name)
