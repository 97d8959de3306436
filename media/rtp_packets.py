"""The usual RTP packet, read and written in one go; whatever is unusual in one is left to aiortc (RFC 3550, RFC 8285).

aiortc takes every packet apart into an object for each field and each extension, and a call has 500 packets a second.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Coroutine
from typing import Any

from aiortc.rtp import HeaderExtensions, RtpPacket, pack_header_extensions

HEADER = struct.Struct("!BBHLL")
WITH_EXTENSIONS = struct.Struct("!BBHLLHH")
EXTENSIONS = struct.Struct("!HH")
ONE_BYTE_HEADS = 0xBEDE
PLAIN, EXTENDED = 0x80, 0x90
SEND_TIME_BYTES = 3
NTP_FROM_UNIX_S = 2_208_988_800
IDS = "_HeaderExtensionsMap__ids"


class _NoneYet(HeaderExtensions):
    """No extension: the class has the defaults already, so there is nothing to do for each packet."""

    def __init__(self) -> None:
        pass


class Packet(RtpPacket):
    """The same as aiortc's and quicker to make: what hardly any packet has stands in the class."""

    version = 2
    csrc: list[int] = []  # noqa: RUF012 - never filled here: packets with further sources are aiortc's
    padding_size = 0

    def __init__(
        self,
        payload_type: int = 0,
        marker: int = 0,
        sequence_number: int = 0,
        timestamp: int = 0,
        ssrc: int = 0,
        payload: bytes = b"",
    ) -> None:
        self.payload_type = payload_type
        self.marker = marker
        self.sequence_number = sequence_number
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload = payload
        self.extensions = _NoneYet()


def extensions(values: list[tuple[int, bytes]]) -> bytes:
    """Header extensions as they stand behind the fixed header; nothing when there are none."""
    profile, block = pack_header_extensions(values)
    return EXTENSIONS.pack(profile, len(block) >> 2) + block if block else b""


def read(data: bytes, send_time_id: int | None) -> Packet | None:
    """The packet with its time of sending, if that extension has this number; None: let aiortc read it.

    Other extensions are passed over, because nobody here asks for what they say.
    """
    if len(data) < WITH_EXTENSIONS.size or data[0] not in (PLAIN, EXTENDED):
        return None
    first, second, number, timestamp, ssrc, profile, words = WITH_EXTENSIONS.unpack_from(data)
    begin, sent = HEADER.size, None
    if first == EXTENDED:
        begin = WITH_EXTENSIONS.size + 4 * words
        if profile != ONE_BYTE_HEADS or begin > len(data):
            return None
        sent = _send_time(data, begin, send_time_id or 0)
    packet = Packet(second & 0x7F, second >> 7, number, timestamp, ssrc, data[begin:])
    packet.extensions.abs_send_time = sent
    return packet


def _send_time(data: bytes, end: int, send_time_id: int) -> int | None:
    """abs-send-time: 24 bits, of which 18 are a fraction of a second."""
    wanted = send_time_id << 4 | SEND_TIME_BYTES - 1
    at = WITH_EXTENSIONS.size
    while at < end:
        head = data[at]
        if head == wanted:
            return int.from_bytes(data[at + 1 : at + 1 + SEND_TIME_BYTES], "big")
        at += 2 + (head & 0x0F) if head else 1
    return None


def ntp_now() -> int:
    """The time as NTP has it, 32 bits of them a fraction of a second (RFC 5905)."""
    seconds, fraction = divmod(time.time_ns(), 1_000_000_000)
    return seconds + NTP_FROM_UNIX_S << 32 | (fraction << 32) // 1_000_000_000


def ntp_ms() -> int:
    """The same in whole milliseconds, in which arrivals are noted."""
    return time.time_ns() // 1_000_000 + NTP_FROM_UNIX_S * 1000


def run_now(action: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine of aiortc that has nothing to wait for: sending is a call of the socket."""
    try:
        action.send(None)
    except StopIteration:
        return
    action.close()
    raise RuntimeError("aiortc waits where it never did")
