"""Supervisors: places of a week, capacity by hand, closing with a reason, weekly duty; each with its permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Role
from core.errors import DeskError, NotAllowed, NotFound, WrongState
from core.rules.reservation import ReservationState
from core.usecases.book_reservation import reservation_board
from core.usecases.change_roster import change_roster, roster_table
from core.usecases.manage_reservations import (
    branches_of,
    close_slots,
    day_list,
    open_slots,
    set_capacity,
    week_overview,
)
from core.usecases.offered_slots import SlotOffer
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, messages, on_duty, stored, used

MONDAY = TUESDAY - timedelta(days=1)
S = ReservationState


def slot(bench: Bench, place: int = 0) -> SlotOffer:
    """A slot of Tuesday as the supervisor sees it."""
    return week_overview(bench.desk, bench.staff("supervisor"), "b1", TUESDAY, 1)[0].slots[place]


def capacity(bench: Bench, number: int | None, *, confirmed: bool = False) -> str:
    return set_capacity(bench.desk, bench.staff("supervisor"), "b1", TUESDAY, "09:00", number, confirmed=confirmed)


def close(bench: Bench, *slots: str, reason: str = "系统维护") -> int:
    return close_slots(bench.desk, bench.staff("supervisor"), "b1", TUESDAY, slots or ("09:00", "13:00"), reason)


def two(bench: Bench) -> tuple[Walk, Walk]:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    on_duty(bench)
    return first, second


# -- looking
def test_a_week_with_its_places(bench: Bench) -> None:
    walk, _ = two(bench)
    book(bench, walk)
    days = week_overview(bench.desk, bench.staff("supervisor"), "b1", MONDAY)
    assert [len(day.slots) for day in days] == [2] * 7
    assert (slot(bench).capacity, slot(bench).used, slot(bench).left, slot(bench).refusal) == (7, 1, 6, "")
    assert days[5].refusal == "休息日"


def test_the_list_of_a_day_is_masked(bench: Bench) -> None:
    walk, _ = two(bench)
    book(bench, walk)
    [row] = day_list(bench.desk, bench.staff("supervisor"), "b1", TUESDAY)
    assert (row.customer, row.missed, row.reservation.state) == ("张*", 0, S.BOOKED)
    assert row.case_number == walk.case(bench).number and "上午" in row.words
    assert not [tag for tag in bench.tags() if "personal" in tag]


# -- capacity
def test_capacity_by_hand_and_by_the_roster_again(bench: Bench) -> None:
    first, second = two(bench)
    assert capacity(bench, 1) == ""
    book(bench, first)
    with pytest.raises(WrongState, match="已约满"):
        book(bench, second)
    on_duty(bench, "witness", "witness2")
    assert (slot(bench).capacity, slot(bench).by_hand) == (1, True)
    assert capacity(bench, None) == ""
    assert (slot(bench).capacity, slot(bench).by_hand) == (14, False)
    assert book(bench, second).state is S.BOOKED


def test_fewer_places_than_bookings_need_a_second_word(bench: Bench) -> None:
    first, second = two(bench)
    made = [book(bench, first), book(bench, second)]
    assert "已有 2 人预约" in capacity(bench, 1)
    assert slot(bench).capacity == 7
    assert capacity(bench, 1, confirmed=True) == ""
    assert (slot(bench).capacity, slot(bench).used, slot(bench).left) == (1, 2, 0)
    assert [stored(bench, each).state for each in made] == [S.BOOKED, S.BOOKED]
    assert reservation_board(bench.desk, first.actor, first.case(bench)).days[1].slots[0].refusal == "已约满"
    assert bench.audit()[-1][2]["before"] == 7


@pytest.mark.parametrize("number", [-1, 501])
def test_impossible_capacities_are_refused(bench: Bench, number: int) -> None:
    with pytest.raises(WrongState, match="0 至 500"):
        capacity(bench, number)


# -- closing and opening
def test_closing_a_day_cancels_tells_and_lets_rebook(bench: Bench) -> None:
    first, second = two(bench)
    made = [book(bench, first), book(bench, second, slot="13:00")]
    assert close(bench) == 2
    assert [stored(bench, each).state for each in made] == [S.CANCELLED, S.CANCELLED]
    assert stored(bench, made[0]).reason == "系统维护"
    sent = [text for template, text in messages(bench) if template == "reservation_closed"]
    assert len(sent) == 2 and all("因系统维护" in text and "重新预约" in text for text in sent)
    assert (used(bench), used(bench, slot="13:00")) == (0, 0)
    board = reservation_board(bench.desk, first.actor, first.case(bench))
    assert "因系统维护" in board.told
    assert [each.refusal for each in board.days[1].slots] == ["停止预约：系统维护"] * 2
    with pytest.raises(WrongState, match="系统维护"):
        book(bench, first)
    assert book(bench, first, TUESDAY + timedelta(days=1)).state is S.BOOKED


def test_closing_one_slot_leaves_the_other(bench: Bench) -> None:
    first, second = two(bench)
    kept = book(bench, second, slot="13:00")
    book(bench, first)
    assert close(bench, "09:00") == 1
    assert stored(bench, kept).state is S.BOOKED
    assert (slot(bench).closed, slot(bench, 1).closed) == ("系统维护", "")


def test_an_opened_slot_is_booked_again(bench: Bench) -> None:
    walk, _ = two(bench)
    close(bench)
    open_slots(bench.desk, bench.staff("supervisor"), "b1", TUESDAY, ["09:00"])
    assert book(bench, walk).state is S.BOOKED
    assert bench.tags().count("staff:reservation:open") == 1


@pytest.mark.parametrize("reason", ["", " 。", "修", "长" * 41])
def test_closing_needs_a_reason(bench: Bench, reason: str) -> None:
    with pytest.raises(WrongState, match="原因"):
        close(bench, reason=reason)


def test_the_past_is_not_changed_and_unknown_slots_are_not_found(bench: Bench) -> None:
    at(bench, "2026-03-04T09:00")
    with pytest.raises(WrongState, match="过去"):
        close(bench)
    with pytest.raises(WrongState, match="过去"):
        capacity(bench, 3)
    for branch, slots in (("b1", ["10:00"]), ("b9", ["09:00"]), ("b1", [])):
        with pytest.raises(NotFound):
            close_slots(bench.desk, bench.staff("supervisor"), branch, TUESDAY, slots, "系统维护")


# -- weekly duty
def test_the_roster_is_kept_and_changes_the_places(bench: Bench) -> None:
    supervisor = bench.staff("supervisor")
    week = ["08:40-12:00 13:00-17:45"] * 5 + ["", ""]
    assert change_roster(bench.desk, supervisor, "b1", {"witness": week}).mistakes == {}
    table = {duty.staff_id: duty.days for duty in roster_table(bench.desk, supervisor, "b1")}
    assert table["witness"] == tuple(week)
    assert set(table) == {"witness", "witness2", "witness_b2", "both", "supervisor"}
    assert roster_table(bench.desk, supervisor, "b2")[0].staff_id == "witness_b2"
    assert (slot(bench).capacity, slot(bench, 1).capacity) == (7, 10)
    assert bench.audit()[-1][2] == {"shifts": 10, "before": 0}


def test_a_roster_with_mistakes_is_not_stored(bench: Bench) -> None:
    supervisor, empty = bench.staff("supervisor"), [""] * 6
    change_roster(bench.desk, supervisor, "b2", {"witness": ["10:00-11:00", *empty]})
    wanted = {"witness": ["09:00-12:00", *empty], "witness2": ["9 点", *empty], "both": ["09:00-18:00", *empty]}
    found = change_roster(bench.desk, supervisor, "b1", wanted)
    assert set(found.mistakes) == {("witness", 0), ("witness2", 0)}
    assert "郑州营业部" in found.mistakes["witness", 0]
    assert all(duty.days == ("",) * 7 for duty in roster_table(bench.desk, supervisor, "b1"))


def test_a_roster_that_leaves_too_few_places_names_the_slots(bench: Bench) -> None:
    walk, _ = two(bench)
    book(bench, walk)
    found = change_roster(bench.desk, bench.staff("supervisor"), "b1", {"witness": [""] * 7})
    [over] = found.overbooked
    assert "3月3日（周二）上午" in over and "已约 1 人，名额 0" in over


def test_only_staff_who_may_serve_stand_in_the_roster(bench: Bench) -> None:
    with pytest.raises(NotFound):
        change_roster(bench.desk, bench.staff("supervisor"), "b1", {"review": ["09:00-12:00", *[""] * 6]})


# -- permissions
ACTS: dict[str, Callable[..., Any]] = {
    "branches": branches_of,
    "week": lambda desk, actor: week_overview(desk, actor, "b1", TUESDAY),
    "list": lambda desk, actor: day_list(desk, actor, "b1", TUESDAY),
    "capacity": lambda desk, actor: set_capacity(desk, actor, "b1", TUESDAY, "09:00", 3),
    "close": lambda desk, actor: close_slots(desk, actor, "b1", TUESDAY, ["09:00"], "系统维护"),
    "open": lambda desk, actor: open_slots(desk, actor, "b1", TUESDAY, ["09:00"]),
    "roster": lambda desk, actor: roster_table(desk, actor, "b1"),
    "change roster": lambda desk, actor: change_roster(desk, actor, "b1", {}),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_supervisors_manage_reservations(bench: Bench, act: str) -> None:
    for role in Role:
        actor = bench.staff("supervisor", role)
        if role is Role.SUPERVISOR:
            ACTS[act](bench.desk, actor)
            continue
        with pytest.raises(NotAllowed):
            ACTS[act](bench.desk, actor)
    walk = case_at(bench, "device")
    with pytest.raises(DeskError):
        ACTS[act](bench.desk, walk.actor)
