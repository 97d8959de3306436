"""From the encoded frame to the socket: what aiortc does for each packet it sends, without its detours."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import pylibsrtp
from aioice.ice import Connection
from aiortc import RTCDtlsTransport, RTCRtpSender, rtcdtlstransport
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import RTP_HISTORY_SIZE, HeaderExtensions, is_rtcp
from aiortc.utils import random16, random32

from media import vp8
from media.passing import Line, Needed, feed, made_with, wrap
from media.rtp_packets import (
    EXTENDED,
    EXTENSIONS,
    HEADER,
    IDS,
    ONE_BYTE_HEADS,
    PLAIN,
    SEND_TIME_BYTES,
    Packet,
    extensions,
    ntp_now,
    run_now,
)

logger = logging.getLogger(__name__)
SRTP: Any = pylibsrtp  # its binding has no types
MOST_BYTES = 1500
TRAILER_BYTES = 144
COUNTED = ("bytes", "packets")
MEDIA = 1  # the only component of ICE: RTCP goes the same way


class Session(pylibsrtp.Session):
    """SRTP without an allocation for each packet; like aiortc's, for one thread only."""

    def __init__(self, policy: pylibsrtp.Policy | None = None) -> None:
        super().__init__(policy)
        self._length = SRTP.ffi.new("int *")

    def protect(self, packet: bytes) -> bytes:
        """Seal an RTP packet."""
        return self._process(SRTP.lib.srtp_protect, packet, MOST_BYTES - TRAILER_BYTES)

    def unprotect(self, packet: bytes) -> bytes:
        """Open an RTP packet; raises `pylibsrtp.Error` when it is not the sender's, or a copy."""
        return self._process(SRTP.lib.srtp_unprotect, packet, MOST_BYTES)

    def _process(self, work: Any, packet: bytes, most: int) -> bytes:
        size, length = len(packet), self._length
        if size > most:
            raise pylibsrtp.Error("packet is too long")
        length[0] = size
        self._buffer[0:size] = packet
        refused = work(self._srtp[0], self._cdata, length)
        if refused:
            raise pylibsrtp.Error(SRTP.ERRORS[refused])
        return bytes(self._buffer[0 : length[0]])


def hook(wanted: Callable[[], bool]) -> None:
    """Put the short way into aiortc, once per process; senders take it when `wanted` says so as they start."""
    wrap(RTCDtlsTransport, "_send_rtp", lambda _: send_rtp)
    wrap(rtcdtlstransport, "Session", lambda _: Session)
    wrap(RTCRtpSender, "_run_rtp", partial(straight, wanted=wanted))


def needed() -> Needed:
    """What aiortc, aioice and pylibsrtp must have for this."""
    own = "__rtp_history __mid __rtp_header_extensions_map __rtp_started __rtp_exited __ntp_timestamp __rtp_timestamp"
    names = tuple(f"_RTCRtpSender{name}" for name in f"{own} __octet_count __packet_count".split())
    return [
        (RTCRtpSender, ("_run_rtp", "track", "transport", "kind")),
        (made_with(RTCRtpSender), ("_enabled", "_ssrc", *names)),
        (RTCDtlsTransport, ("_send_rtp",)),
        (made_with(RTCDtlsTransport), ("_state", "_tx_srtp", *map("_RTCDtlsTransport__tx_{}".format, COUNTED))),
        (made_with(Connection), ("_nominated",)),
        (SRTP, ("ffi", "lib", "ERRORS")),
        (pylibsrtp.Session(), ("_srtp", "_cdata", "_buffer")),
        (rtcdtlstransport, ("Session",)),
    ]


async def send_rtp(self: Any, data: bytes) -> None:
    """In place of `RTCDtlsTransport._send_rtp`: straight to the socket instead of through three coroutines of ICE."""
    pair = self.transport._connection._nominated.get(MEDIA)
    if self._state is not State.CONNECTED or pair is None:
        raise ConnectionError("not connected")
    sealed = self._tx_srtp.protect_rtcp(data) if is_rtcp(data) else self._tx_srtp.protect(data)
    pair.protocol.transport.sendto(sealed, pair.remote_addr)
    self._RTCDtlsTransport__tx_bytes += len(sealed)
    self._RTCDtlsTransport__tx_packets += 1


