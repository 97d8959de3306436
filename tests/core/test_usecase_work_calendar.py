"""The firm's calendar: import, single days, warnings, and reservations that a change leaves stranded (R160, R207)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.actor import Role
from core.errors import NotAllowed, WrongState
from core.rules.calendar import CalendarDay
from core.rules.calendar_table import read_table
from core.rules.reservation import ReservationState
from core.usecases.work_calendar import (
    calendar_file,
    cancel_stranded,
    days_between,
    preview_days,
    save_days,
    stranded_reservations,
    unknown_from,
)
from tests.builders import LI, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, messages, on_duty, rules, stored, used

S = ReservationState
WEDNESDAY = TUESDAY + timedelta(days=1)
CLOSED = CalendarDay(TUESDAY, workday=False, trading=False, name="临时")


def test_the_days_of_a_month(bench: Bench) -> None:
    days = days_between(bench.desk, bench.staff("admin"), date(2026, 2, 1), date(2026, 2, 28))
    assert len(days) == 28
    assert (days[13].workday, days[13].trading, days[13].provisional) == (True, False, False)


def test_the_file_of_a_year_can_be_imported_again(bench: Bench) -> None:
    admin = bench.staff("admin")
    table = read_table(calendar_file(bench.desk, admin, 2027))
    assert len(table.days) == 365 and not table.mistakes
    changes = preview_days(bench.desk, admin, table.days)
    assert len(changes) == 365 and all(pair.before.provisional for pair in changes)
    assert save_days(bench.desk, admin, table.days) == 365
    assert preview_days(bench.desk, admin, table.days) == ()
    assert save_days(bench.desk, admin, table.days) == 0
    tag, _, detail = bench.audit()[-1]
    assert (tag, detail) == ("staff:calendar:change", {"days": 365, "first": "2027-01-01", "last": "2027-12-31"})


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-16T10:00", None),
        ("2026-11-17T10:00", date(2027, 1, 1)),
        ("2026-12-02T10:00", date(2027, 1, 1)),
        ("2027-01-05T10:00", date(2027, 1, 5)),
    ],
)
def test_an_unknown_arrangement_is_warned_of_in_time(bench: Bench, now: str, first: date | None) -> None:
    assert bench.desk
    at(bench, now)
    assert unknown_from(bench.desk, bench.staff("supervisor")) == first


def test_the_warning_ends_with_the_import(bench: Bench) -> None:
    assert bench.desk
    at(bench, "2026-12-02T10:00")
    admin = bench.staff("admin")
    save_days(bench.desk, admin, read_table(calendar_file(bench.desk, admin, 2027)).days)
    assert unknown_from(bench.desk, admin) is None


@pytest.mark.parametrize(
    "wrong",
    [
        CalendarDay(TUESDAY, workday=False, trading=True),
        CalendarDay(date(2026, 3, 7), workday=True, trading=True),
        CalendarDay(TUESDAY, workday=True, trading=True, name="长" * 41),
    ],
)
def test_impossible_days_are_refused(bench: Bench, wrong: CalendarDay) -> None:
    with pytest.raises(WrongState):
        save_days(bench.desk, bench.staff("admin"), [wrong])
    with pytest.raises(WrongState):
        save_days(bench.desk, bench.staff("admin"), [])


def test_a_holiday_added_after_booking_strands_and_cancels_on_confirmation(bench: Bench) -> None:
    walk, other = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    on_duty(bench)
    made, kept = book(bench, walk), book(bench, other, WEDNESDAY)
    supervisor = bench.staff("supervisor")
    assert stranded_reservations(bench.desk, supervisor) == []
    assert save_days(bench.desk, supervisor, [CLOSED]) == 1
    [found] = stranded_reservations(bench.desk, supervisor)
    assert (found.booked.reservation.id, found.booked.customer, found.branch) == (made.id, "张*", "总部营业部")
    assert found.reason == "临时放假"
    assert stored(bench, made).state is S.BOOKED
    assert cancel_stranded(bench.desk, supervisor, [made.id, kept.id]) == 1
    assert (stored(bench, made).state, stored(bench, kept).state) == (S.CANCELLED, S.BOOKED)
    assert "因临时放假" in messages(bench)[-1][1]
    assert (used(bench), cancel_stranded(bench.desk, supervisor, [made.id])) == (0, 0)


def test_a_reservation_on_a_day_without_service_is_stranded_too(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    book(bench, walk)
    closed = {"channel": "witness", "day": TUESDAY.isoformat(), "intervals": []}
    rules(bench, "service_hours", exceptions=[closed])
    [found] = stranded_reservations(bench.desk, bench.staff("supervisor"))
    assert found.reason == "当天不提供视频服务"


def test_an_added_holiday_cannot_be_booked_once_a_minute_has_passed(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    save_days(bench.desk, bench.staff("admin"), [CLOSED])
    bench.pass_time(minutes=2)
    with pytest.raises(WrongState, match="临时放假"):
        book(bench, walk)


def test_only_supervisors_and_admins_change_the_calendar(bench: Bench) -> None:
    acts = (
        lambda desk, actor: days_between(desk, actor, TUESDAY, WEDNESDAY),
        lambda desk, actor: calendar_file(desk, actor, 2027),
        lambda desk, actor: preview_days(desk, actor, [CLOSED]),
        lambda desk, actor: save_days(desk, actor, [CLOSED]),
        stranded_reservations,
        lambda desk, actor: cancel_stranded(desk, actor, []),
    )
    for role in Role:
        actor = bench.staff("admin", role)
        for act in acts:
            if role in {Role.SUPERVISOR, Role.ADMIN}:
                act(bench.desk, actor)
                continue
            with pytest.raises(NotAllowed):
                act(bench.desk, actor)
