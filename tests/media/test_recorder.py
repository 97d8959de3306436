"""Recordings: written without encoding, decodable whatever happens to the call or to the process."""

from __future__ import annotations

import asyncio
import threading

import pytest

from media import encoded
from media.encoded import VideoMode
from media.recorder import Recorder, RecordingSummary, check_recording, make_seekable
from media.rooms import Role
from tests.media.clips import clip
from tests.media.peers import Doorway, Peer, camera, doorway, microphone, room, run, until

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
