"""From the socket to the picture buffer without a task in between: RTP is read the moment it arrives.

aiortc puts each datagram into a queue, wakes a task for it, and goes through five coroutines. What a usual packet of a
known sender needs is done here; reports, repetitions and everything else still take aiortc's way.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import pylibsrtp
from aioice.ice import StunProtocol
from aiortc.codecs import is_rtx
from aiortc.rate import BandwidthUsage, OveruseEstimator, RemoteBitrateEstimator
from aiortc.rtcdtlstransport import RTCDtlsTransport, State
from aiortc.rtcrtpreceiver import NackGenerator, RTCRtpReceiver
from aiortc.rtp import RTCP_PSFB_APP, HeaderExtensionsMap, RtcpPsfbPacket, is_rtcp, pack_remb_fci

from media import rtp_packets
from media.assembly import Intake
from media.passing import Needed, made_with, wrap
from media.rtp_packets import run_now

RATE_WINDOW_MS = 1000
FRAME_PERIODS = 60


class Rate:
    """Bits per second over the last second, as aiortc's `RateCounter` counts them in 1000 buckets."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._packets: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._since: int | None = None

    def add(self, value: int, now_ms: int) -> None:
        """Count bytes that arrived now."""
        self._forget(now_ms)
        if self._since is None:
            self._since = now_ms
        self._packets.append((now_ms, value))
        self._bytes += value

    def rate(self, now_ms: int) -> int | None:
        """The rate; None when nothing came within the last second, or only in this millisecond."""
        self._forget(now_ms)
        if self._since is None or not self._packets or now_ms == self._since:
            return None
        return round(8000 * self._bytes / (now_ms - self._since + 1))

    def _forget(self, now_ms: int) -> None:
        if self._since is not None:
            self._since = max(self._since, now_ms - RATE_WINDOW_MS + 1)
            while self._packets and self._packets[0][0] < self._since:
                self._bytes -= self._packets.popleft()[1]


class _Overuse(OveruseEstimator):
    def __init__(self) -> None:
        super().__init__()
        self._periods: deque[float] = deque(maxlen=FRAME_PERIODS)

    def update_min_frame_period(self, ts_delta: float) -> float:
        self._periods.append(ts_delta)
        return min(self._periods)


class Estimator(RemoteBitrateEstimator):
    """Says what aiortc's says; a packet that can change nothing yet is only counted."""

    def __init__(self) -> None:
        super().__init__()
        self.incoming_bitrate: Any = Rate()
        self.estimator = _Overuse()

    def add(
        self, arrival_time_ms: int, abs_send_time: int, payload_size: int, ssrc: int
    ) -> tuple[int, list[int]] | None:
        """Take a packet in; the rate (bit/s) to ask for and whom, when it is time to."""
        group: Any = self.inter_arrival.current_group
        sent = abs_send_time << 8
        if (
            group is None
            or not group.first_timestamp <= sent <= group.first_timestamp + self.inter_arrival.group_length
            or self.last_update_ms is None
            or arrival_time_ms - self.last_update_ms > self.rate_control.feedback_interval()
            or self.detector.hypothesis is BandwidthUsage.OVERUSING
        ):
            return super().add(arrival_time_ms, abs_send_time, payload_size, ssrc)
        self.ssrcs[ssrc] = arrival_time_ms
        self.incoming_bitrate.add(payload_size, arrival_time_ms)
        group.last_timestamp = max(group.last_timestamp, sent)
        group.size += payload_size
        group.arrival_time = arrival_time_ms
        return None


class Stream:
    """One receiver of encoded frames: what aiortc's `_handle_rtp_packet` does with a packet that is not a repetition.

    It does not note who was heard when (`getSynchronizationSources`), which nobody asks.
    """

    def __init__(self, receiver: Any, intake: Intake) -> None:
        self._receiver = receiver
        self._intake = intake
        self._statistics = receiver._RTCRtpReceiver__remote_streams
        self._nack = receiver._RTCRtpReceiver__nack_generator
        codecs = receiver._RTCRtpReceiver__codecs
        self._payload_types = {number for number, codec in codecs.items() if not is_rtx(codec)}

    def knows(self, packet: rtp_packets.Packet) -> bool:
        """Whether the packet belongs to a stream that aiortc has begun to count."""
        return packet.payload_type in self._payload_types and packet.ssrc in self._statistics

    def take(self, packet: rtp_packets.Packet, arrived_ms: int) -> None:
        """Count the packet, put it where it belongs, and ask the sender for what is missing."""
        receiver = self._receiver
        if not receiver._enabled:
            return
        if packet.extensions.abs_send_time is not None:
            self._estimate(packet, arrived_ms)
        self._statistics[packet.ssrc].add(packet)
        if self._nack is not None and self._misses(packet):
            run_now(receiver._send_rtcp_nack(packet.ssrc, sorted(self._nack.missing)))
        wants_key, _ = self._intake.add(packet)
        if wants_key:
            run_now(receiver._send_rtcp_pli(packet.ssrc))

    def _misses(self, packet: rtp_packets.Packet) -> bool:
        nack = self._nack
        if nack.max_seq is None or nack.missing or packet.sequence_number != (nack.max_seq + 1) & 0xFFFF:
            return bool(nack.add(packet))
        nack.max_seq = packet.sequence_number
        return False

    def _estimate(self, packet: rtp_packets.Packet, arrived_ms: int) -> None:
        receiver = self._receiver
        estimator = receiver._RTCRtpReceiver__remote_bitrate_estimator
        if estimator is None:
            return
        told = estimator.add(arrived_ms, packet.extensions.abs_send_time, len(packet.payload), packet.ssrc)
        own_ssrc = receiver._RTCRtpReceiver__rtcp_ssrc
        if told is not None and own_ssrc is not None:
            run_now(receiver._send_rtcp(RtcpPsfbPacket(RTCP_PSFB_APP, own_ssrc, 0, pack_remb_fci(*told))))


