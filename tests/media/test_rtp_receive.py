"""The short way from the socket to the picture buffer, held against aiortc's long one."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pylibsrtp
import pytest
from aiortc.rate import BandwidthUsage, RateCounter, RemoteBitrateEstimator
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpreceiver import NackGenerator, RTCRtpReceiver
from hypothesis import given
from hypothesis import strategies as st

from media import encoded, rtp_packets, rtp_receive
from media.assembly import PictureBuffer
from media.encoded import VideoMode
from media.hub import Kind
from media.rooms import Role
from tests.media.clips import clip
from tests.media.peers import Peer, camera, doorway, microphone, room, run, until

A = clip(rate=15, label="A")


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 1500), st.booleans()), max_size=60))
def test_the_rate_is_the_one_aiortc_counts(steps: list[tuple[int, int, bool]]) -> None:
    ours, theirs, now = rtp_receive.Rate(), RateCounter(1000, 8000), 5_000
    for later, size, asked_first in steps:
        now += later
        if asked_first:
            assert ours.rate(now) == theirs.rate(now)
        ours.add(size, now)
        theirs.add(size, now)
        assert ours.rate(now) == theirs.rate(now)


def line(seed: int, seconds: int) -> list[tuple[int, int, int]]:
    """Packets of a camera (arrival in ms, time of sending as it travels, bytes) on a line that fills and recovers."""
    chance = random.Random(seed)
    found, waiting = [], 0.0
    for picture in range(30 * seconds):
        sent = picture * 1000 / 30
        waiting = max(0.0, waiting + (5 if picture % 300 > 270 else -1))
        for part in range(chance.choice([1, 3, 3, 3, 12])):
            left = sent + part * chance.choice([0.1, 0.1, 3])
            arrived = round(left + 20 + waiting + chance.uniform(0, 2))
            found.append((arrived, int(left * (1 << 18) / 1000) & 0xFFFFFF, chance.randrange(100, 1300)))
    return sorted(found, key=lambda each: each[0])


@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_is_the_one_aiortc_makes(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    encoded.install(VideoMode.PACKET, floor_bps=0)
    monkeypatch.setattr(encoded, "FEEDBACK_EVERY_S", 0)
    ours, theirs = rtp_receive.Estimator(), RemoteBitrateEstimator()
    told, states = set(), set()
    for arrived, sent, size in line(seed, 70):  # longer than abs-send-time takes to start over
        wanted = theirs.add(arrived, sent, size, 1)
        assert ours.add(arrived, sent, size, 1) == wanted
        told.add(wanted and wanted[0])
        states.add(theirs.detector.hypothesis)
    assert states == set(BandwidthUsage), "the line was good and bad"
    assert len(told) > 20


class Receiver(SimpleNamespace):
    """As much of aiortc's receiver as a stream touches; `asked` is what it sent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        codecs = {97: SimpleNamespace(name="VP8"), 98: SimpleNamespace(name="rtx")}
        counted = SimpleNamespace(add=lambda packet: None)
        names = {
            "codecs": codecs,
            "remote_streams": {5: counted},
            "nack_generator": NackGenerator(),
            "rtcp_ssrc": 6,
            "remote_bitrate_estimator": SimpleNamespace(add=lambda *facts: (400_000, [5])),
        }
        super().__init__(_enabled=True, **{f"_RTCRtpReceiver__{name}": each for name, each in names.items()})

    async def _send_rtcp_nack(self, ssrc: int, lost: list[int]) -> None:
        self.asked.append(("nack", lost))

    async def _send_rtcp_pli(self, ssrc: int) -> None:
        self.asked.append(("pli", ssrc))

    async def _send_rtcp(self, packet: Any) -> None:
        self.asked.append(("remb", packet.fci[:4]))


def picture_packet(number: int, sent: int | None = None) -> rtp_packets.Packet:
    packet = rtp_packets.Packet(97, 1, number & 0xFFFF, 90, 5, b"\x10\x01")
    packet.extensions.abs_send_time = sent
    return packet


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-5, 9), max_size=60))
def test_missing_packets_are_asked_for_as_aiortc_does(first: int, steps: list[int]) -> None:
    receiver, theirs, number, wanted = Receiver(), NackGenerator(), first, []
    stream = rtp_receive.Stream(receiver, SimpleNamespace(add=lambda packet: (False, None)))
    for step in [0, *steps]:
        number += step
        if theirs.add(picture_packet(number)):
            wanted.append(("nack", sorted(theirs.missing)))
        stream.take(picture_packet(number), 0)
    assert receiver.asked == wanted
    assert receiver._RTCRtpReceiver__nack_generator.missing == theirs.missing


