"""Rollups worked out from facts: one way for a cell that changed and for a whole year.

A cell is one day of one branch. Its figures are summed anew from the facts, compared with what is stored, and only
differences are written: repeating it changes nothing, late corrections come out right, and a rebuild that finds no
difference proves that every change of a fact was marked.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import ColumnElement, and_, case, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.metrics import BUCKETS, Targets, bucket_of, day_number, day_of
from db import tables as t
from db.stores import case_rollups as cases
from db.stores.base import EAST, local_day, ms
from db.tables_figures import RollupCaseDay

if TYPE_CHECKING:
    from db.work import SqlWork

TABLES: tuple[type[t.Base], ...] = (t.RollupHour, t.RollupDay, t.RollupAgentDay, RollupCaseDay, t.RollupHist)
SUMMED = (t.RollupHour, t.RollupDay)
TOGETHER = (*SUMMED, RollupCaseDay, t.RollupHist)
"""Those whose branches are also stored together; their key begins with the branch."""
ALL = "*"
_HOUR, _DAY = 3_600_000, 86_400_000
_LONGEST_DUTY = timedelta(days=1)
"""No duty state lasts longer: the sweep ends those whose page is silent. A wider look back would read a week for each
day that is worked out anew."""
_BUCKETS = struct.Struct(f"<{BUCKETS}I")
_T, _C, _V, _R, _S, _N = t.Ticket, t.CaseRow, t.Reservation, t.RejectionRow, t.StaffStatus, t.DecisionRow
_APPROVED = ("approved", "callback", "active", "done")
_STATES = ("used", "late", "no_show", "host_no_show", "cancelled")

Key = tuple[Any, ...]
Cells = dict[type[t.Base], dict[Key, Counter[str]]]
Histograms = dict[Key, list[int]]
Rows = dict[Key, tuple[Any, ...]]


def answer_time() -> ColumnElement[int]:
    """When a ticket was first answered, NULL while it was not."""
    return func.coalesce(ms(_T.answered_at), ms(_T.claimed_at))


def ticket_sums(targets: Targets) -> dict[str, ColumnElement[int]]:
    """Every sum over tickets by the name of its column; wallboard and rollups count by the same words."""
    answer, joined = answer_time(), ms(_T.enqueued_at)
    wait, gone = (answer - joined) // 1000, (ms(_T.ended_at) - joined) // 1000
    abandoned = and_(_T.state == "abandoned", answer.is_(None))
    talked = and_(_T.state == "done", _T.claimed_at.is_not(None))
    promised = and_(answer.is_not(None), _T.promised_s.is_not(None))
    counts = {
        "answered": answer.is_not(None),
        "in_target": wait <= targets.target_s,
        "abandoned": abandoned,
        "short_abandoned": and_(abandoned, gone < targets.short_s),
        **{f"gone_{why}": and_(abandoned, _T.reason == why) for why in ("left", "vanished", "closed", "gave_up")},
        "dropped": and_(_T.state == "abandoned", answer.is_not(None)),
        "talked": talked,
        "passed": and_(talked, _T.result == "passed"),
        "promised": promised,
        "promise_kept": and_(promised, wait * 10 <= _T.promised_s * 12),
        "promise_early": and_(promised, wait * 10 < _T.promised_s * 7),
    }
    lengths = {
        "wait_s": (answer.is_not(None), wait),
        "abandoned_wait_s": (abandoned, gone),
        "talk_s": (talked, (ms(_T.ended_at) - ms(_T.claimed_at)) // 1000),
        "promised_s": (promised, _T.promised_s),
        "promised_wait_s": (promised, wait),
    }
    sums = {name: func.sum(case((where, 1), else_=0)) for name, where in counts.items()}
    sums |= {name: func.sum(case((where, length), else_=0)) for name, (where, length) in lengths.items()}
    return {"offered": func.count(), **sums}


def _keys(table: type[t.Base]) -> list[str]:
    return [c.name for c in table.__table__.columns if c.primary_key and c.name != "firm_id"]


def _figures(table: type[t.Base]) -> list[str]:
    return [c.name for c in table.__table__.columns if not c.primary_key]


def pack(buckets: Sequence[int]) -> bytes:
    """A histogram as it is stored."""
    return _BUCKETS.pack(*buckets)


class Rollups:
    """Works out the cells of days `first` (included) to `end` (not included), of some branches or of all."""

    def __init__(self, work: SqlWork, targets: Targets, first: int, end: int, branches: Iterable[str] = ()) -> None:
        self.work, self.targets, self.first, self.end = work, targets, first, end
        self.branches = sorted(branches)
        self.known = sorted(branch.id for branch in work.firms.branches())
        midnight = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=8)
        self.since, self.until = midnight + timedelta(days=first), midnight + timedelta(days=end)
        self.cells: Cells = {table: {} for table in (*SUMMED, t.RollupAgentDay)}
        self.histograms: Histograms = {}
        self.standing: cases.Counts = {}
        self.reasons: cases.Counts = {}

    def refresh(self) -> dict[str, int]:
        """Bring the stored cells in line with the facts; how many rows differed, by table."""
        self._tickets()
        self._waits()
        self._cases()
        self._standing()
        self._clocks()
        self._decisions()
        self._reservations()
        self._rejections()
        self._duty()
        differing = {
            table.__tablename__: self._store(table, self._wanted(table), self._cell(table)) for table in TABLES
        }
        for table in TOGETHER:
            differing[table.__tablename__] += self._store(table, self._together(table), self._total(table))
        return differing

    # -- facts
    def _run(self, query: Any) -> Sequence[Any]:
        return self.work.connection.execute(query).fetchall()

    def _within(self, table: Any, column: Any, branch: Any) -> ColumnElement[bool]:
        where = and_(table.firm_id == self.work.firm_id, column >= self.since, column < self.until)
        return and_(where, branch.in_(self.branches)) if self.branches else where

    def _add(self, table: type[t.Base], key: Key, **figures: int) -> None:
        wanted = self.cells[table].setdefault(key, Counter())
        for name, value in figures.items():
            wanted[name] += int(value)

    def _tickets(self) -> None:
        sums = ticket_sums(self.targets)
        where = self._within(_T, _T.enqueued_at, _T.branch_id)
        hour, day = (ms(_T.enqueued_at) + EAST) // _HOUR, local_day(_T.enqueued_at)
        self._grouped(t.RollupHour, sums, (_T.branch_id, hour), where)
        self._grouped(t.RollupDay, sums, (_T.branch_id, day, _T.business), where)
        of_staff = {"calls": sums["talked"], "passed": sums["passed"], "talk_s": sums["talk_s"]}
        served = and_(where, _T.staff_id.is_not(None), _T.state == "done")
        self._grouped(t.RollupAgentDay, of_staff, (day, _T.branch_id, _T.staff_id), served)

    def _grouped(
        self,
        table: type[t.Base],
        sums: Mapping[str, ColumnElement[int]],
        group: tuple[Any, ...],
        where: ColumnElement[bool],
    ) -> None:
        wanted = [name for name in _figures(table) if name in sums]
        for row in self._run(select(*group, *(sums[name] for name in wanted)).where(where).group_by(*group)):
            self._add(table, tuple(row[: len(group)]), **dict(zip(wanted, row[len(group) :], strict=True)))

    def _waits(self) -> None:
        wait = (answer_time() - ms(_T.enqueued_at)) // 1000
        talk = case((_T.state == "done", (ms(_T.ended_at) - ms(_T.claimed_at)) // 1000))
        day = local_day(_T.enqueued_at)
        where = and_(self._within(_T, _T.enqueued_at, _T.branch_id), answer_time().is_not(None))
        for found, branch, business, waited, talked in self._run(
            select(day, _T.branch_id, _T.business, wait, talk).where(where)
        ):
            for measure, length in (("wait", waited), ("talk", talked)):
                if length is not None:
                    self._measure(measure, branch, found, business, length)

    def _measure(self, measure: str, branch: str, day: int, business: str, length: int) -> None:
        for which in (business, ALL):
            self.histograms.setdefault((branch, day, measure, which), [0] * BUCKETS)[bucket_of(length)] += 1

    def _cases(self) -> None:
        rejected = select(_R.id).where(_R.firm_id == _C.firm_id, _R.case_id == _C.id).exists()
        approved = _C.state.in_(_APPROVED)
        sums = {
            "submitted": func.count(),
            "approved": func.sum(case((approved, 1), else_=0)),
            "clean": func.sum(case((and_(approved, ~rejected), 1), else_=0)),
        }
        group = (_C.branch_id, local_day(_C.submitted_at), _C.business)
        self._grouped(t.RollupDay, sums, group, self._within(_C, _C.submitted_at, _C.branch_id))

    def _decisions(self) -> None:
        """Reviews by the day of their decision; their service time in minutes."""
        within = self._within(_N, _N.decided_at, _C.branch_id)
        where = and_(within, _C.firm_id == _N.firm_id, _C.id == _N.case_id)
        in_time = func.sum(case((_N.decided_at <= _N.due_at, 1), else_=0))
        group = (_C.branch_id, local_day(_N.decided_at), _C.business)
        self._grouped(t.RollupDay, {"decided": func.count(), "decided_in_time": in_time}, group, where)
        for branch, day, business, working in self._run(select(*group, _N.working_s).where(where)):
            self._measure("review", branch, day, business, working // 60)

    def _standing(self) -> None:
        """Cases by the day they were begun on."""
        where = self._within(_C, _C.created_at, _C.branch_id)
        for branch, day, business, state, step, device, version, count in self._run(
            cases.standing_query(local_day(_C.created_at), where)
        ):
            counts = self.standing.setdefault((branch, day, business), Counter())
            counts[cases.stands(state, step, device, version)] += count

    def _clocks(self) -> None:
        """Both clocks of the cases that were approved on a day, in minutes."""
        where = and_(self._within(_N, _N.decided_at, _C.branch_id), _C.firm_id == _N.firm_id, _C.id == _N.case_id)
        for branch, day, business, *times in self._run(cases.clocks_query(local_day(_N.decided_at), where)):
            for measure, minutes in zip(("waited", "took"), cases.clocks(*times), strict=True):
                self._measure(measure, branch, day, business, minutes)

    def _reservations(self) -> None:
        query = (
            select(_V.day, _V.branch_id, func.coalesce(_C.business, ""), _V.state, func.count())
            .outerjoin(_C, and_(_C.firm_id == _V.firm_id, _C.id == _V.case_id))
            .where(_V.firm_id == self.work.firm_id)
            .where(_V.day >= day_of(self.first).isoformat(), _V.day < day_of(self.end).isoformat())
            .group_by(_V.day, _V.branch_id, _C.business, _V.state)
        )
        for day, branch, business, state, count in self._run(
            query.where(_V.branch_id.in_(self.branches)) if self.branches else query
        ):
            named = {state: count} if state in _STATES else {}
            self._add(t.RollupDay, (branch, day_number(date.fromisoformat(day)), business), booked=count, **named)

    def _rejections(self) -> None:
        query = (
            select(_C.branch_id, local_day(_R.created_at), _C.business, _R.stage, _R.codes)
            .join(_C, and_(_C.firm_id == _R.firm_id, _C.id == _R.case_id))
            .where(self._within(_R, _R.created_at, _C.branch_id))
        )
        for *key, stage, codes in self._run(query):
            for code in (ALL, *codes):
                self.reasons.setdefault(tuple(key), Counter())[f"{stage}{cases.BETWEEN}{code}"] += 1

    def _duty(self) -> None:
        """Intervals that are over, cut at each full hour; the running one counts once it ends."""
        query = select(_S.staff_id, _S.branch_id, _S.status, ms(_S.began_at), ms(_S.ended_at)).where(
            _S.firm_id == self.work.firm_id,
            _S.began_at >= self.since - _LONGEST_DUTY,
            _S.began_at < self.until,
            _S.ended_at > self.since,
        )
        for staff, branch, status, began, ended in self._run(
            query.where(_S.branch_id.in_(self.branches)) if self.branches else query
        ):
            start = max(began + EAST, self.first * _DAY)
            while start < min(ended + EAST, self.end * _DAY):
                hour = start // _HOUR
                stop = min(ended + EAST, (hour + 1) * _HOUR)
                self._interval(staff, branch, status, hour, (stop // 1000) - (start // 1000))
                start = stop

    def _interval(self, staff: str, branch: str, status: str, hour: int, seconds: int) -> None:
        wrapping, busy = status == "wrap_up", status in {"busy", "wrap_up"}
        name = "wrap_s" if wrapping else f"{status}_s"
        self._add(t.RollupAgentDay, (hour // 24, branch, staff), **{name: seconds})
        if busy or status == "online":
            figures = {"duty_s": seconds, "busy_s": seconds * busy, "wrap_s": seconds * wrapping}
            self._add(t.RollupHour, (branch, hour), **figures)

    # -- what is stored
    def _days(self, table: Any) -> list[ColumnElement[bool]]:
        name, factor = ("hour", 24) if table is t.RollupHour else ("day", 1)
        when = getattr(table, name)
        return [table.firm_id == self.work.firm_id, when >= self.first * factor, when < self.end * factor]

    def _cell(self, table: Any) -> list[ColumnElement[bool]]:
        """Where the stored rows of these branches are."""
        mine = table.branch_id.in_(self.branches) if self.branches else table.branch_id != ALL
        return [*self._days(table), mine]

    def _any(self, table: Any) -> ColumnElement[bool]:
        """One of the firm's branches, by name: the key begins with the branch, so each is one short read."""
        wanted: ColumnElement[bool] = table.branch_id.in_(self.known)
        return wanted

    def _total(self, table: Any) -> list[ColumnElement[bool]]:
        """Where the stored rows of all branches together are."""
        return [*self._days(table), table.branch_id == ALL]

    def _wanted(self, table: type[t.Base]) -> Rows:
        if table is t.RollupHist:
            return {key: (pack(buckets),) for key, buckets in self.histograms.items()}
        if table is RollupCaseDay:
            return cases.case_days(self.standing, self.reasons)
        names = _figures(table)
        return {key: tuple(f[name] for name in names) for key, f in self.cells[table].items() if any(f.values())}

    def _together(self, table: Any) -> Rows:
        """Sums over the branches of what is stored by now."""
        if table is t.RollupHist:
            return self._histograms_together()
        if table is RollupCaseDay:
            shown = (table.day, table.business, table.standing, table.reasons)
            return cases.case_days_together(ALL, self._run(select(*shown).where(*self._days(table), self._any(table))))
        columns, keys = table.__table__.columns, _keys(table)[1:]
        sums = [func.sum(columns[name]) for name in _figures(table)]
        group = [columns[name] for name in keys]
        query = select(*group, *sums).where(*self._days(table), self._any(table)).group_by(*group)
        return {(ALL, *row[: len(keys)]): tuple(map(int, row[len(keys) :])) for row in self._run(query)}

    def _histograms_together(self) -> Rows:
        table = t.RollupHist
        found: dict[Key, Any] = {}
        query = select(table.measure, table.business, table.day, table.buckets)
        for measure, business, day, blob in self._run(query.where(*self._days(table), self._any(table))):
            counts, key = np.frombuffer(blob, "<u4"), (ALL, day, measure, business)
            found[key] = found[key] + counts if key in found else counts
        return {key: (counts.tobytes(),) for key, counts in found.items()}

    def _store(self, table: type[t.Base], wanted: Rows, where: list[ColumnElement[bool]]) -> int:
        """Write the differences of one table; how many rows differed."""
        keys, names = _keys(table), _figures(table)
        columns = table.__table__.columns
        query = select(*(columns[name] for name in (*keys, *names))).where(*where)
        stored = {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in self._run(query)}
        changed = [
            {"firm_id": self.work.firm_id, **dict(zip((*keys, *names), (*key, *figures), strict=True))}
            for key, figures in sorted(wanted.items())
            if stored.get(key) != figures
        ]
        gone = [key for key in stored if key not in wanted]
        self._write(table, keys, names, changed, fresh=not stored)
        for key in gone:
            these = [columns[name] == value for name, value in zip(keys, key, strict=True)]
            self.work.connection.execute(delete(table).where(columns["firm_id"] == self.work.firm_id, *these))
        return len(changed) + len(gone)

    def _write(
        self, table: type[t.Base], keys: list[str], names: list[str], rows: list[dict[str, Any]], *, fresh: bool
    ) -> None:
        if not rows:
            return
        if fresh:
            self.work.connection.execute(insert(table), rows)
            return
        make = pg_insert if self.work.connection.dialect.name == "postgresql" else sqlite_insert
        row = make(table)
        new = {name: row.excluded[name] for name in names}
        self.work.connection.execute(row.on_conflict_do_update(index_elements=["firm_id", *keys], set_=new), rows)
