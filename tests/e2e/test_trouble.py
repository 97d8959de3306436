"""What goes wrong in a customer's day, in real browsers: rejections, a killed server, second tabs, going back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.case import State
from core.flow import Evidence
from core.steps.witness import RECORDED
from media.recorder import check_recording
from media.storage import LocalStorage
from media.vault import Vault
from tests.e2e import walk
from tests.e2e.driver import Server, choose, open_page, press, settled, tick, type_into
from tests.e2e.outside import FIRM, Outside, carry_on


@pytest.fixture
def outside(server: Server) -> Iterator[Outside]:
    """The server's data, for jumping to a step and for looking at what was stored."""
    found = Outside(server.data)
    yield found
    found.close()


def begin(page: Page, person: walk.Person, outside: Outside) -> None:
    """Sign in for 开立期货账户."""
    settled(page)
    press(page, "business_open_account")
    walk.sign_in(page, person, outside.database)


def begun(
    server: Server, browsers: tuple[Browser, Browser], outside: Outside, person: walk.Person, step: str
) -> tuple[Page, Page]:
    """The customer's phone with a case taken up to `step`, and a desk."""
    page, staff = open_page(browsers[0], server.url), open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    begin(page, person, outside)
    carry_on(outside, person, step)
    return page, staff


def state_of(outside: Outside) -> tuple[State, int]:
    """State of the only case, and how many there are."""
    with outside.database.read(FIRM) as work:
        cases = work.cases.in_states(list(State))
    return cases[-1].state, len(cases)


def reject(staff: Page, key: str, code: str, text: str) -> None:
    """Choose the reason, say it in own words, send."""
    staff.locator(f".st-key-{key}_reject_send button").first.hover()  # waits until the form stands still
    field = staff.locator(f".st-key-{key}_reject_codes input").first
    field.click()
    field.fill(code)
    staff.get_by_role("option", name=re.compile(code)).first.click()
    words = staff.locator(f".st-key-{key}_reject_text textarea").first
    expect(words).not_to_have_value("")
    words.fill(text)
    words.press("Tab")
    walk.press_loosely(staff, f"{key}_reject_send")


def rejected(page: Page, url: str, title: str, text: str) -> None:
    """The reason stands in 我的业务 and on the step itself."""
    page.goto(f"{url}/my")
    expect(page.get_by_text("已驳回").first).to_be_visible()
    expect(page.get_by_text(text).first).to_be_visible()
    settled(page)
    page.get_by_role("button", name="继续办理").click()
    walk.heading(page, title)
    expect(page.get_by_text(text).first).to_be_visible()


def test_a_rejected_photo_is_all_that_is_redone(
    server: Server, browsers: tuple[Browser, Browser], outside: Outside
) -> None:
    words = "身份证反面反光，请重拍。"
    page, staff = begun(server, browsers, outside, walk.Person(11), "witness")
    page.reload()
    walk.join_queue(page)
    walk.sign_in_staff(staff, "witness")
    walk.take_next(staff)
    walk.wait_for_picture(staff)
    staff.get_by_text("驳回", exact=True).first.click()
    reject(staff, "witness", "P02", words)
    expect(staff.locator(".st-key-next_customer")).to_be_visible()
    rejected(page, server.url, "上传照片", words)
    walk.upload(page, "photos_id_back", "again.jpg", walk.samples.id_back(77))
    settled(page)
    press(page, "next")
    walk.heading(page, "视频验证")
    walk.join_queue(page)
    walk.take_next(staff)
    assert walk.wait_for_picture(page)["frames"] > 0


def test_a_rejection_at_review_returns_to_one_step(
    server: Server, browsers: tuple[Browser, Browser], outside: Outside
) -> None:
    words = "职业与收入不符，请核对。"
    page, staff = begun(server, browsers, outside, walk.Person(12), "submitted")
    walk.sign_in_staff(staff, "review")
    walk.open_desk(staff, "复核")
    staff.locator("[class*='st-key-row_'] button").first.click()
    staff.locator(".st-key-reject button").first.click()
    reject(staff, "review", "D03", words)
    expect(staff.locator(".st-key-reject")).to_have_count(0)
    rejected(page, server.url, "个人基本资料", words)
    choose(page, "profile_occupation", "专业技术人员")
    press(page, "next")
    walk.do_follow_up(page)
    assert state_of(outside) == (State.SUBMITTED, 1)
    walk.do_review(staff)
    page.reload()
    expect(page.get_by_text(re.compile("资金账号|审核通过")).first).to_be_visible()


