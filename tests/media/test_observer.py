"""A supervisor receives both sides of a room, sends nothing and leaves no trace in it; the line is measured."""

from __future__ import annotations

import pytest

from media import encoded
from media.encoded import VideoMode
from media.quality import LineFigures, Meter
from media.rooms import ROOMS, Role
from tests.media.clips import clip
from tests.media.peers import Peer, camera, doorway, microphone, room, run, until
from tests.media.test_rooms import looks

A, B = clip(rate=15, label="A"), clip(rate=15, label="B")


@pytest.fixture(autouse=True)
def passing_packets() -> None:
    encoded.install(VideoMode.PACKET)


def test_an_observer_sees_and_hears_both_sides_and_nobody_sees_the_observer() -> None:
    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer, staff = Peer(camera(A), microphone()), Peer(camera(B), microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 5)
            before = place.events
            watchers = {role: Peer() for role in Role}
            for role, peer in watchers.items():
                await door.watch(place, role, peer)
            for role, shown in ((Role.CUSTOMER, A), (Role.STAFF, B)):
                seen = watchers[role].received["video"].items
                await until(lambda seen=seen: len(seen) > 15)
                await watchers[role].got("audio", 15)
                assert set(looks(seen)) <= shown.looks
            assert place.events == before
            for peer in watchers.values():
                await peer.leave()
            await staff.got("video", 20)
            await customer.got("video", 5)
            assert set(looks(staff.received["video"].items)) <= A.looks
            assert place.events == before
        place.close()

    run(story)


def test_loss_and_round_trip_are_measured() -> None:
    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer, staff = Peer(camera(A), microphone()), Peer(camera(B), microphone())
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await until(lambda: place.quality(Role.CUSTOMER).round_trip_ms is not None)
            whole = place.quality(Role.CUSTOMER)
            assert whole.loss == 0 and whole.round_trip_ms is not None and whole.round_trip_ms < 1_000
            customer.lose(0.2)
            await until(lambda: place.quality(Role.CUSTOMER).loss > 0.03)
            assert place.quality(Role.STAFF).loss == 0
        place.close()

    run(story)


@pytest.mark.parametrize(
    ("lines", "loss"),
    [
        ([LineFigures(100, 0)], 0.0),
        ([LineFigures(100, 10)], 0.1),
        ([LineFigures(100, 10), LineFigures(200, 10)], 0.0),
        ([LineFigures(100, 10), LineFigures(200, 60)], 0.5),
        ([LineFigures(100, 10), LineFigures(50, 5)], 0.1),
        ([LineFigures(100, 10), LineFigures(200, 8)], 0.0),
        ([LineFigures()], 0.0),
    ],
    ids=["none", "some", "none since", "half since", "a new connection", "found again", "not connected"],
)
def test_loss_is_that_of_the_last_window(lines: list[LineFigures], loss: float) -> None:
    meter = Meter()
    for line in lines:
        meter._look_at(line)
    assert meter.quality(0).loss == loss


def test_looking_for_a_call_makes_no_room() -> None:
    before = ROOMS.open_rooms()
    assert ROOMS.find("nobody") is None and ROOMS.open_rooms() == before
