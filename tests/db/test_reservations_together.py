"""Many customers at once on both databases: no place twice, no customer with two reservations, no deadlock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TypeVar

from core.errors import Stale, WrongState
from core.records import Reservation
from core.rules.reservation import ReservationState
from core.usecases.book_reservation import book_reservation, cancel_reservation, rebook_reservation
from core.usecases.reservations import cancel_booked
from core.usecases.serve_customer import claim_next
from tests.builders import LI, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, on_duty, stored, used

T = TypeVar("T")
S = ReservationState


def together(bench: Bench, act: Callable[[int], T], count: int) -> list[T]:
    """The results of `count` calls at the same time."""
    assert bench.desk
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def reserve(bench: Bench, owner: str, capacity: int, day: date = TUESDAY) -> str:
    """Book straight in the store, as the use case does it."""
    try:
        with bench.work() as work:
            work.reservations.hold_slots("b1", [(day, "09:00", "12:00")])
            if not work.reservations.take_place("b1", day, "09:00", capacity):
                return "full"
            begins = work.now + timedelta(days=1)
            row = Reservation(
                work.new_id(), f"case {owner}", owner, "b1", day, "09:00", begins, begins + timedelta(hours=3),
                S.BOOKED, None, work.now, None, "",
            )  # fmt: skip
            work.reservations.add_booking(row)
    except Stale:
        return "second"
    return "booked"


def test_the_last_places_go_to_exactly_as_many_customers(bench: Bench) -> None:
    results = together(bench, lambda turn: reserve(bench, f"owner {turn}", 5), 24)
    assert Counter(results) == {"booked": 5, "full": 19}
    assert used(bench) == 5


def test_one_customer_in_eight_windows_has_one_reservation(bench: Bench) -> None:
    results = together(bench, lambda _: reserve(bench, "one owner", 20), 8)
    assert Counter(results) == {"booked": 1, "second": 7}
    assert used(bench) == 1


def test_eight_clicks_of_one_customer_book_once(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)

    def click(_: int) -> str:
        try:
            return str(book_reservation(bench.desk, walk.actor, walk.case_id, TUESDAY, "09:00").state)
        except (Stale, WrongState):
            return "refused"

    assert Counter(together(bench, click, 8)) == {"booked": 1, "refused": 7}
    assert used(bench) == 1


def test_two_customers_changing_into_each_others_slots_do_not_block_each_other(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    on_duty(bench)
    book(bench, first, slot="09:00")
    book(bench, second, slot="13:00")

    def change(turn: int) -> str:
        walk, slot = ((first, "13:00"), (second, "09:00"))[turn % 2]
        try:
            return str(rebook_reservation(bench.desk, walk.actor, walk.case_id, TUESDAY, slot).state)
        except (Stale, WrongState):
            return "refused"

    results = together(bench, change, 8)
    assert results.count("booked") >= 2
    assert used(bench, slot="09:00") + used(bench, slot="13:00") == 2


def test_cancelling_at_the_same_time_gives_one_place_back(bench: Bench) -> None:
    for number in range(3):
        assert reserve(bench, f"owner {number}", 5) == "booked"

    def cancel(_: int) -> bool:
        with bench.work() as work:
            found = work.reservations.find_booked("owner 0")
            return found is not None and cancel_booked(work, found, "客户取消")

    assert together(bench, cancel, 8).count(True) == 1
    assert used(bench) == 2


def test_places_follow_a_hand_set_capacity(bench: Bench) -> None:
    with bench.work() as work:
        work.reservations.hold_slots("b1", [(TUESDAY, "09:00", "12:00")])
        work.reservations.set_slot("b1", TUESDAY, "09:00", capacity=2, by_hand=True)
    results = together(bench, lambda turn: reserve(bench, f"owner {turn}", 24), 12)
    assert Counter(results) == {"booked": 2, "full": 10}


def test_claims_and_cancellations_at_the_same_time_do_not_block_each_other(bench: Bench) -> None:
    """Tickets are locked before slots and reservations by both, so PostgreSQL never has to end one of them."""
    walk = case_at(bench, "witness")
    on_duty(bench)
    at(bench, "2026-03-03T08:50")
    walk.join(bench)
    made = book(bench, walk)
    at(bench, "2026-03-03T09:05")
    with bench.work() as work:
        work.queue.seen(walk.ticket)

    def act(turn: int) -> str:
        try:
            if turn % 2:
                cancel_reservation(bench.desk, walk.actor, walk.case_id)
                return "cancelled"
            return "claimed" if claim_next(bench.desk, bench.staff("witness")) else "nobody"
        except WrongState:
            return "refused"

    results = Counter(together(bench, act, 8))
    assert results["claimed"] + results["nobody"] == 4
    assert results["claimed"] or results["cancelled"]
    assert results["cancelled"] <= 1
    assert stored(bench, made).state is (S.CANCELLED if results["cancelled"] else S.USED)
