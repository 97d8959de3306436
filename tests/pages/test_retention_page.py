"""保存与删除: a hold is set and lifted, deletions are listed, the classes are told in words."""

from __future__ import annotations

from datetime import timedelta

from core.actor import Role
from core.case import State
from core.jobs.erase_due import erase_due
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PAGE = "staff/retention.py"


def test_a_case_is_held_and_let_go(office: Bench, page: Open) -> None:
    case_id = made.case_in(office, State.FILLING, order=1, submitted_at=None)
    with office.work() as work:
        number = work.cases.get(case_id).number
    at = page(PAGE, made.ADMIN, Role.COMPLIANCE)
    assert "没有保全中的受理单" in words(at)
    at = press(at, "hold_set")
    assert "没有这个受理单号" in words(at) and "请写明保全的依据" in words(at)
    at.text_input(key="hold_new_number").set_value(number)
    at.text_input(key="hold_new_reason").set_value("法院 [协助](x) 保全")
    at = press(at, "hold_set")
    assert f"受理单 {number}" in words(at) and "法院 [协助](x) 保全" in words(at)
    assert at.text_input(key="hold_new_number").value == ""
    [lift] = [button.key for button in at.button if button.key and button.key.startswith("lift_")]
    at = press(at, lift)
    assert f"受理单 {number} 的资料在保存期满时删除" in words(at), "asked first"
    assert "没有保全中的受理单" in words(press(at, "dialog_yes"))


def test_deletions_and_classes_are_listed(office: Bench, page: Open) -> None:
    made.case_in(office, State.FILLING, order=1, submitted_at=None)
    assert "还没有删除过资料" in words(page(PAGE, made.ADMIN, Role.COMPLIANCE))
    office.pass_time(timedelta(days=400))
    erase_due(office.desk, "f1", {})
    said = words(page(PAGE, made.ADMIN, Role.COMPLIANCE))
    assert "开立期货账户" in said and "系统" in said and "只留下受理单号" in said
    assert "20 年" in said and "180 天" in said and "由保管人员销毁" in said and "系统每天自动删除" in said
