"""Versions of firm data as a history, and the drafts that lead to new ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from core.case import WITH_CUSTOMER, Case, State
from core.records_rules import DataVersion, DraftContent, DraftState, PastCase, RuleDraft
from db import tables as t
from db.stores.base import Store
from db.tables_rules import RuleDraftRow

_D, _F, _C, _A, _J = RuleDraftRow, t.FirmData, t.CaseRow, t.AnswerRow, t.RejectionRow
DECIDED = (State.APPROVED, State.CALLBACK, State.ACTIVE, State.DONE, State.TERMINATED)


class RuleDrafts(Store):
    """A draft is changed while it is open, proposed once, and decided once by somebody else."""

    def versions(self, kind: str = "") -> list[DataVersion]:
        """Every stored version of a kind or of all kinds, planned ones included, the newest first; no bodies."""
        columns = (_F.kind, _F.version, _F.effective_from, _F.changed_by, _F.created_at)
        query = select(*columns).where(_F.firm_id == self.work.firm_id).order_by(_F.kind, _F.version.desc())
        found = self.work.connection.execute(query.where(_F.kind == kind) if kind else query)
        return [DataVersion(*row) for row in found]

    def _draft(self, r: Row[Any]) -> RuleDraft:
        day = date.fromisoformat(r.effective_on) if r.effective_on else None
        return RuleDraft(
            r.id, r.kind, r.base_version, DraftContent(r.body, r.note, day, r.open_cases), DraftState(r.state),
            r.revision, r.made_by, r.made_at, r.batch, r.proposed_at, r.decided_by, r.decided_at, r.reason,
            r.version, r.numbers,
        )  # fmt: skip

    @staticmethod
    def _columns(content: DraftContent) -> dict[str, Any]:
        day = content.effective_on
        return {
            "body": content.body,
            "note": content.note,
            "effective_on": day.isoformat() if day else None,
            "open_cases": content.open_cases,
        }

    def add_draft(self, draft: RuleDraft) -> None:
        """Insert a draft."""
        self.add(
            _D, id=draft.id, kind=draft.kind, base_version=draft.base_version, **self._columns(draft.content),
            state=str(draft.state), revision=draft.revision, batch=draft.batch, made_by=draft.made_by,
            made_at=draft.made_at, proposed_at=draft.proposed_at, reason="",
        )  # fmt: skip

    def find(self, draft_id: str) -> RuleDraft | None:
        """A draft or None."""
        row = self.row(_D, _D.id == draft_id)
        return self._draft(row) if row else None

    def of_kind(self, kind: str) -> list[RuleDraft]:
        """Every draft of a kind, the newest first."""
        return [self._draft(row) for row in self.rows(_D, _D.kind == kind, order=(_D.made_at.desc(), _D.id))]

    def in_states(self, states: Collection[DraftState]) -> list[RuleDraft]:
        """Drafts in these states, the oldest first."""
        where = _D.state.in_([str(state) for state in states])
        return [self._draft(row) for row in self.rows(_D, where, order=(_D.made_at, _D.kind, _D.id))]

    def _change(self, draft: RuleDraft, **values: Any) -> bool:
        same = (_D.firm_id == self.work.firm_id, _D.id == draft.id, _D.state == str(draft.state))
        return self.work.update_one(_D, (*same, _D.revision == draft.revision), revision=draft.revision + 1, **values)

    def save(self, draft: RuleDraft, content: DraftContent) -> bool:
        """Write what the maker changed; False when the draft is not as it was read."""
        return self._change(draft, **self._columns(content))

    def move(self, draft: RuleDraft, state: DraftState, **values: Any) -> bool:
        """Give it another state, with who decided, why, and which version it became; False as with `save`."""
        return self._change(draft, state=str(state), **values)

    def keep_numbers(self, draft_id: str, numbers: Mapping[str, Any]) -> bool:
        """Keep what the dry run found, or how far it is; the draft counts as unchanged."""
        where = (_D.firm_id == self.work.firm_id, _D.id == draft_id)
        done = self.work.connection.execute(update(_D).where(*where).values(numbers=dict(numbers)))
        return done.rowcount == 1

    def count_finished(self, since: datetime) -> int:
        """How many cases were decided since then, well or badly."""
        query = select(func.count()).where(*self._finished(since))
        return int(self.work.connection.execute(query).scalar_one())

    def _finished(self, since: datetime) -> tuple[ColumnElement[bool], ...]:
        return _C.firm_id == self.work.firm_id, _C.state.in_([str(state) for state in DECIDED]), _C.updated_at >= since

    def finished_since(self, since: datetime, after: str, limit: int, steps: Collection[str]) -> list[PastCase]:
        """Cases decided since then, by id from `after` on; only the answers of these steps are opened."""
        columns = (_C.id, _C.number, _C.business, _C.created_at, _C.submitted_at, _C.rules, _C.clear)
        query = select(*columns).where(*self._finished(since), _C.id > after).order_by(_C.id).limit(limit)
        rows = self.work.connection.execute(query).fetchall()
        ids = [row.id for row in rows]
        answers, reasons = self._answers_of(ids, steps), self._reasons_of(ids)
        return [
            PastCase(
                r.id, r.number, r.business, r.submitted_at or r.created_at, r.rules, r.clear,
                answers.get(r.id, {}), reasons.get(r.id, ()),
            )
            for r in rows
        ]  # fmt: skip

    def _answers_of(self, ids: list[str], steps: Collection[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        if steps and ids:
            where = (_A.firm_id == self.work.firm_id, _A.case_id.in_(ids), _A.step.in_(sorted(steps)))
            for r in self.work.connection.execute(select(_A.case_id, _A.step, _A.values_sealed).where(*where)):
                values = self.unseal(_A, "values_sealed", f"{r.case_id}|{r.step}", r.values_sealed)
                found.setdefault(r.case_id, {})[r.step] = values
        return found

    def _reasons_of(self, ids: list[str]) -> dict[str, tuple[str, ...]]:
        where = (_J.firm_id == self.work.firm_id, _J.case_id.in_(ids))
        found: dict[str, tuple[str, ...]] = {}
        for r in self.work.connection.execute(select(_J.case_id, _J.codes).where(*where).order_by(_J.created_at)):
            found[r.case_id] = (*found.get(r.case_id, ()), *r.codes)
        return found

    def open_cases_before(self, kind: str, version: int, limit: int) -> list[Case]:
        """Cases with their customers that pinned an older version of a kind, in the order of their ids."""
        with_customer = _C.state.in_([str(state) for state in WITH_CUSTOMER])
        older = _C.rules[kind].as_integer() < version
        query = select(_C.id).where(_C.firm_id == self.work.firm_id, with_customer, older).order_by(_C.id)
        return [self.work.cases.get(row.id) for row in self.work.connection.execute(query.limit(limit))]
