"""Two people in a room: aiortc peers on the loopback line, no browser."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import av
import pytest
from aiortc.mediastreams import MediaStreamError

from media import encoded, vp8
from media.encoded import EncodedFrame, VideoMode
from media.hub import QUEUED_ITEMS, HubTrack, Kind
from media.rooms import ROOMS, Happening, Role, Room, Rooms, RoomSink
from tests.media.clips import clip, look
from tests.media.peers import BEGAN, Peer, camera, doorway, microphone, room, run, until

A = clip(rate=15, label="A")
B = clip(rate=15, label="B")


@pytest.fixture(autouse=True)
def passing_packets(monkeypatch):
    encoded.install(VideoMode.PACKET)
    monkeypatch.setattr("media.hub.CARD_EVERY_S", 0.3)


def looks(items: list[EncodedFrame]) -> list[str]:
    """What somebody sees who got these frames, from the first key frame on."""
    decoder = av.VideoCodecContext.create("libvpx", "r")
    begun = next(index for index, item in enumerate(items) if item.is_key)
    return [look(picture) for item in items[begun:] for picture in decoder.decode(av.Packet(item.data))]


def test_both_see_and_hear_each_other():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer = Peer(camera(A), microphone())
            staff = Peer(camera(B), microphone())
            await door.join(place, Role.CUSTOMER, customer)
            assert not place.present(Role.STAFF)
            await door.join(place, Role.STAFF, staff)
            seen, shown, _, _ = await asyncio.gather(
                staff.got("video", 20), customer.got("video", 20), staff.got("audio", 20), customer.got("audio", 20)
            )
            assert set(looks(seen)) <= A.looks
            assert set(looks(shown)) <= B.looks
            await until(lambda: place.quality(Role.CUSTOMER).frames_per_second > 0)
            quality = place.quality(Role.CUSTOMER)
            assert (quality.width, quality.height, quality.gaps) == (320, 240, 0)
            assert quality.kbit_per_second > 50
            assert quality.last_frame_age_ms is not None
            assert place.present(Role.CUSTOMER)
            assert place.present(Role.STAFF)
            await customer.leave()
            await until(lambda: not place.present(Role.CUSTOMER))
            await staff.leave()
            await until(lambda: not place.present(Role.STAFF))
        place.close()
        await until(lambda: place.events[-1].what is Happening.CLOSED)
        first = place.events[0]
        assert (first.at, first.what, first.role) == (BEGAN, Happening.ATTACHED, Role.CUSTOMER)
        assert [event.what for event in place.events].count(Happening.DETACHED) == 4

    run(story)


def test_a_peer_leaves_and_returns_while_the_other_stays():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer, staff = Peer(camera(A), microphone()), Peer(camera(B), microphone())
            await door.join(place, Role.CUSTOMER, customer)
            stays = await door.join(place, Role.STAFF, staff)
            await staff.got("video", 5)
            await customer.leave()
            await until(lambda: not place.present(Role.CUSTOMER))
            card = (await staff.got("video", 2))[-1]
            assert card.data == vp8.card_key_frame()
            returned = Peer(camera(A), microphone())
            await door.join(place, Role.CUSTOMER, returned)
            before = len(staff.received["video"].items)
            await until(lambda: any(i.data == A.frames[0] for i in staff.received["video"].items[before:]))
            await staff.got("video", 10)
            everything = staff.received["video"].items
            assert stays.connectionState == "connected"
            assert set(looks(everything)) <= A.looks | set(looks([card]))
            moments = [item.pts for item in everything]
            assert moments == sorted(set(moments))
        place.close()

    run(story)


def test_sound_alone_is_heard_with_the_card():
    """Without any picture a browser's <video> stays paused and plays no sound."""

    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer, staff = Peer(microphone()), Peer(camera(B), microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            cards, sound, shown = await asyncio.gather(
                staff.got("video", 2), staff.got("audio", 20), customer.got("video", 5)
            )
            assert {card.data for card in cards} == {vp8.card_key_frame()}
            assert len(sound) == 20
            assert set(looks(shown)) <= B.looks
            assert place.quality(Role.CUSTOMER).last_frame_age_ms is None
        place.close()

    run(story)


def test_lost_packets_give_no_corrupt_picture():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            source = camera(clip(rate=30, label="A"))
            customer, staff = Peer(source, microphone()), Peer(microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 5)
            customer.lose(0.1)
            await until(lambda: place.quality(Role.CUSTOMER).gaps > 0)
            customer.lose(0.0)
            await staff.got("video", 15)
            assert set(looks(staff.received["video"].items)) <= clip(rate=30, label="A").looks | set(
                looks([EncodedFrame(vp8.card_key_frame(), 0, encoded.VIDEO_CLOCK, is_key=True)])
            )
            assert source.key_requests > 0
        place.close()

    run(story)


def test_a_viewers_request_reaches_the_camera():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            source = camera(A)
            customer, staff = Peer(source), Peer()
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 5)
            before = source.key_requests
            place.hub(Role.CUSTOMER, Kind.VIDEO)._asked_at = 0.0
            viewer = next(each for each in staff.pc.getReceivers() if each.track.kind == "video")
            assert encoded.request_key_frame(viewer.track)
            await until(lambda: source.key_requests > before)
        place.close()

    run(story)


