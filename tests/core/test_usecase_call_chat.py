"""文字交流: who writes and reads within a call, what it leaves behind, how it is read and handed out afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, Stale, TooMany, WrongState
from core.records import CallLine
from core.usecases.call_chat import export_lines, read_lines, write_line
from core.usecases.call_lines import LINE_MAX, LINES_A_MINUTE
from core.usecases.observe_call import observe, take_over, whisper
from core.usecases.read_case import read_case
from core.usecases.serve_customer import release_call
from db import tables as t
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench

HEAR = "我听不到您的声音"
SEE = "我 看得到您"


def said(bench: Bench, walk: Walk, actor: Actor) -> list[tuple[bool, str]]:
    return [(line.by_staff, line.text) for line in read_lines(bench.desk, actor, walk.ticket)]


def everything(bench: Bench, walk: Walk) -> list[CallLine]:
    with bench.work() as work:
        return work.calls.lines(walk.case_id, "customer")


def test_witness_and_customer_write_to_each_other(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    write_line(bench.desk, witness, *walk.held, f"  {HEAR} ")
    write_line(bench.desk, walk.actor, *walk.held, "我\n看得到您")
    for actor in (witness, walk.actor):
        assert said(bench, walk, actor) == [(True, HEAR), (False, SEE)]
    [first, second] = [(tag, detail) for tag, _, detail in bench.audit() if tag.endswith(":call:chat")]
    assert (first[0], second[0]) == ("staff:call:chat", "customer:call:chat")
    assert second[1] == {"ticket": walk.ticket, "line": everything(bench, walk)[1].id, "length": len(SEE)}


def test_what_staff_read_of_the_customer_is_on_record(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    write_line(bench.desk, witness, *walk.held, HEAR)
    said(bench, walk, witness)
    assert "staff:personal:read" not in bench.tags()
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    for actor in (witness, witness, walk.actor):
        said(bench, walk, actor)
    reads = [(about, detail["purpose"]) for tag, about, detail in bench.audit() if tag == "staff:personal:read"]
    assert reads == [(f"case:{walk.case_id}", "chat")]


def test_nobody_else_writes_or_reads(bench: Bench) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "device", person=LI)
    strangers = [
        (other.actor, NotAllowed, NotAllowed),
        (Actor("f2", walk.owner), Stale, Stale),
        (bench.staff("witness2"), Stale, NotAllowed),
        (bench.staff("witness", Role.REVIEW), NotAllowed, NotAllowed),
        (bench.staff("compliance"), NotAllowed, NotAllowed),
        (bench.staff("supervisor"), Stale, WrongState),
    ]
    for actor, writing, reading in strangers:
        with pytest.raises(writing):
            write_line(bench.desk, actor, *walk.held, HEAR)
        with pytest.raises(reading):
            read_lines(bench.desk, actor, walk.ticket)
    assert everything(bench, walk) == []


def test_a_supervisor_who_sits_in_reads_and_does_not_write(bench: Bench) -> None:
    walk, supervisor = case_at(bench, "in_call"), bench.staff("supervisor")
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    observe(bench.desk, supervisor, walk.ticket)
    assert said(bench, walk, supervisor) == [(False, SEE)]
    with pytest.raises(Stale):
        write_line(bench.desk, supervisor, *walk.held, HEAR)


def test_messages_among_staff_stay_among_staff(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    whisper(bench.desk, bench.staff("witness"), walk.ticket, "客户好像在照读")
    assert said(bench, walk, walk.actor) == said(bench, walk, bench.staff("witness")) == []
    assert read_case(bench.desk, bench.staff("compliance"), walk.case_id, "inspection").lines == ()


@pytest.mark.parametrize("text", ["", "  \n ", "长" * (LINE_MAX + 1)])
def test_nothing_and_too_much_are_refused(bench: Bench, text: str) -> None:
    walk = case_at(bench, "in_call")
    for actor in (bench.staff("witness"), walk.actor):
        with pytest.raises(WrongState):
            write_line(bench.desk, actor, *walk.held, text)
    write_line(bench.desk, walk.actor, *walk.held, "长" * LINE_MAX)
    assert len(everything(bench, walk)) == 1


def test_who_writes_too_fast_waits(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    for number in range(LINES_A_MINUTE):
        write_line(bench.desk, walk.actor, *walk.held, f"第 {number} 条")
    with pytest.raises(TooMany):
        write_line(bench.desk, walk.actor, *walk.held, "再来")
    write_line(bench.desk, witness, *walk.held, "请慢慢写")
    bench.pass_time(minutes=1, seconds=1)
    write_line(bench.desk, walk.actor, *walk.held, "再来")
    assert len(everything(bench, walk)) == LINES_A_MINUTE + 2


def test_only_within_the_running_call(bench: Bench) -> None:
    walk, witness = case_at(bench, "in_call"), bench.staff("witness")
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    release_call(bench.desk, witness, *walk.held)
    acts: list[Callable[[], object]] = [
        lambda: write_line(bench.desk, walk.actor, *walk.held, SEE),
        lambda: write_line(bench.desk, witness, *walk.held, SEE),
        lambda: read_lines(bench.desk, walk.actor, walk.ticket),
    ]
    for act in acts:
        with pytest.raises(Stale):
            act()


def test_the_next_witness_begins_anew_and_nothing_is_lost(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    old = walk.held
    write_line(bench.desk, walk.actor, *old, SEE)
    release_call(bench.desk, bench.staff("witness"), *old)
    bench.pass_time(seconds=5)
    walk.claim(bench, "witness2")
    for actor in (bench.staff("witness2"), walk.actor):
        assert said(bench, walk, actor) == []
        with pytest.raises(Stale):
            write_line(bench.desk, actor, *old, "写给上一位的话")
    assert [(line.fence, line.text) for line in everything(bench, walk)] == [(old[1], SEE)]


def test_whoever_takes_over_goes_on_with_what_was_written(bench: Bench) -> None:
    walk, supervisor = case_at(bench, "in_call"), bench.staff("supervisor")
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    mine = take_over(bench.desk, supervisor, *walk.held, "quality")
    with pytest.raises(Stale):
        write_line(bench.desk, bench.staff("witness"), *walk.held, HEAR)
    write_line(bench.desk, supervisor, mine.id, mine.fence, HEAR)
    assert said(bench, walk, walk.actor) == [(False, SEE), (True, HEAR)]


def test_lines_lie_sealed_in_their_own_place(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    write_line(bench.desk, walk.actor, *walk.held, "我的卡号是 6222")
    with bench.work() as work:
        row = work.calls.row(t.CallLine, t.CallLine.case_id == walk.case_id)  # type: ignore[attr-defined]
    assert row is not None and "卡号".encode() not in bytes(row.text_sealed)


# -- afterwards
def test_it_is_read_beside_the_recordings_and_for_nothing_else(bench: Bench) -> None:
    called = case_at(bench, "callback", person=LI)
    walk = case_at(bench, "in_call")
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    file = read_case(bench.desk, bench.staff("compliance"), walk.case_id, "inspection")
    assert [line.text for line in file.lines] == [SEE]
    reads = [about for tag, about, d in bench.audit() if tag == "staff:personal:read" and d["purpose"] == "inspection"]
    assert reads == [f"case:{walk.case_id}"]
    with bench.work() as work:
        ticket = work.queue.find_last(called.case_id)
        assert ticket is not None
        work.calls.add_line(CallLine("l1", ticket.id, called.case_id, 1, "customer", called.owner, bench.now, SEE))
    assert read_case(bench.desk, bench.staff("callback"), called.case_id, "callback").lines == ()


def test_compliance_takes_it_along_and_that_is_on_record(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    with pytest.raises(NotFound):
        export_lines(bench.desk, bench.staff("compliance"), walk.case_id)
    write_line(bench.desk, bench.staff("witness"), *walk.held, HEAR)
    bench.pass_time(timedelta(seconds=3))
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    text, name = export_lines(bench.desk, bench.staff("compliance"), walk.case_id)
    rows = [line.split("\t") for line in text.splitlines()]
    assert [(ticket, who, words) for _, ticket, who, words in rows] == [
        (walk.ticket, "见证人员 王芳", HEAR), (walk.ticket, "客户", SEE),
    ]  # fmt: skip
    assert all(moment.endswith("+08:00") for moment, *_ in rows) and rows[0][0] < rows[1][0]
    assert name == f"{walk.case(bench).number}-chat.txt"
    assert bench.audit()[-1] == ("staff:evidence:export", f"case:{walk.case_id}", {"slot": "chat", "lines": 2})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_others_take_nothing_along(bench: Bench, role: Role) -> None:
    walk = case_at(bench, "in_call")
    write_line(bench.desk, walk.actor, *walk.held, SEE)
    with pytest.raises(NotAllowed):
        export_lines(bench.desk, bench.staff("witness", role), walk.case_id)
