"""Many customers wait while three calls run in the same process: what a refresh of the waiting page costs.

Run as `python -m tests.bench.waiting [--customers 100]`; about two minutes and as long again for every 100 customers
that are prepared. Each customer is a websocket client that speaks Streamlit's protocol and refreshes when the page
says so; each call has a client process of its own (tests/bench/call.py), both sides recorded. The same is done with a
bare page in place of the product, and its figures are the baseline. The CPU of a refresh is what the server process
used above the calls alone. Prints one JSON line per figure.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.keys import MasterKeys
from core.usecases.sessions import exchange_ticket, open_session
from pages.routes.gate import cookie_name
from tests import samples
from tests.bench.call import frames_seen, running, start
from tests.bench.call_sides import ask
from tests.builders import Walk
from tests.desk_bench import Backend, Bench, found, id_number, scratch
from tests.media.clips import clip
from tests.wait import wait_until
from tests.walk import Person

ROOT = Path(__file__).resolve().parents[2]
CALLS, RATE = 3, 30
SETTLE_S, WINDOW_S = 5.0, 20.0
SPREAD_S = 0.1


class LateClock:
    """The real time, an hour behind while a customer is prepared: reading agreements moves it on."""

    def __init__(self) -> None:
        self.behind = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) - self.behind

    @now.setter
    def now(self, moved: datetime) -> None:
        self.behind = datetime.now(UTC) - moved

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Figures:
    """What one server did: p95 of a refresh (ms), CPU of one (ms), rate of the calls (frames/s)."""

    refreshes: int
    p95_ms: float
    cpu_ms: float
    rate: float


@dataclass
class Load:
    """What all waiting customers measured together."""

    counting: bool = False
    spans: list[float] = field(default_factory=list)
    waiting: int = 0
    wanted: int = 0


def prepare(folder: Path, customers: int) -> tuple[dict[str, str], list[str]]:
    """A database with customers in the queue; settings of the server, and one cookie for each of them."""
    backend = Backend("sqlite", folder, MasterKeys.load(folder / "keys.json", None))
    found(backend)
    bench = Bench(backend)
    bench.clock = clock = LateClock()  # type: ignore[assignment]
    cookies = []
    for number in range(customers):
        clock.behind = timedelta(hours=1)
        walk = prepared(bench, number)
        clock.behind = timedelta()
        walk.join(bench)
        cookies.append(cookie_of(bench, walk))
    settings = {
        "JIANZHENG_MODE": "demo", "JIANZHENG_DATA": str(folder), "JIANZHENG_STORAGE": str(bench.vault_folder),
        "JIANZHENG_DATABASE_URL": backend.url(bench.name), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    bench._database.close()  # type: ignore[union-attr]
    return settings, cookies


def prepared(bench: Bench, number: int) -> Walk:
    """A customer who did everything before the call."""
    order = 2 * number + 101
    person = Person("样张", f"1115081{3000 + number:04d}", id_number(order), samples.sample_card(number + 1))
    walk = Walk(person=person)
    walk.start(bench)
    for milestone in ("device", "photos", "profile", "bank", "suitability", "exchanges", "agreements"):
        walk.go_on(bench, milestone)
    return walk


def cookie_of(bench: Bench, walk: Walk) -> str:
    """The session cookie that the customer's browser would hold."""
    with bench.work() as work:
        ticket = open_session(work, "customer", walk.owner, walk.person.phone)
    return exchange_ticket(bench.desk, ticket)


