"""Each business of a customer on file through the real pages; what devices do (reading, video, keys) by use cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.case import State
from core.usecases.abandon_case import abandon_case
from core.usecases.review_case import reject_review
from tests.builders import CONSENTS, Walk, case_at
from tests.desk_bench import Bench
from tests.device import Device
from tests.duty import rules
from tests.pages import customer_pages
from tests.pages.customer_pages import sign_in_as
from tests.pages.staff_pages import press, words

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
BUSINESSES = ("add_code", "assessment", "profile", "settlement", "password_reset")
Open = Callable[[Walk], AppTest]


@pytest.fixture
def opened(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The case page as this customer sees it in a fresh tab."""

    def open_it(walk: Walk) -> AppTest:
        sign_in_as(bench, monkeypatch, walk)
        return customer_pages.opened()

    return open_it


def begun(bench: Bench, business: str, **changes: object) -> Walk:
    walk = case_at(bench, "active", chosen=("DCE",)).again(business, chosen=("SHFE",), **changes)
    bench.pass_time(days=2)
    walk.start(bench)
    return walk


def on_page(bench: Bench, walk: Walk, at: AppTest, step: str) -> bool:
    """Do the step on the page where the page alone can; False leaves it to the use cases."""
    if step == "part":
        press(at, f"edit_{walk.part}")
    elif step == "photos":
        for key in CONSENTS:
            at.checkbox(key=f"photos_{key}").check()
        press(at, "next")
    elif step == "profile_read":
        at.checkbox(key="profile_read_confirmed").check()
        press(at, "next")
    elif step == "profile":
        at.text_input(key="profile_contact_address").input("样张路 99 号 1 室")
        press(at, "next")
    elif step == "exchanges":
        at.checkbox(key="exchanges_SHFE").check()
        press(at, "next")
    elif step == "bank":
        press(press(at, "next"), "usage_ok")
    elif step == "certificate_check":
        command = at.session_state["detect_command"]
        keys = walk.device.detect(command["challenge"])
        at.session_state["device_key_detect"] = {"result": {"nonce": command["nonce"], "op": "detect", "keys": keys}}
        at.run()
        if not keys:
            press(at, "next")
    else:
        return False
    return True


def walk_pages(bench: Bench, walk: Walk, opened: Open) -> list[str]:
    """Every step of the case, each begun in a fresh tab (so each is a return after an interruption)."""
    seen = []
    for _ in range(20):
        step = walk.step(bench)
        at = opened(walk)
        loaded = walk.loaded(bench)
        if step == "submit":
            assert at.header[0].value == ("提交" if walk.business != "add_code" else "在线回访")
            return seen
        assert at.header[0].value == loaded.business.step(step).title
        seen.append(step)
        if not on_page(bench, walk, at, step):
            getattr(walk, {"witness": "be_witnessed"}.get(step, f"do_{step}"))(bench)
        bench.pass_time(seconds=30)
        if walk.business == "add_code" and step == "follow_up":
            return seen
        assert walk.step(bench) != step, f"{step} stays"
    raise AssertionError(seen)


@pytest.mark.parametrize("business", BUSINESSES)
def test_the_whole_business_on_its_pages(bench: Bench, opened: Open, business: str) -> None:
    walk = begun(bench, business)
    seen = walk_pages(bench, walk, opened)
    assert ("witness" in seen) is (business in {"add_code", "password_reset"}), "the certificate of the device signs"
    if business != "add_code":
        press(opened(walk), "next")
    assert walk.case(bench).state is State.SUBMITTED
    assert any("提交成功" in title.value for title in opened(walk).title)
    walk.do_submitted(bench)
    walk.do_in_review(bench)
    waits = business in {"add_code", "password_reset"}
    assert walk.case(bench).state is (State.APPROVED if waits else State.DONE)
    assert any(("复核通过" if waits else "我的业务") in title.value for title in opened(walk).title)


