"""The wallboard: what is true now, by branch and together; `-` where nothing was offered; one reading for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Role
from core.errors import NotAllowed
from core.metrics import Targets, shown
from core.usecases.wallboard import Standing, look_at_wallboard
from db import tables as t
from tests.db.test_rollups import put, reservation, ticket
from tests.desk_bench import Bench


def test_an_empty_firm_is_quiet(bench: Bench) -> None:
    board = look_at_wallboard(bench.desk, bench.staff("analyst"))
    assert [one.name for one in board.branches] == ["总部营业部", "郑州营业部"]
    for one in (board.whole, *board.branches):
        assert (one.waiting, one.longest, one.service_level, one.abandon_rate) == (0, None, None, None)
    assert shown(board.whole.service_level, "%") == "-" == shown(board.whole.longest, "秒")
    assert board.alerts() == []


def test_what_is_now(bench: Bench) -> None:
    with bench.work() as work:
        work.queue.join("c1", "b1", "open_account")
    bench.pass_time(seconds=40)
    with bench.work() as work:
        work.queue.join("c2", "b1", "open_account")
        work.queue.join("c3", "b2", "open_account")
        work.queue.claim("witness")
    bench.pass_time(seconds=10)
    put(bench, t.StaffStatus, [
        {"firm_id": "f1", "id": f"d{n}", "staff_id": f"s{n}", "branch_id": "b1", "status": status, "reason": "",
         "began_at": bench.now, "seen_at": bench.now - silent, "ended_at": None}
        for n, (status, silent) in enumerate(
            [("online", timedelta()), ("online", timedelta()), ("break", timedelta()), ("online", timedelta(hours=1))])
    ])  # fmt: skip
    board = look_at_wallboard(bench.desk, bench.staff("supervisor"))
    head, other = board.branches
    assert (head.waiting, head.longest, head.running, other.waiting) == (1, 10, 1, 1)
    assert (board.whole.waiting, board.whole.longest, board.whole.running) == (2, 10, 1)
    assert dict(head.duty) == {"online": 2, "busy": 0, "wrap_up": 0, "break": 1}
    assert (head.today["offered"], head.today["answered"], head.service_level) == (2, 1, 1.0)
    assert board.of("b2") is other and board.of("") is board.whole is board.of("gone")
    assert board.alerts() == [("郑州营业部", "有客户排队，没有见证人员在岗")]


def test_a_silent_customer_is_not_waiting(bench: Bench) -> None:
    with bench.work() as work:
        work.queue.join("c1", "b1", "open_account")
    bench.pass_time(minutes=5)
    board = look_at_wallboard(bench.desk, bench.staff("analyst"))
    assert (board.whole.waiting, board.whole.longest) == (0, None)


def test_yesterday_does_not_count(bench: Bench) -> None:
    put(bench, t.Ticket, [ticket(1, bench.now - timedelta(days=1), wait=10, talk=60),
                          ticket(2, bench.now - timedelta(minutes=10), wait=100, talk=60)])  # fmt: skip
    one = look_at_wallboard(bench.desk, bench.staff("analyst")).whole
    assert (one.today["offered"], one.service_level) == (1, 0.0)


def test_reservations_of_today(bench: Bench) -> None:
    day = (bench.now + timedelta(hours=8)).date().isoformat()
    states = [("used", 1), ("late", 1), ("no_show", 0), ("cancelled", 0), ("booked", 0), ("booked", 1)]
    states.append(("host_no_show", 1))
    put(bench, t.Reservation, [
        reservation(number, state, day=day, signed_in_at=bench.now if came else None)
        for number, (state, came) in enumerate(states)
    ] + [reservation(99, "booked", day="2026-01-01")])  # fmt: skip
    board = look_at_wallboard(bench.desk, bench.staff("analyst"))
    found = {key: board.whole.reserved[key] for key in ("due", "checked_in", "late", "no_show", "cancelled")}
    assert found == {"due": 6, "checked_in": 3, "late": 1, "no_show": 1, "cancelled": 1}
    assert board.alerts() == [("总部营业部", "1 位预约客户到了没有接通")]


def test_everybody_shares_one_reading(bench: Bench) -> None:
    first = look_at_wallboard(bench.desk, bench.staff("analyst"))
    bench.pass_time(seconds=3)
    assert look_at_wallboard(bench.desk, bench.staff("witness")) is first
    assert look_at_wallboard(bench.desk, bench.staff("analyst", firm="f2")) is not first
    bench.pass_time(seconds=2)
    assert look_at_wallboard(bench.desk, bench.staff("witness")) is not first


@pytest.mark.parametrize("role", [Role.REVIEW, Role.CALLBACK, Role.SERVICE, Role.ADMIN, Role.COMPLIANCE])
def test_a_shared_reading_is_not_for_everybody(bench: Bench, role: Role) -> None:
    look_at_wallboard(bench.desk, bench.staff("analyst"))
    with pytest.raises(NotAllowed):
        look_at_wallboard(bench.desk, bench.staff("review", role))


def test_firms_are_apart(bench: Bench) -> None:
    with bench.work("f2") as work:
        work.queue.join("c1", "b1", "open_account")
    assert look_at_wallboard(bench.desk, bench.staff("analyst")).whole.waiting == 0
    assert look_at_wallboard(bench.desk, bench.staff("analyst", firm="f2")).whole.waiting == 1


Make = Callable[..., Standing]


def standing(**values: Any) -> Standing:
    plain: dict[str, Any] = {"branch_id": "b1", "name": "总部营业部", "waiting": 0, "longest": None, "running": 0,
                             "duty": {}, "today": {}, "reserved": {}, "targets": Targets()}  # fmt: skip
    return Standing(**plain | values)


LOW = {"offered": 20, "answered": 18, "in_target": 10, "abandoned": 2, "short_abandoned": 0}


@pytest.mark.parametrize(("values", "alerts"), [
    ({}, []),
    ({"waiting": 1, "longest": 20}, ["没有见证人员在岗"]),
    ({"waiting": 1, "longest": 20, "duty": {"break": 3}}, ["没有见证人员在岗"]),
    ({"waiting": 1, "longest": 20, "running": 1}, []),
    ({"waiting": 1, "longest": 400, "duty": {"busy": 1}}, ["最长等待超过 5 分"]),
    ({"waiting": 1, "longest": 400, "duty": {"online": 1}}, ["最长等待超过 5 分", "仍有客户等待超过 5 分钟"]),
    ({"today": LOW}, ["服务水平低于 80%"]),
    ({"today": {**LOW, "offered": 5}}, []),
])  # fmt: skip
def test_alerts(values: dict[str, Any], alerts: list[str]) -> None:
    found = standing(**values).alerts()
    assert len(found) == len(alerts)
    assert all(part in words for part, words in zip(alerts, found, strict=True))
