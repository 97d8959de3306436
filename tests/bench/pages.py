"""CPU of a rerun of each step's screen above a bare page with the same widgets, in the same run.

Run as `python -m tests.bench.pages [step …]`; about two minutes. Streamlit's own runtime serves two sessions in this
process: a customer whose case stands at the step, through the router, the session and the database; and a bare page
that makes the same Streamlit calls from a list (tests/bench/replay.py). Their reruns alternate. The CPU of one is that
of the whole process from the browser's message to the end of the run. Nothing is written between them, as when a
customer types or looks around; the first rerun after a write opens the seals anew. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WARM_UP, PAIRS = 10, 150
LIMIT_MS = 4.0
BARE = "from tests.bench.replay import bare_page\n\nbare_page()\n"


class Browser:
    """A connected browser that keeps the messages of the last run."""

    client_context = None

    def __init__(self, runtime: Any, script: Path, user: dict[str, Any]) -> None:
        self.runtime, self.page, self.messages, self.finished = runtime, "", [], asyncio.Event()
        runtime._main_script_path = str(script)
        self.session_id = runtime.connect_session(self, user)

    def write_forward_msg(self, message: Any) -> None:
        """What the runtime sends."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.page = message.navigation.page_script_hash
        self.messages.append(message)
        if kind == "script_finished":
            self.finished.set()

    async def rerun(self) -> float:
        """Run the page once more; CPU of this process in ms."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        asked = BackMsg()
        asked.rerun_script.page_script_hash = self.page
        asked.rerun_script.page_name = "" if self.page else "case"
        self.finished.clear()
        self.messages.clear()
        before = time.process_time()
        self.runtime.handle_backmsg(self.session_id, asked)
        await self.finished.wait()
        return (time.process_time() - before) * 1000

    def elements(self) -> list[str]:
        """Kinds of what the last run drew, in order."""
        deltas = [m.delta for m in self.messages if m.WhichOneof("type") == "delta"]
        return [d.new_element.WhichOneof("type") or "block" for d in deltas]


def runtime() -> Any:
    """Streamlit's runtime without its web server."""
    from streamlit.runtime import Runtime, RuntimeConfig
    from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

    return Runtime(
        RuntimeConfig(
            script_path=str(ROOT / "pages" / "router.py"),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        )
    )


def bare_script(folder: Path) -> Path:
    """The bare page's script, beside the pages that its links name."""
    for name in ("customer", "staff"):
        (folder / name).symlink_to(ROOT / "pages" / name)
    script = folder / "bare.py"
    script.write_text(BARE)
    return script


async def compare(customer: Browser, bare: Browser) -> tuple[float, float]:
    """Medians of CPU in ms: what the product's rerun needs above the bare one, and the bare one itself."""
    from tests.bench import replay

    await customer.rerun()
    await customer.rerun()
    with replay.recording() as made:
        await customer.rerun()
    replay.show(made)
    for _ in range(WARM_UP):
        await customer.rerun()
        await bare.rerun()
    if customer.elements() != bare.elements():
        raise AssertionError(f"the bare page differs: {customer.elements()} {bare.elements()}")
    gc.collect()
    gc.freeze()
    pairs = [(await customer.rerun(), await bare.rerun()) for _ in range(PAIRS)]
    return median(ours - theirs for ours, theirs in pairs), median(theirs for _, theirs in pairs)


def report(figure: str, extra: float, bare: float) -> None:
    """One JSON line; `ratio` = value relative to the baseline of the same run, which depends less on the machine."""
    line = {"bench": "pages", "figure": figure, "value": round(extra, 2), "unit": "ms", "baseline": "bare_page"}
    print(json.dumps({**line, "baseline_value": round(bare, 2), "ratio": round(extra / bare, 2)}), flush=True)


async def measure(wanted: list[str]) -> tuple[float, float]:
    """Walk one case through its steps and compare at each; extra CPU and baseline of the worst in ms."""
    from tests.bench.standing import STANDING, Standing

    server, found = runtime(), []
    await server.start()
    with tempfile.TemporaryDirectory() as folder:
        script = bare_script(Path(folder))
        case = Standing()
        moves: dict[str, Callable[[Standing], None]] = STANDING
        for name, move in moves.items():
            move(case)
            if wanted and name not in wanted:
                continue
            customer = Browser(server, ROOT / "pages" / "router.py", case.user())
            extra, bare = await compare(customer, Browser(server, script, {}))
            found.append((extra, bare))
            report(f"{name}_extra_ms", extra, bare)
    server.stop()
    await server.stopped
    return max(found)


def main() -> int:
    """0 when the worst step stays within the limit."""
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"JIANZHENG_MODE": "demo", "JIANZHENG_DATA": data}
        logging.disable(logging.WARNING)
        worst, bare = asyncio.run(measure(sys.argv[1:]))
    report("worst_step_extra_ms", worst, bare)
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
