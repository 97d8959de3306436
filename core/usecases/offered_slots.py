"""Which slots of which days a branch offers, with their places: read by customers and staff alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.actor import Role
from core.permissions import ROLE_PERMISSIONS, Permission
from core.ports import Work
from core.records import SlotUse
from core.rules.calendar import CalendarDay
from core.rules.reservation import (
    Shift,
    Window,
    capacity_of,
    day_refusal,
    handling_time,
    roster_weekday,
    windows_of,
)
from core.rules.service_hours import ServiceHours
from core.sentence import Sentence, listed
from core.usecases.reservations import Frame, frame_of

SERVING = frozenset(role for role in Role if Permission.QUEUE_SERVE in ROLE_PERMISSIONS[role])


@dataclass(frozen=True)
class SlotOffer:
    """A window with its places; `refusal` says why it cannot be booked now, `closed` why staff closed it."""

    window: Window
    capacity: int
    by_hand: bool
    used: int
    closed: str
    refusal: str

    @property
    def left(self) -> int:
        """Free places; none when the capacity was lowered below what is booked."""
        return max(0, self.capacity - self.used)


@dataclass(frozen=True)
class DayOffer:
    """A day with its slots; `refusal` says why nothing can be booked on it."""

    row: CalendarDay
    slots: tuple[SlotOffer, ...]
    refusal: str

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return self.row.day


@dataclass(frozen=True)
class Branch:
    """What is known about a branch's slots, read once for all its days."""

    frame: Frame
    hours: ServiceHours
    shifts: tuple[Shift, ...]
    handling: timedelta
    uses: Mapping[tuple[date, str], SlotUse]
    now: datetime

    def capacity(self, window: Window) -> int:
        """Places by the roster."""
        weekday = roster_weekday(window.day, self.hours, self.frame.calendar)
        return capacity_of(window, weekday, self.shifts, self.frame.rules, self.handling)

    def slot(self, window: Window) -> SlotOffer:
        """One window."""
        use = self.uses.get((window.day, window.slot.key))
        by_roster = self.capacity(window)
        capacity = use.capacity if use and use.by_hand else by_roster
        used, closed = (use.used, use.closed) if use else (0, "")
        refusal = self._refusal(window, capacity, used, closed)
        return SlotOffer(window, capacity, bool(use and use.by_hand), used, closed, refusal)

    def _refusal(self, window: Window, capacity: int, used: int, closed: str) -> str:
        if closed:
            return Sentence("停止预约：{closed}", closed=closed)
        if window.begins_at <= self.now:
            return "已开始，不能再预约"
        if capacity <= 0:
            return "没有安排见证人员"
        return "已约满" if used >= capacity else ""

    def day(self, day: date) -> DayOffer:
        """One day."""
        frame = self.frame
        windows = windows_of(day, frame.rules, self.hours, frame.calendar)
        refusal = day_refusal(day, self.now, frame.rules, self.hours, frame.calendar)
        slots = tuple(self.slot(window) for window in windows)
        if not refusal and all(slot.refusal for slot in slots):
            refusals = dict.fromkeys(slot.refusal for slot in slots if slot.window.begins_at > self.now)
            refusal = listed(refusals, "；")
        return DayOffer(frame.calendar.on(day), slots, refusal)


def branch_of(work: Work, branch_id: str, first: date, last: date, frame: Frame | None = None) -> Branch:
    """Read what decides about a branch's slots from `first` to `last`, both included."""
    frame = frame or frame_of(work)
    serving = {member.id for member in work.people.all_staff() if member.active and member.roles & SERVING}
    shifts = tuple(shift for shift in work.reservations.roster(branch_id) if shift.staff_id in serving)
    handling = handling_time(work.reservations.recent_handling(branch_id), frame.rules)
    return Branch(
        frame, frame.hours(branch_id), shifts, handling, work.reservations.slots(branch_id, first, last), work.now
    )


def days_of(work: Work, branch_id: str, first: date, count: int, frame: Frame | None = None) -> list[DayOffer]:
    """The branch's days from `first` on."""
    days = [first + timedelta(days=step) for step in range(count)]
    branch = branch_of(work, branch_id, days[0], days[-1], frame)
    return [branch.day(day) for day in days]
