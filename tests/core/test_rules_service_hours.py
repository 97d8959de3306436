"""Service hours (C01, R061)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_defaults, load_kind
from core.rules.calendar import Calendar, build_calendar
from core.rules.service_hours import WEEKDAYS, ServiceHours, working_time

CALENDAR = Calendar(build_calendar(2026, 2026))
WITNESS = ServiceHours.of(load_kind("service_hours"), "witness")
SELF_SERVICE = ServiceHours.of(load_kind("service_hours"), "self_service")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)).map(lambda m: m.replace(tzinfo=UTC))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def hours(weekly: dict[str, list[list[str]]], **changes: str) -> ServiceHours:
    channel = {
        "title": "样张",
        "weekly": {day: weekly.get(day, []) for day in WEEKDAYS},
        "holidays": "closed",
        "makeup_workdays": "closed",
        **changes,
    }
    return ServiceHours.of({"channels": {"x": channel}, "exceptions": []}, "x")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 08:39", False),
        ("2026-03-02 08:40", True),
        ("2026-03-02 17:44", True),
        ("2026-03-02 17:45", False),
        ("2026-03-07 10:00", False),
        ("2026-02-17 10:00", False),
        ("2026-02-14 10:00", False),
    ],
)
def test_the_witness_desk(moment, is_open):
    assert WITNESS.is_open(shanghai(moment), CALENDAR) is is_open


@given(moments)
def test_self_service_never_closes(moment):
    assert SELF_SERVICE.is_open(moment, CALENDAR)
    assert SELF_SERVICE.next_opening(moment, CALENDAR) == moment


@given(moments)
def test_the_next_opening_is_open_and_not_past(moment):
    opening = WITNESS.next_opening(moment, CALENDAR)
    assert opening is not None
    assert opening >= moment
    assert WITNESS.is_open(opening, CALENDAR)


def test_next_opening_over_a_holiday():
    assert WITNESS.next_opening(shanghai("2026-02-13 18:00"), CALENDAR) == shanghai("2026-02-24 08:40")
    assert WITNESS.next_opening(shanghai("2026-03-02 01:00"), CALENDAR) == shanghai("2026-03-02 08:40")
    assert hours({}).next_opening(shanghai("2026-03-02 01:00"), CALENDAR) is None


def test_two_intervals_and_their_end():
    desk = hours({"mon": [["09:00", "12:00"], ["13:00", "17:30"]]})
    assert not desk.is_open(shanghai("2026-03-02 12:30"), CALENDAR)
    assert desk.next_opening(shanghai("2026-03-02 12:30"), CALENDAR) == shanghai("2026-03-02 13:00")
    assert desk.closes_on(date(2026, 3, 2), CALENDAR) == shanghai("2026-03-02 17:30")
    assert desk.closes_on(date(2026, 3, 3), CALENDAR) is None


def test_makeup_saturdays_may_follow_a_weekday():
    desk = hours({"mon": [["09:00", "17:00"]]}, makeup_workdays="mon")
    assert desk.is_open(shanghai("2026-02-14 10:00"), CALENDAR)
    assert not desk.is_open(shanghai("2026-02-21 10:00"), CALENDAR)


def test_a_regular_saturday_is_no_holiday():
    desk = hours({"sat": [["09:00", "12:00"]]})
    assert desk.is_open(shanghai("2026-03-07 10:00"), CALENDAR)
    assert not desk.is_open(shanghai("2026-02-21 10:00"), CALENDAR)


def test_an_exception_beats_everything():
    body = load_kind("service_hours")
    body["exceptions"] = [
        {"channel": "witness", "day": "2026-02-17", "intervals": [["10:00", "11:00"]], "note": "样张"},
        {"channel": "witness", "day": "2026-03-02", "intervals": [], "note": "样张"},
    ]
    desk = ServiceHours.of(body, "witness")
    assert desk.is_open(shanghai("2026-02-17 10:30"), CALENDAR)
    assert not desk.is_open(shanghai("2026-03-02 10:30"), CALENDAR)


@pytest.mark.parametrize(
    ("weekly", "changes", "sentence"),
    [
        ({key: [["08:40", "17:45"]] for key in WEEKDAYS[:5]}, {}, "周一至周五 08:40-17:45，法定节假日除外"),
        ({key: [["00:00", "24:00"]] for key in WEEKDAYS}, {"holidays": "open"}, "每天全天"),
        (
            {key: [["09:00", "12:00"], ["13:00", "17:00"]] for key in WEEKDAYS[:5]} | {"sat": [["09:00", "12:00"]]},
            {"holidays": "open"},
            "周一至周五 09:00-12:00、13:00-17:00；周六 09:00-12:00",
        ),
        (
            {"mon": [["01:23", "23:58"]], "wed": [["01:23", "23:58"]]},
            {"holidays": "open"},
            "周一 01:23-23:58；周三 01:23-23:58",
        ),
        ({key: [["09:00", "12:00"]] for key in WEEKDAYS[5:]}, {"holidays": "open"}, "周六、周日 09:00-12:00"),
        ({}, {}, "暂停服务"),
    ],
)
def test_the_sentence_is_rendered_from_data(weekly, changes, sentence):
    assert hours(weekly, **changes).sentence() == sentence


@pytest.mark.parametrize(
    "rows", [[["09:00", "09:00"]], [["12:00", "09:00"]], [["09:00", "12:00"], ["11:00", "13:00"]], [["09:00", "24:30"]]]
)
def test_impossible_intervals_are_refused(rows):
    with pytest.raises(ValueError, match=r"intervals|time of day"):
        hours({"mon": rows})


def test_the_demo_desk_never_closes():
    desk = ServiceHours.of(load_defaults(demo=True)["service_hours"], "witness")
    assert desk.is_open(shanghai("2026-02-17 03:00"), CALENDAR)


# -- branches
def test_a_branch_may_have_hours_of_its_own() -> None:
    body = load_kind("service_hours")
    weekly = {day: [["10:00", "12:00"]] for day in WEEKDAYS}
    body["branches"] = {"b2": {"witness": {"weekly": weekly, "holidays": "open"}}}
    body["exceptions"] = [
        {"channel": "witness", "day": "2026-03-03", "intervals": [["13:00", "14:00"]]},
        {"channel": "witness", "day": "2026-03-04", "intervals": [["13:00", "14:00"]]},
        {"channel": "witness", "day": "2026-03-03", "intervals": [], "branch": "b2"},
    ]
    head, second = ServiceHours.of(body, "witness", "b1"), ServiceHours.of(body, "witness", "b2")
    assert head.is_open(shanghai("2026-03-02 09:00"), CALENDAR)
    assert not second.is_open(shanghai("2026-03-02 09:00"), CALENDAR)
    assert head.is_open(shanghai("2026-03-03 13:30"), CALENDAR), "the branch's exception is its own"
    assert not second.is_open(shanghai("2026-03-03 13:30"), CALENDAR)
    assert second.is_open(shanghai("2026-03-04 13:30"), CALENDAR), "the firm's exceptions are the branch's too"
    assert ServiceHours.of(body, "self_service", "b2") == SELF_SERVICE


@pytest.mark.parametrize(
    ("begins", "ends", "minutes"),
    [
        ("2026-03-02 10:00", "2026-03-02 11:30", 90),
        ("2026-03-02 06:00", "2026-03-02 23:00", 545),
        ("2026-03-02 17:00", "2026-03-03 09:40", 105),
        ("2026-03-06 17:15", "2026-03-09 09:10", 60),
        ("2026-03-07 10:00", "2026-03-08 10:00", 0),
        ("2026-02-13 17:15", "2026-02-24 09:10", 60),
        ("2026-02-14 09:00", "2026-02-14 12:00", 0),
        ("2026-03-02 12:00", "2026-03-02 12:00", 0),
        ("2026-03-03 12:00", "2026-03-02 12:00", 0),
    ],
)
def test_time_in_service_is_that_of_trading_days(begins, ends, minutes):
    """2026-02-14 is worked, but nobody trades; 2026-02-16 to 23 is the spring festival."""
    found = working_time(shanghai(begins), shanghai(ends), WITNESS, CALENDAR)
    assert found == timedelta(minutes=minutes)


@given(moments, st.timedeltas(timedelta(), timedelta(days=9)), st.timedeltas(timedelta(), timedelta(days=9)))
def test_time_in_service_adds_up_and_is_no_longer_than_the_clock_s(begins, first, second):
    middle, end = begins + first, begins + first + second
    whole = working_time(begins, end, WITNESS, CALENDAR)
    assert whole == working_time(begins, middle, WITNESS, CALENDAR) + working_time(middle, end, WITNESS, CALENDAR)
    assert timedelta() <= whole <= end - begins
