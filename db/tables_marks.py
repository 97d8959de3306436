"""Tables of marks on pictures, opinions about what the machine found, and how often it had read right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base


class PhotoMarkRow(Base):
    """A marked region; box, words for the customer and internal note are sealed together."""

    __tablename__ = "photo_mark"
    firm_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    evidence_id: Mapped[str] = mapped_column(String(40))
    drawn_on: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    body_sealed: Mapped[bytes]
    marked_by: Mapped[str] = mapped_column(String(60))
    rejection_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_photo_mark_firm_id_case_id", "firm_id", "case_id"),)


class FindingJudgement(Base):
    """One opinion of one member of staff about one finding of the machine."""

    __tablename__ = "finding_judgement"
    firm_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    finding: Mapped[str] = mapped_column(String(40), primary_key=True)
    judged_by: Mapped[str] = mapped_column(String(60), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(30))
    agrees: Mapped[bool]
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_finding_judgement_firm_id_case_id", "firm_id", "case_id"),)


class ReadResultRow(Base):
    """One field of one picture of an approved case: how what was read compares to what was approved."""

    __tablename__ = "read_result"
    firm_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    slot: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(10))
    camera: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
