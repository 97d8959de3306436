"""协议管理 on the pages: written by a supervisor, approved by another account, read by a customer from its day on."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta

import docx
import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.rules.calendar import local_day
from core.usecases.agreement_desk import Question, try_out
from core.usecases.loading import rules_for
from core.usecases.read_rules import open_drafts
from core.usecases.sessions import exchange_ticket, find_session, open_session
from pages.parts import previews
from pages.routes.agreement_preview import send_preview
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words

PAGE = "staff/agreements.py"
MAKER, SECOND, OTHER = (made.ADMIN, Role.SUPERVISOR), (made.SECOND, Role.COMPLIANCE), (made.CALLER, Role.ADMIN)
TEXT = "{{客户姓名}}：\n\n## 一、时间\n\n夜盘从二十一时开始。"


def fill(at: AppTest, text: str = TEXT, days: int = 10, office: Bench | None = None) -> AppTest:
    """The form of a new agreement, filled in."""
    at.text_input(key="ag_title").set_value("夜盘交易告知书")
    at.text_input(key="ag_code").set_value("night_notice")
    at.text_input(key="ag_version").set_value("2026.1")
    at.text_area(key="ag_text").set_value(text)
    at.text_input(key="ag_note").set_value("开通夜盘")
    at.multiselect(key="ag_applies_business").set_value(["open_account"])
    if office:
        at.date_input(key="ag_day").set_value(local_day(office.clock[0]) + timedelta(days=days))
    return calm(at.run())


def codes(office: Bench, days: int = 0) -> list[str]:
    asked = Question(local_day(office.clock[0]) + timedelta(days=days), "open_account")
    found = try_out(office.desk, made.staff(*MAKER), asked)
    return [each.row["code"] for each in found if each.applied]


def test_from_a_supervisors_draft_to_a_customer(office: Bench, page: Open) -> None:
    at = fill(press(page(PAGE, *MAKER), "agreement_new"), office=office)
    assert "业务类型为开立期货账户" in at.info[0].value and len(at.get("bidi_component"))
    at = press(at, "ag_done")
    shown = words(at)
    assert "新增：《夜盘交易告知书》" in shown and "检查没有发现问题" in shown and "+夜盘从二十一时开始。" in shown
    assert "等待另一位同事审批" in words(press(at, "draft_propose"))
    assert not [button for button in at.button if button.key == "draft_approve"], "the maker does not decide"
    draft = open_drafts(office.desk, made.staff(*MAKER))[0][0]
    at = page(PAGE, *SECOND, draft=draft.id)
    assert "新增：《夜盘交易告知书》" in words(at)
    at = press(at, "draft_approve")
    assert "已批准" in words(at) and "night_notice" not in codes(office)
    at = page(PAGE, *MAKER, agreement="night_notice")
    assert "待生效" in words(at)
    office.pass_time(timedelta(days=10))
    assert "night_notice" in codes(office)
    with office.work() as work:
        assert "night_notice" in [row["code"] for row in rules_for(work)["agreements"]["agreements"]]
    assert "生效中" in words(page(PAGE, *MAKER, agreement="night_notice"))


def test_what_is_wrong_is_told_with_its_line_and_not_handed_in(office: Bench, page: Open) -> None:
    at = fill(press(page(PAGE, *MAKER), "agreement_new"), "好\n\nTODO {{手机}}", office=office)
    at = press(at, "ag_save")
    assert "第 3 行：未知变量" in words(at) and "第 3 行：有试写的内容没有删除：TODO" in words(at)
    at.text_area(key="ag_text").set_value("夜盘从二十一时开始,请注意")
    at = press(calm(at.run()), "ag_save")
    assert "汉字之间用了半角标点" in words(at) and "必须修改" not in words(at)
    at.text_area(key="ag_text").set_value("TODO")
    at = press(press(calm(at.run()), "ag_done"), "draft_propose")
    assert "有试写的内容没有删除" in words(at) and "等待另一位同事审批" not in words(at)
    assert "已撤回草稿" in words(press(at, "draft_withdraw"))
    assert open_drafts(office.desk, made.staff(*MAKER)) == []


def test_a_new_version_is_compared_with_the_old_one(office: Bench, page: Open) -> None:
    at = press(page(PAGE, *MAKER, agreement="customer_notice"), "agreement_change")
    old = at.text_area(key="ag_text").value
    at.text_area(key="ag_text").set_value(old.replace("下面的事项", "下面的重要事项", 1))
    at.text_input(key="ag_note").set_value("更正")
    at = press(calm(at.run()), "ag_save")
    assert "版本 2026.1 已经使用过" in words(at)
    at.text_input(key="ag_version").set_value("2026.2")
    at = press(calm(at.run()), "ag_done")
    shown = words(at)
    assert "修改：《客户须知》" in shown and "<ins>+重要</ins>" in shown and "2026.2" in shown


def test_an_approved_version_leads_to_a_campaign(office: Bench, page: Open) -> None:
    at = press(page(PAGE, *MAKER, agreement="customer_notice"), "agreement_change")
    at.text_input(key="ag_note").set_value("更正")
    at.text_input(key="ag_version").set_value("2026.2")
    at.date_input(key="ag_day").set_value(local_day(office.clock[0]))
    at = press(press(calm(at.run()), "ag_done"), "draft_propose")
    draft = open_drafts(office.desk, made.staff(*MAKER))[0][0]
    press(page(PAGE, *SECOND, draft=draft.id), "draft_approve")
    at = page(PAGE, *MAKER, draft=draft.id)
    assert [link.proto.label for link in at.get("page_link") if "补签《客户须知》" in link.proto.label]
    at = page("staff/supplements.py", *MAKER, campaign="new", code="customer_notice")
    assert at.multiselect(key="campaign_codes").value == ["customer_notice"]


def test_the_rules_lead_to_this_page(office: Bench, page: Open) -> None:
    at = page("staff/rules.py", *MAKER, kind="agreements")
    assert "在专门的页面查看和修改" in [link.proto.label for link in at.get("page_link")]


def test_another_person_reads_a_draft_and_does_not_write_it(office: Bench, page: Open) -> None:
    at = press(fill(press(page(PAGE, *MAKER), "agreement_new"), office=office), "ag_save")
    draft = open_drafts(office.desk, made.staff(*MAKER))[0][0]
    at = page(PAGE, *OTHER, draft=draft.id, agreement="night_notice")
    assert "新增：《夜盘交易告知书》" in words(at) and not at.text_area


def test_an_agreement_is_ended(office: Bench, page: Open) -> None:
    at = press(page(PAGE, *MAKER, agreement="tax_statement"), "agreement_change")
    at.text_input(key="ag_note").set_value("不再需要")
    at = press(calm(at.run()), "ag_end")
    assert "停用：《个人税收居民身份声明文件》" in words(at)
    assert "等待另一位同事审批" in words(press(at, "draft_propose"))


def test_a_word_file_goes_into_the_editor_and_is_not_saved(office: Bench, page: Open) -> None:
    at = press(page(PAGE, *MAKER), "agreement_new")
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("第一条 目的", 1)
    document.add_paragraph().add_run("斜").italic = True
    document.save(out)
    at.file_uploader(key="ag_word").set_value(("a.docx", out.getvalue(), "application/octet-stream"))
    at = press(calm(at.run()), "ag_import")
    assert at.text_area(key="ag_text").value == "# 第一条 目的\n\n斜"
    assert "斜体变成了普通文字" in words(at) and "尚未保存" in words(at)
    draft = open_drafts(office.desk, made.staff(*MAKER))[0][0]
    assert "第一条 目的" not in str(draft.content.body)


def test_the_try_out_answers_and_says_why(office: Bench, page: Open) -> None:
    at = press(page(PAGE, *MAKER), "agreement_try")
    assert "《期货经纪合同》" in words(at) and "投资者类别应为专业投资者，现在是普通投资者。" in words(at)
    at.selectbox(key="try_business").set_value("settlement")
    assert "会看到 2 份" in words(calm(at.run()))


def test_the_list_of_readers_opens_on_record(office: Bench, page: Open) -> None:
    at = page(PAGE, *MAKER, agreement="risk_statement")
    assert "staff:agreement:readers" not in [tag for tag, *_ in made.audit_tags(office)]
    at.toggle(key="readers_risk_statement_2026.1").set_value(True)
    assert "还没有客户阅读或签署" in words(calm(at.run()))
    assert "staff:agreement:readers" in [tag for tag, *_ in made.audit_tags(office)]
    assert "需要查看受理单的权限" in words(page(PAGE, made.ADMIN, Role.ADMIN, agreement="risk_statement"))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_it(page: Open, role: Role) -> None:
    if role in {Role.SUPERVISOR, Role.ADMIN, Role.COMPLIANCE}:
        assert "隐私政策" in words(page(PAGE, made.ADMIN, role))
    else:
        with pytest.raises(ValueError, match="Could not find"):
            page(PAGE, made.ADMIN, role)


def test_a_preview_is_for_its_maker_only() -> None:
    one, other = made.staff(*MAKER), made.staff(made.SECOND)
    path = previews.keep(one, b"%PDF-1")
    name = path.removeprefix("/agreement-preview/").removesuffix(".pdf")
    assert previews.find(one, name) == b"%PDF-1" and previews.find(other, name) is None
    for number in range(previews.MOST):
        previews.keep(one, b"%d" % number)
    assert previews.find(one, name) is None


def fetched(office: Bench, who: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """The route of previews as this member of staff."""
    sessions = {}
    if who:
        with office.work() as work:
            ticket = open_session(work, "staff", f"staff:{who}")
        sessions["staff"] = find_session(office.desk, "staff", token=exchange_ticket(office.desk, ticket))
    name = path.removeprefix("/agreement-preview/").removesuffix(".pdf")
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"",
             "path_params": {"name": name}, "state": {"sessions": sessions}}  # fmt: skip
    answer = asyncio.run(send_preview(Request(scope)))
    return answer.status_code, dict(answer.headers), bytes(answer.body)


def test_the_route_gives_a_preview_to_its_maker_and_nobody_keeps_it(office: Bench, page: Open) -> None:
    press(page(PAGE, *MAKER), "agreement_new")
    path = previews.keep(made.staff(made.ADMIN), b"%PDF-2")
    status, headers, body = fetched(office, made.ADMIN, path)
    assert (status, body, headers["content-type"]) == (200, b"%PDF-2", "application/pdf")
    assert headers["cache-control"] == "no-store, private" and "sandbox" not in headers["content-security-policy"]
    assert fetched(office, made.SECOND, path)[0] == fetched(office, "", path)[0] == 404
    assert fetched(office, made.ADMIN, "/agreement-preview/nothing.pdf")[0] == 404
