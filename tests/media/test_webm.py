"""The file of a recording, without a call: cut off, damaged, made seekable; and where its frames are placed."""

from __future__ import annotations

import random

import pytest

from core.errors import MediaTrouble
from media import encoded
from media.encoded import EncodedFrame
from media.hub import Kind
from media.recorder import check_recording, make_seekable
from media.webm import Timeline, WebmWriter
from tests.media.clips import clip, tone

A = clip(rate=15, label="A")


class File:
    """What the vault's writer can do."""

    def __init__(self) -> None:
        self.bytes = b""

    def write(self, data: bytes) -> None:
        self.bytes += data

    def close(self) -> None:
        """Nothing to do in memory."""


def written(seconds: int = 4) -> tuple[bytes, list[int]]:
    """A recording without a call, and how many bytes were in the file after each millisecond with a write."""
    file = File()
    writer = WebmWriter(file, (A.width, A.height))
    sizes = [0] * (seconds * 1000 + 1)
    sound = tone()
    for moment in range(0, seconds * 1000, 20):
        writer.write(Kind.AUDIO, sound[moment // 20 % len(sound)], moment, is_key=True)
        if moment % 60 == 0:
            index = moment // 60 % len(A.frames)
            writer.write(Kind.VIDEO, A.frames[index], moment, is_key=index == 0)
        sizes[moment] = writer.written
    writer.close()
    return file.bytes, sizes


def test_a_killed_process_loses_at_most_about_a_second():
    webm, sizes = written()
    for moment in range(1_500, 4_000, 310):
        on_disk = webm[: max(sizes[: moment + 1])]
        check = check_recording(on_disk)
        assert check.errors == 0
        assert check.duration_ms >= moment - 1_300


def test_any_cut_file_gives_what_is_whole_in_it():
    webm, _ = written()
    whole = check_recording(webm)
    chance = random.Random(3)
    for cut in sorted(chance.randrange(len(webm) // 8, len(webm)) for _ in range(8)):
        check = check_recording(webm[:cut])
        assert check.errors == 0
        assert 0 < check.video_frames <= whole.video_frames
        mended = check_recording(make_seekable(webm[:cut]))
        assert (mended.errors, mended.video_frames) == (0, check.video_frames)


def test_a_seekable_copy_has_duration_and_index():
    webm, _ = written()
    copy = make_seekable(webm)
    assert b"\x1c\x53\xbb\x6b" not in webm  # Cues
    assert 0 < copy.index(b"\x1c\x53\xbb\x6b") < copy.index(b"\x1f\x43\xb6\x75")  # before the first Cluster
    assert b"\x44\x89" in copy[:400]  # Duration
    assert check_recording(copy) == check_recording(webm)


def test_a_damaged_recording_is_noticed():
    webm, _ = written(3)
    place = webm.index(A.frames[10][:40])
    damaged = webm[:place] + bytes(len(A.frames[10])) + webm[place + len(A.frames[10]) :]
    assert check_recording(damaged) != check_recording(webm)


def test_what_is_no_recording_is_refused():
    for junk in (b"", b"no webm at all", bytes(2_000)):
        with pytest.raises(MediaTrouble):
            check_recording(junk)
        with pytest.raises(MediaTrouble):
            make_seekable(junk)


def at(moment_ms: int) -> EncodedFrame:
    return EncodedFrame(b"", moment_ms * 90, encoded.VIDEO_CLOCK, is_key=False)


def test_the_timeline_keeps_the_senders_pace_through_a_delay():
    now = [50.0]
    line = Timeline(lambda: now[0])
    origin = object()
    places = []
    for index in range(40):
        if not 10 <= index < 30:  # these arrive together, 0.7 s late
            now[0] = 50.0 + index * 0.033
        if index == 10:
            now[0] = 50.0 + 30 * 0.033
        places.append(line.place(Kind.VIDEO, at(70_000 + index * 33), origin))
    assert places == [index * 33 for index in range(40)]


def test_the_timeline_rises_whatever_the_sender_counts():
    now = [50.0]
    line = Timeline(lambda: now[0])
    first, second = object(), object()
    assert line.place(Kind.VIDEO, at(70_000), first) == 0
    now[0] = 51.0
    assert line.place(Kind.VIDEO, at(5), second) == 1_000  # connected anew
    assert line.place(Kind.VIDEO, at(5), second) == 1_001
    assert line.place(Kind.VIDEO, at(90_000), second) == 1_002
    now[0] = 61.0
    assert line.place(Kind.VIDEO, at(90_040), second) == 11_000
