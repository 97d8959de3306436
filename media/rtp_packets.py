"""The usual RTP packet, read and written in one go; whatever is unusual in one is left to aiortc (RFC 3550, RFC 8285).

aiortc takes every packet apart into an object for each field and each extension, and a call has 500 packets a second.
"""

from __future__ import annotations

import struct
import time
from functools import lru_cache

from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket, pack_header_extensions

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

    def serialize(self, extensions_map: HeaderExtensionsMap = HeaderExtensionsMap()) -> bytes:  # noqa: B008 - aiortc's
        """The packet as it is sent."""
        around = _around_send_time(extensions_map, self.extensions)
        if around is None or self.csrc or self.padding_size:
            return super().serialize(extensions_map)
        fields = self.marker << 7 | self.payload_type, self.sequence_number, self.timestamp, self.ssrc
        sent = self.extensions.abs_send_time.to_bytes(SEND_TIME_BYTES, "big")
        return b"".join((HEADER.pack(EXTENDED, *fields), around[0], sent, around[1], self.payload))


def _around_send_time(extensions_map: HeaderExtensionsMap, values: HeaderExtensions) -> tuple[bytes, bytes] | None:
    """What stands before and after the time of sending; None when there is none, or more than that and the mid."""
    if not vars(values).keys() == {"abs_send_time", "mid"} or values.abs_send_time is None:
        return None
    ids = getattr(extensions_map, IDS)
    return _block(ids.mid, values.mid, ids.abs_send_time)


@lru_cache(maxsize=256)
def _block(mid_id: int | None, mid: str | None, send_time_id: int | None) -> tuple[bytes, bytes] | None:
    if not send_time_id:
        return None
    before = [(mid_id, mid.encode())] if mid_id and mid is not None else []
    profile, block = pack_header_extensions([*before, (send_time_id, bytes(SEND_TIME_BYTES))])
    if profile != ONE_BYTE_HEADS:
        return None
    begin = sum(1 + len(value) for _, value in before) + 1
    head = EXTENSIONS.pack(profile, len(block) >> 2) + block[:begin]
    return head, block[begin + SEND_TIME_BYTES :]


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
