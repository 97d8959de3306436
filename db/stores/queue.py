"""Tickets: one claim for both databases, fenced leases, an append-only ledger (notes: FOR UPDATE SKIP LOCKED
on PostgreSQL; on SQLite the write transaction itself excludes others)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    update,
)

from core.queueing import ALIVE, ANY_BUSINESS, LEASE, OFFER_REST, RECUSED, RECUSED_FOR
from core.records import LedgerEntry, Ticket
from db import tables as t
from db.stores.base import Store
from db.stores.queue_order import IS_HELD, IS_LIVE, in_line, line_of, order, prefers, turns

_T, _E = t.Ticket, t.QueueEvent
_LIVE = frozenset({"waiting", "offered", "in_call"})
_FIELDS = tuple(field.name for field in fields(Ticket))
_BACK: Mapping[str, Any] = {"state": "waiting", "staff_id": None, "claimed_at": None, "lease_until": None}


def _ticket(r: Row[Any]) -> Ticket:
    return Ticket(*(getattr(r, name) for name in _FIELDS))


class Queue(Store):
    """All changes of a ticket go through here."""

    # -- reading
    def find(self, ticket_id: str, *, lock: bool = False) -> Ticket | None:
        """A ticket or None. With `lock` nobody else changes it before this transaction ends."""
        query = select(*_T.__table__.columns).where(_T.firm_id == self.work.firm_id, _T.id == ticket_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).first()
        return _ticket(row) if row else None

    def find_live(self, case_id: str) -> Ticket | None:
        """The waiting, offered or running ticket of a case."""
        found = self.equal(_T, case_id=case_id, order=("enqueued_at",))
        return next((_ticket(row) for row in found if row.state in _LIVE), None)

    def find_last(self, case_id: str) -> Ticket | None:
        """The newest ticket of a case, whatever its state."""
        found = self.equal(_T, case_id=case_id, order=("enqueued_at",))
        return _ticket(found[-1]) if found else None

    def of_case(self, case_id: str) -> list[Ticket]:
        """Every ticket of a case, oldest first."""
        return [_ticket(row) for row in self.equal(_T, case_id=case_id, order=("enqueued_at", "id"))]

    def find_held(self, staff_id: str) -> Ticket | None:
        """The call that a member of staff holds."""
        row = self.row(_T, IS_HELD, _T.staff_id == staff_id, _T.state == "in_call")
        return _ticket(row) if row else None

    def find_offered(self, staff_id: str) -> Ticket | None:
        """The customer who rings at a member of staff."""
        row = self.row(_T, IS_HELD, _T.staff_id == staff_id, _T.state == "offered")
        return _ticket(row) if row else None

    def waiting(self, branch_id: str) -> Sequence[Ticket]:
        """Who waits and was seen recently, in order of service; who rings at somebody comes first."""
        now = self.work.now
        found = self.rows(_T, *in_line(branch_id, now - ALIVE), order=turns(now))
        return [_ticket(row) for row in found]

    def line(self, branch_id: str) -> list[str]:
        """The ids of `waiting`, for those who only look for their place: each of them every few seconds."""
        now = self.work.now
        values = {"of_firm": self.work.firm_id, "branch": branch_id, "alive": now - ALIVE, "now": now}
        return list(self.work.connection.execute(line_of(), values).scalars())

    def running(self) -> Sequence[Ticket]:
        """The calls that run, oldest first."""
        found = self.rows(_T, IS_HELD, _T.state == "in_call", order=(_T.claimed_at, _T.id))
        return [_ticket(row) for row in found]

    # -- the customer
    def join(self, case_id: str, branch_id: str, business: str, **extra: Any) -> Ticket:
        """Enter the queue; a live ticket of the same case is returned as it is (two tabs, reload).

        `extra`: prio_from, prio_until, reservation_id, promised_s, rehearsal.
        """
        live = self.find_live(case_id)
        if live:
            return live
        ticket_id, now = self.work.new_id(), self.work.now
        self.add(
            _T,
            id=ticket_id,
            case_id=case_id,
            branch_id=branch_id,
            business=business,
            state="waiting",
            enqueued_at=now,
            seen_at=now,
            script={},
            **extra,
        )
        self.ledger(ticket_id, "join", case_id, 0)
        return self._get(ticket_id)

    def _get(self, ticket_id: str) -> Ticket:
        found = self.find(ticket_id)
        assert found is not None
        return found

    def _is(self, ticket_id: str, *states: str) -> tuple[ColumnElement[bool], ...]:
        return (_T.firm_id == self.work.firm_id, _T.id == ticket_id, _T.state.in_(states))

    def seen(self, ticket_id: str) -> None:
        """Heartbeat of a waiting customer."""
        self.work.update_one(_T, self._is(ticket_id, "waiting", "offered"), seen_at=self.work.now)

    def leave(self, ticket_id: str, actor: str, reason: str = "left") -> bool:
        """The customer leaves the queue, or has to: reason `left` or `closed`."""
        left = self.work.update_one(
            _T,
            self._is(ticket_id, "waiting", "offered"),
            state="abandoned",
            staff_id=None,
            lease_until=None,
            ended_at=self.work.now,
            reason=reason,
        )
        if left:
            self.ledger(ticket_id, "leave", actor, 0, reason)
        return left

    def give_up(self, case_id: str, actor: str) -> None:
        """The case ended: a waiting place is given back, a running call is over."""
        live = self.find_live(case_id)
        if live:
            ended = {"lease_until": None, "ended_at": self.work.now, "reason": "gave_up"}
            self.work.update_one(_T, self._is(live.id, *_LIVE), state="abandoned", **ended)
            self.ledger(live.id, "give_up", actor, live.fence)

    # -- who serves
    def claim(self, staff_id: str, *, ring: timedelta | None = None) -> Ticket | None:
        """Give the next customer to a member of staff; what is already held comes first. None when nobody waits.

        With `ring` the customer is only offered for that long, otherwise the call begins at once.
        """
        held = self.find_held(staff_id) or self.find_offered(staff_id)
        if held:
            return held if ring or held.state == "in_call" else self.accept(held.id, staff_id, held.fence)
        row = self.work.connection.execute(self._next(staff_id, resting=ring is not None)).first()
        if row is None:
            return None
        reason = "ahead" if row.rank < 0 else "reservation" if row.prefers else ""
        given = self._give(row.id, staff_id, ring, reason)
        return self._get(row.id) if given else None

    def _next(self, staff_id: str, *, resting: bool) -> Select[str, int, bool]:
        """The first waiting customer that this member of staff can serve; others' choices are skipped, not awaited."""
        now = self.work.now
        mine = select(_E.ticket_id).where(
            _E.firm_id == self.work.firm_id,
            _E.actor == f"staff:{staff_id}",
            _E.kind.in_(("decline", "release")),
            _E.at > now - RECUSED_FOR,
            or_(_E.reason == RECUSED, _E.at > now - OFFER_REST) if resting else _E.reason == RECUSED,
        )
        alive = (IS_LIVE, _T.state == "waiting", _T.seen_at > now - ALIVE)
        return (
            select(_T.id, _T.rank, prefers(now).label("prefers"))
            .where(_T.firm_id == self.work.firm_id, *alive, self._can_serve(staff_id), _T.id.not_in(mine))
            .order_by(*order(now))
            .limit(1)
            .with_for_update(skip_locked=True, of=_T)
        )

    def _can_serve(self, staff_id: str) -> ColumnElement[bool]:
        """Read first and written into the statement: a join here would be worked out for everybody who waits."""
        skills = self.work.duty.skills(staff_id)
        whole = [branch for branch, business in skills if business == ANY_BUSINESS]
        single = [and_(_T.branch_id == branch, _T.business == business) for branch, business in skills]
        return or_(_T.branch_id.in_(whole), *single)

    def _give(self, ticket_id: str, staff_id: str, ring: timedelta | None, reason: str) -> bool:
        given = self.work.update_one(
            _T,
            self._is(ticket_id, "waiting"),
            staff_id=staff_id,
            fence=_T.fence + 1,
            lease_until=self.work.now + (ring or LEASE),
            **({"state": "offered"} if ring else self._answered()),
        )
        if given:
            fence = self._get(ticket_id).fence
            self.ledger(ticket_id, "offer" if ring else "claim", f"staff:{staff_id}", fence, reason)
        return given

    def _answered(self) -> dict[str, Any]:
        """Each call starts with an empty script: nobody vouches for what another witness ticked."""
        now = literal(self.work.now, t.Moment())
        answered = func.coalesce(_T.answered_at, now)
        return {"state": "in_call", "claimed_at": self.work.now, "answered_at": answered, "script": {},
                "attempts": _T.attempts + 1}  # fmt: skip

    def offer(self, ticket_id: str, staff_id: str, ring: timedelta) -> bool:
        """Let this waiting customer ring at this member of staff; False when either is taken meanwhile."""
        return self._give(ticket_id, staff_id, ring, "transfer")

    def accept(self, ticket_id: str, staff_id: str, fence: int) -> Ticket | None:
        """Take the customer who rings; None when the offer is over."""
        taken = self.work.update_one(
            _T,
            self._held(ticket_id, staff_id, fence, "offered"),
            lease_until=self.work.now + LEASE,
            **self._answered(),
        )
        if not taken:
            return None
        self.ledger(ticket_id, "claim", f"staff:{staff_id}", fence)
        return self._get(ticket_id)

    def stop_ringing(self, ticket_id: str, staff_id: str, fence: int, kind: str, reason: str = "") -> bool:
        """An offer ended without a call (kind `missed` or `decline`): the customer is at the head again."""
        back = self.work.update_one(_T, self._held(ticket_id, staff_id, fence, "offered"), **_BACK)
        if back:
            self.ledger(ticket_id, kind, f"staff:{staff_id}", fence, reason)
        return back

    def expired_offers(self) -> Sequence[Ticket]:
        """Offers that nobody answered in time."""
        found = self.rows(_T, IS_HELD, _T.state == "offered", _T.lease_until < self.work.now, order=_T.staff_id)
        return [_ticket(row) for row in found]

    # -- the call
    def _held(self, ticket_id: str, staff_id: str, fence: int, state: str = "in_call") -> tuple[Any, ...]:
        return (*self._is(ticket_id, state), _T.staff_id == staff_id, _T.fence == fence)

    def renew(self, ticket_id: str, staff_id: str, fence: int) -> bool:
        """Keep a call; False when it was given to somebody else meanwhile."""
        return self.work.update_one(_T, self._held(ticket_id, staff_id, fence), lease_until=self.work.now + LEASE)

    def save_script(self, ticket_id: str, staff_id: str, fence: int, script: Mapping[str, Any]) -> bool:
        """Store the state of the witness script; False for a stale fence."""
        return self.work.update_one(_T, self._held(ticket_id, staff_id, fence), script=dict(script))

    def finish(self, ticket_id: str, staff_id: str, fence: int, result: str) -> bool:
        """End a call with a result; False for a stale fence."""
        ended = {"state": "done", "lease_until": None, "ended_at": self.work.now, "result": result}
        done = self.work.update_one(_T, self._held(ticket_id, staff_id, fence), **ended)
        if done:
            self.ledger(ticket_id, "finish", f"staff:{staff_id}", fence)
        return done

    def back_to_head(self, ticket_id: str, staff_id: str, fence: int) -> bool:
        """Give a customer back; the place is kept because the time of joining is."""
        back = self.work.update_one(_T, self._held(ticket_id, staff_id, fence), seen_at=self.work.now, **_BACK)
        if back:
            self.ledger(ticket_id, "release", f"staff:{staff_id}", fence)
        return back

    # -- the supervisor
    def put_ahead(self, ticket: Ticket, actor: str, reason: str) -> bool:
        """Put a waiting customer before everybody of the branch; False when the place changed meanwhile."""
        first = min((each.rank for each in self.waiting(ticket.branch_id)), default=0)
        moved = self.work.update_one(_T, self._is(ticket.id, "waiting"), rank=min(first, 0) - 1)
        if moved:
            self.ledger(ticket.id, "ahead", actor, ticket.fence, reason)
        return moved

    def transfer(self, ticket_id: str, branch_id: str, actor: str, reason: str) -> bool:
        """Let a waiting customer queue at another branch, by the time of joining; False when not waiting any more."""
        moved = self.work.update_one(_T, self._is(ticket_id, "waiting"), branch_id=branch_id, rank=0)
        if moved:
            self.ledger(ticket_id, "transfer", actor, 0, reason)
        return moved

    # -- time
    def sweep(self) -> tuple[list[str], list[str]]:
        """(ids abandoned because the customer is gone, ids back at the head because the staff page is)."""
        now = self.work.now
        mine = _T.firm_id == self.work.firm_id
        gone = update(_T).where(mine, IS_LIVE, _T.state == "waiting", _T.seen_at < now - ALIVE)
        lost = update(_T).where(mine, IS_HELD, _T.state == "in_call", _T.lease_until < now)
        gone = gone.values(state="abandoned", ended_at=_T.seen_at, reason="vanished")
        run = self.work.connection.execute
        abandoned = list(run(gone.returning(_T.id)).scalars())
        back = list(run(lost.values(seen_at=now, **_BACK).returning(_T.id)).scalars())
        for ticket_id in abandoned:
            self.ledger(ticket_id, "abandon", "system", 0, "vanished")
        for ticket_id in back:
            self.ledger(ticket_id, "lease_lost", "system", 0)
        return abandoned, back

    def ledger(self, ticket_id: str, kind: str, actor: str, fence: int, reason: str = "") -> None:
        """Append one event and mark the ticket's day for the figures: every change of a ticket passes here.

        The reason is a code of a list, never a free text.
        """
        event = {"ticket_id": ticket_id, "kind": kind, "actor": actor, "fence": fence, "reason": reason}
        self.add(_E, id=self.work.new_id(), at=self.work.now, **event)
        self.work.metrics.touch_ticket(ticket_id)

    # -- looking back
    def handling_times(self, since: datetime, limit: int, branch_id: str | None = None) -> list[timedelta]:
        """How long the newest calls took, of those who joined since a moment; of one branch or of the firm."""
        where = [_T.enqueued_at > since, _T.state == "done"]
        if branch_id:
            where.append(_T.branch_id == branch_id)
        found = self.rows(_T, *where, order=_T.enqueued_at.desc(), limit=limit)
        return [r.ended_at - r.claimed_at for r in found if r.claimed_at and r.ended_at]

    def joined_since(self, since: datetime) -> tuple[list[Ticket], list[LedgerEntry]]:
        """Everybody who joined since a moment, and everything the ledger says about them, in order of time."""
        tickets = self.rows(_T, _T.enqueued_at > since, order=(_T.enqueued_at, _T.id))
        of_them = select(_T.id).where(_T.firm_id == self.work.firm_id, _T.enqueued_at > since)
        events = self.rows(_E, _E.ticket_id.in_(of_them), order=_E.at)
        entries = [LedgerEntry(r.ticket_id, r.kind, r.actor, r.reason, r.at) for r in events]
        return [_ticket(row) for row in tickets], entries
