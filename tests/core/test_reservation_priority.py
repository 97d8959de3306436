"""Who has priority, and what a window becomes: used, late, not come, not served (R162, R163, R211)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from core.jobs.sweep import sweep
from core.rules.reservation import ReservationState
from core.usecases.book_reservation import cancel_reservation, rebook_reservation
from core.usecases.manage_reservations import close_slots
from core.usecases.reservations import note_served, note_sign_in, note_visit, priority_of
from core.usecases.wait_for_witness import leave_queue
from db import tables as t
from tests.builders import LI, Walk, case_at, sign_in
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, messages, on_duty, rules, stored, used

S = ReservationState


def ready(bench: Bench, slot: str = "09:00", day: date = TUESDAY) -> Walk:
    """A customer with a reservation for Tuesday morning."""
    walk = case_at(bench, "witness")
    on_duty(bench)
    walk.made = book(bench, walk, day, slot)  # type: ignore[attr-defined]
    return walk


def state(bench: Bench, walk: Walk) -> S:
    return stored(bench, walk.made).state  # type: ignore[attr-defined]


def asked(bench: Bench, walk: Walk) -> dict[str, object]:
    """The ticket's columns if the customer joined now."""
    with bench.work() as work:
        return priority_of(work, work.cases.get(walk.case_id))


def visit(bench: Bench, walk: Walk) -> None:
    note_visit(bench.desk, walk.actor, walk.case(bench))


def signed_in_at(bench: Bench, walk: Walk) -> datetime | None:
    return stored(bench, walk.made).signed_in_at  # type: ignore[attr-defined]


