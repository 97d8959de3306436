"""kill -9 of the server at random moments of the walk: nothing half-written, nothing acknowledged lost, it ends.

`python -m tests.prove.walk --kills 50` drives whole walks in two real browsers, a few kills in each, and prints
one JSON line per walk and one at the end. `--seed` repeats a run.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from core.audit import first_break
from core.case import State
from core.flow import Facts
from media.storage import LocalStorage
from media.vault import Vault
from tests.e2e import walk
from tests.e2e.driver import Server, browser, open_page, press, settled
from tests.e2e.fake_media import make_media

FIRM = "yuanshan"
KILLS_A_WALK = 6
WALK_S = 170
PATIENCE_S = 900
DATA_STEPS = {
    "设备检测": walk.do_device, "适当性评估": walk.do_suitability, "交易所选择": walk.do_exchanges,
    "阅读相关协议": walk.do_agreements, "安装数字证书": walk.do_certificate, "签署协议": walk.do_sign,
    "在线回访": walk.do_follow_up,
}  # fmt: skip
PERSON_STEPS = {"上传照片": walk.do_photos, "个人基本资料": walk.do_profile, "银行卡": walk.do_bank}


class Killer(threading.Thread):
    """Kills and restarts the server at the given seconds after its start."""

    def __init__(self, server: Server, moments: list[float]) -> None:
        super().__init__(daemon=True)
        self.server, self.moments, self.done, self.over = server, moments, 0, threading.Event()

    def run(self) -> None:
        """Wait, kill, restart."""
        start = time.monotonic()
        for moment in self.moments:
            if self.over.wait(max(0.0, start + moment - time.monotonic())):
                return
            self.server.kill()
            self.server.start()
            self.done += 1


class Walk:
    """One customer's walk that goes on from wherever a kill left it."""

    def __init__(self, server: Server, page: Page, staff: Page, seed: int) -> None:
        self.server, self.page, self.staff = server, page, staff
        self.person, self.database = walk.Person(seed), walk.open_database(server.data)
        self.acknowledged: set[str] = set()
        self.staff_login = ""

    def state(self) -> State | None:
        """Stored state of the walk's case."""
        with self.database.read(FIRM) as work:
            cases = work.cases.in_states(list(State))
        return cases[0].state if cases else None

    def facts(self) -> Facts | None:
        """Stored facts of the walk's case."""
        with self.database.read(FIRM) as work:
            cases = work.cases.in_states(list(State))
            return work.cases.facts(cases[0]) if cases else None

    def advance(self) -> None:
        """Do whatever comes next."""
        state = self.state()
        if state is None:
            self.page.goto(self.server.url)
            settled(self.page)
            press(self.page, "business_open_account")
            walk.sign_in(self.page, self.person, self.database)
        elif state in {State.FILLING, State.REJECTED}:
            self.customer_step()
        elif state in {State.SUBMITTED, State.IN_REVIEW}:
            self.as_staff("review")
            walk.do_review(self.staff)
        elif state is State.CALLBACK:
            self.as_staff("callback")
            walk.do_callback(self.staff)

    def customer_step(self) -> None:
        """The step whose heading stands on the customer's page; acknowledged once the page shows another one."""
        self.page.goto(f"{self.server.url}/case")
        if self.page.locator(".st-key-phone").count():
            raise AssertionError("the session was lost")
        title = self.page.locator("h2").first.inner_text(timeout=20_000)
        settled(self.page)
        if title == "视频验证":
            self.call()
        elif title in PERSON_STEPS:
            PERSON_STEPS[title](self.page, self.person)
        else:
            DATA_STEPS[title](self.page)
        expect(self.page.locator("h2").first).not_to_have_text(title)
        self.acknowledged.add(title)

    def call(self) -> None:
        """Queue, witness, captures, 通过."""
        self.as_staff("witness")
        if self.page.locator(".st-key-next").count():
            press(self.page, "next")
        self.staff.goto(f"{self.server.url}/desk_witness")
        settled_or_calling = self.staff.locator(".st-key-next_customer, .st-key-witness_pass").first
        settled_or_calling.wait_for(timeout=30_000)
        if self.staff.locator(".st-key-next_customer").count():
            walk.press_loosely(self.staff, "next_customer")
            self.staff.locator(".st-key-witness_pass").wait_for(timeout=20_000)
        walk.wait_for_picture(self.staff)
        walk.do_witness(self.staff)

    def as_staff(self, login: str) -> None:
        """Sign in as this member of staff."""
        self.staff.goto(f"{self.server.url}/desk")
        settled(self.staff)
        if self.staff_login != login and self.staff.locator(".st-key-leave_staff").count():
            walk.sign_out_staff(self.staff)
        if self.staff.locator(".st-key-login").count():
            walk.sign_in_staff(self.staff, login)
        self.staff_login = login

    def check(self) -> None:
        """What must hold after every kill."""
        with self.database.read(FIRM) as work:
            assert first_break(work.keys.mac, work.audit_entries()) is None, "audit chain broken"
        facts = self.facts()
        if facts is None:
            return
        vault = Vault(LocalStorage(self.server.data / "evidence"), self.database.keys)
        for item in facts.evidence:
            reader = vault.open(FIRM, item.file_id)
            assert reader.size == item.size, f"half a file: {item.slot}"
        kept = {"设备检测": "device", "上传照片": "photos", "个人基本资料": "profile", "银行卡": "bank",
                "适当性评估": "suitability", "交易所选择": "exchanges", "阅读相关协议": "agreements"}  # fmt: skip
        for title in self.acknowledged & set(kept):
            assert kept[title] in facts.answers, f"acknowledged but lost: {title}"


