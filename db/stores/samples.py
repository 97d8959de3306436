"""Samples for quality: what ended, what was drawn, what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.records_watch import Finished, Sample
from db import tables as t
from db import tables_watch as w
from db.stores.base import Store

_S = w.SampleRow


class Samples(Store):
    """A call or review is drawn at most once and checked once, by somebody else."""

    def finished(self, kind: str, since: datetime) -> list[Finished]:
        """Calls with a result, or decisions of the review, that ended since then; oldest first."""
        if kind == "call":
            table = t.Ticket
            where = (table.ended_at >= since, table.result.in_(["passed", "rejected"]), table.staff_id.is_not(None))
            rows = self.rows(table, *where, order=(table.ended_at, table.id))
            return [Finished(kind, r.id, r.case_id, r.staff_id, r.ended_at) for r in rows]
        done = t.DecisionRow
        rows = self.rows(done, done.decided_at >= since, done.decided_by.is_not(None), order=(done.decided_at, done.id))
        return [Finished(kind, r.id, r.case_id, r.decided_by, r.decided_at) for r in rows]

    def add_sample(self, sample: Sample) -> None:
        """Insert unless it was drawn before."""
        self.work.add_first(
            _S,
            id=sample.id,
            kind=sample.kind,
            ref=sample.ref,
            case_id=sample.case_id,
            done_by=sample.done_by,
            done_at=sample.done_at,
            drawn_at=sample.drawn_at,
            draw=dict(sample.draw),
            result="",
            form={},
        )

    def _sample(self, r: Row[Any]) -> Sample:
        note = self.unseal(_S, "note_sealed", r.id, r.note_sealed) if r.note_sealed else ""
        return Sample(
            r.id, r.kind, r.ref, r.case_id, r.done_by, r.done_at, r.drawn_at, r.draw, r.checked_by, r.checked_at,
            r.result, r.form, note,
        )  # fmt: skip

    def find_sample(self, sample_id: str) -> Sample | None:
        """A sample or None."""
        row = self.row(_S, _S.id == sample_id)
        return self._sample(row) if row else None

    def open_samples(self) -> list[Sample]:
        """What is still to be checked, the oldest first."""
        return [self._sample(row) for row in self.rows(_S, _S.checked_at.is_(None), order=(_S.done_at, _S.id))]

    def checked_since(self, moment: datetime) -> list[Sample]:
        """What was checked since then, the newest first."""
        found = self.rows(_S, _S.checked_at >= moment, order=(_S.checked_at.desc(), _S.id))
        return [self._sample(row) for row in found]

    def check_sample(self, sample_id: str, checked_by: str, result: str, form: Mapping[str, Any], note: str) -> bool:
        """Store what was found; False when it was checked already."""
        where = (_S.firm_id == self.work.firm_id, _S.id == sample_id, _S.checked_at.is_(None))
        blob = self.seal(_S, "note_sealed", sample_id, note) if note else None
        values = {"checked_by": checked_by, "checked_at": self.work.now, "result": result, "form": dict(form)}
        return self.work.update_one(_S, where, **values, note_sealed=blob)
