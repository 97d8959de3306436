"""The index beside a recording: it fits what was recorded, and shows every change to either."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

import pytest

from core.errors import MediaTrouble
from media import encoded
from media.encoded import VideoMode
from media.recorder import Recorder, make_seekable
from media.recording_index import IndexHead, IndexWriter, verify_index
from media.recordings import Recordings
from media.rooms import Role
from media.webm import packets, reading
from tests.media.clips import clip
from tests.media.peers import Peer, camera, doorway, microphone, room, run
from tests.media.test_recorder import File

HEAD = IndexHead("8001260302000001", "t1", "customer")


@dataclass(frozen=True)
class Pair:
    """A recording with its index, and both as they were on the disk a moment before the end."""

    webm: bytes
    index: bytes
    cut_webm: bytes
    cut_index: bytes


def record(mode: VideoMode = VideoMode.PACKET) -> Pair:
    """About a second and a half of a call."""
    found = []

    async def story() -> None:
        encoded.install(mode)
        place, film, notes = room(mode), File(), File()
        async with doorway() as door:
            recorder = Recorder(place, Role.CUSTOMER, film, lambda _: None, index=IndexWriter(notes, HEAD))
            recorder.start()
            customer, staff = Peer(camera(clip(rate=15)), microphone()), Peer(microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 24)
            cut = film.bytes, notes.bytes
            await asyncio.to_thread(recorder.close)
            assert await asyncio.to_thread(recorder.wait, 10_000)
        place.close()
        assert notes.closed == 1
        found.append(Pair(film.bytes, notes.bytes, *cut))

    run(story)
    return found[0]


@pytest.fixture(scope="module")
def pair() -> Pair:
    return record()


@pytest.mark.parametrize("mode", list(VideoMode))
def test_every_frame_of_a_recording_is_in_its_index(mode: VideoMode) -> None:
    made = record(mode)
    encoded.install(VideoMode.PACKET)
    with reading(made.webm) as source:
        frames = sum(1 for _ in packets(source))
    check = verify_index(made.webm, made.index)
    assert (check.whole, check.ended, check.frames, check.agreed) == (True, True, frames, frames)
    assert frames > 30


def test_the_head_says_what_was_recorded_and_when(pair: Pair) -> None:
    head = json.loads(pair.index.split(b"\n")[0])
    assert (head["case_number"], head["ticket"], head["role"]) == ("8001260302000001", "t1", "customer")
    assert head["began"].startswith("2026-03-02T09:") and verify_index(pair.webm, pair.index).began == head["began"]


def test_an_expert_needs_no_more_than_the_words_of_the_format(pair: Pair) -> None:
    """Only what the module's description says: the chain over the first picture, by hand."""
    lines = pair.index.decode().split("\n")
    first = next(number for number, line in enumerate(lines) if "\tv\tK\t" in line)
    assert first == 1
    with reading(pair.webm) as source:
        picture = next(bytes(packet) for packet in packets(source) if packet.stream.type == "video")
    facts, _, link = lines[1].rpartition("\t")
    begun = hashlib.sha256(lines[0].encode()).digest()
    assert hashlib.sha256(begun + facts.encode() + picture).hexdigest() == link


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def with_line(index: bytes, number: int, change) -> bytes:
    lines = index.split(b"\n")
    lines[number : number + 1] = change(lines[number])
    return b"\n".join(lines)


FORGERIES = {
    "a frame of the recording": lambda p: (flipped(p.webm, p.webm.rindex(p.webm[-400:-380])), p.index),
    "the head": lambda p: (p.webm, p.index.replace(b"8001260302000001", b"8001260302000002", 1)),
    "a time": lambda p: (p.webm, with_line(p.index, 9, lambda line: [b"9" + line])),
    "a line left out": lambda p: (p.webm, with_line(p.index, 9, lambda _line: [])),
    "a line twice": lambda p: (p.webm, with_line(p.index, 9, lambda line: [line, line])),
    "a line of nonsense": lambda p: (p.webm, with_line(p.index, 9, lambda _line: [b"x"])),
    "the number at the end": lambda p: (p.webm, p.index.replace(b"end\t", b"end\t1")),
    "the end of the recording left out": lambda p: (p.cut_webm, p.index),
    "the end of the index left out": lambda p: (p.webm, b"\n".join([*p.cut_index.split(b"\n")[:9], b"end\t8\tx", b""])),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGERIES)
def test_every_change_shows(pair: Pair, what: str) -> None:
    webm, index = FORGERIES[what](pair)
    check = verify_index(webm, index)
    assert not check.whole and check.broken_at is not None and check.broken_at <= check.frames


def test_a_process_that_died_leaves_both_whole_up_to_their_last_second(pair: Pair) -> None:
    torn = pair.cut_index[:-20]
    check = verify_index(pair.cut_webm, torn)
    assert (check.whole, check.ended) == (True, False)
    assert check.frames - check.agreed < 160 and check.agreed > 10
    changed = with_line(torn, 9, lambda line: [line[:-64] + b"0" * 64])
    assert not verify_index(pair.cut_webm, changed).whole


def test_what_cannot_be_read_is_said(pair: Pair) -> None:
    for webm, index in ((b"no video", pair.index), (pair.webm, b"no index"), (pair.webm, b"")):
        with pytest.raises(MediaTrouble):
            verify_index(webm, index)


def test_the_seekable_copy_has_the_same_frames(pair: Pair) -> None:
    assert verify_index(make_seekable(pair.webm), pair.index).whole


@pytest.mark.parametrize(
    ("spoil", "flag"),
    [
        (lambda p: (p.webm, p.index), ""),
        (lambda p: (p.webm, None), ""),
        (lambda p: (p.webm, b"no index"), "chain"),
        (lambda p: (p.webm, p.index.replace(b"\tv\t", b"\ta\t", 3)), "chain"),
        (lambda p: (b"no video", p.index), "unreadable"),
    ],
)
def test_the_check_after_the_call_knows_the_index(pair: Pair, spoil, flag: str) -> None:
    meta, playable = Recordings().check(*spoil(pair))
    assert (meta["flag"], playable is None) == (flag, flag == "unreadable")
    if not flag:
        assert meta["errors"] == 0
