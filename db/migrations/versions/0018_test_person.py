"""Online tests are counted for the person who takes them, under whichever sign-in"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("knowledge_attempt", sa.Column("person_index", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_knowledge_attempt_firm_id_person", "knowledge_attempt", ["firm_id", "person_index", "started_at"]
    )


def downgrade():
    op.drop_index("ix_knowledge_attempt_firm_id_person", table_name="knowledge_attempt")
    with op.batch_alter_table("knowledge_attempt") as table:
        table.drop_column("person_index")
