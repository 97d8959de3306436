"""Rejections: every coded reason, where it leads, what has to be done again and what not (R156, R182, section 5.2)."""

from __future__ import annotations

import pytest

from core.case import State
from core.errors import WrongState
from core.usecases.reject_case import default_text, reasons_for
from core.usecases.review_case import approve_case, reject_review, take_case
from core.usecases.serve_customer import reject_witness
from tests.builders import CONSENTS, Walk, case_at
from tests.desk_bench import Bench, defaults

REASONS = {reason["code"]: reason for reason in defaults()["reject_reasons"]["reasons"]}
REVIEW = [code for code, reason in REASONS.items() if "review" in reason["stages"]]
WITNESS = [code for code, reason in REASONS.items() if "witness" in reason["stages"]]
ENDING = {"counter": "营业部", "stop": "已结束", "silent": "已结束"}


def send_back(bench: Bench, walk: Walk, *codes: str, text: str = "", note: str = "") -> None:
    reject_review(bench.desk, bench.staff("review"), walk.case_id, codes, text, note)
    bench.pass_time(minutes=1)


def newest_text(bench: Bench) -> str:
    bench.run_jobs()
    return bench.sms.sent[-1][1]


def first_step(walk: Walk, bench: Bench, code: str) -> str:
    """Where the customer has to begin: the first of the reason's steps in the order of the business."""
    steps = {REASONS[code]["step"], *REASONS[code]["also"]}
    return next(step.key for step in walk.loaded(bench).business.steps if step.key in steps)


@pytest.mark.parametrize("code", [code for code in REVIEW if REASONS[code]["kind"] == "retry"])
def test_a_reason_of_the_review_leads_to_its_step(bench: Bench, code: str) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, code)
    case = walk.case(bench)
    assert (case.state, case.reviewer_id) == (State.REJECTED, None)
    assert walk.step(bench) == case.current_step == first_step(walk, bench, code)
    assert case.remark == REASONS[code]["customer_text"]
    assert "需要补充或修改" in newest_text(bench)


@pytest.mark.parametrize("code", [code for code in WITNESS if REASONS[code]["kind"] == "retry"])
def test_a_reason_of_the_witness_leads_to_its_step(bench: Bench, code: str) -> None:
    walk = case_at(bench, "in_call")
    reject_witness(bench.desk, bench.staff("witness"), *walk.held, [code], "", "")
    assert (walk.case(bench).state, walk.step(bench)) == (State.REJECTED, first_step(walk, bench, code))
    assert "视频验证未通过" in newest_text(bench)


@pytest.mark.parametrize("code", [code for code in REVIEW if REASONS[code]["kind"] in ENDING])
def test_a_hard_reason_ends_the_case(bench: Bench, code: str) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, code, "D02", note="内部说明")
    case = walk.case(bench)
    assert (case.state, case.reviewer_id) == (State.TERMINATED, None)
    assert case.closed_at is not None and "内部说明" not in case.remark
    assert ENDING[REASONS[code]["kind"]] in newest_text(bench)
    assert bench.tags().count("staff:case:terminate") == 1


@pytest.mark.parametrize("stage", ["witness", "review", "callback"])
def test_every_reason_belongs_to_a_stage_and_names_known_steps(bench: Bench, stage: str) -> None:
    walk = case_at(bench, "device")
    loaded = walk.loaded(bench)
    keys = {step.key for step in loaded.business.steps}
    for reason in reasons_for(stage, loaded):
        assert {reason["step"], *reason["also"]} - {None} <= keys
        assert (reason["step"] is None) is (reason["kind"] != "retry"), reason["code"]


