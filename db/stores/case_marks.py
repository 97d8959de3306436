"""The statement that tells whether anything that is stored about a case has changed."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, LargeBinary, bindparam, cast, null, select, union_all

from db import tables as t


@cache
def marks_of_case() -> CompoundSelect[Any]:
    """One statement for all that is stored about a case: the sealed answers, and the ids of what never changes."""
    parts = []
    for table in (t.AnswerRow, t.EvidenceRow, t.ProofRow, t.RejectionRow):
        columns = table.__table__.columns
        answer = table is t.AnswerRow
        shown = (columns["step"], columns["values_sealed"]) if answer else (columns["id"], cast(null(), LargeBinary))
        where = [columns["firm_id"] == bindparam("of_firm"), columns["case_id"] == bindparam("of_case")]
        live = [columns["replaced_at"].is_(None)] if table is t.EvidenceRow else []
        parts.append(select(*shown).where(*where, *live))
    return union_all(*parts)
