"""The timeline of a case, and its two clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.case import State
from core.case_trace import Group
from core.errors import NotFound
from core.rules.calendar import Calendar, build_calendar
from core.rules.service_hours import ServiceHours
from core.rules.two_clocks import Clocks, QueueTime, clocks_of, stays_of
from core.usecases.answer_step import answer_step
from core.usecases.complete_case import record_callback
from core.usecases.look_up_customer import open_customer
from core.usecases.park_case import add_case_note
from core.usecases.read_case import read_case
from core.usecases.review_case import reject_review
from core.usecases.trace_case import Trace, find_trace, trace_case
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

OFFICE = {
    "title": "视频",
    "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": [], "sun": []},
    "holidays": "closed", "makeup_workdays": "closed",
}  # fmt: skip
HOURS = ServiceHours.of({"channels": {"witness": OFFICE}, "exceptions": []}, "witness")
CALENDAR = Calendar(build_calendar(2026, 2026))


def china(day: int, hour: float, month: int = 3) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def trace(bench: Bench, walk: Walk, *, opened: bool = False, login: str = "compliance") -> Trace:
    return trace_case(bench.desk, bench.staff(login), walk.case_id, opened=opened)


def hours(**parts: float) -> Clocks:
    waited, worked, took = (timedelta(hours=parts.get(key, 0)) for key in ("waited", "worked", "took"))
    return Clocks(waited, worked, took)


@pytest.mark.parametrize(
    ("changes", "queue", "now", "expected"),
    [
        # Friday evening until Monday morning: one hour of service on Monday, one on Friday
        ([(State.FILLING, china(6, 14)), (State.SUBMITTED, china(6, 16))], [], china(9, 10), hours(waited=2, took=2)),
        # a weekend of the customer is the customer's, whole
        ([(State.FILLING, china(7, 10))], [], china(8, 10), hours(took=24)),
        # the review is part of the waiting and counted as work
        ([(State.FILLING, china(3, 9)), (State.SUBMITTED, china(3, 10)), (State.IN_REVIEW, china(3, 12)),
          (State.REJECTED, china(3, 13))], [], china(3, 15), hours(waited=3, worked=1, took=3)),
        # half an hour in the queue and half an hour in the call are not the customer's
        ([(State.FILLING, china(3, 9))], [QueueTime(china(3, 10), china(3, 10.5), china(3, 11))], china(3, 12),
         hours(waited=1, worked=0.5, took=2)),
        # who still waits, waits until now; who left, until then
        ([(State.FILLING, china(3, 9))],
         [QueueTime(china(3, 9.5), None, china(3, 10)), QueueTime(china(3, 11), None, None)],
         china(3, 12), hours(waited=1.5, took=1.5)),
        # nothing runs after the end
        ([(State.FILLING, china(3, 9)), (State.ABANDONED, china(3, 10))], [], china(3, 15), hours(took=1)),
        # the national holiday from 1 to 7 October: no service, no waiting
        ([(State.SUBMITTED, china(30, 16, 9))], [], china(8, 10, 10), hours(waited=2)),
    ],
)  # fmt: skip
def test_the_clocks_run_where_they_should(
    changes: list[tuple[State, datetime]], queue: list[QueueTime], now: datetime, expected: Clocks
) -> None:
    assert clocks_of(stays_of(changes, now), queue, HOURS, CALENDAR, now) == expected


def test_everything_stands_in_one_list_newest_first(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    bench.pass_time(minutes=1)
    record_callback(bench.desk, bench.staff("callback"), walk.case_id, "unreached", "关机")
    bench.pass_time(minutes=1)
    add_case_note(bench.desk, bench.staff("review"), walk.case_id, "请傍晚再拨")
    found = trace(bench, walk).entries
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert {each.group for each in found} == set(Group)
    words = [(each.words, each.who) for each in found]
    assert words[:2] == [("查阅：时间线", "郑洁"), ("备注", "赵强")]
    for expected in [
        ("开始办理 → 填写中", "客户"), ("提交 → 待复核", "客户"), ("领取复核 → 复核中", "赵强"),
        ("复核通过 → 待回访", "赵强"), ("视频结束", "王芳"), ("电话回访：未接通", "钱静"), ("短信：复核通过", "系统"),
    ]:  # fmt: skip
        assert expected in words, expected


def test_a_change_shows_old_and_new_value_masked_until_opened(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    facts = walk.facts(bench).values("profile")
    checked = answer_step(bench.desk, walk.actor, walk.case_id, "profile", {**facts, "employer": "样张新单位"})
    assert checked.ok, checked.errors
    [entry] = [each for each in trace(bench, walk).entries if each.changes]
    [change] = [each for each in entry.changes if each.title == "工作单位"]
    assert (entry.words, change.after) == ("保存资料：个人基本资料", "样***")
    [entry] = [each for each in trace(bench, walk, opened=True).entries if each.changes]
    [change] = [each for each in entry.changes if each.title == "工作单位"]
    assert change.after == "样张新单位"


def test_texts_are_hidden_until_opened_and_both_looks_are_on_record(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["D02"], "地址与证件不符。", "内部说明")
    closed = trace(bench, walk)
    assert "内部说明" not in repr(closed) and walk.person.name not in repr(closed)
    assert walk.person.phone not in repr(closed)
    open_one = trace(bench, walk, opened=True)
    assert any("内部备注：内部说明" in each.text for each in open_one.entries)
    purposes = [detail["purpose"] for tag, _, detail in bench.audit() if tag == "staff:personal:read"]
    assert purposes[-2:] == ["trace", "trace:values"]


def test_readings_of_the_case_are_part_of_it(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    read_case(bench.desk, bench.staff("review"), walk.case_id, "review")
    open_customer(bench.desk, bench.staff("service"), f"case:{walk.case_id}")
    read = [(each.words, each.who) for each in trace(bench, walk).entries if each.group is Group.READ]
    assert ("查阅：复核", "赵强") in read
    assert ("查阅：客户资料", "冯军") in read


def test_a_case_is_found_by_its_number_only(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    number = walk.case(bench).number
    assert find_trace(bench.desk, bench.staff("review"), f" {number} ") == walk.case_id
    for wrong in (number[:-1], "", "9" * 16):
        with pytest.raises(NotFound):
            find_trace(bench.desk, bench.staff("review"), wrong)


def test_the_clocks_of_a_walked_case_add_up(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    before = trace(bench, walk).clocks
    bench.pass_time(hours=2)
    after = trace(bench, walk).clocks
    assert after.took == before.took, "it is the firm's turn"
    assert after.waited - before.waited == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=1)), (
        "the sample firm never closes"
    )
