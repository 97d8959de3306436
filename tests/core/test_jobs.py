"""Background work: leases, retries, giving up, SMS, sealing, recordings, sweeping and forgetting."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from core.errors import OutsideService
from core.jobs import run
from core.jobs.run import ASK_AGAIN, ATTEMPTS, LEASE, run_next
from core.jobs.seal_documents import seal_documents
from core.jobs.send_sms import send_sms
from core.jobs.sweep import forget, sweep
from core.ports import Desk
from core.usecases.review_case import reject_review
from media.documents.verify import verify_document
from tests.builders import LI, ZHANG, Walk, case_at
from tests.desk_bench import Bench

Answers = list[bool | Exception]


def post(bench: Bench, firm: str = "f1", **how: Any) -> None:
    with bench.work(firm) as work:
        work.jobs.post("probe", {"id": "1"}, **how)


def handle(monkeypatch: pytest.MonkeyPatch, *answers: bool | Exception) -> list[Mapping[str, Any]]:
    """Handle jobs of kind `probe` with these answers in turn; what was handled."""
    seen: list[Mapping[str, Any]] = []

    def handler(_desk: Desk, _firm: str, payload: Mapping[str, Any]) -> bool:
        seen.append(payload)
        answer = answers[min(len(seen), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setitem(cast("dict[str, Any]", run.HANDLERS), "probe", handler)
    return seen


def unfinished(bench: Bench, firm: str = "f1") -> int:
    with bench.work(firm) as work:
        return work.jobs.unfinished()


# -- running
def test_a_due_job_runs_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, True)
    post(bench)
    assert [run_next(bench.desk, "f1"), run_next(bench.desk, "f1")] == [True, False]
    assert (seen, unfinished(bench)) == ([{"id": "1"}], 0)


def test_a_job_waits_for_its_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, True)
    post(bench, run_at=bench.now + timedelta(minutes=5))
    assert not run_next(bench.desk, "f1")
    bench.pass_time(minutes=5)
    assert run_next(bench.desk, "f1") and len(seen) == 1


def test_a_job_with_the_same_key_is_posted_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, True)
    for _ in range(3):
        post(bench, dedupe="same")
    assert (bench.run_jobs(), len(seen)) == (1, 1)
    post(bench, dedupe="same")
    assert bench.run_jobs() == 0


def test_each_firm_has_its_own_jobs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, True)
    post(bench, "f1", dedupe="same")
    post(bench, "f2", dedupe="same")
    assert bench.run_jobs("f1") == 1 and unfinished(bench, "f2") == 1
    assert bench.run_jobs("f2") == 1 and len(seen) == 2


def test_a_leased_job_is_left_alone_until_its_lease_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, True)
    post(bench)
    with bench.work() as work:
        assert work.jobs.take(LEASE) is not None
    assert not run_next(bench.desk, "f1")
    bench.pass_time(LEASE - timedelta(seconds=1))
    assert not run_next(bench.desk, "f1")
    bench.pass_time(seconds=2)
    assert run_next(bench.desk, "f1") and len(seen) == 1


def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = handle(monkeypatch, OutsideService())
    post(bench)
    for attempt in range(1, ATTEMPTS):
        assert run_next(bench.desk, "f1")
        bench.pass_time(seconds=min(600, 2**attempt) - 1)
        assert not run_next(bench.desk, "f1")
        bench.pass_time(seconds=2)
    assert run_next(bench.desk, "f1")
    bench.pass_time(days=1)
    assert not run_next(bench.desk, "f1")
    assert (len(seen), unfinished(bench)) == (ATTEMPTS, 0)


def test_waiting_is_no_failure_however_long_it_takes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = handle(monkeypatch, *[False] * (3 * ATTEMPTS), OutsideService(), True)
    post(bench)
    for _ in range(3 * ATTEMPTS + 1):
        assert run_next(bench.desk, "f1")
        bench.pass_time(ASK_AGAIN)
    assert run_next(bench.desk, "f1")
    assert (len(seen), unfinished(bench)) == (3 * ATTEMPTS + 2, 0)


def test_an_unexpected_error_ends_no_worker_and_leaks_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handle(monkeypatch, RuntimeError(ZHANG.id_number), True)
    post(bench)
    with caplog.at_level(logging.DEBUG, "jianzheng.jobs"):
        assert run_next(bench.desk, "f1")
    assert "RuntimeError" in caplog.text and ZHANG.id_number not in caplog.text
    bench.pass_time(seconds=3)
    assert run_next(bench.desk, "f1") and unfinished(bench) == 0


# -- SMS
def test_a_message_waits_while_the_gateway_is_down(bench: Bench) -> None:
    with bench.work() as work:
        work.jobs.add_sms("phone:x", LI.phone, "approved", "【样张】已通过。")
    bench.sms.broken = True
    assert run_next(bench.desk, "f1") and bench.sms.sent == []
    bench.sms.broken = False
    bench.pass_time(seconds=3)
    assert run_next(bench.desk, "f1") and bench.sms.sent == [(LI.phone, "【样张】已通过。")]


@pytest.mark.parametrize(("mode", "template", "kept"), [
    ("demo", "code", True), ("production", "code", False), ("production", "approved", True),
])  # fmt: skip
def test_a_sent_code_is_wiped_outside_the_demo(bench: Bench, mode: str, template: str, kept: bool) -> None:
    desk = replace(bench.desk, settings=replace(bench.desk.settings, mode=mode))
    with bench.work() as work:
        work.jobs.add_sms("phone:x", LI.phone, template, "验证码 123456")
        message = work.jobs.recent_sms(work.now - timedelta(minutes=1))[0]
    assert send_sms(desk, "f1", {"message": message.id})
    with bench.work() as work:
        after = work.jobs.find_sms(message.id)
    assert after is not None and (after.state, after.phone) == ("sent", LI.phone)
    assert after.text == ("验证码 123456" if kept else "")


def test_a_message_is_not_sent_twice(bench: Bench) -> None:
    with bench.work() as work:
        work.jobs.add_sms("phone:x", LI.phone, "approved", "文本")
        message = work.jobs.recent_sms(work.now - timedelta(minutes=1))[0]
    for _ in range(2):
        assert send_sms(bench.desk, "f1", {"message": message.id})
    assert len(bench.sms.sent) == 1
    assert send_sms(bench.desk, "f2", {"message": message.id}) and len(bench.sms.sent) == 1


def test_neither_text_nor_phone_stands_in_the_audit(bench: Bench) -> None:
    with bench.work() as work:
        work.jobs.add_sms("phone:x", LI.phone, "code", "验证码 123456")
    bench.run_jobs()
    tag, _, detail = bench.audit()[-1]
    assert (tag, detail) == ("system:sms:send", {"template": "code"})
    assert LI.phone not in str(bench.audit()) and "123456" not in str(bench.audit())


# -- sealing
def sealed(bench: Bench, walk: Walk) -> set[str]:
    return {document.code for document in walk.documents(bench, "sealed")}


def test_signed_documents_are_sealed_for_the_firm(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    codes = {document.code for document in walk.documents(bench, "signed")}
    bench.run_jobs()
    assert sealed(bench, walk) == codes and walk.documents(bench, "signed") == []
    document = walk.documents(bench, "sealed")[0]
    with bench.work() as work:
        found, authority = work.cases.find_evidence(str(document.signed_file)), work.documents.find_authority()
    assert found is not None and authority is not None
    reader = bench.desk.vault.open("f1", found[0].file_id)
    check = verify_document(reader.read(0, reader.size), bench.desk.papers.root_certificate(authority), bench.now)
    assert [signature.good for signature in check.signatures] == [True, True]


def test_sealing_again_changes_nothing(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    bench.run_jobs()
    before = walk.documents(bench, "sealed")
    assert seal_documents(bench.desk, "f1", {"case": walk.case_id})
    assert walk.documents(bench, "sealed") == before


def test_an_interrupted_sealing_goes_on_where_it_stopped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, count = case_at(bench, "follow_up"), iter(range(99))
    seal = bench.desk.papers.seal

    def breaking(*how: Any) -> bytes:
        if next(count) == 2:
            raise OutsideService
        return seal(*how)

    monkeypatch.setattr(bench.desk.papers, "seal", breaking)
    bench.run_jobs()
    first = {d.code: d.signed_file for d in walk.documents(bench, "sealed")}
    assert len(first) == 2
    bench.pass_time(seconds=5)
    bench.run_jobs()
    after = {d.code: d.signed_file for d in walk.documents(bench, "sealed")}
    assert len(after) > 2 and {code: after[code] for code in first} == first


def test_what_is_signed_after_a_rejection_is_sealed_too(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    bench.run_jobs()
    first = sealed(bench, walk)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["D02"], "", "")
    bench.pass_time(minutes=1)
    assert walk.answer(bench, "profile", walk.profile_values(contact_address="样张路 200 号 3 室")) == {}
    walk.do_agreements(bench)
    walk.do_sign(bench)
    assert walk.documents(bench, "signed")
    bench.run_jobs()
    assert (sealed(bench, walk), walk.documents(bench, "signed")) == (first, [])


def test_a_document_that_is_no_longer_in_force_is_not_sealed(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    document = walk.documents(bench, "signed")[0]
    with bench.work() as work:
        work.documents.change_document(document.id, "signed", state="void")
    bench.run_jobs()
    assert document.code not in sealed(bench, walk)


# -- sweep and forget
def test_sweeping_touches_only_its_firm_and_what_is_due(bench: Bench) -> None:
    here, there = case_at(bench, "witness"), case_at(bench, "witness", person=LI, firm="f2")
    for walk in (here, there):
        walk.join(bench)
    assert sweep(bench.desk, "f1") == 0
    bench.pass_time(minutes=2)
    assert (sweep(bench.desk, "f1"), sweep(bench.desk, "f1"), sweep(bench.desk, "f2")) == (1, 0, 1)
    assert bench.audit()[-1] == ("system:queue:sweep", "queue", {"abandoned": 1})


def test_forgetting_keeps_what_limits_still_look_at(bench: Bench) -> None:
    with bench.work() as work:
        work.people.count_event("code|x")
    for days, left in ((1, 1), (2, 0)):
        bench.pass_time(days=days)
        forget(bench.desk, "f1")
        with bench.work() as work:
            assert work.people.events_since("code|x", bench.now - timedelta(days=30)) == left
