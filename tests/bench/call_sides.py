"""The processes of tests/bench/call.py: the server with the product's rooms, and a client for each call.

`serve MODE FOLDER` prints the port of a line protocol; `call PORT ROOM CLIP` and `janus PORT ROOM CLIP` say `ready` and
then what their two people received up to now, for each line on standard input.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiortc import RTCSessionDescription

from media import encoded
from media.encoded import VideoMode
from media.recorder import Recorder, RecordingSummary
from media.recording_index import IndexHead, IndexWriter
from media.rooms import Role, Room
from tests.bench import janus
from tests.media.clips import Clip
from tests.media.peers import Doorway, Peer, camera, microphone

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
    """One call of ours: two peers on a connection each."""
    source: Clip = pickle.loads(clip_file.read_bytes())
    peers = {role: Counting(camera(source), microphone()) for role in Role}
    for role, peer in peers.items():
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        told = await ask(port, do="join", room=room, role=role, sdp=peer.pc.localDescription.sdp)
        await peer.pc.setRemoteDescription(RTCSessionDescription(told["sdp"], "answer"))
    await tell(list(peers.values()))


async def janus_call(port: int, room: str, clip_file: Path) -> None:
    """The same through Janus."""
    source: Clip = pickle.loads(clip_file.read_bytes())
    senders = [Peer(camera(source), microphone(), wants=()) for _ in Role]
    viewers = [Counting(wants=()) for _ in Role]
    await janus.meet(port, int(room), senders, viewers)
    await tell(viewers)
    for sender in senders:
        await sender.leave()


async def tell(peers: list[Counting]) -> None:
    """Print a line when both see each other, and the counts for each line on stdin; then all leave."""
    await asyncio.gather(*(peer.got("video", 10, within=30) for peer in peers))
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([peer.counts() for peer in peers]), flush=True)
    for peer in peers:
        await peer.leave()


def main(words: list[str]) -> None:
    match words:
        case ["serve", mode, folder]:
            on_loop(serve(VideoMode(mode), Path(folder)))
        case ["call", port, room, clip_file]:
            on_loop(call(int(port), room, Path(clip_file)))
        case ["janus", port, room, clip_file]:
            on_loop(janus_call(int(port), room, Path(clip_file)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
