"""Joining a call by the hundred: in every order, with reloads and hang-ups between; recordings made under load.

`python -m tests.prove.calls --joins 200 --recordings 60` drives aiortc peers through streamlit-webrtc's own signalling
into the product's rooms; `--browser 10` joins as often in real Chromium. Each call counts as joined when both sides
got picture and sound of the other one's last connection within 10 s. The time runs from the last side's offer (in
Chromium: from the witness's click) to the first picture on the slower side. Prints one JSON line per part; `--seed`
repeats a run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.contrib.media import MediaRelay
from streamlit_webrtc import WebRtcMode
from streamlit_webrtc.webrtc import _process_offer_coro

from media import encoded
from media.encoded import VideoMode
from media.hub import Kind
from media.recorder import Recorder, RecordingCheck, check_recording
from media.recording_index import IndexHead, IndexWriter, verify_index
from media.rooms import Role, Room, RoomSink
from tests.media.clips import clip
from tests.media.peers import Peer, camera, microphone

PATIENCE_S = 10.0
STUCK_S = 60.0
PICTURES, SOUNDS = 5, 10
RECORDED_S = 5.0
LOSS = 0.03
CLIPS = {role: clip(320, 240, rate=15, kbit=250, label=role.value[0].upper()) for role in Role}


class Signalling:
    """What a Streamlit process does with an offer, without the page around it."""

    def __init__(self) -> None:
        self.relay = MediaRelay()
        self.pcs: list[RTCPeerConnection] = []

    async def join(self, room: Room, role: Role, peer: Peer) -> None:
        """Connect a peer to the room as streamlit-webrtc connects a browser."""
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pcs.append(pc)
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        unused: dict[str, Any] = dict.fromkeys(
            ("in_recorder", "out_recorder", "video_processor", "audio_processor", "video_receiver", "audio_receiver")
        )
        answer = await _process_offer_coro(
            WebRtcMode.SENDRECV, pc, peer.pc.localDescription, relay=self.relay,
            source_video_track=room.hub(role.other, Kind.VIDEO), source_audio_track=room.hub(role.other, Kind.AUDIO),
            sink_video_track=RoomSink(room, role, Kind.VIDEO), sink_audio_track=RoomSink(room, role, Kind.AUDIO),
            async_processing=True, sendback_video=True, sendback_audio=True, on_track_created=lambda *_: None,
            remote_description_set_event=asyncio.Event(), **unused,
        )  # fmt: skip
        await peer.pc.setRemoteDescription(answer)

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(pc.close() for pc in self.pcs))


@dataclass
class Joined:
    """How one call came together; `seconds` is None when it did not within the time."""

    story: tuple[str, ...]
    seconds: float | None = None
    missing: list[str] = field(default_factory=list)


def stories(count: int, seed: int) -> list[tuple[str, ...]]:
    """Who joins first, then up to three disturbances; the order of the twelve shortest ones comes first."""
    rng = random.Random(seed)
    disturbances = [f"{role}_{what}" for role in Role for what in ("reloads", "hangs_up", "vanishes")]
    plain = [(f"{role}_first", *more) for role in Role for more in [(), *((each,) for each in disturbances)]]
    rest = [
        (f"{rng.choice(list(Role))}_first", *rng.choices(disturbances, k=rng.randint(1, 3)))
        for _ in range(max(0, count - len(plain)))
    ]
    return [*plain, *rest][:count]


class Call:
    """One room with its two people."""

    def __init__(self, number: int, story: tuple[str, ...], seed: int) -> None:
        self.room = Room(f"c{number}", VideoMode.PACKET, lambda: datetime.now(UTC))
        self.story, self.rng = story, random.Random(seed * 10_000 + number)
        self.signalling = Signalling()
        self.peers: dict[Role, Peer] = {}
        self.all: list[Peer] = []
        self.offered = 0.0
        self.before: dict[Role, dict[Kind, int]] = {}

    async def enter(self, role: Role) -> None:
        """A person opens the page."""
        peer = self.peers[role] = Peer(camera(CLIPS[role]), microphone())
        self.all.append(peer)
        self.offered = time.monotonic()
        self.before = {each: self._counts(each) for each in self.peers}
        await self.signalling.join(self.room, role, peer)

    async def disturb(self, what: str) -> None:
        """Reload: the new page asks before the old one is noticed to be gone. Vanish: the old one is never closed."""
        role = Role(what.split("_")[0])
        old = self.peers[role]
        if what.endswith("hangs_up"):
            await old.leave()
            await asyncio.sleep(self.rng.uniform(0, 0.5))
            await self.enter(role)
        elif what.endswith("reloads"):
            await asyncio.gather(self.enter(role), old.leave())
        else:
            old.lose(1.0)
            await self.enter(role)

    async def run(self) -> Joined:
        """Join, disturb, and see who sees and hears whom."""
        first = Role(self.story[0].removesuffix("_first"))
        if self.rng.random() < 0.5:
            await asyncio.gather(self.enter(first), self.enter(first.other))
        else:
            await self.enter(first)
            await asyncio.sleep(self.rng.uniform(0, 1))
            await self.enter(first.other)
        for what in self.story[1:]:
            await asyncio.sleep(self.rng.uniform(0, 0.6))
            await self.disturb(what)
        return await self._result()

    async def _result(self) -> Joined:
        joined, pictured = Joined(self.story), None
        while (gone := time.monotonic() - self.offered) < PATIENCE_S:
            pictures, sounds = (min(self._new(role, kind) for role in Role) for kind in Kind)
            if pictured is None and pictures:
                pictured = gone
            if pictures >= PICTURES and sounds >= SOUNDS:
                joined.seconds = pictured
                return joined
            await asyncio.sleep(0.02)
        joined.missing = [f"{role}: {self._counts(role)}" for role in Role]
        return joined

    def _counts(self, role: Role) -> dict[Kind, int]:
        """Pictures of the other one's camera (cards do not count) and packets of sound that this side has."""
        received, wanted = self.peers[role].received, set(CLIPS[role.other].frames)
        pictures = sum(item.data in wanted for item in received["video"].items)
        return {Kind.VIDEO: pictures, Kind.AUDIO: len(received["audio"].items)}

    def _new(self, role: Role, kind: Kind) -> int:
        """What came since the last offer."""
        return self._counts(role)[kind] - self.before.get(role, {}).get(kind, 0)

    async def close(self) -> None:
        """Everybody goes."""
        self.room.close()
        await asyncio.gather(*(peer.leave() for peer in self.all))
        await self.signalling.close()


