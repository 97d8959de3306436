"""Own sign-ins on the staff's and the customer's page, those of staff for 管理, and the route that notes the device."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from core.usecases.sessions import exchange_ticket, find_session, open_session
from pages.parts import wiring
from pages.routes.session import BROWSER_HEADER, exchange
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import PAGES, calm, press, words

PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36"
Open = Callable[[str, SessionRecord], AppTest]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = made.make_bench(tmp_path)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    return bench


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page in a session, as its cookie would."""

    def open_it(path: str, session: SessionRecord) -> AppTest:
        identity = {session.kind: f"{session.firm_id}.{session.id}"}
        monkeypatch.setattr(wiring, "_identity", lambda: identity)
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
        at.switch_page(path)
        return calm(at.run())

    return open_it


def sign_in(bench: Bench, subject: str, browser: str = COMPUTER) -> SessionRecord:
    kind = "staff" if subject.startswith("staff:") else "customer"
    with bench.work() as work:
        ticket = open_session(work, kind, subject)
    found = find_session(bench.desk, kind, token=exchange_ticket(bench.desk, ticket, browser))
    assert found is not None
    return found


def lives(bench: Bench, session: SessionRecord) -> bool:
    return find_session(bench.desk, session.kind, session_ref=f"{session.firm_id}.{session.id}") is not None


@pytest.mark.parametrize(("path", "subject"), [
    ("staff/home.py", f"staff:{made.REVIEWER}"), ("customer/my_cases.py", "phone:abc"),
])  # fmt: skip
def test_people_see_and_end_their_own(bench: Bench, page: Open, path: str, subject: str) -> None:
    here, phone, another = sign_in(bench, subject), sign_in(bench, subject, PHONE), sign_in(bench, subject)
    at = page(path, here)
    shown = words(at)
    assert "本次登录" in shown and "**手机**　登录 2026-03-02 10:00:00" in shown
    at = press(at, f"end_{phone.id[:8]}")
    assert "这处登录已结束" in words(at) and not lives(bench, phone) and lives(bench, another)
    at = press(at, "end_others")
    assert not lives(bench, another) and lives(bench, here)
    assert "end_others" not in [button.key for button in at.button]


def test_a_session_that_was_ended_meanwhile_is_said(bench: Bench, page: Open) -> None:
    here, other = (sign_in(bench, f"staff:{made.REVIEWER}") for _ in range(2))
    at = page("staff/home.py", here)
    with bench.work() as work:
        work.people.revoke_session(other.id)
    assert "这处登录已经结束" in words(press(at, f"end_{other.id[:8]}"))


def test_the_administrator_ends_the_sessions_of_staff(bench: Bench, page: Open) -> None:
    admin, theirs = sign_in(bench, f"staff:{made.ADMIN}"), sign_in(bench, f"staff:{made.CALLER}", PHONE)
    at = press(page("staff/people.py", admin), f"person_{made.CALLER}")
    assert "**手机**" in words(at)
    at = press(at, "sessions_end")
    assert "登录已全部结束" in words(at) and "现在没有登录" in words(at)
    assert lives(bench, admin) and not lives(bench, theirs)


def request(body: dict[str, str], browser: str) -> Request:
    """A POST of our own page's script."""
    headers = [(BROWSER_HEADER.encode(), browser.encode()), (b"x-requested-with", b"jianzheng")]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def test_the_route_notes_the_device(bench: Bench) -> None:
    with bench.work() as work:
        ticket = open_session(work, "staff", f"staff:{made.CALLER}")
    answer = asyncio.run(exchange(request({"ticket": ticket, "kind": "staff"}, PHONE)))
    assert answer.status_code == 200
    with bench.work() as work:
        [session] = work.people.sessions_of(f"staff:{made.CALLER}")
    assert session.device == "phone"
