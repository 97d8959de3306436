"""Two browsers without a browser: aiortc peers with encoded clips, and a server side shaped like streamlit-webrtc's."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

from media import encoded
from media.encoded import EncodedFrame
from media.hub import Kind
from media.rooms import Role, Room, RoomSink
from tests.media.clips import Clip, tone

encoded.install(encoded.VideoMode.PACKET)
BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def room(mode: encoded.VideoMode = encoded.VideoMode.PACKET) -> Room:
    """A room whose clock goes on by a second with every look at it."""
    moments = (BEGAN + timedelta(seconds=second) for second in range(10_000))
    return Room("r1", mode, lambda: next(moments))


class Paced(MediaStreamTrack):
    """Sends prepared packets in time; `request_key_frame` starts the clip anew, as a camera would answer."""

    def __init__(self, kind: str, packets: tuple[bytes, ...], seconds: float, clock: Fraction) -> None:
        super().__init__()
        self.kind = kind
        self.key_requests = 0
        self._packets = packets
        self._seconds = seconds
        self._clock = clock
        self._next = 0
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> Any:
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self._sent * self._seconds - now))
        data = self._packets[self._next % len(self._packets)]
        pts = int(self._sent * self._seconds / self._clock)
        self._next += 1
        self._sent += 1
        return EncodedFrame(data, pts, self._clock, is_key=False)

    def request_key_frame(self) -> None:
        self.key_requests += 1
        self._next = 0

    def switch(self, other: Clip) -> None:
        """Go on with another clip, for example of another size."""
        self._packets = other.frames
        self._next = 0


def camera(source: Clip) -> Paced:
    return Paced("video", source.frames, 1 / source.rate, encoded.VIDEO_CLOCK)


def microphone(packets: tuple[bytes, ...] | None = None) -> Paced:
    return Paced("audio", packets or tone(), 0.02, encoded.AUDIO_CLOCK)


@dataclass
class Received:
    """What a peer got of one kind; `changed` is set with every item."""

    items: list[Any] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Peer:
    """One person: a connection that sends what it is given and keeps what it gets."""

    def __init__(self, *tracks: MediaStreamTrack, wants: tuple[str, ...] = ("audio", "video")) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.received = {"audio": Received(), "video": Received()}
        self._readers: list[asyncio.Task[None]] = []
        for track in tracks:
            self.pc.addTrack(track)
        for kind in set(wants) - {track.kind for track in tracks}:
            self.pc.addTransceiver(kind, direction="recvonly")

        @self.pc.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            self._readers.append(asyncio.ensure_future(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        received = self.received[track.kind]
        with contextlib.suppress(MediaStreamError):
            while True:
                received.items.append(await track.recv())
                received.changed.set()

    async def got(self, kind: str, count: int, within: float = 15.0) -> list[Any]:
        """Wait for `count` more items of a kind and give exactly those."""
        received = self.received[kind]
        begin = len(received.items)
        async with asyncio.timeout(within):
            while len(received.items) < begin + count:
                received.changed.clear()
                await received.changed.wait()
        return received.items[begin : begin + count]

    def lose(self, share: float, seed: int = 1) -> None:
        """From now on this share of the packets gets lost, and each repetition of one; 0 stops it."""
        chance = random.Random(seed)
        repeats = {sender._rtx_ssrc for sender in self.pc.getSenders()}
        transport = self.pc.getSenders()[0].transport
        send = type(transport)._send_rtp

        async def send_some(data: bytes) -> None:
            is_rtcp = data[1] in range(192, 224)
            is_repeat = int.from_bytes(data[8:12], "big") in repeats
            if is_rtcp or not share or (not is_repeat and chance.random() >= share):
                await send(transport, data)

        transport._send_rtp = send_some

    async def leave(self) -> None:
        """Go away, also in the middle of joining: a track that never began is not ended by aiortc."""
        await self.pc.close()
        if self._readers:
            _, endless = await asyncio.wait(self._readers, timeout=1)
            for reader in endless:
                reader.cancel()


class Doorway:
    """The server side of one process: joins connections to rooms with relays, as streamlit-webrtc does."""

    def __init__(self, most_kbps: int | None = None) -> None:
        self.most_kbps = most_kbps
        self.relay = MediaRelay()
        self.pcs: list[RTCPeerConnection] = []
        self.peers: list[Peer] = []

    async def accept(self, room: Room, role: Role, offer: Any) -> Any:
        """Answer an offer; the sinks feed the room, the hubs of the other side are sent back."""
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pcs.append(pc)
        sources = {kind: self.relay.subscribe(room.hub(role.other, Kind(kind))) for kind in ("audio", "video")}
        sinks: list[RoomSink] = []

        @pc.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            sink = RoomSink(room, role, Kind(track.kind), self.most_kbps if track.kind == "video" else None)
            sink.addTrack(self.relay.subscribe(track))
            sinks.append(sink)
            pc.addTrack(self.relay.subscribe(sources[track.kind]))

        @pc.on("iceconnectionstatechange")
        async def on_state() -> None:
            if pc.iceConnectionState in ("failed", "closed"):
                for sink in sinks:
                    sink.stop()
                for source in sources.values():
                    source.stop()

        await pc.setRemoteDescription(offer)
        sent = {transceiver.sender.track.kind for transceiver in pc.getTransceivers() if transceiver.sender.track}
        for transceiver in pc.getTransceivers():
            if transceiver.kind not in sent:
                pc.addTrack(self.relay.subscribe(sources[transceiver.kind]))
        for sink in sinks:
            sink.start()
        await pc.setLocalDescription(await pc.createAnswer())
        return pc.localDescription

    async def watch(self, room: Room, role: Role, peer: Peer) -> None:
        """Connect a peer that only receives what `role` sends, as a supervisor's page does."""
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pcs.append(pc)
        self.peers.append(peer)
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        await pc.setRemoteDescription(peer.pc.localDescription)
        for transceiver in pc.getTransceivers():
            pc.addTrack(self.relay.subscribe(room.hub(role, Kind(transceiver.kind))))
        await pc.setLocalDescription(await pc.createAnswer())
        await peer.pc.setRemoteDescription(pc.localDescription)

    async def join(self, room: Room, role: Role, peer: Peer) -> RTCPeerConnection:
        """Connect a peer of this process; the server's side of the connection."""
        self.peers.append(peer)
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        await peer.pc.setRemoteDescription(await self.accept(room, role, peer.pc.localDescription))
        return self.pcs[-1]

    async def close(self) -> None:
        await asyncio.gather(*(peer.leave() for peer in self.peers), *(pc.close() for pc in self.pcs))


@contextlib.asynccontextmanager
async def doorway(most_kbps: int | None = None) -> AsyncIterator[Doorway]:
    """A server side that is torn down at the end with all peers that joined, whatever happened."""
    server = Doorway(most_kbps)
    try:
        yield server
    finally:
        await server.close()


async def until(condition: Callable[[], object], within: float = 15.0) -> None:
    """Look every 10 ms until the condition holds."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


def run(story: Callable[[], Awaitable[None]], within: float = 30.0) -> None:
    """Run a story on an event loop of its own."""

    async def limited() -> None:
        async with asyncio.timeout(within):
            await story()

    asyncio.run(limited())
