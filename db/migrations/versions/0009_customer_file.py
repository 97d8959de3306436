"""Keep the customer file: what the customer's approved businesses said last"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customer", sa.Column("file_sealed", sa.LargeBinary(), nullable=True))


def downgrade():
    with op.batch_alter_table("customer") as batch:
        batch.drop_column("file_sealed")
