"""Reservations: days, slots, places, priority, reminders (R159-R164, R212), with the edge cases of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_kind
from core.rules.calendar import Calendar, CalendarDay, build_calendar
from core.rules.reservation import (
    LEADS_TO,
    ReservationRules,
    ReservationState,
    Shift,
    Window,
    capacity_of,
    day_refusal,
    handling_time,
    in_time,
    last_day,
    may_become,
    remind_moment,
    roster_weekday,
    state_at_end,
    windows_of,
)
from core.rules.service_hours import ServiceHours

CALENDAR = Calendar(build_calendar(2025, 2027))
BODY = load_kind("reservation_rules")
RULES = ReservationRules.of(BODY)
HOURS = ServiceHours.of(load_kind("service_hours"), "witness")
NOON = 12 * 60
S = ReservationState


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def hours(**changes: object) -> ServiceHours:
    """The firm's hours with other weekly times, treatment of holidays or exceptions."""
    body = load_kind("service_hours")
    body["exceptions"] = changes.pop("exceptions", [])
    weekly = changes.pop("weekly", {})
    witness = body["channels"]["witness"]
    witness.update(changes)
    witness["weekly"].update(weekly)
    return ServiceHours.of(body, "witness")


def refusal(day: str, now: str, service: ServiceHours = HOURS, calendar: Calendar = CALENDAR) -> str:
    return day_refusal(date.fromisoformat(day), shanghai(now), RULES, service, calendar)


# -- days
@pytest.mark.parametrize(
    ("day", "now", "said"),
    [
        ("2026-03-02", "2026-03-02T08:00", ""),
        ("2026-03-02", "2026-03-02T12:59", ""),
        ("2026-03-02", "2026-03-02T13:00", "已开始"),
        ("2026-03-01", "2026-03-02T08:00", "30 天内"),
        ("2026-04-01", "2026-03-02T08:00", ""),
        ("2026-04-02", "2026-03-02T08:00", "30 天内"),
        ("2026-04-02", "2026-03-02T23:59", "30 天内"),
        ("2026-04-02", "2026-03-03T00:00", ""),
        ("2026-03-07", "2026-03-02T08:00", "休息日"),
        ("2026-04-05", "2026-03-10T08:00", "清明放假"),
        ("2026-04-06", "2026-03-10T08:00", "清明放假"),
        ("2026-02-14", "2026-02-02T08:00", "不提供视频服务"),
        ("2026-02-17", "2026-02-02T08:00", "春节放假"),
        ("2026-09-20", "2026-09-01T08:00", "不提供视频服务"),
    ],
)
def test_which_days_can_be_booked(day: str, now: str, said: str) -> None:
    found = refusal(day, now)
    assert (found == "") if said == "" else said in found


def test_day_thirty_is_included_and_day_thirty_one_is_not() -> None:
    assert last_day(date(2026, 3, 2), RULES) == date(2026, 4, 1)


@pytest.mark.parametrize("day", ["2026-02-14", "2026-09-20"])
def test_a_makeup_weekend_is_open_where_the_service_works_on_it(day: str) -> None:
    """2026-02-14 is a Saturday, 2026-09-20 a Sunday: working days, though the exchanges rest."""
    made_up = hours(makeup_workdays="mon")
    now = f"{day[:8]}01T08:00"
    assert refusal(day, now, made_up) == ""
    assert not CALENDAR.on(date.fromisoformat(day)).trading
    assert roster_weekday(date.fromisoformat(day), made_up, CALENDAR) == 0


def test_a_makeup_weekend_of_a_service_that_never_closes_is_served_as_a_weekend() -> None:
    always = hours(weekly={"sat": [["00:00", "24:00"]]}, holidays="open")
    assert refusal("2026-02-14", "2026-02-02T08:00", always) == ""
    assert roster_weekday(date(2026, 2, 14), always, CALENDAR) == 5


