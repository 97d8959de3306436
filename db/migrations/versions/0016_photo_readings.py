"""What was read from photos, and their looks as blind indexes"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "photo_reading",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("used", sa.String(length=10), nullable=False),
        sa.Column("crop_file", sa.String(length=40), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("read_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "evidence_id", name=op.f("pk_photo_reading")),
    )
    op.create_index("ix_photo_reading_firm_id_case_id", "photo_reading", ["firm_id", "case_id"])
    op.create_table(
        "photo_look",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("look_index", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "evidence_id", "part", name=op.f("pk_photo_look")),
    )
    op.create_index("ix_photo_look_firm_id_look_index", "photo_look", ["firm_id", "look_index"])


def downgrade():
    for table in ("photo_look", "photo_reading"):
        op.drop_table(table)
