"""Working days, trading days, the promise of one trading day (R160, R173, R207)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_kind
from core.rules.calendar import (
    Calendar,
    CalendarDay,
    build_calendar,
    local_day,
    local_time,
    received_on,
    review_due_at,
)
from core.rules.service_hours import ServiceHours

CALENDAR = Calendar(build_calendar(2025, 2027))
HOURS = ServiceHours.of(load_kind("service_hours"), "witness")
days_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 1))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_a_makeup_saturday_is_worked_but_not_traded():
    day = CALENDAR.on(date(2026, 2, 14))
    assert (day.workday, day.trading, day.provisional) == (True, False, False)


def test_spring_festival_2026():
    assert all(not CALENDAR.on(date(2026, 2, number)).workday for number in range(15, 24))
    assert CALENDAR.on(date(2026, 2, 17)).name == "春节"
    assert CALENDAR.next_trading_day(date(2026, 2, 13)) == date(2026, 2, 24)
    assert CALENDAR.next_workday(date(2026, 2, 13)) == date(2026, 2, 14)


def test_years_without_arrangement_are_provisional_weekdays_without_the_holidays_of_the_law():
    monday, sunday = CALENDAR.on(date(2027, 3, 8)), CALENDAR.on(date(2027, 3, 7))
    for day in (date(2027, 1, 1), date(2027, 2, 8), date(2027, 10, 1), date(2040, 5, 1)):
        row = CALENDAR.on(day)
        assert (row.workday, row.trading, row.provisional, bool(row.name)) == (False, False, True, True), day
    assert (monday.trading, monday.provisional) == (True, True)
    assert (sunday.workday, sunday.provisional) == (False, True)
    assert Calendar().on(date(2040, 1, 2)).provisional


def test_later_rows_correct_earlier_ones():
    closed = CalendarDay(date(2026, 3, 2), workday=False, trading=False, name="样张休市")
    corrected = Calendar([*build_calendar(2026, 2026), closed])
    assert corrected.next_trading_day(date(2026, 2, 27)) == date(2026, 3, 3)


def test_a_calendar_without_trading_days_is_an_error():
    start = date(2026, 1, 1)
    rows = [CalendarDay(start + timedelta(days=n), workday=False, trading=False) for n in range(90)]
    with pytest.raises(ValueError, match="60 days"):
        Calendar(rows).next_trading_day(start)


@given(days_2026)
def test_trading_days_are_working_weekdays(day):
    row = CALENDAR.on(day)
    assert not row.trading or (row.workday and day.weekday() < 5)
    after = CALENDAR.next_trading_day(day)
    assert day < after
    assert not any(CALENDAR.on(day + timedelta(days=n)).trading for n in range(1, (after - day).days))


def test_local_days_and_times():
    assert local_day(datetime(2026, 2, 13, 16, 0, tzinfo=UTC)) == date(2026, 2, 14)
    assert local_time(date(2026, 2, 13), 1440) == datetime(2026, 2, 13, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-03-02 10:00", "2026-03-03 17:45"),
        ("2026-03-02 03:00", "2026-03-03 17:45"),
        ("2026-03-02 17:45", "2026-03-03 17:45"),
        ("2026-03-02 17:46", "2026-03-04 17:45"),
        ("2026-03-06 10:00", "2026-03-09 17:45"),
        ("2026-03-06 20:00", "2026-03-10 17:45"),
        ("2026-03-07 10:00", "2026-03-10 17:45"),
        ("2026-02-13 10:00", "2026-02-24 17:45"),
        ("2026-02-14 10:00", "2026-02-25 17:45"),
    ],
)
def test_review_is_due_at_the_end_of_the_next_trading_day(submitted, due):
    assert review_due_at(shanghai(submitted), HOURS, CALENDAR) == shanghai(due)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)), st.integers(0, 5000))
def test_a_later_submission_is_never_due_earlier(moment, minutes):
    first = moment.replace(tzinfo=UTC)
    due, later = (review_due_at(at, HOURS, CALENDAR) for at in (first, first + timedelta(minutes=minutes)))
    assert first < due <= later
    assert CALENDAR.on(received_on(first, HOURS, CALENDAR)).trading


def test_a_trading_day_without_service_is_skipped():
    body = load_kind("service_hours")
    body["exceptions"] = [{"channel": "witness", "day": "2026-03-03", "intervals": [], "note": "样张"}]
    hours = ServiceHours.of(body, "witness")
    assert review_due_at(shanghai("2026-03-02 10:00"), hours, CALENDAR) == shanghai("2026-03-04 17:45")


def test_hours_that_never_open_are_an_error():
    never = ServiceHours("样张", ((),) * 7, open_on_holidays=False, makeup_like=None, exceptions={})
    with pytest.raises(ValueError, match="service"):
        review_due_at(shanghai("2026-03-02 10:00"), never, CALENDAR)
