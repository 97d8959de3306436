"""The customer's side of the queue: one place, the own position, heartbeat, leaving (R146-R150)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Actor
from core.case import State
from core.errors import NotAllowed, NotFound, WrongState
from core.jobs.sweep import sweep
from core.queueing import ALIVE
from core.records import QueuePlace
from core.rules.service_hours import WEEKDAYS
from core.usecases.abandon_case import abandon_case
from core.usecases.wait_for_witness import call_partner, join_queue, leave_queue, look_at_queue
from tests.builders import LI, Person, Walk, case_at
from tests.desk_bench import STAFF, Bench, defaults, id_number, member
from tests.samples import sample_card

WANG = Person("王五", "11150813003", id_number(7), sample_card(3))


def place(bench: Bench, walk: Walk) -> QueuePlace | None:
    return look_at_queue(bench.desk, walk.actor, walk.case_id)


def position(bench: Bench, walk: Walk) -> tuple[int, int]:
    """(own position, people in the branch's queue)"""
    found = place(bench, walk)
    assert found is not None
    return found.position, found.people


def test_joining_gives_a_place_at_the_end_of_the_branch_queue(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    assert first.join(bench).state == "waiting"
    bench.pass_time(seconds=1)
    second.join(bench)
    assert [position(bench, walk) for walk in (first, second)] == [(1, 2), (2, 2)]


def test_joining_again_keeps_the_place(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    ticket = first.join(bench)
    second.join(bench)
    bench.pass_time(seconds=30)
    assert first.join(bench) == ticket
    assert position(bench, first) == (1, 2)
    assert bench.tags().count("customer:queue:join") == 2


def test_each_branch_and_each_firm_has_a_queue_of_its_own(bench: Bench) -> None:
    here, there = case_at(bench, "witness"), case_at(bench, "witness", person=LI, firm="f2")
    elsewhere = case_at(bench, "witness", person=WANG, branch="b2")
    for walk in (here, there, elsewhere):
        walk.join(bench)
        assert position(bench, walk) == (1, 1)


def test_a_reloaded_page_finds_its_place_and_the_call(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    found = place(bench, walk)
    assert found is not None and (found.ticket.id, found.ticket.state) == (walk.ticket, "in_call")
    assert join_queue(bench.desk, walk.actor, walk.case_id).id == walk.ticket


def test_the_customer_sees_who_serves(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    assert call_partner(bench.desk, walk.actor, walk.case_id) == (STAFF["witness"][0], member("witness").licence)


def test_nobody_serves_before_the_call(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    assert call_partner(bench.desk, walk.actor, walk.case_id) == ("", "")
    walk.join(bench)
    assert call_partner(bench.desk, walk.actor, walk.case_id) == ("", "")


# -- heartbeat and leaving
def test_a_silent_customer_loses_the_place_and_may_join_again(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    ticket = walk.join(bench)
    bench.pass_time(ALIVE + timedelta(seconds=1))
    assert sweep(bench.desk, "f1") == 1
    assert place(bench, walk) is None
    assert walk.join(bench).id != ticket.id


def test_a_customer_who_looks_stays_in_the_queue(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    walk.join(bench)
    for _ in range(5):
        bench.pass_time(ALIVE - timedelta(seconds=1))
        assert position(bench, walk) == (1, 1)
        assert sweep(bench.desk, "f1") == 0


def test_a_silent_customer_is_not_counted_in_the_queue(bench: Bench) -> None:
    gone, here = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    gone.join(bench)
    bench.pass_time(ALIVE + timedelta(seconds=1))
    here.join(bench)
    assert position(bench, here) == (1, 1)


def test_leaving_gives_the_place_back_once(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    walk.join(bench)
    for _ in range(2):
        leave_queue(bench.desk, walk.actor, walk.case_id)
        assert place(bench, walk) is None
    assert bench.tags().count("customer:queue:leave") == 1


def test_a_running_call_is_not_left_by_the_queue_button(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    leave_queue(bench.desk, walk.actor, walk.case_id)
    found = place(bench, walk)
    assert found is not None and found.ticket.state == "in_call"


def test_giving_up_the_case_gives_the_place_back(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    walk.join(bench)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert place(bench, walk) is None
    assert walk.case(bench).state is State.ABANDONED


# -- when nobody may join
def test_without_a_camera_the_customer_is_told_what_is_missing(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    assert walk.answer(bench, "device", {"later": True}) == {}
    assert walk.step(bench) == "witness"
    with pytest.raises(WrongState, match="设备检测"):
        walk.join(bench)


@pytest.mark.parametrize("place_", ["agreements", "certificate", "submitted", "in_review", "active"])
def test_the_queue_is_open_only_at_the_video_step(bench: Bench, place_: str) -> None:
    walk = case_at(bench, place_)
    with pytest.raises(WrongState):
        walk.join(bench)


def test_outside_service_hours_the_hours_are_named(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    hours = defaults()["service_hours"]
    weekly = {day: [] if day == "mon" else [["09:00", "17:00"]] for day in WEEKDAYS}
    witness = {**hours["channels"]["witness"], "weekly": weekly}
    body = {**hours, "channels": {**hours["channels"], "witness": witness}}
    with bench.work() as work:
        work.firms.add_data("service_hours", 2, body, work.now, "staff:admin")
    for milestone in ("profile", "bank", "suitability", "exchanges", "agreements"):
        walk.go_on(bench, milestone)
    with pytest.raises(WrongState, match=r"周二至周日 09:00-17:00"):
        walk.join(bench)
    bench.pass_time(days=1)
    assert walk.join(bench).state == "waiting"


def test_only_the_owner_joins_looks_and_leaves(bench: Bench) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "device", person=LI)
    intruders = [(other.actor, NotAllowed), (bench.staff("witness"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        for act in (join_queue, look_at_queue, leave_queue, call_partner):
            with pytest.raises(error):
                act(bench.desk, actor, walk.case_id)
