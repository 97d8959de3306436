"""大字版: it outlives the visit, and the questionnaire is then asked one question at a time with nothing lost."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from pages.parts.state import Key
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.forms import answers_for
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.staff_pages import calm, press, words


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer before the questionnaire, signed in on the pages."""
    walk = case_at(bench, "suitability")
    sign_in_as(bench, monkeypatch, walk)
    return walk


def kept_by_browser(monkeypatch: pytest.MonkeyPatch, cookies: Mapping[str, str]) -> None:
    """The cookies that the browser sends when a page connects."""
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: cookies))


def choose(at: AppTest, walk: Walk, bench: Bench, key: str) -> AppTest:
    """Answer a question that is on the screen."""
    question = next(q for q in walk.loaded(bench).rules["questionnaire"]["questions"] if q["key"] == key)
    given = answers_for(walk.loaded(bench).rules["questionnaire"], "C4")[key]
    if question["choice"] == "multi":
        return calm(at.checkbox(key=f"suitability_{key}_{given[0]}").set_value(True).run())
    return calm(at.radio(key=f"suitability_{key}").set_value(given[0]).run())


@pytest.mark.parametrize(
    ("cookies", "large"), [({"jianzheng-large": "1"}, True), ({}, False), ({"jianzheng-large": "<b>"}, False)]
)
def test_what_the_browser_kept_decides_on_arrival(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str], large: bool
) -> None:
    kept_by_browser(monkeypatch, cookies)
    at = opened("customer/hall.py")
    assert at.toggle(key=Key.LARGE).value is large
    styles = [html.proto.body for html in at.get("html") if html.proto.body.startswith("<style>")]
    assert ("--jz-base: 20px" in styles[0]) is large


def test_the_switch_holds_on_other_pages(walk: Walk) -> None:
    at = calm(opened("customer/hall.py").toggle(key=Key.LARGE).set_value(True).run())
    assert at.switch_page("customer/case.py").run().toggle(key=Key.LARGE).value is True


def test_one_question_at_a_time_and_a_reload_goes_on_where_one_was(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_by_browser(monkeypatch, {"jianzheng-large": "1"})
    at = opened()
    assert [radio.key for radio in at.radio] == ["suitability_q01"]
    at = press(at, "next")
    assert "请先回答这一题。" in words(at)
    at = press(choose(at, walk, bench, "q01"), "next")
    at = choose(at, walk, bench, "q02")
    again = opened()
    assert "第 3 题，共 18 题" in words(again)
    back = press(press(again, "previous"), "previous")
    assert "第 1 题，共 18 题" in words(back)
    assert back.radio(key="suitability_q01").value
    assert back.button(key="previous").label == "上一步"


def test_all_questions_one_by_one_give_the_same_result(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_by_browser(monkeypatch, {"jianzheng-large": "1"})
    questionnaire = walk.loaded(bench).rules["questionnaire"]
    at = opened()
    for question in questionnaire["questions"]:
        at = press(choose(at, walk, bench, question["key"]), "next")
    assert "您的评估结果" in words(at)
    stored = walk.facts(bench).values("suitability")
    assert (stored["level"], stored["answers"]) == ("C4", answers_for(questionnaire, "C4"))
    at = press(at, "again")
    assert "第 1 题，共 18 题" in words(at)
    assert at.radio(key="suitability_q01").value


def test_switching_to_large_text_half_way_keeps_what_was_chosen(bench: Bench, walk: Walk) -> None:
    at = opened()
    for key in ("q01", "q02", "q03"):
        at = choose(at, walk, bench, key)
    at = calm(at.toggle(key=Key.LARGE).set_value(True).run())
    assert "第 4 题，共 18 题" in words(at)
    at = calm(at.toggle(key=Key.LARGE).set_value(False).run())
    assert [at.radio(key=f"suitability_{key}").value is not None for key in ("q01", "q02", "q03", "q04")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_an_incomplete_questionnaire_names_what_is_missing(bench: Bench, walk: Walk) -> None:
    at = press(choose(opened(), walk, bench, "q01"), "next")
    assert any("还有 17 题" in error.value for error in at.error)
    assert at.radio(key="suitability_q01").value