# -- wait
def test_a_waiting_reason_leaves_the_case_with_the_reviewer(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    bench.run_jobs()
    sent = len(bench.sms.sent)
    send_back(bench, walk, "M01", note="监控中心 1")
    case = walk.case(bench)
    assert (case.state, case.reviewer_id) == (State.IN_REVIEW, "review")
    assert case.remark == REASONS["M01"]["customer_text"]
    assert walk.step(bench) == "submit"
    assert walk.facts(bench).rejections[-1].codes == ("M01",)
    assert (bench.run_jobs(), len(bench.sms.sent)) == (0, sent)
    assert approve_case(bench.desk, bench.staff("review"), walk.case_id)
    assert walk.case(bench).remark == ""


def test_a_waiting_reason_beside_a_real_one_sends_the_case_back(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, "M01", "D02")
    assert (walk.case(bench).state, walk.step(bench)) == (State.REJECTED, "profile")


# -- text, history
def test_own_words_replace_the_text_and_the_note_stays_inside(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, "D02", "P06", text="  请补充门牌号。 ", note=" 电话核实过 ")
    rejection = walk.facts(bench).rejections[-1]
    assert (rejection.customer_text, rejection.targets) == ("请补充门牌号。", ("photos", "profile"))
    with bench.work() as work:
        assert work.cases.internal_notes(walk.case_id) == [("review", "staff:review", "电话核实过")]
    assert bench.audit()[-1][2] == {"stage": "review", "codes": ["D02", "P06"], "targets": ["photos", "profile"]}


def test_the_text_before_staff_change_it_joins_the_reasons(bench: Bench) -> None:
    rules = case_at(bench, "device").loaded(bench).rules
    assert default_text(["D02", "P06", "X99"], rules) == "\n".join(REASONS[c]["customer_text"] for c in ("D02", "P06"))


def test_every_rejection_is_kept(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    for code in ("D02", "D03"):
        send_back(bench, walk, code)
        assert walk.answer(bench, "profile", walk.profile_values()) == {}
        walk.do_follow_up(bench)
        take_case(bench.desk, bench.staff("review"), walk.case_id)
    assert [r.codes for r in walk.facts(bench).rejections] == [("D02",), ("D03",)]


# -- only what was wrong has to be done again
def again(bench: Bench, walk: Walk) -> list[str]:
    """Do what is asked for until the case can be handed in; the steps that were asked for."""
    steps = []
    while (step := walk.step(bench)) != "submit":
        steps.append(step)
        redo = {"photos": lambda: walk.answer(bench, "photos", CONSENTS), "profile": lambda: walk.do_profile(bench),
                "bank": lambda: walk.confirm_bank(bench), "suitability": lambda: walk.do_suitability(bench),
                "exchanges": lambda: walk.do_exchanges(bench), "agreements": lambda: walk.do_agreements(bench),
                "witness": lambda: walk.be_witnessed(bench), "certificate": lambda: walk.do_certificate(bench),
                "sign": lambda: walk.do_sign(bench), "follow_up": lambda: walk.do_follow_up(bench)}  # fmt: skip
        assert not redo[step]()
        assert len(steps) < 12, steps
    return steps


@pytest.mark.parametrize(
    ("code", "profile", "steps"),
    [
        ("D03", {"education": "master"}, ["profile"]),
        ("D02", {"contact_address": "样张路 200 号 3 室"}, ["profile", "agreements", "sign"]),
        ("D01", {}, ["profile"]),
        ("D01", {"name": "张三丰"}, ["profile", "agreements", "witness", "certificate", "sign"]),
        ("K01", {}, ["follow_up"]),
        ("A01", {}, ["agreements"]),
        ("T01", {}, ["certificate", "sign"]),
        ("P07", {}, ["witness"]),
        ("S01", {}, ["suitability"]),
        ("B01", {}, ["bank"]),
    ],
)
def test_only_what_was_wrong_and_its_proofs_are_done_again(
    bench: Bench, code: str, profile: dict[str, str], steps: list[str]
) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, code)
    walk.profile.update(profile)
    assert again(bench, walk) == steps


@pytest.mark.parametrize(("code", "slot"), [("P01", "id_front"), ("P02", "id_back"), ("P06", "signature")])
def test_a_rejected_photo_must_be_a_new_one(bench: Bench, code: str, slot: str) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, code)
    errors = walk.answer(bench, "photos", CONSENTS)
    assert list(errors) == [slot] and "重新上传" in errors[slot]
    walk.add_photo(bench, slot, "new")
    printed = ["sign"] if slot == "signature" else []
    assert again(bench, walk) == ["photos", "witness", *printed]


def test_nothing_is_done_again_without_saving_the_rejected_step(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    send_back(bench, walk, "D02")
    assert walk.step(bench) == "profile"
    with pytest.raises(WrongState):
        walk.do_follow_up(bench)
