"""The customer's waiting page through the router: place, time, messages, leaving, what is said when service ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.queueing import ALIVE
from core.records import SessionRecord
from core.usecases.desk_messages import send_message
from pages.parts import wiring
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.pages.staff_pages import PAGES, calm, press, words
from tests.queue_line import customer, online, stay, swept, ticket

Look = Callable[[], AppTest]


@pytest.fixture
def walk(bench: Bench) -> Walk:
    """A customer at the video step."""
    return case_at(bench, "witness")


@pytest.fixture
def look(bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The customer opens the page."""
    session = SessionRecord("s1", "f1", "customer", walk.owner, bench.now, bench.now, walk.person.phone)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    monkeypatch.setattr(wiring, "customer", lambda: session)

    def open_it() -> AppTest:
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
        return calm(at.switch_page("customer/case.py").run())

    return open_it


def test_joining_shows_place_and_time_and_a_reload_keeps_them(bench: Bench, walk: Walk, look: Look) -> None:
    first = customer(bench, 1)
    at = press(look(), "next")
    shown = words(at)
    assert "前面 1 人 · 共 2 人（含您）" in shown and "当前无人值守" in shown and "分钟" not in shown
    with bench.work() as work:
        work.duty.change("witness", "b1", "busy")
    assert "约 7-12 分钟" in words(look())
    stay(bench, [first], seconds=30)
    assert "前面 1 人 · 共 2 人（含您）" in words(look())


def test_what_the_desk_says_stands_under_the_place(bench: Bench, walk: Walk, look: Look) -> None:
    walk.join(bench)
    send_message(bench.desk, bench.staff("supervisor"), "b1", "系统*维护*，请稍候", timedelta(minutes=5))
    at = look()
    assert [each.value for each in at.info if "来自柜台" in each.value] == ["来自柜台：系统\\*维护\\*，请稍候"]


def test_while_a_witness_is_rung_at_the_page_says_so(bench: Bench, walk: Walk, look: Look) -> None:
    walk.join(bench)
    online(bench, "witness")
    shown = words(look())
    assert "正在为您接通" in shown and "前面" not in shown


def test_leaving_asks_first(bench: Bench, walk: Walk, look: Look) -> None:
    walk.join(bench)
    at = press(look(), "leave_queue")
    assert "失去当前的位置" in words(at)
    at = press(press(at, "leave_no"), "leave_queue")
    assert ticket(bench, walk.ticket).state == "waiting"
    at = press(at, "leave_yes")
    found = ticket(bench, walk.ticket)
    assert (found.state, found.reason) == ("abandoned", "left")
    assert at.button(key="next").label == "开始视频通话"


def test_who_lost_the_place_is_told_why(bench: Bench, walk: Walk, look: Look) -> None:
    walk.join(bench)
    bench.pass_time(ALIVE + timedelta(seconds=1))
    assert swept(bench) == 1
    assert "没有回应，排队位置已让出" in words(look())
    walk.join(bench)
    with bench.work() as work:
        work.queue.leave(walk.ticket, "system", "closed")
    assert "今天没有轮到您" in words(look())


def test_a_connection_that_hangs_is_named(bench: Bench, walk: Walk, look: Look) -> None:
    walk.join(bench)
    for _ in range(4):
        stay(bench, [walk.ticket], seconds=80)
    with bench.work() as work:
        work.duty.change("witness", "b1", "online")
    assert "换一个网络" in words(look())
