"""Reservations of a video period: which days and slots, how many places, who still has priority (R159-R164, R212).

Days are days in Asia/Shanghai, moments aware UTC, times of day minutes after midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.rules.calendar import Calendar, local_day, local_time
from core.rules.service_hours import Intervals, ServiceHours, clock_of, minutes_of
from core.sentence import Sentence

WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
ENOUGH_CALLS = 20
"""From so many calls on, the branch's own handling time counts instead of the firm's estimate."""


class ReservationState(StrEnum):
    """Stored state of a reservation. `no_show` is the customer's absence, `host_no_show` the firm's failure."""

    BOOKED = "booked"
    USED = "used"
    LATE = "late"
    NO_SHOW = "no_show"
    HOST_NO_SHOW = "host_no_show"
    CANCELLED = "cancelled"


STATE_TITLES: Mapping[ReservationState, str] = {
    ReservationState.BOOKED: "已预约",
    ReservationState.USED: "已接通",
    ReservationState.LATE: "迟到失效",
    ReservationState.NO_SHOW: "客户未到",
    ReservationState.HOST_NO_SHOW: "未能接通",
    ReservationState.CANCELLED: "已取消",
}

LEADS_TO: Mapping[ReservationState, frozenset[ReservationState]] = {
    ReservationState.BOOKED: frozenset(ReservationState) - {ReservationState.BOOKED},
    ReservationState.NO_SHOW: frozenset({ReservationState.LATE}),
}
"""A customer who comes after the end turns 客户未到 into 迟到失效; every other end is final."""


def may_become(state: ReservationState, target: ReservationState) -> bool:
    """Whether a reservation in `state` may change to `target`."""
    return target in LEADS_TO.get(state, frozenset())


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the day that can be booked, e.g. 上午 09:00-12:00."""

    title: str
    begins: int
    ends: int

    @property
    def key(self) -> str:
        """HH:MM of its beginning, which names it."""
        return clock_of(self.begins)