def one_walk(browsers: tuple[Browser, Browser], seed: int, kills: int) -> dict[str, object]:
    """Walk once with some kills; raises when the walk does not end or a check fails."""
    rng = random.Random(seed)
    data = Path(tempfile.mkdtemp(prefix="jz-prove-"))
    server = Server(data)
    server.start()
    page, staff = open_page(browsers[0], server.url), open_page(browsers[1], f"{server.url}/desk", 1440, 900)
    for each in (page, staff):
        each.set_default_timeout(15_000)
    moments = sorted(rng.uniform(5, WALK_S) for _ in range(kills))
    killer, begun, refused = Killer(server, moments), time.monotonic(), 0
    person = Walk(server, page, staff, seed % 90 + 1)
    killer.start()
    seen = 0
    while person.state() is not State.ACTIVE:
        if time.monotonic() - begun > PATIENCE_S:
            raise TimeoutError(f"the walk did not end: {person.state()}")
        try:
            person.advance()
        except (Error, AssertionError, TimeoutError):
            refused += 1
        if killer.done != seen:
            seen = killer.done
            person.check()
    killer.over.set()
    killer.join(60)
    person.check()
    for each in (page, staff):
        each.context.close()
    server.stop()
    shutil.rmtree(data)
    return {"seed": seed, "kills": killer.done, "retries": refused, "seconds": round(time.monotonic() - begun)}


def main() -> None:
    """Walk until the wanted number of kills is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    media = make_media(Path(tempfile.gettempdir()) / "jianzheng-media")
    kills, seed, begun = 0, wanted.seed, time.monotonic()
    with sync_playwright() as playwright:
        customer = browser(playwright, media.video("customer_card"), media.sound("customer"))
        desk = browser(playwright, media.video("staff"), media.sound("staff"))
        with customer as first, desk as second:
            while kills < wanted.kills:
                result = one_walk((first, second), seed, min(KILLS_A_WALK, wanted.kills - kills))
                kills, seed = kills + int(str(result["kills"])), seed + 1
                print(json.dumps({"prove": "walk", **result}), flush=True)
    total = {"prove": "walk", "kills": kills, "walks": seed - wanted.seed, "failures": 0}
    print(json.dumps({**total, "seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main()
