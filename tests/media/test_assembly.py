"""Packets become sound in order and pictures that are whole; no network in here."""

from __future__ import annotations

import random

import av
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtpPacket
from hypothesis import given, settings
from hypothesis import strategies as st

from media import vp8
from media.assembly import LATE_PACKETS, STUCK_AFTER_S, PictureBuffer, SoundBuffer
from tests.media.clips import clip, look


class Ticker:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def packets(frames: list[bytes], first_number: int = 65_500, picture_id: int = 32_760) -> list[RtpPacket]:
    """The frames as a sender would packetise them; both counters start over soon."""
    encoder = Vp8Encoder()
    encoder.picture_id = picture_id
    out: list[RtpPacket] = []
    for index, data in enumerate(frames):
        whole = av.Packet(data)
        whole.pts, whole.time_base = index * 3_000, vp8.Fraction(1, 90_000)
        payloads, timestamp = encoder.pack(whole)
        for payload in payloads:
            packet = RtpPacket(sequence_number=(first_number + len(out)) & 0xFFFF, timestamp=timestamp, payload=payload)
            packet.ssrc = 7
            packet.marker = int(payload is payloads[-1])
            out.append(packet)
    return out


def fed(buffer: PictureBuffer | SoundBuffer, arriving: list[RtpPacket]) -> list[bytes]:
    """All frames that the buffer lets through."""
    through: list[bytes] = []
    buffer.deliver = lambda frame: through.append(frame.data)
    for packet in arriving:
        buffer.add(packet)
    return through


def key_frames(frames: tuple[bytes, ...]) -> int:
    return sum(vp8.is_key_frame(data) for data in frames)


CLIP = clip(160, 120, count=24, kbit=200)
LARGE = clip(320, 240, count=12, kbit=2_000)


def test_everything_comes_through_when_nothing_is_lost():
    frames = [*LARGE.frames, *LARGE.frames]
    assert fed(PictureBuffer(), packets(frames)) == frames


def test_disorder_and_repetition_change_nothing():
    arriving = packets(list(LARGE.frames))
    for index in range(1, len(arriving) - 1, 3):
        arriving[index], arriving[index + 1] = arriving[index + 1], arriving[index]
    arriving = [packet for packet in arriving for _ in range(2)]
    assert fed(PictureBuffer(), arriving) == list(LARGE.frames)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), share=st.floats(0.0, 0.4))
def test_no_picture_without_its_predecessors(seed: int, share: float):
    """Whatever is lost or comes out of order, each picture decodes to what the sender encoded."""
    chance = random.Random(seed)
    ticker = Ticker()
    buffer = PictureBuffer(ticker)
    sent = packets(list(CLIP.frames) * 3)
    decoder = av.VideoCodecContext.create("libvpx", "r")
    looks: list[str] = []
    buffer.deliver = lambda frame: looks.extend(look(picture) for picture in decoder.decode(av.Packet(frame.data)))
    arriving = [packet for packet in sent if chance.random() >= share]
    arriving.sort(key=lambda packet: sent.index(packet) + chance.random() * 4)
    for packet in arriving:
        ticker.now += 0.03
        buffer.add(packet)
    assert set(looks) <= CLIP.looks


def test_a_gap_in_the_picture_numbers_alone_is_noticed():
    """The packets are numbered without a break, yet a picture is missing."""
    frames = list(CLIP.frames[:10])
    kept = [packet for packet in packets(frames) if packet.timestamp != 5 * 3_000]
    for number, packet in enumerate(kept):
        packet.sequence_number = number
    ticker = Ticker()
    buffer = PictureBuffer(ticker)
    before = [packet for packet in kept if packet.timestamp < 5 * 3_000]
    after = kept[len(before) :]
    assert fed(buffer, before) == frames[:5]
    through: list[bytes] = []
    buffer.deliver = lambda frame: through.append(frame.data)
    assert buffer.add(after[0])[0]
    assert not buffer.add(after[1])[0]
    ticker.now += 0.31
    assert buffer.add(after[2])[0]
    assert through == []
    assert buffer.gaps == 1