async def prove_joins(count: int, seed: int, at_once: int) -> list[Joined]:
    """Calls in every order, some at the same time."""
    limit = asyncio.Semaphore(at_once)

    async def one(number: int, story: tuple[str, ...]) -> Joined:
        async with limit:
            call = Call(number, story, seed)
            try:
                async with asyncio.timeout(STUCK_S):
                    return await call.run()
            except TimeoutError:
                return Joined(story, None, ["stuck"])
            finally:
                async with asyncio.timeout(STUCK_S):
                    await call.close()

    return list(await asyncio.gather(*(one(*each) for each in enumerate(stories(count, seed)))))


class Memory:
    """A file in memory that only grows."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(bytes(data))

    def close(self) -> None:
        """Nothing to close."""

    @property
    def bytes(self) -> bytes:
        return b"".join(self.parts)


class Busy:
    """A thread that works as page runs do: it holds the interpreter most of the time."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        while not self._over.is_set():
            json.dumps([{"a": number, "b": str(number)} for number in range(20_000)])
            self._over.wait(0.01)

    def __enter__(self) -> Busy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


async def record(number: int, seed: int, seconds: float) -> list[tuple[RecordingCheck, bool]]:
    """One call over a line that loses packets, in which the customer reloads; both recordings and their indexes."""
    call = Call(number, (f"{Role.STAFF}_first",), seed)
    files = {role: (Memory(), Memory()) for role in Role}
    recorders = []
    try:
        await call.run()
        for role, (film, notes) in files.items():
            index = IndexWriter(notes, IndexHead("0" * 16, call.room.id, role.value))
            recorders.append(Recorder(call.room, role, film, lambda _: None, index=index))
            recorders[-1].start()
        for peer in call.peers.values():
            peer.lose(LOSS, seed + number)
        await asyncio.sleep(seconds / 2)
        await call.disturb(f"{Role.CUSTOMER}_reloads")
        await asyncio.sleep(seconds / 2)
    finally:
        await call.close()
    for recorder in recorders:
        assert await asyncio.to_thread(recorder.wait, 10_000)
    return [
        (await asyncio.to_thread(check_recording, film.bytes), verify_index(film.bytes, notes.bytes).whole)
        for film, notes in files.values()
    ]


async def prove_recordings(count: int, seed: int, at_once: int, seconds: float) -> list[tuple[RecordingCheck, bool]]:
    """At least `count` recordings, two of each call, while the process is busy with other things."""
    limit = asyncio.Semaphore(at_once)

    async def one(number: int) -> list[tuple[RecordingCheck, bool]]:
        async with limit:
            return await record(number, seed, seconds)

    with Busy():
        found = await asyncio.gather(*(one(number) for number in range((count + 1) // 2)))
    return [each for pair in found for each in pair]


def p95(values: list[float]) -> float | None:
    """The value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return round(ordered[max(0, -(-len(ordered) * 95 // 100) - 1)], 2) if ordered else None


def told_joins(found: list[Joined], **more: Any) -> dict[str, Any]:
    """One line about joins."""
    times = [each.seconds for each in found if each.seconds is not None]
    failed = [{"story": each.story, "missing": each.missing} for each in found if each.seconds is None]
    return {"prove": "calls", **more, "joins": len(found), "joined": len(times), "first_picture_p95_s": p95(times),
            "failed": failed[:5]}  # fmt: skip


def told_recordings(found: list[tuple[RecordingCheck, bool]]) -> dict[str, Any]:
    """One line about recordings."""
    checks = [check for check, _ in found]
    return {
        "prove": "calls", "part": "recordings", "recordings": len(found),
        "undecodable_frames": sum(check.errors for check in checks),
        "indexes_that_fit": sum(whole for _, whole in found),
        "pictures": sum(check.video_frames for check in checks), "empty": sum(not c.video_frames for c in checks),
    }  # fmt: skip


def main() -> None:
    """Prove what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--joins", type=int, default=200)
    parser.add_argument("--recordings", type=int, default=60)
    parser.add_argument("--browser", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    encoded.install(VideoMode.PACKET)
    if wanted.joins:
        found = asyncio.run(prove_joins(wanted.joins, wanted.seed, wanted.at_once))
        print(json.dumps(told_joins(found, part="joins", seed=wanted.seed)), flush=True)
    if wanted.recordings:
        recorded = asyncio.run(prove_recordings(wanted.recordings, wanted.seed, wanted.at_once, RECORDED_S))
        print(json.dumps(told_recordings(recorded)), flush=True)
    if wanted.browser:
        from tests.prove.calls_in_browser import browser_joins

        in_browser = browser_joins(wanted.browser, wanted.seed)
        print(json.dumps(told_joins(in_browser, part="browser", seed=wanted.seed)), flush=True)


if __name__ == "__main__":
    main()
