"""What the rollups hold of cases: where those of a day stand by now, what was rejected, and their two clocks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from core.case import AFTER_APPROVAL, CLOSED_STATES
from core.records_figures import Standing
from db import tables as t
from db.stores.base import ms

_C, _N, _T = t.CaseRow, t.DecisionRow, t.Ticket
Counts = dict[tuple[Any, ...], Counter[str]]
"""(branch, day, business) -> counts by key."""
BETWEEN = "|"
"""Between the parts of a key of the counts; none of the parts can hold it."""
NO_STEP = "?"
"""Stands where a case has no step yet: an empty step means that it was handed in."""
_ACTIVATED = AFTER_APPROVAL & CLOSED_STATES


def standing_query(day: ColumnElement[int], where: ColumnElement[bool]) -> Select[Any]:
    """(branch, day, business, state, step, device, version, how many): the step is empty once the case was handed in.

    Channel and version stand in the clear columns of the case since its beginning.
    """
    step = case((_C.submitted_at.is_not(None), ""), (_C.current_step == "", NO_STEP), else_=_C.current_step)
    device, version = _C.clear["device"].as_string(), _C.rules["questionnaire"].as_string()
    group = (_C.branch_id, day, _C.business, _C.state, step, device, version)
    return select(*group, func.count()).where(where).group_by(*group)


def clocks_query(day: ColumnElement[int], where: ColumnElement[bool]) -> Select[Any]:
    """(branch, day, business, began, approved, reviewed, reviewing, queued) of each approval; ms, `reviewed` in s.

    `reviewed` is the service time of all reviews of the case, `reviewing` how long they were in all; `queued` is the
    time in the video queue and in the call.
    """
    earlier = _N.__table__.alias("earlier")
    mine = and_(earlier.c.firm_id == _N.firm_id, earlier.c.case_id == _N.case_id, earlier.c.decided_at <= _N.decided_at)
    service = select(func.sum(earlier.c.working_s)).where(mine).scalar_subquery()
    reviewing = select(func.sum(ms(earlier.c.decided_at) - ms(earlier.c.submitted_at))).where(mine).scalar_subquery()
    ticket = and_(_T.firm_id == _N.firm_id, _T.case_id == _N.case_id, _T.ended_at <= _N.decided_at)
    queued = select(func.sum(ms(_T.ended_at) - ms(_T.enqueued_at))).where(ticket).scalar_subquery()
    columns = (_C.branch_id, day, _C.business, ms(_C.created_at), ms(_N.decided_at))
    return select(*columns, service, reviewing, func.coalesce(queued, 0)).where(where, _N.result == "approved")


def clocks(began: int, approved: int, service_s: int, reviewing: int, queued: int) -> tuple[int, int]:
    """(minutes that the customer waited for the firm, minutes that the customer took)."""
    took = max(0, approved - began - int(reviewing) - int(queued))
    return (int(service_s) + int(queued) // 1000) // 60, took // 60_000


def packed(counts: Mapping[str, int]) -> str:
    """Counts as they are stored: the same counts are always the same text."""
    return json.dumps(counts, sort_keys=True, separators=(",", ":"))


def unpacked(text: str) -> dict[str, int]:
    """The counts of a stored text."""
    found: dict[str, int] = json.loads(text)
    return found


def stands(state: str, step: str, device: str | None, version: str | int | None) -> str:
    """The key under which cases of one kind are counted."""
    return BETWEEN.join((state, step, device or "", str(version or "")))


def standing_of(key: str) -> Standing:
    """What a key says."""
    return Standing(*key.split(BETWEEN))


def case_day(standing: Mapping[str, int], reasons: Mapping[str, int]) -> tuple[Any, ...]:
    """The figures of a cell in the order of the table's columns."""
    reached: Counter[str] = Counter()
    for key, count in standing.items():
        where = standing_of(key)
        reached["begun"] += count
        reached["handed_in"] += count * (not where.step)
        reached["passed"] += count * (where.state in AFTER_APPROVAL)
        reached["activated"] += count * (where.state in _ACTIVATED)
    figures = (reached[name] for name in ("begun", "handed_in", "passed", "activated"))
    return *figures, packed(standing), packed(reasons)


def case_days(standing: Counts, reasons: Counts) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The cells of all that was counted."""
    return {key: case_day(standing.get(key, {}), reasons.get(key, {})) for key in {*standing, *reasons}}


def case_days_together(branch: str, rows: Iterable[Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Cells (day, business, standing, reasons) added up under another branch."""
    standing, reasons = Counts(), Counts()
    for day, business, stand, given in rows:
        for counts, text in ((standing, stand), (reasons, given)):
            counts.setdefault((branch, day, business), Counter()).update(unpacked(text))
    return case_days(standing, reasons)
