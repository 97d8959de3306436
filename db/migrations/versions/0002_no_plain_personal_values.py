"""Seal the remark of a case; the customer's certificate (it bears the name) stands in the sealed column only"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("case_file", sa.Column("remark_sealed", sa.LargeBinary(), nullable=True))
    op.drop_column("case_file", "remark")
    op.drop_column("certificate", "certificate")


def downgrade():
    op.add_column("certificate", sa.Column("certificate", sa.LargeBinary(), nullable=True))
    op.add_column("case_file", sa.Column("remark", sa.Text(), nullable=False, server_default=""))
    op.drop_column("case_file", "remark_sealed")
