"""投资者类型: two persons, proof, a time; what it changes in the next business and in the one that is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.jobs.sweep import sweep
from core.records import Customer
from core.records_customers import Proposal, ProposalState
from core.rules.calendar import local_day
from core.usecases.complete_firm import complete_firm
from core.usecases.decide_proposal import approve_proposal, refuse_proposal, waiting_proposals
from core.usecases.investor_class import proof_files, propose_class
from core.usecases.open_evidence import open_evidence
from tests.builders import Walk, case_at
from tests.desk_bench import EXISTING, Bench
from tests.stand_ins import RealImages, tiny_picture

FILES = ((tiny_picture("proof"), "proof.jpg"),)


def last_day(bench: Bench, days: int = 365) -> date:
    return local_day(bench.now) + timedelta(days=days)


def propose(bench: Bench, customer: str = EXISTING.id, *, by: str = "review", **changes: Any) -> dict[str, str]:
    given = {"wanted": "professional", "basis": "professional", "reason": "金融资产证明", "files": FILES,
             "valid_to": last_day(bench), **changes}  # fmt: skip
    return propose_class(bench.desk, bench.staff(by), customer, given.pop("wanted"), **given)


def proposals(bench: Bench, customer: str = EXISTING.id) -> list[Proposal]:
    with bench.desk.read("f1") as work:
        return work.matters.proposals_of(customer)


def on_file(bench: Bench, customer: str = EXISTING.id) -> Customer:
    with bench.desk.read("f1") as work:
        found = work.people.find_customer(customer_id=customer)
    assert found is not None
    return found


def made_professional(bench: Bench, customer: str = EXISTING.id, **changes: Any) -> None:
    assert not propose(bench, customer, **changes)
    approve_proposal(bench.desk, bench.staff("review2"), proposals(bench, customer)[0].id)


def opened(bench: Bench) -> tuple[Walk, str]:
    """A customer whose account is open, and the id on file."""
    walk = case_at(bench, "active", chosen=("DCE",))
    customer_id = walk.case(bench).customer_id
    assert customer_id is not None
    return walk, customer_id


def test_a_class_takes_two_persons_and_tells_the_customer(bench: Bench) -> None:
    assert not propose(bench)
    assert on_file(bench).investor_class == "ordinary", "proposed is not decided"
    [(waiting, name)] = waiting_proposals(bench.desk, bench.staff("review2"))
    assert name == "李**"
    approve_proposal(bench.desk, bench.staff("review2"), waiting.id)
    assert on_file(bench).investor_class == "professional"
    [kept] = proposals(bench)
    assert (kept.state, kept.proposed_by, kept.decided_by) == (ProposalState.APPROVED, "staff:review", "staff:review2")
    assert kept.valid_to == last_day(bench) and kept.decided_at is not None
    assert {"staff:proposal:add", "staff:proposal:approve"} <= set(bench.tags())
    bench.run_jobs()
    assert bench.sms.sent[-1][0] == EXISTING.phone and f"有效期至 {last_day(bench)}" in bench.sms.sent[-1][1]


def test_nobody_approves_or_refuses_what_they_proposed(bench: Bench) -> None:
    assert not propose(bench)
    [proposal] = proposals(bench)
    for act in (approve_proposal, lambda d, a, p: refuse_proposal(d, a, p, "原因")):
        with pytest.raises(NotAllowed, match="两个人"):
            act(bench.desk, bench.staff("review"), proposal.id)
    assert proposals(bench)[0].state is ProposalState.WAITING


def test_a_refusal_says_why_and_changes_nothing(bench: Bench) -> None:
    assert not propose(bench)
    [proposal] = proposals(bench)
    assert "decision" in refuse_proposal(bench.desk, bench.staff("review2"), proposal.id, " ")
    assert not refuse_proposal(bench.desk, bench.staff("review2"), proposal.id, "证明已过期")
    assert on_file(bench).investor_class == "ordinary"
    assert proposals(bench)[0].body["note"] == "证明已过期"
    with pytest.raises(Stale):
        approve_proposal(bench.desk, bench.staff("review2"), proposal.id)
    assert not propose(bench), "another try is another proposal"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted": "expert"}, "wanted"),
        ({"wanted": "ordinary"}, "wanted"),
        ({"basis": ""}, "basis"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"valid_to": None}, "valid_to"),
        ({"valid_to": date(2026, 3, 2)}, "valid_to"),
        ({"files": ()}, "files"),
        ({"files": FILES * 11}, "files"),
    ],
)
def test_what_a_proposal_needs(bench: Bench, changes: dict[str, Any], field: str) -> None:
    assert field in propose(bench, **changes)
    assert proposals(bench) == []


def test_a_file_that_is_no_picture_is_refused(bench: Bench) -> None:
    desk, given = replace(bench.desk, images=RealImages()), {"basis": "professional", "reason": "证明"}
    files = (*FILES, (b"no picture", "proof.jpg"))
    errors = propose_class(desk, bench.staff("review"), EXISTING.id, "professional", valid_to=last_day(bench),
                           files=files, **given)  # fmt: skip
    assert errors.keys() == {"files"}
    assert proposals(bench) == []


def test_one_proposal_of_a_kind_waits_at_a_time(bench: Bench) -> None:
    assert not propose(bench)
    with pytest.raises(WrongState, match="等待确认"):
        propose(bench, by="review2")


def test_the_proof_is_kept_and_opens_for_staff_who_may_read_evidence_only(bench: Bench) -> None:
    assert not propose(bench)
    [proposal] = proposals(bench)
    [item] = proof_files(bench.desk, bench.staff("review2"), proposal.id)
    found, reader = open_evidence(bench.desk, bench.staff("review2"), item.id)
    assert found.slot == "class_proof" and reader.size > 0
    with bench.desk.read("f1") as work:
        assert {item.file_id, item.meta["original_file"]} <= work.cases.known_files(), "the sweep keeps both files"
    for stranger in (Actor("f1", f"customer:{EXISTING.id}"), bench.staff("service"), bench.staff("review", firm="f2")):
        with pytest.raises(NotFound):
            open_evidence(bench.desk, stranger, item.id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEW])
def test_other_roles_neither_propose_nor_decide(bench: Bench, role: Role) -> None:
    assert not propose(bench)
    [proposal], actor = proposals(bench), bench.staff("supervisor", role)
    for act in (
        lambda: propose_class(bench.desk, actor, EXISTING.id, "ordinary", reason="原因"),
        lambda: approve_proposal(bench.desk, actor, proposal.id),
        lambda: refuse_proposal(bench.desk, actor, proposal.id, "原因"),
        lambda: waiting_proposals(bench.desk, actor),
        lambda: proof_files(bench.desk, actor, proposal.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_firm_sees_no_proposal(bench: Bench) -> None:
    assert not propose(bench)
    stranger = bench.staff("review2", firm="f2")
    assert waiting_proposals(bench.desk, stranger) == []
    with pytest.raises(NotFound):
        approve_proposal(bench.desk, stranger, proposals(bench)[0].id)


def test_after_the_last_day_the_customer_is_ordinary_again(bench: Bench) -> None:
    made_professional(bench, valid_to=last_day(bench, 1))
    bench.pass_time(days=1)
    sweep(bench.desk, "f1")
    assert on_file(bench).investor_class == "professional", "the last day counts"
    bench.pass_time(days=1)
    sweep(bench.desk, "f1")
    sweep(bench.desk, "f1")
    assert on_file(bench).investor_class == "ordinary"
    assert [proposal.state for proposal in proposals(bench)] == [ProposalState.ENDED]
    assert bench.tags().count("system:proposal:end") == 1
    bench.run_jobs()
    assert "普通投资者" in bench.sms.sent[-1][1]


def test_a_firm_whose_texts_are_older_tells_the_customer_all_the_same(bench: Bench) -> None:
    with bench.work() as work:
        kept = work.firms.data("sms_texts", 1)
        texts = {key: row for key, row in kept["texts"].items() if not key.startswith("class_")}
        work.firms.add_data("sms_texts", 2, {**kept, "texts": texts}, work.now, "system")
    complete_firm(bench.desk, "f1")
    made_professional(bench)
    bench.run_jobs()
    assert "专业投资者" in bench.sms.sent[-1][1]


def test_a_newer_decision_ends_the_older_one(bench: Bench) -> None:
    made_professional(bench, valid_to=last_day(bench, 10))
    made_professional(bench, valid_to=last_day(bench, 400))
    bench.pass_time(days=30)
    sweep(bench.desk, "f1")
    assert on_file(bench).investor_class == "professional"
    assert not propose(bench, wanted="ordinary", reason="客户申请恢复", files=(), valid_to=None)
    approve_proposal(bench.desk, bench.staff("review2"), proposals(bench)[0].id)
    assert on_file(bench).investor_class == "ordinary"
    ended, approved = ProposalState.ENDED, ProposalState.APPROVED
    assert [proposal.state for proposal in proposals(bench)] == [approved, ended, ended]


def test_a_professional_gets_no_notice_and_no_threshold_but_the_addendum(bench: Bench) -> None:
    walk, customer_id = opened(bench)
    made_professional(bench, customer_id)
    again = walk.again("add_code", chosen=("CFFEX",))
    again.start(bench)
    assert again.case(bench).clear["investor_class"] == "professional"
    again.walk_to(bench, "exchanges")
    assert not again.answer(bench, "exchanges", {"chosen": ["CFFEX"]}), "no notice, no score report"
    again.walk_to(bench, "follow_up")
    codes = {document.code for document in again.documents(bench)}
    assert "professional_addendum" in codes and "high_risk_warning" not in codes


def test_an_ordinary_customer_still_needs_the_score_reports(bench: Bench) -> None:
    walk, _ = opened(bench)
    again = walk.again("add_code", chosen=("CFFEX",))
    again.start(bench)
    again.walk_to(bench, "exchanges")
    assert "score_report" in again.answer(bench, "exchanges", {"chosen": ["CFFEX"]})


def test_the_open_business_follows_the_class(bench: Bench) -> None:
    walk, customer_id = opened(bench)
    again = walk.again("add_code", chosen=("CFFEX",))
    again.start(bench)
    made_professional(bench, customer_id, valid_to=last_day(bench, 1))
    assert again.case(bench).clear["investor_class"] == "professional"
    bench.pass_time(days=2)
    sweep(bench.desk, "f1")
    assert again.case(bench).clear["investor_class"] == "ordinary"
