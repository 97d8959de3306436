"""Tables of the firm's own rules: drafts of new versions of firm data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base, _firm, _id


class RuleDraftRow(Base):
    """A change of one kind of firm data; `revision` is the optimistic lock."""

    __tablename__ = "rule_draft"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(40))
    base_version: Mapped[int]
    body: Mapped[Any] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500))
    effective_on: Mapped[str | None] = mapped_column(String(10))
    open_cases: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int]
    batch: Mapped[str] = mapped_column(String(40))
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    version: Mapped[int | None]
    numbers: Mapped[Any | None] = mapped_column(JSON)
    __table_args__ = (
        Index("ix_rule_draft_firm_id_kind", "firm_id", "kind", "made_at"),
        Index("ix_rule_draft_firm_id_state", "firm_id", "state", "made_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> made_by", "four_eyes"),
        CheckConstraint("state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL", "decided"),
    )
