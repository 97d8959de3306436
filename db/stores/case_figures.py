"""Figures of cases: where those begun in a range stand, why they were rejected, how old the open ones are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, select

from core.case import OPEN_STATES
from core.metrics import Span
from core.records_figures import BegunCase, Standing
from core.rules.calendar import local_time
from db import tables as t
from db.stores.base import Store
from db.stores.case_rollups import BETWEEN, standing_of, unpacked
from db.stores.rollups import ALL
from db.tables_figures import RollupCaseDay

_C, _R = t.CaseRow, RollupCaseDay


class CaseFigures(Store):
    """Reads only; the rollups are the worker's (db/stores/rollups.py)."""

    def _within(self, span: Span, branch: ColumnElement[bool] | None = None) -> list[ColumnElement[bool]]:
        where = [_R.firm_id == self.work.firm_id, _R.day >= span.first, _R.day <= span.last]
        where.append(_R.branch_id == (span.branch or ALL) if branch is None or span.branch else branch)
        return [*where, _R.business == span.business] if span.business else where

    def _summed(self, column: Any, span: Span) -> Counter[str]:
        found: Counter[str] = Counter()
        for (text,) in self.work.connection.execute(select(column).where(*self._within(span))):
            for key, count in unpacked(text).items():
                found[key] += count
        return found

    def standing(self, span: Span) -> dict[Standing, int]:
        """How many of the cases begun in the range stand where, of the span's channel and version."""
        counts = {standing_of(key): count for key, count in self._summed(_R.standing, span).items()}
        return {
            each: count
            for each, count in counts.items()
            if span.channel in {"", each.device} and span.version in {"", each.version}
        }

    def reached(self, span: Span, group: str) -> list[tuple[str, int, int, int, int]]:
        """(group, begun, handed in, approved, activated) by `business` or `branch_id`."""
        column = getattr(_R, group)
        names = (_R.begun, _R.handed_in, _R.passed, _R.activated)
        where = self._within(span, _R.branch_id != ALL if group == "branch_id" else None)
        query = select(column, *(cast(func.sum(name), BigInteger) for name in names)).where(*where).group_by(column)
        return [(row[0], row[1], row[2], row[3], row[4]) for row in self.work.connection.execute(query)]

    def reasons(self, span: Span) -> dict[tuple[str, str], int]:
        """(stage, code) -> how often it was given in the range; code `*` counts the rejections."""
        found = self._summed(_R.reasons, span)
        return {(stage, code): count for (stage, code), count in ((k.split(BETWEEN), n) for k, n in found.items())}

    def ages(self, span: Span, days: Sequence[int]) -> dict[str, list[int]]:
        """State -> open cases by age since they were begun: up to each number of days, and beyond the last."""
        older = [_C.created_at <= self.work.now - timedelta(days=limit) for limit in days]
        age = sum((case((each, 1), else_=0) for each in older[1:]), case((older[0], 1), else_=0))
        where = [_C.firm_id == self.work.firm_id, _C.state.in_([str(state) for state in OPEN_STATES])]
        where += [_C.branch_id == span.branch] if span.branch else []
        where += [_C.business == span.business] if span.business else []
        rows = select(_C.state, age.label("age")).where(*where).subquery()
        query = select(rows.c.state, rows.c.age, func.count()).group_by(rows.c.state, rows.c.age)
        found: dict[str, list[int]] = {}
        for state, bucket, count in self.work.connection.execute(query):
            found.setdefault(state, [0] * (len(days) + 1))[bucket] += count
        return found

    def begun(self, span: Span, states: Collection[str], steps: Collection[str] | None, limit: int) -> list[BegunCase]:
        """Cases begun in the range, earliest first: not handed in at one of these steps, or (None) handed in.

        Empty `states` are all of them.
        """
        where = [_C.created_at >= local_time(span.first_day, 0), _C.created_at < local_time(span.last_day, 1440)]
        for column, wanted in ((_C.branch_id, span.branch), (_C.business, span.business)):
            where += [column == wanted] if wanted else []
        where += [_C.clear["device"].as_string() == span.channel] if span.channel else []
        where += [cast(_C.rules["questionnaire"].as_string(), String) == span.version] if span.version else []
        where += [_C.state.in_(sorted(states))] if states else []
        handed_in = [_C.submitted_at.is_not(None)]
        where += handed_in if steps is None else [_C.submitted_at.is_(None), _C.current_step.in_(sorted(steps))]
        found = self.rows(_C, *where, order=(_C.created_at, _C.id), limit=limit)
        return [BegunCase(r.number, r.branch_id, r.state, r.created_at, r.submitted_at, r.updated_at) for r in found]
