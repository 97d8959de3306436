"""The door of a visitor: number, QR code, what the browser kept; nothing of another firm is ever shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.requests import Request
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from core.usecases.sessions import exchange_ticket, find_session, open_session
from pages.parts import wiring
from pages.parts.entry import branch_of
from pages.routes.entry import send_entry
from tests.desk_bench import F1, F2, Bench
from tests.pages.staff_pages import PAGES, calm, press, words
from tests.walk import sign_in

Look = Callable[..., AppTest]


@pytest.fixture
def look(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Open a customer page of a real installation with two firms, with an address and cookies."""
    settings = replace(bench.desk.settings, mode="production")
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "firms", lambda: [F1, F2])
    monkeypatch.setattr(wiring, "staff", lambda: None)

    def open_it(
        path: str = "",
        kept: str = "",
        who: SessionRecord | None = None,
        firms: tuple[object, ...] = (F1, F2),
        **asked: str,
    ) -> AppTest:
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: {"jianzheng-door": kept} if kept else {}))
        monkeypatch.setattr(wiring, "customer", lambda: who)
        monkeypatch.setattr(wiring, "firms", lambda: list(firms))
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20)
        for name, value in asked.items():
            at.query_params[name] = value
        at = calm(at.run())
        return calm(at.switch_page(path).run()) if path else at

    return open_it


def shows(at: AppTest) -> set[str]:
    """Names and hotlines of firms on the screen."""
    text = words(at) + "".join(link.proto.label for link in at.get("page_link"))
    return {what for firm in (F1, F2) for what in (firm.name, firm.hotline) if what in text}


def test_without_a_number_the_page_asks_and_shows_no_firm(look: Look) -> None:
    for path in ("", "customer/help.py", "customer/sign_in.py"):
        at = look(path)
        assert at.text_input(key="firm_number").label == "期货公司编号"
        assert shows(at) == set()


@pytest.mark.parametrize(("typed", "firm"), [("8002", F2), (" ８００１ ", F1)])
def test_a_number_opens_its_firm_alone(look: Look, typed: str, firm: object) -> None:
    at = look()
    at.text_input(key="firm_number").set_value(typed)
    at = calm(at.button[0].click().run())
    assert at.title[0].value == "业务办理"
    assert shows(at) == {firm.name, firm.hotline}
    assert shows(at.switch_page("customer/help.py").run()) == {firm.name, firm.hotline}


@pytest.mark.parametrize(("typed", "said"), [("9999", "没有找到编号为 9999 的期货公司"), ("", "请输入期货公司编号。")])
def test_an_unknown_number_is_said_and_opens_nothing(look: Look, typed: str, said: str) -> None:
    at = look()
    at.text_input(key="firm_number").set_value(typed)
    at = calm(at.button[0].click().run())
    assert said in words(at)
    assert shows(at) == set()


@pytest.mark.parametrize("firms", [(F1, F2), (F1,)])
def test_an_unknown_number_in_the_address_leads_to_no_other_firm(look: Look, firms: tuple[object, ...]) -> None:
    at = look(firm="9999", kept="8001", firms=firms)
    assert "没有找到编号为 9999 的期货公司" in words(at)
    assert shows(at) == set()


@pytest.mark.parametrize(
    ("kept", "asked", "firm"),
    [("8002", {}, F2), ("8002.b2", {}, F2), ("8002", {"firm": "8001"}, F1), ("", {"firm": "8002"}, F2)],
)
def test_the_address_goes_before_what_the_browser_kept(
    look: Look, kept: str, asked: dict[str, str], firm: object
) -> None:
    assert shows(look(kept=kept, **asked)) == {firm.name, firm.hotline}


def test_one_firm_asks_nobody(look: Look) -> None:
    assert shows(look(firms=(F2,))) == {F2.name, F2.hotline}


@pytest.mark.parametrize(
    ("kept", "asked", "branch"),
    [
        ("8001.b2", {}, "b2"),
        ("", {"firm": "8001", "branch": "b2"}, "b2"),
        ("8001.b2", {"firm": "8001"}, "b1"),
        ("8002.b2", {}, "b1"),
        ("8001.b9", {}, "b1"),
        ("", {}, "b1"),
    ],
)
def test_the_branch_of_the_code_goes_into_the_case(
    bench: Bench, look: Look, kept: str, asked: dict[str, str], branch: str
) -> None:
    owner = sign_in(bench, phone="11150813001")
    session = SessionRecord("s1", "f1", "customer", owner, bench.now, bench.now, "11150813001")
    look("customer/case.py", kept, session, **asked)
    with bench.desk.read("f1") as work:
        case = work.cases.find_open(owner)
    assert case is not None and case.branch_id == branch


def test_whoever_is_signed_in_stays_with_the_own_firm(bench: Bench, look: Look) -> None:
    session = SessionRecord("s1", "f1", "customer", "phone:x", bench.now, bench.now, "11150813001")
    assert shows(look("", "8002.b2", session, firm="8002")) == {F1.name, F1.hotline}
    at = look("customer/firm.py", "", session)
    assert "请先退出登录" in words(at)
    assert not at.text_input


def test_a_door_of_one_firm_names_no_branch_of_another(look: Look) -> None:
    look(kept="8002.b2")
    assert branch_of(F1) == ""


@pytest.mark.parametrize(("kept", "query"), [("8002", "firm=8002"), ("8001.b2", "firm=8001&branch=b2")])
def test_the_sign_in_page_leads_a_phone_through_the_same_door(
    look: Look, monkeypatch: pytest.MonkeyPatch, kept: str, query: str
) -> None:
    written: list[str] = []
    monkeypatch.setattr(wiring, "qr_url", lambda text: written.append(text) or "data:,")
    settings = replace(wiring.settings(), public_url="https://kaihu.example.com")
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    press(look("customer/sign_in.py", kept), "open_phone")
    assert written == [f"https://kaihu.example.com/?{query}"]


def fetched(bench: Bench, subject: str, key: str) -> tuple[int, str]:
    """Status and body of the route as this person."""
    sessions = {}
    if subject:
        with bench.work() as work:
            ticket = open_session(work, "staff", subject)
        sessions["staff"] = find_session(bench.desk, "staff", token=exchange_ticket(bench.desk, ticket))
    scope = {
        "type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"desk.example.com")], "query_string": b"",
        "scheme": "https", "server": ("desk.example.com", 443), "path_params": {"key": key},
        "state": {"sessions": sessions},
    }  # fmt: skip
    answer = asyncio.run(send_entry(Request(scope)))
    return answer.status_code, bytes(answer.body).decode()


@pytest.mark.parametrize(
    ("subject", "key", "status"),
    [("staff:admin", "b2", 200), ("staff:supervisor", "firm", 200), ("staff:admin", "b9", 404),
     ("staff:review", "b2", 404), ("", "b2", 404)],
)  # fmt: skip
def test_only_who_may_print_gets_the_drawing(bench: Bench, look: Look, subject: str, key: str, status: int) -> None:
    found, body = fetched(bench, subject, key)
    assert found == status
    assert body.startswith("<svg") is (status == 200)
