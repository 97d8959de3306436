"""工作列表: the lists and counts of each role, taking, giving, putting off, notes, tasks."""

from __future__ import annotations

import pytest

from core.actor import Role
from core.case import State
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words

PAGE = "staff/work.py"


def holder(office: Bench, case_id: str) -> str | None:
    with office.work() as work:
        return work.casework.of_case(work.cases.get(case_id)).holder_id


def test_the_lists_stand_with_their_counts_and_a_masked_row(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page(PAGE, made.REVIEWER)
    shown = words(at)
    assert "待复核　**1**" in shown and "无人领取　**1**" in shown and "我的　**0**" in shown
    assert "张**" in shown and made.NAME not in shown and made.PHONE not in shown
    assert at.button(key=f"row_{case_id}").label.startswith("**8001260302000001**")


def test_the_first_list_of_a_caller_is_one_that_callers_may_see(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    shown = words(page(PAGE, made.CALLER))
    assert "待复核" not in shown and "待回访　**0**" in shown


def test_a_press_on_a_list_shows_its_rows(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page(PAGE, made.REVIEWER, list="mine")
    assert "您手上没有业务" in words(at)
    at = press(at, "list_unheld")
    assert "无人领取　1" in words(at) and at.button(key=f"row_{case_id}")


def test_a_caller_takes_a_case_and_puts_it_back(office: Bench, page: Open) -> None:
    case_id = made.case_in(office, State.CALLBACK)
    at = page(PAGE, made.CALLER, list="callback", case=case_id)
    assert "客户等待" in words(at) and "处理人 无人领取" in words(at)
    at = press(at, "claim")
    assert holder(office, case_id) == made.CALLER and "处理人 我" in words(at)
    press(at, "give_back")
    assert holder(office, case_id) is None


def test_a_supervisor_gives_a_case_and_moves_those_of_somebody_absent(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page(PAGE, made.ADMIN, list="unheld", case=case_id)
    at.selectbox(key="assign_to").set_value(made.SECOND)
    at = press(at, "assign_give")
    assert holder(office, case_id) == made.SECOND
    at.selectbox(key="from_staff").set_value(made.SECOND)
    at = press(at, "hand_over_go")
    assert holder(office, case_id) is None
    assert made.WITNESS not in at.selectbox(key="assign_to").options


def test_a_case_is_put_off_with_a_reason_and_listed_apart(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page(PAGE, made.REVIEWER, list="review", case=case_id)
    at = press(at, "snooze_save")
    assert "请填写，最多 500 字" in words(at) and "请选择以后的时间" in words(at)
    at.text_area(key="snooze_reason").set_value("等客户补件")
    at.date_input(key="snooze_day").set_value("2026-03-03")
    at = press(at, "snooze_save")
    shown = words(at)
    assert "待复核　**0**" in shown and "已延后　**1**" in shown and "等客户补件" in shown
    at = press(at, "wake")
    assert "待复核　**1**" in words(at)


def test_a_note_and_a_word_to_the_supervisor_stand_beside_the_case(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page(PAGE, made.REVIEWER, list="review", case=case_id)
    for key, text in (("note", "客户周末不便接电话"), ("escalate", "证件照疑似翻拍")):
        at.text_area(key=f"{key}_text").set_value(text)
        at = press(at, f"{key}_save")
    assert "客户周末不便接电话" in words(at) and "已上报　**1**" in words(at)
    at = page(PAGE, made.ADMIN, list="escalated", case=case_id)
    at.text_area(key="answer_text").set_value("请客户重拍")
    assert "请客户重拍" in words(press(at, "answer_save"))


def test_a_task_names_question_and_answer_and_is_settled_with_words(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    with office.work() as work:
        work.casework.add_task(case_id, "red_flag", "f01")
        [task] = work.casework.tasks(case_id)
    at = page(PAGE, made.REVIEWER, list="tasks", case=case_id)
    assert "待核实　**1**" in words(at) and "正在作答的是您本人吗" in words(at)
    key = f"task_{task.id[:8]}"
    at = press(at, f"{key}_save")
    assert "请写明核实的经过和结果" in words(at)
    at.text_area(key=f"{key}_note").set_value("电话核实，确为本人作答")
    assert "电话核实，确为本人作答" in words(press(at, f"{key}_save"))


def test_an_empty_list_says_what_would_stand_there(page: Open) -> None:
    assert "没有等待复核的业务" in words(page(PAGE, made.REVIEWER))


@pytest.mark.parametrize(("role", "shown"), [(Role.REVIEW, True), (Role.ANALYST, False)])
def test_the_start_page_names_the_lists_that_hold_something(office: Bench, page: Open, role: Role, shown: bool) -> None:
    made.submitted_case(office)
    at = page("staff/home.py", made.REVIEWER, role)
    links = [link.proto.label for link in at.get("page_link")]
    assert ("待复核　1" in links) is shown
    assert "超时　0" not in links
    calm(at)
