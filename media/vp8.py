"""VP8 as it travels, without a decoder: RTP payload descriptor (RFC 7741) and frame header (RFC 6386)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np

START_CODE = b"\x9d\x01\x2a"
CARD_SIZE = (320, 240)
MOST_PAYLOAD_BYTES = 1300
BEGINS, CONTINUES = b"\x90\x80", b"\x80\x80"
LONG_PICTURE_ID = 1 << 15


@dataclass(frozen=True, slots=True)
class PictureStart:
    """The first packet of a picture: its PictureID (None when the sender does not number) and where it wraps."""

    picture_id: int | None
    modulus: int

    def follows(self, picture_id: int | None) -> bool:
        """Whether this picture comes right after the one given; True where there is no number to compare."""
        return self.picture_id is None or picture_id is None or self.picture_id == (picture_id + 1) % self.modulus


UNNUMBERED = PictureStart(None, 1)


def unpack(payload: bytes) -> tuple[PictureStart | None, bytes]:
    """Split an RTP payload into the start of a picture (None when it continues one) and VP8 data (RFC 7741, 4.2).

    A payload too short for its own flags gives (None, b"").
    """
    flags = payload[1:3] if payload and payload[0] & 0x80 else b""
    if not flags:
        start, length = UNNUMBERED, 1
    elif not flags[0] & 0x80:
        start, length = UNNUMBERED, 2
    elif payload[2:3] >= b"\x80":
        start, length = PictureStart(int.from_bytes(payload[2:4], "big") & 0x7FFF, 1 << 15), 4
    else:
        start, length = PictureStart(int.from_bytes(payload[2:3], "big"), 1 << 7), 3
    if flags:
        length += (flags[0] >> 6 & 1) + bool(flags[0] & 0x30)
    begins = len(payload) > length and payload[0] & 0x17 == 0x10
    return (start if begins else None), payload[length:]


def payloads(data: bytes, picture_id: int) -> list[bytes]:
    """A picture as RTP payloads with its PictureID (15 bits), none longer than 1300 bytes (RFC 7741, 4.2)."""
    number = (LONG_PICTURE_ID | picture_id).to_bytes(2, "big")
    begins, continues = BEGINS + number, CONTINUES + number
    step = MOST_PAYLOAD_BYTES - len(begins)
    return [(continues if at else begins) + data[at : at + step] for at in range(0, len(data), step)]


def is_key_frame(data: bytes) -> bool:
    """Whether the frame can be decoded without any other: key bit and start code (RFC 6386, 9.1)."""
    return len(data) >= 10 and not data[0] & 1 and data[3:6] == START_CODE


def picture_size(key_frame: bytes) -> tuple[int, int]:
    """Width and height in px of a key frame (RFC 6386, 9.1)."""
    width = int.from_bytes(key_frame[6:8], "little") & 0x3FFF
    height = int.from_bytes(key_frame[8:10], "little") & 0x3FFF
    return width, height


@cache
def card_picture() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The picture shown for somebody without a camera: a grey head and shoulders, no words, 8-bit grey."""
    width, height = CARD_SIZE
    picture = np.full((height, width), 56, np.uint8)
    cv2.circle(picture, (width // 2, int(height * 0.40)), height // 7, 96, -1, cv2.LINE_AA)
    cv2.circle(picture, (width // 2, height), int(height * 0.36), 96, -1, cv2.LINE_AA)
    return picture


@cache
def card_key_frame() -> bytes:
    """The card as one encoded VP8 key frame."""
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height = CARD_SIZE
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 30)
    encoder.thread_count = 1
    packets = [*encoder.encode(card_frame(0)), *encoder.encode(None)]
    return bytes(packets[0])


def card_frame(pts: int) -> av.VideoFrame:
    """The card as a decoded frame, for the fallback without pass-through; `pts` in the caller's time base."""
    frame = av.VideoFrame.from_ndarray(card_picture(), format="gray").reformat(format="yuv420p")
    frame.pts = pts
    return frame
