"""通话前检测 on the customer's page and the witness's, and what its two routes refuse."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from core.rules.rehearsal import rehearsal_of
from core.usecases.wait_for_witness import join_queue
from pages.parts import rehearse
from pages.routes import rehearsal as routes
from pages.routes.gate import Quota
from pages.routes.table import ROUTES
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.media.drawn_face import frame
from tests.pages.customer_pages import sign_in_as
from tests.pages.staff_pages import PAGES, calm, press, words
from tests.queue_line import ticket

OWN = {"x-requested-with": "jianzheng"}
REPORT = {"nonce": "n1", "luma": 30, "dark": 10, "bright": 0, "sharpness": 9, "face": "one", "loudness": -20,
          "uplink_kbps": 620, "round_trip_ms": 44}  # fmt: skip


def session_of(bench: Bench, walk: Walk) -> SessionRecord:
    return SessionRecord(f"s-{walk.owner}", "f1", "customer", walk.owner, bench.now, bench.now, walk.person.phone)


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer at the video step."""
    found = case_at(bench, "witness")
    sign_in_as(bench, monkeypatch, found)
    monkeypatch.setattr(routes, "_uplinks", Quota(40, 600))
    monkeypatch.setattr(routes, "_frames", Quota(60, 60))
    return found


def look() -> AppTest:
    """The customer opens the page."""
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=20).run()
    return calm(at.switch_page("customer/case.py").run())


def cards(at: AppTest) -> int:
    return len([each for each in at.get("bidi_component") if "rehearsal" in str(each.proto.component_name)])


# -- the page
def test_the_card_is_open_and_closed_by_one_tap(walk: Walk) -> None:
    at = look()
    assert cards(at) == 1 and "不会保存" in words(at)
    at = press(at, "rehearsal_close")
    assert cards(at) == 0
    assert cards(press(at, "rehearsal_open")) == 1


def test_joining_hands_in_what_was_measured_and_a_poor_picture_stops_nobody(bench: Bench, walk: Walk) -> None:
    at = look()
    at.session_state["rehearsal"] = {"result": REPORT}
    at = press(calm(at.run()), "next")
    assert "前面 0 人" in words(at) and cards(at) == 0
    with bench.work() as work:
        found = work.queue.find_live(walk.case_id)
    assert found is not None and found.rehearsal is not None
    assert {**found.rehearsal, "nonce": "n1"} == {**REPORT, "at": found.rehearsal["at"]}
    assert timedelta() < found.enqueued_at - datetime.fromisoformat(found.rehearsal["at"]) < timedelta(seconds=5)


def test_who_closed_the_card_at_once_joins_without_a_result(bench: Bench, walk: Walk) -> None:
    press(press(look(), "rehearsal_close"), "next")
    with bench.work() as work:
        found = work.queue.find_live(walk.case_id)
    assert found is not None and found.rehearsal is None


@pytest.mark.parametrize(("changes", "line"), [
    ({}, "通话前检测：光线偏暗 · 上行 620 kbit/s（偏慢） · 往返 44 毫秒"),
    ({"luma": 120, "sharpness": 90, "uplink_kbps": 4000},
     "通话前检测：光线、画面、声音合适 · 上行 4000 kbit/s · 往返 44 毫秒"),
    ({"luma": 120, "face": "several", "loudness": -70, "sharpness": 12, "uplink_kbps": None, "round_trip_ms": None},
     "通话前检测：画面模糊 · 镜头前不止一个人 · 声音太小"),
])  # fmt: skip
def test_the_witness_reads_one_line(bench: Bench, walk: Walk, changes: dict[str, Any], line: str) -> None:
    found = rehearsal_of({**REPORT, **changes}, bench.now)
    place = join_queue(bench.desk, walk.actor, walk.case_id, found)
    assert rehearse.line_for_staff(ticket(bench, place.id)) == line


def test_without_a_result_there_is_no_line(bench: Bench, walk: Walk) -> None:
    assert rehearse.line_for_staff(walk.join(bench)) == ""


@pytest.mark.parametrize(("uplink", "size", "kbps"), [(620, (480, 360), 390), (None, (640, 480), 840)])
def test_the_call_takes_the_size_that_the_line_carries(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch, uplink: int | None, size: tuple[int, int], kbps: int
) -> None:
    look()
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(sys.modules["pages.parts.call"], "webrtc_streamer", lambda **wish: asked.append(wish))
    found = rehearsal_of({**REPORT, "uplink_kbps": uplink}, bench.now)
    walk.ticket = join_queue(bench.desk, walk.actor, walk.case_id, found).id
    walk.claim(bench)
    look()
    video = asked[-1]["media_stream_constraints"]["video"]
    assert (video["width"], video["height"]) == tuple({"ideal": side} for side in size)
    assert asked[-1]["sink_video_track"].most_kbps == kbps


# -- the routes
def post(session: SessionRecord | None, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    app = Starlette(routes=ROUTES)

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["sessions"] = {"customer": session} if session else {}
        await app(scope, receive, send)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=entered), base_url="http://desk") as client:
            return await client.post(path, content=body, headers=headers)

    return asyncio.run(ask())


def test_the_uplink_takes_bytes_and_a_frame_is_answered(bench: Bench, walk: Walk) -> None:
    session = session_of(bench, walk)
    sent = post(session, "/uplink", b"x" * 256 * 1024, OWN)
    assert (sent.status_code, sent.json()) == (200, {"bytes": 256 * 1024})
    assert "no-store" in sent.headers["cache-control"]
    path = f"/rehearsal/{walk.case_id}/face"
    for drawn, place in (([(160, 120, 90)], "one"), ([], "none")):
        assert post(session, path, frame(drawn), OWN).json() == {"face": place}
    with bench.work() as work:
        assert not [each for each in work.cases.evidence(walk.case_id) if "face" in each.slot]


def test_whoever_has_no_business_here_is_refused(bench: Bench, walk: Walk) -> None:
    session, picture = session_of(bench, walk), frame([(160, 120, 90)])
    other = session_of(bench, case_at(bench, "witness", person=LI))
    face = f"/rehearsal/{walk.case_id}/face"
    cases = [
        (None, "/uplink", b"x", OWN), (session, "/uplink", b"x", {}),
        (session, "/uplink", b"x" * (256 * 1024 + 1), OWN),
        (session, "/uplink", b"x", {**OWN, "sec-fetch-site": "cross-site"}),
        (None, face, picture, OWN), (session, face, picture, {}), (other, face, picture, OWN),
        (session, "/rehearsal/unknown/face", picture, OWN), (session, face, b"no picture", OWN),
        (session, face, frame(size=(640, 480)), OWN), (session, face, picture + b"0" * 64 * 1024, OWN),
    ]  # fmt: skip
    assert {post(*each).status_code for each in cases} == {403}


def test_too_often_is_refused_for_that_session_only(bench: Bench, walk: Walk) -> None:
    session, other = session_of(bench, walk), session_of(bench, case_at(bench, "witness", person=LI))
    codes = [post(session, "/uplink", b"x", OWN).status_code for _ in range(41)]
    assert codes == [200] * 40 + [403]
    assert post(other, "/uplink", b"x", OWN).status_code == 200
    face = f"/rehearsal/{walk.case_id}/face"
    assert [post(session, face, b"x", OWN).status_code for _ in range(60)] == [403] * 60
    assert post(session, face, frame(), OWN).status_code == 403