class Outlet:
    """Sends what it is given as packets of one sender; all packets of a frame tell the same time of sending."""

    def __init__(self, sender: Any, payload_type: int, ended: asyncio.Future[None]) -> None:
        self._sender = sender
        self._payload_type = payload_type
        self._ended = ended
        self._history = sender._RTCRtpSender__rtp_history
        self._number = random_sequence_number()
        self._origin = random32()
        self._picture_id = random16()
        self._mid = sender._RTCRtpSender__mid
        ids = getattr(sender._RTCRtpSender__rtp_header_extensions_map, IDS)
        self._before, self._after = around_send_time(ids.mid, self._mid, ids.abs_send_time)

    def take(self, frame: Any) -> None:
        """Send an `EncodedFrame`; None ends it, and so does a lost connection."""
        if self._ended.done():
            return
        if frame is None:
            self._ended.set_result(None)
        elif self._sender._enabled:
            try:
                self._send(frame.data, self._origin + frame.pts & 0xFFFFFFFF)
            except ConnectionError:
                self._ended.set_result(None)
            except Exception:  # nobody but this viewer is to suffer from it
                logger.exception("a viewer's connection failed and is given up")
                self._ended.set_result(None)

    def _send(self, data: bytes, timestamp: int) -> None:
        sender, now = self._sender, ntp_now()
        sent = now >> 14 & 0xFFFFFF
        known = HeaderExtensions(abs_send_time=sent, mid=self._mid)
        block = self._before
        if self._after is not None:
            block += sent.to_bytes(SEND_TIME_BYTES, "big") + self._after
        payloads = self._payloads(data)
        for left, payload in enumerate(payloads, 1 - len(payloads)):
            packet = Packet(self._payload_type, int(not left), self._number, timestamp, sender._ssrc, payload)
            packet.extensions = known
            self._history[self._number % RTP_HISTORY_SIZE] = packet  # should it have to be sent again
            second = packet.marker << 7 | self._payload_type
            header = HEADER.pack(EXTENDED if block else PLAIN, second, self._number, timestamp, sender._ssrc)
            run_now(sender.transport._send_rtp(header + block + payload))
            self._number = self._number + 1 & 0xFFFF
        sender._RTCRtpSender__ntp_timestamp, sender._RTCRtpSender__rtp_timestamp = now, timestamp
        sender._RTCRtpSender__octet_count += sum(map(len, payloads))
        sender._RTCRtpSender__packet_count += len(payloads)

    def _payloads(self, data: bytes) -> list[bytes]:
        if self._sender.kind == "audio":
            return [data]
        self._picture_id = self._picture_id + 1 & 0x7FFF
        return vp8.payloads(data, self._picture_id)


def around_send_time(mid_id: int | None, mid: str, send_time_id: int | None) -> tuple[bytes, bytes | None]:
    """The extensions of a packet up to the time of sending, and from there on; None when that was not agreed on."""
    known = [(mid_id, mid.encode())] if mid_id else []
    if not send_time_id:
        return extensions(known), None
    block = extensions([*known, (send_time_id, bytes(SEND_TIME_BYTES))])
    head = 1 if block[:2] == ONE_BYTE_HEADS.to_bytes(2, "big") else 2
    begin = EXTENSIONS.size + sum(head + len(value) for _, value in known) + head
    return block[:begin], block[begin + SEND_TIME_BYTES :]


def straight(original: Any, wanted: Callable[[], bool]) -> Any:
    """Around `RTCRtpSender._run_rtp`: a track that hands on by itself needs no task that waits for its frames."""

    async def run_rtp(self: Any, codec: Any) -> None:
        track = self.track
        if not wanted() or not isinstance(getattr(track, "_queue", None), Line):
            await original(self, codec)
            return
        self._RTCRtpSender__rtp_started.set()
        ended = asyncio.get_running_loop().create_future()
        feed(track, Outlet(self, codec.payloadType, ended).take)
        with contextlib.suppress(asyncio.CancelledError):
            await ended
        track.stop()
        self._RTCRtpSender__track = None
        self._RTCRtpSender__rtp_exited.set()

    return run_rtp
