"""Working days and trading days of mainland China, and the promise built on them (R160, R173, R207).

Times come in and go out as aware UTC datetimes; days are days in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from core.rules.service_hours import ServiceHours

SHANGHAI = ZoneInfo("Asia/Shanghai")

_ONE_DAY = timedelta(days=1)
_STATUTORY = {
    "01-01": "元旦",
    "05-01": "劳动节",
    "05-02": "劳动节",
    "10-01": "国庆节",
    "10-02": "国庆节",
    "10-03": "国庆节",
}
_STATUTORY_OF_YEAR = {
    "2027-02-05": "春节", "2027-02-06": "春节", "2027-02-07": "春节", "2027-02-08": "春节", "2027-04-05": "清明",
    "2027-06-09": "端午节", "2027-09-15": "中秋", "2028-01-25": "春节", "2028-01-26": "春节", "2028-01-27": "春节",
    "2028-01-28": "春节", "2028-04-04": "清明", "2028-05-28": "端午节", "2028-10-03": "中秋",
}  # fmt: skip
"""Holidays by law (全国年节及纪念日放假办法, 2024): the same day every year, and those by moon and sun."""
_LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day: `workday` by the State Council's arrangement, `trading` when the exchanges trade.

    A working Saturday or Sunday (调休) is no trading day. `provisional` days are guessed from the weekday
    and the law because the arrangement of that year is not known yet. `name` is the Chinese name of the holiday
    that the day belongs to, also for a 调休 day.
    """

    day: date
    workday: bool
    trading: bool
    name: str | None = None
    provisional: bool = False


class Calendar:
    """Days by date; a day that is not in the rows is provisional."""

    def __init__(self, days: Iterable[CalendarDay] = ()) -> None:
        """Later rows replace earlier ones of the same day (firm corrections after the built rows)."""
        self._days = {row.day: row for row in days}

    def on(self, day: date) -> CalendarDay:
        """That day's row, or its provisional guess."""
        return self._days.get(day) or _provisional(day)

    def next_trading_day(self, after: date) -> date:
        """The first trading day later than `after`; ValueError if none comes within 60 days."""
        return self._next(after, trading=True)

    def next_workday(self, after: date) -> date:
        """The first working day later than `after`; ValueError if none comes within 60 days."""
        return self._next(after, trading=False)

    def _next(self, after: date, *, trading: bool) -> date:
        days = (after + _ONE_DAY * step for step in range(1, _LONGEST_SEARCH + 1))
        for row in map(self.on, days):
            if row.trading if trading else row.workday:
                return row.day
        raise ValueError("no such day within 60 days: the calendar rows are wrong")


def build_calendar(first_year: int, last_year: int) -> tuple[CalendarDay, ...]:
    """Rows for whole years, both included, from chinesecalendar; unknown years become provisional weekdays."""
    first, end = date(first_year, 1, 1), date(last_year + 1, 1, 1)
    return tuple(_known_or_guessed(first + _ONE_DAY * step) for step in range((end - first).days))


def local_day(now: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware datetime."""
    return now.astimezone(SHANGHAI).date()


def local_time(day: date, minutes: int) -> datetime:
    """The UTC moment `minutes` after midnight of that day in Asia/Shanghai (1440 = the next midnight)."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def received_on(submitted_at: datetime, hours: ServiceHours, calendar: Calendar) -> date:
    """The trading day a submission counts for: its own while service has not ended, else the next one."""
    day = local_day(submitted_at)
    closing = hours.closes_on(day, calendar)
    if calendar.on(day).trading and closing is not None and submitted_at <= closing:
        return day
    return calendar.next_trading_day(day)


def review_due_at(submitted_at: datetime, hours: ServiceHours, calendar: Calendar) -> datetime:
    """When the review is promised: end of service on the trading day after the day of receipt (R173).

    After the end of service, at a weekend or on a holiday, a submission is received on the next trading day.
    A trading day without service is skipped.
    """
    day = received_on(submitted_at, hours, calendar)
    for _ in range(_LONGEST_SEARCH):
        day = calendar.next_trading_day(day)
        closing = hours.closes_on(day, calendar)
        if closing is not None:
            return closing
    raise ValueError("no service on any trading day: the service hours are wrong")


def _provisional(day: date) -> CalendarDay:
    """A guess: Monday to Friday without the holidays of the law; bridge days and 调休 are not known yet."""
    name = _STATUTORY_OF_YEAR.get(f"{day:%Y-%m-%d}") or _STATUTORY.get(f"{day:%m-%d}")
    weekday = day.weekday() < 5 and name is None
    return CalendarDay(day, workday=weekday, trading=weekday, name=name, provisional=True)


def _known_or_guessed(day: date) -> CalendarDay:
    import chinese_calendar

    try:
        workday = bool(chinese_calendar.is_workday(day))
        _, english = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return _provisional(day)
    name = str(chinese_calendar.Holiday(english).chinese) if english else None
    return CalendarDay(day, workday=workday, trading=workday and day.weekday() < 5, name=name)
