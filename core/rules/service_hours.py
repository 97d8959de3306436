"""Service hours per channel, from firm data; every sentence about them is rendered, never typed (C01, R061)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from core.rules.calendar import Calendar, local_day, local_time
from core.sentence import Sentence, listed

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WHOLE_DAY = ((0, 1440),)
_SEARCH_DAYS = 60

Intervals = tuple[tuple[int, int], ...]
"""Opening times of one day in minutes after midnight, in order, without overlaps; 1440 = midnight."""


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The hours of one channel (`self_service`, `witness`), parsed from the body of kind `service_hours`."""

    title: str
    weekly: tuple[Intervals, ...]
    open_on_holidays: bool
    makeup_like: int | None
    exceptions: Mapping[date, Intervals]

    @staticmethod
    def of(body: Mapping[str, Any], channel: str, branch_id: str = "") -> ServiceHours:
        """Parse one channel; KeyError for an unknown one, ValueError for intervals that cannot be.

        A branch may have hours of its own under `branches`, and exceptions that name it; both go before the firm's.
        """
        data = body["channels"][channel] | body.get("branches", {}).get(branch_id, {}).get(channel, {})
        makeup = data["makeup_workdays"]
        rows = [row for row in body["exceptions"] if row["channel"] == channel]
        rows = [row for row in rows if row.get("branch", "") in {"", branch_id}]
        rows.sort(key=lambda row: bool(row.get("branch")))
        return ServiceHours(
            title=str(data["title"]),
            weekly=tuple(_intervals(data["weekly"][key]) for key in WEEKDAYS),
            open_on_holidays=data["holidays"] == "open",
            makeup_like=None if makeup == "closed" else WEEKDAYS.index(makeup),
            exceptions={date.fromisoformat(row["day"]): _intervals(row["intervals"]) for row in rows},
        )

    def on(self, day: date, calendar: Calendar) -> Intervals:
        """The opening times of that day: an exception first, then holidays and 调休 days, then the weekday."""
        if day in self.exceptions:
            return self.exceptions[day]
        row = calendar.on(day)
        holiday = not row.workday and (day.weekday() < 5 or row.name is not None)
        if holiday and not self.open_on_holidays:
            return ()
        if row.workday and day.weekday() >= 5 and self.makeup_like is not None:
            return self.weekly[self.makeup_like]
        return self.weekly[day.weekday()]

    def is_open(self, now: datetime, calendar: Calendar) -> bool:
        """Whether the channel is open at this moment; an opening minute is open, a closing minute is not."""
        day = local_day(now)
        return any(local_time(day, start) <= now < local_time(day, end) for start, end in self.on(day, calendar))

    def next_opening(self, now: datetime, calendar: Calendar) -> datetime | None:
        """`now` while open, else the next opening in UTC; None when nothing opens within 60 days."""
        if self.is_open(now, calendar):
            return now
        today = local_day(now)
        for step in range(_SEARCH_DAYS):
            day = today + timedelta(days=step)
            starts = [local_time(day, start) for start, _ in self.on(day, calendar)]
            later = [start for start in starts if start > now]
            if later:
                return later[0]
        return None

    def closes_on(self, day: date, calendar: Calendar) -> datetime | None:
        """The end of service on that day in UTC, or None when the channel stays closed."""
        times = self.on(day, calendar)
        return local_time(day, times[-1][1]) if times else None

    def sentence(self) -> str:
        """The weekly hours for people, e.g. 周一至周五 08:40-17:45，法定节假日除外."""
        days = [(index, times) for index, times in enumerate(self.weekly) if times]
        if not days:
            return "暂停服务"
        runs = [_run_text([index for index, _ in run], times) for times, run in _runs(days)]
        hours = listed(runs, "；")
        return hours if self.open_on_holidays else Sentence("{hours}，法定节假日除外", hours=hours)


def working_time(begins: datetime, ends: datetime, hours: ServiceHours, calendar: Calendar) -> timedelta:
    """How much service of trading days lies between two moments; nothing when the second is not later."""
    found, first, last = timedelta(), local_day(begins), local_day(ends)
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        for opens, closes in hours.on(day, calendar) if calendar.on(day).trading else ():
            within = min(ends, local_time(day, closes)) - max(begins, local_time(day, opens))
            found += max(within, timedelta())
    return found


def _runs(days: list[tuple[int, Intervals]]) -> list[tuple[Intervals, list[tuple[int, Intervals]]]]:
    """Neighbouring weekdays with equal hours together."""
    keyed = [(index - place, times) for place, (index, times) in enumerate(days)]
    pairs = zip(keyed, days, strict=True)
    return [(key[1], [day for _, day in run]) for key, run in groupby(pairs, key=lambda pair: pair[0])]


def _run_text(indexes: list[int], times: Intervals) -> str:
    if len(indexes) == 7:
        days = "每天"
    elif len(indexes) == 1:
        days = _NAMES[indexes[0]]
    else:
        first, last = _NAMES[indexes[0]], _NAMES[indexes[-1]]
        days = listed((first, last)) if len(indexes) == 2 else Sentence("{first}至{last}", first=first, last=last)
    if times == _WHOLE_DAY:
        return Sentence("{days}全天", days=days)
    return Sentence(
        "{days} {times}", days=days, times=listed(f"{clock_of(start)}-{clock_of(end)}" for start, end in times)
    )


def clock_of(minutes: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(text: str) -> int:
    """HH:MM as minutes after midnight; ValueError for anything that is no time of day."""
    hours, minutes = text.split(":")
    total = int(hours) * 60 + int(minutes)
    if not (0 <= total <= 1440 and 0 <= int(minutes) < 60):
        raise ValueError("a time of day lies between 00:00 and 24:00")
    return total


def _intervals(rows: list[list[str]]) -> Intervals:
    times = tuple((minutes_of(start), minutes_of(end)) for start, end in rows)
    flat = [moment for pair in times for moment in pair]
    if any(earlier >= later for earlier, later in pairwise(flat)):
        raise ValueError("intervals must be in order, not empty and apart")
    return times
