"""A case that its customer left lying: warned once, ended when nothing happens, begun anew by any change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import State
from core.defaults import load_kind
from core.jobs.expire_cases import warn_silent_cases
from core.records import Reservation
from core.rules.calendar import local_day
from core.rules.reservation import ReservationState
from core.usecases.own_cases import own_cases
from core.usecases.start_case import start_case
from core.usecases.supplements import start_supplements
from tests.builders import ZHANG, Walk, case_at
from tests.core.test_supplements import begun, demand
from tests.desk_bench import Bench


def told(bench: Bench, words: str) -> int:
    bench.run_jobs()
    return sum(words in text for _, text in bench.sms.sent)


def note(bench: Bench, walk: Walk) -> str:
    return next(row.note for row in own_cases(bench.desk, walk.actor) if row.case.id == walk.case_id)


def warned(bench: Bench, place: str = "photos") -> Walk:
    """A case at this step whose customer was told that it ends in five days."""
    walk = case_at(bench, place)
    bench.pass_time(days=25)
    assert warn_silent_cases(bench.desk, "f1") == 1
    return walk


def test_nothing_happens_before_its_time(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    bench.pass_time(timedelta(days=25) - timedelta(minutes=5))
    assert warn_silent_cases(bench.desk, "f1") == 0
    assert note(bench, walk) == ""


def test_the_customer_is_told_once_with_the_day(bench: Bench) -> None:
    walk = warned(bench)
    assert [warn_silent_cases(bench.desk, "f1") for _ in range(2)] == [0, 0]
    day = local_day(bench.now + timedelta(days=5))
    assert told(bench, f"将在 {day} 失效") == 1
    assert note(bench, walk) == f"将于 {day} 失效，请继续办理。"
    assert bench.tags().count("system:case:warn") == 1


def test_a_silent_case_ends_and_another_may_begin(bench: Bench) -> None:
    walk = warned(bench)
    bench.pass_time(timedelta(days=5) - timedelta(minutes=1))
    bench.run_jobs()
    assert walk.case(bench).state is State.FILLING
    bench.pass_time(minutes=2)
    assert told(bench, "已失效") == 1
    case = walk.case(bench)
    assert (case.state, case.open) == (State.EXPIRED, False) and case.closed_at is not None
    assert "system:case:expire" in bench.tags() and note(bench, walk) == ""
    assert start_case(bench.desk, walk.actor, "open_account", "b1", ZHANG.phone).id != walk.case_id


def test_a_worker_that_stood_still_takes_nobody_the_days_of_the_notice(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    bench.pass_time(days=60)
    assert warn_silent_cases(bench.desk, "f1") == 1
    bench.pass_time(days=4)
    bench.run_jobs()
    assert walk.case(bench).state is State.FILLING
    bench.pass_time(days=2)
    bench.run_jobs()
    assert walk.case(bench).state is State.EXPIRED


def test_any_change_begins_the_time_anew_with_a_notice_of_its_own(bench: Bench) -> None:
    walk = warned(bench)
    walk.do_photos(bench)
    bench.pass_time(days=6)
    bench.run_jobs()
    assert walk.case(bench).state is State.FILLING and note(bench, walk) == ""
    bench.pass_time(days=20)
    assert warn_silent_cases(bench.desk, "f1") == 1
    assert told(bench, "还没有完成") == 2


@pytest.mark.parametrize("place", ["submitted", "in_review", "callback"])
def test_a_case_with_the_firm_never_ends_by_itself(bench: Bench, place: str) -> None:
    case_at(bench, place)
    bench.pass_time(days=90)
    assert warn_silent_cases(bench.desk, "f1") == 0


def test_who_waits_in_the_queue_is_left_alone(bench: Bench) -> None:
    walk = warned(bench, "witness")
    bench.pass_time(days=5)
    walk.join(bench)
    before = walk.case(bench)
    bench.run_jobs()
    assert walk.case(bench).state is State.FILLING and walk.case(bench).version == before.version + 1
    bench.pass_time(days=24)
    assert warn_silent_cases(bench.desk, "f1") == 0


def test_who_has_booked_is_neither_told_nor_ended(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    bench.pass_time(days=25)
    day = local_day(bench.now + timedelta(days=9))
    booked = Reservation(
        "r1", walk.case_id, walk.owner, "b1", day, "09:00", bench.now + timedelta(days=9),
        bench.now + timedelta(days=9, hours=3), ReservationState.BOOKED, None, bench.now, None, "",
    )  # fmt: skip
    with bench.work() as work:
        work.reservations.add_booking(booked)
    assert warn_silent_cases(bench.desk, "f1") == 0


def test_the_firm_decides_how_long(bench: Bench) -> None:
    case_at(bench, "photos")
    body = load_kind("business_rules")
    body["expiry"] = {"days": 10, "notice_days": 2}
    with bench.work() as work:
        work.firms.add_data("business_rules", 2, body, work.now, "staff:admin")
    bench.pass_time(days=8)
    assert warn_silent_cases(bench.desk, "f2") == 0
    assert warn_silent_cases(bench.desk, "f1") == 1


def test_a_supplement_becomes_overdue_instead(bench: Bench) -> None:
    opened = case_at(bench, "active", chosen=("DCE",))
    start_supplements(bench.desk, bench.staff("admin"), demand(bench))
    walk = begun(bench, opened)
    due = local_day(bench.now) + timedelta(days=30)
    assert note(bench, walk) == f"监管要求更新风险揭示内容。请在 {due}（含）前签署。"
    bench.pass_time(days=60)
    assert warn_silent_cases(bench.desk, "f1") == 0
    assert f"已过截止日期 {due}" in note(bench, walk)
