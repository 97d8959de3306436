"""The customer books, changes and cancels a period for the video step (R150, R159-R164, R212)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import limits
from core.actor import Actor
from core.errors import NotAllowed, NotFound, TooMany, WrongState
from core.jobs.sweep import sweep
from core.rules.reservation import ReservationState
from core.usecases.abandon_case import abandon_case
from core.usecases.book_reservation import (
    Board,
    book_reservation,
    cancel_reservation,
    own_reservation,
    rebook_reservation,
    reservation_board,
)
from core.usecases.serve_customer import reject_witness
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, messages, on_duty, rules, stored, used

WEDNESDAY = TUESDAY + timedelta(days=1)
S = ReservationState


def board(bench: Bench, walk: Walk) -> Board:
    return reservation_board(bench.desk, walk.actor, walk.case(bench))


def ready(bench: Bench, *staff: str) -> Walk:
    """A customer at the video step, with somebody on duty."""
    walk = case_at(bench, "witness")
    on_duty(bench, *staff)
    return walk


def narrow(bench: Bench) -> tuple[Walk, Walk]:
    """Two customers, and one place in each slot: 180 or 270 minutes, 60 %, 108 minutes each."""
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    on_duty(bench)
    rules(bench, handling_minutes=108)
    return first, second


# -- what is offered
def test_thirty_one_days_are_shown_with_their_places(bench: Bench) -> None:
    shown = board(bench, ready(bench))
    assert (len(shown.days), shown.refusal, shown.mine, shown.told) == (31, "", None, "")
    monday, tuesday, saturday = shown.days[0], shown.days[1], shown.days[5]
    assert [(slot.refusal, slot.left) for slot in monday.slots] == [("已开始，不能再预约", 7), ("", 10)]
    assert [slot.left for slot in tuesday.slots] == [7, 10]
    assert (tuesday.refusal, saturday.refusal) == ("", "休息日")
    assert shown.days[30].day == date(2026, 4, 1) and not shown.days[30].refusal


def test_without_anybody_on_duty_it_says_so(bench: Bench) -> None:
    shown = board(bench, case_at(bench, "witness"))
    assert "30 天内没有可以预约的时段" in shown.refusal
    assert "没有安排见证人员" in shown.days[1].refusal


def test_only_active_witnesses_count(bench: Bench) -> None:
    walk = ready(bench, "witness", "review", "witness2")
    assert board(bench, walk).days[1].slots[0].left == 14
    with bench.work() as work:
        work.people.change_staff("witness2", active=False)
    assert board(bench, walk).days[1].slots[0].left == 7


def test_a_firm_without_reservations_says_so(bench: Bench) -> None:
    walk = ready(bench)
    rules(bench, enabled=False)
    assert "暂不提供预约" in board(bench, walk).refusal
    with pytest.raises(WrongState):
        book(bench, walk)


# -- booking
def test_booking_takes_a_place_and_tells_by_sms(bench: Bench) -> None:
    walk = ready(bench)
    made = book(bench, walk)
    assert (made.state, made.day, made.slot, made.signed_in_at) == (S.BOOKED, TUESDAY, "09:00", None)
    assert (made.begins_at.hour, made.ends_at.hour) == (1, 4)
    assert used(bench) == 1
    assert "3月3日（周二）上午 09:00-12:00" in dict(messages(bench))["reservation_booked"]
    mine = own_reservation(bench.desk, walk.actor, walk.case_id)
    assert mine is not None and (mine.reservation, mine.running) == (stored(bench, made), False)
    assert board(bench, walk).days[1].slots[0].left == 6
    assert "customer:reservation:book" in bench.tags()


@pytest.mark.parametrize(
    ("day", "slot", "said"),
    [
        (date(2026, 3, 1), "09:00", "30 天内"),
        (date(2026, 4, 2), "09:00", "30 天内"),
        (date(2026, 3, 7), "09:00", "休息日"),
        (date(2026, 3, 2), "09:00", "已开始"),
        (TUESDAY, "10:00", "没有这个时段"),
        (date(2026, 4, 1), "13:00", ""),
        (date(2026, 3, 2), "13:00", ""),
    ],
)
def test_what_can_be_booked(bench: Bench, day: date, slot: str, said: str) -> None:
    walk = ready(bench)
    if not said:
        assert book(bench, walk, day, slot).state is S.BOOKED
        return
    with pytest.raises(WrongState, match=said):
        book(bench, walk, day, slot)
    assert (used(bench, day, slot), own_reservation(bench.desk, walk.actor, walk.case_id)) == (0, None)


def test_a_makeup_saturday_and_the_new_year_beyond_the_calendar(bench: Bench) -> None:
    walk = ready(bench)
    at(bench, "2026-02-02T10:00")
    assert book(bench, walk, date(2026, 2, 14)).state is S.BOOKED
    cancel_reservation(bench.desk, walk.actor, walk.case_id)
    at(bench, "2026-12-02T10:00")
    with pytest.raises(WrongState, match="元旦放假"):
        book(bench, walk, date(2027, 1, 1))
    at(bench, "2026-12-07T10:00")
    assert book(bench, walk, date(2027, 1, 4)).state is S.BOOKED


def test_a_customer_has_one_reservation_at_a_time(bench: Bench) -> None:
    walk = ready(bench)
    book(bench, walk)
    with pytest.raises(WrongState, match="已有一个预约"):
        book(bench, walk, WEDNESDAY)
    assert (used(bench), used(bench, WEDNESDAY)) == (1, 0)


def test_a_full_slot_is_refused_and_free_again_after_a_cancellation(bench: Bench) -> None:
    first, second = narrow(bench)
    book(bench, first)
    with pytest.raises(WrongState, match="已约满"):
        book(bench, second)
    cancel_reservation(bench.desk, first.actor, first.case_id)
    assert book(bench, second).state is S.BOOKED
    assert used(bench) == 1


def test_the_number_of_bookings_a_day_is_limited(bench: Bench) -> None:
    walk = ready(bench)
    for _ in range(limits.RESERVATIONS_A_DAY):
        book(bench, walk)
        cancel_reservation(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(TooMany, match="上限"):
        book(bench, walk)
    bench.pass_time(days=1)
    assert book(bench, walk, WEDNESDAY).state is S.BOOKED


@pytest.mark.parametrize("place", ["agreements", "certificate", "submitted"])
def test_only_who_waits_for_the_video_books(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    on_duty(bench)
    with pytest.raises(WrongState):
        book(bench, walk)


def test_only_the_owner_books_looks_changes_and_cancels(bench: Bench) -> None:
    walk, other = case_at(bench, "witness"), case_at(bench, "device", person=LI)
    on_duty(bench)
    book(bench, walk)
    intruders = [
        (other.actor, NotAllowed),
        (bench.staff("supervisor"), NotAllowed),
        (Actor("f2", walk.owner), NotFound),
    ]
    for actor, error in intruders:
        with pytest.raises(NotAllowed):
            reservation_board(bench.desk, actor, walk.case(bench))
        for act in (own_reservation, cancel_reservation):
            with pytest.raises(error):
                act(bench.desk, actor, walk.case_id)
        for change in (book_reservation, rebook_reservation):
            with pytest.raises(error):
                change(bench.desk, actor, walk.case_id, WEDNESDAY, "09:00")


def test_firms_have_their_own_places(bench: Bench) -> None:
    here, there = case_at(bench, "witness"), case_at(bench, "witness", firm="f2")
    on_duty(bench)
    book(bench, here)
    book(bench, there)
    assert (used(bench), board(bench, there).days[1].slots[0].left) == (1, 6)


# -- changing and cancelling
def test_changing_moves_the_place_and_sends_one_message(bench: Bench) -> None:
    walk = ready(bench)
    old = book(bench, walk)
    new = rebook_reservation(bench.desk, walk.actor, walk.case_id, WEDNESDAY, "13:00")
    assert (stored(bench, old).state, stored(bench, new).state) == (S.CANCELLED, S.BOOKED)
    assert (used(bench), used(bench, WEDNESDAY, "13:00")) == (0, 1)
    assert [template for template, _ in messages(bench)][-2:] == ["reservation_booked", "reservation_changed"]


def test_a_refused_change_leaves_the_old_reservation(bench: Bench) -> None:
    first, second = narrow(bench)
    old, _ = book(bench, first), book(bench, second, WEDNESDAY)
    for day, said in ((WEDNESDAY, "已约满"), (date(2026, 3, 7), "休息日"), (TUESDAY, "就是这个时段")):
        with pytest.raises(WrongState, match=said):
            rebook_reservation(bench.desk, first.actor, first.case_id, day, "09:00")
    assert stored(bench, old).state is S.BOOKED
    assert (used(bench), used(bench, WEDNESDAY)) == (1, 1)


def test_cancelling_gives_the_place_back_once(bench: Bench) -> None:
    walk = ready(bench)
    made = book(bench, walk)
    cancel_reservation(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState, match="没有预约"):
        cancel_reservation(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState, match="没有预约"):
        rebook_reservation(bench.desk, walk.actor, walk.case_id, WEDNESDAY, "09:00")
    assert (stored(bench, made).state, used(bench)) == (S.CANCELLED, 0)
    assert messages(bench)[-1][0] == "reservation_cancelled"
    assert board(bench, walk).told == ""


def test_giving_up_the_case_frees_the_place(bench: Bench) -> None:
    walk = ready(bench)
    made = book(bench, walk)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert (stored(bench, made).state, stored(bench, made).reason, used(bench)) == (S.CANCELLED, "业务已结束", 0)
    assert board(bench, walk).told == ""


def test_a_case_that_staff_end_frees_the_place(bench: Bench) -> None:
    walk = ready(bench)
    made = book(bench, walk, WEDNESDAY)
    walk.join(bench)
    ticket = walk.claim(bench)
    codes = [r["code"] for r in walk.loaded(bench).rules["reject_reasons"]["reasons"] if r["kind"] == "stop"]
    stage = [c for c in codes if c]
    reject_witness(bench.desk, bench.staff("witness"), ticket.id, ticket.fence, stage[:1], "", "")
    assert (stored(bench, made).state, used(bench, WEDNESDAY)) == (S.CANCELLED, 0)


# -- reminders
def test_the_reminder_goes_out_once_the_evening_before(bench: Bench) -> None:
    walk = ready(bench)
    book(bench, walk, WEDNESDAY)
    at(bench, "2026-03-03T17:59")
    bench.run_jobs()
    assert "reservation_reminder" not in dict(messages(bench))
    at(bench, "2026-03-03T18:01")
    assert bench.run_jobs() >= 1
    at(bench, "2026-03-04T08:30")
    bench.run_jobs()
    assert [template for template, _ in messages(bench)].count("reservation_reminder") == 1
    assert bench.tags().count("system:reservation:remind") == 1


def test_booked_for_today_the_reminder_comes_an_hour_before(bench: Bench) -> None:
    walk = ready(bench)
    book(bench, walk, date(2026, 3, 2), "13:00")
    at(bench, "2026-03-02T11:59")
    bench.run_jobs()
    assert "reservation_reminder" not in dict(messages(bench))
    at(bench, "2026-03-02T12:01")
    bench.run_jobs()
    assert "3月2日（周一）下午" in dict(messages(bench))["reservation_reminder"]


def test_no_reminder_for_what_was_cancelled_or_has_begun(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    on_duty(bench)
    book(bench, first)
    book(bench, second)
    cancel_reservation(bench.desk, first.actor, first.case_id)
    at(bench, "2026-03-03T09:30")
    bench.run_jobs()
    assert "reservation_reminder" not in dict(messages(bench))


def test_after_changing_only_the_new_time_is_reminded_of(bench: Bench) -> None:
    walk = ready(bench)
    book(bench, walk)
    rebook_reservation(bench.desk, walk.actor, walk.case_id, WEDNESDAY, "09:00")
    for moment in ("2026-03-02T18:01", "2026-03-03T18:01"):
        at(bench, moment)
        bench.run_jobs()
    sent = [text for template, text in messages(bench) if template == "reservation_reminder"]
    assert len(sent) == 1 and "3月4日" in sent[0]


# -- what the customer is told afterwards
def test_after_a_lost_reservation_the_customer_may_book_anew(bench: Bench) -> None:
    walk = ready(bench)
    made = book(bench, walk)
    at(bench, "2026-03-03T12:01")
    assert sweep(bench.desk, "f1") == 1
    assert stored(bench, made).state is S.NO_SHOW
    assert "已失效" in board(bench, walk).told
    assert book(bench, walk, WEDNESDAY).state is S.BOOKED
