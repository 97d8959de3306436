"""The last page of a 补签协议: what handing it in means, by whether the firm reviews it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.case import State
from core.defaults import load_kind
from core.usecases.supplements import start_supplements
from tests.builders import Walk, case_at
from tests.core.test_supplements import begun, demand
from tests.desk_bench import Bench
from tests.pages.customer_pages import opened, sign_in_as
from tests.pages.staff_pages import press, words


def signed(bench: Bench, monkeypatch: pytest.MonkeyPatch, *, review: bool) -> tuple[Walk, AppTest]:
    """The case page of a customer who has signed and not handed in yet."""
    before = case_at(bench, "active", chosen=("DCE",))
    body = load_kind("business_rules")
    body["businesses"]["supplement"]["review"] = review
    with bench.work() as work:
        work.firms.add_data("business_rules", 2, body, work.now, "staff:admin")
    start_supplements(bench.desk, bench.staff("supervisor"), demand(bench))
    walk = begun(bench, before)
    walk.walk_to(bench)
    sign_in_as(bench, monkeypatch, walk)
    return walk, opened()


def test_without_a_review_it_is_done_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, at = signed(bench, monkeypatch, review=False)
    assert "提交后即办理完成" in words(at) and "复核" not in words(at)
    shown = words(press(at, "next"))
    assert walk.case(bench).state is State.DONE and "补签协议已完成" in shown


def test_with_a_review_a_reviewer_decides(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, at = signed(bench, monkeypatch, review=True)
    assert "提交后由工作人员复核" in words(at)
    press(at, "next")
    assert walk.case(bench).state is State.SUBMITTED
