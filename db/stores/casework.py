"""The work on a case: events, holder, tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select

from core.case import WITH_CUSTOMER, Case, State
from core.records import AuditEntry
from core.records_casework import CaseEvent, CaseTask, CaseWork, Happened
from db import tables_casework as t
from db.stores.base import Store
from db.tables import AnswerRow, AuditRow

if TYPE_CHECKING:
    from db.work import SqlWork

_E, _W, _T = t.CaseEventRow, t.CaseWorkRow, t.CaseTaskRow
_AFRESH = {"holder_id": None, "assigned_by": None, "snoozed_until": None, "escalated_at": None}


def _stage(state: State) -> str:
    """Cases move between these as far as staff are concerned; a reviewer's lock is no move."""
    if state in WITH_CUSTOMER:
        return "customer"
    return "review" if state in {State.SUBMITTED, State.IN_REVIEW} else str(state)


class Casework(Store):
    """Events wait in the unit of work until its audit row is written: that row says who, so none is unsigned."""

    def __init__(self, work: SqlWork) -> None:
        super().__init__(work)
        self._unsigned: list[dict[str, Any]] = []

    # -- events
    def note(self, case_id: str, kind: Happened, subject: str = "", body: Mapping[str, Any] | None = None) -> None:
        """Keep that something happened now; `body` is sealed."""
        row_id = self.work.new_id()
        blob = self.seal(_E, "body_sealed", row_id, dict(body)) if body else None
        row = {"firm_id": self.work.firm_id, "id": row_id, "case_id": case_id, "kind": str(kind), "subject": subject}
        self._unsigned.append({**row, "body_sealed": blob, "at": self.work.now})

    def sign(self, actor: str, seq: int | None) -> None:
        """Write what waits, as done by whom the audit row names."""
        if self._unsigned:
            self.work.connection.execute(insert(_E), [{**row, "actor": actor, "seq": seq} for row in self._unsigned])
            self._unsigned = []

    def events(self, case_id: str) -> list[CaseEvent]:
        """Everything that happened to a case, oldest first."""
        return [
            CaseEvent(
                r.id, Happened(r.kind), r.subject,
                self.unseal(_E, "body_sealed", r.id, r.body_sealed) if r.body_sealed else {}, r.actor, r.seq, r.at,
            )
            for r in self.rows(_E, _E.case_id == case_id, order=(_E.at, _E.seq, _E.id))
        ]  # fmt: skip

    def audit_of(self, subject: str) -> list[AuditEntry]:
        """The audit rows of a case or customer (`case:<id>`), oldest first: what was done, and who read it."""
        found = self.rows(AuditRow, AuditRow.object == subject, order=AuditRow.seq)
        return [AuditEntry(r.seq, r.at, r.actor, r.tag, r.object, r.detail, r.mac) for r in found]

    # -- how a case stands
    def of_case(self, case: Case) -> CaseWork:
        """How the case stands; a case that no member of staff has touched waits since it began."""
        row = self.row(_W, _W.case_id == case.id)
        return standing(row, case) if row else CaseWork(case.created_at)

    def change(self, case: Case, **values: Any) -> None:
        """Set columns of the row, which is made where it is missing."""
        where = (_W.firm_id == self.work.firm_id, _W.case_id == case.id)
        if not self.work.update_one(_W, where, **values):
            self.add(_W, case_id=case.id, **{"since": case.updated_at, "call_time": "", **values})

    def moved(self, case: Case, state: State) -> None:
        """The case goes to another state: with another stage nobody holds it, and its waiting begins afresh."""
        self.note(case.id, Happened.STATE, str(state))
        if _stage(case.state) != _stage(state):
            self.change(case, since=self.work.now, **_AFRESH)

    def held_by(self, staff_id: str) -> list[str]:
        """Ids of the cases that somebody holds, the longest waiting first."""
        query = select(_W.case_id).where(_W.firm_id == self.work.firm_id, _W.holder_id == staff_id)
        return [row.case_id for row in self.work.connection.execute(query.order_by(_W.since, _W.case_id))]

    # -- tasks
    def add_task(self, case_id: str, kind: str, subject: str) -> None:
        """Open a task unless the same one is open."""
        task = (_T.case_id == case_id, _T.kind == kind, _T.subject == subject, _T.done_at.is_(None))
        if self.row(_T, *task) is None:
            self.add(_T, id=self.work.new_id(), case_id=case_id, kind=kind, subject=subject, opened_at=self.work.now)
            self.note(case_id, Happened.TASK, f"{kind}:{subject}")

    def _task(self, r: Row[Any]) -> CaseTask:
        note = self.unseal(_T, "note_sealed", r.id, r.note_sealed) if r.note_sealed else ""
        return CaseTask(r.id, r.case_id, r.kind, r.subject, r.opened_at, r.done_at, r.done_by, note)

    def tasks(self, case_id: str) -> list[CaseTask]:
        """Every task of a case, oldest first."""
        return [self._task(row) for row in self.rows(_T, _T.case_id == case_id, order=(_T.opened_at, _T.id))]

    def find_task(self, task_id: str) -> CaseTask | None:
        """A task or None."""
        row = self.row(_T, _T.id == task_id)
        return self._task(row) if row else None

    def settle_task(self, task_id: str, note: str, actor: str) -> bool:
        """Store what was found; False when somebody was first."""
        where = (_T.firm_id == self.work.firm_id, _T.id == task_id, _T.done_at.is_(None))
        blob = self.seal(_T, "note_sealed", task_id, note)
        return self.work.update_one(_T, where, done_at=self.work.now, done_by=actor, note_sealed=blob)

    def keep_change(self, case_id: str, step: str, values: Mapping[str, Any]) -> None:
        """Old and new value of each field that differs; drafts count for nothing, so nobody asks what they were."""
        table = AnswerRow
        found = () if step.startswith("draft:") else self.equal(table, case_id=case_id, step=step)
        for r in found:
            old = self.unseal(table, "values_sealed", f"{case_id}|{step}", r.values_sealed)
            fields = [key for key in {**old, **values} if old.get(key) != values.get(key)]
            if fields:
                changed = {key: [old.get(key), values.get(key)] for key in fields}
                self.note(case_id, Happened.CHANGED, step, changed)


def standing(row: Row[Any], case: Case) -> CaseWork:
    """The record of a row that may be missing in an outer join."""
    if row.since is None:
        return CaseWork(case.created_at)
    return CaseWork(row.since, row.holder_id, row.assigned_by, row.snoozed_until, row.escalated_at, row.call_time or "")
