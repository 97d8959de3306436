"""Help beside each step, its search, and the picture of the business with one's place in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.builders import case_at
from tests.desk_bench import F1, Bench
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.staff_pages import calm, press, words

At = Callable[[str], AppTest]


@pytest.fixture
def at_step(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> At:
    """The case page of a customer who stands at a step."""

    def open_it(step: str) -> AppTest:
        sign_in_as(bench, monkeypatch, case_at(bench, step))
        return opened()

    return open_it


def titles(at: AppTest) -> list[str]:
    """Every topic on the screen."""
    return [box.label for box in at.expander if box.label.endswith("？")]


@pytest.mark.parametrize(
    ("step", "topic"),
    [("photos", "开户前要准备什么？"), ("bank", "什么是资金账号？"), ("witness", "视频验证时要做什么？")],
)
def test_the_topics_of_the_step_are_one_press_away(at_step: At, step: str, topic: str) -> None:
    at = at_step(step)
    assert topic not in titles(at)
    at = press(at, "help_open")
    assert topic in titles(at)
    assert titles(at)[-1] == "遇到问题怎么咨询？"
    assert F1.hotline in words(at)


def test_the_picture_shows_where_one_stands(at_step: At) -> None:
    at = press(at_step("profile"), "help_open")
    picture = next(html.proto.body for html in at.get("html") if html.proto.body.startswith('<ol class="jz-flow"'))
    assert picture.index("上传照片") < picture.index("个人基本资料") < picture.index("视频验证")
    assert picture.count("jz-done") == 2
    assert picture.count("jz-current") == 1


def test_a_search_beside_the_step_looks_through_all_topics(at_step: At) -> None:
    at = press(at_step("photos"), "help_open")
    at = calm(at.text_input(key="help_words").set_value("证书 备份").run())
    assert "数字证书需要备份吗？" in titles(at)
    assert "开户前要准备什么？" not in titles(at)


def test_nothing_found_says_whom_to_call(at_step: At) -> None:
    at = press(at_step("photos"), "help_open")
    at = calm(at.text_input(key="help_words").set_value("天气预报").run())
    assert titles(at) == []
    assert "拨打服务热线" in words(at)
    assert F1.hotline in words(at)


def test_the_help_page_searches_the_same_way(at_step: At) -> None:
    at = calm(at_step("photos").switch_page("customer/help.py").run())
    assert len(titles(at)) == 21
    at = calm(at.text_input(key="search").set_value("验证码，拦截").run())
    assert titles(at) == ["收不到短信验证码怎么办？"]
