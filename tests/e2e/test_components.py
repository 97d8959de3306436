"""The components in a real browser, with a fake camera and microphone."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 20_000
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
SCENES = """
window.scene = 'good'; window.streams = [];
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const canvas = document.createElement('canvas'); canvas.width = 640; canvas.height = 480;
const pen = canvas.getContext('2d');
const paint = () => {
  pen.filter = window.scene === 'blurred' ? 'blur(14px)' : 'none';
  pen.fillStyle = '#8a8f98'; pen.fillRect(0, 0, 640, 480);
  for (let y = 0; y < 480; y += 48) for (let x = 0; x < 640; x += 48) {
    pen.fillStyle = (x + y) % 96 ? '#6a6460' : '#b8a89a'; pen.fillRect(x, y, 48, 48);
  }
  pen.filter = 'none';
  if (window.scene === 'dark') { pen.fillStyle = 'rgba(0,0,0,.85)'; pen.fillRect(0, 0, 640, 480); }
  if (window.scene === 'bright') { pen.fillStyle = '#fff'; pen.fillRect(0, 0, 640, 240); }
  pen.fillStyle = '#222'; pen.fillRect(10 + Date.now() % 50, 10, 4, 4);
};
setInterval(paint, 60);
navigator.mediaDevices.getUserMedia = async (wish) => {
  const stream = new MediaStream(canvas.captureStream(15).getVideoTracks());
  if (wish.audio) (await real({ audio: true })).getTracks().forEach((track) => stream.addTrack(track));
  window.streams.push(stream); return stream;
};
window.ended = () => window.streams.every((one) => one.getTracks().every((track) => track.readyState === 'ended'));
"""


@pytest.fixture(scope="module")
def site():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = str(Path(__file__).with_name("components_site.py"))
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert any(b"URL" in line for line in server.stdout), "the server did not start"
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def phone(browser):
    context = browser.new_context(viewport=PHONE, locale="zh-CN", permissions=["camera", "microphone"])
    yield context
    context.close()


@pytest.fixture
def page(phone):
    page = phone.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    page.close()


def results(page):
    return json.loads(page.locator("code").inner_text())


def wait_for_result(page, words):
    expect(page.locator("code")).to_contain_text(words)
    return results(page)


def facts(site):
    with urllib.request.urlopen(f"{site}/facts") as answer:
        return json.load(answer)


def test_a_working_device_passes_every_row(page, site):
    page.goto(f"{site}/?c=check")
    page.get_by_role("button", name="开始检测").click()
    page.get_by_role("button", name="听到了").click()
    expect(page.get_by_role("status").filter(has_text="检测完成，全部正常。")).to_be_visible()
    assert page.locator("li[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.state)") == ["ok"] * 8
    wait_for_result(page, "user_agent")
    page.get_by_role("button", name="刷新").click()
    [report] = results(page)
    assert report["secure"] and report["webrtc"] and report["crypto"] and report["speaker"]
    assert report["camera"]["ok"] and report["camera"]["width"] >= 640 and report["camera"]["label"]
    assert report["microphone"]["ok"] and report["microphone"]["peak"] > 0.01
    assert report["rtt_ms"] >= 0 and report["down_kbps"] > 1000 and report["inapp"] == ""


def test_a_refused_camera_says_how_to_allow_it_and_can_be_repeated(page, site):
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }"
    )
    page.goto(f"{site}/?c=check")
    page.get_by_role("button", name="开始检测").click()
    camera = page.locator("li[data-row=camera]")
    expect(camera).to_have_attribute("data-state", "bad")
    expect(camera).to_contain_text("请点地址栏左侧的图标")
    page.get_by_role("button", name="没听到").click()
    [report] = wait_for_result(page, "user_agent")
    assert not report["camera"]["ok"] and not report["microphone"]["ok"] and not report["speaker"]
    expect(page.get_by_role("button", name="重新检测")).to_be_enabled()


def test_an_in_app_browser_is_told_to_open_a_real_one(page, site):
    agent = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"
    page.add_init_script(f"Object.defineProperty(navigator, 'userAgent', {{ value: '{agent}' }})")
    page.goto(f"{site}/?c=check")
    expect(page.get_by_text("您正在微信中打开本页")).to_be_visible()
    assert wait_for_result(page, "user_agent")[0]["inapp"] == "微信"


def test_the_end_of_a_document_is_reported_only_after_scrolling_there(page, site):
    page.goto(f"{site}/?c=reader")
    area = page.get_by_role("region", name="协议")
    area.wait_for()
    opened = wait_for_result(page, "opened")
    assert [event["event"] for event in opened] == ["opened"]
    button = page.get_by_role("button", name="已读完，下一份")
    expect(page.get_by_text("请阅读到末尾", exact=True)).to_be_visible()  # the minimum time is over
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="请阅读到末尾")).to_be_attached()
    assert [event["event"] for event in results(page)] == ["opened"]
    area.focus()
    page.keyboard.press("End")
    assert wait_for_result(page, '"end"')[-1]["document"] == "d0"
    expect(button).to_have_attribute("aria-disabled", "false")
    button.click()
    assert [event["event"] for event in wait_for_result(page, "d1")][:4] == ["opened", "end", "next", "opened"]
    assert page.evaluate("window.broken") is None
    # The second one needs no scrolling: its end is seen at once, its button waits for the minimum time.
    expect(page.get_by_text(re.compile("还需阅读 . 秒"))).to_be_visible()
    last = wait_for_result(page, '"d1", "event": "end"')[3:]
    assert [(event["document"], event["event"]) for event in last] == [("d1", "opened"), ("d1", "end")]


def test_a_still_is_uploaded_once_in_full_size_and_the_camera_is_released(page, site):
    page.add_init_script(
        "window.streams = []; const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = async (wish) => {"
        " const stream = await real(wish); window.streams.push(stream); return stream; }"
    )
    page.goto(f"{site}/?c=selfie")
    page.wait_for_function("() => window.streams.length === 1")
    page.get_by_text("拍照").click()
    [still] = wait_for_result(page, "n1")
    page.get_by_role("button", name="刷新").click()
    with urllib.request.urlopen(f"{site}/picture") as answer:
        picture = Image.open(io.BytesIO(answer.read()))
    assert still["ok"] and picture.format == "JPEG" and picture.size == (still["width"], still["height"])
    assert still["width"] >= 1280
    assert facts(site)["uploads"] == 1 and facts(site)["asked_with"] == ["jianzheng"]
    page.get_by_text("关闭").click()
    page.wait_for_function("() => window.streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))")


def test_a_still_without_a_camera_says_so(page, site):
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotFoundError'); }"
    )
    page.goto(f"{site}/?c=selfie")
    expect(page.get_by_text("没有找到摄像头。")).to_be_visible()
    page.get_by_text("拍照").click()
    [still] = wait_for_result(page, "n1")
    assert not still["ok"] and still["reason"] == "no_camera:missing"


def test_a_ticket_becomes_a_cookie_that_scripts_cannot_read(page, site):
    page.goto(f"{site}/?c=exchange&t=fresh")
    page.wait_for_url("**/?c=done")
    [cookie] = [cookie for cookie in page.context.cookies() if cookie["name"] == "sid"]
    assert cookie["httpOnly"] is True
    assert "sid=" not in page.evaluate("document.cookie")
    assert {"ticket": "fresh", "kind": "customer"} in facts(site)["exchanges"]


def test_a_refused_ticket_is_told_to_the_page(page, site):
    page.goto(f"{site}/?c=exchange&t=used")
    assert wait_for_result(page, "refused") == [{"refused": True}]
    expect(page.get_by_text("没有完成，请重试。")).to_be_visible()


def test_a_captcha_can_be_changed(page, site):
    page.goto(f"{site}/?c=captcha")
    page.get_by_role("button", name="换一张").click()
    assert wait_for_result(page, "refresh") == [{"refresh": True}]


def test_the_chime_plays_once_per_offer_and_can_be_muted(page, site):
    page.goto(f"{site}/?c=sound")
    host = page.locator(".st-key-chime .jz")
    expect(host).to_have_attribute("data-played", "1")
    page.get_by_role("button", name="再来").click()
    expect(page.locator("code")).to_have_text("[]")
    assert host.get_attribute("data-played") == "1"
    page.get_by_role("button", name="提示音已开").click()
    expect(page.get_by_role("button", name="提示音已关")).to_be_visible()


def test_a_step_fits_the_screen_in_chinese_with_its_actions_at_the_bottom(page, site):
    page.goto(f"{site}/?c=form")
    button = page.get_by_role("button", name="下一步")
    button.wait_for()
    page.get_by_role("button", name="选择文件：身份证正面").wait_for()
    assert not re.findall(r"Upload|Press Enter|per file|Deploy", page.evaluate("document.body.innerText"))
    names = page.locator("[aria-label]").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert not [name for name in names if re.search("[A-Za-z]{3}", name)]
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        box = button.bounding_box()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert box["y"] > 844 - 100 and box["height"] >= 44
    page.get_by_label("其他 11").scroll_into_view_if_needed()
    button.click()
    expect(page.get_by_label("姓名", exact=True)).to_be_focused()
    expect(page.get_by_label("姓名", exact=True)).to_be_in_viewport()


# -- 通话前检测
def row(page, name):
    return page.locator(f"li[data-row={name}]")


def test_verdicts_follow_the_picture_and_the_line_is_measured(page, site):
    page.add_init_script(SCENES)
    page.goto(f"{site}/?c=rehearsal")
    for name in ("light", "sharpness", "sound", "uplink", "face"):
        expect(row(page, name)).to_have_attribute("data-state", "ok")
    expect(page.get_by_role("status").filter(has_text="画面和声音都合适。")).to_be_visible()
    for scene, name, words in (
        ("dark", "light", "面向窗户"), ("blurred", "sharpness", "擦一擦镜头"), ("bright", "light", "背光"),
    ):  # fmt: skip
        page.evaluate(f"window.scene = '{scene}'")
        expect(row(page, name)).to_contain_text(words)
        expect(page.get_by_role("status").filter(has_text="有 1 项请留意，也可以直接开始视频通话。")).to_be_visible()
    page.evaluate("window.scene = 'good'")
    expect(row(page, "light")).to_have_attribute("data-state", "ok")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    found = wait_for_result(page, '"face": "one"')
    assert {tuple(sorted(each)) for each in found} == {
        ("bright", "dark", "face", "loudness", "luma", "nonce", "round_trip_ms", "sharpness", "uplink_kbps")
    }
    last = found[-1]
    assert last["uplink_kbps"] > 1000 and last["round_trip_ms"] >= 0 and last["loudness"] > -45
    assert facts(site)["uplinks"] == [1, 1, 1, 1, 256 * 1024]
    with urllib.request.urlopen(f"{site}/picture") as answer:
        frame = Image.open(io.BytesIO(answer.read()))
    assert (frame.format, frame.size) == ("JPEG", (320, 240))


def test_the_camera_is_off_in_a_hidden_tab_and_after_the_card(page, site):
    page.add_init_script(SCENES)
    page.goto(f"{site}/?c=rehearsal")
    expect(row(page, "light")).to_have_attribute("data-state", "ok")
    assert not page.evaluate("window.ended()")
    hide = "Object.defineProperty(document, 'hidden', {{ value: {}, configurable: true }});"
    told = "document.dispatchEvent(new Event('visibilitychange'));"
    page.evaluate(hide.format("true") + told)
    page.wait_for_function("window.ended()")
    page.evaluate(hide.format("false") + told)
    page.wait_for_function("window.streams.length === 2 && !window.ended()")
    page.get_by_text("关闭").click()
    page.wait_for_function("window.ended()")
