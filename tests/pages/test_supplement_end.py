"""The last page of a 补签协议: what handing it in means, by whether the firm reviews it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.case import State
from core.defaults import load_kind
from core.records import SessionRecord
from core.usecases.supplements import start_supplements
from pages.parts import wiring
from tests.builders import Walk, case_at
from tests.core.test_supplements import begun, demand
from tests.desk_bench import Bench
from tests.pages.staff_pages import PAGES, calm, press, words


def signed(bench: Bench, monkeypatch: pytest.MonkeyPatch, *, review: bool) -> tuple[Walk, AppTest]:
    """The case page of a customer who has signed and not handed in yet."""
    opened = case_at(bench, "active", chosen=("DCE",))
    body = load_kind("business_rules")
    body["businesses"]["supplement"]["review"] = review
    with bench.work() as work:
        work.firms.add_data("business_rules", 2, body, work.now, "staff:admin")
    start_supplements(bench.desk, bench.staff("supervisor"), demand(bench))
    walk = begun(bench, opened)
    walk.walk_to(bench)
    session = SessionRecord("s", "f1", "customer", walk.owner, bench.now, bench.now, walk.person.phone)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    monkeypatch.setattr(wiring, "customer", lambda: session)
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
    at.switch_page("customer/case.py")
    return walk, calm(at.run())


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
