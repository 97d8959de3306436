"""客户: search, opening, reveals, notes; what each role gets to see of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.actor import Role
from core.case import State
from core.records import Customer
from core.usecases.counter_phone import propose_phone
from core.usecases.investor_class import propose_class
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words
from tests.stand_ins import LightImages

PAGE = "staff/customers.py"
READERS = {Role.REVIEW, Role.CALLBACK, Role.SUPERVISOR, Role.COMPLIANCE, Role.SERVICE}
KNOWN = Customer(
    "known", "80010001", "李老张", made.id_number(5), "11150813009", ("SHFE",), "ordinary", "C3", "80000001"
)


@pytest.fixture
def known(office: Bench) -> Customer:
    with office.work() as work:
        work.people.add_customer(KNOWN)
    return KNOWN


def test_the_hotline_reads_where_a_case_stands_and_what_the_customer_was_told(office: Bench, page: Open) -> None:
    case_id = made.case_in(office, State.REJECTED, current_step="bank", remark="银行卡照片不清晰，请重新拍摄。")
    shown = words(page(PAGE, made.REVIEWER, Role.SERVICE, person=f"case:{case_id}"))
    assert "停在：银行卡" in shown and "已告知客户：银行卡照片不清晰" in shown
    case_id = made.submitted_case(office, 3)
    assert "承诺 3月3日" in words(page(PAGE, made.REVIEWER, Role.SERVICE, person=f"case:{case_id}"))


@pytest.mark.parametrize("role", Role)
def test_only_roles_that_may_read_cases_open_the_page(page: Open, role: Role) -> None:
    if role in READERS:
        assert "打开客户会留下查阅记录" in words(page(PAGE, made.REVIEWER, role))
    else:
        with pytest.raises(ValueError, match="Could not find"):
            page(PAGE, made.REVIEWER, role)


def test_a_search_lists_masked_results_and_opening_leaves_a_trace(office: Bench, page: Open, known: Customer) -> None:
    at = page(PAGE, made.REVIEWER, Role.SERVICE)
    at.text_input(key="customer_words").set_value(known.name)
    at = press(at, "customer_find")
    shown = words(at)
    assert "李**" in shown and "资金账号 80000001" in shown and known.name not in shown and known.phone not in shown
    shown = words(press(at, "hit_customer:known"))
    assert "111****3009" in shown and "普通投资者" in shown and "上海期货交易所" in shown
    assert known.name not in shown and known.id_number not in shown
    assert ("staff:personal:read", "customer:known", "customer") in made.audit_tags(office)


def test_nothing_found_says_how_to_search(page: Open) -> None:
    at = page(PAGE, made.REVIEWER, Role.SERVICE)
    at.text_input(key="customer_words").set_value("不存在")
    assert "没有找到" in words(press(at, "customer_find"))


def test_a_value_shows_after_a_press_that_is_on_record_and_hides_again(
    office: Bench, page: Open, known: Customer
) -> None:
    at = press(page(PAGE, made.REVIEWER, Role.SERVICE, person="customer:known"), "reveal_phone")
    shown = words(at)
    assert known.phone in shown and known.id_number not in shown
    assert ("staff:personal:read", "customer:known", "customer:phone") in made.audit_tags(office)
    office.pass_time(timedelta(minutes=11))
    assert known.phone not in words(calm(at.run()))


def test_a_note_is_written_and_read(page: Open, known: Customer) -> None:
    at = page(PAGE, made.REVIEWER, Role.SERVICE, person=f"customer:{known.id}")
    assert "请填写备注" in words(press(at, "note_save"))
    at.text_area(key="customer_note").set_value("来电询问。")
    assert "赵强：来电询问。" in words(press(at, "note_save"))


def test_businesses_of_somebody_not_on_file_are_shown_too(office: Bench, page: Open) -> None:
    case_id = made.submitted_case(office)
    shown = words(page(PAGE, made.REVIEWER, Role.SERVICE, person=f"case:{case_id}"))
    assert "尚未开户" in shown and "8001260302000001" in shown and "待复核" in shown
    assert made.NAME not in shown and made.PHONE not in shown and made.CARD not in shown


def test_a_forged_address_opens_nobody(page: Open, known: Customer) -> None:
    assert "没有找到这位客户" in words(page(PAGE, made.REVIEWER, Role.SERVICE, person=f"customer:{known.id}x"))


# -- two persons
def waiting(office: Bench) -> str:
    with office.desk.read(made.FIRM.id) as work:
        return work.matters.waiting_proposals()[0].id


def test_the_class_shows_thresholds_and_what_it_changes(page: Open, known: Customer) -> None:
    shown = words(page(PAGE, made.REVIEWER, person=f"customer:{known.id}"))
    assert "不低于 500 万元" in shown and "不低于 300 万元" in shown and "专业投资者附加协议" in shown
    shown = words(page(PAGE, made.REVIEWER, Role.SERVICE, person=f"customer:{known.id}"))
    assert "不低于 500 万元" not in shown, "customer service proposes nothing"


def test_a_class_is_proposed_by_one_and_approved_by_another(office: Bench, page: Open, known: Customer) -> None:
    at = press(page(PAGE, made.REVIEWER, person=f"customer:{known.id}"), "class_propose")
    assert "请选择投资者类型" in words(at) and "请写明理由" in words(at)
    until = date(2027, 3, 1)
    assert not propose_class(
        replace(office.desk, images=LightImages()), made.staff(made.REVIEWER), known.id, "professional",
        basis="conversion", reason="资产证明", valid_to=until, files=((made.picture(), "a.jpg"),),
    )  # fmt: skip
    at = calm(at.run())
    assert "由您提出" in words(at) and "资产证明" in words(at)
    at = press(page(PAGE, made.SECOND), f"waiting_{waiting(office)}")
    assert "证明材料 1" in words(at)
    shown = words(press(at, f"approve_{waiting(office)}"))
    assert "已生效 · 专业投资者 · 普通投资者申请转化 · 至 2027-03-01" in shown
    with office.desk.read(made.FIRM.id) as work:
        assert work.people.find_customer(customer_id=known.id).investor_class == "professional"  # type: ignore[union-attr]


def test_a_refusal_needs_its_reason(office: Bench, page: Open, known: Customer) -> None:
    assert not propose_phone(office.desk, made.staff(made.REVIEWER), known.id, "11150813077", "停用", id_seen=True)
    at = page(PAGE, made.SECOND, person=f"customer:{known.id}")
    assert "111****3077" in words(at) and "11150813077" not in words(at)
    proposal = waiting(office)
    assert "请写明不同意的原因" in words(press(at, f"refuse_{proposal}"))
    at.text_input(key=f"decision_{proposal}").set_value("未见到本人")
    press(at, f"refuse_{proposal}")
    with office.desk.read(made.FIRM.id) as work:
        assert work.matters.waiting_proposals() == []


def test_a_new_phone_number_is_proposed_at_the_counter(office: Bench, page: Open, known: Customer) -> None:
    at = page(PAGE, made.REVIEWER, person=f"customer:{known.id}")
    shown = words(press(at, "phone_propose"))
    assert "请当面核对" in shown and "请写明原因" in shown
    at.text_input(key="phone_new").set_value("11150813077")
    at.text_input(key="phone_reason").set_value("旧号码已停用")
    at.checkbox(key="phone_seen").check()
    assert "由您提出，请另一位同事确认" in words(press(at, "phone_propose"))