def test_an_ordinary_weekend_stays_closed_though_the_service_is_open() -> None:
    always = hours(weekly={"sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]]}, holidays="open")
    assert refusal("2026-03-07", "2026-03-02T08:00", always) == "休息日"


def test_a_day_on_which_the_firm_closes_the_service_cannot_be_booked() -> None:
    closed = hours(exceptions=[{"channel": "witness", "day": "2026-03-04", "intervals": []}])
    assert "不提供视频服务" in refusal("2026-03-04", "2026-03-02T08:00", closed)


def test_a_window_that_reaches_the_unknown_year_knows_its_first_holiday() -> None:
    """From 2026-12-02 on thirty days reach 2027, whose arrangement is not known yet: days are guesses."""
    assert last_day(date(2026, 12, 2), RULES) == date(2027, 1, 1)
    assert "元旦" in refusal("2027-01-01", "2026-12-02T08:00")
    assert refusal("2027-01-04", "2026-12-07T08:00") == ""
    assert CALENDAR.on(date(2027, 1, 4)).provisional


@given(st.integers(-3, 40), st.datetimes(datetime(2026, 2, 1), datetime(2026, 11, 1)))
def test_whatever_can_be_booked_is_a_working_day_with_service_within_the_horizon(offset: int, moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    today = (now + timedelta(hours=8)).date()
    day = today + timedelta(days=offset)
    if day_refusal(day, now, RULES, HOURS, CALENDAR) == "":
        assert 0 <= offset <= 30
        assert CALENDAR.on(day).workday
        assert any(window.begins_at > now for window in windows_of(day, RULES, HOURS, CALENDAR))


# -- slots
def window(day: str = "2026-03-03", place: int = 0, service: ServiceHours = HOURS) -> Window:
    return windows_of(date.fromisoformat(day), RULES, service, CALENDAR)[place]


def test_a_slot_is_a_window_in_shanghai_time() -> None:
    morning, afternoon = windows_of(date(2026, 3, 3), RULES, HOURS, CALENDAR)
    assert (morning.begins_at, morning.ends_at) == (shanghai("2026-03-03T09:00"), shanghai("2026-03-03T12:00"))
    assert morning.words() == "3月3日（周二）上午 09:00-12:00"
    assert (afternoon.slot.key, afternoon.words()) == ("13:00", "3月3日（周二）下午 13:00-17:30")


def test_slots_are_cut_to_the_hours_of_service() -> None:
    short = hours(weekly={"tue": [["08:00", "10:00"], ["10:30", "11:30"]]})
    [only] = windows_of(date(2026, 3, 3), RULES, short, CALENDAR)
    assert only.pieces == ((540, 600), (630, 690))
    assert only.words() == "3月3日（周二）上午 09:00-11:30"


def test_slots_may_be_finer_than_half_days() -> None:
    slots = [{"title": "", "begins": f"{hour:02d}:00", "ends": f"{hour:02d}:30"} for hour in range(9, 12)]
    rules = ReservationRules.of({**BODY, "slots": slots})
    found = windows_of(date(2026, 3, 3), rules, HOURS, CALENDAR)
    assert [w.slot.key for w in found] == ["09:00", "10:00", "11:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots": [{"title": "", "begins": "12:00", "ends": "09:00"}]},
        {"slots": [{"title": "", "begins": b, "ends": e} for b, e in (("09:00", "12:00"), ("11:00", "13:00"))]},
        {"slots": [{"title": "", "begins": "9", "ends": "12:00"}]},
        {"capacity_percent": 101},
        {"handling_minutes": 0},
        {"sign_in_deadline": "whenever"},
    ],
)
def test_rules_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"slots|share|not enough|time of day"):
        ReservationRules.of({**BODY, **wrong})


# -- places
SHIFTS = (Shift("a", 1, 9 * 60, NOON), Shift("b", 1, 10 * 60, 18 * 60), Shift("c", 2, 0, 24 * 60))


@pytest.mark.parametrize(
    ("place", "percent", "minutes", "places"),
    [
        (0, 60, 15, 12),  # 180 + 120 minutes of staff, 60 % of them, 15 each
        (1, 60, 15, 10),  # 270 minutes
        (0, 100, 15, 20),
        (0, 0, 15, 0),
        (0, 60, 181, 0),
        (0, 60, 90, 2),
    ],
)
def test_places_come_from_the_roster(place: int, percent: int, minutes: int, places: int) -> None:
    rules = ReservationRules.of({**BODY, "capacity_percent": percent})
    assert capacity_of(window(place=place), 1, SHIFTS, rules, timedelta(minutes=minutes)) == places


