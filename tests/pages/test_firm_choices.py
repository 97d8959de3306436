"""What a firm chose shows on the pages (C02, C03, C13, C14, C15, C20, R049, R060)."""

from __future__ import annotations

import pytest

from pages.parts import wiring
from pages.parts.state import Key
from tests.builders import Walk, case_at
from tests.core.test_contradictions import policy
from tests.desk_bench import Bench, id_number
from tests.duty import rules
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.staff_pages import press, words

SIGN_IN = "customer/sign_in.py"


@pytest.fixture
def nobody(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The desk with nobody signed in."""
    sign_in_as(bench, monkeypatch, Walk())
    monkeypatch.setattr(wiring, "customer", lambda: None)
    return bench


def fields(at: object) -> set[str]:
    return {str(field.key) for field in at.text_input}  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["phone_first", "id_first"])
def test_one_page_or_two_lead_to_the_code(nobody: Bench, first: str) -> None:
    """C02, R060"""
    policy(nobody, "open_account", login=first)
    at = opened(SIGN_IN)
    assert ("own_id" in fields(at)) is (first == "id_first") and ("phone" in fields(at)) is (first == "phone_first")
    if first == "id_first":
        at.text_input(key="own_id").set_value("123")
        at.text_input(key="captcha_text").set_value(_captcha(at))
        press(at, "number_next")
        assert "own_id" in fields(at) and "身份证号码" in words(at)
        at.text_input(key="own_id").set_value(id_number(5))
        at.text_input(key="captcha_text").set_value(_captcha(at))
        press(at, "number_next")
    at.text_input(key="phone").set_value("11150813001")
    at.text_input(key="captcha_text").set_value(_captcha(at))
    press(at, "send_code")
    assert "验证码已发送" in words(at) and "own_id" not in fields(at)


def _captcha(at: object) -> str:
    return str(at.session_state[Key.CAPTCHA].png.decode())  # type: ignore[attr-defined]


def test_another_kind_of_account_is_told_where_to_go(nobody: Bench) -> None:
    """R049"""
    at = opened(SIGN_IN)
    box = at.selectbox(key="account_type")
    assert box.options == ["期货经纪", "非期货经纪"] and box.value == "brokerage"
    box.set_value("non_brokerage")
    at.text_input(key="phone").set_value("11150813001")
    at.text_input(key="captcha_text").set_value(_captcha(at))
    press(at, "send_code")
    assert "这里只办理期货经纪账户" in words(at) and "验证码已发送" not in words(at)


@pytest.mark.parametrize(("letters", "said"), [(False, "6-8位数字 密码"), (True, "8-12位数字和字母 密码")])
def test_the_password_s_rule_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch, letters: bool, said: str) -> None:
    """C03"""
    if letters:
        rules(bench, "business_rules", certificate_password={"least": 8, "most": 12, "letters": True})
    sign_in_as(bench, monkeypatch, case_at(bench, "certificate"))
    assert said in words(opened())


@pytest.mark.parametrize("slots", [["id_front", "id_back", "signature"], ["signature"]])
def test_only_the_firm_s_pictures_are_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, slots: list[str]
) -> None:
    """C13, C14"""
    policy(bench, "open_account", pictures={"customer": slots})
    walk = Walk()
    walk.start(bench)
    walk.walk_to(bench, "photos")
    sign_in_as(bench, monkeypatch, walk)
    at = opened()
    assert len(at.get("file_uploader")) == len(slots)
    assert ("上传身份证正面" in [each.label for each in at.get("file_uploader")]) is ("id_front" in slots)


@pytest.mark.parametrize(("when", "shown"), [("always", True), ("never", False)])
def test_the_call_stands_in_the_way_ahead_or_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, when: str, shown: bool
) -> None:
    """C15"""
    policy(bench, "open_account", phone_callback=when)
    sign_in_as(bench, monkeypatch, case_at(bench, "submitted"))
    at = opened()
    assert ("电话回访" in " ".join(str(each.proto) for each in at.get("html"))) is shown


@pytest.mark.parametrize("asked", [False, True])
def test_the_office_of_the_bank_is_a_field_of_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    """R085"""
    rules(bench, "business_rules", bank_branch={"asked": asked})
    walk = case_at(bench, "bank")
    walk.add_photo(bench, "bank_card")
    sign_in_as(bench, monkeypatch, walk)
    at = press(opened(), "by_hand")
    assert ("bank_branch_0" in fields(at)) is asked
    at.text_input(key="bank_number_0").set_value(walk.person.card).run()
    if asked:
        assert "请按“省/市/支行”填写" in words(press(at, "add_card"))
        at.text_input(key="bank_branch_0").set_value("上海市/黄浦区/样张支行").run()
    assert ("样张支行" in words(press(at, "add_card"))) is asked
    assert len(walk.facts(bench).values("bank")["cards"]) == 1
