"""Tables of the photo readings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base


class PhotoReadingRow(Base):
    """What was read from one piece of evidence; quad, fields, findings and measures are sealed together."""

    __tablename__ = "photo_reading"
    firm_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(10))
    used: Mapped[str] = mapped_column(String(10))
    crop_file: Mapped[str] = mapped_column(String(40))
    body_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_photo_reading_firm_id_case_id", "firm_id", "case_id"),)


class PhotoLook(Base):
    """Parts of the perceptual hash of a picture, blind-indexed: tells whether it was used before, not how it looks."""

    __tablename__ = "photo_look"
    firm_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    look_index: Mapped[bytes]
    __table_args__ = (Index("ix_photo_look_firm_id_look_index", "firm_id", "look_index"),)
