"""受理单历史: search, filter, opening of values."""

from __future__ import annotations

from core.actor import Role
from core.case_trace import Group
from core.usecases.park_case import add_case_note
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PAGE = "staff/trace.py"
NUMBER = "8001260302000001"


def test_compliance_finds_a_case_filters_and_opens_the_values(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    add_case_note(office.desk, made.staff(made.REVIEWER), case_id, "客户周末不便接电话")
    at = page(PAGE, made.SECOND, Role.COMPLIANCE)
    at.text_input(key="trace_number").set_value(NUMBER)
    at = press(at, "trace_find")
    shown = words(at)
    assert "张**" in shown and "客户等待" in shown and "备注" in shown
    assert made.NAME not in shown and "客户周末不便接电话" not in shown
    at.pills(key="trace_groups").set_value([Group.READ])
    at = at.run()
    assert "查阅：时间线" in words(at) and "状态" not in words(at)
    at.pills(key="trace_groups").set_value([])
    at = press(at, "trace_open")
    assert "客户周末不便接电话" in words(at)
    assert ("staff:personal:read", f"case:{case_id}", "trace:values") in made.audit_tags(office)


def test_an_unknown_number_is_said(page: Open) -> None:
    at = page(PAGE, made.REVIEWER)
    at.text_input(key="trace_number").set_value("1")
    assert "没有这个受理单号" in words(press(at, "trace_find"))
