"""How long a capture takes in a real call: from the witness's press to the server's frame and the customer's own still.

Both browsers are real Chromium, the camera gives 1280x720. Prints one JSON line; `in_time` counts the captures of
which both pictures were stored within 1.5 s and the customer's still is at least 1280x720.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.flow import Evidence
from core.steps.witness import CAPTURES
from tests.e2e import walk
from tests.e2e.driver import Server, browser, open_page
from tests.e2e.fake_media import make_media
from tests.e2e.outside import FIRM, Outside, carry_on
from tests.prove.calls import p95

BOTH_WITHIN_MS = 1_500
LEAST = (1280, 720)
PATIENCE_S = 15.0
BETWEEN_MS = 1_500
NOTE_PRESS = "() => addEventListener('pointerdown', () => { window.__pressed = Date.now(); }, true)"


@dataclass(frozen=True)
class Capture:
    """One capture: milliseconds from the press until each picture was stored, and the size of the customer's own."""

    frame_ms: int
    still_ms: int
    apart_ms: int
    width: int
    height: int

    @property
    def in_time(self) -> bool:
        """Whether both came soon enough and the still is large enough."""
        return max(self.frame_ms, self.still_ms) <= BOTH_WITHIN_MS and (self.width, self.height) >= LEAST


def stored(outside: Outside, case_id: str, slot: str, since_ms: int) -> Evidence | None:
    """What was stored in a slot after a moment."""
    with outside.database.read(FIRM) as work:
        found = [item for item in work.cases.evidence(case_id) if item.slot == slot and moment(item) >= since_ms]
    return found[-1] if found else None


def moment(item: Evidence) -> int:
    """When it was stored, in ms since the epoch."""
    return round(item.created_at.timestamp() * 1000)


def taken(item: Evidence) -> int:
    """When the server's frame arrived, in ms since the epoch."""
    return round(datetime.fromisoformat(item.meta["taken"]).astimezone(UTC).timestamp() * 1000)


def one_capture(staff: Page, outside: Outside, case_id: str, slot: str) -> Capture | None:
    """Press, and wait for both pictures; None when one of them does not come."""
    walk.press_loosely(staff, f"take_{slot}")
    pressed = int(staff.evaluate("() => window.__pressed"))
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        frame = stored(outside, case_id, slot, pressed)
        still = stored(outside, case_id, f"{slot}_still", pressed)
        if frame and still:
            size = (int(still.meta["width"]), int(still.meta["height"]))
            return Capture(moment(frame) - pressed, moment(still) - pressed, moment(still) - taken(frame), *size)
        staff.wait_for_timeout(50)
    return None


@contextmanager
def running_call(folder: Path) -> Iterator[tuple[Page, Outside, str]]:
    """The witness's page of a call that runs, the server's data, and the case."""
    media = make_media(Path(tempfile.gettempdir()) / "jianzheng-media", (320, LEAST[0]))
    server = Server(folder / "data")
    server.start()
    outside = Outside(server.data)
    try:
        with (
            sync_playwright() as playwright,
            browser(playwright, media.video("customer_card", LEAST[0]), media.sound("customer")) as first,
            browser(playwright, media.video("staff"), media.sound("staff")) as second,
        ):
            page, staff = open_page(first, server.url), open_page(second, f"{server.url}/desk", 1440, 900)
            person = walk.Person(17)
            walk.press_loosely(page, "business_open_account")
            walk.sign_in(page, person, outside.database)
            case_id = carry_on(outside, person, "witness").case_id
            page.reload()
            walk.join_queue(page)
            walk.sign_in_staff(staff, "witness")
            walk.take_next(staff)
            for side in (staff, page):
                walk.wait_for_picture(side, 30)
            yield staff, outside, case_id
    finally:
        outside.close()
        server.stop()


def prove(count: int) -> list[Capture | None]:
    """So many captures, one slot after the other."""
    with tempfile.TemporaryDirectory() as folder, running_call(Path(folder)) as (staff, outside, case_id):
        staff.evaluate(NOTE_PRESS)
        found = []
        for number in range(count):
            staff.wait_for_timeout(BETWEEN_MS)
            found.append(one_capture(staff, outside, case_id, list(CAPTURES)[number % len(CAPTURES)]))
        return found


def told(found: list[Capture | None]) -> dict[str, object]:
    """One line."""
    came = [each for each in found if each]
    return {
        "prove": "stills", "captures": len(found), "both_came": len(came),
        "in_time": sum(each.in_time for each in came), "limit_ms": BOTH_WITHIN_MS,
        "frame_p95_ms": p95([each.frame_ms for each in came]), "still_p95_ms": p95([each.still_ms for each in came]),
        "frame_ms": [each.frame_ms for each in came], "still_ms": [each.still_ms for each in came],
        "still_after_frame_ms": [each.apart_ms for each in came],
        "still_sizes": sorted({f"{each.width}x{each.height}" for each in came}),
    }  # fmt: skip


def main() -> None:
    """Prove what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=12)
    print(json.dumps(told(prove(parser.parse_args().captures))), flush=True)


if __name__ == "__main__":
    main()
