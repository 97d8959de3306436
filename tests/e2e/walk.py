"""The walk of a customer through opening an account, in real Chromium, step by step.

Each `do_*` function leaves the case at the following step, so that a walk can be picked up anywhere.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from core.defaults import load_kind
from core.keys import MasterKeys
from db.database import Database
from pages.parts.wiring import utc_now
from tests import samples
from tests.e2e.driver import PASSWORD, choose, figures, peers, press, settled, tick, type_into

expect.set_options(timeout=20_000)
PIN = "739182"


@dataclass
class Person:
    """An invented customer; everything is 样张."""

    seed: int
    name: str = "张样章"
    phone: str = ""
    id_number: str = ""
    card: str = ""
    address: str = "样张省样张市样张路 12 号 3 单元 402 室"
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.phone = self.phone or f"1115081{3000 + self.seed:04d}"
        self.id_number = self.id_number or samples.sample_id(self.seed, date(1988, 5, 17), "male")
        self.card = self.card or samples.sample_card(self.seed)
        self.files = {
            "id_front": samples.id_front(self.seed), "id_back": samples.id_back(self.seed),
            "signature": samples.signature(self.seed), "bank_card": samples.bank_card(self.seed),
        }  # fmt: skip


def open_database(data: Path, url: str | None = None) -> Database:
    """The walk's database, opened from outside as an operator could."""
    keys = MasterKeys.load(data / "keys.json", None)
    return Database(url or f"sqlite:///{data / 'jianzheng.db'}", keys, utc_now)


def captcha_answer(database: Database, firm_id: str = "yuanshan") -> str:
    """The answer of the newest captcha: found by trying all, with the firm's key that only the operator has."""
    from db import tables as t

    with database.read(firm_id) as work:
        row = work.people.row(t.Captcha, t.Captcha.used_at.is_(None), order=t.Captcha.created_at.desc())
        assert row is not None
        for digits in itertools.product("23456789", repeat=4):
            text = "".join(digits)
            if work.keys.mac("captcha", f"{row.id}|{text}".encode()) == row.answer_mac:
                return text
    raise AssertionError("no captcha fits")


def sign_in(page: Page, person: Person, database: Database) -> None:
    """Phone, captcha, SMS code, policy, 马上开户."""
    type_into(page, "phone", person.phone)
    finish_sign_in(page, database)


def finish_sign_in(page: Page, database: Database) -> None:
    """The rest of the sign-in, once phone or ID number is typed."""
    type_into(page, "captcha_text", captcha_answer(database))
    press(page, "send_code")
    banner = page.get_by_text(re.compile(r"验证码 \d{6}")).first
    expect(banner).to_be_visible()
    code = re.search(r"验证码 (\d{6})", banner.inner_text())
    assert code is not None
    field_ = page.locator(".st-key-sms_code input").first
    field_.fill(code.group(1))
    page.locator(".st-key-agree label").first.click()
    page.locator(".st-key-enter button").click()
    expect(page.locator(".jz-progress").first).to_be_visible(timeout=40_000)
    settled(page)


def heading(page: Page, title: str) -> None:
    """Wait for the step's heading."""
    expect(page.get_by_role("heading", name=title, exact=True).first).to_be_visible()
    settled(page)


def do_device(page: Page) -> None:
    """Run the check with the fake devices."""
    heading(page, "设备检测")
    page.get_by_role("button", name="开始检测").click()
    heard = page.get_by_role("button", name="听到了", exact=True)
    heard.click(timeout=40_000)
    expect(page.get_by_role("button", name="重新检测")).to_be_visible(timeout=40_000)
    settled(page)
    press(page, "next")


def upload(page: Page, key: str, name: str, data: bytes) -> None:
    """Choose a file in the uploader whose key begins with `key` and wait until it is stored."""
    chooser = page.locator(f"[class*='st-key-{key}'] input[type=file]").first
    chooser.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def do_photos(page: Page, person: Person) -> None:
    """Three photos and three ticks."""
    heading(page, "上传照片")
    for slot in ("id_front", "id_back", "signature"):
        upload(page, f"photos_{slot}", f"{slot}.jpg", person.files[slot])
        expect(page.locator(f".st-key-card-{slot} img").first).to_be_visible()
        settled(page)
    for consent in ("certificate_liability", "face_video_consent", "recording_consent"):
        tick(page, f"photos_{consent}")
    press(page, "next")


def do_profile(page: Page, person: Person) -> None:
    """Every mandatory field."""
    heading(page, "个人基本资料")
    texts = {
        "name": person.name, "id_number": person.id_number, "id_address": person.address,
        "valid_from": "2020-01-31", "valid_to": "2040-01-31", "contact_address": person.address, "postcode": "200001",
    }  # fmt: skip
    for key, text in texts.items():
        type_into(page, f"profile_{key}", text)
    choose(page, "profile_province", "上海市")
    choose(page, "profile_city", "黄浦区")
    for key, label in {
        "education": "本科", "occupation": "专业技术人员", "tax_residency": "仅为中国税收居民", "pep": "无关系",
        "investment_horizon": "1年-5年", "expected_return": "成长", "actual_control": "不存在", "beneficiary": "本人",
    }.items():  # fmt: skip
        choose(page, f"profile_{key}", label)
    pick(page, "profile_products", "期货、期权")
    pick(page, "profile_dishonesty", "无")
    press(page, "next")


