"""The phone callback: tries and their times, complaint, red flags that have to be looked into; four eyes held below."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from core.case import State
from core.errors import DeskError, NotFound, Stale, WrongState
from core.usecases.answer_requests import open_requests
from core.usecases.case_tasks import open_tasks, settle_task
from core.usecases.complete_case import record_callback
from core.usecases.hold_case import assign_case
from core.usecases.open_work import open_work
from core.usecases.review_case import approve_case, take_case
from core.usecases.submit_case import submit_follow_up
from core.usecases.work_lists import work_list
from db.tables import CaseRow, DecisionRow
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.walk import required_topics


def call(bench: Bench, walk: Walk, outcome: str, note: str = "", **named: str) -> dict[str, str]:
    asked = required_topics(walk.loaded(bench)) if outcome == "confirmed" else []
    return record_callback(bench.desk, bench.staff("callback"), walk.case_id, outcome, note, asked, **named)


def listed(bench: Bench, key: str) -> list[str]:
    return [row.case.id for row in work_list(bench.desk, bench.staff("callback"), key).rows]


def test_who_was_not_reached_is_called_again_later_and_at_the_best_time(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    assert not call(bench, walk, "unreached", "无人接听", call_time="evening")
    assert (listed(bench, "callback"), listed(bench, "snoozed")) == ([], [walk.case_id])
    bench.pass_time(hours=2)
    [row] = work_list(bench.desk, bench.staff("callback"), "callback").rows
    assert (row.attempts, row.call_time, row.snoozed_until) == (1, "evening", None)
    with pytest.raises(NotFound):
        call(bench, walk, "unreached", call_time="midnight")


def test_after_the_last_try_the_supervisor_is_told_once(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    for number in range(1, 5):
        call(bench, walk, "unreached")
        bench.pass_time(hours=3)
        assert bool(listed(bench, "escalated")) is (number >= 3), number
    remarks = open_work(bench.desk, bench.staff("supervisor"), walk.case_id).remarks
    assert [each.text for each in remarks if "已拨打" in each.text] == ["已拨打 3 次，都没有接通。"]


def test_a_complaint_is_registered_with_its_term_and_the_account_stays_closed(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    assert call(bench, walk, "complaint", " ") == {"note": "客户投诉时，请写明内容。"}
    assert not call(bench, walk, "complaint", "见证人员态度差")
    [request] = open_requests(bench.desk, bench.staff("compliance")).requests
    assert request.due_at is not None
    assert timedelta(0) <= bench.now + timedelta(days=15) - request.due_at < timedelta(minutes=1)
    assert (walk.case(bench).state, listed(bench, "escalated")) == (State.CALLBACK, [walk.case_id])
    bench.run_jobs()
    assert not call(bench, walk, "confirmed")
    assert walk.case(bench).state is State.ACTIVE


def test_a_case_that_was_given_to_a_colleague_is_not_called_by_others(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    with bench.work() as work:
        member = work.people.find_staff(staff_id="callback")
        assert member
        work.people.add_staff(replace(member, id="callback2", login="callback2"))
    assign_case(bench.desk, bench.staff("supervisor"), walk.case_id, "callback2")
    with pytest.raises(WrongState, match="分配给其他同事"):
        call(bench, walk, "unreached")


def flagged(bench: Bench) -> Walk:
    """Handed in with an answer that is a red flag: somebody else answered."""
    walk = case_at(bench, "follow_up")
    answers = {**walk.follow_up_answers(bench), "f01": "b"}
    checked = submit_follow_up(bench.desk, walk.actor, walk.case_id, answers, confirmed=True)
    assert checked.ok
    return walk


def test_a_red_flag_of_the_follow_up_opens_a_task_that_stops_the_approval(bench: Bench) -> None:
    walk, reviewer = flagged(bench), bench.staff("review")
    take_case(bench.desk, reviewer, walk.case_id)
    with pytest.raises(WrongState, match="待核实"):
        approve_case(bench.desk, reviewer, walk.case_id)
    [row] = work_list(bench.desk, reviewer, "tasks").rows
    assert (row.case.id, row.tasks) == (walk.case_id, 1)
    [task] = open_work(bench.desk, reviewer, walk.case_id).tasks
    assert "本人" in task.words
    assert settle_task(bench.desk, reviewer, task.task.id, " ")["note"]
    assert not settle_task(bench.desk, reviewer, task.task.id, "电话核实，系误选")
    with pytest.raises(Stale):
        settle_task(bench.desk, reviewer, task.task.id, "再次核实")
    assert approve_case(bench.desk, reviewer, walk.case_id)


def test_an_honest_follow_up_opens_no_task(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    with bench.desk.read("f1") as work:
        assert open_tasks(work, walk.case_id) == []


# -- four eyes, round the use cases
def test_the_database_refuses_a_decision_by_the_witness(bench: Bench) -> None:
    walk = case_at(bench, "in_review", witness="both")
    with pytest.raises(DeskError), bench.work() as work:
        work.results.add_decision(work.cases.get(walk.case_id), "approved", timedelta(), "both")
    with bench.work() as work:
        work.results.add_decision(work.cases.get(walk.case_id), "approved", timedelta(), "review")


def test_the_database_refuses_the_first_reviewer_as_the_second(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with pytest.raises(DeskError), bench.work() as work:
        work.results.add_decision(work.cases.get(walk.case_id), "approved", timedelta(), "review", "review")


@pytest.mark.parametrize("where", ["case", "decision", "decision that hides the witness"])
def test_plain_sql_is_refused_as_well(bench: Bench, where: str) -> None:
    walk = case_at(bench, "in_review", witness="both")
    row = {"firm_id": "f1", "id": "x", "case_id": walk.case_id, "result": "approved", "submitted_at": bench.now,
           "due_at": bench.now, "decided_at": bench.now, "working_s": 0, "decided_by": "both",
           "witness_id": "both"}  # fmt: skip
    statement = {
        "case": update(CaseRow).where(CaseRow.id == walk.case_id).values(reviewer_id="both"),
        "decision": insert(DecisionRow).values(**row),
        "decision that hides the witness": insert(DecisionRow).values(**{**row, "witness_id": None}),
    }[where]
    with pytest.raises(DeskError), bench.database.write("f1") as work:
        work.connection.execute(statement)


def test_a_real_decision_says_who_decided(bench: Bench) -> None:
    case_at(bench, "callback")
    with bench.database.read("f1") as work:
        rows = work.results.rows(DecisionRow)
    assert [(row.result, row.decided_by, row.witness_id) for row in rows] == [("approved", "review", "witness")]
