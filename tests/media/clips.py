"""Short encoded clips and tones for peers that need no camera."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import cv2
import numpy as np


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
