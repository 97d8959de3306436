"""What everybody meets first: the hall, signing in, help, the head of each page, and the guide of the photos."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.businesses import BUSINESSES
from core.defaults import load_defaults
from core.records import Branch, Firm
from core.usecases.found_firm import found_firm
from pages.steps import device
from tests.builders import case_at
from tests.desk_bench import Bench as Desk
from tests.duty import rules
from tests.pages import staff_cases as made
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words
from tests.stand_ins import LightImages

HALL, SIGN_IN, HELP = "customer/hall.py", "customer/sign_in.py", "customer/help.py"


def links(at: AppTest) -> set[str]:
    """The pages that can be reached by a link."""
    return {link.proto.label.strip("*") for link in at.get("page_link")}


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def test_the_hall_lists_every_business_with_its_picture(page: Open) -> None:
    at = page(HALL)
    entries = {key for key, business in BUSINESSES.items() if not business.by_firm}
    assert {f"business_{key}" for key in (*entries, "documents")} <= keys(at)
    assert "business_supplement" not in keys(at)
    at = press(at, "flows")
    chosen = at.selectbox(key="flow_of")
    assert sorted(chosen.options) == sorted(BUSINESSES[key].title for key in entries)
    chosen.select("settlement")
    shown = words(press(at, "flows"))
    assert "证书检测" in shown and "银行卡" in shown and "约 8 分钟" in shown


@pytest.mark.parametrize(
    "said",
    ["大陆居民", "年满 18 周岁", "临时身份证不能线上办理", "二代身份证", "借记卡", "本人手机", "Wi-Fi、4G 或 5G",
     "1 Mbit/s", "摄像头、麦克风和扬声器", "高清摄像头和耳机", "明亮、安静的地方", "约需 15 分钟", "回访成功即可交易",
     "没有摄像头也可以先上传照片", "预约上门开户", "到营业部办理", "视频验证：", "自助填写：", "服务热线：400",
     "投资者教育"],
)  # fmt: skip
def test_the_hall_says_what_to_prepare_and_when_the_desk_is_open(page: Open, said: str) -> None:
    at = page(HALL)
    shown = words(at) + "".join(expander.label for expander in at.expander)
    assert said in shown


def test_the_head_of_a_page_leads_to_help_and_the_own_businesses(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    nobody = links(page(HALL))
    assert {"样张期货", "开户帮助"} <= nobody and "我的业务" not in nobody
    for path in (HALL, HELP, "customer/my_cases.py", "customer/documents.py", "customer/case.py"):
        at = page(path, customer=1)
        assert {"样张期货", "我的业务", "开户帮助"} <= links(at)
        assert "leave" in keys(at), "退出登录"
    assert "continue" in keys(page(HALL, customer=1))


@pytest.mark.parametrize("path", [HALL, SIGN_IN])
def test_the_foot_of_the_page_names_the_version(office: Bench, page: Open, path: str) -> None:
    """R018: as `pyproject.toml` has it, and nowhere else."""
    office.desk = replace(office.desk, images=LightImages())
    written = re.search(r'^version = "(.+)"$', Path("pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert written and f"版本 {written[1]}" in words(page(path))


def test_the_bar_leads_to_the_phone_to_education_and_names_the_hotline(office: Bench, page: Open) -> None:
    """R014, R015"""
    office.desk = replace(office.desk, images=LightImages())
    for path in (HALL, SIGN_IN, HELP):
        at = page(path)
        assert {"手机开户", "投资者教育", "开户帮助"} <= links(at) and "服务热线：400" in words(at)
    at = page("customer/on_phone.py")
    assert "用手机扫描二维码" in words(at) and "jz-qr" in str(at.get("html")[0].proto)
    topics = load_defaults()["education"]["topics"]
    assert [row.label for row in page("customer/education.py").expander] == [topic["title"] for topic in topics]


def test_help_is_searched_and_names_the_hotline(page: Open) -> None:
    at = page(HELP)
    topics = load_defaults()["help"]["topics"]
    assert len(at.expander) == len(topics) >= 18 and "服务热线：400" in words(at)
    at.text_input(key="search").set_value("摄像头").run()
    found = [expander.label for expander in calm(at).expander]
    assert "摄像头打不开怎么办？" in found and len(found) < len(topics)
    at.text_input(key="search").set_value("没有这样的词").run()
    assert "没有找到相关内容" in words(at)


def test_signing_in_names_hours_policy_and_where_the_code_goes(office: Bench, page: Open) -> None:
    office.desk = replace(office.desk, images=LightImages())
    at = page(SIGN_IN)
    assert "视频服务时间：" in words(at) and "马上开户" in words(at) and "查看《隐私政策》" in words(at)
    assert at.text_input(key="phone").placeholder == "请输入本人手机号"
    at.segmented_control(key="how").set_value("已开户：身份证号登录").run()
    assert at.text_input(key="id_number").placeholder == "请输入身份证号"
    shown = words(calm(at))
    assert "验证码会发到开户时预留的手机" in shown and "携带身份证到营业部办理变更" in shown


def test_the_demo_says_that_nothing_is_real(page: Open) -> None:
    assert any("演示环境" in str(box.value) for box in page(HALL).info)
    assert "演示模式" in words(page("staff/home.py", made.ADMIN))


def test_the_firm_is_chosen_by_its_number(office: Bench, page: Open) -> None:
    second = Firm("f2", "8002", "样张临江期货", "400-000-8002", demo=True)
    branch = Branch("b1", "总部营业部", "杭州市", "样张路 1 号")
    found_firm(office.desk, second, [branch], [], load_defaults(demo=True), [])
    assert "样张期货" in links(page(HALL))
    at = page(HALL, firm="8002")
    assert "样张临江期货" in links(at) and "400-000-8002" in words(at)
    assert "选择业务类型" in words(at)


@pytest.fixture
def step(bench: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """The page of a customer who stands at a step."""

    def open_it(place: str) -> AppTest:
        sign_in_as(bench, monkeypatch, case_at(bench, place))
        return opened()

    return open_it


def test_photos_come_with_their_guide(step: Callable[[str], AppTest]) -> None:
    at = step("photos")
    assert [header.value for header in at.header] == ["上传照片"]
    shown = words(press(at, "guide"))
    for said in ("反差", "近距离", "文字清楚", "没有反光"):
        assert said in shown
    assert "guide_close" in keys(at) and "我知道了" in shown


@pytest.mark.parametrize(("rtt", "down"), [(400, 1000), (250, 2500)])
def test_the_line_is_judged_by_the_firm_s_limits(
    bench: Desk, step: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch, rtt: int, down: int
) -> None:
    """C23: what is too slow for a call is the firm's, by default 400 ms and 1000 kbit/s (R039)."""
    asked: list[dict[str, int]] = []
    monkeypatch.setattr(device, "device_check", lambda _key, **limits: asked.append(limits))
    if (rtt, down) != (400, 1000):
        usable = {"round_trip_ms": {"good": 100, "usable": rtt}, "download_kbps": {"good": 5000, "usable": down}}
        rules(bench, "thresholds", network=usable)
    step("device")
    assert asked[-1] == {"most_rtt_ms": rtt, "least_down_kbps": down}
