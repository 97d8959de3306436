"""规则设置 as a new user walks it: change by the form, difference, approval by a second account, shown to customers."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.case import State
from core.defaults import load_kind
from core.jobs.run import run_next
from core.records_rules import RuleDraft
from core.rule_kinds import KINDS
from core.rules.calendar import local_day, local_time
from core.rules.service_hours import ServiceHours
from core.usecases.carry_rules import export_rules
from core.usecases.draft_rules import begin_draft, propose_draft, save_draft
from core.usecases.loading import rules_for
from core.usecases.read_rules import open_drafts
from pages.parts.rule_form import as_clock, lines_of, span_of, times_of
from pages.parts.rule_rows import edited
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words

PAGE = "staff/rules.py"
NOTE = "总部通知"


def newest(office: Bench) -> RuleDraft:
    return open_drafts(office.desk, made.staff(made.ADMIN))[-1][0]


def begun(page: Open, office: Bench, kind: str) -> tuple[AppTest, str]:
    """The form of a new draft of a kind, and how the keys of its widgets begin."""
    at = press(page(PAGE, made.ADMIN, kind=kind), "kind_begin")
    return at, f"rule_{newest(office).id[:6]}"


def handed_in(at: AppTest, prefix: str) -> AppTest:
    note = next(area for area in at.text_area if area.label == "修改原因")
    assert str(note.key).startswith(prefix)
    note.set_value(NOTE)
    return press(calm(at.run()), "draft_propose")


def approved(page: Open, draft: RuleDraft) -> AppTest:
    return press(page(PAGE, made.SECOND, Role.COMPLIANCE, draft=draft.id), "draft_approve")


def present(office: Bench, kind: str) -> Any:
    with office.work() as work:
        return rules_for(work)[kind]


def test_other_hours_reach_the_customers_at_their_day(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "service_hours")
    at.selectbox(key=f"{prefix}_channels_chosen").set_value("witness")
    calm(at.run())
    at.text_input(key=f"{prefix}_channels.witness.weekly.mon").set_value("9：00-11:30、13:00-16:05")
    press(calm(at.run()), f"{prefix}_channels.witness.weekly_same")
    assert at.text_input(key=f"{prefix}_channels.witness.weekly.sun").value == "09:00-11:30、13:00-16:05"
    assert "渠道 › 视频验证 › 每周时间 › 周一" in words(at) and "09:00-11:30、13:00-16:05" in words(at)
    at.radio(key=f"{prefix}_@when").set_value("指定日期")
    calm(at.run())
    day = local_day(office.clock[0]) + timedelta(days=2)
    at.date_input(key=f"{prefix}_@effective_on").set_value(day)
    calm(at.run())
    assert "等待另一位同事审批" in words(handed_in(at, prefix))
    assert "09:00-11:30、13:00-16:05" in words(page(PAGE, made.SECOND, Role.COMPLIANCE, draft=newest(office).id))
    assert "已批准" in words(approved(page, newest(office)))
    assert "16:05" not in words(page("customer/hall.py"))
    office.clock[0] = local_time(day, 0)
    assert "16:05" in words(page("customer/hall.py"))


def test_a_new_question_is_asked_of_new_cases(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "questionnaire")
    press(at, f"{prefix}_questions_copy")
    assert newest(office).content.body["questions"][-1]["key"] == "q19"
    at.text_area(key=f"{prefix}_questions.18.text_1").set_value("您是否了解保证金制度？")
    calm(at.run())
    at.number_input(key=f"{prefix}_questions.18.cap_1").set_value(50)
    calm(at.run())
    assert "各选项最多得 5 分，达不到本题最高分 50 分。" in words(at)
    at.number_input(key=f"{prefix}_questions.18.cap_1").set_value(0)
    handed_in(calm(at.run()), prefix)
    approved(page, newest(office))
    questions = present(office, "questionnaire")["questions"]
    assert (len(questions), questions[-1]["text"]) == (19, "您是否了解保证金制度？")


def test_a_new_reject_reason(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "reject_reasons")
    press(at, f"{prefix}_reasons_add")
    number = len(newest(office).content.body["reasons"]) - 1
    place = f"{prefix}_reasons.{number}"
    assert "请填写名称" in words(at)
    at.text_input(key=f"{place}.code_1").set_value("P20")
    at.multiselect(key=f"{place}.stages_1").set_value(["review"])
    at.text_input(key=f"{place}.label_1").set_value("照片有水印")
    at.selectbox(key=f"{place}.kind_1").set_value("retry")
    at.text_area(key=f"{place}.customer_text_1").set_value("照片上有水印，请重新拍摄。")
    calm(at.run())
    refused = press(handed_in(at, prefix), "draft_propose")
    assert "退回客户修改的原因要写明退回到哪一步" in words(refused)
    at.selectbox(key=f"{place}.step_1").set_value("photos")
    handed_in(calm(at.run()), prefix)
    approved(page, newest(office))
    assert present(office, "reject_reasons")["reasons"][-1]["label"] == "照片有水印"


def test_nothing_is_lost_when_the_maker_leaves(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "prepare")
    at.number_input(key=f"{prefix}_minutes").set_value(500)
    calm(at.run())
    back = page(PAGE, made.ADMIN, draft=newest(office).id)
    assert back.number_input(key=f"{prefix}_minutes").value == 500
    assert "大约用时应在 1 至 120 分钟之间。" in words(back)


def test_a_change_in_another_window_is_shown(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "prepare")
    draft = newest(office)
    other = replace(draft.content, body={**draft.content.body, "minutes": 44})
    save_draft(office.desk, made.staff(made.ADMIN), draft.id, draft.revision, other)
    calm(at.run())
    assert "另一个窗口" in words(at)
    assert at.number_input(key=f"{prefix}_minutes_1").value == 44


def waiting(office: Bench, minutes: int) -> RuleDraft:
    maker = made.staff(made.ADMIN)
    draft = begin_draft(office.desk, maker, "prepare")
    content = replace(draft.content, body={**draft.content.body, "minutes": minutes}, note=NOTE)
    save_draft(office.desk, maker, draft.id, draft.revision, content)
    assert propose_draft(office.desk, maker, draft.id) == ()
    return draft


def test_the_maker_sees_no_approval(office: Bench, page: Open) -> None:
    draft = waiting(office, 20)
    at = page(PAGE, made.ADMIN, draft=draft.id)
    assert "由您提出，请另一位同事审批" in words(at)
    assert not [button for button in at.button if button.key == "draft_approve"]


def test_a_refused_draft_is_taken_up_again(office: Bench, page: Open) -> None:
    draft = waiting(office, 20)
    at = page(PAGE, made.SECOND, Role.COMPLIANCE, draft=draft.id)
    assert "请写明退回的原因" in words(press(at, "draft_refuse"))
    at.text_input(key="draft_reason").set_value("时间太长")
    press(calm(at.run()), "draft_refuse")
    mine = page(PAGE, made.ADMIN, draft=draft.id)
    assert "已退回：时间太长" in words(mine)
    press(mine, "draft_again")
    assert (newest(office).id != draft.id, newest(office).content.body["minutes"]) == (True, 20)


def test_the_second_of_two_drafts_says_who_was_first(office: Bench, page: Open) -> None:
    first, second = waiting(office, 20), waiting(office, 25)
    approved(page, first)
    at = page(PAGE, made.SECOND, Role.COMPLIANCE, draft=second.id)
    assert "管理员已于" in words(at)
    assert "管理员已于" in words(press(at, "draft_approve"))
    assert present(office, "prepare")["minutes"] == 20


def test_the_list_tells_version_and_plan(office: Bench, page: Open) -> None:
    empty = words(page(PAGE, made.ADMIN))
    assert "系统初始内容" in empty and "从列表选择一类规则" in empty
    approved(page, waiting(office, 20))
    at = page(PAGE, made.ADMIN, kind="prepare")
    assert "第 2 版" in words(at) and "系统初始内容" in words(at) and "20 分钟" in words(at)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_page_and_its_form(office: Bench, page: Open, kind: str) -> None:
    at, prefix = begun(page, office, kind)
    keys = [str(each.key) for kinds in (at.text_input, at.text_area, at.number_input, at.selectbox, at.checkbox)
            for each in kinds if str(each.key).startswith(prefix)]  # fmt: skip
    assert len(keys) > 2 or len(at.dataframe) > 0
    assert "提交前需要修改" not in words(at)


def test_a_branch_is_added_and_renamed(office: Bench, page: Open) -> None:
    at = page(PAGE, made.ADMIN, kind="branches")
    at.selectbox(key="branch_chosen").set_value("")
    calm(at.run())
    for field, value in (("name", "杭州营业部"), ("city", "杭州市"), ("address", "样张路 9 号")):
        at.text_input(key=f"branch_{field}_").set_value(value)
    saved = press(at, "branch_save_")
    assert "杭州营业部" in words(saved)
    saved.selectbox(key="branch_chosen").set_value("b1")
    calm(saved.run())
    saved.text_input(key="branch_name_b1").set_value("杭州营业部")
    assert "已有同名的营业部" in words(press(saved, "branch_save_b1"))
    with office.work() as work:
        assert "杭州营业部" in rules_for(work)["branches"].values()


def test_what_is_typed_becomes_what_is_stored() -> None:
    assert times_of(" 8:40-11:30，13：00—17:00 ") == [["08:40", "11:30"], ["13:00", "17:00"]]
    assert times_of("") == []
    assert as_clock("9：05") == "09:05" and as_clock("soon") == "soon"
    assert lines_of("a\n\n b ") == ["a", "b"]
    assert span_of("18 - 30") == [18, 30]


def test_cells_of_a_table_become_rows() -> None:
    field: Any = KINDS["exchanges"].shape.fields["exchanges"]
    rows = deepcopy(present_rows())
    change = {"edited_rows": {0: {"short": "上期"}}, "deleted_rows": [1], "added_rows": [{"code": "NEW"}]}
    after = edited(field, rows, change)
    assert [row["code"] for row in after] == ["SHFE", "NEW"]
    assert (after[0]["short"], rows[0]["short"]) == ("上期", "上期所")
    assert after[1].keys() == rows[0].keys()


def present_rows() -> list[dict[str, Any]]:
    return load_kind("exchanges")["exchanges"][:2]


def test_the_second_person_sees_what_the_dry_run_found(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    with office.work() as work:
        work.cases.change(work.cases.get(case_id), state=State.ACTIVE)
        number = work.cases.get(case_id).number
    at, prefix = begun(page, office, "reject_reasons")
    assert "不影响已办结业务" not in words(at)
    press(at, "trial_start")
    assert "正在试算最近 6 个月的业务：0 / 1" in progress(page(PAGE, made.ADMIN, draft=newest(office).id))
    assert run_next(office.desk, made.FIRM.id)
    seen = words(page(PAGE, made.SECOND, Role.COMPLIANCE, draft=newest(office).id))
    assert "最近 6 个月办结 **1** 笔，按草稿结果不同的有 **0** 笔" in seen
    assert number not in seen and prefix


def progress(at: AppTest) -> str:
    return "\n".join(str(each.proto.text) for each in at.get("progress"))


def test_a_file_is_imported_and_approved_together(office: Bench, page: Open) -> None:
    whole = json.loads(export_rules(office.desk, made.staff(made.ADMIN)))
    whole["kinds"]["prepare"]["minutes"] = 0
    at = page(PAGE, made.ADMIN, kind="carry")
    assert at.button(key="rules_import").disabled
    at.file_uploader(key="rules_file").set_value([("rules.json", json.dumps(whole).encode(), "application/json")])
    assert "开户准备 › 大约用时：大约用时应在 1 至 120 分钟之间。" in words(calm(at.run()))
    whole["kinds"]["prepare"]["minutes"] = 20
    whole["kinds"]["age_rules"]["rules"][1]["from"] = 60
    at.file_uploader(key="rules_file").set_value([("rules.json", json.dumps(whole).encode(), "application/json")])
    assert "请写明导入的原因" in words(press(calm(at.run()), "rules_import"))
    at.text_area(key="rules_note").set_value("试点结束")
    assert "已提交 2 份草稿" in words(press(calm(at.run()), "rules_import"))
    second = page(PAGE, made.SECOND, Role.COMPLIANCE, draft=newest(office).id)
    assert "一起批准或退回" in words(second)
    press(second, "draft_approve")
    assert (present(office, "prepare")["minutes"], present(office, "age_rules")["rules"][1]["from"]) == (20, 60)


def test_a_branch_gets_hours_of_its_own(office: Bench, page: Open) -> None:
    at, prefix = begun(page, office, "service_hours")
    at.selectbox(key=f"{prefix}_branches_name").set_value("b2")
    press(calm(at.run()), f"{prefix}_branches_add")
    own = newest(office).content.body["branches"]["b2"]["witness"]
    assert own["weekly"]["mon"] == [] and "请填写法定节假日" in words(at)
    at.text_input(key=f"{prefix}_branches.b2.witness.weekly.tue_1").set_value("10:00-12:00")
    at.selectbox(key=f"{prefix}_branches.b2.witness.holidays_1").set_value("closed")
    at.selectbox(key=f"{prefix}_branches.b2.witness.makeup_workdays_1").set_value("closed")
    handed_in(calm(at.run()), prefix)
    approved(page, newest(office))
    hours = present(office, "service_hours")
    assert ServiceHours.of(hours, "witness", "b2").sentence() == "周二 10:00-12:00，法定节假日除外"
    again, prefix = begun(page, office, "service_hours")
    press(again, f"{prefix}_branches_remove")
    assert newest(office).content.body["branches"] == {}
