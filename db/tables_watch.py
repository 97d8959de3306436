"""Tables that find one person behind several cases, stop a person the firm refuses, and draw samples for quality."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base, _firm, _id, _partial


class PersonMarkRow(Base):
    """A blind index of an ID number, phone, card or device, and whose it is (`case:<id>`, or an owner for a device)."""

    __tablename__ = "person_mark"
    firm_id: Mapped[str] = _firm()
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    value_index: Mapped[bytes] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    __table_args__ = (Index("ix_person_mark_firm_id_subject", "firm_id", "subject"),)


class BlockRow(Base):
    """An ID number or phone with which nothing is begun online; two persons put it there."""

    __tablename__ = "block_entry"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(12))
    value_index: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes]
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_block_entry_firm_id_value_index", "firm_id", "kind", "value_index", "state"),
        _partial("uq_block_entry_live", "firm_id", "kind", "value_index", where="state IN ('waiting','active')"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", "four_eyes"),
    )


class SampleRow(Base):
    """A finished call or review that was drawn to be checked again, by somebody else. `draw` says how it was drawn."""

    __tablename__ = "quality_sample"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(12))
    ref: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str] = mapped_column(String(40))
    done_by: Mapped[str] = mapped_column(String(40))
    done_at: Mapped[datetime]
    drawn_at: Mapped[datetime]
    draw: Mapped[dict[str, Any]]
    checked_by: Mapped[str | None] = mapped_column(String(40))
    checked_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(12), default="")
    form: Mapped[dict[str, Any]]
    note_sealed: Mapped[bytes | None]
    __table_args__ = (
        Index("uq_quality_sample_ref", "firm_id", "kind", "ref", unique=True),
        Index("ix_quality_sample_firm_id_checked_at", "firm_id", "checked_at"),
        CheckConstraint("checked_by IS NULL OR checked_by <> done_by", "four_eyes"),
    )
