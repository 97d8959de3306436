"""The desk: reservations, roster, duty states, offers, messages; tickets know their promise and their priority"""

import sqlalchemy as sa
from alembic import op

import db.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('waiting','offered','in_call')")
HELD = sa.text("state IN ('offered','in_call')")
WAITING = sa.text("state = 'waiting'")
IN_CALL = sa.text("state = 'in_call'")
LIVE_BEFORE = sa.text("state IN ('waiting','in_call')")


def _ticket_columns():
    return (
        sa.Column("answered_at", db.tables.Moment(), nullable=True),
        sa.Column("prio_from", db.tables.Moment(), nullable=True),
        sa.Column("prio_until", db.tables.Moment(), nullable=True),
        sa.Column("reservation_id", sa.String(length=40), nullable=True),
        sa.Column("promised_s", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("rehearsal", sa.JSON(), nullable=True),
    )


def upgrade():
    op.create_table(
        "desk_message",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("until", db.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_desk_message")),
    )
    with op.batch_alter_table("desk_message", schema=None) as batch_op:
        batch_op.create_index("ix_desk_message_firm_id_branch_id", ["firm_id", "branch_id", "until"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("slot", sa.String(length=5), nullable=False),
        sa.Column("begins_at", db.tables.Moment(), nullable=False),
        sa.Column("ends_at", db.tables.Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("signed_in_at", db.tables.Moment(), nullable=True),
        sa.Column("reminded_at", db.tables.Moment(), nullable=True),
        sa.Column("created_at", db.tables.Moment(), nullable=False),
        sa.Column("closed_at", db.tables.Moment(), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_reservation")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index("ix_reservation_firm_id_branch_id_day", ["firm_id", "branch_id", "day"], unique=False)
        batch_op.create_index("ix_reservation_firm_id_case_id", ["firm_id", "case_id"], unique=False)
        batch_op.create_index(
            "uq_reservation_booked",
            ["firm_id", "owner"],
            unique=True,
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )

    op.create_table(
        "reservation_slot",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("closed", sa.String(length=100), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_reservation_slot_used")),
        sa.PrimaryKeyConstraint("firm_id", "branch_id", "day", "begins", name=op.f("pk_reservation_slot")),
    )
    op.create_table(
        "roster",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "staff_id", "branch_id", "weekday", "begins", name=op.f("pk_roster")),
    )
    op.create_table(
        "staff_skill",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "staff_id", "branch_id", "business", name=op.f("pk_staff_skill")),
    )
    op.create_table(
        "staff_status",
        sa.Column("firm_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("began_at", db.tables.Moment(), nullable=False),
        sa.Column("seen_at", db.tables.Moment(), nullable=False),
        sa.Column("ended_at", db.tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_staff_status")),
    )
    with op.batch_alter_table("staff_status", schema=None) as batch_op:
        batch_op.create_index("ix_staff_status_firm_id_began_at", ["firm_id", "began_at"], unique=False)
        batch_op.create_index(
            "uq_staff_status_now",
            ["firm_id", "staff_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_index("ix_queue_event_firm_id_actor", "queue_event", ["firm_id", "actor", "at"])
    op.add_column("queue_event", sa.Column("reason", sa.String(length=200), nullable=False, server_default=""))
    for name in ("uq_ticket_case_live", "uq_ticket_staff_busy", "ix_ticket_lease", "ix_ticket_waiting"):
        op.drop_index(name, table_name="ticket")
    with op.batch_alter_table("ticket") as batch:
        batch.drop_constraint(op.f("ck_ticket_lease"), type_="check")
        for column in _ticket_columns():
            batch.add_column(column)
        batch.create_check_constraint(
            op.f("ck_ticket_lease"), "(state IN ('offered','in_call')) = (lease_until IS NOT NULL)"
        )
    _index("uq_ticket_case_live", ["firm_id", "case_id"], LIVE, unique=True)
    _index("uq_ticket_staff_busy", ["firm_id", "staff_id"], HELD, unique=True)
    _index("ix_ticket_lease", ["lease_until"], HELD, unique=False)
    _index("ix_ticket_waiting", ["firm_id", "branch_id", "enqueued_at"], WAITING, unique=False)
    op.create_index("ix_ticket_firm_id_case_id", "ticket", ["firm_id", "case_id", "enqueued_at"])
    op.create_index(
        "ix_ticket_firm_id_enqueued_at", "ticket", ["firm_id", "enqueued_at", "branch_id", "business", "state"]
    )
    _let_witnesses_serve()


def _let_witnesses_serve():
    """Every witness serves every business of the own branch, as before skills existed."""
    names = ("firm_id", "id", "branch_id", "roles")
    staff = sa.table("staff", *(sa.column(name, sa.JSON() if name == "roles" else sa.String()) for name in names))
    skill = sa.table("staff_skill", *(sa.column(name) for name in ("firm_id", "staff_id", "branch_id", "business")))
    for row in op.get_bind().execute(sa.select(staff)).fetchall():
        if "witness" in row.roles:
            values = {"firm_id": row.firm_id, "staff_id": row.id, "branch_id": row.branch_id, "business": "*"}
            op.get_bind().execute(sa.insert(skill).values(**values))


def _index(name, columns, where, *, unique):
    op.create_index(name, "ticket", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade():
    """Who is being rung for waits again; what only the desk's tables held is lost."""
    op.execute("UPDATE ticket SET state = 'waiting', staff_id = NULL, lease_until = NULL WHERE state = 'offered'")
    for name in ("uq_ticket_case_live", "uq_ticket_staff_busy", "ix_ticket_lease", "ix_ticket_waiting",
                 "ix_ticket_firm_id_case_id", "ix_ticket_firm_id_enqueued_at"):  # fmt: skip
        op.drop_index(name, table_name="ticket")
    with op.batch_alter_table("ticket") as batch:
        batch.drop_constraint(op.f("ck_ticket_lease"), type_="check")
        for column in _ticket_columns():
            batch.drop_column(column.name)
        batch.create_check_constraint(op.f("ck_ticket_lease"), "(state = 'in_call') = (lease_until IS NOT NULL)")
    _index("uq_ticket_case_live", ["firm_id", "case_id"], LIVE_BEFORE, unique=True)
    _index("uq_ticket_staff_busy", ["firm_id", "staff_id"], IN_CALL, unique=True)
    _index("ix_ticket_lease", ["lease_until"], IN_CALL, unique=False)
    _index("ix_ticket_waiting", ["firm_id", "branch_id", "enqueued_at"], WAITING, unique=False)
    op.drop_index("ix_queue_event_firm_id_actor", table_name="queue_event")
    op.drop_column("queue_event", "reason")
    for name in ("staff_status", "staff_skill", "roster", "reservation_slot", "reservation", "desk_message"):
        op.drop_table(name)
