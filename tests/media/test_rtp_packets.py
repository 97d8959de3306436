"""The short way of reading RTP, held against aiortc's own."""

from __future__ import annotations

import asyncio
import struct
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiortc import clock
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from media import rtp_packets

MID, LEVEL, SENT = 1, 2, 3
URIS = {
    MID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    SENT: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
}


def agreed(*numbers: int) -> HeaderExtensionsMap:
    """The extensions that two sides agreed on."""
    found = HeaderExtensionsMap()
    found.configure(SimpleNamespace(headerExtensions=[SimpleNamespace(id=each, uri=URIS[each]) for each in numbers]))
    return found


EXTENSIONS = st.builds(
    HeaderExtensions,
    abs_send_time=st.none() | st.integers(0, (1 << 24) - 1),
    mid=st.none() | st.sampled_from(["0", "1", "video-1", "longer than one byte can say"]),
    audio_level=st.none() | st.tuples(st.booleans(), st.integers(0, 127)),
)


@st.composite
def packets(draw: st.DrawFn) -> RtpPacket:
    words = st.integers(0, (1 << 32) - 1)
    packet = RtpPacket(
        draw(st.integers(0, 127)),
        draw(st.integers(0, 1)),
        draw(st.integers(0, 0xFFFF)),
        draw(words),
        draw(words),
        draw(st.binary(max_size=60)),
    )
    packet.csrc = draw(st.lists(words, max_size=2))
    packet.padding_size = draw(st.sampled_from([0, 0, 0, 4]))
    packet.extensions = draw(EXTENSIONS)
    return packet


def facts(packet: RtpPacket) -> tuple[object, ...]:
    fixed = packet.payload_type, packet.marker, packet.sequence_number, packet.timestamp, packet.ssrc
    return *fixed, packet.payload, packet.padding_size, list(packet.csrc), packet.extensions.abs_send_time


@given(packets())
def test_what_is_read_is_what_aiortc_reads(packet: RtpPacket) -> None:
    data = packet.serialize(agreed(MID, LEVEL, SENT))
    read = rtp_packets.read(data, SENT)
    unusual = packet.csrc or packet.padding_size or len(data) < 16 or len(packet.extensions.mid or "") > 16
    assert (read is None) == bool(unusual)
    assert read is None or facts(read) == facts(RtpPacket.parse(data, agreed(MID, LEVEL, SENT)))


@given(st.sampled_from([b"\x80", b"\x90", b"\x90\x60", b""]), st.binary(max_size=80), st.sampled_from([None, SENT]))
def test_whatever_arrives_is_read_alike_or_left_to_aiortc(begin: bytes, rest: bytes, number: int | None) -> None:
    read = rtp_packets.read(begin + rest, number)
    try:
        known = RtpPacket.parse(begin + rest, agreed(*[number] if number else []))
    except (ValueError, struct.error):
        return
    assert read is None or facts(read) == facts(known)


def test_a_time_of_sending_that_was_not_agreed_on_is_not_read() -> None:
    packet = RtpPacket(96, 1, 7, 8, 9, b"picture")
    packet.extensions.abs_send_time = 1234
    data = packet.serialize(agreed(SENT))
    assert [rtp_packets.read(data, number).extensions.abs_send_time for number in (SENT, LEVEL, None)] == [
        1234,
        None,
        None,
    ]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_the_clock_is_aiortcs(moment: datetime) -> None:
    seconds = int((moment.replace(microsecond=0) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time_ns", lambda: seconds * 10**9 + moment.microsecond * 1000)
        patched.setattr(clock, "current_datetime", lambda: moment)
        assert rtp_packets.ntp_now() == clock.datetime_to_ntp(moment)
        assert abs(rtp_packets.ntp_ms() - clock.current_ms()) <= 1, "aiortc rounds a float"


def test_an_action_that_has_to_wait_is_refused_aloud() -> None:
    with pytest.raises(RuntimeError, match="waits"):
        rtp_packets.run_now(asyncio.sleep(0))
