"""English as a second language of the interface: chosen by a switch, kept by the browser, never stored with a case."""

from __future__ import annotations

import pytest

from core.rules.region import cities, provinces
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.spoken import chinese_left
from tests.pages.staff_pages import press
from tests.pages.test_large_text import kept_by_browser

ENGLISH = {"jianzheng-language": "en"}
STEPS = ("device", "photos", "profile", "bank", "suitability", "exchanges", "agreements", "witness", "certificate",
         "sign", "follow_up")  # fmt: skip
NAMES = ("【样张期货】", "样张期货", "总部营业部", "郑州营业部", "张样张", "王芳", "赵强", "刘洁", "钱静", "管理员", "中文")


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer before the questionnaire, signed in on the pages."""
    walk = case_at(bench, "suitability")
    sign_in_as(bench, monkeypatch, walk)
    return walk


def test_the_switch_changes_the_language_and_back(walk: Walk) -> None:
    at = opened("customer/hall.py")
    assert at.title[0].value == "业务办理"
    assert at.button(key="language").label == "English"
    at = press(at, "language")
    assert at.title[0].value == "Services"
    assert at.button(key="language").label == "中文"
    assert press(at, "language").title[0].value == "业务办理"


def test_the_language_holds_on_other_pages(walk: Walk) -> None:
    at = press(opened("customer/hall.py"), "language")
    assert at.switch_page("customer/help.py").run().title[0].value == "Help"


@pytest.mark.parametrize(
    ("cookies", "title"), [(ENGLISH, "Services"), ({}, "业务办理"), ({"jianzheng-language": "<b>"}, "业务办理")]
)
def test_what_the_browser_kept_decides_on_arrival(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str], title: str
) -> None:
    kept_by_browser(monkeypatch, cookies)
    assert opened("customer/hall.py").title[0].value == title


@pytest.mark.parametrize("step", STEPS)
def test_a_step_in_english(bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    sign_in_as(bench, monkeypatch, case_at(bench, step))
    kept_by_browser(monkeypatch, ENGLISH)
    places = {name for province in provinces() for name in (province, *cities(province))}
    left = chinese_left(opened(), *NAMES) - places
    assert {text for text in left if not text.startswith("验证码 ")} == set(), "only the message of the demo is Chinese"
