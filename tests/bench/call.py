"""CPU of a call, 640x480 at 30 frames/s, both sides recorded: pass-through against decode-and-encode, same run.

Run as `python -m tests.bench.call`; about 75 s. The server runs the product's rooms in a process of its own and tells
its CPU time itself; every call has a client process whose peers send a prepared clip and decode nothing.
Prints one JSON line per figure. The baseline is measured with one call: three do not fit on two cores, and a codec's
work for a call does not shrink with more of them. Windows of 2 s in which a busy machine lost or made up for pictures
are left out; if all are such, the one nearest to 30 frames/s counts.
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
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from aiortc import RTCSessionDescription

from media import encoded
from media.encoded import VideoMode
from media.recorder import Recorder, RecordingSummary, check_recording
from media.recording_index import IndexHead, IndexWriter
from media.rooms import Role, Room
from tests.media.clips import Clip, clip
from tests.media.peers import Doorway, Peer, camera, microphone

CALLS = {VideoMode.PACKET: (1, 3), VideoMode.DECODE: (1,)}
RATE = 30
SETTLE_S = 3.0
WINDOW_S = 2.0
WINDOWS = 8
LINE_LIMIT = 1 << 20


def on_loop(story: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where it is installed, as Streamlit does."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(story)
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(story)


class Server:
    """Rooms behind a line protocol: an offer gets an answer, `cpu` the seconds used, `end` ends the recordings."""

    def __init__(self, mode: VideoMode, folder: Path) -> None:
        self._mode = mode
        self._folder = folder
        self._door = Doorway()
        self._rooms: dict[str, Room] = {}
        self._recorders: list[Recorder] = []
        self._summaries: list[RecordingSummary] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = json.loads(await reader.readline())
        told = await getattr(self, asked.pop("do"))(**asked)
        writer.write(json.dumps(told).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def join(self, room: str, role: str, sdp: str) -> dict[str, str]:
        entered = self._rooms.get(room)
        if entered is None:
            entered = self._rooms[room] = Room(room, self._mode, lambda: datetime.now(UTC))
            for each in Role:
                self._record(entered, each)
        described = await self._door.accept(entered, Role(role), RTCSessionDescription(sdp, "offer"))
        return {"sdp": described.sdp}

    async def cpu(self) -> float:
        return time.process_time()

    async def end(self) -> list[dict[str, Any]]:
        for room in self._rooms.values():
            room.close()
        self._rooms.clear()
        for recorder in self._recorders:
            await asyncio.to_thread(recorder.wait, 10_000)
        self._recorders.clear()
        summaries, self._summaries = self._summaries, []
        return [vars(summary) for summary in summaries]

    def _record(self, room: Room, role: Role) -> None:
        target = (self._folder / f"{self._mode}-{room.id}-{role}.webm").open("wb", buffering=0)
        notes = target_index(self._folder / f"{self._mode}-{room.id}-{role}.index", room.id, role)
        recorder = Recorder(room, role, target, self._summaries.append, index=notes)
        recorder.start()
        self._recorders.append(recorder)


def target_index(path: Path, ticket: str, role: Role) -> IndexWriter:
    """The index beside a recording, as the product writes one."""
    return IndexWriter(path.open("wb", buffering=0), IndexHead("0" * 16, ticket, role.value))


async def serve(mode: VideoMode, folder: Path) -> None:
    encoded.install(mode)
    server = await asyncio.start_server(Server(mode, folder).answer, "127.0.0.1", 0, limit=LINE_LIMIT)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


async def ask(port: int, **asked: Any) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LINE_LIMIT)
    writer.write(json.dumps(asked).encode() + b"\n")
    await writer.drain()
    told = json.loads(await reader.readline())
    writer.close()
    return told


class Counting(Peer):
    """A peer that counts what it gets instead of keeping it."""

    def counts(self) -> dict[str, int]:
        return {kind: len(received.items) for kind, received in self.received.items()}


async def call(port: int, room: str, clip_file: Path) -> None:
    """One call: two peers; prints a line when both see each other, and the counts for each line on stdin."""
    source: Clip = pickle.loads(clip_file.read_bytes())
    peers = {role: Counting(camera(source), microphone()) for role in Role}
    for role, peer in peers.items():
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        told = await ask(port, do="join", room=room, role=role, sdp=peer.pc.localDescription.sdp)
        await peer.pc.setRemoteDescription(RTCSessionDescription(told["sdp"], "answer"))
    await asyncio.gather(*(peer.got("video", 10, within=30) for peer in peers.values()))
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([peer.counts() for peer in peers.values()]), flush=True)
    for peer in peers.values():
        await peer.leave()


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.call", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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


def measure(port: int, calls: int, clip_file: Path) -> tuple[float, float]:
    """CPU cores per call, and the rate at which the peers got pictures."""
    words = [("call", str(port), f"room{calls}-{number}", str(clip_file)) for number in range(calls)]
    with running([start(*each) for each in words]) as clients:
        for client in clients:
            if not client.stdout.readline():
                raise SystemExit("no picture within 30 s: the machine is too busy to measure anything")
        time.sleep(SETTLE_S)
        windows = [window(port, clients) for _ in range(WINDOWS)]
    counted = [each for each in windows if abs(each[1] - RATE) < RATE / 10]
    counted = counted or [min(windows, key=lambda each: abs(each[1] - RATE))]
    return fmean(used for used, _ in counted) / calls, fmean(rate for _, rate in counted)


def window(port: int, clients: list[subprocess.Popen[str]]) -> tuple[float, float]:
    """Cores used by the server, and pictures/s that a peer got on average, for a short while."""
    used, seen, began = asyncio.run(ask(port, do="cpu")), frames_seen(clients), time.monotonic()
    time.sleep(WINDOW_S)
    used, seen_now, span = asyncio.run(ask(port, do="cpu")) - used, frames_seen(clients), time.monotonic() - began
    return used / span, (sum(seen_now) - sum(seen)) / len(seen) / span


def bench_mode(mode: VideoMode, folder: Path, clip_file: Path) -> dict[int, tuple[float, float]]:
    """The figures of a mode by number of calls, from one server."""
    server = start("serve", mode, str(folder))
    try:
        port = int(server.stdout.readline())
        figures = {}
        for calls in CALLS[mode]:
            figures[calls] = measure(port, calls, clip_file)
            if any(summary["failed"] for summary in asyncio.run(ask(port, do="end"))):
                raise SystemExit("a recording failed")
        return figures
    finally:
        server.kill()
        server.communicate()


def report(figure: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"bench": "call", "figure": figure, "value": round(value, 4), "unit": unit, **more}))


def bench() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip_file = folder / "clip"
        clip_file.write_bytes(pickle.dumps(clip(640, 480, count=300, rate=RATE, kbit=700)))
        modes = {mode: bench_mode(mode, folder, clip_file) for mode in VideoMode}
        checks = [check_recording(file.read_bytes()) for file in sorted(folder.glob("*.webm"))]
    report("recording_errors", sum(check.errors for check in checks), "packets", recordings=len(checks))
    baseline, baseline_rate = modes[VideoMode.DECODE][1]
    report("baseline_frames_per_second", baseline_rate, "frames/s", calls=1)
    compared = {"baseline": "decode_encode", "baseline_value": round(baseline, 4), "baseline_calls": 1}
    for calls, (value, rate) in modes[VideoMode.PACKET].items():
        report("frames_per_second", rate, "frames/s", calls=calls)
        report("cores_per_call", value, "cores", calls=calls, **compared, ratio=round(baseline / value, 2))


def main(words: list[str]) -> None:
    match words:
        case ["serve", mode, folder]:
            on_loop(serve(VideoMode(mode), Path(folder)))
        case ["call", port, room, clip_file]:
            on_loop(call(int(port), room, Path(clip_file)))
        case _:
            bench()


if __name__ == "__main__":
    main(sys.argv[1:])
