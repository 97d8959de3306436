"""Keep the kind of device of a session, so that people recognise their sign-ins"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("session", sa.Column("device", sa.String(length=10), nullable=True))


def downgrade():
    op.drop_column("session", "device")