def test_a_server_killed_in_the_call_loses_nothing(
    server: Server, browsers: tuple[Browser, Browser], outside: Outside
) -> None:
    person = walk.Person(13)
    page, staff = open_page(browsers[0], server.url), open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    begin(page, person, outside)
    carry_on(outside, person, "witness")
    page.reload()
    walk.join_queue(page)
    walk.sign_in_staff(staff, "witness")
    walk.take_next(staff)
    walk.wait_for_picture(staff, 60)
    server.kill()
    server.start()
    for side in (page, staff):
        side.reload()
    staff.locator(".st-key-witness_pass").wait_for()
    walk.wait_for_picture(page)
    walk.wait_for_picture(staff)
    walk.do_witness(staff)
    walk.heading(page, "安装数字证书")
    recovered = wait_for_recordings(page, outside, 4)
    vault = Vault(LocalStorage(server.data / "evidence"), outside.database.keys)
    for item in recovered:
        reader = vault.open(FIRM, item.file_id)
        found = check_recording(reader.read(0, reader.size))
        assert (found.errors, found.video_frames > 10, item.meta["flag"]) == (0, True, ""), item.slot


def wait_for_recordings(page: Page, outside: Outside, wanted: int) -> list[Evidence]:
    """Until this many recordings are stored."""
    for _ in range(240):
        with outside.database.read(FIRM) as work:
            case = work.cases.in_states([State.FILLING])[0]
            stored = [item for item in work.cases.evidence(case.id) if item.slot in RECORDED.values()]
        if len(stored) >= wanted:
            return stored
        page.wait_for_timeout(500)
    raise AssertionError(f"{len(stored)} recordings were stored")


def test_a_second_tab_does_nothing_twice(server: Server, browsers: tuple[Browser, Browser], outside: Outside) -> None:
    person = walk.Person(14)
    first = open_page(browsers[0], server.url)
    begin(first, person, outside)
    carry_on(outside, person, "exchanges")
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"{server.url}/case")
        walk.heading(tab, "交易所选择")
    tick(second, "exchanges_CZCE")
    for code in ("SHFE", "DCE"):
        tick(first, f"exchanges_{code}")
    press(first, "next")
    walk.heading(first, "阅读相关协议")
    press(second, "next")
    expect(second.get_by_text("内容已在别处更新").first).to_be_visible()
    with outside.database.read(FIRM) as work:
        case = work.cases.in_states([State.FILLING])[0]
        assert work.cases.answers(case.id)["exchanges"].values["chosen"] == ["DCE", "SHFE"]
    second.reload()
    walk.heading(second, "阅读相关协议")
    first.go_back()
    first.go_forward()
    first.goto(f"{server.url}/case")
    walk.heading(first, "阅读相关协议")
    press(first, "previous")
    walk.heading(first, "交易所选择")
    expect(first.locator(".st-key-exchanges_SHFE input")).to_be_checked()
    first.goto(f"{server.url}/my")
    settled(first)
    first.locator("[class*='st-key-give_up']").get_by_role("button").first.click()
    press(first, "give_up_yes")
    expect(first.get_by_text("已放弃这笔业务。")).to_be_visible()
    assert state_of(outside) == (State.ABANDONED, 1)
    second.reload()
    settled(second)
    expect(second.get_by_role("heading", name="阅读相关协议")).to_have_count(0)


def test_a_customer_on_file_signs_in_by_id_number(
    server: Server, browsers: tuple[Browser, Browser], outside: Outside
) -> None:
    with outside.database.read(FIRM) as work:
        customer = work.people.find_customer(customer_id="existing-8001")
    assert customer is not None
    page = open_page(browsers[0], server.url)
    settled(page)
    press(page, "business_open_account")
    page.get_by_text("已开户：身份证号登录").click()
    settled(page)
    type_into(page, "id_number", customer.id_number)
    walk.finish_sign_in(page, outside.database)
    walk.heading(page, "设备检测")
    person = walk.Person(15, name=customer.name, id_number=customer.id_number, phone=customer.phone)
    carry_on(outside, person, "exchanges")
    page.reload()
    walk.heading(page, "交易所选择")
    expect(page.locator(".st-key-exchanges_SHFE input")).to_be_disabled()
    expect(page.locator(".st-key-exchanges_GFEX input")).to_be_enabled()
