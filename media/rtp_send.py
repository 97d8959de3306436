"""From the picture to the socket: what aiortc does for each packet it sends, without its detours."""

from __future__ import annotations

from typing import Any

import pylibsrtp
from aiortc.rtcdtlstransport import State
from aiortc.rtp import is_rtcp
from pylibsrtp import ffi, lib

MOST_BYTES = 1500
TRAILER_BYTES = 144
MEDIA = 1  # the only component: RTCP goes the same way


class Session(pylibsrtp.Session):
    """SRTP without an allocation for each packet; like aiortc's, for one thread only."""

    def __init__(self, policy: pylibsrtp.Policy | None = None) -> None:
        super().__init__(policy)
        self._length = ffi.new("int *")

    def protect(self, packet: bytes) -> bytes:
        """Seal an RTP packet."""
        return self._process(lib.srtp_protect, packet, MOST_BYTES - TRAILER_BYTES)

    def unprotect(self, packet: bytes) -> bytes:
        """Open an RTP packet; raises `pylibsrtp.Error` when it is not the sender's, or a copy."""
        return self._process(lib.srtp_unprotect, packet, MOST_BYTES)

    def _process(self, work: Any, packet: bytes, most: int) -> bytes:
        size, length = len(packet), self._length
        if size > most:
            raise pylibsrtp.Error("packet is too long")
        length[0] = size
        self._buffer[0:size] = packet
        refused = work(self._srtp[0], self._cdata, length)
        if refused:
            raise pylibsrtp.Error(pylibsrtp.ERRORS[refused])
        return bytes(self._buffer[0 : length[0]])


async def send_rtp(self: Any, data: bytes) -> None:
    """In place of `RTCDtlsTransport._send_rtp`: straight to the socket instead of through three coroutines of ICE."""
    pair = self.transport._connection._nominated.get(MEDIA)
    if self._state is not State.CONNECTED or pair is None:
        raise ConnectionError("not connected")
    sealed = self._tx_srtp.protect_rtcp(data) if is_rtcp(data) else self._tx_srtp.protect(data)
    pair.protocol.transport.sendto(sealed, pair.remote_addr)
    self._RTCDtlsTransport__tx_bytes += len(sealed)
    self._RTCDtlsTransport__tx_packets += 1
