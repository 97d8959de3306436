"""The online test and 准入条件 as the customer and the reviewer use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.defaults import load_kind
from core.records import SessionRecord
from core.rules.knowledge_test import Attempt
from core.steps.exchanges import access_of
from core.usecases.abandon_case import abandon_case
from pages.parts import wiring
from tests.builders import Walk, case_at
from tests.desk_bench import F1, Bench
from tests.knowledge import answer_some, take_test
from tests.pages.staff_pages import calm, press, words

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
CHOSEN = ("CFFEX", "SHFE")


@pytest.fixture(autouse=True)
def site(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages on the bench's desk."""
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", lambda: [F1])
    monkeypatch.setattr(wiring, "staff", lambda: None)
    monkeypatch.setattr(wiring, "customer", lambda: None)


@pytest.fixture
def as_customer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[Walk], AppTest]:
    """Open the case page as the owner of a walk."""

    def open_it(walk: Walk) -> AppTest:
        now = bench.clock.now
        session = SessionRecord("s1", walk.firm, "customer", walk.owner, now, now, walk.person.phone)
        monkeypatch.setattr(wiring, "customer", lambda: session)
        at = AppTest.from_file(str(ROUTER), default_timeout=20).run()
        return calm(at.switch_page("customer/case.py").run())

    return open_it


@pytest.fixture
def as_reviewer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[Walk], AppTest]:
    """Open the review page with the walk's case."""

    def open_it(walk: Walk) -> AppTest:
        with bench.work() as work:
            member = work.people.find_staff(staff_id="review")
        assert member is not None
        monkeypatch.setattr(wiring, "staff", lambda: (bench.staff("review"), member))
        at = AppTest.from_file(str(ROUTER), default_timeout=30).run()
        at.switch_page("staff/review.py")
        at.query_params["case"] = walk.case_id
        return calm(at.run())

    return open_it


def choosing(at: AppTest) -> AppTest:
    """Tick 中金所."""
    return calm(at.checkbox(key="exchanges_CFFEX").check().run())


def begun(at: AppTest) -> AppTest:
    return press(press(choosing(at), "test_open"), "test_start")


def running(bench: Bench, walk: Walk) -> Attempt:
    with bench.work() as work:
        found = work.knowledge.find_open(walk.owner)
    assert found is not None
    return found


def notices(at: AppTest) -> str:
    return "\n".join(str(e.value) for e in [*at.success, *at.warning])


