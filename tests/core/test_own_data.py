"""个人信息: what a customer sees, asks, withdraws and downloads; no other firm, no other session."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, Stale, TooMany, WrongState
from core.records_customers import DataRequest, RequestKind
from core.usecases.answer_requests import answer_request, open_requests, read_plan, read_request
from core.usecases.copy_own_data import may_open_copy, open_copy, prove_copy, request_copy_code
from core.usecases.own_data import ask_about_data, own_data, withdraw_consent
from core.usecases.sessions import exchange_ticket, find_session, open_session
from core.usecases.wait_for_witness import join_queue, look_at_queue
from tests.builders import LI, ZHANG, Walk, case_at
from tests.desk_bench import Bench
from tests.forms import CONSENTS

ADDRESS = "198.51.100.7"


def opened(bench: Bench) -> tuple[Walk, Actor]:
    """A customer whose account is open, signed in by ID number."""
    walk = case_at(bench, "active", chosen=("DCE",))
    return walk, signed_in(bench, f"customer:{walk.case(bench).customer_id}", ZHANG.phone)


def signed_in(bench: Bench, subject: str, phone: str) -> Actor:
    with bench.work() as work:
        ticket = open_session(work, "customer", subject, phone)
    found = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket))
    assert found is not None
    return Actor("f1", subject, frozenset(), found.id)


# -- knowing
def test_a_customer_sees_the_own_file_only(bench: Bench) -> None:
    walk, actor = opened(bench)
    found = own_data(bench.desk, actor)
    assert found.file.profile["name"] == ZHANG.name and found.phone == ZHANG.phone
    assert [case.id for case in found.person.cases] == [walk.case_id]
    other = own_data(bench.desk, signed_in(bench, "phone:other", LI.phone))
    assert (other.file.profile, other.person.cases, other.phone) == ({}, (), LI.phone)
    with pytest.raises(NotFound):
        own_data(bench.desk, replace(actor, firm_id="f2"))
    with pytest.raises(NotAllowed):
        own_data(bench.desk, bench.staff("compliance"))


def test_somebody_without_an_account_sees_what_was_filled_in(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    found = own_data(bench.desk, walk.actor)
    assert found.person.customer is None and found.file.profile["id_number"] == ZHANG.id_number
    assert {item.slot for item in found.file.photos} == {"id_front", "id_back", "signature"}


# -- a copy
def proven(bench: Bench, actor: Actor) -> None:
    code_id = request_copy_code(bench.desk, actor, ADDRESS)
    bench.run_jobs()
    assert bench.sms.sent[-1][0] == ZHANG.phone
    assert not prove_copy(bench.desk, actor, code_id, bench.sms.code())


def test_the_copy_has_everything_in_full_with_the_pictures(bench: Bench) -> None:
    walk, actor = opened(bench)
    proven(bench, actor)
    package = zipfile.ZipFile(io.BytesIO(open_copy(bench.desk, actor)))
    data = json.loads(package.read("个人信息.json"))
    assert data["原始数据"]["基本资料"]["id_number"] == ZHANG.id_number and data["公司"] == "样张期货"
    page = package.read("个人信息.html").decode()
    for value in (ZHANG.name, ZHANG.id_number, ZHANG.phone, ZHANG.card, walk.account, walk.case(bench).number):
        assert value in page
    pictures = [name for name in package.namelist() if name.startswith("照片/")]
    assert len(pictures) == 4 and all(package.read(name) for name in pictures)
    assert bench.tags()[-1] == "customer:copy:open"
    assert ZHANG.id_number not in str(bench.audit())


def test_without_a_fresh_code_of_this_session_there_is_no_copy(bench: Bench) -> None:
    _, actor = opened(bench)
    with pytest.raises(NotAllowed):
        open_copy(bench.desk, actor)
    proven(bench, actor)
    other = signed_in(bench, actor.id, ZHANG.phone)
    assert may_open_copy(own_data(bench.desk, actor), actor)
    assert not may_open_copy(own_data(bench.desk, other), other)
    with pytest.raises(NotAllowed):
        open_copy(bench.desk, other)
    bench.pass_time(minutes=11)
    with pytest.raises(NotAllowed):
        open_copy(bench.desk, actor)


def test_a_code_proves_once_and_for_its_owner_only(bench: Bench) -> None:
    _, actor = opened(bench)
    code_id = request_copy_code(bench.desk, actor, ADDRESS)
    bench.run_jobs()
    code = bench.sms.code()
    with pytest.raises(TooMany):
        request_copy_code(bench.desk, actor, ADDRESS)
    assert "copy_code" in prove_copy(bench.desk, actor, code_id, "000000" if code != "000000" else "111111")
    assert not prove_copy(bench.desk, actor, code_id, code)
    assert "copy_code" in prove_copy(bench.desk, actor, code_id, code)
    bench.pass_time(seconds=61)
    mine = request_copy_code(bench.desk, actor, ADDRESS)
    bench.run_jobs()
    stranger = signed_in(bench, "phone:other", LI.phone)
    assert "copy_code" in prove_copy(bench.desk, stranger, mine, bench.sms.code())
    with pytest.raises(NotAllowed):
        open_copy(bench.desk, stranger)


# -- consent
def test_who_withdrew_the_consent_cannot_join_until_it_is_given_again(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    join_queue(bench.desk, walk.actor, walk.case_id)
    withdraw_consent(bench.desk, walk.actor)
    assert look_at_queue(bench.desk, walk.actor, walk.case_id) is None, "the place in the queue is given back"
    assert walk.step(bench) == "photos" and own_data(bench.desk, walk.actor).withdrawn
    with pytest.raises(WrongState):
        join_queue(bench.desk, walk.actor, walk.case_id)
    withdraw_consent(bench.desk, walk.actor)
    assert bench.tags().count("customer:consent:withdraw") == 1
    bench.pass_time(seconds=5)
    assert not walk.answer(bench, "photos", CONSENTS)
    assert own_data(bench.desk, walk.actor).withdrawn is None
    assert join_queue(bench.desk, walk.actor, walk.case_id).state == "waiting"


def test_a_case_that_asks_for_no_photos_is_held_by_the_consent_too(bench: Bench) -> None:
    """The tick of an older case does not count: it was taken back."""
    walk = case_at(bench, "witness")
    with bench.work() as work:
        kept = work.cases.answers(walk.case_id)["photos"].values
    withdraw_consent(bench.desk, walk.actor)
    with bench.work() as work:
        work.cases.save_answer(walk.case_id, "photos", {**kept, "face_video_consent": True})
    assert join_queue(bench.desk, walk.actor, walk.case_id), "given again after the withdrawal"
    other = case_at(bench, "witness", person=LI)
    stored = own_data(bench.desk, other.actor).person.subject
    with bench.work() as work:
        work.matters.add_request(DataRequest("later", stored, RequestKind.WITHDRAW, {}, work.now))
    with pytest.raises(WrongState, match="撤回人脸与视频信息的同意"):
        join_queue(bench.desk, other.actor, other.case_id)


def test_during_a_call_nothing_is_withdrawn(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    with pytest.raises(WrongState, match="请先结束通话"):
        withdraw_consent(bench.desk, walk.actor)
    assert own_data(bench.desk, walk.actor).withdrawn is None


def test_finished_businesses_keep_their_evidence(bench: Bench) -> None:
    walk, actor = opened(bench)
    before = walk.facts(bench).evidence
    withdraw_consent(bench.desk, actor)
    assert walk.facts(bench).evidence == before and before


# -- requests and answers
def decided(bench: Bench, request_id: str) -> dict[str, str]:
    """What must be kept is kept, the rest deleted."""
    plan = read_plan(bench.desk, bench.staff("compliance"), request_id)
    return {line.key: "kept" if line.kept else "deleted" for line in plan}


@pytest.mark.parametrize(
    ("place", "kept", "loose"),
    [
        ("bank", {"sms_log", "access_log"}, {"unfinished"}),
        ("submitted", {"business_record", "recording", "identity", "certificate", "sms_log", "access_log"}, set()),
    ],
)
def test_a_deletion_is_decided_line_by_line(bench: Bench, place: str, kept: set[str], loose: set[str]) -> None:
    """What the law keeps cannot be ticked off; what can go is, and both stand in the answer for the customer."""
    walk = case_at(bench, place)
    assert not ask_about_data(bench.desk, walk.actor, "deletion", "请删除全部信息。")
    compliance = bench.staff("compliance")
    [due] = open_requests(bench.desk, compliance).requests
    plan = {line.key: line for line in read_plan(bench.desk, compliance, due.id)}
    assert ({key for key in plan if plan[key].kept}, {key for key in plan if not plan[key].kept}) == (kept, loose)
    wrong = answer_request(bench.desk, compliance, due.id, "已处理。", dict.fromkeys(plan, "deleted"))
    assert set(wrong) == {f"outcome_{key}" for key in kept}
    assert not answer_request(bench.desk, compliance, due.id, "已处理。", decided(bench, due.id))
    [mine] = own_data(bench.desk, walk.actor).requests
    assert {row["outcome"] for row in mine.body["plan"]} == ({"kept", "deleted"} if loose else {"kept"})
    tag, _, detail = next(row for row in reversed(bench.audit()) if row[0] == "staff:request:answer")
    assert detail["deleted"] == sorted(loose), tag


def test_records_are_kept_for_twenty_years_from_the_end(bench: Bench) -> None:
    """期货和衍生品法 art. 117; an account that is open has no end yet."""
    walk, actor = opened(bench)
    assert not ask_about_data(bench.desk, actor, "deletion", "请删除全部信息。")
    compliance = bench.staff("compliance")
    [due] = open_requests(bench.desk, compliance).requests
    by_key = {line.key: line for line in read_plan(bench.desk, compliance, due.id)}
    assert by_key["identity"].until is None and "结束后" in by_key["identity"].words
    with bench.work() as work:
        found = work.people.find_customer(customer_id=actor.id.removeprefix("customer:"))
        assert found is not None
        work.people.change_customer(replace(found, capital_account=None))
    by_key = {line.key: line for line in read_plan(bench.desk, compliance, due.id)}
    assert by_key["identity"].until is not None and by_key["identity"].until.year == bench.now.year + 20
    assert walk.case(bench).closed_at is not None


def test_a_request_has_a_due_day_and_gets_an_answer(bench: Bench) -> None:
    _, actor = opened(bench)
    assert not ask_about_data(bench.desk, actor, "deletion", "请删除我的邮箱。")
    bench.run_jobs()
    assert "2026-03-17" in bench.sms.sent[-1][1]
    compliance = bench.staff("compliance")
    [due] = open_requests(bench.desk, compliance).requests
    assert due.due_at == due.created_at + timedelta(days=15)
    found, ref = read_request(bench.desk, compliance, due.id)
    assert (found.body["text"], ref) == ("请删除我的邮箱。", actor.id)
    assert ("staff:personal:read", f"request:{due.id}", {"purpose": "request"}) in bench.audit()
    assert "answer" in answer_request(bench.desk, compliance, due.id, " ")
    assert "outcome_identity" in answer_request(bench.desk, compliance, due.id, "已删除邮箱。")
    assert not answer_request(bench.desk, compliance, due.id, "已删除邮箱。", decided(bench, due.id))
    bench.run_jobs()
    assert bench.sms.sent[-1][0] == ZHANG.phone and "已有答复" in bench.sms.sent[-1][1]
    [mine] = own_data(bench.desk, actor).requests
    assert mine.body["answer"] == "已删除邮箱。" and mine.answered_by == "staff:compliance"
    assert open_requests(bench.desk, compliance).requests == ()
    with pytest.raises(Stale):
        answer_request(bench.desk, compliance, due.id, "再次答复")
    assert "邮箱" not in str(bench.audit())


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [("copy", "x", "kind"), ("", "x", "kind"), ("deletion", " ", "text"), ("complaint", "长" * 1001, "text")],
)
def test_what_a_request_needs(bench: Bench, kind: str, text: str, field: str) -> None:
    actor = signed_in(bench, "phone:other", LI.phone)
    assert field in ask_about_data(bench.desk, actor, kind, text)
    assert own_data(bench.desk, actor).requests == ()


def test_a_few_requests_may_wait_at_a_time(bench: Bench) -> None:
    actor = signed_in(bench, "phone:other", LI.phone)
    for _ in range(5):
        assert not ask_about_data(bench.desk, actor, "complaint", "意见")
    with pytest.raises(TooMany):
        ask_about_data(bench.desk, actor, "complaint", "意见")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_only_compliance_reads_and_answers(bench: Bench, role: Role) -> None:
    actor = bench.staff("review", role)
    for act in (
        lambda: open_requests(bench.desk, actor),
        lambda: read_request(bench.desk, actor, "x"),
        lambda: answer_request(bench.desk, actor, "x", "答复"),
        lambda: ask_about_data(bench.desk, actor, "deletion", "x"),
        lambda: withdraw_consent(bench.desk, actor),
        lambda: open_copy(bench.desk, actor),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_firm_sees_no_request(bench: Bench) -> None:
    _, actor = opened(bench)
    assert not ask_about_data(bench.desk, actor, "deletion", "请删除")
    with bench.desk.read("f1") as work:
        [request] = work.matters.open_requests()
    stranger = bench.staff("compliance", firm="f2")
    assert open_requests(bench.desk, stranger).requests == ()
    for act in (read_request, lambda d, a, r: answer_request(d, a, r, "答复")):
        with pytest.raises(NotFound):
            act(bench.desk, stranger, request.id)
