"""Order of service, and what a supervisor changes about it: ranks, windows, transfers, messages, the fairness view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Role
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.queueing import DEVIATION_REASONS, MESSAGE_LENGTH
from core.usecases.desk_messages import end_message, send_message
from core.usecases.queue_overview import BranchQueue, fairness, queue_overview
from core.usecases.supervise_queue import put_ahead, transfer_to_branch, transfer_to_staff
from tests.desk_bench import Bench
from tests.queue_line import customer, ledger, line, look, online, state, stay, swept, take, ticket


def boss(bench: Bench) -> Any:
    return bench.staff("supervisor")


def served(bench: Bench, count: int, login: str = "witness") -> list[str]:
    """Ids of the tickets in the order in which somebody takes them."""
    ids = []
    for _ in range(count):
        found = take(bench, login)
        assert found is not None
        ids.append(found.id)
        with bench.work() as work:
            assert work.queue.finish(found.id, login, found.fence, "passed")
        bench.pass_time(seconds=2)
    return ids


def overview(bench: Bench, branch: str = "b1") -> BranchQueue:
    return next(b for b in queue_overview(bench.desk, boss(bench)) if b.branch.id == branch)


# -- order
def test_inside_the_own_window_a_reservation_comes_first_and_outside_it_does_not(bench: Bench) -> None:
    begins, ends = bench.now + timedelta(minutes=10), bench.now + timedelta(minutes=20)
    first, second = line(bench, 2)
    reserved = customer(bench, 3, prio_from=begins, prio_until=ends)
    everybody = [first, second, reserved]

    def order() -> list[str]:
        with bench.work() as work:
            return [t.id for t in work.queue.waiting("b1")]

    assert order() == [first, second, reserved]
    for seconds, wanted in ((600, [reserved, first, second]), (580, [reserved, first, second]), (30, everybody)):
        stay(bench, everybody, seconds=seconds)
        assert order() == wanted
    assert served(bench, 3) == [first, second, reserved]


def test_a_claim_in_the_window_says_why(bench: Bench) -> None:
    line(bench, 1)
    reserved = customer(bench, 2, prio_from=bench.now, prio_until=bench.now + timedelta(minutes=9))
    assert served(bench, 1) == [reserved]
    assert ("claim", "staff:witness", "reservation") in ledger(bench, reserved)


def test_who_was_put_ahead_comes_before_reservations_and_the_last_one_first(bench: Bench) -> None:
    first, second, third = line(bench, 3)
    reserved = customer(bench, 4, prio_from=bench.now, prio_until=bench.now + timedelta(hours=1))
    put_ahead(bench.desk, boss(bench), second, "assistance")
    put_ahead(bench.desk, boss(bench), third, "complaint")
    assert [p.ahead for p in overview(bench).waiting] == [True, True, False, False]
    assert served(bench, 4) == [third, second, reserved, first]
    assert ("ahead", "staff:supervisor", "complaint") in ledger(bench, third)


# -- transfer
def test_a_transfer_to_a_branch_keeps_the_time_of_joining(bench: Bench) -> None:
    moved, stays = line(bench, 2)
    there = customer(bench, 3, "b2")
    transfer_to_branch(bench.desk, boss(bench), moved, "b2", "staffing")
    assert [p.ticket_id for p in overview(bench).waiting] == [stays]
    assert [p.ticket_id for p in overview(bench, "b2").waiting] == [moved, there]
    assert ("transfer", "staff:supervisor", "staffing") in ledger(bench, moved)
    detail = next(d for tag, _, d in bench.audit() if tag == "staff:queue:transfer")
    assert (detail["from_branch"], detail["branch"]) == ("b1", "b2")


def test_a_transfer_to_a_colleague_rings_there_whatever_the_skill(bench: Bench) -> None:
    online(bench, "witness_b2", "witness")
    first, second = line(bench, 2)
    look(bench, "witness")
    assert state(bench, first) == ("offered", "witness")
    transfer_to_staff(bench.desk, boss(bench), second, "witness_b2", "language")
    assert state(bench, second) == ("offered", "witness_b2")
    assert [each[0] for each in ledger(bench, second)].count("transfer") == 1
    stay(bench, [first, second], seconds=21)
    swept(bench)
    assert ticket(bench, second).branch_id == "b1"


@pytest.mark.parametrize("who", ["witness", "witness2", "review", "nobody"])
def test_a_colleague_who_is_busy_or_away_gets_nobody(bench: Bench, who: str) -> None:
    first, second = line(bench, 2)
    take(bench, "witness")
    with pytest.raises(WrongState, match="不在线或正忙"):
        transfer_to_staff(bench.desk, boss(bench), second, who, "language")
    assert (state(bench, first)[0], state(bench, second)) == ("in_call", ("waiting", None))


@pytest.mark.parametrize("branch", ["b1", "b9", ""])
def test_a_transfer_leads_to_another_branch_of_the_firm(bench: Bench, branch: str) -> None:
    (only,) = line(bench, 1)
    with pytest.raises(NotFound):
        transfer_to_branch(bench.desk, boss(bench), only, branch, "staffing")


def acts(bench: Bench, actor: Any, ticket_id: str, reason: str = "complaint") -> list[Callable[[], Any]]:
    return [
        lambda: put_ahead(bench.desk, actor, ticket_id, reason),
        lambda: transfer_to_branch(bench.desk, actor, ticket_id, "b2", reason),
        lambda: transfer_to_staff(bench.desk, actor, ticket_id, "witness2", reason),
    ]


@pytest.mark.parametrize("reason", ["", "because", "张三的朋友"])
def test_each_deviation_needs_a_reason_of_the_list(bench: Bench, reason: str) -> None:
    assert reason not in DEVIATION_REASONS
    (only,) = line(bench, 1)
    for act in acts(bench, boss(bench), only, reason):
        with pytest.raises(NotFound, match="原因"):
            act()
    assert [kind for kind, _, _ in ledger(bench, only)] == ["join"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_other_roles_change_no_order_and_write_no_message(bench: Bench, role: Role) -> None:
    (only,) = line(bench, 1)
    actor = bench.staff("supervisor", role)
    message: Callable[[], Any] = lambda: send_message(bench.desk, actor, "b1", "请稍候", timedelta(minutes=5))  # noqa: E731
    for act in (*acts(bench, actor, only), message, lambda: end_message(bench.desk, actor, "m")):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("now", ["in_call", "offered", "abandoned", "another firm"])
def test_only_who_waits_is_moved(bench: Bench, now: str) -> None:
    (only,) = line(bench, 1)
    if now == "in_call":
        take(bench, "witness")
    elif now == "offered":
        online(bench, "witness")
    elif now == "abandoned":
        with bench.work() as work:
            work.queue.leave(only, "phone:x")
    actor = bench.staff("supervisor", firm="f2") if now == "another firm" else boss(bench)
    for act in acts(bench, actor, only):
        with pytest.raises(Stale):
            act()


# -- messages
def test_a_message_reaches_those_who_wait_until_it_ends(bench: Bench) -> None:
    line(bench, 3)
    customer(bench, 4, "b2")
    assert send_message(bench.desk, boss(bench), "b1", "  今天客户较多，\n请稍候 ", timedelta(minutes=5)) == 3
    (message,) = overview(bench).messages
    assert message.text == "今天客户较多， 请稍候"
    assert overview(bench, "b2").messages == ()
    bench.pass_time(minutes=6)
    assert overview(bench).messages == ()
    with pytest.raises(Stale):
        end_message(bench.desk, boss(bench), message.id)


def test_a_message_is_taken_back(bench: Bench) -> None:
    assert send_message(bench.desk, boss(bench), "b1", "请稍候", timedelta(minutes=5)) == 0
    end_message(bench.desk, boss(bench), overview(bench).messages[0].id)
    assert overview(bench).messages == ()
    assert bench.tags().count("staff:queue:message") == 2


@pytest.mark.parametrize(
    ("branch", "text", "minutes"),
    [("b1", " \n", 5), ("b1", "长" * (MESSAGE_LENGTH + 1), 5), ("b1", "请", 0), ("b1", "请", 721), ("b9", "请", 5)],
)
def test_messages_that_are_refused(bench: Bench, branch: str, text: str, minutes: int) -> None:
    with pytest.raises((WrongState, NotFound)):
        send_message(bench.desk, boss(bench), branch, text, timedelta(minutes=minutes))
    assert overview(bench).messages == ()


# -- overview, alerts, fairness
def test_the_overview_masks_names_and_says_what_everybody_does(bench: Bench) -> None:
    online(bench, "witness")
    (only,) = line(bench, 1)
    look(bench, "witness")
    seen = overview(bench)
    assert [(p.customer, p.state, p.witness) for p in seen.waiting] == [("客*", "offered", "王芳")]
    staff = {s.id: s.status for s in seen.staff}
    assert staff == {"witness": "online", "witness2": "offline", "both": "offline", "supervisor": "offline"}
    assert seen.alerts == ()
    assert only == seen.waiting[0].ticket_id


def test_alerts_name_what_is_wrong(bench: Bench) -> None:
    tickets = line(bench, 2)
    assert [(a.kind, a.who) for a in overview(bench).alerts] == [("unattended", "2")]
    online(bench, "witness")
    for _ in range(2):
        stay(bench, tickets, seconds=21)
        swept(bench)
    assert [(a.kind, a.who) for a in overview(bench).alerts] == [("unattended", "2"), ("paused", "王芳")]


def test_alone_for_long_while_somebody_is_free_is_an_alert(bench: Bench) -> None:
    (only,) = line(bench, 1)
    for seconds in (150, 152):
        stay(bench, [only], seconds=seconds)
    assert [a.kind for a in overview(bench).alerts] == ["unattended"]
    with bench.work() as work:
        work.duty.change("witness", "b1", "online")
    alert = overview(bench).alerts[0]
    assert (alert.kind, alert.who) == ("stuck", overview(bench).waiting[0].case_number)


def test_the_fairness_view_names_everybody_overtaken(bench: Bench) -> None:
    first, second = line(bench, 2)
    assert fairness(bench.desk, boss(bench)) == ([], None)
    put_ahead(bench.desk, boss(bench), second, "assistance")
    bench.pass_time(seconds=60)
    assert served(bench, 2) == [second, first]
    (found,), longest = fairness(bench.desk, boss(bench))
    assert (found.customer.ticket_id, found.by.ticket_id) == (first, second)
    assert (found.reason, found.decided_by) == ("assistance", "周敏")
    assert longest is not None and found.waited <= longest < timedelta(seconds=70)
    with pytest.raises(NotAllowed):
        fairness(bench.desk, bench.staff("review"))
