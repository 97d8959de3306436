"""Around the steps, in real browsers: going on at the phone by QR code, and being read to."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import walk
from tests.e2e.driver import Server, open_page, press, settled
from tests.e2e.outside import Outside

VOICE = """window.spoken = [];
const speech = { getVoices: () => [{ lang: 'zh-CN' }], cancel: () => {}, addEventListener: () => {},
  speak: (part) => { window.spoken.push(part.text); setTimeout(() => part.onend?.(), 1); } };
Object.defineProperty(window, 'speechSynthesis', { value: speech });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""


@pytest.fixture
def outside(server: Server) -> Iterator[Outside]:
    """The server's data."""
    found = Outside(server.data)
    yield found
    found.close()


def begin(page: Page, outside: Outside) -> str:
    """Sign in for 开立期货账户; the number of the case."""
    settled(page)
    press(page, "business_open_account")
    walk.sign_in(page, walk.Person(1), outside.database)
    return page.locator(".jz-case").inner_text()


def scanned(page: Page) -> str:
    """What a phone's camera reads from the dialog."""
    drawing = page.locator("img.jz-qr")
    expect(drawing).to_be_visible()
    settled(page)
    picture = cv2.imdecode(np.frombuffer(drawing.screenshot(scale="css"), np.uint8), cv2.IMREAD_GRAYSCALE)
    return cv2.QRCodeDetector().detectAndDecode(cv2.resize(picture, None, fx=2, fy=2))[0]


def test_a_case_goes_on_at_the_phone(server: Server, outside: Outside, browsers: tuple[Browser, Browser]) -> None:
    computer = open_page(browsers[0], server.url, 1280, 900)
    number = begin(computer, outside)
    press(computer, "phone_open")
    address = scanned(computer)
    assert address.startswith(f"{server.url}/continue?firm=8001#")
    ticket = address.partition("#")[2]

    seen: list[str] = []
    preview = open_page(browsers[1], address)  # a link preview opens and goes away
    expect(preview.get_by_role("button", name="在这台设备上继续")).to_be_visible()
    preview.context.close()
    phone = open_page(browsers[1], "about:blank")
    phone.on("request", lambda request: seen.append(request.url))
    phone.goto(address)
    phone.get_by_role("button", name="在这台设备上继续").click()
    walk.heading(phone, "设备检测")
    assert phone.locator(".jz-case").inner_text() == number
    assert seen and not [url for url in seen if ticket in url.partition("#")[0]]

    again = open_page(browsers[1], address)
    again.get_by_role("button", name="在这台设备上继续").click()
    expect(again.get_by_text("二维码已过期或已经使用过")).to_be_visible()
    computer.reload()
    settled(computer)
    assert computer.locator(".jz-case").inner_text() == number
    assert computer.mistakes == phone.mistakes == again.mistakes == []  # type: ignore[attr-defined]


def test_a_step_is_read_aloud_where_the_browser_can(
    server: Server, outside: Outside, browsers: tuple[Browser, Browser]
) -> None:
    mute = open_page(browsers[0], server.url)
    begin(mute, outside)
    mute.get_by_role("button", name="朗读").click()
    expect(mute.get_by_text("这个浏览器没有中文语音")).to_be_visible()
    mute.context.add_init_script(VOICE)
    mute.reload()
    settled(mute)
    mute.get_by_role("button", name="朗读").click()
    mute.wait_for_function("() => window.spoken.some((text) => text.includes('摄像头'))")
    spoken = "".join(mute.evaluate("() => window.spoken"))
    assert "检测摄像头、麦克风、扬声器和网络。" in spoken
    assert not {"下一步", "check_circle", "volume_up"} & set(mute.evaluate("() => window.spoken"))
    expect(mute.get_by_role("button", name="朗读", exact=True)).to_be_visible()
