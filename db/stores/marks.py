"""Marks on pictures, opinions about findings, results of reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, delete, func, select, update

from core.records_marks import FindingCount, Judgement, PhotoMark, ReadResult, ResultCount
from db import tables_marks as t
from db.stores.base import Store

_M, _J, _R = t.PhotoMarkRow, t.FindingJudgement, t.ReadResultRow
_ORDER = ("created_at", "id")


class PhotoMarks(Store):
    """Marks wait until the reviewer rejects; opinions and results are counted without personal data."""

    def add_mark(self, mark: PhotoMark) -> None:
        """A new mark, not told to the customer yet."""
        body = {"box": list(mark.box), "text": mark.customer_text, "internal": mark.internal}
        self.add(
            _M, id=mark.id, case_id=mark.case_id, evidence_id=mark.evidence_id, drawn_on=mark.on, code=mark.code,
            body_sealed=self.seal(_M, "body_sealed", mark.id, body), marked_by=mark.marked_by,
            created_at=mark.created_at, rejection_id=mark.rejection_id or None,
        )  # fmt: skip

    def remove_mark(self, case_id: str, mark_id: str) -> bool:
        """Take back a mark that the customer was not told of; False when there is none such."""
        mine = (_M.firm_id == self.work.firm_id, _M.case_id == case_id, _M.id == mark_id)
        done = self.work.connection.execute(delete(_M).where(*mine, _M.rejection_id.is_(None)))
        return done.rowcount == 1

    def _mark(self, r: Row[Any]) -> PhotoMark:
        body = self.unseal(_M, "body_sealed", r.id, r.body_sealed)
        x, y, width, height = body["box"]
        return PhotoMark(
            r.id, r.case_id, r.evidence_id, r.drawn_on, (x, y, width, height), r.code, body["text"], body["internal"],
            r.marked_by, r.created_at, r.rejection_id or "",
        )  # fmt: skip

    def of_case(self, case_id: str) -> list[PhotoMark]:
        """Every mark of a case, oldest first."""
        return [self._mark(row) for row in self.equal(_M, case_id=case_id, order=_ORDER)]

    def waiting(self, case_id: str) -> list[PhotoMark]:
        """Marks that the next rejection will carry."""
        return [self._mark(row) for row in self.equal(_M, case_id=case_id, missing=("rejection_id",), order=_ORDER)]

    def send(self, case_id: str, rejection_id: str) -> int:
        """Make the waiting marks part of a rejection; returns how many."""
        mine = (_M.firm_id == self.work.firm_id, _M.case_id == case_id, _M.rejection_id.is_(None))
        return self.work.connection.execute(update(_M).where(*mine).values(rejection_id=rejection_id)).rowcount

    def judge(self, case_id: str, judgement: Judgement) -> None:
        """Keep an opinion; the newest of one person about one finding counts."""
        key = {"evidence_id": judgement.evidence_id, "finding": judgement.finding, "judged_by": judgement.judged_by}
        known = [getattr(_J, name) == value for name, value in key.items()]
        self.work.connection.execute(delete(_J).where(_J.firm_id == self.work.firm_id, *known))
        told = {"code": judgement.code, "agrees": judgement.agrees, "created_at": self.work.now}
        self.add(_J, case_id=case_id, **key, **told)

    def judgements(self, case_id: str) -> list[Judgement]:
        """Every opinion about the pictures of a case."""
        found = self.equal(_J, case_id=case_id, order=("created_at", "evidence_id", "finding"))
        return [Judgement(r.evidence_id, r.finding, r.code, r.agrees, r.judged_by) for r in found]

    def finding_counts(self) -> list[FindingCount]:
        """Agreement by kind of finding over the whole firm."""
        agreed = func.sum(case((_J.agrees.is_(True), 1), else_=0))
        query = select(_J.code, agreed.label("agreed"), func.count().label("every"))
        query = query.where(_J.firm_id == self.work.firm_id).group_by(_J.code).order_by(_J.code)
        found = self.work.connection.execute(query).fetchall()
        return [FindingCount(r.code, int(r.agreed), int(r.every) - int(r.agreed)) for r in found]

    def add_results(self, case_id: str, results: Sequence[ReadResult]) -> None:
        """How reading compares to what was approved, once for each field of a picture."""
        known = {(r.evidence_id, r.field) for r in self.equal(_R, case_id=case_id)}
        for each in results:
            if (each.evidence_id, each.field) not in known:
                self.add(
                    _R, case_id=case_id, evidence_id=each.evidence_id, field=each.field, slot=each.slot,
                    result=each.result, camera=each.camera, device=each.device, created_at=self.work.now,
                )  # fmt: skip

    def result_counts(self) -> list[ResultCount]:
        """Results by slot, field, camera and device over the whole firm."""
        names = (_R.slot, _R.field, _R.result, _R.camera, _R.device)
        query = select(*names, func.count().label("every")).where(_R.firm_id == self.work.firm_id)
        found = self.work.connection.execute(query.group_by(*names).order_by(*names)).fetchall()
        return [ResultCount(r.slot, r.field, r.result, r.camera, r.device, int(r.every)) for r in found]
