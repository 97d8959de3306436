"""Table of the figures of cases, worked out from facts as all rollups are."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import _CLUSTERED, Base, _count, _firm, _id, _part


class RollupCaseDay(Base):
    """Cases of one branch, one business and the day they were begun on: how many, and how far they came by now.

    `standing` counts them by state, step, device and version of the questionnaire; `reasons` counts what was given in
    the rejections of that day by stage. Both are JSON objects with sorted keys: a column each would make more cells
    than there are cases. Branch `*` is all branches together.
    """

    __tablename__ = "rollup_case_day"
    firm_id: Mapped[str] = _firm()
    branch_id: Mapped[str] = _id()
    day: Mapped[int] = _part()
    business: Mapped[str] = mapped_column(String(40), primary_key=True)
    begun: Mapped[int] = _count()
    handed_in: Mapped[int] = _count()
    passed: Mapped[int] = _count()
    activated: Mapped[int] = _count()
    standing: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    __table_args__ = (_CLUSTERED,)
