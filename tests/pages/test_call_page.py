"""The running call on both pages through the router: text both ways, the list of steps, stills, the head clip."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.audit import Tag
from core.call_notes import sent_code
from core.records import SessionRecord
from core.usecases.call_chat import read_lines, write_line
from core.usecases.call_lines import LINES_A_MINUTE
from core.usecases.call_script import send_call_code
from core.usecases.serve_customer import still_wishes
from pages.parts import wiring
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.pages.staff_pages import PAGES, calm, press, words
from tests.stand_ins import tiny_picture

Look = Callable[[], AppTest]
HEAR = "听不到您的声音"


@pytest.fixture
def walk(bench: Bench) -> Walk:
    return case_at(bench, "in_call")


@pytest.fixture
def call(bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The part that needs a browser, without its connections."""
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    monkeypatch.setattr(wiring, "customer", lambda: None)
    calm(AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run())
    AppTest.from_string("import pages.parts.call").run()  # it is imported within a run only
    found = sys.modules["pages.parts.call"]
    monkeypatch.setattr(found, "join", lambda _ticket, _role: None)
    monkeypatch.setattr(found, "keep_recording", lambda *_: None)
    monkeypatch.setattr(found, "_calls", {})
    yield found
    found.end(walk.ticket)


@pytest.fixture
def phone(bench: Bench, walk: Walk, call: Any, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The customer opens the page of the call."""
    session = SessionRecord("s1", "f1", "customer", walk.owner, bench.now, bench.now, walk.person.phone)

    def open_it() -> AppTest:
        monkeypatch.setattr(wiring, "staff", lambda: None)
        monkeypatch.setattr(wiring, "customer", lambda: session)
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
        return calm(at.switch_page("customer/case.py").run())

    return open_it


@pytest.fixture
def desk(bench: Bench, walk: Walk, call: Any, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The witness opens the page of the call."""
    with bench.work() as work:
        member = work.people.find_staff(staff_id="witness")

    def open_it() -> AppTest:
        monkeypatch.setattr(wiring, "customer", lambda: None)
        monkeypatch.setattr(wiring, "staff", lambda: (bench.staff("witness"), member))
        at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
        return calm(at.switch_page("staff/witness.py").run())

    return open_it


def told(at: AppTest) -> list[str]:
    """What stands above or under the picture."""
    return [each.value.replace("\\", "") for each in at.info]


def said(bench: Bench, walk: Walk) -> list[str]:
    return [line.text for line in read_lines(bench.desk, walk.actor, walk.ticket)]


# -- text
def test_the_customer_writes_and_the_witness_sees_it_under_the_picture(
    bench: Bench, walk: Walk, phone: Look, desk: Look
) -> None:
    at = phone()
    at.text_input(key="chat_text").input(f"{HEAR}*")
    at = press(at, "chat_send")
    assert said(bench, walk) == [f"{HEAR}*"] and f"{HEAR}*" in words(at)
    assert not any("发来文字" in each for each in told(at))
    assert f"客户发来文字：{HEAR}*" in told(desk())
    assert ("staff:personal:read", f"case:{walk.case_id}", {"purpose": "chat"}) in bench.audit()


def test_a_ready_sentence_is_one_press_and_stands_above_the_customers_picture_for_a_minute(
    bench: Bench, walk: Walk, phone: Look, desk: Look
) -> None:
    at = press(desk(), "ready_0")
    [sentence] = said(bench, walk)
    assert sentence.startswith("我听不到您的声音") and not any("发来文字" in each for each in told(at))
    assert told(phone())[-2].startswith(f"见证人员发来文字：{sentence}")
    bench.pass_time(seconds=61)
    at = phone()
    assert not any("发来文字" in each for each in told(at)) and sentence in words(at)


def test_what_was_refused_stands_in_the_field_again(bench: Bench, walk: Walk, phone: Look) -> None:
    for number in range(LINES_A_MINUTE):
        write_line(bench.desk, walk.actor, *walk.held, f"第 {number} 条")
    at = phone()
    at.text_input(key="chat_text").input(HEAR)
    at = press(at, "chat_send")
    assert "发送得太快" in words(at) and at.text_input(key="chat_text").value == HEAR
    assert len(said(bench, walk)) == LINES_A_MINUTE


# -- the list of steps
def test_the_customer_sees_where_the_call_stands_and_what_comes(bench: Bench, walk: Walk, phone: Look) -> None:
    at = phone()
    assert "第 1 项，共 17 项　工作人员会报出姓名和执业证号，您可以在屏幕上核对。" in told(at)
    [steps] = [each for each in at.expander if each.label == "全部步骤"]
    assert len(steps.markdown) == 17 and not steps.proto.expanded
    assert not any("已完成" in each.value for each in steps.markdown)
    walk.work_through_call(bench)
    at = phone()
    [steps] = [each for each in at.expander if each.label == "全部步骤"]
    assert all("已完成" in each.value for each in steps.markdown)
    assert "见证人员正在确认结果，请稍候。" in told(at)


def test_for_a_code_the_page_of_the_demo_is_drawn_anew(bench: Bench, walk: Walk, phone: Look) -> None:
    at = phone()
    assert not any("验证码" in each for each in told(at))
    send_call_code(bench.desk, bench.staff("witness"), *walk.held)
    at = phone()
    assert "验证码" in told(at)[0]
    with bench.work() as work:
        found = work.queue.find(walk.ticket)
    assert found is not None and at.session_state["call_code_shown"] == sent_code(found)


# -- stills
def burst(call: Any, bench: Bench, fence: int, count: int = 4) -> Any:
    """Stills of which the second is the sharpest."""
    stills = tuple(
        SimpleNamespace(jpeg=tiny_picture(f"frame {n}"), width=40, height=25, sharpness=9.0 if n == 1 else n / 10,
                        taken=bench.clock(), sha256=sha256_of(tiny_picture(f"frame {n}")))
        for n in range(count)
    )  # fmt: skip
    return call.Burst("capture_front", fence, stills, tuple(f"data:image/jpeg;base64,{n}" for n in range(count)))


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def camera(bench: Bench, walk: Walk, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer whose pictures are drawn."""

    def take(ticket: Any, _slot: str) -> Any:
        found = burst(call, bench, ticket.fence)
        call._running(ticket).burst = found
        return found

    monkeypatch.setattr(call, "take_burst", take)


def front(bench: Bench, walk: Walk) -> Any:
    [item] = walk.facts(bench).slot("capture_front")
    return item


def test_the_sharpest_frame_is_evidence_without_another_press(
    bench: Bench, walk: Walk, camera: None, desk: Look
) -> None:
    at = press(desk(), "take_capture_front")
    item = front(bench, walk)
    assert item.sha256 == sha256_of(tiny_picture("frame 1"))
    assert (item.meta["frame"], item.meta["frames"], item.meta["source"]) == (2, 4, "server") and item.meta["taken"]
    assert at.button(key="still_1").disabled and "已选用最清晰的一帧" in words(at)
    with bench.work() as work:
        found = work.queue.find(walk.ticket)
        assert found is not None and list(still_wishes(found)) == ["capture_front"]


def test_one_press_chooses_another_frame_and_the_customers_still_stays(
    bench: Bench, walk: Walk, camera: None, desk: Look
) -> None:
    at = press(desk(), "take_capture_front")
    with bench.work() as work:
        before = work.queue.find(walk.ticket)
    at = press(at, "still_3")
    item = front(bench, walk)
    assert item.sha256 == sha256_of(tiny_picture("frame 3")) and item.meta["frame"] == 4
    assert at.button(key="still_3").disabled and not at.button(key="still_1").disabled
    with bench.work() as work:
        after = work.queue.find(walk.ticket)
    assert before and after and still_wishes(before) == still_wishes(after)
    assert bench.tags().count(Tag.STAFF_CALL_CAPTURE) == 2


def test_frames_of_a_former_witness_cannot_be_chosen(
    bench: Bench, walk: Walk, camera: None, call: Any, desk: Look
) -> None:
    at = press(desk(), "take_capture_front")
    with bench.work() as work:
        ticket = work.queue.find(walk.ticket)
    assert ticket is not None
    call._running(ticket).burst = burst(call, bench, ticket.fence - 1)
    keys = {button.key for button in calm(at.run()).button}
    assert "take_capture_front" in keys and "still_0" not in keys


# -- the head clip
@pytest.mark.parametrize(
    ("data", "found", "why"),
    [
        (b"", {}, "没有收到画面"),
        (b"webm", {"errors": 1, "duration_ms": 10_000}, "画面有损坏"),
        (b"webm", {"errors": 0, "duration_ms": 3_000}, "录得太短"),
    ],
)
def test_a_clip_that_failed_is_said_and_can_be_taken_again(
    bench: Bench, walk: Walk, call: Any, desk: Look, monkeypatch: pytest.MonkeyPatch, data: bytes, found: Any, why: str
) -> None:
    summary, results = SimpleNamespace(gaps=0), [(data, found), (b"webm", {"errors": 0, "duration_ms": 10_000})]

    class Tape:
        def __init__(self, _room: Any, _role: Any, sink: Any, closed: Any, **_: Any) -> None:
            self.sink, self.closed = sink, closed

        def start(self) -> None:
            written, meta = results.pop(0)
            self.sink.write(written)
            self.sink.close()
            monkeypatch.setattr(type(bench.desk.recordings), "check", lambda *_: (meta, written))
            self.closed(summary)

    monkeypatch.setattr(call, "Recorder", Tape)
    at = press(desk(), "take_clip")
    assert "头部短视频没有录好" in words(at) and why in words(at)
    assert walk.facts(bench).slot("clip_head") == () and not at.button(key="take_clip").disabled
    at = press(at, "take_clip")
    assert "没有录好" not in words(at) and len(walk.facts(bench).slot("clip_head")) == 1
    assert at.button(key="take_clip").label.startswith("✓")


def test_a_clip_to_which_nothing_arrives_ends_by_itself(
    bench: Bench, walk: Walk, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    with bench.work() as work:
        ticket = work.queue.find(walk.ticket)
    assert ticket is not None
    running = call._running(ticket)
    running.clip, running.clip_since = SimpleNamespace(close=lambda: closed.append(True)), call.time.monotonic()
    assert call.clip_running(ticket) and closed == []
    running.clip_since -= call.CLIP_PATIENCE_S + 1
    assert call.clip_running(ticket) and closed == [True]
    running.clip = None
