"""The worker: `python -m pages.worker` runs background jobs until its parent (stdin) or the terminal ends it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

from core.errors import DeskError
from core.jobs.refresh_rollups import refresh_rollups
from core.jobs.run import run_next
from core.jobs.sweep import forget, sweep
from pages.parts import wiring

SWEEP_EVERY_S = 5.0
FORGET_EVERY_S = 3600.0
IDLE_S = 0.5
log = logging.getLogger("jianzheng.worker")
stopping = threading.Event()


def _watch_parent() -> None:
    """Stop when the web process is gone, however it ended (its end of the pipe closes)."""
    sys.stdin.buffer.read()
    stopping.set()


def work_through() -> bool:
    """Run what is due for every firm once; False when there was nothing."""
    busy = [run_next(wiring.desk(), firm.id) for firm in wiring.firms()]
    return any(busy)


def main() -> None:
    """Loop: jobs at once, the sweep and the figures every 5 s, forgetting every hour."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    if wiring.settings().worker == "child":
        threading.Thread(target=_watch_parent, daemon=True).start()
    else:
        wiring.database().migrate()
    swept = forgot = 0.0
    while not stopping.is_set():
        try:
            busy = work_through()
            if time.monotonic() - swept > SWEEP_EVERY_S:
                swept = time.monotonic()
                for firm in wiring.firms():
                    sweep(wiring.desk(), firm.id)
                    refresh_rollups(wiring.desk(), firm.id)
            if time.monotonic() - forgot > FORGET_EVERY_S:
                forgot = time.monotonic()
                for firm in wiring.firms():
                    forget(wiring.desk(), firm.id)
        except DeskError as error:
            log.error("worker: %s", type(error).__name__)
            busy = False
        if not busy:
            stopping.wait(IDLE_S)
    os._exit(0)


if __name__ == "__main__":
    main()
