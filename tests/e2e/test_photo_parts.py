"""The browser parts for photos: camera view, corners, signature field, review station; with a drawn camera."""

from __future__ import annotations

import io
import urllib.request

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.test_components import browser, facts, page, phone, results, site, wait_for_result

__all__ = ["browser", "page", "phone", "site"]
"""Fixtures shared with test_components.py."""

CARD = """
window.scene = 'card'; window.streams = [];
const canvas = document.createElement('canvas'); canvas.width = 1280; canvas.height = 960;
const pen = canvas.getContext('2d');
const card = () => {
  const out = window.scene === 'cut' ? 70 : 0;
  pen.fillStyle = '#eef3f6'; pen.fillRect(64 - out, 117, 1152 + 2 * out, 727);
  pen.fillStyle = '#1b1f24'; pen.font = '38px sans-serif';
  for (let row = 0; row < 8; row += 1) pen.fillText('SPECIMEN 0123456789 ABCDEFGH', 110, 200 + row * 80);
  pen.fillStyle = '#8fa3b3'; pen.fillRect(860, 190, 300, 380);
};
const paint = () => {
  pen.filter = window.scene === 'blurred' ? 'blur(9px)' : 'none';
  pen.fillStyle = '#2b3440'; pen.fillRect(0, 0, 1280, 960);
  if (window.scene !== 'empty') card();
  if (window.scene === 'glare') {
    pen.fillStyle = '#fff'; pen.beginPath(); pen.ellipse(520, 430, 190, 150, 0, 0, 7); pen.fill();
  }
  if (window.scene === 'dark') { pen.fillStyle = 'rgba(0,0,0,.85)'; pen.fillRect(0, 0, 1280, 960); }
};
setInterval(paint, 60); paint();
navigator.mediaDevices.getUserMedia = async () => {
  const stream = canvas.captureStream(15); window.streams.push(stream); return stream;
};
"""


def uploaded(site):
    with urllib.request.urlopen(f"{site}/picture") as answer:
        return Image.open(io.BytesIO(answer.read()))


def test_the_camera_says_what_to_change_and_takes_the_card_by_itself(page, site):
    page.add_init_script(CARD + "window.scene = 'empty';")
    page.goto(f"{site}/?c=capture")
    page.get_by_role("button", name="用摄像头拍摄身份证正面").click()
    said = page.get_by_role("status").first
    for scene, words in (
        ("empty", "放进框内"),
        ("dark", "光线太暗"),
        ("cut", "放进框内"),
        ("dark", "光线太暗"),
        ("blurred", "不够清楚"),
        ("glare", "有反光"),
    ):
        page.evaluate("scene => { window.scene = scene; }", scene)
        expect(said).to_contain_text(words)
    page.evaluate("() => { window.scene = 'card'; }")
    use = page.get_by_role("button", name="使用这张")
    expect(use).to_be_visible()  # nobody pressed the shutter
    assert page.evaluate("window.streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))")
    use.click()
    assert wait_for_result(page, "taken") == [{"taken": True}]
    picture = uploaded(site)
    assert (picture.format, picture.size) == ("JPEG", (1280, 960))
    assert facts(site)["asked_with"][-1] == "jianzheng"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_face_is_taken_by_hand_only_and_can_be_taken_again(page, site):
    page.add_init_script(CARD)
    page.goto(f"{site}/?c=capture&frame=face")
    page.get_by_role("button", name="用摄像头拍摄").click()
    expect(page.get_by_role("status").first).to_contain_text("手持证件")
    page.get_by_role("button", name="拍照", exact=True).click()
    page.get_by_role("button", name="重拍").click()
    expect(page.get_by_role("button", name="拍照", exact=True)).to_be_visible()
    assert results(page) == []


def test_without_permission_it_points_to_the_upload(page, site):
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }"
    )
    page.goto(f"{site}/?c=capture")
    page.get_by_role("button", name="用摄像头拍摄").click()
    expect(page.get_by_text("没有允许使用摄像头。请在浏览器设置中允许后再试。您也可以在下方上传照片。")).to_be_visible()


