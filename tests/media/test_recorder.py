"""Recordings: written without encoding, decodable whatever happens to the call or to the process."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from core.errors import MediaTrouble
from media import encoded
from media.encoded import EncodedFrame, VideoMode
from media.hub import Kind
from media.recorder import Recorder, RecordingSummary, check_recording, make_seekable
from media.rooms import Role
from media.webm import Timeline, WebmWriter
from tests.media.peers import Doorway, Peer, camera, clip, doorway, microphone, run, tone, until
from tests.media.test_rooms import room

A = clip(rate=15, label="A")
SMALL = clip(160, 120, rate=15, label="S")


@pytest.fixture(autouse=True)
def passing_packets():
    encoded.install(VideoMode.PACKET)


class File:
    """What the vault's writer can do: append and close. Notes from which threads."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.closed = 0
        self.threads: set[int] = set()

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.threads.add(threading.get_ident())
        self.parts.append(data)

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed += 1

    @property
    def bytes(self) -> bytes:
        return b"".join(self.parts)


class Recording:
    """A recorder with its file and the summary it gave."""

    def __init__(self, place, role: Role = Role.CUSTOMER, max_seconds: float | None = None) -> None:
        self.file = File()
        self.summaries: list[RecordingSummary] = []
        self.reported_in: list[int] = []
        self.recorder = Recorder(place, role, self.file, self._closed, max_seconds)
        self.recorder.start()

    def _closed(self, summary: RecordingSummary) -> None:
        self.reported_in.append(threading.get_ident())
        self.summaries.append(summary)

    async def summary(self) -> RecordingSummary:
        assert await asyncio.to_thread(self.recorder.wait, 10_000)
        (summary,) = self.summaries
        return summary


async def both(door: Doorway, place, *customer_tracks) -> tuple[Peer, Peer]:
    customer, staff = Peer(*customer_tracks), Peer(microphone())
    await door.join(place, Role.CUSTOMER, customer)
    await door.join(place, Role.STAFF, staff)
    return customer, staff


def test_a_call_is_recorded_and_closed_from_another_thread():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            recording = Recording(place)
            _, staff = await both(door, place, camera(A), microphone())
            await staff.got("video", 30)
            await asyncio.to_thread(recording.recorder.close)
            summary = await recording.summary()
            await staff.got("video", 3)
        place.close()
        check = check_recording(recording.file.bytes)
        assert check.errors == 0
        assert (check.width, check.height) == (320, 240)
        assert check.video_frames == summary.frames >= 25
        assert check.audio_frames == summary.audio_packets >= 50
        assert abs(check.duration_ms - summary.duration_ms) < 100
        assert (summary.bytes, summary.gaps, summary.failed) == (len(recording.file.bytes), 0, False)
        assert recording.file.closed == 1
        assert recording.file.threads == {threading.get_ident()}
        assert recording.reported_in != [threading.get_ident()]

    run(story)


def test_the_head_clip_ends_by_itself():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            _, staff = await both(door, place, camera(A), microphone())
            await staff.got("video", 3)
            whole, head = Recording(place), Recording(place, max_seconds=1.0)
            summary = await head.summary()
            assert 900 <= summary.duration_ms <= 1_100
            assert whole.summaries == []
        place.close()
        assert check_recording(head.file.bytes).errors == 0
        assert (await whole.summary()).frames >= summary.frames

    run(story)


def test_picture_size_and_connection_may_change_in_the_call():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            recording = Recording(place)
            source = camera(SMALL)
            customer, staff = await both(door, place, source, microphone())
            await staff.got("video", 10)
            source.switch(A)
            await until(lambda: place.quality(Role.CUSTOMER).width == 320)
            await staff.got("video", 10)
            await customer.leave()
            await until(lambda: not place.present(Role.CUSTOMER))
            again = Peer(camera(SMALL), microphone())
            await door.join(place, Role.CUSTOMER, again)
            await until(lambda: place.quality(Role.CUSTOMER).width == 160)
            await staff.got("video", 10)
        place.close()
        summary = await recording.summary()
        check = check_recording(recording.file.bytes)
        assert (check.errors, check.video_frames) == (0, summary.frames)
        assert (check.width, check.height) == (320, 240)
        assert check_recording(make_seekable(recording.file.bytes)) == check

    run(story)


def test_a_key_frame_is_asked_for_while_recording(monkeypatch):
    monkeypatch.setattr("media.recorder.KEY_EVERY_S", 0.5)

    async def story() -> None:
        place = room()
        async with doorway() as door:
            source = camera(SMALL)
            recording = Recording(place)
            await both(door, place, source, microphone())
            await until(lambda: source.key_requests >= 2)
        place.close()
        assert (await recording.summary()).frames > 0

    run(story)


def test_sound_alone_is_recorded_with_the_card(monkeypatch):
    monkeypatch.setattr("media.recorder.SOUND_ONLY_AFTER_S", 0.3)

    async def story() -> None:
        place = room()
        async with doorway() as door:
            recording = Recording(place)
            _, staff = await both(door, place, microphone())
            await staff.got("audio", 50)
        place.close()
        summary = await recording.summary()
        check = check_recording(recording.file.bytes)
        assert (check.errors, check.video_frames) == (0, 1)
        assert check.audio_frames == summary.audio_packets > 10

    run(story)


def test_the_fallback_encodes_the_recording():
    encoded.install(VideoMode.DECODE)

    async def story() -> None:
        place = room(VideoMode.DECODE)
        async with doorway() as door:
            recording = Recording(place)
            source = camera(SMALL)
            _, staff = await both(door, place, source, microphone())
            await staff.got("video", 8)
            source.switch(A)
            await until(lambda: place.quality(Role.CUSTOMER).width == 320)
            await staff.got("video", 4)
        place.close()
        summary = await recording.summary()
        check = check_recording(recording.file.bytes)
        assert (check.errors, check.video_frames, check.width) == (0, summary.frames, 320)
        assert summary.frames > 8
        assert check.audio_frames == summary.audio_packets > 10
        assert recording.file.threads == {threading.get_ident()}

    run(story)


def test_a_recording_of_nobody_is_an_empty_file():
    place = room()
    recording = Recording(place)
    recording.recorder.close()
    recording.recorder.close()
    assert recording.recorder.wait(5_000)
    assert recording.summaries == [RecordingSummary(0, 0, 0, 0, 0, failed=False)]
    assert recording.file.closed == 1


def test_a_full_disk_ends_the_recording_and_not_the_call(caplog):
    async def story() -> None:
        place = room()
        async with doorway() as door:
            recording = Recording(place)
            recording.file.write = lambda data: (_ for _ in ()).throw(OSError(28, "full"))
            _, staff = await both(door, place, camera(A), microphone())
            assert (await recording.summary()).failed
            await staff.got("video", 5)
        place.close()
        assert recording.file.closed == 1

    run(story)
    assert "cannot be written" in caplog.text


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
