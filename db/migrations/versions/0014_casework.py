"""What happens to a case, who has it, what is left to do in it; and who decided a review"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WITNESS = (
    "NEW.decided_by IS NOT NULL AND EXISTS (SELECT 1 FROM case_file c WHERE c.firm_id = NEW.firm_id"
    " AND c.id = NEW.case_id AND c.witness_id = NEW.decided_by)"
)
WATCHES = {
    "sqlite": [
        "CREATE TRIGGER review_decision_witness BEFORE INSERT ON review_decision"
        f" WHEN {_WITNESS} BEGIN SELECT RAISE(ABORT, 'four eyes'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION review_decision_witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_WITNESS} THEN RAISE EXCEPTION 'four eyes' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER review_decision_witness BEFORE INSERT ON review_decision"
        " FOR EACH ROW EXECUTE FUNCTION review_decision_witness()",
    ],
}
"""What a row cannot say of itself: whoever decides is not the witness of the case, whatever the row claims. A later
migration that rebuilds the table on SQLite has to make the trigger again (tests/core/test_usecase_callback_tries.py)."""
OPEN_TASK = sa.text("done_at IS NULL")


def upgrade():
    op.create_table(
        "case_event",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("at", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_firm_id_case_id", "case_event", ["firm_id", "case_id", "at"])
    op.create_index("ix_case_event_firm_id_kind", "case_event", ["firm_id", "kind", "at"])
    op.create_table(
        "case_work",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("since", db.tables.Moment(), nullable=False),
        sa.Column("holder_id", sa.String(length=40), nullable=True),
        sa.Column("assigned_by", sa.String(length=80), nullable=True),
        sa.Column("snoozed_until", db.tables.Moment(), nullable=True),
        sa.Column("escalated_at", db.tables.Moment(), nullable=True),
        sa.Column("call_time", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "case_id", name=op.f("pk_case_work")),
    )
    op.create_index("ix_case_work_firm_id_holder_id", "case_work", ["firm_id", "holder_id"])
    op.create_table(
        "case_task",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("opened_at", db.tables.Moment(), nullable=False),
        sa.Column("done_at", db.tables.Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_case_task")),
    )
    op.create_index("ix_case_task_firm_id_case_id", "case_task", ["firm_id", "case_id"])
    op.create_index(
        "uq_case_task_open", "case_task", ["firm_id", "case_id", "kind", "subject"], unique=True,
        sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK,
    )  # fmt: skip
    with op.batch_alter_table("review_decision") as batch:
        batch.add_column(sa.Column("decided_by", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("witness_id", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("first_by", sa.String(length=40), nullable=True))
        batch.create_check_constraint(
            op.f("ck_review_decision_four_eyes"),
            "decided_by IS NULL OR ((witness_id IS NULL OR decided_by <> witness_id)"
            " AND (first_by IS NULL OR decided_by <> first_by))",
        )
    for statement in WATCHES[op.get_bind().dialect.name]:
        op.execute(statement)
    _begin_histories()


def _begin_histories():
    """What is known of cases that are older: when they began, when they were handed in last, where they stand."""
    row = "INSERT INTO case_event (firm_id, id, case_id, kind, subject, actor, at) "
    op.execute(row + "SELECT firm_id, id || '-began', id, 'state', 'filling', '', created_at FROM case_file")
    op.execute(
        row + "SELECT firm_id, id || '-in', id, 'state', 'submitted', '', submitted_at FROM case_file"
        " WHERE submitted_at IS NOT NULL"
    )
    op.execute(
        row + "SELECT firm_id, id || '-now', id, 'state', state, '', COALESCE(closed_at, updated_at) FROM case_file"
        " WHERE state NOT IN ('filling', 'submitted')"
    )
    op.execute(
        "INSERT INTO case_work (firm_id, case_id, since, call_time)"
        " SELECT firm_id, id, CASE WHEN state IN ('submitted', 'in_review') THEN COALESCE(submitted_at, updated_at)"
        " ELSE updated_at END, '' FROM case_file WHERE state <> 'filling'"
    )


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER review_decision_witness ON review_decision")
        op.execute("DROP FUNCTION review_decision_witness()")
    else:
        op.execute("DROP TRIGGER review_decision_witness")
    with op.batch_alter_table("review_decision") as batch:
        batch.drop_constraint(op.f("ck_review_decision_four_eyes"), type_="check")
        for column in ("first_by", "witness_id", "decided_by"):
            batch.drop_column(column)
    for table in ("case_task", "case_work", "case_event"):
        op.drop_table(table)
