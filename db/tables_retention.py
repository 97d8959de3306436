"""Tables of legal holds and of the certificates of deletions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base, _firm, _id, _partial


class LegalHoldRow(Base):
    """法定保全 of a case; the reason is sealed."""

    __tablename__ = "legal_hold"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    reason_sealed: Mapped[bytes]
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None]
    __table_args__ = (_partial("uq_legal_hold_live", "firm_id", "case_id", where="lifted_at IS NULL"),)


class ErasureRow(Base):
    """The certificate of a deletion; the case's own row stays as a skeleton without its owner."""

    __tablename__ = "erasure"
    firm_id: Mapped[str] = _firm()
    case_id: Mapped[str] = _id()
    kept_as: Mapped[str] = mapped_column(String(40))
    rows: Mapped[int]
    files: Mapped[int]
    erased_by: Mapped[str] = mapped_column(String(80))
    erased_at: Mapped[datetime]
    __table_args__ = (Index("ix_erasure_firm_id_erased_at", "firm_id", "erased_at"),)
