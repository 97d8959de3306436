"""Tables of the work on a case: what happened to it, who has it and since when, what is left to be done in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base, _firm, _id, _partial


class CaseEventRow(Base):
    """Append-only: a change of state, of an answer, a note, an assignment. `seq` is the audit row that says who.

    `subject` is clear (a state, a step, a member of staff); what was written or changed is sealed.
    """

    __tablename__ = "case_event"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(60), default="")
    body_sealed: Mapped[bytes | None]
    actor: Mapped[str] = mapped_column(String(80), default="")
    seq: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_case_event_firm_id_case_id", "firm_id", "case_id", "at"),
        Index("ix_case_event_firm_id_kind", "firm_id", "kind", "at"),
    )


class CaseWorkRow(Base):
    """How a case stands with staff, one row each: beside the case, so that its version stays the customer's."""

    __tablename__ = "case_work"
    firm_id: Mapped[str] = _firm()
    case_id: Mapped[str] = _id()
    since: Mapped[datetime]
    holder_id: Mapped[str | None] = mapped_column(String(40))
    assigned_by: Mapped[str | None] = mapped_column(String(80))
    snoozed_until: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    call_time: Mapped[str] = mapped_column(String(20), default="")
    __table_args__ = (Index("ix_case_work_firm_id_holder_id", "firm_id", "holder_id"),)


class CaseTaskRow(Base):
    """Something that somebody has to look into before a case goes on; what was found is sealed."""

    __tablename__ = "case_task"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    note_sealed: Mapped[bytes | None]
    __table_args__ = (
        Index("ix_case_task_firm_id_case_id", "firm_id", "case_id"),
        _partial("uq_case_task_open", "firm_id", "case_id", "kind", "subject", where="done_at IS NULL"),
    )
