"""Two browsers without a browser: aiortc peers with encoded clips, and a server side shaped like streamlit-webrtc's."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

import av
import cv2
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

from media import encoded
from media.encoded import EncodedFrame
from media.hub import Kind
from media.rooms import Role, Room, RoomSink

encoded.install(encoded.VideoMode.PACKET)


@dataclass(frozen=True)
class Clip:
    """Encoded pictures that begin with a key frame, and what each of them looks like when nothing is missing."""

    frames: tuple[bytes, ...]
    width: int
    height: int
    rate: int

    @property
    def looks(self) -> frozenset[str]:
        """Fingerprints of all pictures after a faultless decoding."""
        return frozenset(looks_of(self.frames))


def look(frame: Any) -> str:
    """Fingerprint of a decoded picture."""
    return hashlib.md5(np.ascontiguousarray(frame.to_ndarray(format="yuv420p")).tobytes()).hexdigest()


@cache
def looks_of(frames: tuple[bytes, ...]) -> tuple[str, ...]:
    """Fingerprints of the pictures in order, decoded from the first to the last."""
    decoder = av.VideoCodecContext.create("libvpx", "r")
    return tuple(look(picture) for data in frames for picture in decoder.decode(av.Packet(data)))


def picture(width: int, height: int, index: int, label: str) -> np.ndarray:
    """A drawn picture with a moving disc; no two indices look alike."""
    tint = sum(label.encode()) % 90
    rows = np.linspace(40, 160, height, dtype=np.uint8)[:, None]
    image = np.dstack([np.broadcast_to(rows + shift, (height, width)) for shift in (0, tint, 2 * tint // 3)]).copy()
    texture = np.random.default_rng(7).integers(0, 24, (height // 4, width // 4, 1), dtype=np.uint8)
    image += np.roll(np.kron(texture, np.ones((4, 4, 1), np.uint8)), index * 2, axis=1)[:height, :width]
    angle = index / 60 * 2 * np.pi
    centre = (int(width * (0.5 + 0.35 * np.cos(angle))), int(height * (0.5 + 0.3 * np.sin(angle))))
    cv2.circle(image, centre, height // 8, (60, 200, 250), -1)
    cv2.putText(image, f"{label} {index}", (8, height // 6), cv2.FONT_HERSHEY_SIMPLEX, height / 300, (255, 255, 255), 2)
    return image


@cache
def clip(
    width: int = 320, height: int = 240, count: int = 60, rate: int = 30, kbit: int = 400, label: str = "A"
) -> Clip:
    """A clip of drawn pictures, encoded as a browser would (realtime, one key frame at its start)."""
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate = kbit * 1000
    encoder.time_base = Fraction(1, rate)
    encoder.gop_size = 10_000
    encoder.thread_count = 1
    encoder.options = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}
    frames = []
    for index in range(count):
        frame = av.VideoFrame.from_ndarray(picture(width, height, index, label), format="bgr24")
        frame.pts = index
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return Clip(tuple(frames), width, height, rate)


@cache
def tone(hertz: int = 440, count: int = 50) -> tuple[bytes, ...]:
    """Opus packets of 20 ms each with a steady tone."""
    encoder: Any = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = 48_000, "mono", "s16", 32_000
    wave = (8_000 * np.sin(2 * np.pi * hertz * np.arange(960 * count) / 48_000)).astype(np.int16)
    packets = []
    for index in range(count):
        frame = av.AudioFrame.from_ndarray(wave[None, index * 960 : (index + 1) * 960], format="s16", layout="mono")
        frame.sample_rate = 48_000
        frame.pts = index * 960
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(packets)


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
        await self.pc.close()
        await asyncio.gather(*self._readers)


class Doorway:
    """The server side of one process: joins connections to rooms with relays, as streamlit-webrtc does."""

    def __init__(self) -> None:
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
            sink = RoomSink(room, role, Kind(track.kind))
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

    async def join(self, room: Room, role: Role, peer: Peer) -> RTCPeerConnection:
        """Connect a peer of this process; the server's side of the connection."""
        self.peers.append(peer)
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        await peer.pc.setRemoteDescription(await self.accept(room, role, peer.pc.localDescription))
        return self.pcs[-1]

    async def close(self) -> None:
        await asyncio.gather(*(peer.leave() for peer in self.peers), *(pc.close() for pc in self.pcs))


@contextlib.asynccontextmanager
async def doorway() -> AsyncIterator[Doorway]:
    """A server side that is torn down at the end with all peers that joined, whatever happened."""
    server = Doorway()
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