def pick(page: Page, key: str, label: str) -> None:
    """Pick a pill that is not picked yet."""
    pill = page.locator(f".st-key-{key}").get_by_role("button", name=label, exact=True)
    if pill.get_attribute("aria-pressed") != "true" and "Active" not in (pill.get_attribute("data-testid") or ""):
        pill.click()
    settled(page)


def do_bank(page: Page, person: Person) -> None:
    """One card, the usage notice."""
    heading(page, "银行卡")
    if not page.get_by_text("样张银行　").count():
        add_card(page, person)
    press(page, "next")
    press(page, "usage_ok")


def add_card(page: Page, person: Person) -> None:
    """Photo and number of one card."""
    upload(page, "bank_bank_card", "card.jpg", person.files["bank_card"])
    expect(page.locator(".st-key-card-new img").first).to_be_visible()
    settled(page)
    page.locator("[class*='st-key-bank_number'] input").first.fill(person.card)
    page.locator("[class*='st-key-bank_number'] input").first.press("Tab")
    settled(page)
    press(page, "add_card")
    expect(page.get_by_text("样张银行　").first).to_be_visible()


def do_suitability(page: Page) -> None:
    """Answer with the best options, then look at the result."""
    heading(page, "适当性评估")
    if page.get_by_text(re.compile("您的评估结果")).count():
        press(page, "next")
        return
    for question in load_kind("questionnaire")["questions"]:
        best = max(question["options"], key=lambda option: option["score"] - 100 * bool(option.get("lowest")))
        key = f"suitability_{question['key']}"
        if question["choice"] == "multi":
            tick(page, f"{key}_{best['key']}")
            continue
        position = question["options"].index(best)
        page.locator(f".st-key-{key} [data-testid=stRadioOption]").nth(position).click()
        settled(page)
    press(page, "next")
    expect(page.get_by_text(re.compile("您的评估结果"))).to_be_visible()
    press(page, "next")


def do_exchanges(page: Page) -> None:
    """The four commodity exchanges."""
    heading(page, "交易所选择")
    for code in ("SHFE", "DCE", "CZCE", "GFEX"):
        tick(page, f"exchanges_{code}")
    press(page, "next")


def shorten_reading(database: Database, firm_id: str = "yuanshan") -> None:
    """From now on cases need a second for each agreement, for tests that are about something else."""
    body = load_kind("agreements")
    quick = [{**row, "min_read_seconds": 1} for row in body["agreements"]]
    with database.write(firm_id) as work:
        work.firms.add_data("agreements", 2, {**body, "agreements": quick}, work.now, "staff:admin")


def do_agreements(page: Page) -> None:
    """Read every document to its end, wait out the minimum, tick."""
    heading(page, "阅读相关协议")
    while page.get_by_text("待阅读").count():
        left = page.get_by_text("待阅读").count()
        text = page.locator("[role=region].area").first
        text.evaluate("e => { e.scrollIntoView(); e.scrollTop = e.scrollHeight; }")
        page.get_by_role("button", name=re.compile("已读完")).click(timeout=60_000)
        expect(page.get_by_text("待阅读")).to_have_count(left - 1)
        settled(page)
    tick(page, "agreements_agreed")
    press(page, "next")


def sign_in_staff(page: Page, login: str) -> None:
    """A member of staff signs in."""
    page.locator(".st-key-login input").first.fill(login)
    page.locator(".st-key-password input").first.fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("您好").first).to_be_visible(timeout=40_000)
    settled(page)


def join_queue(page: Page) -> None:
    """开始视频通话 and wait in the queue."""
    heading(page, "视频验证")
    press(page, "next")
    expect(page.get_by_text(re.compile("共 1 人"))).to_be_visible()


def take_next(staff: Page) -> None:
    """The witness takes the next customer."""
    staff.get_by_role("link", name="视频见证").first.click()
    expect(staff.locator(".st-key-next_customer")).to_be_visible()
    settled(staff)
    press_loosely(staff, "next_customer")
    expect(staff.locator(".st-key-witness_pass")).to_be_visible()


def press_loosely(page: Page, key: str) -> None:
    """Press a button on a page that refreshes itself, without waiting for quiet."""
    page.locator(f".st-key-{key} button").first.click()