# -- the customer
def test_conditions_are_shown_for_financial_products_only(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    at = as_customer(case_at(bench, "exchanges"))
    assert "准入条件" not in words(at)
    at = choosing(at)
    assert "准入条件：金融" in words(at)
    assert "可用资金不低于 50 万元" in words(at)
    assert words(at).count("由我公司核对，您不需要上传") == 2
    assert "test_open" in {button.key for button in at.button}


def test_the_test_begins_after_its_rules_were_shown(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    at = press(choosing(as_customer(walk)), "test_open")
    assert "单选题 10 题，判断题 10 题，每题 5 分，80 分通过，限时 30 分钟" in words(at)
    with bench.work() as work:
        assert work.knowledge.of_person(walk.owner, "") == []
    at = press(at, "test_start")
    assert at.radio[0].key.endswith(running(bench, walk).questions[0].key)
    assert "剩余 **29 分" in words(at)
    assert "exchanges_CFFEX" not in {box.key for box in at.checkbox}


def test_answers_are_kept_and_a_reload_leads_to_the_first_open_question(
    bench: Bench, as_customer: Callable[[Walk], AppTest]
) -> None:
    walk = case_at(bench, "exchanges")
    at = begun(as_customer(walk))
    calm(at.radio[0].set_value(running(bench, walk).questions[0].options[0][0]).run())
    first = running(bench, walk)
    assert len(first.answers) == 1
    again = as_customer(walk)
    assert again.radio[0].key == f"test_{first.id[:8]}_{first.questions[1].key}"
    again = press(again, "test_back")
    assert again.radio[0].value == first.answers[first.questions[0].key].option


def test_handing_in_names_what_was_left_out(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    at = begun(as_customer(walk))
    sheet = running(bench, walk)
    answer_some(bench, walk, sheet, right=18)
    at = press(calm(at.run()), "test_end")
    assert "第 19、20 题还没有作答" in words(at)
    at = press(at, "test_go_on")
    assert at.radio[0].key.endswith(sheet.questions[18].key)
    at = press(press(at, "test_end"), "test_hand_in")
    assert "90 分" in notices(at)
    assert "不需要上传成绩报告单" in notices(at)
    assert at.checkbox(key="exchanges_CFFEX").value
    assert "test_open" not in {button.key for button in at.button}
    at = press(at, "next")
    assert walk.step(bench) == "agreements"


def test_a_failed_test_shows_topics_and_no_answers(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk, right=10)
    at = choosing(as_customer(walk))
    assert "没有通过：50 分" in notices(at)
    body = load_kind("knowledge_test")
    hints = [t["hint"] for t in body["topics"]]
    assert any(hint in words(at) for hint in hints)
    assert [q["key"] for q in body["questions"] if q["why"] in words(at)] == []
    assert "之后可以再次开始" in words(at)
    assert "test_open" not in {button.key for button in at.button}
    bench.pass_time(minutes=10)
    assert "test_open" in {button.key for button in calm(at.run()).button}


def test_a_pass_of_an_earlier_case_is_offered(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    old = case_at(bench, "exchanges")
    take_test(bench, old, right=19)
    abandon_case(bench.desk, old.actor, old.case_id)
    walk = Walk()
    walk.start(bench)
    for step in ("device", "photos", "profile", "bank", "suitability"):
        walk.go_on(bench, step)
    at = choosing(as_customer(walk))
    assert at.button(key="test_reuse").label.endswith("的结果（95 分）")
    at = press(at, "test_reuse")
    assert "您已经通过，不需要再次答题" in words(at)
    press(at, "next")
    assert walk.step(bench) == "agreements"


def test_the_result_comes_by_itself_when_the_time_is_over(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    at = begun(as_customer(walk))
    answer_some(bench, walk, running(bench, walk), right=16)
    bench.pass_time(minutes=30)
    at = calm(at.run())
    assert "已通过：80 分" in notices(at)


def test_a_late_press_is_told_and_not_counted(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    at = begun(as_customer(walk))
    option = running(bench, walk).questions[0].options[0][0]
    bench.pass_time(minutes=30)
    at = calm(at.radio[0].set_value(option).run())
    assert "答题时间已到" in words(at)
    with bench.work() as work:
        (attempt,) = work.knowledge.of_person(walk.owner, "")
    assert (attempt.answers, attempt.points) == ({}, 0)


def test_a_claimed_exemption_is_kept_with_the_draft(bench: Bench, as_customer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges")
    at = choosing(as_customer(walk))
    key = "exchanges_claim_financial_knowledge"
    at = calm(at.selectbox(key=key).set_value("financial_elsewhere").run())
    at = press(at, "next")
    assert walk.step(bench) == "exchanges"
    again = as_customer(walk)
    assert again.checkbox(key="exchanges_CFFEX").value
    assert again.selectbox(key=key).value == "financial_elsewhere"


# -- the reviewer
def test_the_reviewer_decides_each_condition_before_approving(
    bench: Bench, as_reviewer: Callable[[Walk], AppTest]
) -> None:
    walk = case_at(bench, "in_review", chosen=CHOSEN)
    at = as_reviewer(walk)
    assert "准入条件还没有决定：金融 · 资金、金融 · 交易经历、金融 · 知识水平" in words(at)
    assert at.button(key="approve").disabled
    for kind in ("funds", "knowledge"):
        at = press(at, f"access_financial_{kind}_met")
    at = press(at, "access_financial_experience_exempt")
    assert "请写明依据" in words(at)
    calm(at.text_input(key="access_note_financial_experience").input("其他公司编码已核实").run())
    at = press(at, "access_financial_experience_exempt")
    assert not at.button(key="approve").disabled
    assert "豁免 · 其他公司编码已核实 · 赵强" in words(at)
    at = press(press(at, "approve"), "dialog_yes")
    loaded = walk.loaded(bench)
    assert loaded.case.state == "callback"
    assert {s.decided for s in access_of(loaded.facts, loaded.rules, loaded.now)} == {"met", "exempt"}


def test_the_reviewer_reads_the_test_question_by_question(bench: Bench, as_reviewer: Callable[[Walk], AppTest]) -> None:
    walk = case_at(bench, "exchanges", chosen=CHOSEN)
    sheet = take_test(bench, walk, right=17)
    assert not walk.answer(bench, "exchanges", {"chosen": list(CHOSEN)})
    for place in ("agreements", "witness", "in_call", "certificate", "sign", "prepared", "follow_up", "submitted"):
        walk.go_on(bench, place)
    at = as_reviewer(walk)
    assert "在线测试 85 分" in words(at)
    (shown,) = [each for each in at.expander if each.label.startswith("在线测试 1")]
    assert "85 分，通过，用时 12 分钟" in shown.label
    table = "\n".join(str(each.value) for each in shown.markdown).replace("\\", "")
    assert [q.text for q in sheet.questions if q.text not in table] == []
    assert table.count("正确答案：") == 3
