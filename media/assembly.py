"""Puts RTP packets together: sound in order, pictures whole and never without their predecessors.

Stands where aiortc has its jitter buffer. That one waits up to 512 packets for a lost packet, starts over when an
old packet is sent again, and hands on one frame for each packet, so that a delay once made stays.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

from media import vp8

ASK_EVERY_S = 0.3
STUCK_AFTER_S = 0.5
WAITING_PICTURE_PACKETS = 1_024
WAITING_SOUND_PACKETS = 5
LATE_PACKETS = 100


class Unwrap:
    """Makes a counter of `bits` bits that starts over at zero into one that goes on."""

    def __init__(self, bits: int) -> None:
        self._range = 1 << bits
        self._half = self._range // 2
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        """The nearest number to the last one that ends in these bits."""
        if self._last is None:
            self._last = value
        else:
            step = (value - self._last) % self._range
            self._last += step if step < self._half else step - self._range
        return self._last


class Intake:
    """What one receiver takes in; `add` has the form of aiortc's `JitterBuffer.add`."""

    def __init__(self) -> None:
        self.bytes = 0
        self.gaps = 0
        self.ssrc: int | None = None
        self._ready: deque[JitterFrame] = deque()
        self.deliver: Callable[[JitterFrame], None] = self._ready.append
        self._number = Unwrap(16)
        self._waiting: dict[int, RtpPacket] = {}
        self._reach: int | None = None
        self._late = 0

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Take a packet in: whether to ask for a key frame now, and a frame unless `deliver` takes them."""
        self.ssrc = packet.ssrc
        if self._keep(packet):
            self._advance()
        return self._wants_key(), (self._ready.popleft() if self._ready else None)

    def limit(self, waiting: Callable[[], int], most: int) -> None:
        """Drop frames while `most` of them wait for the decoder behind."""
        deliver = self.deliver

        def deliver_or_drop(frame: JitterFrame) -> None:
            if waiting() < most:
                deliver(frame)
            else:
                self.lost()

        self.deliver = deliver_or_drop

    def lost(self) -> None:
        """Frames were lost behind this point, too: what follows may build on what nobody has."""
        self.gaps += 1

    def _keep(self, packet: RtpPacket) -> bool:
        """Store a packet unless its turn is over (Chrome probes the line by sending old packets again)."""
        number = self._number(packet.sequence_number)
        self._late = self._late + 1 if self._reach is not None and number < self._reach else 0
        if self._late > LATE_PACKETS:  # not late: the sender counts from somewhere else
            self._restart()
        elif self._late:
            return False
        self._waiting[number] = packet
        return True

    def _restart(self) -> None:
        self._late = 0
        self._reach = None
        self._waiting.clear()
        self.lost()

    def _advance(self) -> None:
        raise NotImplementedError

    def _wants_key(self) -> bool:
        return False


class SoundBuffer(Intake):
    """Sound in order. A missing packet is waited for 100 ms; Opus bridges what never comes."""

    def _advance(self) -> None:
        if self._reach is None or (self._reach not in self._waiting and len(self._waiting) > WAITING_SOUND_PACKETS):
            self.gaps += self._reach is not None
            self._reach = min(self._waiting)
        while (following := self._waiting.pop(self._reach, None)) is not None:
            self._reach += 1
            if following.payload:
                self.bytes += len(following.payload)
                self.deliver(JitterFrame(following.payload, following.timestamp))


class PictureBuffer(Intake):
    """Whole VP8 pictures, each only when its predecessors came through.

    aiortc numbers packets anew when it sends, so the viewer cannot see a gap and would paint garbage. After a gap
    everything is dropped until a verified key frame, which is asked for every 0.3 s. A gap is a packet that did not
    come within half a second, a PictureID out of line, or a picture without its first packet.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._needs_key = True
        self._asked: float | None = None
        self._held: float | None = None
        self._run: list[RtpPacket] = []
        self._picture_id: int | None = None

    def lost(self) -> None:
        """Something is missing: what comes before the next key picture is of no use."""
        if not self._needs_key:
            self.gaps += 1
            self._asked = None
        self._needs_key = True

    def _advance(self) -> None:
        if self._reach is None:
            self._begin(lambda start, _data: start is not None)
        if self._walk() or not self._waiting:
            self._held = None
        elif self._held is None:
            self._held = self._clock()
        elif self._clock() - self._held > STUCK_AFTER_S or len(self._waiting) > WAITING_PICTURE_PACKETS:
            self._give_up()

    def _give_up(self) -> None:
        """Leave the missing packet behind and go on at a key frame, if one is there already."""
        self._held = None
        self._run.clear()
        self.lost()
        self._begin(lambda start, data: start is not None and vp8.is_key_frame(data))
        if self._reach is None:
            self._waiting.clear()
        self._walk()

    def _begin(self, fits: Callable[[vp8.PictureStart | None, bytes], bool]) -> None:
        """Go on at the first waiting packet that fits, and forget those before it."""
        self._reach = min((n for n, p in self._waiting.items() if fits(*vp8.unpack(p.payload))), default=None)
        if self._reach is not None:
            self._waiting = {n: p for n, p in self._waiting.items() if n >= (self._reach or 0)}

    def _walk(self) -> bool:
        """Use up the packets whose turn it is; whether there was one."""
        before = self._reach
        while self._reach is not None and (packet := self._waiting.pop(self._reach, None)) is not None:
            self._reach += 1
            if packet.payload:
                self._run.append(packet)
            if packet.marker and self._run:
                self._pass_on(self._run)
                self._run = []
        return before != self._reach

    def _pass_on(self, run: list[RtpPacket]) -> None:
        parts = [vp8.unpack(packet.payload) for packet in run]
        data = b"".join(part for _, part in parts)
        start = parts[0][0]
        self.bytes += len(data)
        if start is None or not start.follows(self._picture_id):
            self.lost()
        self._picture_id = None if start is None else start.picture_id
        if self._needs_key and (start is None or not vp8.is_key_frame(data)):
            return
        self._needs_key = False
        self.deliver(JitterFrame(data, run[0].timestamp))

    def _wants_key(self) -> bool:
        """At once after a gap; at the start only when the first key frame has not come within 0.3 s."""
        if not self._needs_key:
            return False
        now = self._clock()
        if self._asked is None:
            self._asked = now
            return self.gaps > 0
        if now - self._asked < ASK_EVERY_S:
            return False
        self._asked = now
        return True

    def _restart(self) -> None:
        super()._restart()
        self._run.clear()
