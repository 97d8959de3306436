"""CPU of a call, 640x480 at 30 and at 15 frames/s, both sides recorded: pass-through, decode-and-encode, and Janus.

Run as `python -m tests.bench.call`; about four minutes. The server runs the product's rooms in a process of its own and
tells its CPU time itself; every call has a client process whose peers send a prepared clip and decode nothing.
`calls_vs_janus` says how many calls of ours fit into the CPU that Janus needs for one; it is left out where Debian's
Janus is not installed. Prints one JSON line per figure, those at 15 frames/s with `_15` behind their names.
The baseline is measured with one call: three do not fit on two cores, and a codec's work for a call does not shrink
with more of them. Windows of 2 s in which a busy machine lost or made up for pictures are left out; if all are such,
the one nearest to the wanted rate counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from media.encoded import VideoMode
from media.recorder import RecordingCheck, check_recording
from media.rooms import Role
from tests.bench import janus
from tests.bench.call_sides import ask
from tests.media.clips import clip

CALLS = {VideoMode.PACKET: (1, 3), VideoMode.DECODE: (1,)}
RATES = (30, 15)
KBIT = 700
SETTLE_S = 3.0
WINDOW_S = 2.0
WINDOWS = 8


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.call_sides", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def running(processes: list[subprocess.Popen[str]]) -> Iterator[list[subprocess.Popen[str]]]:
    """End the processes at the end: input is closed first, which ends a call in peace."""
    try:
        yield processes
    finally:
        for process in processes:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        for process in processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()


def frames_seen(clients: list[subprocess.Popen[str]]) -> list[int]:
    for client in clients:
        client.stdin.write("\n")
        client.stdin.flush()
    return [counts["video"] for client in clients for counts in json.loads(client.stdout.readline())]


@dataclass(frozen=True)
class Site:
    """A server under measurement: how its clients are started, its CPU seconds so far, and how its calls end."""

    client: tuple[str, ...]
    cpu: Callable[[], float]
    end: Callable[[int], None]


@dataclass(frozen=True)
class Figures:
    """CPU cores for one call, and the rate (frames/s) at which the peers got pictures."""

    cores: float
    rate: float


def measure(site: Site, calls: int, clip_file: Path, rate: int) -> Figures:
    """So many calls at once; each number of calls has rooms of its own."""
    words = [(*site.client, str(room), str(clip_file)) for room in rooms_of(calls)]
    with running([start(*each) for each in words]) as clients:
        for client in clients:
            if not client.stdout.readline():
                raise SystemExit("no picture within 30 s: the machine is too busy to measure anything")
        time.sleep(SETTLE_S)
        windows = [window(site, clients) for _ in range(WINDOWS)]
    site.end(calls)
    counted = [each for each in windows if abs(each.rate - rate) < rate / 10]
    counted = counted or [min(windows, key=lambda each: abs(each.rate - rate))]
    return Figures(fmean(each.cores for each in counted) / calls, fmean(each.rate for each in counted))


def rooms_of(calls: int) -> range:
    """The numbers of the rooms when so many calls are measured together."""
    return range(100 * calls, 100 * calls + calls)


def window(site: Site, clients: list[subprocess.Popen[str]]) -> Figures:
    """Cores used by the server for all calls, and pictures/s that a peer got on average, for a short while."""
    used, seen, began = site.cpu(), frames_seen(clients), time.monotonic()
    time.sleep(WINDOW_S)
    used, seen_now, span = site.cpu() - used, frames_seen(clients), time.monotonic() - began
    return Figures(used / span, (sum(seen_now) - sum(seen)) / len(seen) / span)


@contextlib.contextmanager
def our_site(mode: VideoMode, folder: Path) -> Iterator[Site]:
    """The product's rooms in a process of their own."""
    server = start("serve", mode, str(folder))
    try:
        port = int(server.stdout.readline())
        yield Site(("call", str(port)), lambda: asyncio.run(ask(port, do="cpu")), lambda _: end_recordings(port))
    finally:
        server.kill()
        server.communicate()