def wait_for_picture(page: Page, more: int = 10) -> dict[str, float]:
    """Until frames are decoded and rising; returns the last figures."""
    first = None
    for _ in range(240):
        now = figures(page)
        if now and first is None and now["frames"] > 0:
            first = now["frames"]
        if now and first is not None and now["frames"] >= first + more:
            return now
        page.wait_for_timeout(250)
    raise AssertionError(f"no moving picture: {figures(page)} {peers(page)} {page.inner_text('body')[-600:]}")


def do_witness(staff: Page) -> None:
    """Captures, head clip, script, 通过."""
    expect(staff.get_by_text(re.compile("录制中")).first).to_be_visible(timeout=60_000)
    pressed = ("capture_front", "capture_back", "capture_portrait", "clip")
    for slot in pressed:  # one after the other without waiting, as a practised witness does
        press_loosely(staff, f"take_{slot}")
    for slot in pressed:
        expect(staff.locator(f".st-key-take_{slot} button", has_text="✓")).to_be_visible(timeout=90_000)
    for box in staff.locator("[class*='st-key-script_'] label:has(input)").all():
        if not box.locator("input").is_checked():
            box.click()
            staff.wait_for_timeout(400)
    press_loosely(staff, "draw_question")
    press_loosely(staff, "answer_right")
    expect(staff.get_by_text(re.compile(r"还缺 \d+ 项"))).to_have_count(0)
    press_loosely(staff, "witness_pass")
    expect(staff.locator(".st-key-next_customer")).to_be_visible(timeout=30_000)


def do_certificate(page: Page, pin: str = PIN) -> None:
    """The password twice, 申请并安装."""
    heading(page, "安装数字证书")
    page.locator("#first").fill(pin)
    page.locator("#second").fill(pin)
    page.get_by_role("button", name="申请并安装").click()
    expect(page.get_by_role("heading", name="安装数字证书", exact=True)).to_have_count(0, timeout=40_000)


def do_sign(page: Page, pin: str = PIN) -> None:
    """One password for all."""
    heading(page, "签署协议")
    page.locator("#password").fill(pin)
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("heading", name="签署协议", exact=True)).to_have_count(0, timeout=40_000)


def do_follow_up(page: Page) -> None:
    """The normal answers, the confirm question, submit."""
    heading(page, "在线回访")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()
    settled(page)
    for question in load_kind("follow_up")["questions"]:
        normal = next(i for i, option in enumerate(question["options"]) if option["result"] == "normal")
        options = page.locator(f".st-key-follow_up_{question['key']} [data-testid=stRadioOption]")
        if options.count():
            options.nth(normal).click()
            settled(page)
    press(page, "next")
    press(page, "confirm_yes")
    expect(page.get_by_text(re.compile("提交成功")).first).to_be_visible()


def open_desk(staff: Page, title: str) -> None:
    """Open a page of the desk from the sidebar."""
    staff.get_by_role("link", name=title, exact=True).first.click()
    expect(staff.get_by_role("heading", name=title).first).to_be_visible()
    settled(staff)


def do_review(staff: Page) -> None:
    """Take the case, look at it, approve it."""
    open_desk(staff, "复核")
    staff.locator("[class*='st-key-row_'] button").first.click()
    expect(staff.locator(".st-key-approve button")).to_be_visible()
    settled(staff)
    press_loosely(staff, "approve")
    press_loosely(staff, "dialog_yes")
    expect(staff.locator(".st-key-approve button")).to_have_count(0)
    settled(staff)


def do_results(staff: Page, exchanges: tuple[str, ...] = ("SHFE", "DCE", "CZCE", "GFEX")) -> None:
    """Enter what the monitoring centre answered for each exchange."""
    open_desk(staff, "交易所回报")
    staff.locator("[class*='st-key-row_'] button").first.click()
    for position, exchange in enumerate(exchanges):
        expect(staff.locator(f".st-key-save_{exchange} button")).to_be_visible()
        settled(staff)
        choose(staff, f"return_{exchange}", "0 成功")
        staff.locator(f".st-key-number_{exchange} input").first.fill(f"00120000000{position}")
        press_loosely(staff, f"save_{exchange}")
        expect(staff.locator(f".st-key-save_{exchange}")).to_have_count(0)


def do_callback(staff: Page) -> None:
    """Tick the topics, 接通确认."""
    open_desk(staff, "电话回访")
    staff.locator("[class*='st-key-row_'] button").first.click()
    expect(staff.locator(".st-key-outcome_confirmed button")).to_be_visible()
    settled(staff)
    for box in staff.locator("[data-testid=stMain] label:has(input[type=checkbox])").all():
        if not box.locator("input").is_checked():
            box.click()
        settled(staff)
    press_loosely(staff, "outcome_confirmed")
    press_loosely(staff, "dialog_yes")
    expect(staff.locator(".st-key-outcome_confirmed")).to_have_count(0)


def sign_out_staff(staff: Page) -> None:
    """Leave, so that a colleague can sign in."""
    press_loosely(staff, "leave_staff")
    expect(staff.locator(".st-key-login input").first).to_be_visible()
    settled(staff)
