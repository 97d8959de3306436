"""A supervisor in a running call, and compliance with its recordings, in real browsers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from core.case import State
from db.database import Database
from media.stills import CHOICES
from tests.e2e import walk
from tests.e2e.driver import Server, open_page, settled
from tests.e2e.test_walk import FIRM, database_of, prepare_case, wait_for_jobs

RECEIVED = """async () => { const out = []; for (const pc of (window.__peers || [])) {
if (pc.connectionState != 'connected') continue; const now = { frames: 0, energy: 0, sent: 0 };
(await pc.getStats()).forEach(s => { if (s.type == 'inbound-rtp' && s.kind == 'video') now.frames = s.framesDecoded;
if (s.type == 'inbound-rtp' && s.kind == 'audio') now.energy = s.totalAudioEnergy || 0;
if (s.type == 'outbound-rtp') now.sent += s.bytesSent; }); out.push(now); } return out; }"""
PLAYING = "host => ({...host.dataset, times: [...host.querySelectorAll('video')].map(v => v.currentTime)})"
BOTH_PLAY = "() => [...document.querySelectorAll('.st-key-replay_0 video')].every(video => video.currentTime > 0.5)"


def received(page: Page) -> list[dict[str, float]]:
    """Pictures, sound and what was sent, of every connection of the page."""
    found: list[dict[str, float]] = []
    for frame in page.frames:
        if frame.url.startswith("http"):
            found += frame.evaluate(RECEIVED)
    return found


def wait_for_both_sides(page: Page) -> list[dict[str, float]]:
    """Until two connections give picture and sound."""
    now: list[dict[str, float]] = []
    for _ in range(120):
        now = received(page)
        if len(now) == 2 and all(each["frames"] > 10 and each["energy"] > 0 for each in now):
            return now
        page.wait_for_timeout(250)
    raise AssertionError(f"nothing to see: {now}")


def write_both_ways(page: Page, staff: Page) -> None:
    """Each is told where the eyes are and by a chime; half-typed words and an open list outlast the refreshes."""
    page.locator(".st-key-chat_text input").fill("听不到您说话")
    page.keyboard.press("Enter")
    expect(staff.get_by_text("客户发来文字：听不到您说话")).to_be_visible()
    expect(staff.locator(".st-key-chat_chime .jz")).to_have_attribute("data-played", "1")
    staff.get_by_role("tab", name="文字交流").click()
    walk.press_loosely(staff, "ready_0")
    expect(page.get_by_text("见证人员发来文字：我听不到您的声音")).to_be_visible()
    expect(page.locator(".st-key-chat_chime .jz")).to_have_attribute("data-played", "1")
    page.get_by_text("全部步骤").click()
    for side, words in ((page, "我的麦克风"), (staff, "请您打开")):
        side.locator(".st-key-chat_text input").press_sequentially(words)
    page.wait_for_timeout(5_000)  # two refreshes of what stands around the fields
    expect(page.get_by_text("1. 工作人员会报出姓名和执业证号")).to_be_visible()
    page.locator(".st-key-chat_text input").press_sequentially("坏了")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-chat_text input")).to_have_value("")
    expect(staff.get_by_text("客户发来文字：我的麦克风坏了")).to_be_visible()
    expect(staff.locator(".st-key-chat_text input")).to_have_value("请您打开")
    staff.locator(".st-key-chat_text input").press("End")
    staff.locator(".st-key-chat_text input").press_sequentially("免提")
    staff.locator(".st-key-chat_send button").first.click()
    expect(page.get_by_text("见证人员发来文字：请您打开免提")).to_be_visible()
    expect(page.locator(".st-key-card-chat")).to_contain_text("我的麦克风坏了")


def choose_a_frame(staff: Page) -> None:
    """The sharpest frame counts; one press makes another one count, beside the customer's own still."""
    walk.press_loosely(staff, "take_capture_front")
    expect(staff.get_by_text("客户设备原图", exact=True)).to_be_visible(timeout=60_000)
    buttons = [staff.locator(f".st-key-still_{number} button") for number in range(CHOICES)]
    [chosen] = [number for number, button in enumerate(buttons) if button.is_disabled()]
    other = (chosen + 1) % CHOICES
    buttons[other].click()
    expect(buttons[other]).to_have_text(f"✓ 第 {other + 1} 帧")
    expect(buttons[chosen]).to_have_text(f"第 {chosen + 1} 帧")


def see_the_code(page: Page, staff: Page) -> None:
    """In the demo what was sent by SMS stands on the page by itself."""
    staff.get_by_role("tab", name="话术").click()
    walk.press_loosely(staff, "send_call_code")
    expect(page.get_by_text(re.compile(r"验证码 \d{6}"))).to_be_visible()


