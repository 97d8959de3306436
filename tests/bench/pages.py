"""CPU of a rerun of each step's screen above a bare page with the same widgets, in the same run.

Run as `python -m tests.bench.pages [step …]`; about three minutes. Streamlit's own runtime serves two sessions in this
process: a customer whose case stands at the step, through the router, the session and the database; and a bare page
that makes the same Streamlit calls from a list (tests/bench/replay.py). Their reruns alternate. The CPU of one is that
of the whole process from the browser's message to the end of the run. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

WARM_UP, ROUNDS, RUNS = 5, 7, 30


class Browser:
    """A connected browser that keeps the messages of the last run."""

    client_context = None

    def __init__(self, runtime: Any, script: Path, user: dict[str, Any]) -> None:
        from streamlit.runtime.script_data import ScriptData

        self.runtime, self.page, self.messages, self.finished = runtime, "", [], asyncio.Event()
        runtime._main_script_path = str(script)
        self.session_id = runtime.connect_session(self, user)
        assert ScriptData(str(script), False).main_script_path == str(script)

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