class Customer:
    """One waiting customer's browser, as far as the server can tell."""

    def __init__(self, port: int, page: str, cookie: str, load: Load) -> None:
        self.url = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.page, self.cookie, self.load = page, cookie, load
        self.script, self.asked_at = "", 0.0
        self.timers: dict[str, asyncio.Task[None]] = {}

    async def wait(self) -> None:
        """Open the page and refresh it until cancelled."""
        import websockets

        headers = {"Cookie": f"{cookie_name('customer')}={self.cookie}"} if self.cookie else {}
        async with websockets.connect(
            self.url, subprotocols=["streamlit"], max_size=None, ping_interval=None, proxy=None,
            additional_headers=headers, origin=self.url.replace("ws:", "http:").removesuffix("/_stcore/stream"),
        ) as line:  # fmt: skip
            try:
                await line.send(self._rerun(page_name=self.page))
                async for data in line:
                    self._read(line, data)
            finally:
                for timer in self.timers.values():
                    timer.cancel()

    def _rerun(self, **values: Any) -> bytes:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        asked = BackMsg()
        asked.rerun_script.query_string = ""
        for name, value in values.items():
            setattr(asked.rerun_script, name, value)
        return asked.SerializeToString()

    def _read(self, line: Any, data: bytes) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.script = message.new_session.page_script_hash
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "auto_rerun" and message.auto_rerun.fragment_id not in self.timers:
            self.load.waiting += not self.timers
            timer = self._refresh(line, message.auto_rerun.fragment_id, message.auto_rerun.interval)
            self.timers[message.auto_rerun.fragment_id] = asyncio.create_task(timer)
        elif kind == "script_finished" and self.asked_at:
            if self.load.counting:
                self.load.spans.append((time.perf_counter() - self.asked_at) * 1000)
            self.asked_at = 0.0

    async def _refresh(self, line: Any, fragment: str, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            self.load.wanted += self.load.counting
            if not self.asked_at:
                self.asked_at = time.perf_counter()
                await line.send(self._rerun(fragment_id=fragment, is_auto_rerun=True, page_script_hash=self.script))


@contextlib.contextmanager
def site(page: str, settings: dict[str, str], port: int) -> Iterator[int]:
    """The server with this page; the port of the calls' line protocol."""
    command = [sys.executable, "-m", "streamlit", "run", "tests/bench/waiting_site.py", "--server.port", str(port)]
    log = Path(settings["JIANZHENG_DATA"]) / f"{page}.log"
    with log.open("w") as printed:
        environ = {**os.environ, **settings, "BENCH_PAGE": page}
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=printed, stderr=printed)
    try:
        yield calls_port_in(log, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def calls_port_in(log: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until the site says that it is there."""

    def told() -> str | None:
        if process.poll() is not None:
            raise SystemExit(f"the site did not start:\n{log.read_text()[-2000:]}")
        return next((line for line in log.read_text().splitlines() if line.startswith("calls ")), None)

    return int(wait_until(told, 60, lambda: f"the site is not ready:\n{log.read_text()[-2000:]}").split()[1])


async def cpu_while(calls_port: int, seconds: float) -> float:
    """Cores that the server used on average for a while."""
    used, began = await ask(calls_port, do="cpu"), time.monotonic()
    await asyncio.sleep(seconds)
    return (await ask(calls_port, do="cpu") - used) / (time.monotonic() - began)


async def with_customers(port: int, page: str, cookies: list[str], calls_port: int) -> tuple[Load, float]:
    """Let everybody wait for a window; what they measured and the cores that the server used."""
    load, tasks = Load(), []
    try:
        for cookie in cookies:
            tasks.append(asyncio.create_task(Customer(port, page, cookie, load).wait()))
            await asyncio.sleep(SPREAD_S)
        await asyncio.sleep(SETTLE_S)
        load.counting = True
        used = await cpu_while(calls_port, WINDOW_S)
        load.counting = False
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [type(each).__name__ for each in ended if not isinstance(each, asyncio.CancelledError)]
    if broken or load.waiting < len(cookies):
        raise SystemExit(f"{load.waiting} of {len(cookies)} customers wait; broken lines: {broken[:3]}")
    return load, used


def measure(page: str, settings: dict[str, str], port: int, cookies: list[str], clip_file: Path) -> Figures:
    """One server with three calls: first these alone, then with everybody waiting."""
    with site(page, settings, port) as calls_port:
        words = [("call", str(calls_port), f"room{number}", str(clip_file)) for number in range(CALLS)]
        with running([start(*each) for each in words]) as clients:
            for client in clients:
                if not client.stdout.readline():
                    raise SystemExit("no picture within 30 s: the machine is too busy to measure anything")
            time.sleep(SETTLE_S)
            alone = asyncio.run(cpu_while(calls_port, WINDOW_S / 2))
            seen, began = frames_seen(clients), time.monotonic()
            load, together = asyncio.run(with_customers(port, "case" if page == "product" else "", cookies, calls_port))
            span = time.monotonic() - began
            rate = (sum(frames_seen(clients)) - sum(seen)) / len(seen) / span
    count, ordered = len(load.spans), sorted(load.spans)
    cpu = 1000 * (together - alone) * WINDOW_S / max(1, count)
    return Figures(count, ordered[int(count * 0.95)] if ordered else 0.0, cpu, rate)


def report(figure: str, unit: str, ours: float, bare: float, customers: int) -> None:
    """One JSON line; the ratio is ours to that of the bare page."""
    line = {"bench": "waiting", "figure": figure, "value": round(ours, 2), "unit": unit, "customers": customers,
            "calls": CALLS, "baseline": "bare_page", "baseline_value": round(bare, 2)}  # fmt: skip
    print(json.dumps({**line, "ratio": round(ours / bare, 2) if bare else None}), flush=True)


def main() -> None:
    """Measure the product and the bare page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100)
    parser.add_argument("--port", type=int, default=8614)
    wanted = parser.parse_args()
    folder = scratch("jz-waiting-")
    clip_file = folder / "clip"
    clip_file.write_bytes(pickle.dumps(clip(640, 480, count=300, rate=RATE, kbit=700)))
    settings, cookies = prepare(folder, wanted.customers)
    os.environ |= settings
    bare = measure("bare", settings, wanted.port, [""] * wanted.customers, clip_file)
    ours = measure("product", settings, wanted.port + 1, cookies, clip_file)
    report("refresh_p95_ms", "ms", ours.p95_ms, bare.p95_ms, wanted.customers)
    report("refresh_cpu_ms", "ms", ours.cpu_ms, bare.cpu_ms, wanted.customers)
    report("refreshes", "refreshes", ours.refreshes, bare.refreshes, wanted.customers)
    report("calls_frames_per_second", "frames/s", ours.rate, bare.rate, wanted.customers)


if __name__ == "__main__":
    main()