def test_the_last_tab_counts():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            old, new, staff = Peer(camera(A)), Peer(camera(B)), Peer()
            await door.join(place, Role.CUSTOMER, old)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 3)
            await door.join(place, Role.CUSTOMER, new)
            await until(lambda: any(item.data == B.frames[0] for item in staff.received["video"].items))
            seen = await staff.got("video", 10)
            assert {item.data for item in seen} <= set(B.frames)
            await old.leave()
            assert {item.data for item in await staff.got("video", 5)} <= set(B.frames)
            assert place.present(Role.CUSTOMER)
            assert Happening.REPLACED in {event.what for event in place.events}
        place.close()

    run(story)


def test_a_closed_room_leaves_nothing_behind():
    async def used() -> weakref.ref[Room]:
        rooms = Rooms()
        rooms.configure(VideoMode.PACKET, lambda: BEGAN)
        place = rooms.get("r7")
        assert rooms.get("r7") is place
        async with doorway() as door:
            await door.join(place, Role.CUSTOMER, Peer(camera(A), microphone()))
            await door.join(place, Role.STAFF, Peer(camera(B), microphone()))
            await door.peers[1].got("video", 3)
            threading.Thread(target=rooms.close, args=("r7",)).start()
            await until(lambda: place.events[-1].what is Happening.DETACHED and not place.present(Role.STAFF))
            assert rooms.open_rooms() == ()
            assert rooms.get("r7") is not place
        return weakref.ref(place)

    async def story() -> None:
        gone = await used()
        await until(lambda: len(asyncio.all_tasks()) == 1)
        gc.collect()
        assert gone() is None

    run(story)


def frame(index: int, is_key: bool = False) -> EncodedFrame:
    return EncodedFrame(bytes([index % 256]), index * 3_000, encoded.VIDEO_CLOCK, is_key)


def test_a_slow_viewer_gets_a_key_frame_after_what_was_dropped():
    async def story() -> None:
        hub = HubTrack(Kind.VIDEO, VideoMode.PACKET)
        hub.publish(frame(0, is_key=True))
        for index in range(1, QUEUED_ITEMS + 20):
            hub.publish(frame(index))
        hub.publish(frame(7_000, is_key=True))
        got = await hub.recv()
        assert got.is_key
        assert got.data == frame(7_000).data
        hub.stop()
        assert hub.readyState == "live"
        hub.end()
        with pytest.raises(MediaStreamError):
            await hub.recv()
        with pytest.raises(MediaStreamError):
            await hub.recv()

    run(story)


def test_a_failing_tap_does_not_end_the_call(caplog):
    class Broken:
        closed = 0

        def take(self, kind, item, origin):
            raise ValueError("full")

        def close(self):
            self.closed += 1

    async def story() -> None:
        place = room()
        tap = Broken()
        place.add_tap(Role.CUSTOMER, tap)
        sink = RoomSink(place, Role.CUSTOMER, Kind.VIDEO)
        sink.addTrack(camera(A))
        place.attach(sink)
        place.take(sink, frame(0, is_key=True))
        place.take(sink, frame(1))
        assert tap.closed == 1
        assert (await place.hub(Role.CUSTOMER, Kind.VIDEO).recv()).data == frame(0).data
        place.close()
        await until(lambda: not place.present(Role.CUSTOMER))
        place.add_tap(Role.CUSTOMER, tap)
        assert tap.closed == 2

    run(story)
    assert "tap of the call failed" in caplog.text


def test_the_fallback_decodes_and_encodes_through_the_same_room():
    encoded.install(VideoMode.DECODE)

    async def story() -> None:
        place = room(VideoMode.DECODE)
        async with doorway() as door:
            customer, staff = Peer(camera(A), microphone()), Peer(microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            seen, heard, card = await asyncio.gather(
                staff.got("video", 5), staff.got("audio", 10), customer.got("video", 2)
            )
            assert {type(item) for item in seen + card} == {av.VideoFrame}
            assert {type(item) for item in heard} == {av.AudioFrame}
            assert place.quality(Role.CUSTOMER).width == 320
        place.close()

    run(story)


def test_the_sink_has_the_form_that_streamlit_webrtc_wants():
    from streamlit_webrtc.sink import MediaSink

    assert isinstance(RoomSink(room(), Role.STAFF, Kind.AUDIO), MediaSink)


def test_the_registry_of_the_process_is_empty_at_first():
    place = ROOMS.get("once")
    assert ROOMS.open_rooms() == (place,)
    ROOMS.close_all()
    assert ROOMS.open_rooms() == ()
