"""The supervisor in a running call: sitting in, messages, taking over; who may and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, Stale, TooMany, WrongState
from core.records import Ticket
from core.usecases.call_lines import LINE_MAX, LINES_A_MINUTE
from core.usecases.loading import load
from core.usecases.observe_call import (
    SITS_IN,
    Whisper,
    may_take_over,
    observe,
    observers,
    running_calls,
    stop_observing,
    take_over,
    whisper,
    whispers,
    why_lost,
)
from core.usecases.serve_customer import (
    keep_call,
    mark_script,
    missing_proofs,
    pass_witness,
    release_call,
    script_marks,
)
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench

TEXT = "请再看一次身份证反面"


def supervisor(bench: Bench) -> Actor:
    return bench.staff("supervisor")


def ticket(bench: Bench, walk: Walk) -> Ticket:
    with bench.work(walk.firm) as work:
        found = work.queue.find(walk.ticket)
    assert found is not None
    return found


def present(bench: Bench, walk: Walk) -> list[str]:
    now = ticket(bench, walk)
    with bench.work() as work:
        return observers(work, now)


def said(bench: Bench, walk: Walk, actor: Actor) -> list[Whisper]:
    now = ticket(bench, walk)
    with bench.work() as work:
        return whispers(work, actor, now)


# -- who may
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_only_supervisors_sit_in(bench: Bench, role: Role) -> None:
    walk = case_at(bench, "in_call")
    actor = bench.staff("review", role)
    acts: list[Callable[[], Any]] = [
        lambda: running_calls(bench.desk, actor),
        lambda: observe(bench.desk, actor, walk.ticket),
        lambda: stop_observing(bench.desk, actor, walk.ticket),
        lambda: whisper(bench.desk, actor, walk.ticket, TEXT),
        lambda: take_over(bench.desk, actor, *walk.held, "quality"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert present(bench, walk) == []


def test_running_calls_are_masked(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    case_at(bench, "witness", person=LI).join(bench)
    [running] = running_calls(bench.desk, supervisor(bench))
    assert (running.case_number, running.witness) == (walk.case(bench).number, "王芳")
    assert running.customer.startswith(walk.person.name[0]) and walk.person.name not in running.customer
    assert running_calls(bench.desk, bench.staff("supervisor", firm="f2")) == []


# -- sitting in
def test_sitting_in_is_on_record_once_and_ends_by_itself(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for _ in range(5):
        observe(bench.desk, supervisor(bench), walk.ticket)
        assert present(bench, walk) == ["周敏"]
        bench.pass_time(seconds=4)
    assert bench.tags().count("staff:call:observe") == 1
    assert bench.tags().count("staff:personal:read") == 1
    bench.pass_time(SITS_IN)
    assert present(bench, walk) == []
    observe(bench.desk, supervisor(bench), walk.ticket)
    stop_observing(bench.desk, supervisor(bench), walk.ticket)
    stop_observing(bench.desk, supervisor(bench), walk.ticket)
    assert present(bench, walk) == []
    assert [d["begins"] for tag, _, d in bench.audit() if tag == "staff:call:observe"] == [True, True, False]


def test_nobody_sits_in_on_the_own_call_or_on_one_that_is_over(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    own = bench.staff("witness", Role.WITNESS, Role.SUPERVISOR)
    with pytest.raises(WrongState):
        observe(bench.desk, own, walk.ticket)
    release_call(bench.desk, own, *walk.held)
    for actor in (supervisor(bench), bench.staff("supervisor", firm="f2")):
        with pytest.raises(Stale):
            observe(bench.desk, actor, walk.ticket)
    stop_observing(bench.desk, supervisor(bench), walk.ticket)


def test_the_next_witness_is_not_told_of_who_sat_in_before(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    observe(bench.desk, supervisor(bench), walk.ticket)
    release_call(bench.desk, bench.staff("witness"), *walk.held)
    walk.claim(bench, "witness2")
    assert present(bench, walk) == []


def test_ticks_and_sitting_in_do_not_disturb_each_other(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    observe(bench.desk, supervisor(bench), walk.ticket)
    mark_script(bench.desk, bench.staff("witness"), *walk.held, "greet", passed=True)
    whisper(bench.desk, supervisor(bench), walk.ticket, TEXT)
    assert list(script_marks(ticket(bench, walk))) == ["greet"] and present(bench, walk) == ["周敏"]


# -- messages
def test_supervisor_and_witness_write_to_each_other(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    observe(bench.desk, supervisor(bench), walk.ticket)
    whisper(bench.desk, supervisor(bench), walk.ticket, f"  {TEXT} ")
    whisper(bench.desk, witness, walk.ticket, "好的")
    assert [(w.author, w.text, w.mine) for w in said(bench, walk, witness)] == [
        ("周敏", TEXT, False), ("王芳", "好的", True),
    ]  # fmt: skip
    assert [w.mine for w in said(bench, walk, supervisor(bench))] == [True, False]
    [first, _] = [detail for tag, _, detail in bench.audit() if tag == "staff:call:whisper"]
    assert first == {"ticket": walk.ticket, "length": len(TEXT)}


@pytest.mark.parametrize("text", ["", "   ", "长" * (LINE_MAX + 1)])
def test_empty_and_long_messages_are_refused(bench: Bench, text: str) -> None:
    walk = case_at(bench, "in_call")
    with pytest.raises(WrongState):
        whisper(bench.desk, bench.staff("witness"), walk.ticket, text)


def test_who_does_not_take_part_neither_writes_nor_reads(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for actor, error in ((supervisor(bench), WrongState), (bench.staff("witness2"), NotAllowed)):
        with pytest.raises(error):
            whisper(bench.desk, actor, walk.ticket, TEXT)
        with pytest.raises(error):
            said(bench, walk, actor)


def test_who_writes_too_fast_waits(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    for number in range(LINES_A_MINUTE):
        whisper(bench.desk, witness, walk.ticket, f"第 {number} 条")
    with pytest.raises(TooMany):
        whisper(bench.desk, witness, walk.ticket, TEXT)
    assert len(said(bench, walk, witness)) == LINES_A_MINUTE


# -- taking over
def test_the_supervisor_goes_on_with_the_call_under_a_new_fence(bench: Bench) -> None:
    walk, former = case_at(bench, "in_call"), bench.staff("witness")
    walk.work_through_call(bench)
    observe(bench.desk, supervisor(bench), walk.ticket)
    whisper(bench.desk, supervisor(bench), walk.ticket, TEXT)
    before = ticket(bench, walk)
    mine = take_over(bench.desk, supervisor(bench), *walk.held, "quality")
    assert (mine.state, mine.staff_id, mine.fence) == ("in_call", "supervisor", walk.held[1] + 1)
    assert (mine.claimed_at, mine.enqueued_at) == (before.claimed_at, before.enqueued_at)
    assert not keep_call(bench.desk, former, *walk.held)
    assert why_lost(bench.desk, former, walk.ticket) == "周敏已接管这次通话，原因：通话质量。客户仍在通话中。"
    assert keep_call(bench.desk, supervisor(bench), mine.id, mine.fence)
    assert [w.text for w in said(bench, walk, supervisor(bench))] == [TEXT] and present(bench, walk) == []


def test_a_takeover_is_in_ledger_and_audit_with_its_reason(bench: Bench) -> None:
    from db import tables as t

    walk = case_at(bench, "in_call")
    take_over(bench.desk, supervisor(bench), *walk.held, "customer")
    with bench.work() as work:
        row = work.queue.row(t.QueueEvent, t.QueueEvent.kind == "takeover")  # type: ignore[attr-defined]
    assert (row.ticket_id, row.actor, row.fence, row.reason) == (walk.ticket, "staff:supervisor", 2, "customer")
    detail = {"ticket": walk.ticket, "fence": 2, "reason": "customer", "former": "witness"}
    assert bench.audit()[-1] == ("staff:call:takeover", f"case:{walk.case_id}", detail)


def test_nobody_vouches_for_what_the_former_witness_saw(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    walk.work_through_call(bench)
    mine = take_over(bench.desk, supervisor(bench), *walk.held, "rules")
    with bench.work() as work:
        missing = missing_proofs(load(work, walk.case_id), mine)
    assert len(missing) > 4
    with pytest.raises(WrongState):
        pass_witness(bench.desk, supervisor(bench), mine.id, mine.fence)
    walk.witness, walk.fence = "supervisor", mine.fence
    walk.do_witness(bench)
    assert walk.step(bench) == "certificate"


def test_a_takeover_needs_a_reason_a_licence_and_free_hands(bench: Bench) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    with pytest.raises(NotFound):
        take_over(bench.desk, supervisor(bench), *walk.held, "because")
    unlicensed = bench.staff("supervisor", Role.SUPERVISOR)
    assert not may_take_over(unlicensed) and may_take_over(supervisor(bench))
    with pytest.raises(NotAllowed):
        take_over(bench.desk, unlicensed, *walk.held, "quality")
    other.join(bench)
    other.claim(bench, "supervisor")
    with pytest.raises(WrongState):
        take_over(bench.desk, supervisor(bench), *walk.held, "quality")
    assert ticket(bench, walk).staff_id == "witness"


def test_a_call_that_changed_hands_is_not_taken_over(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    old = walk.held
    release_call(bench.desk, bench.staff("witness"), *old)
    with pytest.raises(Stale):
        take_over(bench.desk, supervisor(bench), *old, "quality")
    walk.claim(bench, "witness2")
    with pytest.raises(Stale):
        take_over(bench.desk, supervisor(bench), *old, "quality")
    assert why_lost(bench.desk, bench.staff("witness"), walk.ticket) == ""
    bench.pass_time(timedelta(seconds=1))
    assert take_over(bench.desk, supervisor(bench), *walk.held, "quality").fence == walk.held[1] + 1