# -- presence
def test_signing_in_on_the_day_is_noted_and_not_before(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-02T23:50")
    bench.run_jobs()
    sign_in(bench, "f1", phone=walk.person.phone)
    visit(bench, walk)
    assert signed_in_at(bench, walk) is None
    at(bench, "2026-03-03T00:01")
    sign_in(bench, "f1", phone=walk.person.phone)
    first = signed_in_at(bench, walk)
    assert first is not None and first.day == 2  # 16:01 UTC of the day before
    at(bench, "2026-03-03T10:00")
    visit(bench, walk)
    assert signed_in_at(bench, walk) == first


def test_who_stays_signed_in_over_midnight_is_seen_when_the_case_is_opened(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T00:00")
    visit(bench, walk)
    assert signed_in_at(bench, walk) is not None


def test_booking_for_today_is_itself_presence(bench: Bench) -> None:
    walk = ready(bench, "13:00", date(2026, 3, 2))
    assert signed_in_at(bench, walk) is not None


def test_signing_in_elsewhere_notes_nothing(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T09:10")
    with bench.work() as work:
        note_sign_in(work, "phone:somebody")
        note_sign_in(work, "customer:existing")
    assert signed_in_at(bench, walk) is None


# -- priority
@pytest.mark.parametrize("moment", ["2026-03-03T08:30", "2026-03-03T09:00", "2026-03-03T11:59"])
def test_joining_on_time_brings_the_own_window(bench: Bench, moment: str) -> None:
    walk = ready(bench)
    at(bench, moment)
    made = stored(bench, walk.made)  # type: ignore[attr-defined]
    wanted = {"prio_from": made.begins_at, "prio_until": made.ends_at, "reservation_id": made.id}
    assert asked(bench, walk) == wanted
    walk.join(bench)
    with bench.work() as work:
        row = work.queue.row(t.Ticket, t.Ticket.id == walk.ticket)  # type: ignore[attr-defined]
    assert {name: getattr(row, name) for name in wanted} == wanted


def test_joining_on_another_day_brings_none(bench: Bench) -> None:
    walk = ready(bench)
    assert asked(bench, walk) == {}
    assert state(bench, walk) is S.BOOKED


@pytest.mark.parametrize(("moment", "left"), [("2026-03-03T12:00", {}), ("2026-03-03T15:00", {})])
def test_joining_after_the_window_is_late_and_a_new_booking_is_possible(
    bench: Bench, moment: str, left: dict[str, object]
) -> None:
    walk = ready(bench)
    at(bench, moment)
    assert asked(bench, walk) == left
    assert state(bench, walk) is S.LATE
    assert book(bench, walk, TUESDAY + timedelta(days=1)).state is S.BOOKED


def test_who_was_there_in_time_and_joins_too_late_is_not_served_first(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T10:00")
    visit(bench, walk)
    at(bench, "2026-03-03T12:00")
    assert asked(bench, walk) == {}
    sweep(bench.desk, "f1")
    assert state(bench, walk) is S.NO_SHOW


@pytest.mark.parametrize(
    ("seen", "kept"), [("2026-03-03T08:59", True), ("2026-03-03T09:00", False), ("2026-03-03T10:00", False)]
)
def test_with_the_stricter_rule_the_sign_in_must_come_before_the_window(bench: Bench, seen: str, kept: bool) -> None:
    walk = ready(bench)
    rules(bench, sign_in_deadline="start")
    at(bench, seen)
    visit(bench, walk)
    at(bench, "2026-03-03T10:30")
    assert bool(asked(bench, walk)) is kept
    assert state(bench, walk) is (S.BOOKED if kept else S.LATE)


def test_a_reservation_at_another_branch_gives_nothing_here(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T10:00")
    with bench.work() as work:
        case = work.cases.change(work.cases.get(walk.case_id), branch_id="b2")
        assert priority_of(work, case) == {}


def ticket_columns(bench: Bench, walk: Walk) -> tuple[object, object, object]:
    with bench.work() as work:
        row = work.queue.row(t.Ticket, t.Ticket.id == walk.ticket)  # type: ignore[attr-defined]
    return row.prio_from, row.prio_until, row.reservation_id


def test_who_waits_already_gets_the_window_with_the_booking_and_loses_it_with_the_cancellation(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    at(bench, "2026-03-03T08:50")
    walk.join(bench)
    assert ticket_columns(bench, walk) == (None, None, None)
    made = book(bench, walk)
    assert ticket_columns(bench, walk) == (made.begins_at, made.ends_at, made.id)
    new = rebook_reservation(bench.desk, walk.actor, walk.case_id, TUESDAY, "13:00")
    assert ticket_columns(bench, walk) == (new.begins_at, new.ends_at, new.id)
    rebook_reservation(bench.desk, walk.actor, walk.case_id, TUESDAY + timedelta(days=1), "13:00")
    assert ticket_columns(bench, walk) == (None, None, None)
    rebook_reservation(bench.desk, walk.actor, walk.case_id, TUESDAY, "13:00")
    cancel_reservation(bench.desk, walk.actor, walk.case_id)
    assert ticket_columns(bench, walk) == (None, None, None)


def test_a_closed_window_gives_no_priority_to_who_waits(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T08:50")
    walk.join(bench)
    assert None not in ticket_columns(bench, walk)
    assert close_slots(bench.desk, bench.staff("supervisor"), "b1", TUESDAY, ["09:00"], "系统维护") == 1
    assert ticket_columns(bench, walk) == (None, None, None)


# -- a call
def test_a_call_in_the_window_uses_the_reservation(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T09:05")
    walk.join(bench)
    assert state(bench, walk) is S.BOOKED
    walk.claim(bench)
    assert state(bench, walk) is S.USED
    at(bench, "2026-03-03T12:30")
    assert sweep(bench.desk, "f1") == 2  # the silent call and its silent witness
    assert state(bench, walk) is S.USED


def test_a_call_before_the_window_leaves_it_and_passing_frees_the_place(bench: Bench) -> None:
    walk = ready(bench)
    walk.call(bench)
    assert (state(bench, walk), used(bench)) == (S.BOOKED, 1)
    walk.go_on(bench, "in_call")
    assert (state(bench, walk), used(bench)) == (S.CANCELLED, 0)
    assert messages(bench)[-1][0] != "reservation_cancelled"


def test_a_call_that_ran_into_the_window_used_it(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T08:59")
    walk.call(bench)
    assert state(bench, walk) is S.BOOKED
    bench.pass_time(minutes=2)
    walk.go_on(bench, "in_call")
    assert (state(bench, walk), used(bench)) == (S.USED, 1)


def test_a_call_that_outlasts_the_whole_window_used_it(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T08:59")
    walk.join(bench)
    ticket = walk.claim(bench)
    at(bench, "2026-03-03T12:01")
    with bench.work() as work:
        assert work.queue.renew(ticket.id, "witness", ticket.fence)
    sweep(bench.desk, "f1")
    assert state(bench, walk) is S.USED
    assert messages(bench)[-1][0] != "reservation_missed"


def test_a_call_of_somebody_without_a_reservation_changes_none(bench: Bench) -> None:
    other, walk = case_at(bench, "witness", person=LI), ready(bench)
    at(bench, "2026-03-03T09:05")
    with bench.work() as work:
        note_served(work, work.cases.get(other.case_id))
    assert state(bench, walk) is S.BOOKED


# -- the end of the window
def ended(bench: Bench, walk: Walk) -> S:
    at(bench, "2026-03-03T11:59")
    sweep(bench.desk, "f1")
    assert state(bench, walk) is S.BOOKED
    at(bench, "2026-03-03T12:00")
    sweep(bench.desk, "f1")
    return state(bench, walk)


def test_who_never_came_is_a_no_show_and_counted(bench: Bench) -> None:
    walk = ready(bench)
    assert ended(bench, walk) is S.NO_SHOW
    assert used(bench) == 1
    with bench.work() as work:
        assert work.reservations.broken_promises(walk.owner) == 1
    assert [detail for tag, _, detail in bench.audit() if tag == "system:reservation:end"] == [{"no_show": 1}]


@pytest.mark.parametrize(
    ("comes", "becomes"), [("2026-03-03T16:00", S.LATE), ("2026-03-04T09:00", S.NO_SHOW)], ids=["same day", "next day"]
)
def test_who_comes_later_that_day_was_late_and_nobody_else(bench: Bench, comes: str, becomes: S) -> None:
    walk = ready(bench)
    ended(bench, walk)
    at(bench, comes)
    sign_in(bench, "f1", phone=walk.person.phone)
    assert state(bench, walk) is becomes


def test_who_signed_in_but_did_not_queue_is_a_no_show(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T10:00")
    visit(bench, walk)
    assert ended(bench, walk) is S.NO_SHOW
    sign_in(bench, "f1", phone=walk.person.phone)
    assert state(bench, walk) is S.NO_SHOW


def test_who_waited_and_was_not_served_was_let_down_by_the_firm(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T11:58")
    walk.join(bench)
    at(bench, "2026-03-03T12:00")
    sweep(bench.desk, "f1")
    assert state(bench, walk) is S.HOST_NO_SHOW
    assert messages(bench)[-1][0] == "reservation_missed"
    with bench.work() as work:
        assert work.reservations.broken_promises(walk.owner) == 0


def test_who_waited_only_before_the_window_did_not_keep_it(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-03-03T08:30")
    walk.join(bench)
    leave_queue(bench.desk, walk.actor, walk.case_id)
    assert ended(bench, walk) is S.NO_SHOW


def test_the_sweep_ends_each_reservation_once(bench: Bench) -> None:
    walk = ready(bench)
    ended(bench, walk)
    assert sweep(bench.desk, "f1") == 0
    assert bench.tags().count("system:reservation:end") == 1
