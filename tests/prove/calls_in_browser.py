"""Joins in real Chromium: one customer who is taken, put back and taken again, with reloads and hang-ups between."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from tests.e2e import walk
from tests.e2e.driver import Server, browser, figures, open_page, peers
from tests.e2e.fake_media import make_media
from tests.e2e.test_walk import prepare_case
from tests.prove.calls import PICTURES, Joined

PATIENCE_S = 30.0
DISTURBANCES = ("customer_reloads", "staff_reloads", "customer_hangs_up", "nothing")


def hang_up_and_return(page: Page) -> None:
    """Press the call's own buttons: 挂断, then start again."""
    for label in ("挂断", "开始视频通话"):
        for frame in page.frames:
            button = frame.get_by_role("button", name=label, exact=True)
            if "streamlit_webrtc" in frame.url and button.count():
                button.first.click(timeout=5_000)
                page.wait_for_timeout(300)


def disturb(what: str, page: Page, staff: Page) -> float:
    """Do it; the moment from which the pictures are waited for."""
    if what == "customer_reloads":
        page.reload()
    elif what == "staff_reloads":
        staff.reload()
    elif what == "customer_hangs_up":
        hang_up_and_return(page)
    return time.monotonic()


def seen(page: Page) -> tuple[float, float]:
    """Pictures decoded and energy heard on the newest connection."""
    now = figures(page) or {"frames": 0, "energy": 0}
    return now["frames"], now["energy"]


def wait_for_both(story: tuple[str, ...], sides: dict[str, Page], since: float) -> Joined:
    """Until pictures move and sound rises on both sides."""
    joined, first = Joined(story), dict.fromkeys(sides, (0.0, 0.0))
    pictured: float | None = None
    while time.monotonic() - since < PATIENCE_S:
        now = {name: seen(page) for name, page in sides.items()}
        for name, (frames, energy) in now.items():
            if frames and (not first[name][0] or frames < first[name][0]):
                first[name] = (frames, energy)
        if pictured is None and all(frames for frames, _ in now.values()):
            pictured = time.monotonic() - since
        moving = [now[n][0] >= first[n][0] + PICTURES and now[n][1] > first[n][1] and first[n][0] > 0 for n in sides]
        if all(moving):
            joined.seconds = pictured
            return joined
    joined.missing = [f"{name}: {figures(page)} {peers(page)}" for name, page in sides.items()]
    return joined


def one_join(page: Page, staff: Page, disturbance: str) -> Joined:
    """The witness takes the customer, something happens, both see each other; the customer goes back to the queue."""
    staff.locator(".st-key-next_customer button").first.wait_for(timeout=60_000)
    walk.press_loosely(staff, "next_customer")
    since = time.monotonic()
    staff.locator(".st-key-witness_pass").wait_for(timeout=30_000)
    if disturbance != "nothing":
        page.wait_for_timeout(1_500)
        since = disturb(disturbance, page, staff)
        staff.locator(".st-key-witness_pass").wait_for(timeout=30_000)
    joined = wait_for_both((disturbance,), {"customer": page, "staff": staff}, since)
    walk.press_loosely(staff, "witness_release")
    page.get_by_text("共 1 人").wait_for(timeout=30_000)
    return joined


def browser_joins(count: int, seed: int) -> list[Joined]:
    """Walk to the queue once, then join `count` times."""
    rng, found = random.Random(seed), []
    media = make_media(Path(tempfile.gettempdir()) / "jianzheng-media")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "data")
        server.start()
        customer = browser(playwright, media.video("customer_card"), media.sound("customer"))
        desk = browser(playwright, media.video("staff"), media.sound("staff"))
        try:
            with customer as first, desk as second:
                page, staff = open_page(first, server.url), open_page(second, f"{server.url}/desk", 1440, 900)
                database = walk.open_database(server.data)
                prepare_case(page, walk.Person(11), database)
                walk.sign_in_staff(staff, "witness")
                walk.join_queue(page)
                staff.get_by_role("link", name="视频见证").first.click()
                for _ in range(count):
                    disturbance = rng.choice(DISTURBANCES)
                    try:
                        found.append(one_join(page, staff, disturbance))
                    except Error as error:
                        found.append(Joined((disturbance,), None, [type(error).__name__, str(error)[:200]]))
                        staff.reload()
                database.close()
        finally:
            server.stop()
    return found