def test_my_data_says_how_the_last_change_went(bench: Bench, opened: Open) -> None:
    """C17: in 我的业务, and where the data are changed."""
    walk = begun(bench, "profile")
    assert "上次办理" not in words(opened(walk))
    walk.walk_to(bench, "submit")
    walk.hand_in(bench)
    walk.do_submitted(bench)
    walk.do_in_review(bench)
    bench.pass_time(days=1)
    later = walk.again("profile")
    later.start(bench)
    shown = words(opened(later))
    assert "上次办理：我的基本资料，已完成，2026-03-0" in shown


@pytest.mark.parametrize("business", ["assessment", "settlement"])
def test_a_new_device_goes_through_the_video(bench: Bench, opened: Open, business: str) -> None:
    walk = begun(bench, business, device=Device())
    seen = walk_pages(bench, walk, opened)
    assert {"device", "photos", "witness", "certificate"} <= set(seen)


@pytest.mark.parametrize("business", BUSINESSES)
def test_a_rejection_shows_its_reason_and_only_that_step(bench: Bench, opened: Open, business: str) -> None:
    walk = begun(bench, business)
    walk.walk_to(bench, "follow_up" if business == "add_code" else "submit")
    walk.do_follow_up(bench) if business == "add_code" else walk.hand_in(bench)
    walk.do_submitted(bench)
    code, step = {"assessment": ("S01", "suitability")}.get(business, ("P06", "photos"))
    reject_review(bench.desk, bench.staff(walk.reviewer), walk.case_id, [code], "请看清说明后重做。", "")
    at = opened(walk)
    assert walk.step(bench) == step
    assert any("请看清说明后重做。" in each.value for each in [*at.error, *at.warning, *at.markdown])


def test_giving_up_leads_back_to_the_hall(bench: Bench, opened: Open) -> None:
    walk = begun(bench, "settlement")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    at = opened(walk)
    assert any("我的业务" in title.value for title in at.title)


def test_who_may_not_begin_reads_why_and_what_helps(bench: Bench, opened: Open) -> None:
    walk = case_at(bench, "device")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    at = opened(walk)
    at.session_state["wanted_business"] = "settlement"
    at.switch_page("customer/case.py").run()
    assert any("身份证号登录" in each.value for each in at.warning), "signed in by phone"
    assert at.button(key="sign_in_again").label == "退出并用身份证号登录"
    assert press(at, "instead").header[0].value == "设备检测"


def test_who_wants_another_business_reads_that_one_is_open(bench: Bench, opened: Open) -> None:
    at = opened(begun(bench, "settlement"))
    at.session_state["wanted_business"] = "profile"
    at = at.run()
    assert at.header[0].value == "设备检测"
    assert [
        each.value for each in at.info if "“我的基本资料”暂时不能开始" in each.value and "“修改结算账户”" in each.value
    ]


def test_who_moves_to_the_device_with_the_certificate_may_ask_again(bench: Bench, opened: Open) -> None:
    walk = begun(bench, "settlement")
    device, walk.device = walk.device, Device()
    walk.walk_to(bench, "witness")
    walk.device = device
    at = press(press(opened(walk), "previous"), "detect_again")
    assert on_page(bench, walk, at, "certificate_check")
    assert walk.step(bench) == "sign", "no video is needed any more"


def test_a_rating_that_ran_out_on_the_way_shows_the_way_out(bench: Bench, opened: Open) -> None:
    """R100"""
    rules(bench, "business_rules", assessment={"valid_months": 1, "cool_down_days": 1, "most_in_30_days": 5})
    walk = begun(bench, "add_code")
    walk.walk_to(bench, "agreements")
    bench.pass_time(days=40)
    at = opened(walk)
    assert at.header[0].value == "交易所选择" and "请结束这次办理" in words(at)
    press(at, "give_up_lowest")
    assert walk.case(bench).state is State.ABANDONED
