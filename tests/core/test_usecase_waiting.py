"""What a waiting customer is told: expected time, nobody on duty, closing time, messages, a stuck connection."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Actor
from core.errors import WrongState
from core.jobs.sweep import sweep
from core.queueing import ALIVE
from core.records import QueuePlace
from core.rules.service_hours import WEEKDAYS
from core.usecases.desk_messages import send_message
from core.usecases.wait_for_witness import leave_queue, look_at_queue, lost_place
from tests.builders import LI, case_at
from tests.desk_bench import Bench, defaults
from tests.queue_line import customer, line, online, state, stay, swept, take, ticket


def owner(number: int) -> Actor:
    return Actor("f1", f"phone:{number:032x}")


def place(bench: Bench, number: int) -> QueuePlace:
    """What the page of this customer shows."""
    found = look_at_queue(bench.desk, owner(number), f"f1{number:030x}")
    assert found is not None
    return found


def set_hours(bench: Bench, *intervals: list[str]) -> None:
    """The video hours of every day from now on."""
    body = defaults()["service_hours"]
    witness = {**body["channels"]["witness"], "weekly": {key: list(intervals) for key in WEEKDAYS}}
    channels = {**body["channels"], "witness": witness}
    with bench.work() as work:
        version = work.firms.current_versions()["service_hours"] + 1
        work.firms.add_data("service_hours", version, {**body, "channels": channels}, work.now, "staff:admin")


def history(bench: Bench, calls: int, minutes: float) -> None:
    """So many calls of this length, each by the witness of the branch."""
    for number in range(100, 100 + calls):
        customer(bench, number)
        call = take(bench, "witness")
        assert call is not None
        bench.pass_time(minutes=minutes)
        with bench.work() as work:
            assert work.queue.finish(call.id, "witness", call.fence, "passed")


# -- expected time
def test_nobody_on_duty_is_said_without_a_number(bench: Bench) -> None:
    line(bench, 2)
    with bench.work() as work:
        work.duty.change("witness", "b1", "break", "meal")
        work.duty.change("witness_b2", "b2", "online")
    seen = place(bench, 1)
    assert (seen.position, seen.people, seen.staff_on_duty, seen.minutes) == (1, 2, 0, None)


@pytest.mark.parametrize(("status", "counts"), [("online", 1), ("busy", 1), ("wrap_up", 1), ("break", 0)])
def test_who_counts_as_on_duty(bench: Bench, status: str, counts: int) -> None:
    line(bench, 1)
    with bench.work() as work:
        work.duty.change("witness", "b1", status)
    assert place(bench, 1).staff_on_duty == counts


def test_the_firm_default_counts_until_there_were_calls(bench: Bench) -> None:
    line(bench, 4)
    with bench.work() as work:
        for login in ("witness", "witness2"):
            work.duty.change(login, "b1", "busy")
    assert [place(bench, number).minutes for number in (1, 2, 4)] == [(2, 3), (4, 6), (7, 12)]


def test_the_branch_s_own_calls_count(bench: Bench) -> None:
    history(bench, 5, 2)
    line(bench, 3)
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    assert place(bench, 3).minutes == (4, 7)
    bench.pass_time(days=31)
    line_again = customer(bench, 50)
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    assert place(bench, 50).minutes == (4, 6)
    assert state(bench, line_again) == ("waiting", None)


def test_the_promise_is_kept_with_the_ticket(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    assert first.join(bench).promised_s is None
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    assert second.join(bench).promised_s == 600
    bench.pass_time(minutes=1)
    assert second.join(bench).promised_s == 600


# -- being called
def test_while_a_member_of_staff_is_rung_at_the_page_says_so(bench: Bench) -> None:
    first, second = line(bench, 2)
    online(bench, "witness")
    assert place(bench, 1).ticket.state == "offered"
    seen = place(bench, 2)
    assert (seen.position, seen.people) == (2, 2)
    stay(bench, [first, second], seconds=89)
    place(bench, 1)
    assert swept(bench)
    assert {state(bench, each)[0] for each in (first, second)} <= {"waiting", "offered"}


def test_leaving_while_somebody_is_rung_at_ends_the_ringing(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    leave_queue(bench.desk, owner(1), f"f1{1:030x}")
    found = ticket(bench, only)
    assert (found.state, found.reason, found.staff_id) == ("abandoned", "left", None)
    line_two = customer(bench, 2)
    assert swept(bench) == 1
    assert state(bench, line_two) == ("offered", "witness")


# -- messages and a stuck connection
def test_messages_of_the_branch_stand_on_the_page(bench: Bench) -> None:
    line(bench, 1)
    customer(bench, 2, "b2")
    send_message(bench.desk, bench.staff("supervisor"), "b1", "系统维护，请稍候", timedelta(minutes=10))
    assert [m.text for m in place(bench, 1).messages] == ["系统维护，请稍候"]
    assert place(bench, 2).messages == ()


def test_alone_for_five_minutes_while_somebody_is_free_the_network_is_named(bench: Bench) -> None:
    (only,) = line(bench, 1)
    with bench.work() as work:
        work.duty.change("witness", "b1", "online")
    for seconds, wanted in ((80, False), (80, False), (80, False), (80, True)):
        stay(bench, [only], seconds=seconds)
        with bench.work() as work:
            work.duty.seen("witness")
        assert place(bench, 1).alone_too_long is wanted
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    assert not place(bench, 1).alone_too_long
    with bench.work() as work:
        work.duty.change("witness", "b1", "online")
    customer(bench, 2)
    assert not place(bench, 1).alone_too_long


# -- the end of service
def test_who_waits_at_closing_time_is_told_and_loses_the_place(bench: Bench) -> None:
    set_hours(bench, ["09:00", "10:15"])
    first, second = line(bench, 2)
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    stay(bench, [first, second], seconds=60)
    assert [place(bench, n).closing is not None for n in (1, 2)] == [False, False]
    for minutes in range(5):
        stay(bench, [first, second], minutes=1)
        assert swept(bench) <= 1, minutes
    assert place(bench, 2).closing is not None
    online(bench, "witness2")
    for _ in range(18):
        stay(bench, [first, second], seconds=30)
        sweep(bench.desk, "f1")
    assert [(ticket(bench, t).state, ticket(bench, t).reason) for t in (first, second)] == [("abandoned", "closed")] * 2
    lost = lost_place(bench.desk, owner(1), f"f1{1:030x}")
    assert lost is not None and lost.reason == "closed"
    assert bench.sms.sent == []


def test_a_lunch_break_and_midnight_end_nothing(bench: Bench) -> None:
    for hours in ((["09:00", "10:05"], ["13:00", "17:00"]), (["00:00", "24:00"],)):
        set_hours(bench, *hours)
        number = 10 + len(hours)
        only = customer(bench, number)
        for _ in range(10):
            stay(bench, [only], minutes=1)
            swept(bench)
        assert (state(bench, only)[0], place(bench, number).closing) == ("waiting", None)


def test_an_offer_at_closing_time_still_becomes_a_call(bench: Bench) -> None:
    set_hours(bench, ["09:00", "10:01"])
    (only,) = line(bench, 1)
    stay(bench, [only], seconds=50)
    online(bench, "witness")
    stay(bench, [only], seconds=15)
    swept(bench)
    call = take(bench, "witness")
    assert call is not None and call.id == only


def test_a_silent_customer_ended_when_last_seen_and_is_told(bench: Bench) -> None:
    (only,) = line(bench, 1)
    seen_at = ticket(bench, only).seen_at
    bench.pass_time(ALIVE + timedelta(seconds=1))
    swept(bench)
    found = ticket(bench, only)
    assert (found.state, found.reason, found.ended_at) == ("abandoned", "vanished", seen_at)
    assert lost_place(bench.desk, owner(1), f"f1{1:030x}") == found
    bench.pass_time(hours=12)
    assert lost_place(bench.desk, owner(1), f"f1{1:030x}") is None


def test_who_left_is_told_nothing(bench: Bench) -> None:
    line(bench, 1)
    leave_queue(bench.desk, owner(1), f"f1{1:030x}")
    assert lost_place(bench.desk, owner(1), f"f1{1:030x}") is None


def test_the_hours_of_today_count_for_a_case_that_began_under_others(bench: Bench) -> None:
    """Neither joining nor waiting follows the hours that the case pinned."""
    walk = case_at(bench, "witness")
    set_hours(bench, ["13:00", "17:00"])
    with pytest.raises(WrongState, match="13:00-17:00"):
        walk.join(bench)
    set_hours(bench, ["09:00", "24:00"])
    bench.pass_time(seconds=61)
    assert walk.join(bench).state == "waiting"
    set_hours(bench, ["09:00", "10:10"])
    bench.pass_time(seconds=65)
    shown = look_at_queue(bench.desk, walk.actor, walk.case_id)
    assert shown is not None and shown.closing is not None
