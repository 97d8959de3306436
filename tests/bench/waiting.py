"""Many customers wait while three calls run in the same process: what a refresh of the waiting page costs.

Run as `python -m tests.bench.waiting [--customers 100] [--ramp]`; about two minutes and as long again for every 100
customers that are prepared. Each customer is a websocket client that speaks Streamlit's protocol and refreshes when
the page says so; each call has a client process of its own (tests/bench/call.py), both sides recorded. The same is
done with a bare page in place of the product, and its figures are the baseline. The CPU of a refresh is what the
server process used above the calls alone. Prints one JSON line per figure.
With `--ramp` there is no bare page: the customers double until p95 exceeds a second, refreshes are left out or the
calls lose frames, with one JSON line per level. The clients run on the same machine and take their share of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.call import frames_seen, running, start
from tests.bench.call_sides import ask
from tests.bench.waiting_customers import ROOT, Customer, Load, WaitingLine
from tests.desk_bench import scratch
from tests.media.clips import clip
from tests.wait import wait_until

CALLS, RATE = 3, 30
SETTLE_S, WINDOW_S = 5.0, 20.0
SPREAD_S = 0.1
MOST_P95_MS = 1000.0
LEAST_RATE = 0.95 * RATE
LEAST_REFRESHES = 0.9
MOST = 800


@dataclass(frozen=True)
class Figures:
    """What one server did while `waiting` customers refreshed.

    p95 of a refresh (ms), CPU of one (ms), rates of the calls (frames/s) meanwhile and while the pages were opened.
    `wanted` refreshes were due; a customer whose refresh is not answered yet asks for no other.
    """

    waiting: int
    refreshes: int
    wanted: int
    p95_ms: float
    cpu_ms: float
    rate: float
    opening_rate: float

    def broken(self, customers: int) -> list[str]:
        """What is no longer good with so many customers; empty when all is."""
        faults = {
            "refresh_p95_ms": self.p95_ms > MOST_P95_MS,
            "calls_frames_per_second": self.rate < LEAST_RATE,
            "waiting": self.waiting < customers,
            "refreshes": self.refreshes < LEAST_REFRESHES * self.wanted,
        }
        return [name for name, is_broken in faults.items() if is_broken]


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


@dataclass(frozen=True)
class Calls:
    """The calls of a server: the port of their line protocol, a client each, and the cores they use by themselves."""

    port: int
    clients: list[subprocess.Popen[str]]
    cores: float

    def counting(self) -> Callable[[], float]:
        """The rate (frames/s) at which a person got pictures from now until it is called."""
        seen, began = frames_seen(self.clients), time.monotonic()
        return lambda: (sum(frames_seen(self.clients)) - sum(seen)) / len(seen) / (time.monotonic() - began)


@contextlib.contextmanager
def calls_on(page: str, settings: dict[str, str], port: int, clip_file: Path) -> Iterator[Calls]:
    """A server with this page and three calls, which were measured alone."""
    with site(page, settings, port) as calls_port:
        words = [("call", str(calls_port), f"room{number}", str(clip_file)) for number in range(CALLS)]
        with running([start(*each) for each in words]) as clients:
            for client in clients:
                if not client.stdout.readline():
                    raise SystemExit("no picture within 30 s: the machine is too busy to measure anything")
            time.sleep(SETTLE_S)
            yield Calls(calls_port, clients, asyncio.run(cpu_while(calls_port, WINDOW_S / 2)))


async def everybody_waits(port: int, page: str, cookies: list[str], calls: Calls) -> Figures:
    """Open the page for everybody, then let all of them wait for a window."""
    load, tasks, opening = Load(), [], calls.counting()
    try:
        for cookie in cookies:
            tasks.append(asyncio.create_task(Customer(port, page, cookie, load).wait()))
            await asyncio.sleep(SPREAD_S)
        await asyncio.sleep(SETTLE_S)
        opening_rate, rate_now, load.counting = opening(), calls.counting(), True
        used = await cpu_while(calls.port, WINDOW_S)
        load.counting = False
        rate = rate_now()
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [type(each).__name__ for each in ended if not isinstance(each, asyncio.CancelledError)]
    if broken:
        raise SystemExit(f"{len(broken)} of {len(cookies)} lines broke: {broken[:3]}")
    return figures_of(load, (used - calls.cores) * WINDOW_S, rate, opening_rate)


def figures_of(load: Load, cpu_s: float, rate: float, opening_rate: float) -> Figures:
    """`cpu_s` is what all refreshes together used, in seconds."""
    count, ordered = len(load.spans), sorted(load.spans)
    p95 = ordered[int(count * 0.95)] if ordered else math.inf
    return Figures(load.waiting, count, load.wanted, p95, 1000 * cpu_s / max(1, count), rate, opening_rate)


def measure(page: str, settings: dict[str, str], port: int, cookies: list[str], clip_file: Path) -> Figures:
    """One server with three calls and everybody waiting."""
    with calls_on(page, settings, port, clip_file) as calls:
        figures = asyncio.run(everybody_waits(port, "case" if page == "product" else "", cookies, calls))
    if figures.waiting < len(cookies):
        raise SystemExit(f"{figures.waiting} of {len(cookies)} customers wait")
    return figures


def ramp(line: WaitingLine, customers: int, port: int, clip_file: Path) -> None:
    """Twice as many customers each time until a refresh is late or the calls lose frames; a line for each level.

    All of them sign in before the server starts, whose worker would take their codes.
    """
    line.grow(MOST)
    with calls_on("product", line.settings, port, clip_file) as calls:
        faults: list[str] = []
        while not faults and customers <= MOST:
            figures = asyncio.run(everybody_waits(port, "case", line.cookies[:customers], calls))
            faults = figures.broken(customers)
            rounded = {name: round(value, 2) for name, value in vars(figures).items()}
            level = {"bench": "waiting_ramp", "customers": customers, "calls": CALLS, **rounded, "broken": faults}
            print(json.dumps(level), flush=True)
            customers *= 2


def report(figure: str, unit: str, ours: float, bare: float, customers: int) -> None:
    """One JSON line; the ratio is ours to that of the bare page."""
    line = {"bench": "waiting", "figure": figure, "value": round(ours, 2), "unit": unit, "customers": customers,
            "calls": CALLS, "baseline": "bare_page", "baseline_value": round(bare, 2)}  # fmt: skip
    print(json.dumps({**line, "ratio": round(ours / bare, 2) if bare else None}), flush=True)


def compare(line: WaitingLine, customers: int, port: int, clip_file: Path) -> None:
    """The product and the bare page, each with all customers."""
    line.grow(customers)
    bare = measure("bare", line.settings, port, [""] * customers, clip_file)
    ours = measure("product", line.settings, port + 1, line.cookies, clip_file)
    report("refresh_p95_ms", "ms", ours.p95_ms, bare.p95_ms, customers)
    report("refresh_cpu_ms", "ms", ours.cpu_ms, bare.cpu_ms, customers)
    report("refreshes", "refreshes", ours.refreshes, bare.refreshes, customers)
    report("calls_frames_per_second", "frames/s", ours.rate, bare.rate, customers)
    report("calls_frames_per_second_opening", "frames/s", ours.opening_rate, bare.opening_rate, customers)


def main() -> None:
    """Measure the product and the bare page, or the product with more and more customers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=None, help="100, or where the ramp begins: 25")
    parser.add_argument("--port", type=int, default=8614)
    parser.add_argument("--ramp", action="store_true", help="double the customers until something breaks, or 800 wait")
    wanted = parser.parse_args()
    folder = scratch("jz-waiting-")
    clip_file = folder / "clip"
    clip_file.write_bytes(pickle.dumps(clip(640, 480, count=300, rate=RATE, kbit=700)))
    line = WaitingLine(folder)
    os.environ |= line.settings
    try:
        if wanted.ramp:
            ramp(line, wanted.customers or 25, wanted.port, clip_file)
        else:
            compare(line, wanted.customers or 100, wanted.port, clip_file)
    finally:
        line.close()


if __name__ == "__main__":
    main()
