"""Somebody beside the customer: declared with the photos, seen by witness and reviewer; the notice about age."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from pages.parts import wiring
from pages.parts.script_panel import Talk
from pages.parts.state import Key
from tests.builders import CONSENTS, Walk, case_at
from tests.desk_bench import F1, Bench, id_number
from tests.pages.staff_pages import PAGES, calm, press, words


@pytest.fixture
def on_pages(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", lambda: [F1])
    return bench


def customer_page(bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The case page of this customer."""
    session = SessionRecord("s1", walk.firm, "customer", walk.owner, bench.now, bench.now, walk.person.phone)
    monkeypatch.setattr(wiring, "customer", lambda: session)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
    return calm(at.switch_page("customer/case.py").run())


def test_the_declaration_unfolds_and_asks_for_relation_and_reason(
    on_pages: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = case_at(on_pages, "photos")
    for slot in ("id_front", "id_back", "signature"):
        walk.add_photo(on_pages, slot)
    at = customer_page(on_pages, walk, monkeypatch)
    for name in CONSENTS:
        at.checkbox(key=f"photos_{name}").set_value(True)
    assert not [box for box in at.selectbox if box.key == "photos_relation"]
    at = press(calm(at.checkbox(key="photos_assisted").set_value(True).run()), "next")
    assert "请选择协助人与您的关系。" in words(at) and "请填写需要协助的原因。" in words(at)
    at.selectbox(key="photos_relation").set_value("child")
    at.text_input(key="photos_reason").set_value("不熟悉手机")
    press(at, "next")
    assert walk.case(on_pages).flags == ("assisted",)


def test_the_notice_about_age_stands_on_the_screen_that_follows(
    on_pages: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = case_at(on_pages, "bank", profile={"id_number": id_number(9, "19600101")})
    at = customer_page(on_pages, walk, monkeypatch)
    at = press(at, "previous")
    assert not any("与家人商量" in info.value for info in at.info)
    at = press(at, "next")
    assert at.session_state[Key.VIEW] == "bank"
    assert any("与家人商量" in info.value for info in at.info)
    assert not any("与家人商量" in info.value for info in press(at, "previous").info)


def script_screen(talk):
    from pages.parts.case_file import show_flags
    from pages.parts.script_panel import script

    show_flags(talk.loaded.case.flags)
    script(talk)


def test_the_witness_sees_the_flag_and_what_to_ask(on_pages: Bench) -> None:
    walk = case_at(on_pages, "profile")
    walk.answer(on_pages, "photos", {**CONSENTS, "assisted": True, "relation": "child", "reason": "不熟悉手机"})
    for step in ("profile", "bank", "suitability", "exchanges", "agreements", "witness"):
        walk.go_on(on_pages, step)
    with on_pages.desk.read("f1") as work:
        member, ticket = work.people.find_staff(staff_id="witness"), work.queue.find(walk.ticket)
    assert member is not None and ticket is not None
    talk = Talk(on_pages.desk, on_pages.staff("witness"), member, ticket, walk.loaded(on_pages))
    at = calm(AppTest.from_function(script_screen, args=(talk,), default_timeout=20).run())
    assert "有人协助" in words(at)
    assert "客户申报有人协助：子女，不熟悉手机" in words(at)
    assert at.checkbox(key="script_beside").label == "**核对协助人**"