def end_recordings(port: int) -> None:
    """Close the rooms of our server; no recording may have failed."""
    if any(summary["failed"] for summary in asyncio.run(ask(port, do="end"))):
        raise SystemExit("a recording failed")


@contextlib.contextmanager
def janus_site(folder: Path) -> Iterator[Site]:
    """Janus with all rooms that are measured."""
    rooms = [room for calls in CALLS[VideoMode.PACKET] for room in rooms_of(calls)]
    with janus.running(folder, rooms) as running_one:
        yield Site(("janus", str(running_one.port)), running_one.cpu, partial(look_at_recordings, running_one))


def look_at_recordings(server: janus.Janus, calls: int) -> None:
    """Janus must have written picture and sound of both people in every room."""
    for room in rooms_of(calls):
        written = {name: size for name, size in server.recorded().items() if f"room-{room}-" in name}
        if len(written) < 2 * len(Role) or not all(written.values()):
            raise SystemExit(f"Janus recorded only {written} of room {room}")


def bench_rate(rate: int, folder: Path) -> None:
    """All figures at so many frames/s."""
    folder.mkdir()
    clip_file = folder / "clip"
    clip_file.write_bytes(pickle.dumps(clip(640, 480, count=10 * rate, rate=rate, kbit=KBIT)))
    sites = {"packet": our_site(VideoMode.PACKET, folder)}
    if janus.installed():
        sites["janus"] = janus_site(folder)  # right after ours: what else the machine does should be the same
    sites["decode"] = our_site(VideoMode.DECODE, folder)
    found: dict[str, dict[int, Figures]] = {}
    for name, opened in sites.items():
        with opened as site:
            numbers = CALLS[VideoMode.DECODE if name == "decode" else VideoMode.PACKET]
            found[name] = {calls: measure(site, calls, clip_file, rate) for calls in numbers}
    checks = [check_recording(file.read_bytes()) for file in sorted(folder.glob("*.webm"))]
    for figure, value, unit, more in told(found, checks):
        report(figure if rate == RATES[0] else f"{figure}_{rate}", value, unit, **more)


Told = tuple[str, float, str, dict[str, Any]]


def told(found: dict[str, dict[int, Figures]], checks: list[RecordingCheck]) -> Iterator[Told]:
    """The lines of the report: figure, value, unit and what belongs to it."""
    yield "recording_errors", sum(check.errors for check in checks), "packets", {"recordings": len(checks)}
    baseline = found["decode"][1]
    yield "baseline_frames_per_second", baseline.rate, "frames/s", {"calls": 1}
    compared = {"baseline": "decode_encode", "baseline_value": round(baseline.cores, 4), "baseline_calls": 1}
    for calls, ours in found["packet"].items():
        yield "frames_per_second", ours.rate, "frames/s", {"calls": calls}
        yield "cores_per_call", ours.cores, "cores", {
            "calls": calls, **compared, "ratio": round(baseline.cores / ours.cores, 2)
        }  # fmt: skip
    for calls, theirs in found.get("janus", {}).items():
        ours = found["packet"][calls]
        yield "janus_frames_per_second", theirs.rate, "frames/s", {"calls": calls}
        yield "calls_vs_janus", theirs.cores / ours.cores, "calls", {
            "calls": calls, "baseline": "janus", "baseline_value": round(theirs.cores, 4), "ours": round(ours.cores, 4)
        }  # fmt: skip


def report(figure: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"bench": "call", "figure": figure, "value": round(value, 4), "unit": unit, **more}), flush=True)


def bench() -> None:
    if not janus.installed():
        print("janus is not installed (apt-get install janus): calls_vs_janus is left out", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        for rate in RATES:
            bench_rate(rate, Path(name) / str(rate))


if __name__ == "__main__":
    bench()