def test_the_stream_begins_with_a_key_frame():
    frames = [*CLIP.frames[3:6], *CLIP.frames[:3]]
    assert fed(PictureBuffer(), packets(frames)) == frames[3:]


def test_a_lost_packet_is_waited_for_and_then_left_behind():
    ticker = Ticker()
    buffer = PictureBuffer(ticker)
    frames = [*CLIP.frames[:4], CLIP.frames[0], *CLIP.frames[1:3]]
    arriving = packets(frames)
    late = next(packet for packet in arriving if packet.timestamp == 2 * 3_000)
    rest = [packet for packet in arriving if packet.timestamp != late.timestamp]
    through: list[bytes] = []
    buffer.deliver = lambda frame: through.append(frame.data)
    for packet in rest[:-1]:
        assert buffer.add(packet)[0] is False
    assert through == frames[:2]
    ticker.now += STUCK_AFTER_S + 0.01
    buffer.add(rest[-1])
    assert through == frames[:2] + frames[4:]
    assert buffer.gaps == 1


def test_a_lost_packet_that_is_sent_again_in_time_costs_nothing():
    frames = list(CLIP.frames[:6])
    arriving = packets(frames)
    arriving.append(arriving.pop(2))
    buffer = PictureBuffer()
    assert fed(buffer, arriving) == frames
    assert buffer.gaps == 0


def test_old_packets_sent_again_do_not_disturb():
    """Chrome probes the line with packets that arrived long ago."""
    sent = packets(list(CLIP.frames))
    arriving = [packet for index, packet in enumerate(sent) for packet in (packet, sent[index // 2])]
    assert fed(PictureBuffer(), arriving) == list(CLIP.frames)


def test_a_sender_that_counts_anew_is_followed():
    begun = packets(list(CLIP.frames), first_number=30_000)
    again = packets(list(CLIP.frames) * 8, first_number=1_000, picture_id=9)
    through = fed(PictureBuffer(), begun + again)
    assert len(again) > LATE_PACKETS
    assert key_frames(tuple(through)) >= 2


def test_padding_between_pictures_is_no_picture():
    arriving = packets(list(CLIP.frames[:3]))
    for packet in arriving[2:]:
        packet.sequence_number = (packet.sequence_number + 1) & 0xFFFF
    padding = RtpPacket(sequence_number=(arriving[1].sequence_number + 1) & 0xFFFF, timestamp=arriving[1].timestamp)
    assert fed(PictureBuffer(), [*arriving[:2], padding, *arriving[2:]]) == list(CLIP.frames[:3])


def test_sound_comes_in_order_and_does_not_wait_for_ever():
    sound = [RtpPacket(sequence_number=(65_530 + n) & 0xFFFF, timestamp=960 * n, payload=bytes([n])) for n in range(20)]
    arriving = [sound[0], sound[2], sound[1], *sound[3:8], *sound[9:]]
    buffer = SoundBuffer()
    assert fed(buffer, arriving) == [bytes([n]) for n in range(20) if n != 8]
    assert buffer.gaps == 1


@given(st.binary(max_size=12))
def test_any_payload_can_be_looked_at(payload: bytes):
    start, data = vp8.unpack(payload)
    assert payload.endswith(data)
    assert start is None or start.follows(None)
    assert vp8.is_key_frame(data) in (True, False)


def test_the_header_tells_key_frame_and_size():
    assert vp8.is_key_frame(CLIP.frames[0])
    assert not any(vp8.is_key_frame(data) for data in CLIP.frames[1:])
    assert vp8.picture_size(CLIP.frames[0]) == (160, 120)
    assert vp8.picture_size(vp8.card_key_frame()) == vp8.CARD_SIZE
