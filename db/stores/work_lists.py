"""Lists of cases for staff: counts of all lists in one statement, rows with everything they show in another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, or_, select

from core.records_casework import Found, Order, Where
from db import tables as t
from db import tables_casework as w
from db.stores.base import Store
from db.stores.casework import standing

_C, _W, _T = t.CaseRow, w.CaseWorkRow, w.CaseTaskRow
_BESIDE = and_(_W.firm_id == _C.firm_id, _W.case_id == _C.id)
_PROFILE = and_(t.AnswerRow.firm_id == _C.firm_id, t.AnswerRow.case_id == _C.id, t.AnswerRow.step == "profile")
_REQUEST = t.ExchangeRequest
_WAITS = (
    select(_REQUEST.case_id)
    .where(_REQUEST.firm_id == _C.firm_id, _REQUEST.case_id == _C.id, _REQUEST.state != "opened")
    .correlate(_C)
    .exists()
)
_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.DUE: (_C.due_at, _C.submitted_at),
    Order.ESCALATED: (_W.escalated_at,),
    Order.REQUESTS: (_WAITS.desc(), _C.updated_at),
    Order.SILENT: (_C.updated_at,),
    Order.SINCE: (func.coalesce(_W.since, _C.created_at),),
    Order.SNOOZED: (_W.snoozed_until,),
}


def _of_case(table: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).where(table.firm_id == _C.firm_id, table.case_id == _C.id, *where).correlate(_C)


class WorkLists(Store):
    """Reads only. A name is unsealed for the rows that are shown, and for no others."""

    def counts(self, wanted: Sequence[Where], me: str) -> list[int]:
        """How many cases each list has."""
        if not wanted:
            return []
        each = [func.count().filter(self._holds(where, me)) for where in wanted]
        row = self.work.connection.execute(select(*each).select_from(self._joined()).where(self._any_of(wanted))).one()
        return [int(count) for count in row]

    def found(self, wanted: Where, me: str, order: Order, limit: int) -> list[Found]:
        """The first cases of a list in its order."""
        beside = [_W.since, _W.holder_id, _W.assigned_by, _W.snoozed_until, _W.escalated_at, _W.call_time]
        counted = [
            _of_case(t.CallbackRow).scalar_subquery().label("attempts"),
            _of_case(_T, _T.done_at.is_(None)).scalar_subquery().label("tasks"),
        ]
        query = (
            select(*_C.__table__.columns, *beside, t.AnswerRow.values_sealed, *counted)
            .select_from(self._joined().outerjoin(t.AnswerRow, _PROFILE))
            .where(self._any_of([wanted]), self._holds(wanted, me))
            .order_by(*_ORDERS[order], _C.id)
            .limit(limit)
        )
        rows = self.work.connection.execute(query).fetchall()
        states = self._request_states([row.id for row in rows]) if wanted.requests else {}
        return [self._found(row, states) for row in rows]

    def oldest(self, wanted: Where, me: str) -> datetime | None:
        """Since when the longest waiting case of a list waits; None for an empty one."""
        query = select(func.coalesce(_W.since, _C.created_at)).select_from(self._joined())
        query = query.where(self._any_of([wanted]), self._holds(wanted, me)).order_by(*_ORDERS[Order.SINCE]).limit(1)
        return self.work.connection.execute(query).scalar_one_or_none()

    @staticmethod
    def _joined() -> Any:
        return _C.__table__.outerjoin(_W.__table__, _BESIDE)

    def _any_of(self, wanted: Sequence[Where]) -> ColumnElement[bool]:
        """The states that matter, so that closed cases are not looked at."""
        states = sorted({str(state) for where in wanted for state in where.states})
        return and_(_C.firm_id == self.work.firm_id, _C.state.in_(states))

    def _holds(self, wanted: Where, me: str) -> ColumnElement[bool]:
        now = self.work.now
        found: list[ColumnElement[bool]] = [_C.state.in_(sorted(map(str, wanted.states)))]
        if wanted.businesses:
            found.append(_C.business.in_(sorted(wanted.businesses)))
        if wanted.holder:
            found.append(_W.holder_id.is_(None) if wanted.holder == "nobody" else _W.holder_id == me)
        if wanted.overdue:
            found.append(_C.due_at < now)
        if wanted.due_within is not None:
            found.append(_C.due_at.between(now, now + wanted.due_within))
        if wanted.silent_for is not None:
            found.append(_C.updated_at <= now - wanted.silent_for)
        if wanted.snoozed is not None:
            put_off = _W.snoozed_until > now
            found.append(put_off if wanted.snoozed else or_(_W.snoozed_until.is_(None), ~put_off))
        if wanted.escalated:
            found.append(_W.escalated_at.is_not(None))
        return and_(*found, *self._related(wanted))

    @staticmethod
    def _related(wanted: Where) -> list[ColumnElement[bool]]:
        """Conditions on what lies in other tables, and on flags: a list of codes in JSON, each in quotes."""
        found: list[ColumnElement[bool]] = []
        if wanted.returned:
            found.append(_of_case(t.RejectionRow).scalar_subquery() > 0)
        if wanted.tasks:
            found.append(_of_case(_T, _T.done_at.is_(None)).scalar_subquery() > 0)
        if wanted.requests:
            found.append(_of_case(_REQUEST).scalar_subquery() > 0)
        if wanted.flags:
            stored = cast(_C.flags, String)
            found.append(or_(false(), *(stored.like(f'%"{flag}"%') for flag in sorted(wanted.flags))))
        return found

    def _found(self, row: Any, states: dict[str, tuple[str, ...]]) -> Found:
        case = self.work.cases.as_case(row)
        blob = row.values_sealed
        values = self.unseal(t.AnswerRow, "values_sealed", f"{row.id}|profile", blob) if blob else {}
        name = str(values.get("name") or "")
        return Found(case, standing(row, case), name, row.witness_id, row.attempts, row.tasks, states.get(row.id, ()))

    def _request_states(self, case_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """How each case's requests at exchanges stand."""
        query = select(_REQUEST.case_id, _REQUEST.state).where(
            _REQUEST.firm_id == self.work.firm_id, _REQUEST.case_id.in_(case_ids)
        )
        found: dict[str, tuple[str, ...]] = {}
        for row in self.work.connection.execute(query.order_by(_REQUEST.exchange)):
            found[row.case_id] = (*found.get(row.case_id, ()), row.state)
        return found
