"""Tickets: one claim for both databases, fenced leases, an append-only ledger (notes: FOR UPDATE SKIP LOCKED
on PostgreSQL; on SQLite the write transaction itself excludes others)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from core.queueing import ALIVE, LEASE
from core.records import QueuePlace, Ticket
from db import tables as t
from db.stores.base import Store

_T = t.Ticket


def _ticket(r: Row[Any]) -> Ticket:
    return Ticket(
        r.id,
        r.case_id,
        r.branch_id,
        r.business,
        r.state,
        r.enqueued_at,
        r.seen_at,
        r.staff_id,
        r.claimed_at,
        r.lease_until,
        r.fence,
        r.attempts,
        r.result,
        r.script,
    )


class Queue(Store):
    """All changes of a ticket go through here."""

    def find(self, ticket_id: str, *, lock: bool = False) -> Ticket | None:
        """A ticket or None. With `lock` nobody else changes it before this transaction ends."""
        query = select(*_T.__table__.columns).where(_T.firm_id == self.work.firm_id, _T.id == ticket_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).first()
        return _ticket(row) if row else None

    def find_live(self, case_id: str) -> Ticket | None:
        """The waiting or running ticket of a case."""
        found = self.equal(_T, case_id=case_id, order=("enqueued_at",))
        return next((_ticket(row) for row in found if row.state in {"waiting", "in_call"}), None)

    def find_last(self, case_id: str) -> Ticket | None:
        """The newest ticket of a case, whatever its state."""
        row = self.row(_T, _T.case_id == case_id, order=_T.enqueued_at.desc())
        return _ticket(row) if row else None

    def find_held(self, staff_id: str) -> Ticket | None:
        """The call that a member of staff holds."""
        row = self.row(_T, _T.staff_id == staff_id, _T.state == "in_call")
        return _ticket(row) if row else None

    def running(self) -> Sequence[Ticket]:
        """The calls that run, oldest first."""
        found = self.rows(_T, _T.state == "in_call", order=(_T.claimed_at, _T.id))
        return [_ticket(row) for row in found]

    def join(self, case_id: str, branch_id: str, business: str) -> Ticket:
        """Enter the queue; a live ticket of the same case is returned as it is (two tabs, reload)."""
        live = self.find_live(case_id)
        if live:
            return live
        ticket_id = self.work.new_id()
        self.add(
            _T,
            id=ticket_id,
            case_id=case_id,
            branch_id=branch_id,
            business=business,
            state="waiting",
            enqueued_at=self.work.now,
            seen_at=self.work.now,
            script={},
        )
        self.ledger(ticket_id, "join", case_id, 0)
        found = self.find(ticket_id)
        assert found is not None
        return found

    def waiting(self, branch_id: str) -> Sequence[Ticket]:
        """Waiting tickets whose customer was seen recently, in order of service."""
        alive = self.work.now - ALIVE
        line = self.equal(_T, branch_id=branch_id, state="waiting", order=("enqueued_at", "id"))
        return [_ticket(row) for row in line if row.seen_at > alive]

    def place(self, ticket: Ticket) -> QueuePlace:
        """People in the branch's queue including oneself (R149), and the own position."""
        line = self.waiting(ticket.branch_id)
        ids = [x.id for x in line]
        position = ids.index(ticket.id) + 1 if ticket.id in ids else 0
        busy = len(self.equal(_T, branch_id=ticket.branch_id, state="in_call"))
        return QueuePlace(ticket, len(line), position, busy)

    def seen(self, ticket_id: str) -> None:
        """Heartbeat of a waiting customer."""
        where = (_T.firm_id == self.work.firm_id, _T.id == ticket_id, _T.state == "waiting")
        self.work.update_one(_T, where, seen_at=self.work.now)

    def claim(self, staff_id: str, branch_id: str) -> Ticket | None:
        """Give the next customer of the branch to a member of staff; the call already held comes first.

        Each call starts with an empty script: nobody vouches for what another witness ticked.
        """
        held = self.find_held(staff_id)
        if held:
            return held
        query = (
            select(_T.id, _T.fence)
            .where(
                _T.firm_id == self.work.firm_id,
                _T.branch_id == branch_id,
                _T.state == "waiting",
                _T.seen_at > self.work.now - ALIVE,
            )
            .order_by(_T.enqueued_at, _T.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.work.connection.execute(query).first()
        if row is None:
            return None
        where = (_T.firm_id == self.work.firm_id, _T.id == row.id, _T.state == "waiting")
        self.work.update_one(
            _T,
            where,
            state="in_call",
            staff_id=staff_id,
            claimed_at=self.work.now,
            lease_until=self.work.now + LEASE,
            fence=row.fence + 1,
            attempts=_T.attempts + 1,
            script={},
        )
        self.ledger(row.id, "claim", f"staff:{staff_id}", row.fence + 1)
        return self.find(row.id)

    def renew(self, ticket_id: str, staff_id: str, fence: int) -> bool:
        """Keep a call; False when it was given to somebody else meanwhile."""
        return self.work.update_one(_T, self._held(ticket_id, staff_id, fence), lease_until=self.work.now + LEASE)

    def save_script(self, ticket_id: str, staff_id: str, fence: int, script: Mapping[str, Any]) -> bool:
        """Store the state of the witness script; False for a stale fence."""
        return self.work.update_one(_T, self._held(ticket_id, staff_id, fence), script=dict(script))

    def finish(self, ticket_id: str, staff_id: str, fence: int, result: str) -> bool:
        """End a call with a result; False for a stale fence."""
        done = self.work.update_one(
            _T,
            self._held(ticket_id, staff_id, fence),
            state="done",
            lease_until=None,
            ended_at=self.work.now,
            result=result,
        )
        if done:
            self.ledger(ticket_id, "finish", f"staff:{staff_id}", fence)
        return done

    def _held(self, ticket_id: str, staff_id: str, fence: int) -> tuple[Any, ...]:
        return (
            _T.firm_id == self.work.firm_id,
            _T.id == ticket_id,
            _T.state == "in_call",
            _T.staff_id == staff_id,
            _T.fence == fence,
        )

    def back_to_head(self, ticket_id: str, staff_id: str, fence: int) -> bool:
        """Give a customer back; the place is kept because the time of joining is."""
        back = self.work.update_one(
            _T,
            self._held(ticket_id, staff_id, fence),
            state="waiting",
            staff_id=None,
            claimed_at=None,
            lease_until=None,
            seen_at=self.work.now,
        )
        if back:
            self.ledger(ticket_id, "release", f"staff:{staff_id}", fence)
        return back

    def leave(self, ticket_id: str, actor: str) -> bool:
        """The customer leaves the queue."""
        where = (_T.firm_id == self.work.firm_id, _T.id == ticket_id, _T.state == "waiting")
        left = self.work.update_one(_T, where, state="abandoned", ended_at=self.work.now)
        if left:
            self.ledger(ticket_id, "leave", actor, 0)
        return left

    def give_up(self, case_id: str, actor: str) -> None:
        """The case ended: a waiting place is given back, a running call is over."""
        live = self.find_live(case_id)
        if live:
            where = (_T.firm_id == self.work.firm_id, _T.id == live.id)
            self.work.update_one(_T, where, state="abandoned", lease_until=None, ended_at=self.work.now)
            self.ledger(live.id, "give_up", actor, live.fence)

    def sweep(self) -> tuple[list[str], list[str]]:
        """(ids abandoned because the customer is gone, ids back at the head because the staff page is)."""
        now = self.work.now
        gone = update(_T).where(_T.firm_id == self.work.firm_id, _T.state == "waiting", _T.seen_at < now - ALIVE)
        lost = update(_T).where(_T.firm_id == self.work.firm_id, _T.state == "in_call", _T.lease_until < now)
        run = self.work.connection.execute
        abandoned = list(run(gone.values(state="abandoned", ended_at=now).returning(_T.id)).scalars())
        back = list(
            run(
                lost.values(state="waiting", staff_id=None, claimed_at=None, lease_until=None, seen_at=now).returning(
                    _T.id
                )
            ).scalars()
        )
        for ticket_id in abandoned:
            self.ledger(ticket_id, "abandon", "system", 0)
        for ticket_id in back:
            self.ledger(ticket_id, "lease_lost", "system", 0)
        return abandoned, back

    def ledger(self, ticket_id: str, kind: str, actor: str, fence: int, reason: str = "") -> None:
        """Append one event; the reason is a code of a list, never a free text."""
        event = {"ticket_id": ticket_id, "kind": kind, "actor": actor, "fence": fence, "reason": reason}
        self.add(t.QueueEvent, id=self.work.new_id(), at=self.work.now, **event)

    def ended_since(self, branch_id: str, moment: datetime) -> list[timedelta]:
        """Handling times of the branch's calls that ended since a moment."""
        found = self.rows(_T, _T.branch_id == branch_id, _T.state == "done", _T.ended_at > moment)
        return [r.ended_at - r.claimed_at for r in found if r.claimed_at]
