"""The businesses of a customer on file, in Chromium at 390 px: the certificate that the browser holds is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.rules.calendar import local_day
from core.supplement import Demand, Reach
from core.usecases.supplements import start_supplements
from pages.parts.wiring import utc_now
from tests import walk as use_cases
from tests.e2e import walk
from tests.e2e.driver import Server, browser, open_page, press, settled, tick, type_into
from tests.e2e.outside import FIRM, Outside, carry_on
from tests.e2e.walk import Person

HOLDER = Person(21)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("businesses"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def outside(server: Server) -> Iterator[Outside]:
    found = Outside(Path(server.data))
    yield found
    found.close()


@pytest.fixture(scope="module")
def phone() -> Iterator[Browser]:
    with sync_playwright() as playwright, browser(playwright) as found:
        yield found


@pytest.fixture(scope="module")
def holder(server: Server, outside: Outside, phone: Browser) -> Page:
    """The customer's browser after the account was opened in it; it holds the certificate."""
    page = open_page(phone, server.url)
    settled(page)
    press(page, "business_open_account")
    walk.sign_in(page, HOLDER, outside.database)
    opened = carry_on(outside, HOLDER, "certificate")
    page.reload()
    walk.do_certificate(page)
    walk.do_sign(page)
    walk.do_follow_up(page)
    finish(outside, opened)
    walk.press_loosely(page, "leave")
    expect(page.locator(".st-key-leave")).to_have_count(0)
    return page


def finish(outside: Outside, opened: use_cases.Walk) -> None:
    """Review and callback by use cases; the next code may be asked for at once."""
    outside.clock.now = utc_now()
    for place in ("submitted", "in_review", "callback"):
        opened.go_on(outside, place)
    with outside.inner_desk().write(FIRM) as work:
        work.people.forget_before(utc_now())


def begin(page: Page, server: Server, outside: Outside, business: str) -> None:
    """From the hall into a business, signing in by ID number where nobody is signed in."""
    with outside.database.write(FIRM) as work:
        work.people.forget_before(utc_now())  # as if the last code was sent long ago
    page.goto(server.url)
    settled(page)
    press(page, f"business_{business}")
    if page.locator(".st-key-id_number").count():
        type_into(page, "id_number", HOLDER.id_number)
        walk.finish_sign_in(page, outside.database)
    settled(page)


def give_up(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/my")
    settled(page)
    page.locator("[class*='st-key-give_up']").get_by_role("button").first.click()
    press(page, "give_up_yes")
    expect(page.get_by_text("已放弃这笔业务。").first).to_be_visible()


def photos(page: Page) -> None:
    """The pictures on file are shown; only the ticks are missing."""
    walk.heading(page, "上传照片")
    for consent in ("certificate_liability", "face_video_consent", "recording_consent"):
        tick(page, f"photos_{consent}")
    press(page, "next")


def approve_last(outside: Outside) -> None:
    """The reviewer approves what was handed in."""
    outside.clock.now = utc_now()
    with outside.inner_desk().read(FIRM) as work:
        case = work.cases.in_states(["submitted"])[-1]
    found = use_cases.Walk(firm=FIRM, owner=case.owner, case_id=case.id)
    found.go_on(outside, "submitted")
    found.go_on(outside, "in_review")


def test_a_bank_card_is_added_and_signed_without_a_video(holder: Page, server: Server, outside: Outside) -> None:
    page = holder
    begin(page, server, outside, "settlement")
    walk.do_device(page)
    photos(page)
    walk.heading(page, "银行卡")
    expect(page.get_by_text("样张银行　").first).to_be_visible()
    press(page, "next")
    press(page, "usage_ok")
    walk.do_agreements(page)
    walk.do_sign(page)
    walk.heading(page, "提交")
    press(page, "next")
    expect(page.get_by_text(re.compile("已成功提交|提交成功")).first).to_be_visible()
    approve_last(outside)
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("已完成")).first).to_be_visible()


def test_an_agreement_is_signed_again_because_the_firm_asks(holder: Page, server: Server, outside: Outside) -> None:
    page, staff = holder, outside.staff("supervisor")
    outside.clock.now = utc_now()
    due = local_day(outside.clock.now) + timedelta(days=30)
    demand = Demand(("risk_statement",), Reach.ALL, due, "监管规则更新")
    assert start_supplements(outside.inner_desk(), staff, demand)
    begin(page, server, outside, "settlement")
    expect(page.get_by_text(f"监管规则更新。请在 {due}（含）前签署。").first).to_be_visible()
    walk.do_agreements(page)
    walk.do_sign(page)
    walk.heading(page, "提交")
    press(page, "next")
    walk.heading(page, "设备检测")  # what the customer came for goes on
    page.goto(f"{server.url}/documents")
    expect(page.get_by_text("签名有效、已加盖时间戳").first).to_be_visible(timeout=30_000)
    with page.expect_download() as found:
        page.get_by_role("link", name="全部下载").click()
    with ZipFile(found.value.path()) as archive:
        assert "MANIFEST.txt" in archive.namelist() and archive.testzip() is None
    give_up(page, server)


def test_the_address_is_changed(holder: Page, server: Server, outside: Outside) -> None:
    page = holder
    begin(page, server, outside, "profile")
    walk.heading(page, "选择修改内容")
    press(page, "edit_other")
    walk.do_device(page)
    photos(page)
    walk.heading(page, "修改资料")
    expect(page.locator(".st-key-profile_name")).to_have_count(0)
    type_into(page, "profile_contact_address", "样张路 99 号 1 室")
    press(page, "next")
    walk.do_agreements(page)
    walk.do_sign(page)
    walk.heading(page, "提交")
    expect(page.get_by_text("样张路 99 号 1 室").first).to_be_visible()
    give_up(page, server)
