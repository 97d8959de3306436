"""The worker: `python -m pages.worker` runs background jobs until its parent (stdin) or the terminal ends it."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from core.errors import DeskError
from core.jobs.draw_samples import draw_samples
from core.jobs.expire_cases import warn_silent_cases
from core.jobs.refresh_rollups import refresh_rollups
from core.jobs.run import SLOW, post_repeated, run_next
from core.jobs.sweep import forget, sweep
from core.ports import Desk
from pages.parts import wiring

TIMERS: Mapping[Callable[[Desk, str], object], float] = {
    sweep: 5.0,
    refresh_rollups: 5.0,
    post_repeated: 60.0,
    warn_silent_cases: 600.0,
    draw_samples: 3600.0,
    forget: 3600.0,
}
"""What runs for every firm -> seconds from one start to the next."""
IDLE_S = 0.5
PHOTO_NICENESS = 10
MEGABYTE, _MMAP_THRESHOLD = 1 << 20, -3
"""Blocks above a megabyte are mapped, not kept: by itself glibc learns to keep up to 32 (malloc.h)."""
log = logging.getLogger("jianzheng.worker")
stopping = threading.Event()


def _watch_parent() -> None:
    """Stop when the web process is gone, however it ended (its end of the pipe closes)."""
    sys.stdin.buffer.read()
    stopping.set()


def work_through() -> bool:
    """Run what is due for every firm once, but for the slow lane; False when there was nothing."""
    busy = [run_next(wiring.desk(), firm.id, SLOW, other=True) for firm in wiring.firms()]
    return any(busy)


def be_modest() -> None:
    """Photos come after everything else on the machine, and the memory of one is given back at once (glibc)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PHOTO_NICENESS)
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, MEGABYTE)


def read_photos() -> None:
    """The slow lane: one photo at a time, firm after firm."""
    be_modest()
    while not stopping.is_set():
        try:
            busy = [run_next(wiring.desk(), firm.id, SLOW) for firm in wiring.firms()]
        except Exception as error:  # noqa: BLE001 - the lane must not end while the worker lives
            log.error("photos: %s", type(error).__name__)
            busy = []
        if not any(busy):
            stopping.wait(IDLE_S)


def run_timers(started: dict[Callable[[Desk, str], object], float]) -> None:
    """Run what is due by the table; `started` holds when each began last (monotonic seconds)."""
    for act, seconds in TIMERS.items():
        now = time.monotonic()
        if act not in started or now - started[act] >= seconds:
            started[act] = now
            for firm in wiring.firms():
                act(wiring.desk(), firm.id)


def main() -> None:
    """Loop: jobs at once, the rest by the table of timers."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    if wiring.settings().worker == "child":
        threading.Thread(target=_watch_parent, daemon=True).start()
    else:
        wiring.prepare_database()
    threading.Thread(target=read_photos, daemon=True, name="photos").start()
    started: dict[Callable[[Desk, str], object], float] = {}
    while not stopping.is_set():
        try:
            busy = work_through()
            run_timers(started)
        except DeskError as error:
            log.error("worker: %s", type(error).__name__)
            busy = False
        if not busy:
            stopping.wait(IDLE_S)
    os._exit(0)


if __name__ == "__main__":
    main()
