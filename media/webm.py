"""WebM as a stream: what is written stays, and the file is whole up to its last cluster at any moment.

Reading gives the packets of a file, also of one whose process died.
"""

from __future__ import annotations

import contextlib
import io
import logging
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Protocol

import av

from core.errors import MediaTrouble
from media.hub import Item, Kind

logger = logging.getLogger(__name__)
MILLISECONDS = Fraction(1, 1000)
EARLY_MS = 500
LATE_MS = 3_000
# Clusters of at most 1 s; one stream waits at most 0.2 s for the other, else silence would hold back the picture.
STREAMED = {"cluster_time_limit": "1000", "max_interleave_delta": "200000", "flush_packets": "1"}


class SinkFile(Protocol):
    """Where a recording goes; append only. Both are called on the event loop of the connections."""

    def write(self, data: bytes, /) -> Any: ...
    def close(self) -> Any: ...


class WebmWriter:
    """VP8 and Opus into `sink_file`, as they are. `size` (px) is that of the first picture; later ones may differ."""

    def __init__(self, sink_file: SinkFile, size: tuple[int, int]) -> None:
        self.counts = {Kind.VIDEO: 0, Kind.AUDIO: 0}
        self._out = _Appender(sink_file)
        self._webm = av.open(self._out, "w", format="webm", options=STREAMED)
        width, height = size
        picture = self._webm.add_mux_stream("vp8", rate=30, width=width, height=height, time_base=MILLISECONDS)
        sound = self._webm.add_stream("libopus", rate=48_000, layout="stereo")  # opened only for its OpusHead
        self._streams: dict[Kind, Any] = {Kind.VIDEO: picture, Kind.AUDIO: sound}

    @property
    def written(self) -> int:
        """How many bytes `sink_file` has got so far."""
        return self._out.bytes

    def write(self, kind: Kind, data: bytes, moment: int, is_key: bool) -> None:
        """Append one picture or sound at `moment` (ms), which must rise strictly within a kind."""
        packet: Any = av.Packet(data)
        packet.time_base = MILLISECONDS
        packet.pts = packet.dts = moment
        packet.is_keyframe = is_key or kind is Kind.AUDIO
        packet.stream = self._streams[kind]
        self._webm.mux(packet)
        self.counts[kind] += 1

    def close(self) -> None:
        """Write what is still held back; the file itself is closed by its owner."""
        self._webm.close()


class Timeline:
    """Milliseconds since the start of a recording: the sender's clock, set right by the time of arrival.

    Being late by less than 3 s is taken for a delay on the way, which says nothing about when the frame was made.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._offsets: dict[Kind, tuple[object, float]] = {}
        self.last = {Kind.VIDEO: -1, Kind.AUDIO: -1}

    def place(self, kind: Kind, item: Item, origin: object) -> int:
        """Where `item` belongs; rises strictly within a kind. A new `origin` starts from its time of arrival."""
        arrived = (self._clock() - self._started) * 1000
        base = item.time_base or MILLISECONDS
        sent = 1000 * (item.pts or 0) * base.numerator / base.denominator  # a product of fractions is slow
        known, offset = self._offsets.get(kind, (None, 0.0))
        if known is not origin or not -EARLY_MS < arrived - (sent + offset) < LATE_MS:
            offset = arrived - sent
            self._offsets[kind] = (origin, offset)
        self.last[kind] = max(round(sent + offset), self.last[kind] + 1)
        return self.last[kind]


class _Appender:
    """Lets FFmpeg append and nothing else: without `seek` the muxer streams."""

    def __init__(self, sink_file: SinkFile) -> None:
        self._sink_file = sink_file
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self._sink_file.write(bytes(data))
        self.bytes += len(data)
        return len(data)


@contextlib.contextmanager
def reading(webm: bytes) -> Iterator[Any]:
    """A finished or broken-off file, open for reading; raises `MediaTrouble` when nothing can be read."""
    try:
        source: Any = av.open(io.BytesIO(webm))
    except av.FFmpegError as error:
        raise MediaTrouble("录像文件无法读取，请联系管理员。") from error
    with source:
        yield source


def packets(source: Any) -> Iterator[Any]:
    """All whole packets; the one in which a cut-off file ends is left out."""
    try:
        for packet in source.demux():
            if packet.dts is not None and not packet.is_corrupt:
                yield packet
    except av.FFmpegError:
        logger.info("a recording ends within a packet")
