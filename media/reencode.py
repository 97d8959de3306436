"""Encodes decoded frames for a recording; needed only in the fallback without pass-through."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import av
from av.video.frame import PictureType

from media.hub import Item, Kind

logger = logging.getLogger(__name__)
MILLISECONDS = Fraction(1, 1000)
BIT_RATE = 800_000
KEY_EVERY_MS = 5_000
WAITING_FRAMES = 60
LIVE = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}
Packet = tuple[bytes, int, bool]
Write = Callable[[Kind, bytes, int, bool], None]


class Reencoder:
    """Encodes in a thread of its own and hands packets to `write` through `run`, so on the event loop, in order."""

    def __init__(self, run: Callable[[Callable[[], None]], None], write: Write) -> None:
        self._run = run
        self._write = write
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reencode")
        self._waiting = 0
        self._picture: Any = None
        self._key_at = 0
        self._sound: Any = None
        self._resampler = av.AudioResampler(format="s16", layout="stereo", rate=48_000, frame_size=960)

    def add(self, kind: Kind, frame: Item, moment: int) -> None:
        """Encode `frame` for `moment` (ms). When the thread is far behind, pictures are left out."""
        if kind is Kind.VIDEO and self._waiting > WAITING_FRAMES:
            return
        with contextlib.suppress(RuntimeError):  # ended meanwhile
            self._pool.submit(self._encode, kind, frame, moment)
            self._waiting += 1

    def end(self, then: Callable[[], None]) -> None:
        """Call `then` on the event loop after everything was written; nothing may be added any more."""
        self._pool.submit(self._run, then)
        self._pool.shutdown(wait=False)

    def _encode(self, kind: Kind, frame: Any, moment: int) -> None:
        packets: list[Packet] = []
        try:
            packets = self._pictures(frame, moment) if kind is Kind.VIDEO else self._sound_packets(frame, moment)
        except av.FFmpegError:
            logger.exception("a frame of a recording cannot be encoded")
        self._run(lambda: self._hand_over(kind, packets))

    def _hand_over(self, kind: Kind, packets: list[Packet]) -> None:
        self._waiting -= 1
        for data, moment, is_key in packets:
            self._write(kind, data, moment, is_key)

    def _pictures(self, frame: Any, moment: int) -> list[Packet]:
        if self._picture is None or (self._picture.width, self._picture.height) != (frame.width, frame.height):
            self._picture = _picture_encoder(frame.width, frame.height)
            self._key_at = moment
        own = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
        own.pts = moment  # not on `frame`: the room gives that one a pts of its own
        own.time_base = MILLISECONDS
        if moment - self._key_at >= KEY_EVERY_MS:
            own.pict_type = PictureType.I
            self._key_at = moment
        return [(bytes(packet), moment, packet.is_keyframe) for packet in self._picture.encode(own)]

    def _sound_packets(self, frame: Any, moment: int) -> list[Packet]:
        if self._sound is None:
            self._sound = _sound_encoder()
        own = av.AudioFrame.from_ndarray(frame.to_ndarray(), format=frame.format.name, layout=frame.layout.name)
        own.sample_rate = frame.sample_rate
        packets = [packet for part in self._resampler.resample(own) for packet in self._sound.encode(part)]
        return [(bytes(packet), moment + 20 * index, True) for index, packet in enumerate(packets)]


def _picture_encoder(width: int, height: int) -> Any:
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate = BIT_RATE
    encoder.time_base = MILLISECONDS
    encoder.gop_size = 3_000
    encoder.thread_count = 1
    encoder.options = LIVE
    return encoder


def _sound_encoder() -> Any:
    encoder: Any = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate = 48_000
    encoder.layout = "stereo"
    encoder.format = "s16"
    encoder.bit_rate = 32_000
    return encoder
