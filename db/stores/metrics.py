"""Figures: marks of what changed, the rollups made of it, and the reads of wallboard and charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, String, and_, case, cast, delete, func, insert, literal, select, text

from core.metrics import Span, Targets, day_number
from core.queueing import ALIVE
from core.rules.calendar import local_time
from db import tables as t
from db.stores.base import Store, local_day, ms
from db.stores.rollups import ALL, Rollups, answer_time, ticket_sums

if TYPE_CHECKING:
    from db.work import SqlWork

_T, _C, _D = t.Ticket, t.CaseRow, t.RollupDirty
_WAITING, _HELD = text("state = 'waiting'"), text("state IN ('offered','in_call') AND lease_until > 0")
"""Word for word the conditions of the partial indexes (and the column of the second): otherwise SQLite would read
every ticket there is."""
_MARKS_AT_ONCE = 500
_HOUR_GROUPS = {"hour": t.RollupHour.hour % 24, "weekday": (t.RollupHour.hour // 24 + 3) % 7}


class Metrics(Store):
    """`touch…` belongs into the transaction that changes a fact; everything else reads, or is the worker's."""

    def __init__(self, work: SqlWork) -> None:
        super().__init__(work)
        self._marked: set[tuple[int, str]] = set()

    # -- marks
    def touch(self, when: date | datetime, branch_id: str) -> None:
        """Mark a day (or a moment's day) of a branch as changed; once per transaction is enough."""
        day = day_number(when)
        if (day, branch_id) not in self._marked:
            self._marked.add((day, branch_id))
            self.add(_D, id=self.work.new_id(), day=day, branch_id=branch_id)

    def touch_span(self, began: datetime, ended: datetime, branch_id: str) -> None:
        """Mark every day that a duty interval covers."""
        for number in range((ended - began).days + 1):
            self.touch(began + timedelta(days=number), branch_id)
        self.touch(ended, branch_id)

    def touch_ticket(self, ticket_id: str) -> None:
        """Mark the day on which a ticket was made."""
        self._touch_row(select(local_day(_T.enqueued_at), _T.branch_id), _T, ticket_id)

    def touch_case(self, case_id: str) -> None:
        """Mark the day on which a case was handed in last, and today, of its branch."""
        day = func.coalesce(local_day(_C.submitted_at), literal(day_number(self.work.now), BigInteger))
        self._touch_row(select(day, _C.branch_id), _C, case_id)
        today = literal(day_number(self.work.now), BigInteger)
        self._touch_row(select(today, _C.branch_id), _C, case_id)

    def _touch_row(self, query: Any, table: Any, row_id: str) -> None:
        firm, mark = literal(self.work.firm_id, String), literal(self.work.new_id(), String)
        found = query.add_columns(firm, mark).where(table.firm_id == self.work.firm_id, table.id == row_id)
        self.work.connection.execute(insert(_D).from_select(["day", "branch_id", "firm_id", "id"], found))

    def dirty(self) -> bool:
        """Whether anything is marked (a cheap read before taking the write lock)."""
        return self.row(_D) is not None

    # -- the worker's
    def refresh_dirty(self, targets: Targets) -> bool:
        """Work out the newest marked day anew (one day a transaction, so nobody waits long); False without marks."""
        self._alone()
        marks = self.rows(_D, order=_D.day.desc(), limit=_MARKS_AT_ONCE)
        if not marks:
            return False
        day = marks[0].day
        mine = [mark for mark in marks if mark.day == day]
        self.refresh(targets, day, day + 1, {mark.branch_id for mark in mine})
        gone = delete(_D).where(_D.firm_id == self.work.firm_id, _D.id.in_([mark.id for mark in mine]))
        self.work.connection.execute(gone)
        return True

    def refresh(self, targets: Targets, first: int, end: int, branches: Iterable[str] = ()) -> dict[str, int]:
        """Work out the days `first` to `end` (not included) anew; how many rows differed, by table."""
        self._alone()
        return Rollups(self.work, targets, first, end, branches).refresh()

    def _alone(self) -> None:
        """On PostgreSQL two workers would overwrite each other's newer figures; SQLite's write lock is enough."""
        if self.work.connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
            self.work.connection.execute(lock, {"name": f"rollups|{self.work.firm_id}"})

    def days_with_facts(self) -> tuple[int, int] | None:
        """First and last day that any fact or any rollup speaks of; None for a firm without any."""
        moments = (_T.enqueued_at, _C.created_at, _C.submitted_at, t.RejectionRow.created_at, t.StaffStatus.began_at,
                   t.DecisionRow.decided_at)  # fmt: skip
        ends = [self._ends(day_of, column.class_) for column, day_of in ((m, local_day(m)) for m in moments)]
        ends += [self._ends(t.RollupDay.day, t.RollupDay), self._ends(t.RollupHour.hour // 24, t.RollupHour)]
        days = self._ends(t.Reservation.day, t.Reservation)
        ends += [tuple(day and day_number(date.fromisoformat(day)) for day in days)]
        known = [day for pair in ends for day in pair if day is not None]
        return (min(known), max(known)) if known else None

    def _ends(self, value: Any, table: Any) -> tuple[Any, ...]:
        query = select(func.min(value), func.max(value)).where(table.firm_id == self.work.firm_id)
        return tuple(self.work.connection.execute(query).one())

    # -- charts
    def _sums(
        self, table: Any, group: Sequence[Any], columns: Sequence[str], where: Sequence[ColumnElement[bool]]
    ) -> list[tuple[Any, ...]]:
        sums = [cast(func.sum(getattr(table, name)), BigInteger) for name in columns]
        query = select(*group, *sums).where(table.firm_id == self.work.firm_id, *where)
        return [tuple(row) for row in self.work.connection.execute(query.group_by(*group).order_by(*group))]

    def _where(self, table: Any, span: Span, group: Sequence[str] = ()) -> list[ColumnElement[bool]]:
        hours = table is t.RollupHour
        when, factor = (table.hour, 24) if hours else (table.day, 1)
        where = [when >= span.first * factor, when < (span.last + 1) * factor]
        if span.branch:
            return [*where, table.branch_id == span.branch]
        if table is t.RollupAgentDay:
            return where
        return [*where, table.branch_id != ALL if "branch_id" in group else table.branch_id == ALL]

    def by_day(self, span: Span, columns: Sequence[str], *group: str) -> list[tuple[Any, ...]]:
        """Sums of columns of `rollup_day`, grouped by `day`, `business` or `branch_id`."""
        table = t.RollupDay
        where = self._where(table, span, group)
        if span.business:
            where.append(table.business == span.business)
        return self._sums(table, [getattr(table, name) for name in group], columns, where)

    def by_hour(self, span: Span, columns: Sequence[str], *group: str) -> list[tuple[Any, ...]]:
        """Sums of columns of `rollup_hour`, grouped by `day`, `weekday` (0 = Monday) or `hour` (of the day)."""
        groups = {**_HOUR_GROUPS, "day": t.RollupHour.hour // 24}
        return self._sums(t.RollupHour, [groups[name] for name in group], columns, self._where(t.RollupHour, span))

    def by_staff(self, span: Span, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Sums of columns of `rollup_agent_day` by member of staff."""
        table = t.RollupAgentDay
        return self._sums(table, [table.staff_id], columns, self._where(table, span))

    def histograms(self, measure: str, span: Span) -> dict[int, list[int]]:
        """Buckets of a measure by day number."""
        table = t.RollupHist
        which = [table.measure == measure, table.business == (span.business or ALL), *self._where(table, span)]
        query = select(table.day, table.buckets).where(table.firm_id == self.work.firm_id, *which)
        return {day: np.frombuffer(blob, "<u4").tolist() for day, blob in self.work.connection.execute(query)}

    def tickets_of_day(self, span: Span, limit: int) -> list[tuple[Any, ...]]:
        """Case number, branch, business, joining, wait and talk in s, state, reason, result, promise; no name."""
        wait = (func.coalesce(answer_time(), ms(_T.ended_at)) - ms(_T.enqueued_at)) // 1000
        talk = case((_T.state == "done", (ms(_T.ended_at) - ms(_T.claimed_at)) // 1000))
        columns = (_C.number, _T.branch_id, _T.business, _T.enqueued_at, wait, talk, _T.state, _T.reason, _T.result)
        query = select(*columns, _T.promised_s).join(_C, and_(_C.firm_id == _T.firm_id, _C.id == _T.case_id))
        query = query.where(*self._tickets_where(span)).order_by(_T.enqueued_at, _T.id).limit(limit)
        return [tuple(row) for row in self.work.connection.execute(query)]

    def _tickets_where(self, span: Span) -> list[ColumnElement[bool]]:
        where = [
            _T.firm_id == self.work.firm_id,
            _T.enqueued_at >= local_time(span.first_day, 0),
            _T.enqueued_at < local_time(span.last_day, 1440),
        ]
        where += [_T.branch_id == span.branch] if span.branch else []
        return where + ([_T.business == span.business] if span.business else [])

    # -- now
    def line_now(self) -> list[tuple[str, int, datetime]]:
        """(branch, customers who wait or are being rung for, earliest joining) of every branch where somebody waits."""
        waiting = self._now(_WAITING, _T.seen_at > self.work.now - ALIVE)
        found: dict[str, tuple[int, datetime]] = {}
        for branch, _, count, first in [*waiting, *self._now(_HELD, _T.state == "offered")]:
            counted, earliest = found.get(branch, (0, first))
            found[branch] = (counted + count, min(earliest, first))
        return [(branch, count, first) for branch, (count, first) in found.items()]

    def calls_now(self) -> dict[str, int]:
        """Running calls by branch."""
        return {row[0]: row[2] for row in self._now(_HELD, _T.state == "in_call")}

    def _now(self, which: Any, *where: ColumnElement[bool]) -> list[tuple[Any, ...]]:
        group = (_T.branch_id, _T.state)
        query = select(*group, func.count(), func.min(_T.enqueued_at)).where(which, _T.firm_id == self.work.firm_id)
        return [tuple(row) for row in self.work.connection.execute(query.where(*where).group_by(*group))]

    def duty_now(self) -> dict[tuple[str, str], int]:
        """Members of staff by branch and duty state; those whose page was silent for long are off duty."""
        table = t.StaffStatus
        where = (table.ended_at.is_(None), table.seen_at > self.work.now - ALIVE)
        query = select(table.branch_id, table.status, func.count()).where(table.firm_id == self.work.firm_id, *where)
        rows = self.work.connection.execute(query.group_by(table.branch_id, table.status))
        return {(row[0], row[1]): row[2] for row in rows}

    def tickets_today(self, targets: Targets, span: Span) -> dict[str, dict[str, int]]:
        """Sums of the day's tickets by branch, counted from the tickets themselves."""
        sums = ticket_sums(targets)
        query = select(_T.branch_id, *sums.values()).where(*self._tickets_where(span)).group_by(_T.branch_id)
        rows = self.work.connection.execute(query)
        return {row[0]: dict(zip(sums, map(int, row[1:]), strict=True)) for row in rows}

    def reservations_of(self, day: date) -> list[tuple[str, str, bool, int]]:
        """(branch, state, signed in, how many) of a day's reservations."""
        table = t.Reservation
        came = case((table.signed_in_at.is_not(None), 1), else_=0)
        query = select(table.branch_id, table.state, came, func.count()).where(
            table.firm_id == self.work.firm_id, table.day == day.isoformat()
        )
        rows = self.work.connection.execute(query.group_by(table.branch_id, table.state, came))
        return [(row[0], row[1], bool(row[2]), row[3]) for row in rows]