@dataclass(frozen=True, slots=True)
class ReservationRules:
    """Body of kind `reservation_rules`. `sign_in_by_end` False: the sign-in must be before the window (C16)."""

    enabled: bool
    horizon_days: int
    slots: tuple[Slot, ...]
    capacity_percent: int
    handling: timedelta
    sign_in_by_end: bool
    remind_at: int
    remind_before: timedelta

    @staticmethod
    def of(body: Mapping[str, Any]) -> ReservationRules:
        """Parse; ValueError for slots that overlap or are empty, and for figures that cannot be."""
        rows = body["slots"]
        slots = tuple(Slot(row["title"], minutes_of(row["begins"]), minutes_of(row["ends"])) for row in rows)
        ends = [0, *(slot.ends for slot in slots)]
        if any(slot.begins < before or slot.ends <= slot.begins for slot, before in zip(slots, ends, strict=False)):
            raise ValueError("slots must be in order, not empty and apart")
        percent, handling = int(body["capacity_percent"]), int(body["handling_minutes"])
        if not 0 <= percent <= 100 or handling <= 0 or body["sign_in_deadline"] not in {"start", "end"}:
            raise ValueError("share, handling time or sign-in deadline cannot be")
        return ReservationRules(
            bool(body["enabled"]),
            int(body["horizon_days"]),
            slots,
            percent,
            timedelta(minutes=handling),
            body["sign_in_deadline"] == "end",
            minutes_of(body["remind_day_before_at"]),
            timedelta(minutes=int(body["remind_minutes_before"])),
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """A member of staff serves a branch on a weekday (0 = Monday) from `begins` to `ends` (minutes)."""

    staff_id: str
    weekday: int
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Window:
    """A slot of one day, cut to the hours in which the video service is open; `pieces` leave out its breaks."""

    slot: Slot
    day: date
    pieces: Intervals

    @property
    def begins_at(self) -> datetime:
        """When the priority begins (UTC)."""
        return local_time(self.day, self.pieces[0][0])

    @property
    def ends_at(self) -> datetime:
        """When the priority ends (UTC)."""
        return local_time(self.day, self.pieces[-1][1])

    def words(self) -> str:
        """`2月24日（周二）上午 09:00-12:00`"""
        return window_words(self.slot.title, self.begins_at, self.ends_at)

    def times(self) -> str:
        """`上午 09:00-12:00`"""
        return times_words(self.slot.title, self.begins_at, self.ends_at)


def day_words(day: date) -> str:
    """`2月24日（周二）`"""
    return Sentence("{day.month}月{day.day}日（{weekday}）", day=day, weekday=WEEKDAY_NAMES[day.weekday()])


def window_words(title: str, begins_at: datetime, ends_at: datetime) -> Sentence:
    """A window for people, with the slot's title."""
    return Sentence("{day}{times}", day=day_words(local_day(begins_at)), times=times_words(title, begins_at, ends_at))


def times_words(title: str, begins_at: datetime, ends_at: datetime) -> str:
    """`上午 09:00-12:00`"""
    midnight = local_time(local_day(begins_at), 0)
    begins, ends = (clock_of((moment - midnight) // timedelta(minutes=1)) for moment in (begins_at, ends_at))
    return Sentence("{title} {begins}-{ends}", title=title, begins=begins, ends=ends)


def windows_of(day: date, rules: ReservationRules, hours: ServiceHours, calendar: Calendar) -> tuple[Window, ...]:
    """The slots of a day as far as the video service is open."""
    opened = hours.on(day, calendar)
    cut = [(slot, _overlap(slot.begins, slot.ends, opened)) for slot in rules.slots]
    return tuple(Window(slot, day, pieces) for slot, pieces in cut if pieces)


def _overlap(begins: int, ends: int, times: Intervals) -> Intervals:
    pieces = ((max(begins, start), min(ends, end)) for start, end in times)
    return tuple((start, end) for start, end in pieces if start < end)


def last_day(today: date, rules: ReservationRules) -> date:
    """The last day that can be booked: today and so many natural days after it, both included (R159)."""
    return today + timedelta(days=rules.horizon_days)


def day_refusal(day: date, now: datetime, rules: ReservationRules, hours: ServiceHours, calendar: Calendar) -> str:
    """Why nothing can be booked on a day (for customers); empty when something may be (R159, R160)."""
    today = local_day(now)
    if not today <= day <= last_day(today, rules):
        return Sentence("只能预约今天起 {horizon_days} 天内的日期", horizon_days=rules.horizon_days)
    row = calendar.on(day)
    if not row.workday:
        return Sentence("{name}放假", name=row.name) if row.name else "休息日"
    windows = windows_of(day, rules, hours, calendar)
    if not windows:
        return "当天不提供视频服务"
    return "" if any(window.begins_at > now for window in windows) else "今天的时段都已开始"


def roster_weekday(day: date, hours: ServiceHours, calendar: Calendar) -> int:
    """Whose weekly duty counts: a 调休 weekend is served like the weekday that the service hours name."""
    makeup = calendar.on(day).workday and day.weekday() >= 5
    return hours.makeup_like if makeup and hours.makeup_like is not None else day.weekday()


def handling_time(recent: Sequence[timedelta], rules: ReservationRules) -> timedelta:
    """Mean of the branch's recent calls without the longest and shortest tenth; the firm's estimate for too few."""
    if len(recent) < ENOUGH_CALLS:
        return rules.handling
    cut = len(recent) // 10
    kept = sorted(recent)[cut : len(recent) - cut]
    return max(sum(kept, timedelta()) / len(kept), timedelta(minutes=1))


def capacity_of(
    window: Window, weekday: int, shifts: Iterable[Shift], rules: ReservationRules, handling: timedelta
) -> int:
    """Places of a window: the share of the staff's time in it that goes to reservations, by the length of a call.

    The rest stays for those who queue without a reservation.
    """
    on_duty = [shift for shift in shifts if shift.weekday == weekday]
    minutes = sum(end - start for shift in on_duty for start, end in _overlap(shift.begins, shift.ends, window.pieces))
    return timedelta(minutes=minutes) * rules.capacity_percent / 100 // handling


def in_time(signed_in_at: datetime | None, begins_at: datetime, ends_at: datetime, rules: ReservationRules) -> bool:
    """Whether a sign-in keeps the priority (R163): before the end of the window, or before its start (C16)."""
    return signed_in_at is not None and signed_in_at < (ends_at if rules.sign_in_by_end else begins_at)


def state_at_end(*, signed_in: bool, kept: bool, joined: bool) -> ReservationState:
    """What a window that ended without a call has become.

    `signed_in`: the customer came that day; `kept`: in time; `joined`: stood in the queue inside the window.
    """
    if signed_in and not kept:
        return ReservationState.LATE
    return ReservationState.HOST_NO_SHOW if kept and joined else ReservationState.NO_SHOW


def remind_moment(booked_at: datetime, begins_at: datetime, rules: ReservationRules) -> datetime | None:
    """When the reminder is sent: the day before in the evening, else an hour before; None when that is past too."""
    evening = local_time(local_day(begins_at) - timedelta(days=1), rules.remind_at)
    moments = (evening, begins_at - rules.remind_before)
    return next((moment for moment in moments if moment > booked_at), None)
