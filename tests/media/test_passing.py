"""Frames that go from track to track by a call."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

from media import encoded
from media.encoded import VideoMode
from media.hub import HubTrack, Kind
from media.passing import Line, feed
from tests.media.clips import clip
from tests.media.peers import camera, run, until


@pytest.fixture(autouse=True)
def passing_packets() -> None:
    encoded.install(VideoMode.PACKET)


class Source(MediaStreamTrack):
    """A track that hands on what is put into its line."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._queue = Line()

    def put(self, *items: Any) -> None:
        for item in items:
            self._queue.put_nowait(item)

    async def recv(self) -> Any:
        raise AssertionError("nobody reads what hands on by itself")


def test_every_relay_gets_every_frame_at_once_and_the_end() -> None:
    async def story() -> None:
        source, relay = Source(), MediaRelay()
        ends: list[str] = []
        source.on("ended", lambda: ends.append("ended"))
        near = relay.subscribe(source)
        far = [relay.subscribe(near), relay.subscribe(near)]
        got: list[list[Any]] = [[], []]
        source.put("waited")
        for track, items in zip(far, got, strict=True):
            feed(track, items.append)
        source.put("a", "b")
        assert got == [["waited", "a", "b"], ["a", "b"]], "in the same call, not in a task"
        source.put(None)
        assert [items[-1] for items in got] == [None, None]
        assert {track.readyState for track in (source, near, *far)} == {"ended"}
        await until(lambda: ends)

    run(story)


def test_who_reads_a_relay_finds_the_frames_waiting() -> None:
    async def story() -> None:
        source, relay = Source(), MediaRelay()
        reader = relay.subscribe(source)
        reading = asyncio.ensure_future(reader.recv())
        await asyncio.sleep(0)
        source.put("a", "b", None)
        assert [await reading, await reader.recv()] == ["a", "b"]
        with pytest.raises(MediaStreamError):
            await reader.recv()

    run(story)


def test_an_unbuffered_relay_shows_the_newest() -> None:
    async def story() -> None:
        source, relay = Source(), MediaRelay()
        reader = relay.subscribe(source, buffered=False)
        reading = asyncio.ensure_future(reader.recv())
        await asyncio.sleep(0)
        source.put("a", "b")
        assert await reading == "b"

    run(story)


def test_a_relay_stopped_by_another_thread_ends_and_the_others_go_on() -> None:
    async def story() -> None:
        source, relay = Source(), MediaRelay()
        leaving, staying = relay.subscribe(source), relay.subscribe(source)
        gone: list[Any] = []
        there: list[Any] = []
        feed(leaving, gone.append)
        feed(staying, there.append)
        thread = threading.Thread(target=leaving.stop)
        thread.start()
        thread.join()
        await until(lambda: gone)
        source.put("a")
        assert (gone, there) == ([None], ["a"])

    run(story)


def test_a_track_that_ended_before_says_so() -> None:
    async def story() -> None:
        source = Source()
        source.stop()
        got: list[Any] = []
        feed(source, got.append)
        feed(MediaRelay().subscribe(source), got.append)
        assert got == [None, None]

    run(story)


def test_a_track_that_knows_nothing_of_this_is_read_by_aiortc() -> None:
    async def story() -> None:
        source = camera(clip(rate=15))
        got: list[Any] = []
        feed(MediaRelay().subscribe(source), got.append)
        await until(lambda: len(got) > 2)
        source.stop()
        await until(lambda: got[-1] is None)

    run(story)


def test_a_hub_shows_its_card_to_whoever_is_fed_and_ends_with_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr("media.hub.CARD_EVERY_S", 0.01)
        hub = HubTrack(Kind.VIDEO, VideoMode.PACKET)
        got: list[Any] = []
        feed(MediaRelay().subscribe(hub), got.append)
        await until(lambda: got)
        hub.stop()
        assert hub.readyState == "live", "a viewer that leaves does not end the track"
        hub.end()
        assert (got[-1], hub.readyState) == (None, "ended")

    run(story)


def test_a_line_that_nobody_reads_forgets_all() -> None:
    line, lost = Line(3), []
    line.overflowed = lambda: lost.append(True)
    for item in range(3):
        line.put_nowait(item)
    assert (line.qsize(), lost) == (3, [])
    line.put_nowait(3)
    assert (line.qsize(), lost) == (0, [True])
