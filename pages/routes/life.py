"""Start and end of the process: configuration asserted, database migrated, demo seeded, worker started."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core.settings import Settings
from pages.parts import wiring
from pages.parts.demo import announce, seed
from pages.routes import trouble
from pages.routes.assertions import assert_configuration

COLLECT_EVERY_S = 15
log = logging.getLogger("jianzheng")


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Runs once per server process, before the first request."""
    settings = wiring.settings()
    trouble.install()
    assert_configuration(settings)
    wiring.prepare_database()
    if settings.demo:
        announce(wiring.desk(), seed(wiring.desk(), wiring.database()))
    wiring.prepare_calls()
    gc.freeze()
    collector = asyncio.create_task(_collect())
    worker = _start_worker(settings)
    try:
        yield
    finally:
        collector.cancel()
        if worker:
            worker.terminate()
            worker.wait(10)


async def _collect() -> None:
    """On a timer: collect garbage (doing so after every rerun would stall the calls), end calls that were lost."""
    while True:
        await asyncio.sleep(COLLECT_EVERY_S)
        gc.collect(1)
        await asyncio.to_thread(_tidy)


def _tidy() -> None:
    """End lost calls; not imported here, since streamlit-webrtc registers its frontend only within a page run."""
    call = sys.modules.get("pages.parts.call")
    if call is not None:
        call.tidy(wiring.desk())


def _start_worker(settings: Settings) -> subprocess.Popen[bytes] | None:
    if settings.worker != "child":
        return None
    return subprocess.Popen([sys.executable, "-m", "pages.worker"], cwd=wiring.ROOT, stdin=subprocess.PIPE)
