"""质量抽查: the form, who may not check, the results of a person."""

from __future__ import annotations

from core.actor import Role
from core.records_watch import Sample
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PAGE = "staff/quality.py"


def sample(office: Bench) -> None:
    case_id = made.submitted_case(office)
    with office.work() as work:
        draw = {"number": 3.25, "share": 5}
        work.samples.add_sample(Sample("s", "review", "d", case_id, made.REVIEWER, work.now, work.now, draw))


def test_a_colleague_fills_the_form_and_the_person_is_counted(office: Bench, page: Open) -> None:
    sample(office)
    at = page(PAGE, made.SECOND, Role.COMPLIANCE)
    assert "随机数 3.25，抽查比例 5%" in words(at) and "受理单 8001260302000001" in words(at)
    at = press(at, "save_s")
    assert "请选择结果" in words(at)
    at.radio(key="result_s").set_value("minor")
    at.checkbox(key="met_s_compared").check()
    at.text_area(key="note_s").set_value("驳回原因不准")
    shown = words(press(at, "save_s"))
    assert "赵强 复核" in shown and "轻微问题" in shown and "驳回原因不准" in shown and "没有待检查的" in shown


def test_the_own_work_has_no_form(office: Bench, page: Open) -> None:
    sample(office)
    at = page(PAGE, made.REVIEWER)
    assert "请由另一位同事检查" in words(at)
    assert not [button for button in at.button if button.key == "save_s"]
