"""Who can serve what, and what each member of staff does now; messages of the desk to those who wait."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, exists, literal, or_, select, update

from core.queueing import ANY_BUSINESS, LEASE, RINGABLE
from core.records import DeskMessage, Duty
from db import tables as t
from db.stores.base import Store
from db.stores.queue_order import IS_HELD

_S, _T, _K, _M = t.StaffStatus, t.Ticket, t.StaffSkill, t.DeskMessage


def _duty(r: Row[Any]) -> Duty:
    return Duty(r.staff_id, r.branch_id, r.status, r.reason, r.began_at, r.seen_at)


@cache
def _able() -> Select[Any]:
    """Open intervals of those with a skill, longest first; built once, because everybody who waits asks for it."""
    skill = exists().where(
        _K.firm_id == _S.firm_id,
        _K.staff_id == _S.staff_id,
        _K.branch_id == bindparam("branch"),
        or_(_K.business == bindparam("business"), _K.business == literal(ANY_BUSINESS)),
    )
    there = (_S.firm_id == bindparam("of_firm"), _S.ended_at.is_(None), _S.seen_at > bindparam("heard"))
    return select(*_S.__table__.columns).where(*there, skill).order_by(_S.began_at)


class DutyTimes(Store):
    """Skills, and the one interval that each member of staff is in; a gap between intervals is offline."""

    # -- skills
    def add_skill(self, staff_id: str, branch_id: str, business: str) -> None:
        """Let somebody serve a business (`*`: all) of a branch; known skills stay as they are."""
        if (branch_id, business) not in self.skills(staff_id):
            self.add(_K, staff_id=staff_id, branch_id=branch_id, business=business)

    def skills(self, staff_id: str) -> list[tuple[str, str]]:
        """(branch, business) of somebody."""
        return [(row.branch_id, row.business) for row in self.equal(_K, staff_id=staff_id)]

    def everyones_skills(self) -> dict[str, list[tuple[str, str]]]:
        """Member of staff -> (branch, business), for everybody who has a skill."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row in self.equal(_K):
            found.setdefault(row.staff_id, []).append((row.branch_id, row.business))
        return found

    def set_skills(self, staff_id: str, skills: Collection[tuple[str, str]]) -> None:
        """Replace what somebody serves by these (branch, business)."""
        self.work.connection.execute(delete(_K).where(_K.firm_id == self.work.firm_id, _K.staff_id == staff_id))
        for branch_id, business in sorted(skills):
            self.add(_K, staff_id=staff_id, branch_id=branch_id, business=business)

    # -- now
    def _open(self) -> tuple[ColumnElement[bool], ...]:
        return (_S.firm_id == self.work.firm_id, _S.ended_at.is_(None))

    def current(self, staff_id: str, *, lock: bool = False) -> Duty | None:
        """What somebody does now; None is offline. With `lock` nobody rings at them before this transaction ends."""
        query = select(*_S.__table__.columns).where(*self._open(), _S.staff_id == staff_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).first()
        return _duty(row) if row else None

    def everybody(self) -> list[Duty]:
        """Everybody who is not offline, in the order in which they began."""
        return [_duty(row) for row in self.equal(_S, missing=("ended_at",), order=("began_at", "staff_id"))]

    def able(self, branch_id: str, business: str) -> list[Duty]:
        """Who is there (their page was heard lately) and has the skill, whatever they do."""
        values = {"of_firm": self.work.firm_id, "branch": branch_id, "business": business}
        found = self.work.connection.execute(_able(), values | {"heard": self.work.now - LEASE}).fetchall()
        return [_duty(row) for row in found]

    def idle(self) -> list[Duty]:
        """Who is online, hears the bell and holds nobody, the longest idle first.

        The rows stay locked until this transaction ends, so that two callers never ring at the same person.
        """
        held = exists().where(_T.firm_id == _S.firm_id, _T.staff_id == _S.staff_id, IS_HELD)
        query = (
            select(*_S.__table__.columns)
            .where(*self._open(), _S.status == "online", _S.seen_at > self.work.now - RINGABLE, ~held)
            .order_by(_S.began_at, _S.staff_id)
            .with_for_update(skip_locked=True)
        )
        return [_duty(row) for row in self.work.connection.execute(query)]

    # -- changes
    def change(self, staff_id: str, branch_id: str, status: str, reason: str = "") -> None:
        """End the present interval and begin the next one."""
        self.stop(staff_id)
        now = self.work.now
        self.add(
            _S,
            id=self.work.new_id(),
            staff_id=staff_id,
            branch_id=branch_id,
            status=status,
            reason=reason,
            began_at=now,
            seen_at=now,
        )

    def seen(self, staff_id: str) -> None:
        """Heartbeat of a page of somebody who is not offline."""
        self.work.update_one(_S, (*self._open(), _S.staff_id == staff_id), seen_at=self.work.now)

    def stop(self, staff_id: str) -> bool:
        """End the present interval now; False when there is none."""
        now = self.work.now
        return bool(self._end(_S.staff_id == staff_id, ended_at=now, seen_at=now))

    def stop_silent(self) -> int:
        """End the intervals of those whose page is silent: they were there until they were last seen."""
        return self._end(_S.seen_at < self.work.now - LEASE, ended_at=_S.seen_at)

    def _end(self, whose: ColumnElement[bool], **values: Any) -> int:
        """End intervals and mark their days for the figures; returns how many."""
        ending = update(_S).where(*self._open(), whose).values(**values)
        ended = self.work.connection.execute(ending.returning(_S.branch_id, _S.began_at, _S.ended_at)).all()
        for row in ended:
            self.work.metrics.touch_span(row.began_at, row.ended_at, row.branch_id)
        return len(ended)


@cache
def _messages() -> Select[Any]:
    """What is to be shown at a branch now; built once, because everybody who waits asks for it."""
    there = (_M.firm_id == bindparam("of_firm"), _M.branch_id == bindparam("branch"), _M.until > bindparam("now"))
    return select(*_M.__table__.columns).where(*there).order_by(_M.created_at, _M.id)


class DeskMessages(Store):
    """Messages of the desk to everybody who waits at a branch."""

    def add_message(self, message: DeskMessage) -> None:
        """Insert a message."""
        self.add(
            _M,
            id=message.id,
            branch_id=message.branch_id,
            text=message.text,
            created_by=message.created_by,
            created_at=message.created_at,
            until=message.until,
        )

    def current_messages(self, branch_id: str) -> list[DeskMessage]:
        """What is to be shown at a branch now, oldest first."""
        values = {"of_firm": self.work.firm_id, "branch": branch_id, "now": self.work.now}
        found = self.work.connection.execute(_messages(), values).fetchall()
        return [DeskMessage(r.id, r.branch_id, r.text, r.created_by, r.created_at, r.until) for r in found]

    def end_message(self, message_id: str) -> bool:
        """Take a message back; False when it was over already."""
        where = (_M.firm_id == self.work.firm_id, _M.id == message_id, _M.until > self.work.now)
        return self.work.update_one(_M, where, until=self.work.now)
