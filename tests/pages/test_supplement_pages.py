"""补签协议 on the pages: a campaign from the form to its progress, and what its customer sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.records import Customer, SessionRecord
from core.rules.calendar import local_day
from core.supplement import Demand, Reach
from core.usecases.supplements import start_supplements
from pages.parts import wiring
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import PAGES, Open, calm, press, words

PAGE = "staff/supplements.py"
ACCOUNT = "01000001"
REASON = "监管规则更新"
HOLDER = Customer("c1", "80010001", "李老张", made.id_number(5), "11150813009", ("SHFE",), "ordinary", "C3", ACCOUNT)


def on_file(office: Bench) -> None:
    with office.work() as work:
        work.people.add_customer(HOLDER)


def demanded(office: Bench) -> None:
    """A campaign that asks everybody."""
    due = local_day(office.clock[0]) + timedelta(days=30)
    demand = Demand(("risk_statement",), Reach.ALL, due, REASON)
    assert start_supplements(office.desk, made.staff(made.ADMIN), demand) == 1


def customer_page(page: Open, monkeypatch: pytest.MonkeyPatch, office: Bench, path: str) -> AppTest:
    """A page as the customer on file; `page` joins the desk first."""
    page("customer/hall.py")
    now = office.clock[0]
    session = SessionRecord("s", made.FIRM.id, "customer", f"customer:{HOLDER.id}", now, now, HOLDER.phone)
    monkeypatch.setattr(wiring, "customer", lambda: session)
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
    at.switch_page(path)
    return calm(at.run())


def filled_in(page: Open) -> AppTest:
    at = press(page(PAGE, made.ADMIN), "campaign_new")
    at.multiselect(key="campaign_codes").set_value(["risk_statement"])
    at.radio(key="campaign_reach").set_value(Reach.ALL)
    at.text_input(key="campaign_reason").set_value(REASON)
    return calm(at.run())


def opened(page: Open) -> AppTest:
    """The page with the one campaign chosen from the list."""
    at = page(PAGE, made.ADMIN)
    return press(at, next(str(button.key) for button in at.button if "风险" in button.label))


@pytest.mark.parametrize("role", list(Role))
def test_supervisors_and_administrators_open_it(page: Open, role: Role) -> None:
    if role in {Role.SUPERVISOR, Role.ADMIN}:
        assert "还没有补签任务" in words(page(PAGE, made.ADMIN, role))
    else:
        with pytest.raises(ValueError, match="Could not find"):
            page(PAGE, made.ADMIN, role)


def test_mistakes_stand_at_their_fields(office: Bench, page: Open) -> None:
    on_file(office)
    at = press(press(page(PAGE, made.ADMIN), "campaign_new"), "campaign_preview")
    assert "请选择需要补签的协议" in words(at) and "请填写原因" in words(at)
    at.radio(key="campaign_reach").set_value(Reach.ACCOUNTS)
    calm(at.run()).text_area(key="campaign_accounts").set_value("123，01000001")
    assert "资金账号应为 8 位数字：123" in words(press(at, "campaign_preview"))
    at.radio(key="campaign_reach").set_value(Reach.EXCHANGE)
    assert "请选择一项" in words(press(calm(at.run()), "campaign_preview"))


def test_a_campaign_is_previewed_and_started(office: Bench, page: Open) -> None:
    on_file(office)
    at = press(filled_in(page), "campaign_preview")
    assert "将请 1 位客户补签" in words(at)
    shown = words(press(at, "dialog_yes"))
    assert "已发起" in shown and "期货交易风险说明书" in shown and "已签署 0 / 1" in shown
    at = press(filled_in(page), "campaign_preview")
    assert "没有需要补签的客户" in words(at) and "另有 1 位已在补签" in words(at)


def test_progress_is_masked_and_counts_what_is_overdue(office: Bench, page: Open) -> None:
    on_file(office)
    demanded(office)
    at = opened(page)
    shown = words(at)
    assert "李**" in shown and "**** 0001" in shown and REASON in shown
    assert HOLDER.name not in shown and ACCOUNT not in shown and HOLDER.phone not in shown
    office.pass_time(timedelta(days=31))
    assert "逾期 1" in words(calm(at.run()))


def test_reminding_twice_a_day_is_refused_and_letting_off_asks_first(office: Bench, page: Open) -> None:
    on_file(office)
    demanded(office)
    at = opened(page)
    at = press(press(at, "campaign_remind"), "dialog_yes")
    assert "今天已经发过短信" in words(at)
    at = press(at, "dialog_no")
    office.pass_time(timedelta(days=1))
    assert "短信正在发送" in words(press(press(at, "campaign_remind"), "dialog_yes"))
    at = press(at, "campaign_cancel")
    assert "还没有开始的 1 位客户" in words(at)
    assert "已取消 1 位" in words(press(at, "dialog_yes")) and at.button(key="campaign_cancel").disabled


def test_the_hall_shows_it_on_top(office: Bench, page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(office)
    demanded(office)
    shown = words(customer_page(page, monkeypatch, office, "customer/hall.py"))
    assert "继续：补签协议" in shown and f"{REASON}。请在 2026-04-01（含）前签署。" in shown
    with office.work() as work:
        case = work.cases.find_open(f"customer:{HOLDER.id}", HOLDER.id)
        assert case is not None and work.cases.answers(case.id)["profile"].values["name"] == HOLDER.name


def test_my_cases_offer_to_go_on_and_nothing_else(office: Bench, page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(office)
    demanded(office)
    at = customer_page(page, monkeypatch, office, "customer/my_cases.py")
    keys = [str(button.key) for button in at.button]
    assert [key for key in keys if key.startswith("continue_")] and REASON in words(at)
    assert not [key for key in keys if key.startswith("give_up")]
    office.pass_time(timedelta(days=40))
    assert "已过截止日期 2026-04-01" in words(calm(at.run()))


def test_the_case_page_begins_with_reading(office: Bench, page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(office)
    demanded(office)
    at = customer_page(page, monkeypatch, office, "customer/case.py")
    assert at.header[0].value == "阅读相关协议" and "请在 2026-04-01（含）前签署" in words(at)
    assert made.audit_tags(office)[-1][0].startswith("customer:")


def test_a_customer_without_demands_sees_none(office: Bench, page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(office)
    at = customer_page(page, monkeypatch, office, "customer/my_cases.py")
    assert "补签协议" not in words(at) and words(at).count("暂无数据") == 2
