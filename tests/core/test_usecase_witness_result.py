"""How a call ends: what a pass needs and attests, what a rejection does (R154-R157)."""

from __future__ import annotations

import pytest

from core.actor import Actor
from core.case import State
from core.errors import DeskError, WrongState
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.abandon_case import abandon_case
from core.usecases.loading import load
from core.usecases.serve_customer import (
    mark_script,
    missing_proofs,
    pass_witness,
    reject_witness,
    release_call,
    script_steps,
)
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench, member


def witness(bench: Bench, walk: Walk) -> Actor:
    return bench.staff(walk.witness, firm=walk.firm)


def missing(bench: Bench, walk: Walk) -> list[str]:
    with bench.work(walk.firm) as work:
        ticket = work.queue.find(walk.ticket)
        assert ticket is not None
        return missing_proofs(load(work, walk.case_id), ticket)


def ticket_state(bench: Bench, walk: Walk) -> str:
    with bench.work(walk.firm) as work:
        found = work.queue.find(walk.ticket)
    assert found is not None
    return found.state


# -- pass
def test_a_pass_needs_every_mark_and_every_capture(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    walk.work_through_call(bench)
    assert missing(bench, walk) == []
    with bench.work() as work:
        for slot in (*CAPTURES, HEAD_CLIP):
            work.cases.replace_evidence(walk.case_id, slot=slot)
    mark_script(bench.desk, witness(bench, walk), *walk.held, "risk", passed=False)
    with pytest.raises(WrongState, match=r"身份证正面、身份证反面、手持身份证、头部短视频、风险知晓。$"):
        pass_witness(bench.desk, witness(bench, walk), *walk.held)
    assert walk.case(bench).state is State.FILLING and ticket_state(bench, walk) == "in_call"


def test_a_pass_records_who_saw_what_and_leads_to_the_certificate(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    proof = next(p for p in walk.facts(bench).proofs if p.kind == "witness")
    assert (proof.body["name"], proof.body["licence"]) == (member("witness").name, member("witness").licence)
    marks = {s["key"] for s in script_steps(walk.loaded(bench)) if s["evidence"] == "mark"}
    assert set(proof.body["script"]) == marks and proof.body["note"] == "面容一致"
    assert (walk.step(bench), walk.case(bench).current_step) == ("certificate", "certificate")
    with bench.work() as work:
        assert work.cases.witness_of(walk.case_id) == "witness"


def test_marks_and_captures_of_an_interrupted_call_do_not_count_for_the_next(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    walk.work_through_call(bench)
    release_call(bench.desk, witness(bench, walk), *walk.held)
    walk.claim(bench, "witness2")
    assert len(missing(bench, walk)) > len(CAPTURES)
    with pytest.raises(WrongState, match="还缺少"):
        pass_witness(bench.desk, witness(bench, walk), *walk.held)
    walk.do_witness(bench)
    assert walk.step(bench) == "certificate"


@pytest.mark.parametrize("change", [{"name": "张三丰"}, {"education": "master"}])
def test_what_the_customer_changes_during_the_call_was_not_witnessed(bench: Bench, change: dict[str, str]) -> None:
    walk = case_at(bench, "in_call")
    walk.work_through_call(bench)
    assert walk.answer(bench, "profile", walk.profile_values(**change)) == {}
    if "name" in change:
        with pytest.raises(WrongState, match="修改了资料"):
            pass_witness(bench.desk, witness(bench, walk), *walk.held)
    else:
        pass_witness(bench.desk, witness(bench, walk), *walk.held)
    assert any(p.kind == "witness" for p in walk.facts(bench).proofs) is ("name" not in change)


def test_a_case_given_up_during_the_call_cannot_be_passed_and_frees_the_witness(bench: Bench) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    walk.work_through_call(bench)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(DeskError):
        pass_witness(bench.desk, witness(bench, walk), *walk.held)
    with pytest.raises(DeskError):
        reject_witness(bench.desk, witness(bench, walk), *walk.held, ["V02"], "", "")
    assert walk.case(bench).state is State.ABANDONED
    other.join(bench)
    assert other.claim(bench, "witness").case_id == other.case_id


# -- reject
def test_a_rejection_sends_the_customer_to_the_step_in_question(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    reject_witness(bench.desk, witness(bench, walk), *walk.held, ["D01"], "请核对姓名。", "姓名与证件不同")
    case = walk.case(bench)
    assert (case.state, case.remark, walk.step(bench)) == (State.REJECTED, "请核对姓名。", "profile")
    assert ticket_state(bench, walk) == "done"
    assert bench.tags()[-2:] == ["staff:case:reject", "staff:call:finish"]


def test_after_the_correction_the_customer_calls_again(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    reject_witness(bench.desk, witness(bench, walk), *walk.held, ["D01"], "", "")
    bench.pass_time(minutes=5)
    with pytest.raises(WrongState):
        walk.join(bench)
    assert walk.answer(bench, "profile", walk.profile_values()) == {}
    walk.be_witnessed(bench)
    assert (walk.step(bench), walk.case(bench).remark) == ("certificate", "")


def test_a_hard_reason_ends_the_case(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    reject_witness(bench.desk, witness(bench, walk), *walk.held, ["V03"], "", "面容不符")
    case = walk.case(bench)
    assert case.state is State.TERMINATED and case.closed_at is not None
    with pytest.raises(WrongState):
        walk.join(bench)


def test_a_rejection_without_a_known_reason_changes_nothing(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for codes in ([], ["X99"], ["S03"], ["D01", "X99"]):
        with pytest.raises(WrongState, match="驳回原因"):
            reject_witness(bench.desk, witness(bench, walk), *walk.held, codes, "", "")
    assert (ticket_state(bench, walk), walk.facts(bench).rejections) == ("in_call", ())
