"""English as a second language of the interface: chosen by a switch, kept by the browser, never stored with a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.actor import Role
from core.rules.region import cities, provinces
from pages.parts.language import speak
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.forms import answers_for
from tests.pages import staff_cases as made
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.spoken import chinese_left, said
from tests.pages.staff_pages import Open, press, words
from tests.pages.test_large_text import choose, kept_by_browser
from tests.pages.test_page_access import FILES
from tests.stand_ins import LightImages

ENGLISH = {"jianzheng-language": "en"}
STEPS = ("device", "photos", "profile", "bank", "suitability", "exchanges", "agreements", "witness", "certificate",
         "sign", "follow_up")  # fmt: skip
NAMES = (
    "【样张期货】",
    "样张期货",
    "总部营业部",
    "郑州营业部",
    "张样张",
    "王芳",
    "赵强",
    "刘洁",
    "钱静",
    "管理员",
    "中文",
)


KEPT = (
    "样张省样本市",
    "样张",
    "上海市",
    "黄浦区",
    "日期, 工作日, 交易日, 名称",
    "是 (yes)",
    "否 (no)",
    "长期 (long-term)",
)


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer before the questionnaire, signed in on the pages."""
    walk = case_at(bench, "suitability")
    sign_in_as(bench, monkeypatch, walk)
    return walk


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A browser that keeps English, and a test that names options as the page does."""
    kept_by_browser(monkeypatch, ENGLISH)
    speak("en")
    yield
    speak("zh")


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
    left = chinese_left(opened(), *NAMES, *KEPT) - places
    assert {text for text in left if not text.startswith("验证码 ")} == set(), "only the message of the demo is Chinese"


@pytest.mark.usefixtures("english")
def test_mistakes_are_said_in_english_with_their_values(bench: Bench, walk: Walk) -> None:
    at = press(choose(opened(), walk, bench, "q01"), "next")
    assert any("17 questions still to answer" in error.value.replace("\\", "") for error in at.error)


@pytest.mark.usefixtures("english")
def test_what_is_stored_is_the_same_in_both_languages(bench: Bench, walk: Walk) -> None:
    questionnaire = walk.loaded(bench).rules["questionnaire"]
    at = opened()
    for question in questionnaire["questions"]:
        at = choose(at, walk, bench, question["key"])
    assert "Your result: C4 Active" in words(press(at, "next"))
    stored = walk.facts(bench).values("suitability")
    assert (stored["level"], stored["answers"]) == ("C4", answers_for(questionnaire, "C4"))
    with bench.desk.read(walk.firm) as work:
        assert not re.search("[A-Za-z]{12,}", work.jobs.recent_sms(bench.clock.now - timedelta(days=9))[0].text)


@pytest.mark.parametrize("who", ["customer", Role.WITNESS, Role.REVIEW, Role.SUPERVISOR, Role.ADMIN])
def test_pages_in_english(office: made.Bench, page: Open, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Only names, addresses and the words that a calendar file needs stay Chinese."""
    kept_by_browser(monkeypatch, ENGLISH)
    office.desk = made.replace(office.desk, images=LightImages())
    made.submitted_case(office)
    left = {}
    for key, file in FILES.items():
        try:
            at = page(file, customer=1) if who == "customer" else page(file, made.WITNESS, Role(who))
        except ValueError:
            continue
        left[key] = {text for text in chinese_left(at, *NAMES, *KEPT) if not text.startswith("张")}
    assert len(left) > 9
    assert {key: found for key, found in left.items() if found} == {}


def test_agreements_say_that_the_chinese_text_counts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in_as(bench, monkeypatch, case_at(bench, "agreements"))
    assert not any("中文文本" in text for text in said(opened()))
    kept_by_browser(monkeypatch, ENGLISH)
    assert any("The Chinese text of the agreements is what counts." in text for text in said(opened()))


def test_help_is_searched_in_the_language_of_the_visitor(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_by_browser(monkeypatch, ENGLISH)
    at = opened("customer/help.py")
    found = at.text_input(key="search").set_value("Safari").run()
    assert "Which phones, computers and browsers work?" in [topic.label for topic in found.expander]
