"""Conditions of access: what the customer has to bring, what staff decide, and what approval asks for."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from core.actor import Actor
from core.case import State
from core.defaults import load_kind
from core.errors import BadFile, NotAllowed, NotFound, WrongState
from core.steps.exchanges import access_of, access_problem
from core.usecases.access_decisions import decide_access
from core.usecases.photos import remove_photo
from core.usecases.review_case import approve_case, reject_review
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

CHOSEN = ("CFFEX", "SHFE")
DUE = ["financial_funds", "financial_experience", "financial_knowledge"]


def in_review(bench: Bench, chosen: tuple[str, ...] = CHOSEN) -> Walk:
    return case_at(bench, "in_review", chosen=chosen)


def decide(bench: Bench, walk: Walk, key: str, decision: str = "met", note: str = "", login: str = "review") -> None:
    decide_access(bench.desk, bench.staff(login), walk.case_id, key, decision, note)


def approve(bench: Bench, walk: Walk) -> str:
    return approve_case(bench.desk, bench.staff("review"), walk.case_id)


def refused(bench: Bench, walk: Walk) -> str:
    with pytest.raises(WrongState) as caught:
        approve(bench, walk)
    return caught.value.text


def decided(bench: Bench, walk: Walk) -> dict[str, str]:
    loaded = walk.loaded(bench)
    return {each.requirement.key: each.decided for each in access_of(loaded.facts, loaded.rules, loaded.now)}


# -- approval
def test_commodities_alone_need_no_decision(bench: Bench) -> None:
    walk = in_review(bench, ("DCE", "SHFE"))
    assert decided(bench, walk) == {}
    assert approve(bench, walk)


def test_approval_waits_for_every_condition_of_a_chosen_group(bench: Bench) -> None:
    walk = in_review(bench)
    assert list(decided(bench, walk)) == DUE
    assert refused(bench, walk) == (
        "准入条件还没有决定：金融 · 资金、金融 · 交易经历、金融 · 知识水平。请逐项决定后再通过。"
    )
    decide(bench, walk, "financial_funds", note="系统查询 5 日可用资金 62 万元以上")
    decide(bench, walk, "financial_experience", "exempt", "已核实其他公司金融期货编码")
    assert refused(bench, walk) == "准入条件还没有决定：金融 · 知识水平。请逐项决定后再通过。"
    decide(bench, walk, "financial_knowledge")
    assert approve(bench, walk)


def test_a_decision_is_a_proof_with_its_author_and_stands_in_the_audit(bench: Bench) -> None:
    walk = in_review(bench)
    decide(bench, walk, "financial_funds", note="  系统查询  ")
    proof = walk.facts(bench).proofs[-1]
    assert (proof.kind, proof.subject) == ("access", "financial_funds")
    assert proof.body == {"decision": "met", "note": "系统查询", "staff": "review"}
    detail = {"requirement": "financial_funds", "decision": "met"}
    assert bench.audit()[-1] == ("staff:access:decide", f"case:{walk.case_id}", detail)


def test_the_newest_decision_counts_and_the_same_again_changes_nothing(bench: Bench) -> None:
    walk = in_review(bench)
    decide(bench, walk, "financial_funds", "not_met", "缺 1 日")
    decide(bench, walk, "financial_funds", "not_met", "缺 1 日")
    assert bench.tags().count("staff:access:decide") == 1
    assert decided(bench, walk)["financial_funds"] == "not_met"
    decide(bench, walk, "financial_funds")
    assert decided(bench, walk)["financial_funds"] == "met"


@pytest.mark.parametrize("decision", ["not_met", "exempt"])
def test_nothing_is_refused_or_exempted_without_a_reason(bench: Bench, decision: str) -> None:
    walk = in_review(bench)
    with pytest.raises(WrongState, match="请写明依据"):
        decide(bench, walk, "financial_funds", decision, "  ")
    assert decided(bench, walk)["financial_funds"] == ""


@pytest.mark.parametrize(("key", "decision"), [("energy_funds", "met"), ("", "met"), ("financial_funds", "approved")])
def test_only_a_known_decision_on_a_condition_of_this_choice(bench: Bench, key: str, decision: str) -> None:
    walk = in_review(bench)
    with pytest.raises(WrongState):
        decide(bench, walk, key, decision, "依据")
    assert set(decided(bench, walk).values()) == {""}


# -- not met
def test_what_is_not_met_sends_the_case_back_and_drops_the_exchange(bench: Bench) -> None:
    walk = in_review(bench)
    walk.decide_access(bench)
    decide(bench, walk, "financial_funds", "not_met", "可用资金不足")
    assert refused(bench, walk) == "准入条件未达到：金融 · 资金。请驳回，原因选 S04；知识水平未达到时选 S03。"
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S04"], "", "")
    assert walk.step(bench) == "exchanges"
    again = walk.answer(bench, "exchanges", {"chosen": list(CHOSEN)})
    assert again == {"chosen": "中国金融期货交易所的资金条件没有达到，请先取消选择；达到后可以再增开。"}
    assert walk.answer(bench, "exchanges", {"chosen": ["SHFE"]}) == {}
    assert decided(bench, walk) == {}


def test_a_case_without_the_dropped_exchange_goes_on_to_its_account(bench: Bench) -> None:
    walk = in_review(bench)
    decide(bench, walk, "financial_experience", "not_met", "没有成交记录")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S04"], "", "")
    walk.chosen = ("SHFE",)
    walk.do_exchanges(bench)
    walk.do_agreements(bench)
    bench.pass_time(seconds=30)
    for place in ("sign", "prepared", "follow_up", "submitted", "in_review"):
        walk.go_on(bench, place)
    assert walk.case(bench).state is State.CALLBACK
    with bench.work() as work:
        assert [r.exchange for r in work.results.requests(walk.case_id)] == ["SHFE"]


def test_decisions_outlive_a_rejection_as_long_as_their_ground_is_the_same(bench: Bench) -> None:
    walk = in_review(bench)
    walk.decide_access(bench)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S03"], "", "")
    assert set(decided(bench, walk).values()) == {"met"}
    walk.add_photo(bench, "score_report", "third")
    assert decided(bench, walk) == dict.fromkeys(DUE[:2], "met") | {"financial_knowledge": ""}


def test_other_reports_may_be_shown_after_those_that_were_refused(bench: Bench) -> None:
    walk = in_review(bench)
    decide(bench, walk, "financial_knowledge", "not_met", "成绩单已过期")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S03"], "", "")
    again = walk.answer(bench, "exchanges", {"chosen": list(CHOSEN)})
    assert again == {
        "chosen": "中国金融期货交易所的知识水平条件没有达到，请更换证明材料，或先取消选择；达到后可以再增开。"
    }
    walk.add_photo(bench, "score_report", "new")
    assert walk.answer(bench, "exchanges", {"chosen": list(CHOSEN)}) == {}


# -- proofs that the customer brings
def ask_the_customer(bench: Bench) -> None:
    """From now on the firm wants proofs of funds and experience in the exchange step."""
    body: dict[str, Any] = deepcopy(load_kind("access_rules"))
    for row in body["rows"]:
        row["proof"] = "customer_uploads"
    with bench.work() as work:
        work.firms.add_data("access_rules", 2, body, work.now, "test")
    bench.pass_time(seconds=5)


def reported(bench: Bench) -> Walk:
    """A case at the exchange step of a firm that asks for proofs, with its score reports."""
    ask_the_customer(bench)
    walk = case_at(bench, "exchanges")
    for name in ("first", "second"):
        walk.add_photo(bench, "score_report", name)
    return walk


def choose(bench: Bench, walk: Walk, **claims: str) -> list[str]:
    return list(walk.answer(bench, "exchanges", {"chosen": list(CHOSEN), "claims": claims}))


def test_proofs_are_asked_one_after_the_other(bench: Bench) -> None:
    walk = reported(bench)
    assert choose(bench, walk) == ["proof_funds"]
    walk.add_photo(bench, "proof_funds", "one")
    assert choose(bench, walk) == ["proof_experience"]
    walk.add_photo(bench, "proof_experience", "one")
    assert choose(bench, walk) == []


def test_a_condition_takes_five_pictures(bench: Bench) -> None:
    walk = reported(bench)
    items = [walk.add_photo(bench, "proof_funds", f"number {n}") for n in range(5)]
    with pytest.raises(BadFile, match="资金证明最多 5 张"):
        walk.add_photo(bench, "proof_funds", "number 6")
    remove_photo(bench.desk, walk.actor, walk.case_id, items[0].id)
    walk.add_photo(bench, "proof_funds", "number 6")
    assert len(walk.facts(bench).slot("proof_funds")) == 5


def test_a_claimed_exemption_needs_a_picture_that_shows_it(bench: Bench) -> None:
    walk = reported(bench)
    claims = {"financial_funds": "financial_elsewhere", "financial_experience": "traded_50_days"}
    assert choose(bench, walk, **claims) == ["proof_funds"]
    walk.add_photo(bench, "proof_funds", "code")
    walk.add_photo(bench, "proof_experience", "trades")
    assert choose(bench, walk, **claims) == []
    assert walk.facts(bench).values("exchanges")["claims"] == claims


def test_an_exemption_from_the_test_needs_one_picture_instead_of_two_reports(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    claims = {"financial_knowledge": "financial_elsewhere"}
    asked = walk.answer(bench, "exchanges", {"chosen": list(CHOSEN), "claims": claims})
    assert asked == {"score_report": "请在这里上传能证明豁免条件的材料，或选择不申请豁免。"}
    walk.add_photo(bench, "score_report", "code of another firm")
    assert choose(bench, walk) == ["score_report"]
    assert choose(bench, walk, **claims) == []


def test_a_claim_that_the_row_does_not_know_is_dropped(bench: Bench) -> None:
    walk = reported(bench)
    for slot in ("proof_funds", "proof_experience"):
        walk.add_photo(bench, slot, "one")
    assert choose(bench, walk, financial_funds="made_up", energy_funds="professional") == []
    assert "claims" not in walk.facts(bench).values("exchanges")


def test_nothing_can_be_claimed_where_the_firm_checks_for_itself(bench: Bench) -> None:
    walk = in_review(bench)
    decide(bench, walk, "financial_funds", "not_met", "可用资金不足")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S04"], "", "")
    assert choose(bench, walk, financial_funds="financial_elsewhere") == ["chosen"]


def test_a_professional_on_file_claims_without_any_upload(bench: Bench) -> None:
    ask_the_customer(bench)
    walk = case_at(bench, "exchanges")
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        work.cases.change(case, clear={**case.clear, "investor_class": "professional"})
    claims = dict.fromkeys(DUE, "professional")
    assert choose(bench, walk, financial_funds="professional") == ["proof_experience"], "no reports from professionals"
    assert choose(bench, walk, **claims) == []
    loaded = walk.loaded(bench)
    found = access_of(loaded.facts, loaded.rules, loaded.now)
    assert [(s.exempt_shown, s.decided) for s in found] == [(True, "")] * 3
    assert access_problem(loaded.facts, loaded.rules, loaded.now).startswith("准入条件还没有决定")


def test_who_has_an_energy_account_is_exempt_on_file_and_needs_no_reports(bench: Bench) -> None:
    ask_the_customer(bench)
    walk = case_at(bench, "exchanges")
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        work.cases.change(case, clear={**case.clear, "opened": ["INE"]})
    assert choose(bench, walk) == ["proof_funds"]
    claims = {"financial_funds": "energy_here", "financial_experience": "energy_here"}
    assert choose(bench, walk, **claims) == []


def test_another_proof_needs_another_decision(bench: Bench) -> None:
    walk = reported(bench)
    picture = walk.add_photo(bench, "proof_funds", "one")
    walk.add_photo(bench, "proof_experience", "one")
    assert choose(bench, walk) == []
    walk.chosen = CHOSEN
    for place in ("agreements", "witness", "in_call", "certificate", "sign", "prepared", "follow_up", "submitted"):
        walk.go_on(bench, place)
    decide(bench, walk, "financial_funds", "not_met", "截图不是本人账户")
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S04"], "", "")
    assert choose(bench, walk) == ["chosen"]
    remove_photo(bench.desk, walk.actor, walk.case_id, picture.id)
    walk.add_photo(bench, "proof_funds", "own account")
    assert choose(bench, walk) == []
    assert decided(bench, walk)["financial_funds"] == ""


# -- who may decide
def test_only_the_reviewer_who_holds_the_case_decides(bench: Bench) -> None:
    walk = in_review(bench)
    people = [(bench.staff(login), NotAllowed) for login in ("review2", "witness", "supervisor", "compliance")]
    people += [(walk.actor, NotAllowed), (Actor("f2", "staff:review", bench.staff("review").roles), NotFound)]
    for actor, error in people:
        with pytest.raises(error):
            decide_access(bench.desk, actor, walk.case_id, "financial_funds", "met")
    assert set(decided(bench, walk).values()) == {""}


def test_nothing_is_decided_before_the_case_is_taken(bench: Bench) -> None:
    walk = case_at(bench, "submitted", chosen=CHOSEN)
    with pytest.raises(WrongState):
        decide(bench, walk, "financial_funds")