def test_nobody_on_duty_means_no_places() -> None:
    assert capacity_of(window(), 0, SHIFTS, RULES, RULES.handling) == 0
    assert capacity_of(window(), 1, (), RULES, RULES.handling) == 0


def test_time_in_which_the_service_is_closed_gives_no_places() -> None:
    lunch = hours(weekly={"tue": [["08:00", "10:00"], ["11:00", "17:00"]]})
    assert capacity_of(window(service=lunch), 1, SHIFTS[:1], RULES, timedelta(minutes=12)) == 6


def test_the_branch_own_handling_time_counts_once_there_are_enough_calls() -> None:
    calls = [timedelta(minutes=4)] * 19
    assert handling_time(calls, RULES) == RULES.handling
    assert handling_time([*calls, timedelta(hours=9)], RULES) == timedelta(minutes=4)
    assert handling_time([timedelta()] * 30, RULES) == timedelta(minutes=1)


# -- priority
@pytest.mark.parametrize(
    ("at", "by_end", "by_start"),
    [
        (None, False, False),
        ("2026-03-03T08:59", True, True),
        ("2026-03-03T09:00", True, False),
        ("2026-03-03T11:59", True, False),
        ("2026-03-03T12:00", False, False),
    ],
)
def test_the_sign_in_must_be_in_time(at: str | None, by_end: bool, by_start: bool) -> None:
    morning, moment = window(), shanghai(at) if at else None
    strict = ReservationRules.of({**BODY, "sign_in_deadline": "start"})
    assert in_time(moment, morning.begins_at, morning.ends_at, RULES) is by_end
    assert in_time(moment, morning.begins_at, morning.ends_at, strict) is by_start


@pytest.mark.parametrize(
    ("signed_in", "kept", "joined", "state"),
    [
        (False, False, False, S.NO_SHOW),
        (True, True, False, S.NO_SHOW),
        (True, True, True, S.HOST_NO_SHOW),
        (True, False, False, S.LATE),
        (True, False, True, S.LATE),
    ],
)
def test_what_an_ended_window_has_become(signed_in: bool, kept: bool, joined: bool, state: S) -> None:
    assert state_at_end(signed_in=signed_in, kept=kept, joined=joined) is state


def test_what_may_follow_what() -> None:
    assert {(a, b) for a in S for b in S if may_become(a, b)} == {
        *((S.BOOKED, end) for end in S if end is not S.BOOKED),
        (S.NO_SHOW, S.LATE),
    }
    assert set(LEADS_TO) == {S.BOOKED, S.NO_SHOW}


# -- reminders
@pytest.mark.parametrize(
    ("booked", "begins", "sent"),
    [
        ("2026-03-02T10:00", "2026-03-04T09:00", "2026-03-03T18:00"),
        ("2026-03-03T17:59", "2026-03-04T09:00", "2026-03-03T18:00"),
        ("2026-03-03T18:00", "2026-03-04T09:00", "2026-03-04T08:00"),
        ("2026-03-04T07:00", "2026-03-04T13:00", "2026-03-04T12:00"),
        ("2026-03-04T12:30", "2026-03-04T13:00", None),
    ],
)
def test_when_the_reminder_is_sent(booked: str, begins: str, sent: str | None) -> None:
    found = remind_moment(shanghai(booked), shanghai(begins), RULES)
    assert found == (shanghai(sent) if sent else None)


def test_a_holiday_that_is_added_later_closes_its_day() -> None:
    added = Calendar([*build_calendar(2026, 2026), CalendarDay(date(2026, 3, 4), False, False, "临时放假")])
    assert refusal("2026-03-04", "2026-03-02T08:00") == ""
    assert "临时放假" in refusal("2026-03-04", "2026-03-02T08:00", calendar=added)
