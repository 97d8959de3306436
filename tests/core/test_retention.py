"""What need not be kept is deleted, by the clock or on request, with a certificate; what must be kept is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.actor import Role, system
from core.case import State
from core.errors import NotAllowed, NotFound, Stale
from core.jobs.erase_due import erase_due
from core.records_retention import Erasure
from core.rules.retention import last_day, longest, over_before
from core.usecases.abandon_case import abandon_case
from core.usecases.answer_requests import answer_request, open_requests, read_plan
from core.usecases.erase_cases import erase_cases
from core.usecases.legal_holds import lift_hold, set_hold
from core.usecases.own_cases import own_cases
from core.usecases.own_data import ask_about_data
from core.usecases.read_retention import read_retention
from core.usecases.review_case import reject_review
from core.usecases.serve_customer import reject_witness
from core.usecases.supplements import start_supplements
from core.usecases.trace_case import find_trace, trace_case
from core.usecases.verify_audit import verify_audit
from db.stores.retention import BLANKED, DELETED
from db.tables import Base
from tests.builders import Walk, case_at
from tests.core.test_own_data import signed_in
from tests.core.test_supplements import begun, demand, holder_of_account
from tests.core.test_sweep_files import files
from tests.desk_bench import Bench
from tests.walk import LI, ZHANG

STAYS = {
    "capital_account", "case_work", "done_action", "erasure", "exchange_request", "finding_judgement", "legal_hold",
    "published_event", "quality_sample", "read_result", "reservation", "review_decision", "supplement_request",
    "ticket",
}  # fmt: skip
"""Tables with rows of a case that say nothing of the person, or only in the cell that is blanked."""


def certificates(bench: Bench) -> tuple[Erasure, ...]:
    return read_retention(bench.desk, bench.staff("compliance")).erasures


def due(bench: Bench) -> int:
    """Run the daily job and what it posts; how many cases it deleted."""
    before = len(certificates(bench))
    erase_due(bench.desk, "f1", {})
    bench.run_jobs()
    return len(certificates(bench)) - before


def left(bench: Bench, case_id: str) -> list[str]:
    """Tables in which anything sealed of a case is still stored."""
    found = []
    with bench.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            sealed = [column for column in table.columns if column.name.endswith("_sealed")]
            if "case_id" in table.columns and sealed:
                rows = connection.execute(select(*sealed).where(table.c.case_id == case_id)).fetchall()
                found += [table.name for row in rows if any(row)]
    return found


def ended(bench: Bench, walk: Walk) -> Walk:
    abandon_case(bench.desk, walk.actor, walk.case_id)
    return walk


def test_every_table_of_a_case_is_deleted_blanked_or_says_nothing() -> None:
    of_case = {table.name for table in Base.metadata.sorted_tables if "case_id" in table.columns}
    deleted = {table.__tablename__ for table in DELETED}
    assert deleted | {table.__tablename__ for table in BLANKED} | STAYS == of_case
    blanked = {table.__tablename__ for table in BLANKED}
    sealed = {
        table.name
        for table in Base.metadata.sorted_tables
        if table.name in of_case - deleted and any(column.name.endswith("_sealed") for column in table.columns)
    }
    assert sealed - blanked == {"legal_hold"}


@pytest.mark.parametrize(
    ("place", "days", "kept_as"),
    [("photos", 30, "draft"), ("suitability", 90, "unfinished"), ("witness", 90, "unfinished")],
)
def test_what_was_never_handed_in_goes_after_its_days(bench: Bench, place: str, days: int, kept_as: str) -> None:
    walk = case_at(bench, place)
    had = files(bench)
    bench.pass_time(timedelta(days=days) - timedelta(minutes=1))
    assert due(bench) == 0
    bench.pass_time(minutes=2)
    assert due(bench) == 1
    [found] = certificates(bench)
    case = walk.case(bench)
    assert (found.kept_as, found.number, found.erased_by) == (kept_as, case.number, "system")
    assert (case.state, case.owner, case.customer_id) == (State.EXPIRED, f"erased:{case.id}", None)
    assert left(bench, walk.case_id) == [] and (found.rows > 0 or place == "photos")
    assert found.files == len(had) and files(bench) == set()
    assert own_cases(bench.desk, walk.actor) == []
    assert due(bench) == 0


def test_what_was_given_up_goes_half_a_year_later(bench: Bench) -> None:
    walk = ended(bench, case_at(bench, "exchanges"))
    bench.pass_time(days=179)
    assert due(bench) == 0 and left(bench, walk.case_id) != []
    bench.pass_time(days=2)
    assert due(bench) == 1 and left(bench, walk.case_id) == []
    assert walk.case(bench).state is State.ABANDONED


@pytest.mark.parametrize("place", ["submitted", "active"])
def test_what_was_handed_in_stays(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    had = left(bench, walk.case_id)
    bench.pass_time(days=366 * 21)
    assert due(bench) == 0 and left(bench, walk.case_id) == had


def test_what_was_refused_goes_twenty_years_after_its_end(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["V03"], "不能办理。", "人证不一致")
    bench.pass_time(days=365 * 20)
    assert due(bench) == 0
    bench.pass_time(days=10)
    assert due(bench) == 1 and left(bench, walk.case_id) == []
    assert certificates(bench)[0].kept_as == "business_record"


def test_what_the_firm_ended_is_kept_for_years_though_it_was_never_handed_in(bench: Bench) -> None:
    """A witness who doubts the identity ends the case: that must be there when somebody asks."""
    walk = case_at(bench, "in_call")
    reject_witness(bench.desk, bench.staff("witness"), *walk.held, ["V03"], "不能办理。", "人证不一致")
    assert walk.case(bench).state is State.TERMINATED
    bench.pass_time(days=400)
    assert due(bench) == 0 and left(bench, walk.case_id) != []
    bench.pass_time(days=366 * 20)
    assert due(bench) == 1 and left(bench, walk.case_id) == []


def test_what_the_firm_asks_to_be_signed_again_waits_without_end(bench: Bench) -> None:
    holder = holder_of_account(bench)
    assert start_supplements(bench.desk, bench.staff("admin"), demand(bench))
    walk = begun(bench, holder)
    bench.pass_time(days=400)
    assert due(bench) == 0 and walk.case(bench).open


def test_an_issued_certificate_keeps_its_case_like_one_that_was_handed_in(bench: Bench) -> None:
    """电子签名法 art. 24."""
    walk = ended(bench, case_at(bench, "sign"))
    bench.pass_time(days=181)
    assert due(bench) == 0 and "certificate" in left(bench, walk.case_id)


def test_the_certificate_says_nothing_of_the_person(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    bench.pass_time(days=91)
    assert due(bench) == 1
    said = str(bench.audit()) + str(certificates(bench))
    assert not any(value in said for value in (ZHANG.name, ZHANG.phone, ZHANG.id_number))
    assert ("system:case:erase", f"case:{walk.case_id}") in [(tag, on) for tag, on, _ in bench.audit()]
    assert verify_audit(bench.desk, bench.staff("compliance")).whole


def test_the_history_of_a_deleted_case_still_opens(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    number, compliance = walk.case(bench).number, bench.staff("compliance")
    bench.pass_time(days=91)
    assert due(bench) == 1
    trace = trace_case(bench.desk, compliance, find_trace(bench.desk, compliance, number), opened=True)
    assert any(entry.words.startswith("保存期满，删除资料") for entry in trace.entries)
    assert not any(change.before or change.after for entry in trace.entries for change in entry.changes)


def test_a_legal_hold_stops_deletion_until_it_is_lifted(bench: Bench) -> None:
    walk, compliance = case_at(bench, "photos"), bench.staff("compliance")
    number = walk.case(bench).number
    assert set_hold(bench.desk, compliance, number, "法院协助保全通知书") == {}
    assert set(set_hold(bench.desk, compliance, number, "再次")) == {"number"}
    bench.pass_time(days=400)
    assert due(bench) == 0
    [hold] = read_retention(bench.desk, compliance).holds
    assert (hold.number, hold.reason, hold.set_by) == (number, "法院协助保全通知书", compliance.id)
    lift_hold(bench.desk, compliance, hold.id)
    assert due(bench) == 1
    with pytest.raises(Stale):
        lift_hold(bench.desk, compliance, hold.id)
    assert "保全" not in str(bench.audit())
    assert set(set_hold(bench.desk, compliance, number, "太晚")) == {"number"}


@pytest.mark.parametrize(("number", "reason", "field"), [("1", "有依据", "number"), (None, " ", "reason")])
def test_what_a_hold_needs(bench: Bench, number: str | None, reason: str, field: str) -> None:
    walk, compliance = case_at(bench, "photos"), bench.staff("compliance")
    assert set(set_hold(bench.desk, compliance, number or walk.case(bench).number, reason)) == {field}


def asked(bench: Bench, walk: Walk) -> tuple[str, dict[str, str]]:
    """A request to delete, and the decision that deletes all that may go."""
    assert not ask_about_data(bench.desk, signed_in(bench, walk.owner, ZHANG.phone), "deletion", "请删除我的资料。")
    compliance = bench.staff("compliance")
    [request] = open_requests(bench.desk, compliance).requests
    plan = read_plan(bench.desk, compliance, request.id)
    return request.id, {line.key: "kept" if line.kept else "deleted" for line in plan}


def test_a_request_deletes_with_its_answer(bench: Bench) -> None:
    walk, compliance = case_at(bench, "witness"), bench.staff("compliance")
    request_id, decided = asked(bench, walk)
    assert "deleted" in decided.values()
    assert not answer_request(bench.desk, compliance, request_id, "已删除。", decided)
    bench.run_jobs()
    assert left(bench, walk.case_id) == [] and files(bench) == set()
    [found] = certificates(bench)
    assert (found.kept_as, found.erased_by) == ("unfinished", compliance.id)
    assert bench.sms.sent[-1][0] == ZHANG.phone, "told that there is an answer"
    assert walk.start(bench) is None, "the same person may begin anew"


def test_a_request_does_not_delete_what_is_on_hold(bench: Bench) -> None:
    walk, compliance = case_at(bench, "witness"), bench.staff("compliance")
    assert set_hold(bench.desk, compliance, walk.case(bench).number, "调查") == {}
    request_id, decided = asked(bench, walk)
    assert decided["unfinished"] == "kept"
    errors = answer_request(bench.desk, compliance, request_id, "已删除。", {**decided, "unfinished": "deleted"})
    assert "法定保全" in errors["outcome_unfinished"]
    assert not answer_request(bench.desk, compliance, request_id, "保全中，不能删除。", decided)
    assert left(bench, walk.case_id) != []


def test_another_case_keeps_the_file_it_names(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    with bench.work() as work:
        kept, *_ = work.cases.evidence(walk.case_id)
        work.cases.add_evidence("another", replace(kept, id=work.new_id(), meta={}), "system")
        erase_cases(work, system("f1"), [(work.cases.get(walk.case_id), "unfinished")])
    bench.run_jobs()
    assert files(bench) == {kept.file_id}


def test_very_many_are_deleted_in_several_turns(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.erase_due.TURNS", 1)
    monkeypatch.setattr("db.stores.retention.AT_ONCE", 1)
    walks = [case_at(bench, "photos", person=person) for person in (ZHANG, LI)]
    bench.pass_time(days=31)
    assert [bool(erase_due(bench.desk, "f1", {})) for _ in range(3)] == [True] * 3
    assert len(certificates(bench)) == len(walks)
    assert erase_due(bench.desk, "f1", {}) is True


def test_old_messages_and_sign_ins_go(bench: Bench) -> None:
    case_at(bench, "submitted")
    bench.run_jobs()
    bench.pass_time(days=181)
    due(bench)
    with bench.work() as work:
        sent = len(work.jobs.recent_sms(bench.now - timedelta(days=400)))
        assert sent > 0
        assert work.retention.forget_sessions(bench.now) == 0, "gone already"
    bench.pass_time(days=1095)
    due(bench)
    with bench.work() as work:
        assert work.jobs.recent_sms(bench.now - timedelta(days=2000)) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_only_compliance_holds_and_looks(bench: Bench, role: Role) -> None:
    actor = bench.staff("review", role)
    for act in (
        lambda: read_retention(bench.desk, actor),
        lambda: set_hold(bench.desk, actor, "1", "x"),
        lambda: lift_hold(bench.desk, actor, "1"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_firm_deletes_and_holds_nothing_here(bench: Bench) -> None:
    walk, stranger = case_at(bench, "photos"), bench.staff("compliance", firm="f2")
    assert set(set_hold(bench.desk, stranger, walk.case(bench).number, "x")) == {"number"}
    bench.pass_time(days=400)
    erase_due(bench.desk, "f2", {})
    assert certificates(bench) == () and walk.case(bench).open
    with pytest.raises(NotFound):
        find_trace(bench.desk, stranger, walk.case(bench).number)


@pytest.mark.parametrize(
    ("day", "keep", "last"),
    [
        (date(2026, 3, 2), {"days": 30}, date(2026, 4, 1)),
        (date(2024, 2, 29), {"years": 1}, date(2025, 2, 28)),
        (date(2024, 2, 29), {"years": 20}, date(2044, 2, 29)),
    ],
)
def test_last_days(day: date, keep: dict[str, int], last: date) -> None:
    assert last_day(day, keep) == last


def test_longest_and_backwards(bench: Bench) -> None:
    assert longest([{"keep": {"days": 400}}, {"keep": {"years": 2}}, {"keep": {"years": 1}}]) == {"years": 2}
    assert over_before(bench.now, {"years": 20}).year == bench.now.year - 20