def test_a_stream_tells_its_sender_what_it_needs() -> None:
    receiver = Receiver()
    stream = rtp_receive.Stream(receiver, SimpleNamespace(add=lambda packet: (True, None)))
    stream.take(picture_packet(1, sent=77), 0)
    assert receiver.asked == [("remb", b"REMB"), ("pli", 5)]
    receiver._enabled = False
    stream.take(picture_packet(9, sent=78), 0)
    assert len(receiver.asked) == 2


def test_a_repetition_and_a_stranger_take_aiortcs_way() -> None:
    stream = rtp_receive.Stream(Receiver(), PictureBuffer())
    known, repeated, stranger = picture_packet(1), picture_packet(1), picture_packet(1)
    repeated.payload_type, stranger.ssrc = 98, 7
    assert [stream.knows(packet) for packet in (known, repeated, stranger)] == [True, False, False]


class Transport(SimpleNamespace):
    """As much of aiortc's DTLS transport as an inlet touches."""

    def __init__(self, state: State, opened: bytes | Exception) -> None:
        self.long_way: list[bytes] = []
        ids = SimpleNamespace(abs_send_time=3)
        super().__init__(
            _state=state,
            _rx_srtp=SimpleNamespace(unprotect=lambda data: self.open(opened)),
            _rtp_header_extensions_map=SimpleNamespace(**{rtp_packets.IDS: ids}),
            _rtp_router=SimpleNamespace(ssrc_table={}),
            _RTCDtlsTransport__rx_bytes=0,
            _RTCDtlsTransport__rx_packets=0,
        )

    @staticmethod
    def open(opened: bytes | Exception) -> bytes:
        if isinstance(opened, Exception):
            raise opened
        return opened

    async def _handle_rtp_data(self, plain: bytes, arrived_ms: int) -> None:
        self.long_way.append(plain)


RTP = rtp_packets.HEADER.pack(0x80, 97, 1, 2, 3) + b"sound"
DTLS, STUN, RTCP = b"\x16\xfe\xfd", b"\x00\x01\x00\x00", b"\x80\xc8" + bytes(20)


@pytest.mark.parametrize(
    ("state", "data", "opened", "taken", "long_way"),
    [
        (State.CONNECTED, RTP, RTP, True, [RTP]),
        (State.CONNECTED, RTP, pylibsrtp.Error("replay check failed"), True, []),
        (State.CONNECTED, DTLS, DTLS, False, []),
        (State.CONNECTED, STUN, STUN, False, []),
        (State.CONNECTED, RTCP, RTCP, False, []),
        (State.CONNECTING, RTP, RTP, False, []),
        (State.CLOSED, RTP, RTP, False, []),
    ],
    ids=["first packet", "copy or forgery", "DTLS", "STUN", "report", "not yet", "no longer"],
)
def test_an_inlet_takes_media_and_nothing_else(
    state: State, data: bytes, opened: Any, taken: bool, long_way: list[bytes]
) -> None:
    transport = Transport(state, opened)
    assert rtp_receive.Inlet(transport).takes(data) is taken
    assert transport.long_way == long_way
    assert transport._RTCDtlsTransport__rx_bytes == (len(data) if taken else 0)


def test_a_call_takes_the_short_way_and_counts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    long_way: list[int] = []
    original = RTCRtpReceiver._handle_rtp_packet

    async def handle(self: Any, packet: Any, arrival_time_ms: int) -> None:
        if hasattr(self, "stream"):
            long_way.append(packet.ssrc)
        await original(self, packet, arrival_time_ms=arrival_time_ms)

    async def story() -> None:
        monkeypatch.setattr(RTCRtpReceiver, "_handle_rtp_packet", handle)
        async with doorway() as server:
            place, viewer = room(), Peer(camera(A), microphone())
            pc = await server.join(place, Role.CUSTOMER, Peer(camera(A), microphone()))
            await server.join(place, Role.STAFF, viewer)
            for kind in Kind:
                await viewer.got(kind, 20)
            await until(lambda: place.quality(Role.CUSTOMER).last_frame_age_ms is not None)
            [receiver] = [each for each in pc.getReceivers() if each.track.kind == "video"]
            stats = [each for each in (await receiver.getStats()).values() if each.type == "inbound-rtp"]
            assert stats[0].packetsReceived > 20
            assert len(long_way) < 40, "the first packet of each stream, and those before the connection stood"

    encoded.install(VideoMode.PACKET)
    run(story)
