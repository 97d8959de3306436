"""Reservations and the places of slots: guarded updates, the same on both databases; and the weekly duty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.records import Reservation, SlotUse
from core.rules.reservation import ReservationState, Shift
from core.rules.service_hours import clock_of, minutes_of
from db import tables as t
from db.stores.base import Store

_R, _S, _D, _T = t.Reservation, t.ReservationSlot, t.RosterRow, t.Ticket
_BROKEN = (ReservationState.NO_SHOW, ReservationState.LATE)
RECENT_CALLS = 50
_VALID = _R.state == literal("booked", literal_execute=True)
"""Written out, because a partial index is not used for a bound value."""
_BOOKED = select(*_R.__table__.columns).where(_R.firm_id == bindparam("firm"), _R.owner == bindparam("owner"), _VALID)


def _reservation(r: Row[Any]) -> Reservation:
    return Reservation(
        r.id,
        r.case_id,
        r.owner,
        r.branch_id,
        date.fromisoformat(r.day),
        r.slot,
        r.begins_at,
        r.ends_at,
        ReservationState(r.state),
        r.signed_in_at,
        r.created_at,
        r.closed_at,
        r.reason,
    )


class Reservations(Store):
    """Places are taken before a reservation is written, and slots are locked before reservations: no deadlock."""

    def find(self, reservation_id: str, *, lock: bool = False) -> Reservation | None:
        """A reservation or None. With `lock` nobody else changes it before this transaction ends."""
        query = select(*_R.__table__.columns).where(_R.firm_id == self.work.firm_id, _R.id == reservation_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).first()
        return _reservation(row) if row else None

    def find_booked(self, owner: str) -> Reservation | None:
        """The one valid reservation of a customer (R161)."""
        found = self.work.connection.execute(_BOOKED, {"firm": self.work.firm_id, "owner": owner}).first()
        return _reservation(found) if found else None

    def find_last(self, case_id: str) -> Reservation | None:
        """The newest reservation of a case, whatever its state."""
        found = self.of_case(case_id)
        return found[-1] if found else None

    def of_case(self, case_id: str) -> list[Reservation]:
        """Every reservation of a case, oldest first."""
        return [_reservation(row) for row in self.equal(_R, case_id=case_id, order=("created_at",))]

    def of_day(self, branch_id: str, day: date) -> list[Reservation]:
        """Everything that was booked for a day, by window."""
        found = self.equal(_R, branch_id=branch_id, day=day.isoformat(), order=("begins_at", "created_at"))
        return [_reservation(row) for row in found]

    def booked_from(self, day: date) -> list[Reservation]:
        """Valid reservations of all branches from a day on, by window."""
        found = self.rows(_R, _VALID, _R.day >= day.isoformat(), order=(_R.begins_at, _R.created_at))
        return [_reservation(row) for row in found]

    def ended(self) -> list[Reservation]:
        """Reservations that are still booked though their window is over."""
        found = self.rows(_R, _VALID, _R.ends_at <= self.work.now, order=_R.ends_at)
        return [_reservation(row) for row in found]

    def add_booking(self, reservation: Reservation) -> None:
        """Insert; `Stale` when the customer has a valid one already. The place was taken before."""
        self.add(
            _R,
            id=reservation.id,
            case_id=reservation.case_id,
            owner=reservation.owner,
            branch_id=reservation.branch_id,
            day=reservation.day.isoformat(),
            slot=reservation.slot,
            begins_at=reservation.begins_at,
            ends_at=reservation.ends_at,
            state=str(reservation.state),
            signed_in_at=reservation.signed_in_at,
            created_at=reservation.created_at,
        )
        self.work.metrics.touch(reservation.day, reservation.branch_id)

    def change(self, reservation_id: str, expected: ReservationState, **values: Any) -> bool:
        """Change a reservation that is still in the expected state; False when somebody was first.

        Its day is marked for the figures.
        """
        where = (_R.firm_id == self.work.firm_id, _R.id == reservation_id, _R.state == str(expected))
        changed = update(_R).where(*where).values(**values).returning(_R.day, _R.branch_id)
        row = self.work.connection.execute(changed).first()
        if row:
            self.work.metrics.touch(date.fromisoformat(row.day), row.branch_id)
        return row is not None

    def note_reminded(self, reservation_id: str) -> bool:
        """True for the first caller while the reservation is valid: only that one sends the reminder."""
        where = (
            _R.firm_id == self.work.firm_id,
            _R.id == reservation_id,
            _R.state == "booked",
            _R.reminded_at.is_(None),
        )
        return self.work.update_one(_R, where, reminded_at=self.work.now)

    def broken_promises(self, owner: str) -> int:
        """How often the customer did not come, or too late (R211)."""
        broken = [str(state) for state in _BROKEN]
        query = select(func.count()).where(_R.firm_id == self.work.firm_id, _R.owner == owner, _R.state.in_(broken))
        return int(self.work.connection.execute(query).scalar_one())

    def joined_between(self, case_id: str, begins_at: datetime, ends_at: datetime) -> bool:
        """Whether the customer stood in the queue at some moment of a window."""
        found = self.equal(_T, case_id=case_id)
        return any(r.enqueued_at < ends_at and (r.ended_at is None or r.ended_at > begins_at) for r in found)

    def set_priority(self, case_id: str, **columns: Any) -> None:
        """Columns prio_from, prio_until, reservation_id of the customer's ticket that is not answered yet."""
        waits = (_T.firm_id == self.work.firm_id, _T.case_id == case_id, _T.state.in_(["waiting", "offered"]))
        none = dict.fromkeys(("prio_from", "prio_until", "reservation_id"))
        self.work.connection.execute(update(_T).where(*waits).values(none | columns))

    # -- places
    def slots(self, branch_id: str, first: date, last: date) -> dict[tuple[date, str], SlotUse]:
        """What is stored about the slots of these days, both included; most slots have no row."""
        days = (_S.day >= first.isoformat(), _S.day <= last.isoformat())
        found = self.rows(_S, _S.branch_id == branch_id, *days)
        uses = (SlotUse(date.fromisoformat(r.day), r.begins, r.capacity, r.by_hand, r.used, r.closed) for r in found)
        return {(use.day, use.slot): use for use in uses}

    def hold_slots(self, branch_id: str, slots: Collection[tuple[date, str, str]]) -> None:
        """Lock slots (day, begin, end) until this transaction ends, always in the same order; rows are made."""
        make = pg_insert if self.work.connection.dialect.name == "postgresql" else sqlite_insert
        for day, begins, ends in sorted(slots):
            key = {"firm_id": self.work.firm_id, "branch_id": branch_id, "day": day.isoformat(), "begins": begins}
            row = make(_S).values(**key, ends=ends, capacity=0, by_hand=False, used=0, closed="")
            keys = ["firm_id", "branch_id", "day", "begins"]
            same = row.on_conflict_do_update(index_elements=keys, set_={"used": _S.used})
            self.work.connection.execute(same)

    def take_place(self, branch_id: str, day: date, slot: str, capacity: int) -> bool:
        """One place of a slot that is held; False when it is full or closed. `capacity` is the roster's."""
        counts = case((_S.by_hand, _S.capacity), else_=capacity)
        where = (*self._slot(branch_id, day, slot), _S.closed == "", _S.used < counts)
        return self.work.update_one(_S, where, used=_S.used + 1, capacity=counts)

    def give_back(self, branch_id: str, day: date, slot: str) -> None:
        """A place is free again."""
        where = (*self._slot(branch_id, day, slot), _S.used > 0)
        self.work.connection.execute(update(_S).where(*where).values(used=_S.used - 1))

    def set_slot(self, branch_id: str, day: date, slot: str, **values: Any) -> None:
        """Change capacity, by_hand or closed of a slot that is held."""
        self.work.update_one(_S, self._slot(branch_id, day, slot), **values)

    def _slot(self, branch_id: str, day: date, slot: str) -> tuple[Any, ...]:
        return (
            _S.firm_id == self.work.firm_id,
            _S.branch_id == branch_id,
            _S.day == day.isoformat(),
            _S.begins == slot,
        )

    # -- weekly duty
    def roster(self, branch_id: str) -> list[Shift]:
        """Who serves a branch when."""
        found = self.equal(_D, branch_id=branch_id, order=("staff_id", "weekday", "begins"))
        return [Shift(r.staff_id, r.weekday, minutes_of(r.begins), minutes_of(r.ends)) for r in found]

    def set_roster(self, branch_id: str, shifts: Sequence[Shift]) -> None:
        """Replace the whole weekly duty of a branch."""
        run, firm = self.work.connection.execute, self.work.firm_id
        run(delete(_D).where(_D.firm_id == firm, _D.branch_id == branch_id))
        rows = [
            {
                "firm_id": firm,
                "staff_id": shift.staff_id,
                "branch_id": branch_id,
                "weekday": shift.weekday,
                "begins": clock_of(shift.begins),
                "ends": clock_of(shift.ends),
            }
            for shift in shifts
        ]
        if rows:
            run(insert(_D), rows)

    def recent_handling(self, branch_id: str) -> list[timedelta]:
        """Length of the branch's newest calls, at most fifty."""
        query = (
            select(_T.claimed_at, _T.ended_at)
            .where(_T.firm_id == self.work.firm_id, _T.branch_id == branch_id, _T.state == "done")
            .order_by(_T.enqueued_at.desc())
            .limit(RECENT_CALLS)
        )
        found = self.work.connection.execute(query)
        return [r.ended_at - r.claimed_at for r in found if r.claimed_at and r.ended_at]
