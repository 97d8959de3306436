"""The site of tests/bench/waiting.py: the product, or a bare page, and in the same process the rooms of three calls.

BENCH_PAGE is `product` or `bare`; the first line on standard output is the port of the calls' line protocol
(tests/bench/call_sides.py).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # before this folder, whose pages.py would stand in for the product's package

from media.encoded import VideoMode  # noqa: E402
from pages.parts import wiring  # noqa: E402
from pages.routes import life  # noqa: E402
from pages.routes.gate import MIDDLEWARE  # noqa: E402
from pages.routes.table import ROUTES  # noqa: E402
from tests.bench.call_sides import LINE_LIMIT, Server  # noqa: E402

SCRIPTS = {"product": ROOT / "pages" / "router.py", "bare": ROOT / "tests" / "bench" / "waiting_bare.py"}


@asynccontextmanager
async def with_calls(app: Any) -> AsyncIterator[None]:
    """The product's life, and the line protocol of the calls beside it."""
    life.seed = life.announce = lambda *_: None  # type: ignore[assignment]  # the firms are there
    with tempfile.TemporaryDirectory() as folder:
        async with life.lifespan(app):
            shown = replace(wiring.settings(), mode="production")  # no outbox of the demo on the pages
            wiring.settings = lambda: shown  # type: ignore[assignment]
            calls = Server(VideoMode.PACKET, Path(folder))
            door = await asyncio.start_server(calls.answer, "127.0.0.1", 0, limit=LINE_LIMIT)
            print(f"calls {door.sockets[0].getsockname()[1]}", flush=True)
            async with door:
                yield
                await calls.end()


app = st.App(str(SCRIPTS[os.environ["BENCH_PAGE"]]), routes=ROUTES, middleware=MIDDLEWARE, lifespan=with_calls)
