"""Eight threads at once on both databases: no call twice, no number twice, nothing counted twice or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from core.errors import DeskError, Stale
from core.records import Ticket
from core.usecases.offers import offer_waiting
from tests.desk_bench import Bench, member

THREADS = 8
T = TypeVar("T")


def together(bench: Bench, act: Callable[[int], T], count: int) -> list[T]:
    """The results of `count` calls, eight at a time."""
    assert bench.desk
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(act, range(count)))


def waiting(bench: Bench, count: int, branch: str = "b1") -> None:
    """Customers who wait, and eight members of staff who can serve them."""
    with bench.work() as work:
        for number in range(THREADS):
            work.duty.add_skill(f"w{number}", branch, "*")
    for number in range(count):
        with bench.work() as work:
            work.queue.join(f"case{number}", branch, "open_account")


# -- numbers
def test_no_number_is_handed_out_twice(bench: Bench) -> None:
    def draw(_: int) -> int:
        with bench.work() as work:
            return work.number("probe")

    assert sorted(together(bench, draw, 80)) == list(range(1, 81))


def test_numbers_of_firms_and_counters_do_not_meet(bench: Bench) -> None:
    def draw(turn: int) -> tuple[str, str, int]:
        firm, name = ("f1", "f2")[turn % 2], ("a", "b")[turn // 2 % 2]
        with bench.work(firm) as work:
            return firm, name, work.number(name)

    found = together(bench, draw, 40)
    for firm in ("f1", "f2"):
        for name in ("a", "b"):
            assert sorted(n for f, c, n in found if (f, c) == (firm, name)) == list(range(1, 11))


def test_a_number_that_was_rolled_back_is_handed_out_again(bench: Bench) -> None:
    try:
        with bench.work() as work:
            assert work.number("probe", start=7) == 7
            raise RuntimeError
    except RuntimeError:
        pass
    with bench.work() as work:
        assert [work.number("probe", start=7), work.number("probe", start=7)] == [7, 8]


# -- claims
def test_no_customer_is_given_to_two_witnesses(bench: Bench) -> None:
    waiting(bench, 20)

    def serve(turn: int) -> list[str]:
        """Take and finish until nobody waits."""
        served = []
        while True:
            with bench.work() as work:
                ticket = work.queue.claim(f"w{turn}")
                if ticket is None:
                    return served
                served.append(ticket.case_id)
            with bench.work() as work:
                assert work.queue.finish(ticket.id, f"w{turn}", ticket.fence, "passed")

    served = [case for each in together(bench, serve, THREADS) for case in each]
    assert Counter(served) == {f"case{number}": 1 for number in range(20)}


def test_each_witness_holds_one_call_however_often_the_button_is_pressed(bench: Bench) -> None:
    waiting(bench, 5)

    def press(_: int) -> Ticket | None:
        try:
            with bench.work() as work:
                return work.queue.claim("w1")
        except Stale:
            return None

    held = {ticket.id for ticket in together(bench, press, 16) if ticket}
    assert len(held) == 1
    with bench.work() as work:
        assert len(work.queue.waiting("b1")) == 4


def test_pages_and_worker_ring_at_the_same_moment_without_meeting(bench: Bench) -> None:
    waiting(bench, 5)
    with bench.work() as work:
        for number in range(3):
            work.duty.change(f"w{number}", "b1", "online")

    def ring(_: int) -> int:
        with bench.work() as work:
            return offer_waiting(work)

    assert sum(together(bench, ring, 16)) == 3
    with bench.work() as work:
        line = work.queue.waiting("b1")
    assert [(t.case_id, t.state) for t in line[3:]] == [("case3", "waiting"), ("case4", "waiting")]
    assert {t.staff_id for t in line[:3]} == {"w0", "w1", "w2"}


def test_an_offer_is_accepted_missed_or_left_but_once(bench: Bench) -> None:
    waiting(bench, 1)
    with bench.work() as work:
        ticket = work.queue.claim("w1", ring=timedelta(seconds=20))
    assert ticket is not None
    bench.pass_time(seconds=21)

    def end(turn: int) -> bool:
        with bench.work() as work:
            if turn % 3 == 0:
                return work.queue.accept(ticket.id, "w1", ticket.fence) is not None
            if turn % 3 == 1:
                return work.queue.stop_ringing(ticket.id, "w1", ticket.fence, "missed")
            return work.queue.leave(ticket.id, "phone:x")

    together(bench, end, 9)
    with bench.work() as work:
        _, events = work.queue.joined_since(work.now - timedelta(hours=1))
    ends = [event.kind for event in events if event.kind not in {"join", "offer"}]
    assert ends in (["claim"], ["leave"], ["missed", "leave"])


def test_a_case_has_one_place_in_the_queue(bench: Bench) -> None:
    def join(_: int) -> str:
        try:
            with bench.work() as work:
                return work.queue.join("case", "b1", "open_account").id
        except Stale:
            return ""

    assert len(set(together(bench, join, 16)) - {""}) == 1


def test_lease_loss_and_finish_do_not_both_happen(bench: Bench) -> None:
    waiting(bench, 1)
    with bench.work() as work:
        ticket = work.queue.claim("w1")
    assert ticket is not None
    bench.pass_time(minutes=5)

    def end(turn: int) -> bool:
        with bench.work() as work:
            if turn % 2:
                return work.queue.finish(ticket.id, "w1", ticket.fence, "passed")
            return bool(work.queue.sweep()[1])

    assert together(bench, end, 8).count(True) == 1


def test_a_mark_and_a_still_at_the_same_time_are_both_kept(bench: Bench) -> None:
    waiting(bench, 1)
    with bench.work() as work:
        ticket = work.queue.claim("w1")
    assert ticket is not None

    def add(turn: int) -> None:
        with bench.work() as work:
            found = work.queue.find(ticket.id, lock=True)
            assert found is not None
            work.queue.save_script(ticket.id, "w1", ticket.fence, {**found.script, str(turn): turn})

    together(bench, add, 24)
    with bench.work() as work:
        found = work.queue.find(ticket.id)
    assert found is not None and set(found.script) == {str(turn) for turn in range(24)}


# -- once
def test_an_action_happens_once(bench: Bench) -> None:
    def act(turn: int) -> bool:
        with bench.work() as work:
            return work.once("case", "submit", str(turn % 5))

    assert together(bench, act, 40).count(True) == 5


def test_once_is_per_case_action_key_and_firm(bench: Bench) -> None:
    keys = [("f1", "c1", "a", "1"), ("f1", "c2", "a", "1"), ("f1", "c1", "b", "1"), ("f1", "c1", "a", "2"),
            ("f2", "c1", "a", "1")]  # fmt: skip
    for expected in (True, False):
        for firm, case, action, key in keys:
            with bench.work(firm) as work:
                assert work.once(case, action, key) is expected


def test_an_action_that_was_rolled_back_did_not_happen(bench: Bench) -> None:
    try:
        with bench.work() as work:
            assert work.once("case", "submit", "1")
            raise RuntimeError
    except RuntimeError:
        pass
    with bench.work() as work:
        assert work.once("case", "submit", "1")


def test_a_look_at_personal_data_is_recorded_once(bench: Bench) -> None:
    actor = bench.staff("review")

    def look(_: int) -> None:
        with bench.work() as work:
            work.personal_read(actor, "case:1", "review")

    together(bench, look, 16)
    assert bench.tags().count("staff:personal:read") == 1


# -- jobs
def test_no_job_is_leased_twice(bench: Bench) -> None:
    for number in range(20):
        with bench.work() as work:
            work.jobs.post("probe", {"id": number})

    def take(_: int) -> int | None:
        with bench.work() as work:
            job = work.jobs.take(timedelta(minutes=1))
            return job.payload["id"] if job else None

    taken = [number for number in together(bench, take, 24) if number is not None]
    assert sorted(taken) == list(range(20))


def test_an_expired_lease_is_taken_over_by_one(bench: Bench) -> None:
    with bench.work() as work:
        work.jobs.post("probe", {})
    with bench.work() as work:
        assert work.jobs.take(timedelta(minutes=1)) is not None
    bench.pass_time(minutes=2)

    def take(_: int) -> int:
        with bench.work() as work:
            job = work.jobs.take(timedelta(minutes=1))
            return job.attempts if job else 0

    assert sorted(together(bench, take, 8)) == [0] * 7 + [2]


def test_a_job_with_the_same_key_is_posted_once(bench: Bench) -> None:
    def post(_: int) -> None:
        try:
            with bench.work() as work:
                work.jobs.post("probe", {}, dedupe="same")
        except Stale:
            pass

    together(bench, post, 16)
    with bench.work() as work:
        assert work.jobs.unfinished() == 1


# -- one-way doors
def test_tickets_codes_and_captchas_are_used_once(bench: Bench) -> None:
    with bench.work() as work:
        work.people.add_captcha("c1", b"mac")

    def use(_: int) -> bool:
        with bench.work() as work:
            return work.people.use_captcha("c1") is not None

    assert together(bench, use, 16).count(True) == 1


def test_a_login_is_given_once(bench: Bench) -> None:
    from dataclasses import replace

    def add(turn: int) -> bool:
        try:
            with bench.work() as work:
                work.people.add_staff(replace(member("review"), id=f"new{turn}", login="new"))
        except DeskError:
            return False
        return True

    assert together(bench, add, 8).count(True) == 1
