"""The staff's and the customer's lists through the router; who may open which stands in test_page_access.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Role
from core.case import State
from core.usecases.review_case import approve_case, reject_review, take_case
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words


@pytest.mark.parametrize(
    ("path", "who", "empty"),
    [
        ("staff/review.py", made.REVIEWER, "没有等待复核的业务"),
        ("staff/results.py", made.REVIEWER, "没有等待回报的申请"),
        ("staff/callback.py", made.CALLER, "没有等待回访的业务"),
        ("staff/queue.py", made.ADMIN, "总部营业部"),
        ("staff/wallboard.py", made.ADMIN, "没有需要处理的情况"),
        ("staff/analytics.py", made.ADMIN, "所选范围内没有数据"),
        ("staff/people.py", made.ADMIN, "从列表选择一位员工"),
        ("staff/network.py", made.ADMIN, "没有设置中继服务器"),
        ("staff/calls.py", made.ADMIN, "现在没有通话"),
        ("staff/audit.py", made.ADMIN, "校验全部记录"),
    ],
)
def test_an_empty_page_says_what_would_stand_there(page: Open, path: str, who: str, empty: str) -> None:
    assert empty in words(page(path, who))


# -- review
def test_the_review_list_is_masked_and_says_how_long_is_left(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    shown = words(page("staff/review.py", made.REVIEWER))
    assert "8001260302000001" in shown and "张**" in shown and "剩余 1 天" in shown and "回访需确认" in shown
    assert made.NAME not in shown and made.id_number() not in shown


def test_a_broken_promise_is_counted_and_said(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    office.pass_time(timedelta(days=1, hours=2))
    shown = words(page("staff/review.py", made.REVIEWER))
    assert "超时 1" in shown and "已超时 2 小时" in shown


def test_opening_a_case_takes_it_shows_it_and_leaves_a_trace(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    shown = words(at)
    assert made.NAME in shown and made.id_number() in shown and "上海期货交易所" in shown and "面容一致" in shown
    assert "《期货交易风险说明书》" in shown and "/evidence/pdf1" in shown and "<video controls" in shown
    assert made.CARD not in shown and made.PHONE not in shown and "**** 0017" in shown
    assert ("staff:personal:read", f"case:{case_id}", "review") in made.audit_tags(office)


def test_numbers_show_after_a_press_that_is_on_record_and_hide_again(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    shown = words(press(at, "reveal_cards"))
    assert made.CARD in shown and made.PHONE not in shown
    assert made.PHONE in words(press(at, "reveal_phone"))
    for what in ("cards", "phone"):
        assert ("staff:personal:read", f"case:{case_id}", f"review:{what}") in made.audit_tags(office)
    office.pass_time(timedelta(minutes=11))
    assert made.CARD not in words(calm(at.run()))


def test_the_witness_of_a_case_cannot_open_it(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page("staff/review.py", made.WITNESS)
    assert "您见证过" in words(at)
    assert at.button(key=f"row_{case_id}").disabled
    at = page("staff/review.py", made.WITNESS, case=case_id)
    assert made.id_number() not in words(at)


def test_a_case_that_somebody_else_holds_stays_closed(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    take_case(office.desk, made.staff(made.SECOND), case_id)
    at = page("staff/review.py", made.REVIEWER, case=case_id)
    assert "刘洁 在复核" in words(at) and made.id_number() not in words(at)
    shown = words(press(at, f"row_{case_id}"))
    assert "其他同事正在复核" in shown and made.id_number() not in shown


def test_the_lock_is_renewed_while_the_reviewer_works(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    office.pass_time(timedelta(minutes=10))
    calm(at.run())
    with office.desk.read(made.FIRM.id) as work:
        until = work.cases.get(case_id).reviewer_until
        assert until == work.now + timedelta(minutes=15)


def test_approving_asks_first_and_then_hands_out_the_account(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    at = press(at, "approve")
    assert "申请交易编码" in words(at)
    at = press(at, "dialog_yes")
    assert "资金账号 01000001" in words(at) and "没有等待复核的业务" in words(at)
    with office.desk.read(made.FIRM.id) as work:
        assert work.cases.get(case_id).state is State.CALLBACK


def test_rejecting_needs_a_reason_and_sends_the_firm_s_words(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    office.pass_time(timedelta(minutes=5))
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    at = press(press(at, "reject"), "review_reject_send")
    assert "请选择驳回原因" in words(at)
    at = calm(at.multiselect(key="review_reject_codes").set_value(["D02"]).run())
    assert "门牌号" in at.text_area(key="review_reject_text").value
    assert "客户要重新完成：个人基本资料" in words(at)
    at.text_area(key="review_reject_internal").set_value("地址与证件不符")
    press(at, "review_reject_send")
    with office.desk.read(made.FIRM.id) as work:
        case = work.cases.get(case_id)
        assert (case.state, case.current_step) == (State.REJECTED, "profile")
        assert work.cases.internal_notes(case_id) == [("review", f"staff:{made.REVIEWER}", "地址与证件不符")]


def test_own_words_survive_another_reason(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    at = press(at, "reject")
    at = calm(at.multiselect(key="review_reject_codes").set_value(["D02"]).run())
    at.text_area(key="review_reject_text").set_value("请写到门牌号。")
    at = calm(at.multiselect(key="review_reject_codes").set_value(["D02", "B01"]).run())
    text = at.text_area(key="review_reject_text").value
    assert text.startswith("请写到门牌号。\n") and "银行卡照片" in text


def test_earlier_rejections_stand_in_the_history_with_their_internal_note(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    office.pass_time(timedelta(minutes=5))
    take_case(office.desk, made.staff(made.SECOND), case_id)
    reject_review(office.desk, made.staff(made.SECOND), case_id, ["D02"], "", "<b>电话</b>核实过")
    office.pass_time(timedelta(hours=1))
    with office.work() as work:
        work.cases.save_answer(case_id, "profile", dict(work.cases.answers(case_id)["profile"].values))
        work.cases.change(work.cases.get(case_id), state=State.SUBMITTED)
    shown = words(press(page("staff/review.py", made.REVIEWER), f"row_{case_id}"))
    assert "复核驳回" in shown and "刘洁" in shown and "<b>电话</b>核实过" in shown


def test_an_incomplete_case_cannot_be_approved(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office, postcode="")
    at = press(page("staff/review.py", made.REVIEWER), f"row_{case_id}")
    assert at.button(key="approve").disabled and "资料不完整：个人基本资料" in words(at)


# -- after the approval
def _approved(office: Bench) -> str:
    case_id = made.submitted_case(office)
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    approve_case(office.desk, made.staff(made.REVIEWER), case_id)
    return case_id


def test_an_exchange_s_answer_is_checked_at_the_field_and_stored(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    at = press(page("staff/results.py", made.REVIEWER), f"row_{case_id}")
    assert "资金账号 01000001" in words(at)
    at.selectbox(key="return_SHFE").set_value(0)
    at.text_input(key="number_SHFE").set_value("123")
    at = press(at, "save_SHFE")
    assert "成功时请填写 12 位交易编码" in words(at)
    at.text_input(key="number_SHFE").set_value("001200345678")
    at = press(at, "save_SHFE")
    assert "上海期货交易所：已开通" in words(at) and "****5678" in words(at)
    at.selectbox(key="return_DCE").set_value(2)
    assert "未开通（2 客户资料检查失败）" in words(press(at, "save_DCE"))


def test_the_call_is_prepared_revealed_and_recorded(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    at = press(page("staff/callback.py", made.CALLER), f"row_{case_id}")
    shown = words(at)
    assert "样张期货" in shown and made.PHONE not in shown and made.id_number() not in shown
    assert "两次提示" not in [box.label for box in at.checkbox]
    assert made.PHONE in words(press(at, "reveal_phone"))
    assert ("staff:personal:read", f"case:{case_id}", "callback:phone") in made.audit_tags(office)
    at.text_area(key="call_note").set_value("占线")
    at = press(at, "outcome_unreached")
    assert "未接通" in words(at) and "占线" in words(at) and "已拨 1 次" in words(at)


def test_confirming_needs_every_required_topic_and_activates(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    at = press(page("staff/callback.py", made.CALLER), f"row_{case_id}")
    at = press(at, "outcome_confirmed")
    assert "还没有核对：身份确认" in words(at)
    for box in at.checkbox:
        if " *" in box.label:
            box.check()
    at = press(press(calm(at.run()), "outcome_confirmed"), "dialog_yes")
    with office.desk.read(made.FIRM.id) as work:
        assert work.cases.get(case_id).state is State.ACTIVE
        assert work.results.callbacks(case_id)[0].note.startswith("已核对：身份确认、本人自愿")


def test_an_objection_needs_a_note_and_ends_the_case(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    at = press(page("staff/callback.py", made.CALLER), f"row_{case_id}")
    assert "请写明内容" in words(press(at, "outcome_disputed"))
    at.text_area(key="call_note").set_value("不是本人办理")
    press(press(at, "outcome_disputed"), "dialog_yes")
    with office.desk.read(made.FIRM.id) as work:
        assert work.cases.get(case_id).state is State.TERMINATED


def test_callback_staff_see_no_pictures_and_no_video(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    assert "/evidence/" not in words(press(page("staff/callback.py", made.CALLER), f"row_{case_id}"))


# -- queue, people, audit
def test_the_queue_shows_who_waits_and_who_is_served(office: Bench, page: Open) -> None:
    waiting, served = made.submitted_case(office, 1), made.submitted_case(office, 2)
    with office.work() as work:
        work.queue.join(served, "b1", "open_account")
        assert work.queue.claim(made.WITNESS)
        work.queue.join(waiting, "b1", "open_account")
    office.pass_time(timedelta(seconds=80))
    at = page("staff/queue.py", made.ADMIN)
    assert [metric.value for metric in at.metric] == ["1", "1 分 20 秒", "1", "0", "0", "—", "0", "0"]
    assert "8001260302000001" in words(at) and "王芳" in words(at) and made.NAME not in words(at)


def test_a_new_member_of_staff_is_checked_and_added(office: Bench, page: Open) -> None:
    at = press(page("staff/people.py", made.ADMIN), "person_new")
    at = press(at, "new_save")
    assert "请填写姓名" in words(at) and "密码为 10 至 128 位" in words(at)
    at.text_input(key="new_login").set_value("sunli")
    at.text_input(key="new_name").set_value("孙丽")
    at.selectbox(key="new_branch").set_value("b2")
    at.button_group(key="new_roles").set_value(["review"])
    at.text_input(key="new_password").set_value("lan-tian-bai-yun")
    assert "孙丽" in words(press(at, "new_save"))
    assert "staff:person:change" in [tag for tag, _, _ in made.audit_tags(office)]


def test_a_supervisor_sets_whom_a_witness_serves_and_sees_no_accounts(office: Bench, page: Open) -> None:
    at = press(page("staff/people.py", made.REVIEWER, Role.SUPERVISOR), f"person_{made.WITNESS}")
    shown = words(at)
    assert "一项都不选，就不会接到任何客户" in shown and "重置密码" not in shown and "新增人员" not in shown
    assert at.multiselect(key=f"skills_{made.WITNESS}_b1").value == ["*"]
    at.multiselect(key=f"skills_{made.WITNESS}_b1").set_value(["open_account"])
    at.multiselect(key=f"skills_{made.WITNESS}_b2").set_value(["*", "settlement"])
    assert "服务范围已保存" in words(press(at, "skills_save"))
    with office.work() as work:
        assert work.duty.skills(made.WITNESS) == [("b1", "open_account"), ("b2", "*")]
    for branch in ("b1", "b2"):
        at.multiselect(key=f"skills_{made.WITNESS}_{branch}").set_value([])
    assert "不会接到任何客户" in words(press(at, "skills_save"))


def test_closing_asks_and_nobody_closes_the_own_account(office: Bench, page: Open) -> None:
    at = press(page("staff/people.py", made.ADMIN), f"person_{made.CALLER}")
    at = press(press(at, "close"), "dialog_yes")
    assert "已关闭" in words(at)
    at = press(at, f"person_{made.ADMIN}")
    assert "不能关闭自己的账号" in words(press(press(at, "close"), "dialog_yes"))


def test_a_one_time_password_is_handed_over_once(office: Bench, page: Open) -> None:
    at = press(page("staff/people.py", made.ADMIN), f"person_{made.CALLER}")
    at = press(at, "totp_create")
    assert any("otpauth://totp/" in code.value for code in at.code)
    at = press(at, "totp_done")
    assert not at.code and "已启用" in words(at)


def test_the_audit_is_verified_and_a_changed_row_is_named(office: Bench, page: Open) -> None:
    at = press(page("staff/audit.py", made.ADMIN), "verify")
    assert "审计记录完整，共 1 条" in words(at)
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET tag = 'staff:case:approve' WHERE seq = 1")
    assert "第 1 条不符" in words(press(at, "verify"))


# -- the customer's own lists
def test_without_a_business_both_lists_say_so(page: Open) -> None:
    assert words(page("customer/my_cases.py", customer=1)).count("暂无数据") == 2
    assert "暂无数据" in words(page("customer/documents.py", customer=1))


def test_my_business_shows_state_date_and_reason(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page("customer/my_cases.py", customer=1)
    assert "待复核" in words(at) and "2026-03-02 10:00:00" in words(at) and "查看" in words(at)
    office.pass_time(timedelta(minutes=5))
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    reject_review(office.desk, made.staff(made.REVIEWER), case_id, ["D02"], "请把地址写完整。", "内部话")
    shown = words(page("customer/my_cases.py", customer=1))
    assert "已驳回 · 个人基本资料" in shown and "请把地址写完整。" in shown and "继续办理" in shown
    assert "内部话" not in shown


def test_a_customer_sees_only_the_own_businesses(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office, 1)
    assert words(page("customer/my_cases.py", customer=2)).count("暂无数据") == 2
    shown = words(page("customer/my_cases.py", customer=2, case=case_id))
    assert "没有找到该业务" in shown and made.NAME not in shown
    assert "暂无数据" in words(page("customer/documents.py", customer=2))


def test_after_submitting_the_customer_is_addressed_and_told_what_comes(office: Bench, page: Open) -> None:
    made.submitted_case(office, 1)
    shown = words(page("customer/case.py", customer=1))
    assert "提交成功" in shown and "尊敬的张样张先生" in shown and "3月3日 10:00" in shown
    assert "复核通过后 1 个交易日内来电" in shown and "/evidence/pdf0" in shown
    made.submitted_case(office, 2)
    assert "尊敬的张样张女士" in words(page("customer/case.py", customer=2))


def test_a_late_review_is_admitted(office: Bench, page: Open) -> None:
    made.submitted_case(office, 1)
    office.pass_time(timedelta(days=2))
    shown = words(page("customer/case.py", customer=1))
    assert "已超过我们承诺的时间" in shown and "3月3日 10:00" not in shown


def test_giving_up_asks_and_ends(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    at = page("customer/my_cases.py", customer=1)
    at = press(at, f"give_up_{case_id[:8]}")
    assert "受理单 8001260302000001 立即结束" in words(at)
    at = press(at, "give_up_no")
    with office.desk.read(made.FIRM.id) as work:
        assert work.cases.get(case_id).state is State.SUBMITTED
    at = press(press(at, f"give_up_{case_id[:8]}"), "give_up_yes")
    assert "已放弃" in words(at)
    shown = words(press(at, f"view_{case_id[:8]}"))
    assert "您已放弃这笔业务" in shown and "give_up" not in [b.key for b in at.button]


def test_after_the_approval_the_account_and_each_exchange_are_shown(office: Bench, page: Open) -> None:
    case_id = _approved(office)
    at = page("customer/my_cases.py", customer=1, case=case_id)
    assert "01000001" in words(at) and "上海期货交易所：已申请" in words(at) and "前来电" in words(at)
    assert f"give_up_{case_id[:8]}" not in [b.key for b in at.button]
    made.confirm_by_phone(office, case_id)
    shown = words(page("customer/my_cases.py", customer=1, case=case_id))
    assert "已激活" in shown and "还有交易所正在办理" in shown and "01000001" in shown and "放弃" not in shown


def test_signed_documents_are_listed_with_version_and_link(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    shown = words(page("customer/documents.py", customer=1))
    assert "《期货经纪合同》" in shown and "版本 2026.1 · 2026-03-02" in shown and 'href="/evidence/pdf0"' in shown
    assert "文件暂时无法读取" in shown, "the files of this case were never stored"