def test_corners_move_by_finger_and_by_key_and_refuse_a_crossing(page, site):
    page.goto(f"{site}/?c=corners")
    first = page.get_by_role("button", name="左上角")
    box = page.locator(".stage img").bounding_box()
    first.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1, steps=4)
    expect(page.locator(".lens")).to_be_visible()
    page.mouse.up()
    page.keyboard.press("ArrowRight")
    use = page.get_by_role("button", name="按这四个角裁切")
    use.click()
    [result] = wait_for_result(page, "quad")
    assert abs(result["quad"][0][0] - 0.102) < 0.01 and abs(result["quad"][0][1] - 0.1) < 0.01
    assert result["quad"][1:] == [[0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]
    first.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.9, steps=4)
    page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="四个角的位置不对")).to_be_visible()
    expect(use).to_have_attribute("aria-disabled", "true")


def test_a_signature_is_written_undone_and_handed_in(page, site):
    page.goto(f"{site}/?c=sign")
    field = page.locator("canvas")
    box = field.bounding_box()
    page.get_by_role("button", name="使用这个签名").click()
    expect(page.get_by_text("还没有写完")).to_be_visible()
    for row in range(3):
        page.mouse.move(box["x"] + 40, box["y"] + 30 + 40 * row)
        page.mouse.down()
        page.mouse.move(box["x"] + 260, box["y"] + 50 + 30 * row, steps=6)
        page.mouse.up()
    expect(field).to_have_attribute("data-strokes", "3")
    page.get_by_role("button", name="撤销一笔").click()
    expect(field).to_have_attribute("data-strokes", "2")
    page.get_by_role("button", name="使用这个签名").click()
    assert wait_for_result(page, "signed") == [{"signed": True}]
    picture = uploaded(site).convert("L")
    assert min(picture.size) >= 300 and picture.getpixel((2, 2)) == 255 and min(picture.getextrema()) < 40


def test_the_station_zooms_turns_shows_a_finding_and_takes_a_mark(page, site):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/?c=station")
    first, second = page.locator(".frame").first, page.locator(".frame").nth(1)
    first.focus()
    steps = (("r", "angle", "90"), ("z", "scale", "2.50"), ("]", "light", "1.15"), ("0", "scale", "1.00"))
    for key, name, value in steps:
        page.keyboard.press(key)
        expect(first).to_have_attribute(f"data-{name}", value)
    page.keyboard.press("l")
    page.keyboard.press("+")
    expect(second).to_have_attribute("data-scale", "1.25")
    page.keyboard.press("0")
    page.keyboard.press("?")
    expect(page.get_by_text("框选需要重拍的部分")).to_be_visible()
    page.keyboard.press("?")
    first.focus()
    for within in ("true", "false"):
        page.keyboard.press("f")
        page.wait_for_function(f"() => Boolean(document.fullscreenElement) === {within}")
    page.get_by_role("button", name="有反光").click()
    expect(page.locator(".spot")).to_have_attribute("data-on", "true")
    page.get_by_role("button", name="框选标注").click()
    sheet = page.locator(".sheet img").first.bounding_box()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.25, sheet["y"] + sheet["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.5, sheet["y"] + sheet["height"] * 0.75, steps=5)
    page.mouse.up()
    [mark] = wait_for_result(page, "box")
    assert (mark["evidence"], mark["on"]) == ("card", "picture")
    assert all(abs(a - b) < 0.01 for a, b in zip(mark["box"], (0.25, 0.25, 0.25, 0.5), strict=True))


def test_faces_stand_at_the_same_size(page, site):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/?c=station&faces=1")
    page.wait_for_timeout(800)
    widths = [page.locator(".sheet img").nth(n).bounding_box()["width"] for n in (0, 1)]
    faces = widths[0] * 0.1, widths[1] * 0.4
    assert abs(faces[0] - faces[1]) / faces[0] < 0.03