def sit_in(page: Page, staff: Page, supervisor: Page) -> None:
    """Both sides arrive, nothing is sent, the witness is told and the customer is not; a message arrives."""
    supervisor.get_by_role("link", name="通话监看").first.click()
    expect(supervisor.get_by_text("丢包").first).to_be_visible()
    supervisor.locator("[class*='st-key-watch_'] button").first.click()
    assert [each["sent"] for each in wait_for_both_sides(supervisor)] == [0, 0]
    expect(staff.get_by_text("主管旁听中")).to_be_visible()
    assert page.get_by_text("旁听").count() == 0
    supervisor.locator(".st-key-whisper_text input").first.fill("请再看一次身份证反面")
    supervisor.locator(".st-key-whisper_send button").first.click()
    expect(staff.get_by_text("请再看一次身份证反面")).to_be_visible()


def take_over(page: Page, staff: Page, supervisor: Page) -> None:
    """The call goes on with the supervisor; both pages say so."""
    supervisor.get_by_text("接管这次通话").first.click()
    supervisor.locator(".st-key-takeover_reason").get_by_text("通话质量", exact=True).click()
    expect(supervisor.locator(".st-key-takeover_reason input:checked")).to_have_count(1)
    settled(supervisor)
    supervisor.locator(".st-key-take_over button").first.click()
    expect(supervisor.locator(".st-key-witness_pass")).to_be_visible(timeout=40_000)
    expect(staff.get_by_text("周敏已接管这次通话，原因：通话质量。")).to_be_visible()
    expect(page.locator(".st-key-card-partner")).to_contain_text("周敏")
    for side in (supervisor, page):
        walk.wait_for_picture(side)
    walk.do_witness(supervisor)


def check_recordings(database: Database) -> str:
    """Both sides are whole with an index that fits; the case number."""
    with database.read(FIRM) as work:
        [case] = work.cases.in_states(list(State))
        found = {item.slot: item.meta for item in work.cases.evidence(case.id)}
    for slot in ("recording_customer", "recording_staff"):
        meta = found[f"{slot}_index"]
        assert (meta["errors"], meta["flag"], meta["chain"], meta["ended"]) == (0, "", True, True), slot
    assert case.flags == ()
    return case.number


def look_again(compliance: Page, number: str) -> None:
    """Both sides play together, chapters lead to their place, the original is handed out."""
    compliance.get_by_role("link", name="录像查阅").first.click()
    compliance.locator(".st-key-inspect_number input").first.fill(number)
    compliance.locator(".st-key-inspect_open button").first.click()
    host = compliance.locator(".st-key-replay_0 .jz")
    compliance.locator(".st-key-replay_0 .player").focus(timeout=30_000)
    compliance.keyboard.press(" ")
    compliance.wait_for_function(BOTH_PLAY)  # one side may have begun seconds later than the other
    compliance.keyboard.press(" ")
    now: dict[str, Any] = host.evaluate(PLAYING)
    assert len(now["times"]) == 2, now
    compliance.keyboard.press("PageDown")
    assert int(host.evaluate(PLAYING)["at"]) > int(now["at"])
    assert host.locator(".chapters li").count() >= 6
    expect(host.get_by_role("button", name="客户发来文字")).to_have_count(2)
    expect(compliance.get_by_role("table").filter(has_text="我的麦克风坏了")).to_be_visible()
    with compliance.expect_download() as got:
        compliance.locator(".jz-files a").first.click()
    assert got.value.suggested_filename.startswith(f"{number}-recording_customer-")
    assert Path(got.value.path()).read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    with compliance.expect_download() as got:
        compliance.locator(".jz-files a", has_text="文字交流").click()
    assert got.value.suggested_filename == f"{number}-chat.txt"
    assert "\t客户\t我的麦克风坏了\n" in Path(got.value.path()).read_text("utf-8")


def test_a_supervisor_sits_in_takes_over_and_compliance_looks_again(
    server: Server, browsers: tuple[Browser, Browser]
) -> None:
    database = database_of(server)
    page, staff = open_page(browsers[0], server.url), open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    supervisor = open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    walk.shorten_reading(database)
    prepare_case(page, walk.Person(12), database)
    walk.sign_in_staff(staff, "witness")
    walk.sign_in_staff(supervisor, "supervisor")
    walk.join_queue(page)
    walk.take_next(staff)
    for side in (staff, page):
        walk.wait_for_picture(side)
    write_both_ways(page, staff)
    see_the_code(page, staff)
    choose_a_frame(staff)
    sit_in(page, staff, supervisor)
    take_over(page, staff, supervisor)
    wait_for_jobs(page, database)
    number = check_recordings(database)
    walk.sign_out_staff(supervisor)
    walk.sign_in_staff(supervisor, "compliance")
    look_again(supervisor, number)
    assert page.mistakes == [] and staff.mistakes == [] and supervisor.mistakes == []  # type: ignore[attr-defined]
    database.close()
