"""The short way from the frame to the socket, read back with aiortc's own means."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace
from typing import Any

import pylibsrtp
import pytest
from aiortc.codecs.vpx import Vp8Encoder, vp8_depayload
from aiortc.rtcdtlstransport import State
from aiortc.rtp import HeaderExtensions, RtpPacket, pack_header_extensions
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy

from media import encoded, rtp_packets, rtp_send, vp8
from media.encoded import EncodedFrame
from tests.media.test_rtp_packets import MID, SENT, agreed

ALL = agreed(MID, SENT)
KEY = os.urandom(30)


def policy(direction: int) -> Policy:
    return Policy(key=KEY, ssrc_type=direction)


SESSIONS = [(rtp_send.Session, pylibsrtp.Session), (pylibsrtp.Session, rtp_send.Session)]


@pytest.mark.parametrize(("sealing", "opening"), SESSIONS)
def test_what_one_seals_the_other_opens(sealing: Any, opening: Any) -> None:
    one, other = sealing(policy(Policy.SSRC_ANY_OUTBOUND)), opening(policy(Policy.SSRC_ANY_INBOUND))
    plain = [RtpPacket(96, 1, number, 0, 5, bytes(number)).serialize() for number in (0, 1, 900, 1300)]
    sealed = [one.protect(each) for each in plain]
    assert [other.unprotect(each) for each in sealed] == plain
    with pytest.raises(pylibsrtp.Error):
        other.unprotect(sealed[0])
    with pytest.raises(pylibsrtp.Error):
        other.unprotect(one.protect(RtpPacket(96, 1, 2000, 0, 5, b"x").serialize())[:-1] + b"?")


def test_a_packet_too_long_to_seal_is_refused() -> None:
    session = rtp_send.Session(policy(Policy.SSRC_ANY_OUTBOUND))
    with pytest.raises(pylibsrtp.Error, match="too long"):
        session.protect(bytes(1400))


@given(st.binary(max_size=5_000), st.integers(0, (1 << 15) - 1))
def test_a_picture_is_cut_as_aiortc_cuts_it(data: bytes, picture_id: int) -> None:
    assert vp8.payloads(data, picture_id) == Vp8Encoder._packetize(data, picture_id)


@given(
    st.sampled_from([None, 1, 14, 20]),
    st.sampled_from(["0", "a long name of a stream"]),
    st.sampled_from([None, 3, 15]),
)
def test_the_time_of_sending_stands_where_aiortc_puts_it(mid_id: int | None, mid: str, sent_id: int | None) -> None:
    before, after = rtp_send.around_send_time(mid_id, mid, sent_id)
    values = [(mid_id, mid.encode())] if mid_id else []
    values += [(sent_id, b"\x01\x02\x03")] if sent_id else []
    profile, block = pack_header_extensions(values)
    wanted = rtp_packets.EXTENSIONS.pack(profile, len(block) // 4) + block if values else b""
    assert (before if after is None else before + b"\x01\x02\x03" + after) == wanted


class Sender(SimpleNamespace):
    """As much of aiortc's sender as an outlet touches; `sent` is what goes to the transport."""

    def __init__(self, kind: str, failing: Exception | None = None) -> None:
        self.sent: list[bytes] = []
        self.failing = failing
        names = {
            "mid": "0",
            "rtp_header_extensions_map": ALL,
            "rtp_history": {},
            "octet_count": 0,
            "packet_count": 0,
            "ntp_timestamp": 0,
            "rtp_timestamp": 0,
        }
        private = {f"_RTCRtpSender__{name}": each for name, each in names.items()}
        super().__init__(kind=kind, _enabled=True, _ssrc=9, transport=SimpleNamespace(_send_rtp=self.send), **private)

    async def send(self, data: bytes) -> None:
        if self.failing is not None:
            raise self.failing
        self.sent.append(data)


def frame(data: bytes, pts: int) -> EncodedFrame:
    return EncodedFrame(data, pts, encoded.VIDEO_CLOCK, is_key=False)


@given(st.lists(st.binary(min_size=1, max_size=4_000), min_size=1, max_size=6), st.sampled_from(["video", "audio"]))
def test_frames_come_out_of_aiortcs_parser_as_they_went_in(frames: list[bytes], kind: str) -> None:
    sender, loop = Sender(kind), asyncio.new_event_loop()
    outlet = rtp_send.Outlet(sender, 97, loop.create_future())
    for number, data in enumerate(frames):
        outlet.take(frame(data, 3_000 * number))
    loop.close()
    packets = [RtpPacket.parse(data, ALL) for data in sender.sent]
    begin, origin = packets[0].sequence_number, packets[0].timestamp
    assert [packet.sequence_number for packet in packets] == [begin + n & 0xFFFF for n in range(len(packets))]
    assert {(packet.payload_type, packet.ssrc, packet.extensions.mid) for packet in packets} == {(97, 9, "0")}
    assert all(packet.extensions.abs_send_time is not None for packet in packets)
    found: dict[int, bytes] = {}
    for packet in packets:
        part = vp8_depayload(packet.payload) if kind == "video" else packet.payload
        found[packet.timestamp] = found.get(packet.timestamp, b"") + part
    assert found == {origin + 3_000 * number & 0xFFFFFFFF: data for number, data in enumerate(frames)}
    assert [packet.timestamp for packet in packets if packet.marker] == list(found)
    assert sender._RTCRtpSender__packet_count == len(packets)
    assert sender._RTCRtpSender__octet_count == sum(len(packet.payload) for packet in packets)
    assert sender._RTCRtpSender__rtp_timestamp == packets[-1].timestamp


def test_what_may_have_to_be_sent_again_is_kept_as_it_was_sent() -> None:
    sender, loop = Sender("video"), asyncio.new_event_loop()
    rtp_send.Outlet(sender, 97, loop.create_future()).take(frame(bytes(3_000), 0))
    loop.close()
    kept = list(sender._RTCRtpSender__rtp_history.values())
    assert [packet.serialize(ALL) for packet in kept] == sender.sent
    assert isinstance(kept[0].extensions, HeaderExtensions)


@pytest.mark.parametrize("failing", [ConnectionError(), pylibsrtp.Error("packet is too long")])
def test_a_broken_connection_ends_its_own_sender_only(failing: Exception) -> None:
    sender, loop = Sender("audio", failing), asyncio.new_event_loop()
    ended = loop.create_future()
    outlet = rtp_send.Outlet(sender, 97, ended)
    outlet.take(frame(b"one", 0))
    assert ended.done()
    sender.failing = None
    outlet.take(frame(b"two", 960))
    outlet.take(None)
    loop.close()
    assert not sender.sent


def test_a_silenced_sender_sends_nothing_and_ends_with_its_track() -> None:
    sender, loop = Sender("audio"), asyncio.new_event_loop()
    ended = loop.create_future()
    outlet = rtp_send.Outlet(sender, 97, ended)
    sender._enabled = False
    outlet.take(frame(b"one", 0))
    assert not sender.sent
    assert not ended.done()
    outlet.take(None)
    assert ended.done()
    loop.close()


@pytest.mark.parametrize(("state", "pairs"), [(State.CLOSED, {1: "pair"}), (State.CONNECTED, {})])
def test_without_a_connection_nothing_is_sent(state: State, pairs: dict[int, str]) -> None:
    connection = SimpleNamespace(_nominated=pairs)
    transport = SimpleNamespace(_state=state, transport=SimpleNamespace(_connection=connection))
    with pytest.raises(ConnectionError):
        rtp_packets.run_now(rtp_send.send_rtp(transport, b"\x80\x60"))