class Inlet:
    """Stands at the socket of one connection and takes the RTP out of what arrives."""

    def __init__(self, transport: RTCDtlsTransport) -> None:
        self._transport: Any = transport
        self._extension_ids = getattr(transport._rtp_header_extensions_map, rtp_packets.IDS)

    def takes(self, data: bytes) -> bool:
        """Whether this datagram is RTP, and taken (RFC 5764, 5.1.2, and RFC 5761, 4)."""
        transport = self._transport
        if not 127 < data[0] < 192 or is_rtcp(data) or transport._state is not State.CONNECTED:
            return False
        transport._RTCDtlsTransport__rx_bytes += len(data)
        transport._RTCDtlsTransport__rx_packets += 1
        try:
            plain = transport._rx_srtp.unprotect(data)
        except pylibsrtp.Error:
            return True  # not from whom we talk to, or a copy: aiortc drops it, too
        self._take(plain)
        return True

    def _take(self, plain: bytes) -> None:
        transport = self._transport
        arrived_ms = rtp_packets.ntp_ms()
        packet = rtp_packets.read(plain, self._extension_ids.abs_send_time)
        stream = None if packet is None else _stream_of(transport._rtp_router.ssrc_table.get(packet.ssrc))
        if packet is not None and stream is not None and stream.knows(packet):
            stream.take(packet, arrived_ms)
        else:
            run_now(transport._handle_rtp_data(plain, arrived_ms))


def _stream_of(receiver: Any) -> Stream | None:
    return getattr(receiver, "stream", None)


def hook() -> None:
    """Put the short way into aiortc and aioice; once per process."""
    wrap(StunProtocol, "datagram_received", past_stun)
    wrap(RTCDtlsTransport, "_setup_srtp", with_inlet)


def needed() -> Needed:
    """What aiortc and aioice must have for this."""
    own = "__remote_streams __nack_generator __codecs __rtcp_ssrc __remote_bitrate_estimator"
    transport = ("_state", "_rx_srtp", "_rtp_router", "_rtp_header_extensions_map")
    estimator = (
        "inter_arrival",
        "last_update_ms",
        "rate_control",
        "detector",
        "ssrcs",
        "incoming_bitrate",
        "estimator",
    )
    return [
        (made_with(RTCRtpReceiver), ("_enabled", *map("_RTCRtpReceiver{}".format, own.split()))),
        (RTCRtpReceiver, ("_send_rtcp", "_send_rtcp_nack", "_send_rtcp_pli")),
        (made_with(RTCDtlsTransport), (*transport, "_RTCDtlsTransport__rx_bytes", "_RTCDtlsTransport__rx_packets")),
        (RTCDtlsTransport, ("_setup_srtp", "_handle_rtp_data")),
        (HeaderExtensionsMap(), (rtp_packets.IDS,)),
        (NackGenerator(), ("max_seq", "missing", "add")),
        (RemoteBitrateEstimator(), estimator),
        (OveruseEstimator, ("update_min_frame_period",)),
        (StunProtocol, ("datagram_received",)),
    ]


def hand_over(receiver: Any, intake: Intake) -> None:
    """From now on this receiver's packets take the short way into `intake`."""
    receiver.stream = Stream(receiver, intake)


def with_inlet(original: Any) -> Any:
    """Around `RTCDtlsTransport._setup_srtp`: from here on there is something to read RTP with."""

    def setup(self: Any) -> None:
        original(self)
        if self._rx_srtp is not None:
            self.transport._connection.inlet = Inlet(self)

    return setup


def past_stun(original: Any) -> Any:
    """Around `StunProtocol.datagram_received`: it would try to read every packet as STUN first."""

    def received(self: StunProtocol, data: Any, address: Any) -> None:
        inlet = getattr(self.receiver, "inlet", None)
        if inlet is None or not data or not inlet.takes(data):
            original(self, data, address)

    return received
